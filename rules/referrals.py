"""Referral to Level 2 or 3: what it must hold, who may vote, what votes amount to, when the first meeting is due.

R42 to R50. The states and their changes are in `rules.transitions`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rules.calendar import add_months, add_working_days
from rules.categories import status_periods
from rules.core import DAY, FEWEST_WORDS, IN_WORDS, Answer, Decision, Reason, cites, long_date, mid_sentence
from rules.facts import GroundFacts, RegisterFacts, WhereaboutsFacts
from rules.parameters import Parameters
from rules.vocabulary import (
    AdviceOutcome,
    DeclineReason,
    Disposal,
    FirstMeetingKind,
    Level,
    PanelStanding,
    ReferralItem,
    RiskLevel,
    Vote,
    Whereabouts,
)


@cites("R44")
def missing_items(held: Mapping[ReferralItem, object]) -> tuple[ReferralItem, ...]:
    """What the referral lacks, in the order of the form. A text of fewer than three words says nothing.

    Named people, dates, codes count when they are there.
    """
    return tuple(item for item in ReferralItem if not _is_held(item, held.get(item)))


_ITEM = ReferralItem
_TEXTS = frozenset({_ITEM.VALUE, _ITEM.LOWER_LEVEL, _ITEM.PLAN, _ITEM.RISK, _ITEM.VICTIMS})
_ASKED_BY = {_ITEM.OUTCOME: "R17", _ITEM.FINDINGS: "R17", _ITEM.VALUE: "R33", _ITEM.SENIOR: "R34"}


def _is_held(item: ReferralItem, value: object) -> bool:
    if item in _TEXTS:
        return isinstance(value, str) and len(value.split()) >= FEWEST_WORDS
    return bool(value)


@cites("R44", "R17", "R33", "R34")
def may_submit(held: Mapping[ReferralItem, object]) -> Decision:
    """Whether the referral is complete. Every missing item is a reason of its own, with the rule that asks for it.

    What an acceptance rests on must be answered, so that no vote is refused for want of it; whether the answer is
    enough, the panel says.
    """
    missing = missing_items(held)
    return Decision.of(
        Reason(f"Still needed: {mid_sentence(item.label)}", _ASKED_BY.get(item, "R44")) for item in missing
    )


@cites("R44")
def highest_risk(groups: Iterable[RiskLevel]) -> RiskLevel | None:
    """The overall risk of serious harm: the highest of the groups that it was assessed for; None without any."""
    order = list(RiskLevel)
    return max(groups, key=order.index, default=None)


@cites("R44")
def risk_fits(overall: RiskLevel | None, groups: Collection[RiskLevel]) -> Decision:
    """Whether the overall risk goes with that of each group: it is their highest, where any was assessed."""
    highest = highest_risk(groups)
    if highest is None or overall is highest:
        return Decision.yes()
    return Decision.no(Reason(f"The overall risk is the highest of the groups: {mid_sentence(highest.label)}", "R44"))


@cites("R44")
def hospital_fits(*, detained: bool, said: bool) -> Decision:
    """Whether what is `said` of hospital, section, clinician, review and leave goes with being `detained` or not."""
    if detained or not said:
        return Decision.yes()
    return Decision.no(Reason("Hospital and section are of somebody who is detained in hospital", "R44"))


@cites("R42", params=("identification_within",))
def identified_late(sentenced_on: date, known_on: date, params: Parameters) -> Answer[bool]:
    """Whether the managing agency identified the case later than so many days after sentence."""
    within = params.number("identification_within", sentenced_on)
    took = (known_on - sentenced_on).days
    facts = (("Sentenced", long_date(sentenced_on)), ("Identified", long_date(known_on)))
    text = f"Identified {took} days after sentence; {within} are allowed"
    return Answer(took > within, (Reason(text, "R42", facts),))


@cites("R43", params=("first_notification_by",))
def notifies_first(agency_kind: str, params: Parameters, *, on: date) -> bool:
    """Whether agencies of this kind send an initial notification of a case, apart from any referral."""
    return agency_kind in params.codes("first_notification_by", on)


@cites("R42")
def may_identify(sentenced_on: date, known_on: date, *, today: date) -> Decision:
    """Whether it can be recorded that a case was identified: by today, and not before it was sentenced."""
    refusals = []
    if known_on > today:
        refusals.append(Reason("An identification is recorded when it has happened", "R42"))
    if known_on < sentenced_on:
        refusals.append(Reason("A case is identified from the day of sentence on", "R42"))
    return Decision.of(refusals)


@cites("R43")
def may_notify_first(sentenced_on: date, notified_on: date, release_on: date | None, *, today: date) -> Decision:
    """Whether a first notification goes with its dates: come by today, after the sentence or order, before release."""
    refusals = []
    if notified_on > today:
        refusals.append(Reason("A notification is recorded when it has come", "R43"))
    if sentenced_on > notified_on:
        refusals.append(Reason("A case is notified when the sentence or order has been passed", "R43"))
    if release_on is not None and release_on < sentenced_on:
        refusals.append(Reason("Release or discharge lies after the sentence or order", "R43"))
    return Decision.of(refusals)


@dataclass(frozen=True, slots=True)
class Parts:
    """Who has a part in the case that bars from voting on it: user ids.

    Of a referral that came as a document, whoever bears the name that stands there.
    """

    referrers: frozenset[int]
    endorsers: frozenset[int]
    named_officers: frozenset[int] = frozenset()


@cites("R47")
def may_vote(voter: int, parts: Parts, voted: Collection[int] = (), *, seat_has_voted: bool = False) -> Decision:
    """Whether this person may vote: no part in the case, and neither they nor anybody else in the seat has voted.

    One seat, one vote a round: also when the other was its member before them and the seat has been handed over since,
    whose vote stays. Line management of the referrer's team does not bar.
    """
    refusals = []
    if voter in parts.referrers:
        refusals.append(Reason("You made this referral: your substitute votes", "R47"))
    if voter in parts.endorsers:
        refusals.append(Reason("You endorsed this referral: your substitute votes", "R47"))
    if voter in parts.named_officers:
        refusals.append(Reason("You are a named officer of this person: your substitute votes", "R47"))
    if voter in voted:
        refusals.append(Reason("You have voted on this referral", "R46"))
    elif seat_has_voted:
        refusals.append(Reason("The vote of this seat has been given", "R47"))
    return Decision.of(refusals)


@dataclass(frozen=True, slots=True)
class PanelResult:
    """What the votes amount to; `level` when accepted."""

    standing: PanelStanding
    level: Level | None
    reasons: tuple[Reason, ...]


@cites("R46", "R47")
def seats_to_come(able: Sequence[Collection[int]]) -> int:
    """How many more votes can come, given who can still vote in each seat that has not: everybody votes once."""
    seat_of: dict[int, int] = {}

    def seated(seat: int, asked: set[int]) -> bool:
        for voter in able[seat]:
            if voter in asked:
                continue
            asked.add(voter)
            if voter not in seat_of or seated(seat_of[voter], asked):
                seat_of[voter] = seat
                return True
        return False

    return sum(seated(seat, set()) for seat in range(len(able)))


@cites("R44", params=("endorsement_within",))
def endorsement_due_by(asked_on: date, params: Parameters) -> Answer[date]:
    """The last day on which a manager who was asked on the day is waited for: until then they read the record."""
    within = params.number("endorsement_within", asked_on)
    due_on = add_working_days(asked_on, within)
    text = f"The manager is waited for until {long_date(due_on)}, {within} working days after they were asked"
    return Answer(due_on, (Reason(text, "R44"),))


@cites("R44")
def may_take_back(due_on: date, *, today: date, answers: bool) -> Decision:
    """Whether a referral goes back to its author without an answer: after the last day on which the manager who was
    asked is waited for, or when they can answer no more (`answers`).
    """
    if today > due_on:
        text = f"The manager who was asked has not answered, and was waited for until {long_date(due_on)}"
        return Decision.yes(Reason(text, "R44"))
    if not answers:
        return Decision.yes(Reason("The manager who was asked no longer acts for the agency that refers", "R44"))
    return Decision.no(Reason(f"The manager who was asked may answer until {long_date(due_on)}", "R44"))


@cites("R46", params=("panel_votes_within",))
def votes_due_by(given_on: date, params: Parameters) -> Answer[date]:
    """The last day on which votes are waited for, of a referral that was given to the panel on the day."""
    within = params.number("panel_votes_within", given_on)
    due_on = add_working_days(given_on, within)
    text = f"Votes were due by {long_date(due_on)}, {within} working days after the panel was given it"
    return Answer(due_on, (Reason(text, "R46"),))


@cites("R46", params=("panel_quorum",))
def panel_result(votes: Iterable[Vote], seats_left: int, quorum: int) -> PanelResult:
    """What the votes given so far amount to, when `seats_left` members (or substitutes) can still vote.

    Accepted or declined when a quorum says so and the votes to come cannot say the opposite: where a quorum is not
    more than half, both sides may reach it, and more votes win. Accepted at Level 3 when a quorum is for Level 3, and
    more than for Level 2 where that has one too; at Level 2 otherwise. Open while it can still be settled; else (a tie,
    absence, too few without conflict) it escalates.
    """
    count = Counter(votes)
    twos, threes, declines = count[Vote.LEVEL_2], count[Vote.LEVEL_3], count[Vote.DECLINE]
    accepts = twos + threes
    facts = (
        ("Accept at Level 2", str(twos)),
        ("Accept at Level 3", str(threes)),
        ("Decline", str(declines)),
        ("Still to vote", str(seats_left)),
        ("Quorum", str(quorum)),
    )

    def result(standing: PanelStanding, level: Level | None, text: str) -> PanelResult:
        return PanelResult(standing, level, (Reason(text, "R46", facts),))

    def wins(own: int, other: int) -> bool:
        return own >= quorum and (other < quorum or own > other)

    if wins(accepts, declines + seats_left):
        if wins(threes, twos + seats_left):
            return result(PanelStanding.ACCEPTED, Level.THREE, f"{threes} votes accept at Level 3")
        if not wins(threes + seats_left, twos):
            few = f"{accepts} votes accept, too few of them at Level 3"
            text = f"{twos} votes accept at Level 2" if twos >= quorum else few
            return result(PanelStanding.ACCEPTED, Level.TWO, text)
    elif wins(declines, accepts + seats_left):
        return result(PanelStanding.DECLINED, None, f"{declines} votes decline")
    elif not wins(accepts + seats_left, declines) and not wins(declines + seats_left, accepts):
        return result(PanelStanding.ESCALATED, None, f"{quorum} votes for one answer can no longer be reached")
    return result(PanelStanding.OPEN, None, f"{quorum} votes are needed")


@cites("R48")
def may_decline(reason: DeclineReason | None, text: str, route: str) -> Decision:
    """Whether a decline can be recorded: a reason code, reasons in words, the route by which to escalate."""
    refusals = []
    if reason is None:
        refusals.append(Reason("Choose why it is declined", "R48"))
    if len(text.split()) < FEWEST_WORDS:
        refusals.append(Reason(f"Say why it is declined, {IN_WORDS}", "R48"))
    if not route.strip():
        refusals.append(Reason("Say how the referrer can escalate", "R48"))
    return Decision.of(refusals)


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """What the first meeting is reckoned from.

    `sentenced_on` is the day of a community disposal, None for any other person; `detained` on the day of
    acceptance, with `release_on` when a release, discharge or tribunal date is known.
    """

    received_on: date
    accepted_on: date
    sentenced_on: date | None = None
    detained: bool = False
    release_on: date | None = None


@dataclass(frozen=True, slots=True)
class FirstMeeting:
    """By when the first meeting is to be held.

    `window_from` is the first day on which it counts before a release. `due_on` None: no release date is known.
    `late_at_acceptance`: the day had passed when the referral was accepted.
    """

    kind: FirstMeetingKind
    triggered_on: date
    due_on: date | None
    window_from: date | None = None
    late_at_acceptance: bool = False


# Sentences that are served in the community from the day on which they are passed: our reading of the report.
_IN_THE_COMMUNITY = frozenset(
    {
        Disposal.SUSPENDED_IMPRISONMENT,
        Disposal.COMMUNITY_ORDER,
        Disposal.YOUTH_REHABILITATION_ORDER,
        Disposal.CONDITIONAL_DISCHARGE,
    }
)


@cites("R49")
def community_disposal_on(grounds: Iterable[GroundFacts], by: date) -> date | None:
    """The day of the last disposal of the grounds up to the day, if it is one in the community; None otherwise."""
    passed = [
        (ground.disposal_on, ground.disposal in _IN_THE_COMMUNITY)
        for ground in grounds
        if not ground.voided and ground.disposal is not None and ground.disposal_on and ground.disposal_on <= by
    ]
    last_on = max((day for day, _ in passed), default=None)
    return last_on if passed and all(community for day, community in passed if day == last_on) else None


@cites("R49", params=("first_meeting_community", "first_meeting_default", "first_meeting_before_release"))
def first_meeting_due(facts: ReferralFacts, params: Parameters) -> Answer[FirstMeeting]:
    """By when the first meeting after acceptance is due.

    Community disposal: so many days from sentence, when the referral came within as many of it. Custody or hospital:
    before the release, not earlier than the window. Everybody else: working days from acceptance, the area's number.
    Only the first kind counts for the KPI of four weeks.
    """
    if facts.detained:
        return _before_release(facts, params)
    if facts.sentenced_on is not None:
        within = params.number("first_meeting_community", facts.sentenced_on)
        due_on = date.fromordinal(facts.sentenced_on.toordinal() + within)
        if facts.sentenced_on <= facts.received_on <= due_on:
            late = facts.accepted_on > due_on
            text = f"Due on {long_date(due_on)}, {within} days from sentence on {long_date(facts.sentenced_on)}"
            if late:
                text += ": it had passed at acceptance, so due at once and late"
            kind = FirstMeetingKind.COMMUNITY_DISPOSAL
            return Answer(FirstMeeting(kind, facts.sentenced_on, due_on, None, late), (Reason(text, "R49"),))
    days = params.number("first_meeting_default", facts.accepted_on)
    due_on = add_working_days(facts.accepted_on, days)
    text = f"Due on {long_date(due_on)}, {days} working days from acceptance on {long_date(facts.accepted_on)}"
    kind = FirstMeetingKind.OTHER_COMMUNITY
    return Answer(FirstMeeting(kind, facts.accepted_on, due_on), (Reason(text, "R49"),))


@cites("R28")
def may_be_referred(whereabouts: Iterable[WhereaboutsFacts], today: date) -> Decision:
    """Whether a referral of this person may be begun: there is nobody to manage after a death."""
    if (died_on := _died_on(whereabouts, today)) is None:
        return Decision.yes()
    text = f"The person died on {long_date(died_on)}: there is nobody to refer. If that is wrong, correct it first"
    return Decision.no(Reason(text, "R28"))


def _died_on(whereabouts: Iterable[WhereaboutsFacts], today: date) -> date | None:
    """The day of death, by today."""
    dead = (each.starts_on for each in whereabouts if each.whereabouts is Whereabouts.DEAD)
    return min((day for day in dead if day <= today), default=None)


@cites("R26", "R28", "R29")
def falls_away_on(register: RegisterFacts, accepted_on: date, *, third: bool, today: date) -> Answer[date | None]:
    """The day on which a first meeting that was still to be held fell away, whatever the level: with a death, or with
    the last ground. None while there is somebody to hear.

    Acceptance for Category 3 (`third`) outlives the grounds before it: its own is recorded when it begins.
    """
    died_on = _died_on(register.whereabouts, today)
    if died_on is not None:
        return Answer(died_on, (Reason(f"The person died on {long_date(died_on)}", "R28"),))
    if third or not register.grounds:
        return Answer(None)
    periods = status_periods(register.grounds)
    if not periods:
        return Answer(accepted_on, (Reason("Every ground has been voided", "R29"),))
    ended_on = periods[-1].ends_on
    if ended_on is None or not accepted_on <= ended_on < today:
        return Answer(None)
    return Answer(ended_on, (Reason(f"The last ground ended on {long_date(ended_on)}", "R26"),))


def _before_release(facts: ReferralFacts, params: Parameters) -> Answer[FirstMeeting]:
    kind = FirstMeetingKind.BEFORE_RELEASE
    if facts.release_on is None:
        text = "Due before release or discharge: no date is known yet"
        return Answer(FirstMeeting(kind, facts.accepted_on, None), (Reason(text, "R49"),))
    months = params.number("first_meeting_before_release", facts.accepted_on)
    opens = add_months(facts.release_on, -months)
    due_on = facts.release_on - DAY
    late = facts.accepted_on > due_on
    text = (
        f"Due on {long_date(due_on)}, the day before release on {long_date(facts.release_on)}; "
        f"not before {long_date(opens)}, {months} months ahead"
    )
    return Answer(FirstMeeting(kind, facts.accepted_on, due_on, opens, late), (Reason(text, "R49"),))


@cites("R45")
def may_give_advice(given_on: date, outcome: AdviceOutcome, call_back_on: date | None, *, today: date) -> Decision:
    """Whether advice can be recorded: given by today; a call back has its day, not before the advice; nothing else has
    one. Advice is no referral and starts no clock, but stays countable like one.
    """
    refusals = []
    if given_on > today:
        refusals.append(Reason("Advice is recorded when it has been given", "R45"))
    if outcome is AdviceOutcome.CALL_BACK and (call_back_on is None or call_back_on < given_on):
        refusals.append(Reason("Enter the day on which to call back, not before the advice", "R45"))
    if outcome is not AdviceOutcome.CALL_BACK and call_back_on is not None:
        refusals.append(Reason("A day to call back belongs to “Call back” only", "R45"))
    return Decision.of(refusals)


@cites("R50")
def thresholding_asked(*, abuse_or_stalking: bool, level: Level | None, recorded: bool) -> Answer[bool]:
    """Whether the question of Level 2 or 3 is to be answered: domestic abuse or stalking, a lower level, no outcome."""
    asked = abuse_or_stalking and not recorded and (level is None or not level.is_multi_agency)
    text = (
        "Domestic abuse or stalking, and no Level 2 or 3: record whether the threshold is met"
        if asked
        else "No outcome of thresholding is asked for"
    )
    return Answer(asked, (Reason(text, "R50"),))


@cites("R50")
def thresholding_stands(decided_on: Iterable[date], changed_on: Iterable[date]) -> bool:
    """Whether an outcome answers for today: nothing that bears on it has become known or happened since the last one.

    What came on the day of the outcome was before those who gave it.
    """
    last = max(decided_on, default=None)
    return last is not None and all(day <= last for day in changed_on)


@cites("R50")
def may_threshold(
    decided_on: date, reason: str, *, abuse_or_stalking: bool, level: Level | None, today: date
) -> Decision:
    """Whether an outcome can be recorded: of domestic abuse or stalking, below Level 2, when decided, with reasons."""
    refusals = []
    if not abuse_or_stalking:
        text = "No domestic abuse or stalking is recorded: say it in the background, or add the MARAC reference, first"
        refusals.append(Reason(text, "R50"))
    if level is not None and level.is_multi_agency:
        refusals.append(Reason(f"At {level.label} the meetings answer the question", "R50"))
    if decided_on > today:
        refusals.append(Reason("An outcome is recorded when it has been decided", "R50"))
    if len(reason.split()) < FEWEST_WORDS:
        refusals.append(Reason(f"Give the reasons, {IN_WORDS}", "R50"))
    return Decision.of(refusals)
