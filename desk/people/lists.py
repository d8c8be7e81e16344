"""Who has an account: the list of the area, filtered by choices only, and the search, whose words stand nowhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from agencies.handover import waiting_handovers
from agencies.leaving import leavers
from agencies.models import Membership, User
from agencies.queries import agencies_of, users_of
from agencies.roles import MEMBERSHIP_ROLES, Perm
from agencies.services.invitations import may_invite_user
from agencies.services.role_offers import offers_of_area
from agencies.services.two_persons import open_acts
from pages.guards import ListPage, Offer, SearchPage
from pages.lists import Choices, Column, ListContext, Listing, Sort, choice_filter

from .forms import UserSearchForm

ACTIVE, INVITED, DISABLED = "active", "invited", "disabled"
STATES: Choices = ((ACTIVE, "Active"), (INVITED, "Invited"), (DISABLED, "Disabled"))
LEFT = {"work": "left"}
_COLOURS = {ACTIVE: "green", INVITED: "blue", DISABLED: "grey"}
# Django marks a password that nobody can sign in with by this sign.
_NO_PASSWORD = "!"  # noqa: S105 - a mark, not a password
FOUND_AT_MOST = 50


@dataclass(frozen=True)
class UserRow:
    """A line of the list, in words."""

    user: User
    state: str
    colour: str
    roles: Sequence[Membership]


def state_of(user: User) -> str:
    """Active, invited (no password yet, and no other way in used so far), or disabled."""
    if not user.is_active:
        return DISABLED
    return ACTIVE if user.has_usable_password() or user.last_login else INVITED


def words_of(user: User) -> tuple[str, str]:
    """The state in words, and its colour."""
    state = state_of(user)
    return dict(STATES)[state], _COLOURS[state]


def with_roles(rows: QuerySet[User], context: ListContext) -> QuerySet[User]:
    """Each with the roles held today in the area, in ``roles_today``."""
    held = Membership.objects.on(context.today).select_related("agency").order_by("agency__name", "role")
    if context.principal.area_id is not None:
        held = held.filter(area=context.principal.area_id)
    return rows.prefetch_related(Prefetch("memberships", queryset=held, to_attr="roles_today"))


def lines(rows: Iterable[Any]) -> list[UserRow]:
    return [UserRow(row, *words_of(row), row.roles_today) for row in rows]


def _in_state(rows: QuerySet[User], code: str, _context: ListContext) -> QuerySet[User]:
    if code == DISABLED:
        return rows.filter(is_active=False)
    never = Q(password__startswith=_NO_PASSWORD, last_login__isnull=True)
    return rows.filter(never if code == INVITED else ~never, is_active=True)


def _held(context: ListContext) -> QuerySet[Membership]:
    return Membership.objects.on(context.today)


def _of_agency(rows: QuerySet[User], agency: str, context: ListContext) -> QuerySet[User]:
    return rows.filter(pk__in=_held(context).filter(agency=int(agency)).values("user"))


def _in_role(rows: QuerySet[User], role: str, context: ListContext) -> QuerySet[User]:
    return rows.filter(pk__in=_held(context).filter(role=role).values("user"))


def left_with_work(rows: QuerySet[User], context: ListContext) -> QuerySet[User]:
    """Of these, people who are there no more in a role of the area and still hold work by it."""
    gone = leavers(context.today)
    if context.principal.area_id is not None:
        gone = gone.filter(area=context.principal.area_id)
    return rows.filter(pk__in=gone.values("user"))


def _agencies(context: ListContext) -> Choices:
    return [(str(each.pk), each.name) for each in agencies_of(context.principal)]


LISTING = Listing(
    sorts=(
        Sort("name", "Name", ("family_name", "given_name")),
        Sort("email", "E-mail address", ("email",)),
        Sort("seen", "Last signed in", ("last_login",)),
    ),
    columns=(Column("Name", "name"), Column("E-mail address", "email"), Column("Roles today"), Column("State")),
    filters=(
        choice_filter("agency", "Agency", _agencies, _of_agency),
        choice_filter("role", "Role", [(role.value, role.label) for role in MEMBERSHIP_ROLES], _in_role),
        choice_filter("state", "State", STATES, _in_state),
        choice_filter(
            "work",
            "Work",
            [(LEFT["work"], "Has left and still holds some")],
            lambda rows, _code, context: left_with_work(rows, context),
        ),
    ),
    noun=("account", "accounts"),
    empty="Nobody has an account in this area yet.",
    empty_filtered="No account matches these filters.",
)


class UserList(ListPage[User]):
    """The accounts of the area."""

    permission = Perm.SETTINGS_VIEW
    model = User
    listing = LISTING
    template_name = "desk/people/user_list.html"
    title = "People"

    def get_queryset(self) -> QuerySet[User]:
        return with_roles(users_of(self.principal), ListContext(self.principal, self.today))

    def offers(self) -> Iterable[Offer]:
        invite = may_invite_user(by=self.principal)
        return [Offer("Invite somebody", reverse("user-invite"), invite, access=invite)]

    def decorate(self, rows: Sequence[User]) -> Sequence[UserRow]:
        return lines(rows)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            waiting=open_acts(self.principal).count(),
            offered=offers_of_area(self.principal).count(),
            changing_hands=waiting_handovers().filter(area=self.principal.area_id).count(),
            **context,
        )


class UserSearch(SearchPage[User]):
    """Accounts by a part of a name or e-mail address."""

    permission = Perm.SETTINGS_VIEW
    form_class = UserSearchForm
    template_name = "desk/people/user_search.html"
    not_exported = "A step on the way to an account: accounts go out as a file from their list."
    title = "Search for an account"

    def find(self, form: Any) -> Sequence[User]:
        rows = users_of(self.principal)
        for word in form.cleaned_data["text"].split():
            rows = rows.filter(
                Q(given_name__icontains=word) | Q(family_name__icontains=word) | Q(email__icontains=word)
            )
        found = with_roles(rows, ListContext(self.principal, self.today))
        return list(found.order_by("family_name", "given_name", "pk")[:FOUND_AT_MOST])

    def decorate(self, rows: Sequence[User]) -> Sequence[UserRow]:
        return lines(rows)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(most=FOUND_AT_MOST, **context)
