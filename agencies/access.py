"""Who may do what, and who sees which rows: the one engine. Allow, and not deny.

``visible`` is the filter, ``can`` on an object is membership of it, ``presence`` tells absent from card from open, and
``who_can`` turns the question round. Roles come from ``agencies.roles.TABLE``, participation from the grant tables that
the register hands over. A grant only widens what a role may reach; it never gives a role a permission.

Restricted (R100): open to named readers only; whoever else has it in scope gets a card. Category 4 (R99): does not
exist for a person without clearance. An exclusion, of the person or of the agency they act for, beats everything.
What its writers still keep to themselves is theirs, whoever has the record in scope (``access_kept``); what they wrote
of a person whom they named themselves stays theirs, whichever record it was found to be about (``access_unrooted``).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar, cast

from django.db.models import Model, Q, QuerySet

from rules.core import Decision, Reason
from rules.vocabulary import Handling

from .holders import guards_of, reaching
from .models import Membership
from .principal import Principal
from .reach import Reached, Ways, among, own_area, ways_in
from .roles import COUNTING, MEMBERSHIP_ROLES, TABLE, WRITING, Perm, Role, Scope, roles_with, scope_of
from .roots import GLOBAL, Owned, Root, RootError, kept_by, owned_by, path_of, register_root, registered_root

__all__ = [
    "GLOBAL",
    "Holder",
    "Presence",
    "RootError",
    "Ways",
    "among",
    "can",
    "can_in_area",
    "cards",
    "members_who_can",
    "moved_to",
    "own_area",
    "presence",
    "register_root",
    "remembering",
    "users_who_can",
    "visible",
    "was_visible",
    "ways_to",
    "who_can",
]

M = TypeVar("M", bound=Model)

_TABLE_RULE = "table of roles"
_REMEMBERED: ContextVar[dict[tuple[Any, ...], Decision] | None] = ContextVar("access_remembered", default=None)


class Presence(StrEnum):
    """What a person may know of a record."""

    ABSENT = "absent"
    CARD = "card"
    OPEN = "open"


@dataclass(frozen=True)
class Holder:
    """Somebody who can, and by what: their role over the area, their agency's part, or a grant to them by name."""

    user_id: int
    name: str
    membership_id: int
    role: Role
    agency_id: int
    agency: str
    via: Scope
    source: str = ""
    until: date | None = None


def visible(principal: Principal, queryset: QuerySet[M], perm: Perm, *, gathered: bool = False) -> QuerySet[M]:
    """The rows of the queryset that the principal may use in this way.

    ``gathered`` changes how they are found and not which: first everybody who is open to the principal, then the rows
    about them, which is quicker for what is counted about them all and slower for a few rows.

    Raises ``TypeError`` for a model without ``access_root``.
    """
    path = path_of(queryset.model)
    scope = scope_of(principal.role, perm)
    if scope is None:
        return queryset.none()
    if path == GLOBAL:
        return queryset
    root = registered_root()
    if scope is Scope.ALL:
        prefix = f"{path}__" if path else ""
        return queryset.filter(**{f"{prefix}{root.merged_field}__isnull": True})
    if scope is Scope.ANY:
        return queryset.none()
    queryset = queryset.filter(_handed_in(queryset.model, principal, scope))
    reached = Reached(principal, root, scope, counting=perm in COUNTING)
    unrooted = _unrooted(queryset.model, path, principal, scope, perm)
    return _below(queryset, path, root, reached, unrooted, gathered=gathered)


def cards(principal: Principal, queryset: QuerySet[M], perm: Perm = Perm.NOMINAL_VIEW) -> QuerySet[M]:
    """Rows of restricted records in scope that the principal may not open: shown as a card, no detail (R100).

    What only counts, counts them like any other: to it none is a card.
    """
    path = path_of(queryset.model)
    scope = scope_of(principal.role, perm)
    if path == GLOBAL or scope in (None, Scope.ANY, Scope.ALL) or perm in COUNTING:
        return queryset.none()
    root = registered_root()
    queryset = queryset.filter(_handed_in(queryset.model, principal, cast("Scope", scope)))
    closed = Reached(principal, root, cast("Scope", scope), counting=False, closed=True)
    return _below(queryset, path, root, closed)


