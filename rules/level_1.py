"""Level 1: who is still to be screened, and when the lead agency looks at a case again (R39 to R41)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rules.calendar import add_months
from rules.core import DAY, FEWEST_WORDS, IN_WORDS, Answer, Decision, Period, Reason, cites, long_date, merged
from rules.facts import LevelFacts
from rules.parameters import LEVEL_1_CELLS, Parameters, level_1_key
from rules.vocabulary import CaseChange, DecidingBody, RiskLevel

# What somebody tells; a change of address and a recall have rows of their own.
TOLD = (CaseChange.PARTNER, CaseChange.ARREST, CaseChange.BEREAVEMENT, CaseChange.RISK)

# Which column of the table of later reviews a kind of lead agency stands in.
_COLUMNS = {
    "police": "police",
    "counter_terrorism": "police",
    "probation": "probation",
    "national_security": "probation",
    "youth_justice": "youth_justice",
    "health_trust": "health",
    "health_board": "health",
}


@dataclass(frozen=True, slots=True)
class Due:
    """A day by which, counted from a day. `due_on` None: it cannot be said yet."""

    triggered_on: date
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """A Level 1 review held, the next date that was set at it, the risk of serious harm found; None: not recorded."""

    held_on: date
    next_on: date | None = None
    risk: RiskLevel | None = None


@cites("R41")
def shows_screening(span: LevelFacts) -> bool:
    """Whether this level shows that somebody has looked at the person: set by screening, or Level 2 or 3.

    A Level 1 that was brought in or taken over with a transfer shows nothing.
    """
    return span.level.is_multi_agency or span.body is DecidingBody.SCREENING


@cites("R38", "R41", params=("screening_within",))
def screening_due(status_from: date, detained: Sequence[Period], params: Parameters) -> Answer[Due | None]:
    """By when a person with an automatic ground is to be screened: so many days after it starts.

    The days are counted from the first day of status in the community: who is detained is watched by the date before
    release (R38). None while they have been detained since status began.
    """
    day = status_from
    for period in merged(detained):
        if day not in period:
            continue
        if period.ends_on is None:
            return Answer(None, (Reason("Detained since status began: the level is set before release", "R38"),))
        day = period.ends_on + DAY
    within = params.number("screening_within", day)
    due_on = date.fromordinal(day.toordinal() + within)
    text = f"Due on {long_date(due_on)}: screened within {within} days of the first day of status in the community"
    facts = (("Status since", long_date(status_from)), ("In the community since", long_date(day)))
    return Answer(Due(day, due_on), (Reason(text, "R41", facts),))


@cites("R39", params=("level_1_first_review",))
def first_level_1_review_due(
    level_1_from: date,
    sentenced_on: date,
    detained: Sequence[Period],
    release_on: date | None,
    params: Parameters,
) -> Answer[Due]:
    """The first Level 1 review: four weeks after sentence in the community, by the day of release from detention.

    Counted from the later of sentence and the first day at Level 1. The window before release opens six months ahead
    and closes with it; without a date of release there is no due date while the person is detained.
    """
    since = max(level_1_from, sentenced_on)
    inside = next((period for period in merged(detained) if since in period), None)
    if inside is None:
        days = params.number("level_1_first_review", since)
        due_on = date.fromordinal(since.toordinal() + days)
        text = f"Due on {long_date(due_on)}: the first review is held within {days} days"
        return Answer(Due(since, due_on), (Reason(text, "R39", (("Counted from", long_date(since)),)),))
    if inside.ends_on is not None:
        free = inside.ends_on + DAY
        return Answer(Due(since, free), (Reason(f"Due by release, on {long_date(free)}", "R39"),))
    if release_on is None:
        return Answer(Due(since, None), (Reason("Due before release: no date of release is recorded", "R39"),))
    due_on = max(since, release_on)
    return Answer(Due(since, due_on), (Reason(f"Due in the six months before release on {long_date(due_on)}", "R39"),))


@cites("R39", params=("level_1_later_review", *(cell.key for cell in LEVEL_1_CELLS)))
def latest_next_level_1_review(held_on: date, risk: RiskLevel | None, agency_kind: str, params: Parameters) -> date:
    """The last day for the next Level 1 review: the months of the table, by risk and by kind of lead agency.

    One number stands in while the risk is not recorded, and for a kind of agency that has no column.
    """
    column = _COLUMNS.get(agency_kind)
    key = "level_1_later_review" if risk is None or column is None else level_1_key(column, risk)
    return add_months(held_on, params.number(key, held_on))


@cites("R39")
def next_level_1_review_due(last: ReviewFacts, agency_kind: str, params: Parameters) -> Answer[Due]:
    """The next Level 1 review: on the date set at the last one, at the latest after the months of the area's table."""
    limit = latest_next_level_1_review(last.held_on, last.risk, agency_kind, params)
    due_on = min(limit, last.next_on) if last.next_on else limit
    text = f"Due on {long_date(due_on)}: " + (
        "the date set at the last review" if due_on == last.next_on else "the longest time between Level 1 reviews"
    )
    found = last.risk.label if last.risk else "Not recorded"
    facts = (("Last review", long_date(last.held_on)), ("Risk of serious harm", found))
    return Answer(Due(last.held_on, due_on), (Reason(text, "R39", facts),))


