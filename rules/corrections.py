"""What was recorded by mistake: whether it may be put right, always with a reason and never against its neighbours.

A correction is no decision: it says what was so all along. Deadlines and figures follow the facts' own days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rules.categories import status_periods
from rules.core import DAY, Decision, Period, Reason, cites, long_date
from rules.eligibility import may_record_ground
from rules.facts import GroundFacts, LevelFacts, PersonFacts, WhereaboutsFacts
from rules.identity import may_have_happened
from rules.parameters import Parameters
from rules.vocabulary import DecidingBody, EndReason, GroundKind, Level, Whereabouts


@dataclass(frozen=True, slots=True)
class OnceEach:
    """What is recorded of a person once for each day, as a refusal words it: "another (what) is recorded (on) a day".

    `rule` is the one that speaks of it.
    """

    what: str
    on: str
    rule: str

    def another(self, day: date) -> Reason:
        """Why it may not be recorded of this day."""
        return Reason(f"Another {self.what} is recorded {self.on} {long_date(day)}", self.rule)

    def written_over(self, day: date) -> Reason:
        """Why one that says otherwise does not take the place of what is recorded of this day."""
        text = f"{self.another(day).text}, and says otherwise: correct that one, with the reason"
        return Reason(text, self.rule)


MEETING = OnceEach("meeting", "as held on", "R51")
LEVEL_1_REVIEW = OnceEach("Level 1 review", "as held on", "R40")
SCREENING = OnceEach("screening", "on", "R41")
THRESHOLDING = OnceEach("outcome of thresholding", "on", "R50")
IDENTIFICATION = OnceEach("identification", "for the sentence of", "R42")
CHANGE = OnceEach("change of this kind", "on", "R39")
STAY = OnceEach("stay", "from", "R52")
STAGE = OnceEach("stage of this order", "from", "R85")
LEAD = OnceEach("lead agency", "from", "R97")
OFFICER = OnceEach("named officer of this agency", "from", "R97")


def _unreasoned(reason: str, rule: str) -> Iterator[Reason]:
    if not reason.strip():
        yield Reason("Say why it was recorded wrongly", rule)


def between_neighbours(wrong: Period, starts_on: date, others: Iterable[date], rule: str) -> Iterator[Reason]:
    """Why a span of these days may not begin on another day, among spans that begin on `others` and may not overlap.

    Its last day stays as it was; the one before ends the day before it, and must keep a day.
    """
    if starts_on > wrong.last_day:
        text = f"It lasted to {long_date(wrong.last_day)} and cannot begin later: correct the one after it first"
        yield Reason(text, rule)
    before = max((day for day in others if day < wrong.starts_on), default=None)
    if before is not None and starts_on <= before:
        text = f"The one before begins on {long_date(before)} and would have no day left"
        yield Reason(f"{text}: correct that one first, or take it away", rule)


@cites("R28", "R52")
def may_correct_whereabouts(
    wrong: WhereaboutsFacts,
    right: WhereaboutsFacts,
    spans: Iterable[WhereaboutsFacts],
    *,
    born_on: date | None,
    today: date,
    reason: str,
) -> Decision:
    """Whether the kind and the first day of a stay may become those of `right`, whose last day stays as it was.

    `spans` are all stays of the person: the one before ends the day before `right` begins, and must keep a day. Death
    is not put in by a correction; one that was recorded by mistake is moved or taken out, and the grounds follow.
    """
    refusals = list(_unreasoned(reason, "R52"))
    if right.starts_on > today:
        refusals.append(Reason("Where a person is can be recorded from the day itself, not ahead", "R52"))
    days = Period(wrong.starts_on, wrong.ends_on)
    refusals.extend(between_neighbours(days, right.starts_on, [span.starts_on for span in spans], "R52"))
    if right.whereabouts is Whereabouts.DEAD and wrong.whereabouts is not Whereabouts.DEAD:
        text = "A death is recorded as such, not by a correction: it ends every ground"
        refusals.append(Reason(text, "R28"))
    return Decision.of(refusals) & may_have_happened(right.starts_on, born_on=born_on)


@cites("R52")
def may_take_whereabouts_away(wrong: WhereaboutsFacts, spans: Iterable[WhereaboutsFacts], *, reason: str) -> Decision:
    """Whether a stay may be taken away as never so: the one that ended the day before goes on in its place.

    `spans` are all stays of the person. Where none ended then, it would not be known where the person was.
    """
    return Decision.of([*_unreasoned(reason, "R52"), *nowhere_without(wrong, spans)])


@cites("R52")
def nowhere_without(wrong: WhereaboutsFacts, spans: Iterable[WhereaboutsFacts]) -> tuple[Reason, ...]:
    """Why a stay is not taken away, when no other ended the day before it."""
    if any(span.ends_on == wrong.starts_on - DAY for span in spans):
        return ()
    text = "No other stay ends the day before, to go on in its place: correct it to where they were"
    return (Reason(text, "R52"),)


@cites("R32", "R36")
def may_correct_level_start(
    wrong: LevelFacts,
    starts_on: date,
    spans: Iterable[LevelFacts],
    grounds: Sequence[GroundFacts],
    *,
    meetings: Collection[date],
    today: date,
    reason: str,
) -> Decision:
    """Whether a level may begin on another day: within its time of status, between the decisions before and after it.

    `spans` are all levels of the person, `meetings` the days of the Level 2 and 3 meetings held: one that took the
    person out of Level 2 or 3 is one of them. Whether the grounds allow the levels that follow is for `check_levels`.
    """
    refusals = []
    if not reason.strip():
        refusals.append(Reason("A back-dated level needs a reason of the coordinator", "R32"))
    if starts_on == wrong.starts_on:
        refusals.append(Reason("The level begins on that day already", "R32"))
    if starts_on > today:
        refusals.append(Reason("A level starts on the day it is decided, not later", "R32"))
    if wrong.level is Level.NOT_SET:
        text = '"Level not yet set" begins with the status: correct the ground, or the level after it'
        refusals.append(Reason(text, "R32"))
    refusals.extend(_between(wrong, starts_on, spans, grounds))
    before = _before(wrong, spans, grounds)
    leaves = before is not None and before.level.is_multi_agency and not wrong.level.is_multi_agency
    if leaves and wrong.body is DecidingBody.MEETING and starts_on not in meetings:
        text = f"No meeting is recorded as held on {long_date(starts_on)}: correct the day of the meeting first"
        refusals.append(Reason(text, "R36"))
    return Decision.of(refusals)


def _between(
    wrong: LevelFacts, starts_on: date, spans: Iterable[LevelFacts], grounds: Iterable[GroundFacts]
) -> Iterator[Reason]:
    status = next((period for period in status_periods(grounds) if wrong.starts_on in period), None)
    if status is not None and starts_on < status.starts_on:
        yield Reason(f"The status begins on {long_date(status.starts_on)}: no level begins before it", "R32")
    if wrong.ends_on is not None and starts_on > wrong.ends_on:
        yield Reason(f"The level lasts to {long_date(wrong.ends_on)} and cannot begin later", "R32")
    before = _before(wrong, spans, grounds)
    if before is not None and before.level is not Level.NOT_SET and starts_on <= before.starts_on:
        text = f"The level before begins on {long_date(before.starts_on)} and would have no day left"
        yield Reason(f"{text}: correct that one first", "R32")


def _before(wrong: LevelFacts, spans: Iterable[LevelFacts], grounds: Iterable[GroundFacts]) -> LevelFacts | None:
    """The level before it in the same time of status."""
    status = next((period for period in status_periods(grounds) if wrong.starts_on in period), None)
    earlier = [span for span in spans if span.starts_on < wrong.starts_on and status and span.starts_on in status]
    return max(earlier, key=lambda span: span.starts_on, default=None)


@cites("R51", "R54")
def may_correct_meeting(
    held_on: date, next_on: date | None, others: Collection[date], *, unchanged: bool, reason: str
) -> Decision:
    """Whether a meeting may be recorded as held on this day; `others` are the days of the person's other meetings.

    `next_on` is the next date its chair has set; `unchanged` says that everything is as it stands recorded.
    """
    decision = may_correct_record(MEETING, held_on, others, unchanged=unchanged, reason=reason)
    if next_on is not None and next_on <= held_on:
        decision &= Decision.no(Reason("The next meeting lies after this one", "R54"))
    return decision


@cites("R36", "R51")
def may_take_meeting_away(
    held_on: date, spans: Iterable[LevelFacts], grounds: Sequence[GroundFacts], *, reason: str
) -> Decision:
    """Whether a meeting may be taken away as never held: not while a move out of Level 2 or 3 rests on it."""
    refusals = list(_unreasoned(reason, "R51"))
    known = list(spans)
    for span in known:
        before = _before(span, known, grounds)
        leaves = before is not None and before.level.is_multi_agency and not span.level.is_multi_agency
        if leaves and span.body is DecidingBody.MEETING and span.starts_on == held_on:
            text = f"{span.level.label} from {long_date(held_on)} was decided at this meeting: correct its date instead"
            refusals.append(Reason(text, "R36"))
    if any(ground.end_reason is EndReason.LEVEL_2_3_ENDED and ground.ends_on == held_on for ground in grounds):
        text = "A ground ended by this meeting's decision: correct the end of the ground first"
        refusals.append(Reason(text, "R36"))
    return Decision.of(refusals)


@cites("R6")
def may_correct_address(*, unchanged: bool, reason: str) -> Decision:
    """Whether an address may be put right or, recorded of the wrong person, taken away.

    `unchanged` says that what it should be is what stands recorded.
    """
    refusals = list(_unreasoned(reason, "R6"))
    if unchanged:
        refusals.append(Reason("This is what stands recorded already", "R6"))
    return Decision.of(refusals)


@cites("R39", "R40", "R41", "R42", "R50", "R51", "R85")
def may_correct_record(
    kind: OnceEach, day: date, others: Collection[date], *, unchanged: bool, reason: str
) -> Decision:
    """Whether a record may be put right as one of this day; `others` are the days of the person's other ones.

    `unchanged` says that everything is as it stands recorded. What a record must say is for the rule of its kind.
    """
    refusals = list(_unreasoned(reason, kind.rule))
    if unchanged:
        refusals.append(Reason("This is what stands recorded already", kind.rule))
    if day in others:
        refusals.append(kind.another(day))
    return Decision.of(refusals)


@cites("R39", "R40", "R41", "R42", "R50", "R85")
def may_take_record_away(kind: OnceEach, *, reason: str) -> Decision:
    """Whether a record may be taken away as never so of this person: what it met is due, or asked, again."""
    return Decision.of(_unreasoned(reason, kind.rule))


@cites("R39", "R42", "R50")
def against_correction(before: Decision, after: Decision) -> Decision:
    """What the rules say against the record as it should have been, but for what they say against the one that stands.

    A record may have been brought in, or have come under another rule since: that does not stand against its day.
    """
    return Decision.of(each for each in after.reasons if not after and each not in before.reasons)


@cites("R97")
def may_correct_who_leads(
    wrong: Period,
    starts_on: date,
    others: Collection[date],
    *,
    unchanged: bool,
    reason: str,
    uncovered: Period | None = None,
) -> Decision:
    """Whether the time of a lead agency or named officer may begin on another day; its last day stays as it was.

    `others` are the first days of those beside whom it may not stand: of the person's other lead agencies, or of the
    agency's other named officers. The one before ends the day before, and must keep a day. `unchanged` says that
    everything is as it stands recorded; who may lead or be named is for the services. `uncovered` are days of status on
    which nobody would lead then.
    """
    refusals = list(_unreasoned(reason, "R97"))
    if unchanged:
        refusals.append(Reason("This is what stands recorded already", "R97"))
    refusals.extend(between_neighbours(wrong, starts_on, others, "R97"))
    refusals.extend(
        _nobody_would_lead(uncovered, "Correct it to the agency that led then, and then name this one from its day")
    )
    return Decision.of(refusals)


@cites("R97")
def may_take_lead_agency_away(uncovered: Period | None, *, reason: str) -> Decision:
    """Whether a lead agency may be taken away as never so: its days go to the one before.

    `uncovered` are days of status on which nobody would lead then: not while there are any, for who holds the reviews
    follows from who leads.
    """
    return Decision.of([*_unreasoned(reason, "R97"), *nobody_would_lead(uncovered)])


@cites("R97")
def nobody_would_lead(uncovered: Period | None) -> tuple[Reason, ...]:
    """Why a lead agency is not taken away, when it leaves these days of status without one."""
    return tuple(_nobody_would_lead(uncovered, "Record who led instead: correct it"))


def _nobody_would_lead(uncovered: Period | None, way_round: str) -> Iterator[Reason]:
    if uncovered is not None:
        days = f"since {long_date(uncovered.starts_on)}" if uncovered.ends_on is None else str(uncovered)
        yield Reason(f"Nobody led before it, and nobody would lead {days}. {way_round}", "R97")


@cites("R97")
def may_take_named_officer_away(*, reason: str) -> Decision:
    """Whether a named officer may be taken away as never so: their days go to the agency's one before, if any."""
    return Decision.of(_unreasoned(reason, "R97"))