def ways_to(principal: Principal, perm: Perm) -> Ways | None:
    """Where all rows of the root stand that are visible or cards; None where there are none.

    More stands there: a search asks the indexes there, and filters what it finds by ``visible``.
    """
    scope = scope_of(principal.role, perm)
    if scope in (None, Scope.ANY):
        return None
    return ways_in(principal, registered_root(), cast("Scope", scope))


def can(principal: Principal, perm: Perm, obj: Model | None = None) -> Decision:
    """Whether the role has the permission and, given an object, whether that object is among its visible rows."""
    scope = scope_of(principal.role, perm)
    if scope is None:
        return Decision.no(Reason(_not_yours(principal, perm), _TABLE_RULE))
    if obj is None or scope is Scope.ALL or path_of(type(obj)) == GLOBAL:
        return Decision.yes()
    known = _REMEMBERED.get()
    if known is None:
        return _can_with(principal, perm, obj)
    asked = _asked(principal, perm, obj)
    if asked not in known:
        known[asked] = _can_with(principal, perm, obj)
    return known[asked]


def was_visible(principal: Principal, perm: Perm, obj: Model) -> None:
    """``visible`` has just given this row: while a page is only read, ``can`` need not ask for it again.

    Of rows of the root only: what belongs to one may be visible by a way of its own.
    """
    known = _REMEMBERED.get()
    if known is not None and path_of(type(obj)) == "":
        known[_asked(principal, perm, obj)] = Decision.yes()


def _asked(principal: Principal, perm: Perm, obj: Model) -> tuple[Any, ...]:
    """What a role may do beside one thing of a scope, it may do beside another: a page asks once for each scope."""
    return (principal, scope_of(principal.role, perm), perm in COUNTING, *_guarded_by(obj))


def _guarded_by(obj: Model) -> tuple[type[Model], object]:
    """The row of the root that decides: what belongs to it directly is open when it is."""
    path = path_of(type(obj))
    root = registered_root().model
    own = not path or "__" in path or kept_by(type(obj)) is not None
    if not own and (key := getattr(obj, f"{path}_id", None)) is not None:
        return root, key
    return type(obj), obj.pk


@contextmanager
def remembering() -> Iterator[None]:
    """While a page is only read: what ``can`` has answered about a record is not asked again.

    Never round a write, which might change the answer.
    """
    token = _REMEMBERED.set({})
    try:
        yield
    finally:
        _REMEMBERED.reset(token)


def _can_with(principal: Principal, perm: Perm, obj: Model) -> Decision:
    rows = _deciding(obj)
    if visible(principal, rows, perm).exists():
        return Decision.yes()
    if cards(principal, rows, perm).exists():
        return Decision.no(Reason("This record is restricted. Contact the MAPPA unit.", "R100"))
    return Decision.no(Reason("You do not have access to this record.", _TABLE_RULE))


def _deciding(obj: Model) -> QuerySet[Any]:
    """What is asked for: of a row two steps or more below the root, its row of the root. Asked for itself, the database
    may look through everybody for whom the principal reaches before it looks at the one row.
    """
    path = path_of(type(obj))
    if "__" not in path or owned_by(type(obj)) is not None or kept_by(type(obj)) is not None:
        return _row(obj)
    return registered_root().model._default_manager.filter(pk__in=list(_row(obj).values_list(path, flat=True)))


def can_in_area(principal: Principal, perm: Perm, area_id: int) -> Decision:
    """Whether the principal may do this in an area: for what does not exist yet, such as a person to be added."""
    scope = scope_of(principal.role, perm)
    if scope is None:
        return Decision.no(Reason(_not_yours(principal, perm), _TABLE_RULE))
    if scope is Scope.ALL or (scope is Scope.AREA and principal.area_id == area_id):
        return Decision.yes()
    return Decision.no(Reason("You act in another MAPPA area.", "R97"))


def presence(principal: Principal, obj: Model, perm: Perm = Perm.NOMINAL_VIEW) -> Presence:
    """What the principal may know of the record: nothing, that it is restricted, or all that the permission shows."""
    if visible(principal, _row(obj), perm).exists():
        return Presence.OPEN
    if cards(principal, _row(obj), perm).exists():
        return Presence.CARD
    return Presence.ABSENT


def moved_to(principal: Principal, row: Model, perm: Perm) -> int | None:
    """The id of the record that this one was merged into, if the principal may use that one in this way."""
    root = registered_root()
    kept = getattr(row, f"{root.merged_field}_id", None) if path_of(type(row)) == "" else None
    if kept is None or not visible(principal, root.model._default_manager.filter(pk=kept), perm).exists():
        return None
    return cast("int", kept)