@cites("R39", params=("level_1_early_review",))
def early_review_due(changed_on: date, what: str, params: Parameters) -> Answer[Due]:
    """A listed change (address, partner, arrest, recall, bereavement, risk) brings the Level 1 review forward."""
    days = params.number("level_1_early_review", changed_on)
    due_on = date.fromordinal(changed_on.toordinal() + days)
    text = f"Due on {long_date(due_on)}: {days} days after a change ({what.lower()}, {long_date(changed_on)})"
    return Answer(Due(changed_on, due_on), (Reason(text, "R39"),))


@cites("R39", "R40")
def may_review_at_level_1(
    review: ReviewFacts,
    *,
    contributors: str,
    decision: str,
    at_level_1: bool,
    agency_kind: str,
    today: date,
    params: Parameters,
    stands: ReviewFacts | None = None,
) -> Decision:
    """Whether a Level 1 review may be recorded: held, at Level 1, with who contributed, the decision, the risk of
    serious harm and the next date, which the table limits by that risk and the kind of lead agency.

    A meeting and a paper review need the same. `stands` is the review that is corrected: what was not known of it may
    stay so, and what it says already is not held against it, but for its words.
    """
    refusals = []
    if review.held_on > today:
        refusals.append(Reason("A review is recorded when it has been held, not before", "R40"))
    if not at_level_1 and (stands is None or stands.held_on != review.held_on):
        refusals.append(Reason("The person was not at Level 1 on that day", "R39"))
    if not contributors.strip():
        refusals.append(Reason("Say who contributed", "R40"))
    if len(decision.split()) < FEWEST_WORDS:
        refusals.append(Reason(f"Give the decision with its reasons, {IN_WORDS}", "R40"))
    if review.risk is None and (stands is None or stands.risk is not None):
        refusals.append(Reason("Say how high the risk of serious harm is", "R39"))
    if review.next_on is None:
        if stands is None or stands.next_on is not None:
            refusals.append(Reason("Set the next date", "R40"))
    elif review.next_on <= review.held_on:
        refusals.append(Reason("The next review lies after this one", "R40"))
    elif review != stands and review.next_on > (
        limit := latest_next_level_1_review(review.held_on, review.risk, agency_kind, params)
    ):
        refusals.append(Reason(f"The next review must be on {long_date(limit)} at the latest", "R39"))
    return Decision.of(refusals)


@cites("R41")
def may_screen(screened_on: date, *, status_from: date | None, automatic: bool, reason: str, today: date) -> Decision:
    """Whether a screening may be recorded: of a person with an automatic ground, when done, with its reasons."""
    refusals = []
    if screened_on > today:
        refusals.append(Reason("A screening is recorded when it has been done, not before", "R41"))
    if status_from is None or not automatic:
        refusals.append(Reason("Only a person with an automatic ground on that day is screened", "R41"))
    if len(reason.split()) < FEWEST_WORDS:
        refusals.append(Reason(f"Give the reasons, {IN_WORDS}", "R41"))
    return Decision.of(refusals)


@cites("R39", params=("level_1_reviews_by",))
def reviews_at_level_1(agency_kind: str, switched: bool | None, day: date, params: Parameters) -> Answer[bool]:
    """Whether a lead agency holds Level 1 reviews on the day: as it was switched for the agency, else by its kind."""
    if switched is not None:
        return Answer(switched, (Reason(f"Switched {'on' if switched else 'off'} for this agency", "R39"),))
    held = agency_kind in params.codes("level_1_reviews_by", day)
    return Answer(held, (Reason(f"Agencies of this kind {'do' if held else 'do not'}, unless switched", "R39"),))
