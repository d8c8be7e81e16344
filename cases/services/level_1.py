"""Level 1: screening, reviews, changes that bring one forward, and which agencies hold reviews (R39 to R41)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from agencies.access import can, can_in_area
from agencies.models import Agency
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import facts_of
from cases.level_1 import kind_of_lead, level_1_facts_for
from cases.models import Level1Review, Level1Switch, Nominal, ReportedChange, Screening
from cases.spans import LevelSlot, fitted
from rules.categories import open_grounds, status_periods
from rules.core import DAY, Decision, Reason
from rules.corrections import CHANGE, LEVEL_1_REVIEW, SCREENING
from rules.facts import LevelFacts
from rules.identity import may_have_happened
from rules.level_1 import TOLD, ReviewFacts, may_review_at_level_1, may_screen
from rules.levels import LevelChange, level_on
from rules.levels import may_set_level as rules_may_set_level
from rules.vocabulary import CaseChange, DecidingBody, Level, ReviewForm, RiskLevel, ScreeningOutcome

from .corrected import not_written_over
from .levels import check_fitted, decided_slot, fit_levels, meeting_days, slots_of
from .locking import locked
from .obligations import bring_in_line


def may_record_screening(
    nominal: Nominal,
    *,
    by: Principal,
    today: date,
    screened_on: date | None = None,
    outcome: ScreeningOutcome = ScreeningOutcome.LEVEL_1,
    reason: str = "",
) -> Decision:
    """Whether a screening may be recorded; without a day, whether any may be, for the button."""
    allowed = can(by, Perm.LEVEL_1_RECORD, nominal)
    if not allowed or screened_on is None:
        return allowed
    facts = facts_of(nominal)
    standing = open_grounds(facts.grounds, screened_on)
    period = next((each for each in status_periods(facts.grounds) if screened_on in each), None)
    decision = allowed & may_screen(
        screened_on,
        status_from=period.starts_on if period else None,
        automatic=bool(standing) and standing[0].kind.is_automatic,
        reason=reason,
        today=today,
    )
    change = level_by_screening(screened_on, outcome, reason, today)
    if not decision or change is None or level_on(facts.levels, screened_on).value is not Level.NOT_SET:
        return decision
    stored = slots_of(nominal)
    right = fitted([*stored, decided_slot(change)], status_periods(facts.grounds))
    levels = levels_on_the_day(change, stored, right)
    decision &= rules_may_set_level(change, levels, facts.grounds, meetings=meeting_days(nominal), today=today)
    return decision & check_fitted(right, facts.grounds)


@service(event="screening_recorded", asks=may_record_screening)
def record_screening(
    *, by: Principal, today: date, nominal_id: int, screened_on: date, outcome: ScreeningOutcome, reason: str
) -> Screening:
    """Record what the lead agency found. "Level 1 is enough" sets Level 1 where no level is set yet (R32, R41), also
    when it is recorded late: the levels decided since stay.

    A second record for the same day that says otherwise is refused: the first is corrected. Raises ``Refused``.
    """
    nominal = locked(nominal_id)
    may_record_screening(
        nominal, by=by, today=today, screened_on=screened_on, outcome=outcome, reason=reason
    ).or_refuse()
    values = {"outcome": outcome, "reason": reason.strip()}
    standing = nominal.screenings.filter(screened_on=screened_on).first()
    not_written_over(standing, values, SCREENING, screened_on).or_refuse()
    stored = standing or Screening.objects.create(nominal=nominal, screened_on=screened_on, **values)
    change = level_by_screening(screened_on, outcome, reason, today)
    if change is not None and level_on(facts_of(nominal).levels, screened_on).value is Level.NOT_SET:
        fit_levels(nominal, decided_slot(change))
    bring_in_line([nominal.pk], today=today)
    record_event(stored, root=nominal.pk, screened_on=screened_on, outcome=outcome)
    return stored


def levels_on_the_day(change: LevelChange, stored: Sequence[LevelSlot], right: Sequence[LevelSlot]) -> list[LevelFacts]:
    """The stored levels to which the change by a screening is held; ``right`` is what all of them are with it.

    A screening is no decision over again when it is recorded late, or put right: what was decided after its day stands
    as it is (R32). Level 1 that only begins later is no other decision: its own first day is to be put right.
    """
    begins_later = any(
        one.starts_on == change.starts_on and other.level is change.level and one.ends_on == other.starts_on - DAY
        for one, other in pairwise(right)
    )
    return [slot.facts() for slot in stored if begins_later or slot.starts_on <= change.starts_on]


def level_by_screening(screened_on: date, outcome: ScreeningOutcome, reason: str, today: date) -> LevelChange | None:
    """The level that the screening sets where none is set yet."""
    if outcome is not ScreeningOutcome.LEVEL_1:
        return None
    late = "Screened on that day, recorded later." if screened_on < today else ""
    return LevelChange(Level.ONE, screened_on, DecidingBody.SCREENING, reason=reason.strip(), backdating_reason=late)


def may_record_level_1_review(
    nominal: Nominal,
    *,
    by: Principal,
    today: date,
    review: ReviewFacts | None = None,
    contributors: str = "",
    decision: str = "",
    stands: ReviewFacts | None = None,
) -> Decision:
    """Whether a Level 1 review may be recorded; without one, whether any may be, for the button. ``stands``: the one
    that is corrected.
    """
    allowed = can(by, Perm.LEVEL_1_RECORD, nominal)
    if not allowed or review is None:
        return allowed
    facts = level_1_facts_for([nominal.pk])[nominal.pk]
    return allowed & may_review_at_level_1(
        review,
        contributors=contributors,
        decision=decision,
        at_level_1=level_on(facts.register.levels, review.held_on).value is Level.ONE,
        agency_kind=kind_of_lead(facts, review.held_on),
        today=today,
        params=parameters_for(nominal.area_id),
        stands=stands,
    )


@service(event="level_1_review_recorded", asks=may_record_level_1_review)
def record_level_1_review(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    held_on: date,
    form: ReviewForm,
    contributors: str,
    decision: str,
    risk: RiskLevel,
    next_on: date,
) -> Level1Review:
    """Record a Level 1 review held by meeting or on paper: it meets what was due and sets the next date, with the risk
    of serious harm from which the longest time to the next follows (R39, R40).

    A second record for the same day that says otherwise is refused: the first is corrected. Raises ``Refused``.
    """
    nominal = locked(nominal_id)
    review = ReviewFacts(held_on, next_on, risk)
    may_record_level_1_review(
        nominal, by=by, today=today, review=review, contributors=contributors, decision=decision
    ).or_refuse()
    values = {
        "form": form, "contributors": contributors.strip(), "decision": decision.strip(), "risk": risk,
        "next_on": next_on,
    }  # fmt: skip
    standing = nominal.level_1_reviews.filter(held_on=held_on).first()
    not_written_over(standing, values, LEVEL_1_REVIEW, held_on).or_refuse()
    stored = standing or Level1Review.objects.create(nominal=nominal, held_on=held_on, **values)
    bring_in_line([nominal.pk], today=today)
    record_event(stored, root=nominal.pk, held_on=held_on, form=form, risk=risk, next_on=next_on)
    return stored


def may_report_change(
    nominal: Nominal, *, by: Principal, today: date, kind: CaseChange | None = None, happened_on: date | None = None
) -> Decision:
    """Whether a change in the person's life may be recorded; without a kind, whether any may be, for the button."""
    allowed = can(by, Perm.LEVEL_1_RECORD, nominal)
    if not allowed or kind is None or happened_on is None:
        return allowed
    return allowed & change_goes(nominal, kind, happened_on, today=today)