def who_can(perm: Perm, obj: Model, *, on: date, handling: Handling | None = None) -> list[Holder]:
    """Everybody who can do this with the record on the day, in the order of the roles, then by name.

    One entry a membership. It agrees with ``visible`` for each of them, by test. With ``handling``, who could if the
    record were handled so.
    """
    path = path_of(type(obj))
    members: QuerySet[Membership] = Membership.objects.on(on).select_related("user", "agency")
    if path == GLOBAL:
        return _holders(members.filter(role__in=roles_with(perm)), perm, {}, None)
    root = registered_root()
    row = _guarded(root, obj, path)
    if row["pk"] is None:
        return _holders_of_owned(members, perm, obj)
    if handling is not None:
        row[root.handling_field] = handling
    own = _in_own_words(perm, obj)
    if row[root.merged_field] is not None:
        return [] if own is None else _holders(members.filter(own), perm, {}, row[root.area_field])
    (guard,) = guards_of(root, [row], on)
    found = [
        member for member in _writers_of(members.filter(reaching(perm, [guard])), perm, obj) if guard.lets(member, perm)
    ]
    if own is not None:
        found = list(members.filter(Q(pk__in=[member.pk for member in found]) | own))
    return _holders(found, perm, guard.grants, guard.area_id)


def users_who_can(perm: Perm, rows: Collection[Model], *, on: date) -> dict[int, set[int]]:
    """The users of :func:`who_can` for many rows of the root, by the row's key, in as many queries as for one."""
    return {key: set(found.values()) for key, found in members_who_can(perm, rows, on=on).items()}


def members_who_can(perm: Perm, rows: Collection[Model], *, on: date) -> dict[int, dict[int, int]]:
    """The same by membership, each with its user: in one role nobody may do what only another one of theirs may."""
    root = registered_root()
    names = ("pk", root.area_field, root.handling_field, root.merged_field)
    known = root.model._default_manager.filter(
        pk__in=[row.pk for row in rows], **{f"{root.merged_field}__isnull": True}
    )
    guards = guards_of(root, list(known.values(*names)), on)
    members = list(Membership.objects.on(on).select_related("user", "agency").filter(reaching(perm, guards)))
    found: dict[int, dict[int, int]] = {row.pk: {} for row in rows}
    for guard in guards:
        found[guard.pk] = {member.pk: member.user_id for member in members if guard.lets(member, perm)}
    return found


def _below(
    queryset: QuerySet[M],
    path: str,
    root: Root,
    condition: Reached,
    unrooted: Q | None = None,
    *,
    gathered: bool = False,
) -> QuerySet[M]:
    if path == "":
        return queryset.filter(condition)
    open_ones = root.model._default_manager.filter(condition).values("pk")
    guarded = among(open_ones, path) if gathered else Q(**{f"{path}__in": open_ones})
    return queryset.filter(guarded if unrooted is None else guarded | unrooted)


def _unrooted(model: type[Model], path: str, principal: Principal, scope: Scope, perm: Perm) -> Q | None:
    """Rows about nobody in the register, as far as the scope reaches: the area's, the agency's, one's own. Of those in
    which their writers named the person themselves, the writers' own, whatever the path leads to.
    """
    owned = owned_by(model)
    if owned is None:
        return None
    mine = Q(pk__in=[])
    if principal.user_id is not None:
        for field in owned.people_fields:
            mine |= Q(**{field: principal.user_id})
    if scope is not Scope.AREA:
        mine &= Q(**{owned.agency_field: principal.agency_id or 0})
    if scope is Scope.AGENCY and principal.agency_id is not None:
        mine |= Q(**{owned.agency_field: principal.agency_id})
    everybodys = mine | Q(**{owned.area_field: principal.area_id}) if scope is Scope.AREA else mine
    found = Q(**{f"{path}__isnull": True}) & everybodys
    if owned.name_field and perm in WRITING:
        found |= ~Q(**{owned.name_field: ""}) & mine
    return found


def _handed_in(model: type[Model], principal: Principal, scope: Scope) -> Q:
    """Rows that their writers have handed in, and those that are the principal's, or their agency's, to write."""
    kept = kept_by(model)
    if kept is None:
        return Q()
    found = Q(**{f"{kept.until_field}__isnull": False})
    if principal.user_id is not None:
        for field in kept.people_fields:
            found |= Q(**{field: principal.user_id})
    if scope is not Scope.AREA and principal.agency_id is not None:
        found |= Q(**{kept.agency_field: principal.agency_id})
    return found