@cites("R18", "R27")
def beside_moved_ground(wrong: GroundFacts, starts_on: date, others: Iterable[GroundFacts]) -> tuple[GroundFacts, ...]:
    """The person's other grounds as they stand when `wrong` begins on another day.

    Category 3 that ended for it ends the day before the new first day: the change of category is still one case.
    """
    return tuple(replace(other, ends_on=starts_on - DAY) if gave_way_to(wrong, other) else other for other in others)


@cites("R18")
def gave_way_to(ground: GroundFacts, other: GroundFacts) -> bool:
    """Whether `other` is the Category 3 that ended because `ground` began."""
    ended_for_it = other.end_reason is EndReason.SUPERSEDED and other.ends_on == ground.starts_on - DAY
    third = other.kind is GroundKind.OTHER_DANGEROUS and ground.kind is not GroundKind.OTHER_DANGEROUS
    return ended_for_it and third and not other.voided


@cites("R7", "R18", "R28")
def may_correct_ground_start(
    wrong: GroundFacts,
    starts_on: date,
    others: Sequence[GroundFacts],
    person: PersonFacts,
    params: Parameters,
    *,
    today: date,
    reason: str,
) -> Decision:
    """Whether a ground may begin on another day: as it might have been recorded so, beside the person's other grounds.

    `others` are the person's other grounds as they stand recorded. What the rules say against the ground whatever its
    first day (one that was brought in without its offence, say) does not stand against putting that day right. Whether
    the levels that follow are ones that the grounds allow is for `check_levels`.
    """
    refusals = list(_unreasoned(reason, "R7"))
    if wrong.voided:
        refusals.append(Reason("A voided ground never stood: it has no first day to correct", "R29"))
    if starts_on == wrong.starts_on:
        refusals.append(Reason("The ground begins on that day already", "R7"))
    # Beside a ground without a day left nothing can be reckoned: said alone.
    if wrong.ends_on is not None and starts_on > wrong.ends_on:
        text = f"The ground ends on {long_date(wrong.ends_on)} and cannot begin later: correct its end first"
        return Decision.of([*refusals, Reason(text, "R7")])
    gone = next((each for each in others if gave_way_to(wrong, each) and starts_on <= each.starts_on), None)
    if gone is not None:
        text = f"Category 3 begins on {long_date(gone.starts_on)} and would have no day left: void it first"
        return Decision.of([*refusals, Reason(text, "R18")])
    before = may_record_ground(wrong, others, person, params, today=today)
    beside = beside_moved_ground(wrong, starts_on, others)
    after = may_record_ground(replace(wrong, starts_on=starts_on), beside, person, params, today=today)
    refusals.extend(each for each in after.reasons if not after and each not in before.reasons)
    return Decision.of(refusals, after.warnings)
