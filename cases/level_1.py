"""Screening, Level 1 reviews and decisions on an ending, as the ledger wants them (R26, R39 to R41).

Providers of ``cases.obligations``: facts of many people at a constant number of queries, then the rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import zip_longest
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from agencies.models import Area
from agencies.parameters import parameters_for
from rules.ahead import endings_to_decide
from rules.categories import open_grounds, status_periods
from rules.core import DAY, Answer, Period, Reason
from rules.deadlines import detained_periods
from rules.facts import RegisterFacts
from rules.level_1 import (
    Due,
    ReviewFacts,
    early_review_due,
    first_level_1_review_due,
    next_level_1_review_due,
    reviews_at_level_1,
    screening_due,
    shows_screening,
)
from rules.parameters import Parameters
from rules.vocabulary import (
    CaseChange,
    DecidingBody,
    GroundKind,
    KeyDateKind,
    Level,
    ObligationKind,
    RiskLevel,
    Whereabouts,
)

from .facts import facts_for, once
from .models import (
    Address,
    EndingDecision,
    Ground,
    KeyDate,
    LeadAgencySpan,
    Level1Review,
    Level1Switch,
    LevelSpan,
    Nominal,
    ReportedChange,
    Screening,
)
from .obligations import Wanted

RELEASES = (KeyDateKind.RELEASE, KeyDateKind.EARLIEST_RELEASE, KeyDateKind.HOSPITAL_DISCHARGE)


@dataclass(frozen=True, slots=True)
class Lead:
    """An agency leads the case, from a day to a day."""

    agency_id: int
    parent_id: int | None
    kind: str
    period: Period


@dataclass(frozen=True, slots=True)
class Level1Facts:
    """All from which the Level 1 obligations of one person are worked out."""

    register: RegisterFacts
    area_id: int
    reviews: tuple[ReviewFacts, ...] = ()
    changes: tuple[tuple[date, CaseChange], ...] = ()
    leads: tuple[Lead, ...] = ()
    release_on: date | None = None


@dataclass(slots=True)
class Switches:
    """Which agencies have switched Level 1 reviews on or off, from when."""

    dated: dict[int, list[tuple[date, bool]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls) -> "Switches":
        found = cls()
        for row in Level1Switch.objects.order_by("holds_from"):
            found.dated[row.agency_id].append((row.holds_from, row.reviews))
        return found

    def of(self, agency_id: int, parent_id: int | None, day: date) -> tuple[date, bool] | None:
        """The switch in force on the day, of the agency itself or of the one it is a team of."""
        for key in (agency_id, parent_id):
            known = [switch for switch in self.dated.get(key or 0, ()) if switch[0] <= day]
            if known:
                return known[-1]
        return None


def holds_reviews(lead: Lead, switches: Switches, day: date, params: Parameters) -> tuple[Answer[bool], date | None]:
    """Whether the lead agency holds Level 1 reviews on the day, and since when if it was switched on."""
    switch = switches.of(lead.agency_id, lead.parent_id, day)
    answer = reviews_at_level_1(lead.kind, switch[1] if switch else None, day, params)
    return answer, switch[0] if switch else None


# --- screening -------------------------------------------------------------------------------------------------------


def people_to_screen() -> QuerySet[Any, Any]:
    """Whoever has an automatic ground today or ahead and no screening by anybody, and whoever has a screening."""
    shown = Q(decided_by=DecidingBody.SCREENING) | Q(level__in=[level for level in Level if level.is_multi_agency])
    screened = LevelSpan.objects.filter(shown, nominal=OuterRef("nominal"))
    automatic = [kind for kind in GroundKind if kind.is_automatic]
    waiting = Ground.objects.filter(~Exists(screened), kind__in=automatic, voided_on__isnull=True)
    return Nominal.objects.filter(
        Q(pk__in=waiting.values("nominal")) | Q(pk__in=Screening.objects.values("nominal"))
    ).values("pk")


def screening_obligations(nominal_ids: Iterable[int], today: date) -> dict[int, list[Wanted]]:
    """Provider of screening (R41): open while nobody has screened, kept when a screening was recorded or came late."""
    ids = list(nominal_ids)
    areas = _areas(ids)
    recorded: dict[int, list[date]] = defaultdict(list)
    for row in Screening.objects.filter(nominal__in=areas):
        recorded[row.nominal_id].append(row.screened_on)
    params = cache(parameters_for)
    return {
        key: list(screenings_of(facts, recorded[key], params(areas[key]), today))
        for key, facts in facts_for(areas).items()
    }


def screenings_of(facts: RegisterFacts, recorded: list[date], params: Parameters, today: date) -> Iterator[Wanted]:
    detained = detained_periods(facts.whereabouts, params)
    for period in status_periods(facts.grounds):
        if not open_grounds(facts.grounds, period.starts_on)[0].kind.is_automatic:
            continue
        answer = screening_due(period.starts_on, detained, params)
        due = answer.value
        if due is None or due.triggered_on > min(today, period.last_day) or due.due_on is None:
            continue
        own = [day for day in recorded if day in period and day <= today]
        decided = [
            span.starts_on
            for span in facts.levels
            if shows_screening(span) and span.starts_on in period and span.starts_on <= today
        ]
        met_on = min([*own, *decided], default=None)
        if met_on is None and period.last_day >= today:
            yield _wanted(ObligationKind.SCREENING, due, "R41", answer.reasons)
        elif met_on is not None and met_on >= due.triggered_on and (own or met_on > due.due_on):
            yield _wanted(ObligationKind.SCREENING, due, "R41", answer.reasons, met_on=met_on)


# --- Level 1 reviews -------------------------------------------------------------------------------------------------


def people_at_level_1() -> QuerySet[Any, Any]:
    """Whoever is or was at Level 1."""
    return LevelSpan.objects.filter(level=Level.ONE).values("nominal")


def level_1_facts_for(nominal_ids: Iterable[int]) -> dict[int, Level1Facts]:
    """Facts of Level 1 reviews for many, in nine queries. Unknown ids are left out."""
    return once("level 1", nominal_ids, _read_facts)


def _read_facts(nominal_ids: Iterable[int]) -> dict[int, Level1Facts]:
    areas = _areas(nominal_ids)
    reviews: dict[int, list[ReviewFacts]] = defaultdict(list)
    for review in Level1Review.objects.filter(nominal__in=areas).order_by("held_on"):
        reviews[review.nominal_id].append(
            ReviewFacts(review.held_on, review.next_on, RiskLevel(review.risk) if review.risk else None)
        )
    changes: dict[int, list[tuple[date, CaseChange]]] = defaultdict(list)
    for change in ReportedChange.objects.filter(nominal__in=areas):
        changes[change.nominal_id].append((change.happened_on, CaseChange(change.kind)))
    moved: dict[int, list[date]] = defaultdict(list)
    for key, day in Address.objects.filter(nominal__in=areas).values_list("nominal", "starts_on"):
        moved[key].append(day)
    leads: dict[int, list[Lead]] = defaultdict(list)
    for span in LeadAgencySpan.objects.filter(nominal__in=areas).select_related("agency").order_by("starts_on"):
        agency = span.agency
        leads[span.nominal_id].append(
            Lead(agency.pk, agency.part_of_id, agency.kind, Period(span.starts_on, span.ends_on))
        )
    releases = dict(
        KeyDate.objects.filter(nominal__in=areas, kind__in=RELEASES)
        .order_by("-falls_on")
        .values_list("nominal", "falls_on")
    )
    found = {}
    for key, register in facts_for(areas).items():
        # The first address is where somebody began, not a change.
        of_address = [(day, CaseChange.ADDRESS) for day in sorted(moved[key])[1:]]
        recalls = [
            (stay.starts_on, CaseChange.RECALL)
            for stay in register.whereabouts
            if stay.whereabouts is Whereabouts.RECALLED
        ]
        found[key] = Level1Facts(
            register=register,
            area_id=areas[key],
            reviews=tuple(reviews[key]),
            changes=tuple(sorted([*changes[key], *of_address, *recalls])),
            leads=tuple(leads[key]),
            release_on=releases.get(key),
        )
    return found


def level_1_review_obligations(nominal_ids: Iterable[int], today: date) -> dict[int, list[Wanted]]:
    """Provider of first and later Level 1 reviews (R39, R40)."""
    return _of_each(nominal_ids, today, reviews_of)


def early_review_obligations(nominal_ids: Iterable[int], today: date) -> dict[int, list[Wanted]]:
    """Provider of the Level 1 review that a listed change brings forward (R39)."""
    return _of_each(nominal_ids, today, early_reviews_of)


def reviews_of(facts: Level1Facts, switches: Switches, params: Parameters, today: date) -> list[Wanted]:
    """Each Level 1 review that was due in a time at Level 1, the next one to come among them.

    The lead agency of the day on which it is met (of today, while it is open) decides whether there is one. An agency
    that switches its reviews on begins that day: nothing is late from before.
    """
    return [
        _wanted(ObligationKind.LEVEL_1_REVIEW, answer.value, "R39", answer.reasons, met_on=met_on)
        for answer, met_on in answers_of(facts, switches, params, today)
    ]


def answers_of(
    facts: Level1Facts, switches: Switches, params: Parameters, today: date
) -> list[tuple[Answer[Due], date | None]]:
    """The same with the reasons of the rule, and the day on which the review was held."""
    detained = detained_periods(facts.register.whereabouts, params)
    found: list[tuple[Answer[Due], date | None]] = []
    for run in _runs_at_level_1(facts.register, today):
        held = [review for review in facts.reviews if review.held_on in run and review.held_on <= today]
        for number, following in enumerate([*held, None]):
            lead = lead_on(facts, following.held_on if following else today)
            on, since = holds_reviews(lead, switches, today, params) if lead else (None, None)
            if on is None or not on.value or (following is None and run.last_day < today):
                continue
            if number:
                before = held[number - 1]
                answer = next_level_1_review_due(before, kind_of_lead(facts, before.held_on), params)
            else:
                first = max(run.starts_on, since) if since else run.starts_on
                sentenced = _sentenced_on(facts.register, run.starts_on)
                answer = first_level_1_review_due(first, sentenced, detained, facts.release_on, params)
            met_on = following.held_on if following else None
            if answer.value.triggered_on <= min(met_on or today, today):
                found.append((answer, met_on))
    return found


def early_reviews_of(facts: Level1Facts, switches: Switches, params: Parameters, today: date) -> list[Wanted]:
    """After a review was held, the first listed change before the next makes one due early."""
    wanted = []
    for run in _runs_at_level_1(facts.register, today):
        held = [review.held_on for review in facts.reviews if review.held_on in run and review.held_on <= today]
        for last, following in zip_longest(held, held[1:]):
            until = following or min(today, run.last_day)
            change = next((each for each in facts.changes if last < each[0] <= until), None)
            lead = lead_on(facts, until)
            if change is None or lead is None or (following is None and run.last_day < today):
                continue
            if holds_reviews(lead, switches, today, params)[0].value:
                due = early_review_due(change[0], change[1].label, params)
                kind = ObligationKind.LEVEL_1_EARLY_REVIEW
                wanted.append(_wanted(kind, due.value, "R39", due.reasons, met_on=following))
    return wanted


def _of_each(nominal_ids: Iterable[int], today: date, work_out: Any) -> dict[int, list[Wanted]]:
    facts = level_1_facts_for(nominal_ids)
    switches, params = Switches.read(), cache(parameters_for)
    return {key: work_out(each, switches, params(each.area_id), today) for key, each in facts.items()}


def _runs_at_level_1(register: RegisterFacts, today: date) -> list[Period]:
    """Unbroken times at Level 1 that have begun."""
    runs: list[Period] = []
    for span in sorted(register.levels, key=lambda span: span.starts_on):
        if span.level is not Level.ONE or span.starts_on > today:
            continue
        if runs and runs[-1].ends_on == span.starts_on - DAY:
            runs[-1] = Period(runs[-1].starts_on, span.ends_on)
        else:
            runs.append(span.period)
    return runs


def _sentenced_on(register: RegisterFacts, day: date) -> date:
    """The day of the disposal behind the senior ground of the day, or the day the ground starts."""
    senior = open_grounds(register.grounds, day)[:1]
    return (senior[0].disposal_on or senior[0].starts_on) if senior else day


def lead_on(facts: Level1Facts, day: date) -> Lead | None:
    """Who leads on the day; before the first that is recorded, that one."""
    known = [lead for lead in facts.leads if lead.period.starts_on <= day] or list(facts.leads[:1])
    return known[-1] if known and known[-1].period.last_day >= day else None


def kind_of_lead(facts: Level1Facts, day: date) -> str:
    """The kind of agency that leads on the day; "" when none is recorded."""
    lead = lead_on(facts, day)
    return lead.kind if lead else ""


# --- the last ground's end -------------------------------------------------------------------------------------------


def people_whose_ground_ends() -> QuerySet[Any, Any]:
    """Whoever is or was at Level 2 or 3 and has a ground with an end."""
    multi = LevelSpan.objects.filter(level__in=[level for level in Level if level.is_multi_agency]).values("nominal")
    return Ground.objects.filter(ends_on__isnull=False, voided_on__isnull=True, nominal__in=multi).values("nominal")


def ending_obligations(nominal_ids: Iterable[int], today: date) -> dict[int, list[Wanted]]:
    """Provider of the decision before a last ground ends (R26). One that has lapsed undecided stays overdue.

    What ended before the area began to work with this system is over.
    """
    areas = _areas(nominal_ids)
    begins: Mapping[int, date] = dict(Area.objects.filter(pk__in=set(areas.values())).values_list("pk", "starts_on"))
    decided: dict[int, dict[int, date]] = defaultdict(dict)
    for row in EndingDecision.objects.filter(nominal__in=areas).order_by("-decided_on"):
        decided[row.nominal_id][row.ground_id] = row.decided_on
    params = cache(parameters_for)
    return {
        key: [
            Wanted(
                kind=ObligationKind.ENDING_DECISION,
                subject=f"ground:{each.ground.key}",
                triggered_on=each.triggered_on,
                due_on=each.due_on,
                met_on=decided[key].get(each.ground.key or 0),
                rule="R26",
                reasons=each.reasons,
            )
            for each in endings_to_decide(facts.grounds, facts.levels, params(areas[key]), today=today)
            if each.due_on >= begins[areas[key]]
        ]
        for key, facts in facts_for(areas).items()
    }


def _areas(nominal_ids: Iterable[int]) -> dict[int, int]:
    return once("areas", nominal_ids, _read_areas)


def _read_areas(nominal_ids: Iterable[int]) -> dict[int, int]:
    return dict(Nominal.objects.filter(pk__in=list(nominal_ids)).values_list("id", "area_id"))


def _wanted(
    kind: ObligationKind, due: Due, rule: str, reasons: tuple[Reason, ...], *, met_on: date | None = None
) -> Wanted:
    return Wanted(
        kind=kind, triggered_on=due.triggered_on, due_on=due.due_on, met_on=met_on, rule=rule, reasons=reasons
    )


def agencies_with_reviews(agencies: Sequence[Any], day: date, params: Parameters) -> dict[int, Answer[bool]]:
    """For each agency, whether it holds Level 1 reviews of the cases it leads on the day."""
    switches = Switches.read()
    return {
        each.pk: holds_reviews(Lead(each.pk, each.part_of_id, each.kind, Period(day)), switches, day, params)[0]
        for each in agencies
    }
