"""What the register knows of somebody that asks for an agency, and the table of who is asked for (R57)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db.models import QuerySet

from agencies.models import LocalHousingAuthority, PanelArea
from agencies.parameters import parameters_for
from agencies.spans import open_on
from cases.facts import facts_for
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
from rules.invitations import INVITED, InviteFacts, asks_for_housing, asks_for_immigration
from rules.vocabulary import (
    Category,
    Handling,
    HospitalSection,
    Immigration,
    InviteReason,
    ProcessKind,
    Tenure,
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


def invite_facts(nominals: Collection[Nominal], *, on: date) -> dict[int, InviteFacts]:
    """What the register knows of each person that asks for an agency, by nominal: many cost what one does."""
    ids = [nominal.pk for nominal in nominals]
    where = whereabouts_of(nominals, on=on)
    running: dict[int, set[str]] = defaultdict(set)
    for key, process in processes_of(nominals, on=on).values_list("nominal", "kind"):
        running[key].add(process)
    backgrounds = {row.nominal_id: row for row in Background.objects.filter(nominal__in=ids)}
    homes: dict[int, list[Address]] = defaultdict(list)
    for home in Address.objects.filter(open_on(on), nominal__in=ids):
        homes[home.nominal_id].append(home)
    near = ConnectedPerson.objects.filter(nominal__in=ids, child=True, ended_on=None)
    children_near = set(near.values_list("nominal", flat=True))
    abuse = set(Nominal.objects.filter(perhaps_asked(), pk__in=ids).values_list("pk", flat=True))
    restricted = _restricted(ids)
    register, parameters = facts_for(ids), cache(parameters_for)

    def of_one(nominal: Nominal) -> InviteFacts:
        key = nominal.pk
        kind = Whereabouts(where[key].kind) if key in where else None
        background = backgrounds.get(key)
        return InviteFacts(
            category_4=nominal.handling == Handling.CATEGORY_4
            or category_on(register[key].grounds, on).value is Category.FOUR,
            child=is_child(nominal.date_of_birth, on, parameters(nominal.area_id)).value,
            child_near=key in children_near,
            immigration=kind is Whereabouts.IMMIGRATION_DETENTION
            or (background is not None and asks_for_immigration(Immigration(background.immigration))),
            patient=kind in _PATIENT,
            tagged=ProcessKind.TAG in running[key],
            work_restricted=ProcessKind.WORK in running[key],
            victim_contact=ProcessKind.VICTIM_CONTACT in running[key],
            domestic_abuse=key in abuse,
            housed=asks_for_housing(
                [Tenure(home.tenure) for home in homes[key] if not home.no_fixed_abode],
                no_fixed_abode=any(home.no_fixed_abode for home in homes[key]),
            ),
            in_custody=kind in _INSIDE,
            approved_premises=kind is Whereabouts.APPROVED_PREMISES,
            restricted=restricted.get(key) if kind in _PATIENT else None,
        )

    return {nominal.pk: of_one(nominal) for nominal in nominals}


def _restricted(ids: Collection[int]) -> dict[int, bool]:
    """Whether a restriction holds by the orders on record; nobody of whom there is none."""
    held: dict[int, bool] = {}
    for each in HospitalOrder.objects.filter(nominal__in=ids):
        holds = HospitalSection(each.section).is_restricted and each.restriction_ended_on is None
        held[each.nominal_id] = held.get(each.nominal_id, False) or holds
    return held


def whereabouts_of(nominals: Collection[Nominal], *, on: date) -> dict[int, WhereaboutsSpan]:
    """Where each of them is on the day, as far as anybody knows."""
    rows = WhereaboutsSpan.objects.filter(open_on(on), nominal__in=nominals)
    return {row.nominal_id: row for row in rows}


def processes_of(nominals: Collection[Nominal], *, on: date) -> QuerySet[ParallelProcess]:
    """What runs beside MAPPA on the day: a tag, a restriction, a conference."""
    return ParallelProcess.objects.filter(open_on(on), nominal__in=nominals)


def districts_of(nominals: Collection[Nominal], *, on: date) -> dict[int, LocalHousingAuthority | None]:
    """The district of each: of closest links when they have no fixed abode, else that of their panel area."""
    homeless = Address.objects.filter(open_on(on), nominal__in=nominals, no_fixed_abode=True)
    links = {row.nominal_id: row.closest_links for row in homeless.select_related("closest_links").order_by("-pk")}
    areas = PanelArea.objects.filter(pk__in={each.panel_area_id for each in nominals}).select_related(
        "housing_authority"
    )
    own = {area.pk: area.housing_authority for area in areas}
    return {each.pk: links[each.pk] if each.pk in links else own.get(each.panel_area_id or 0) for each in nominals}
