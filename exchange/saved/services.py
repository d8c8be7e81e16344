"""Saved views: kept, renamed, deleted. A view is a list's address under a name and shows each reader their own rows."""

from django.db.models import Q

from agencies.access import can
from agencies.models import Membership
from agencies.principal import Kind, Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from exchange.models import SavedView
from pages.exports import ExportedList
from rules.core import Decision, Reason

_RULE = "saved views"
MOST = 50


def may_keep_views(*, by: Principal) -> Decision:
    """Whether the role keeps filters under a name at all: what a list's page asks before it draws the link."""
    return can(by, Perm.VIEW_SAVE)


def may_save_view(*, by: Principal, shared: bool = False) -> Decision:
    """Whether a view may be saved for oneself, or shared with everybody who acts in the area."""
    return may_keep_views(by=by) & (can(by, Perm.VIEW_SHARE) if shared else Decision.yes())


@service("view_saved", asks=may_save_view)
def save_view(*, by: Principal, member_id: int, wanted: ExportedList, name: str, shared: bool = False) -> SavedView:
    """Keep the list's filters and order under a name, for the holder of the membership or for their area.

    Raises ``Refused`` when the name is taken for this list, or when there are too many already.
    """
    decision = may_save_view(by=by, shared=shared)
    membership = Membership.objects.get(pk=member_id)
    if decision and by.kind is not Kind.SYSTEM and by.membership_id != member_id:
        decision = Decision.no(Reason("A view is kept in one's own role", _RULE))
    area_id = membership.area_id if shared else None
    whose = Q(area=area_id) if shared else Q(area=None, owner=membership.user_id)
    decision &= _free(whose, wanted.name, name)
    if SavedView.objects.filter(whose, list_name=wanted.name).count() >= MOST:
        decision &= Decision.no(Reason(f"There are {MOST} views of this list already: delete one first", _RULE))
    decision.or_refuse()
    view = SavedView.objects.create(
        owner_id=membership.user_id,
        area_id=area_id,
        name=name,
        list_name=wanted.name,
        list_keys=wanted.keys,
        query=wanted.query,
    )
    record_event(view, root=None, list=view.list_name, shared=shared)
    return view


def may_change_view(view: SavedView, *, by: Principal) -> Decision:
    """Whether a view may be renamed or deleted: by its owner; a shared one by whoever may share in the area."""
    if by.kind is Kind.SYSTEM:
        return may_keep_views(by=by)
    if view.area_id is None:
        own = Decision.yes() if view.owner_id == by.user_id else Decision.no(Reason("This view is not yours", _RULE))
        return may_keep_views(by=by) & own
    here = Decision.yes() if view.area_id == by.area_id else Decision.no(Reason("You act in another area", _RULE))
    return may_save_view(by=by, shared=True) & here


@service("view_renamed", asks=may_change_view)
def rename_view(*, by: Principal, view_id: int, name: str) -> SavedView:
    """Give the view another name. Raises ``Refused`` when the name is taken for this list."""
    view = SavedView.objects.select_for_update(no_key=True).get(pk=view_id)
    decision = may_change_view(view, by=by)
    whose = Q(area=view.area_id) if view.area_id else Q(area=None, owner=view.owner_id)
    decision &= _free(whose & ~Q(pk=view.pk), view.list_name, name)
    decision.or_refuse()
    SavedView.objects.filter(pk=view.pk).update(name=name)
    view.name = name
    record_event(view, root=None)
    return view


@service("view_deleted", asks=may_change_view)
def delete_view(*, by: Principal, view_id: int) -> None:
    """Delete the view. The list that it showed is as it was."""
    view = SavedView.objects.select_for_update(no_key=True).get(pk=view_id)
    may_change_view(view, by=by).or_refuse()
    record_event(view, root=None, list=view.list_name)
    SavedView.objects.filter(pk=view.pk).delete()


def _free(whose: Q, list_name: str, name: str) -> Decision:
    taken = SavedView.objects.filter(whose, list_name=list_name, name__iexact=name).exists()
    return (
        Decision.no(Reason("There is a view of this list with that name already", _RULE)) if taken else Decision.yes()
    )