def _writers_of(members: QuerySet[Membership, Membership], perm: Perm, obj: Model) -> QuerySet[Membership, Membership]:
    """Of these, the ones whom a row reaches that may still be its writers' own."""
    kept = kept_by(type(obj))
    if kept is None:
        return members
    row = _row(obj).values(kept.until_field, kept.agency_field, *kept.people_fields).get()
    if row[kept.until_field] is not None:
        return members
    people = [row[field] for field in kept.people_fields if row[field] is not None]
    by_agency = Q(role__in=roles_with(perm, Scope.AGENCY, Scope.PERSON), agency=row[kept.agency_field])
    return members.filter(Q(user__in=people) | by_agency)


def _holders_of_owned(members: QuerySet[Membership, Membership], perm: Perm, obj: Model) -> list[Holder]:
    """Who can do this with a row about nobody in the register."""
    owned = owned_by(type(obj))
    if owned is None:
        return []
    row = _row(obj).values(owned.area_field, owned.agency_field, *owned.people_fields).get()
    reached = Q(role__in=roles_with(perm, Scope.AREA), area=row[owned.area_field])
    reached |= _own(owned, row, perm)
    return _holders(_writers_of(members.filter(reached), perm, obj), perm, {}, row[owned.area_field])


def _own(owned: Owned, row: Mapping[str, Any], perm: Perm) -> Q:
    """The memberships of a row's writers: the agency's, and the named people's."""
    people = [row[field] for field in owned.people_fields if row[field] is not None]
    own = Q(role__in=roles_with(perm, Scope.AGENCY), agency=row[owned.agency_field])
    own |= Q(role__in=roles_with(perm, Scope.PERSON), agency=row[owned.agency_field], user__in=people)
    return own | Q(role__in=roles_with(perm, Scope.AREA), user__in=people)


def _in_own_words(perm: Perm, obj: Model) -> Q | None:
    """The writers of a row about a record, if they named the person themselves: it stays theirs."""
    owned = owned_by(type(obj))
    if owned is None or not owned.name_field or perm not in WRITING:
        return None
    row = _row(obj).values(owned.agency_field, owned.name_field, *owned.people_fields).get()
    return _own(owned, row, perm) if row[owned.name_field] else None


def _row(obj: M) -> QuerySet[M]:
    return type(obj)._default_manager.filter(pk=obj.pk)


def _guarded(root: Root, obj: Model, path: str) -> dict[str, Any]:
    prefix = f"{path}__" if path else ""
    names = {"pk": f"{prefix}pk", root.area_field: f"{prefix}{root.area_field}"}
    names[root.handling_field] = f"{prefix}{root.handling_field}"
    names[root.merged_field] = f"{prefix}{root.merged_field}"
    values = _row(obj).values_list(*names.values()).get()
    return dict(zip(names, values, strict=True))


def _holders(members: Iterable[Membership], perm: Perm, grants: Mapping[int, Any], area_id: int | None) -> list[Holder]:
    holders = []
    for member in members:
        role = Role(member.role)
        scope = TABLE[role][perm]
        grant = grants.get(member.user_id)
        by_role = scope in (Scope.ANY, Scope.ALL) or (scope is Scope.AREA and member.area_id == area_id)
        # A grant by name is named as the way in, unless the role over the whole area lets them in anyway.
        via = scope if by_role or grant is None else Scope.PERSON
        holders.append(
            Holder(
                user_id=member.user_id,
                name=member.user.name,
                membership_id=member.pk,
                role=role,
                agency_id=member.agency_id,
                agency=member.agency.name,
                via=via,
                source=grant.source if grant is not None and via is Scope.PERSON else "",
                until=grant.ends_on if grant is not None and via is Scope.PERSON else member.ends_on,
            )
        )
    order = {role: place for place, role in enumerate(MEMBERSHIP_ROLES)}
    return sorted(holders, key=lambda holder: (order[holder.role], holder.name, holder.membership_id))


def _not_yours(principal: Principal, perm: Perm) -> str:
    role = principal.role.label if principal.role is not None else "no role"
    return f"The role you act in ({role}) is not allowed to {perm.label}."
