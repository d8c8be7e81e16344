"""Who is reached for an agency on a day: its contact, or the deputy while the contact is away (R96)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from rules.agreements import contacts_missing
from rules.core import Reason
from rules.vocabulary import ContactPart

from .kinds import has_part_in_law
from .models import Absence, Agency, Contact, Membership, User
from .roles import Role
from .spans import open_on
from .written import Written, one_of


@dataclass(frozen=True)
class Standing:
    """An agency's contacts on a day, who of them is away, and since when there is no contact."""

    spoc: Contact | None = None
    deputy: Contact | None = None
    spoc_away: Absence | None = None
    deputy_away: Absence | None = None
    vacant_since: date | None = None
    missing: tuple[Reason, ...] = ()
    expected: bool = False

    @property
    def reached(self) -> User | None:
        """Whom to ask: the contact, the deputy while the contact is away or there is none, nobody."""
        if self.spoc is not None and self.spoc_away is None:
            return self.spoc.user
        return self.deputy.user if self.deputy is not None and self.deputy_away is None else None

    @property
    def deputy_stands_in(self) -> bool:
        """Whoever is reached is the deputy."""
        return self.reached is not None and (self.spoc is None or self.spoc_away is not None)


def speaking_posts(on: date) -> QuerySet[Membership]:
    """Memberships by which people can be the contact of an agency on the day."""
    return Membership.objects.on(on).filter(role=Role.SPOC)


def speaks_for(user: User, agency: Agency, *, on: date) -> bool:
    """Whether the person can be the contact of the agency on the day."""
    return speaking_posts(on).filter(user=user, agency=agency).exists()


def people_who_speak_for(agency: Agency, *, on: date) -> QuerySet[User]:
    """Those who can be named as contact or deputy of the agency on the day."""
    return User.objects.filter(pk__in=speaking_posts(on).filter(agency=agency).values("user"))


def parts_held(user: User, *, on: date) -> QuerySet[Contact]:
    """The agencies of which the person is the contact or deputy on the day or later, by name."""
    lasting = Q(ends_on=None) | Q(ends_on__gte=on)
    return Contact.objects.filter(lasting, user=user).select_related("agency").order_by("agency__name", "starts_on")


def roles_awaited(user: User, *, on: date) -> list[Role]:
    """The roles by which somebody is waited for, though they are nobody's contact: as panel member, and as chair."""
    held = Membership.objects.on(on).filter(user=user, role__in=(Role.PANEL_MEMBER, Role.CHAIR))
    return [Role(role) for role in held.order_by("role").values_list("role", flat=True).distinct()]


def standings(agencies: Iterable[Agency], *, on: date) -> Mapping[int, Standing]:
    """The contacts of each agency on the day, in three queries.

    Somebody who no longer holds the role for the agency, or whose account is closed, is nobody's contact.
    """
    wanted = list(agencies)
    ids = [each.pk for each in wanted]
    held = {(row.agency_id, row.part): row for row in _HELD(ids, on)}
    away = {row.user_id: row for row in _AWAY([row.user_id for row in held.values()], on)}
    last = dict(_LAST_HELD(ids, on))
    found = {}
    for agency in wanted:
        spoc, deputy = held.get((agency.pk, ContactPart.SPOC)), held.get((agency.pk, ContactPart.DEPUTY))
        expected = has_part_in_law(agency.duty) and agency.part_of_id is None and agency.takes_part_on(on)
        ended = last.get(agency.pk)
        found[agency.pk] = Standing(
            spoc=spoc,
            deputy=deputy,
            spoc_away=away.get(spoc.user_id) if spoc else None,
            deputy_away=away.get(deputy.user_id) if deputy else None,
            vacant_since=date.fromordinal(ended.toordinal() + 1) if ended and spoc is None else None,
            missing=contacts_missing(has_spoc=spoc is not None, has_deputy=deputy is not None) if expected else (),
            expected=expected,
        )
    return found


def _held(agencies: list[int], on: date) -> QuerySet[Contact]:
    posts = speaking_posts(on).filter(user=OuterRef("user"), agency=OuterRef("agency"))
    return Contact.objects.filter(open_on(on), Exists(posts), one_of("agency", agencies)).select_related("user")


def _last_held(agencies: list[int], on: date) -> QuerySet[Any, Any]:
    before = Contact.objects.filter(one_of("agency", agencies), part=ContactPart.SPOC, starts_on__lte=on)
    return before.filter(ends_on__lt=on).values_list("agency").annotate(last=Max("ends_on"))


_HELD, _LAST_HELD = Written(_held), Written(_last_held)
_AWAY = Written(lambda users, on: Absence.objects.filter(open_on(on), one_of("user", users)))


def standing_of(agency: Agency, *, on: date) -> Standing:
    """The contacts of one agency on the day."""
    return standings([agency], on=on)[agency.pk]


def reachable_for(agency: Agency, *, on: date) -> User | None:
    """Who is reached for the agency on the day; for a team without contacts of its own, those of the whole."""
    above: Agency | None = agency
    asked: set[int] = set()
    while above is not None and above.pk not in asked:
        if (found := standing_of(above, on=on).reached) is not None:
            return found
        asked.add(above.pk)
        above = above.part_of
    return None
