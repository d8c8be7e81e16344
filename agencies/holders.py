"""Who reaches a row of the root, worked out for many rows at once: the engine's question turned round."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.db.models import Q

from rules.vocabulary import Handling

from .models import Membership
from .roles import COUNTING, TABLE, Perm, Role, Scope, roles_with
from .roots import Root
from .spans import open_on


@dataclass
class Guard:
    """What decides who reaches one row of the root: grants to people, to groups of agencies, and who is kept out."""

    pk: int
    area_id: int
    handling: str
    grants: dict[int, Any] = field(default_factory=dict)
    groups: set[int] = field(default_factory=set)
    people_out: set[int] = field(default_factory=set)
    agencies_out: set[int] = field(default_factory=set)

    def lets(self, member: Membership, perm: Perm) -> bool:
        """Whether it is open to the member: allowed, and not denied."""
        scope, grant = TABLE[Role(member.role)].get(perm), self.grants.get(member.user_id)
        if scope not in (Scope.AREA, Scope.AGENCY, Scope.PERSON):
            return False
        allowed = scope is Scope.AREA and member.area_id == self.area_id
        allowed |= scope is Scope.AGENCY and member.agency.group_id in self.groups
        allowed |= grant is not None and perm not in COUNTING
        if not allowed or member.user_id in self.people_out or member.agency_id in self.agencies_out:
            return False
        if self.handling == Handling.RESTRICTED and perm not in COUNTING:
            return grant is not None and grant.named_reader
        return self.handling != Handling.CATEGORY_4 or member.user.category_4


def guards_of(root: Root, rows: Iterable[Mapping[str, Any]], on: date) -> list[Guard]:
    """The guards of these rows of the root, in three queries."""
    found = {row["pk"]: Guard(row["pk"], row[root.area_field], row[root.handling_field]) for row in rows}
    granted = root.person_grants._default_manager.filter(open_on(on), content_object__in=found)
    for grant in granted.order_by("named_reader", "id"):
        found[cast("Any", grant).content_object_id].grants[cast("Any", grant).user_id] = grant
    parts = root.agency_grants._default_manager.filter(open_on(on), content_object__in=found)
    for key, group in parts.values_list("content_object", "group"):
        found[key].groups.add(group)
    kept_out = root.exclusions._default_manager.filter(open_on(on), **{f"{root.exclusion_field}__in": found})
    for key, user, agency in kept_out.values_list(root.exclusion_field, "user", "agency"):
        if user is not None:
            found[key].people_out.add(user)
        if agency is not None:
            found[key].agencies_out.add(agency)
    return list(found.values())


def reaching(perm: Perm, guards: Iterable[Guard]) -> Q:
    """Memberships that one of the guards may let in."""
    known = list(guards)
    scopes = (Scope.AREA, Scope.AGENCY, Scope.PERSON)
    groups, people = {key for each in known for key in each.groups}, {key for each in known for key in each.grants}
    reached = Q(role__in=roles_with(perm, Scope.AREA), area__in={each.area_id for each in known})
    reached |= Q(role__in=roles_with(perm, Scope.AGENCY), agency__group__in=groups)
    return reached | Q(role__in=roles_with(perm, *scopes), user__in=people)
