"""What the register knows of somebody that asks for an agency, and the table of who is asked for (R57)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from agencies.models import LocalHousingAuthority
from agencies.parameters import parameters_for
from agencies.spans import open_on
from cases.facts import facts_of
from cases.models import (
    Address,
    Background,
    ConnectedPerson,
    HospitalOrder,
    Nominal,
    ParallelProcess,
    WhereaboutsSpan,
)
from cases.thresholding import perhaps_asked
from rules.ahead import is_child
from rules.categories import category_on
from rules.invitations import INVITED, InviteFacts, asks_for_immigration
from rules.vocabulary import (
    Category,
    Handling,
    HospitalSection,
    Immigration,
    InviteReason,
    ProcessKind,
    Whereabouts,
)

from .models import InviteRule

_INSIDE = (Whereabouts.CUSTODY, Whereabouts.REMAND, Whereabouts.RECALLED)
_PATIENT = (Whereabouts.HOSPITAL, Whereabouts.HOSPITAL_LEAVE)


@dataclass(frozen=True)
class Table:
    """Whom an area invites for each reason: kinds of agency, and agencies by name."""

    kinds: Mapping[InviteReason, frozenset[str]]
    agencies: Mapping[InviteReason, frozenset[int]]


def table_of(area_id: int) -> Table:
    """The table in force: what the area has set, and the usual one for reasons it has not."""
    kinds = {reason: frozenset(INVITED.get(reason, ())) for reason in INVITED}
    agencies: dict[InviteReason, frozenset[int]] = {reason: frozenset() for reason in INVITED}
    rows = list(InviteRule.objects.filter(area=area_id))
    for reason in {InviteReason(row.reason) for row in rows}:
        own = [row for row in rows if row.reason == reason and row.invited]
        kinds[reason] = frozenset(row.kind for row in own if row.kind)
        agencies[reason] = frozenset(row.agency_id for row in own if row.agency_id is not None)
    return Table(kinds, agencies)


def invite_facts(nominal: Nominal, *, on: date) -> InviteFacts:
    """What the register knows of the person that asks for an agency."""
    where = WhereaboutsSpan.objects.filter(open_on(on), nominal=nominal).first()
    kind = Whereabouts(where.kind) if where is not None else None
    running = set(processes_of(nominal, on=on).values_list("kind", flat=True))
    background = Background.objects.filter(nominal=nominal).first()
    parameters = parameters_for(nominal.area_id)
    return InviteFacts(
        category_4=nominal.handling == Handling.CATEGORY_4
        or category_on(facts_of(nominal).grounds, on).value is Category.FOUR,
        child=is_child(nominal.date_of_birth, on, parameters).value,
        child_near=ConnectedPerson.objects.filter(nominal=nominal, child=True, ended_on=None).exists(),
        immigration=kind is Whereabouts.IMMIGRATION_DETENTION
        or (background is not None and asks_for_immigration(Immigration(background.immigration))),
        patient=kind in _PATIENT,
        tagged=ProcessKind.TAG in running,
        work_restricted=ProcessKind.WORK in running,
        victim_contact=ProcessKind.VICTIM_CONTACT in running,
        domestic_abuse=Nominal.objects.filter(perhaps_asked(), pk=nominal.pk).exists(),
        housed=True,
        in_custody=kind in _INSIDE,
        approved_premises=kind is Whereabouts.APPROVED_PREMISES,
        restricted=_restricted(nominal) if kind in _PATIENT else None,
    )


def _restricted(nominal: Nominal) -> bool | None:
    """Whether a restriction holds by the orders on record; None when there is none."""
    orders = list(HospitalOrder.objects.filter(nominal=nominal))
    held = any(HospitalSection(each.section).is_restricted and each.restriction_ended_on is None for each in orders)
    return held if orders else None


def processes_of(nominal: Nominal, *, on: date) -> QuerySet[ParallelProcess]:
    """What runs beside MAPPA on the day: a tag, a restriction, a conference."""
    return ParallelProcess.objects.filter(open_on(on), nominal=nominal)


def district_of(nominal: Nominal, *, on: date) -> LocalHousingAuthority | None:
    """The district of the person: of closest links when they have no fixed abode, else that of their panel area."""
    homeless = Address.objects.filter(open_on(on), nominal=nominal, no_fixed_abode=True)
    links = homeless.select_related("closest_links").first()
    if links is not None:
        return links.closest_links
    return nominal.panel_area.housing_authority if nominal.panel_area is not None else None