def change_goes(nominal: Nominal, kind: CaseChange, happened_on: date, *, today: date) -> Decision:
    """Whether a change goes with the person and its day, and is one that is told, whoever says so."""
    refusals = []
    if happened_on > today:
        refusals.append(Reason("A change is recorded when it has happened.", "R39"))
    if kind not in TOLD:
        refusals.append(Reason("Record a new address, or where they are: the change follows from it.", "R39"))
    return Decision.of(refusals) & may_have_happened(happened_on, born_on=nominal.date_of_birth)


@service(event="change_reported", asks=may_report_change)
def report_change(
    *, by: Principal, today: date, nominal_id: int, kind: CaseChange, happened_on: date, note: str = ""
) -> ReportedChange:
    """Record an arrest, a new relationship, a bereavement or a change of risk: at Level 1 it makes an early review due
    (R39). A second one of a kind for the same day whose note says otherwise is refused: the first is corrected. Raises
    ``Refused``.
    """
    nominal = locked(nominal_id)
    may_report_change(nominal, by=by, today=today, kind=kind, happened_on=happened_on).or_refuse()
    values = {"note": note.strip()}
    standing = nominal.reported_changes.filter(kind=kind, happened_on=happened_on).first()
    not_written_over(standing, values, CHANGE, happened_on).or_refuse()
    stored = standing or ReportedChange.objects.create(nominal=nominal, kind=kind, happened_on=happened_on, **values)
    bring_in_line([nominal.pk], today=today)
    record_event(stored, root=nominal.pk, kind=kind, happened_on=happened_on)
    return stored


def may_switch_level_1_reviews(agency: Agency | None = None, *, by: Principal, today: date) -> Decision:
    """Whether Level 1 reviews may be switched on or off for an agency; without one, for any of one's area."""
    allowed = can(by, Perm.LEVEL_1_SWITCH)
    return allowed & can_in_area(by, Perm.LEVEL_1_SWITCH, agency.area_id) if agency is not None else allowed


@service(event="level_1_reviews_switched", asks=may_switch_level_1_reviews)
def switch_level_1_reviews(
    *, by: Principal, today: date, agency_id: int, holds_from: date, reviews: bool, reason: str
) -> Level1Switch:
    """From a day on, the agency holds Level 1 reviews of the cases it leads, or does not. The same day again replaces
    it. The ledger follows with the next reconciliation. Raises ``Refused``.
    """
    agency = Agency.objects.get(pk=agency_id)
    decision = may_switch_level_1_reviews(agency, by=by, today=today)
    if not reason.strip():
        decision &= Decision.no(Reason("Give the reason.", "R39"))
    decision.or_refuse()
    stored, _ = Level1Switch.objects.update_or_create(
        agency=agency, holds_from=holds_from, defaults={"reviews": reviews, "reason": reason.strip()}
    )
    record_event(stored, root=None, agency=agency.pk, holds_from=holds_from, reviews=reviews)
    return stored
