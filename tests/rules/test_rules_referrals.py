"""Referrals: states, completeness, votes, the first meeting (R42 to R50)."""

from datetime import date, timedelta
from itertools import combinations_with_replacement

import pytest

from rules.facts import GroundFacts, RegisterFacts, WhereaboutsFacts
from rules.parameters import Override, Parameters
from rules.referrals import (
    Parts,
    ReferralFacts,
    community_disposal_on,
    endorsement_due_by,
    falls_away_on,
    first_meeting_due,
    highest_risk,
    hospital_fits,
    identified_late,
    may_be_referred,
    may_decline,
    may_give_advice,
    may_identify,
    may_notify_first,
    may_submit,
    may_take_back,
    may_threshold,
    may_vote,
    missing_items,
    notifies_first,
    panel_result,
    risk_fits,
    seats_to_come,
    thresholding_asked,
    thresholding_stands,
    votes_due_by,
)
from rules.transitions import REFERRAL, may_move_referral, referral_after, verbs_of
from rules.vocabulary import (
    AdviceOutcome,
    DeclineReason,
    Disposal,
    FirstMeetingKind,
    GroundKind,
    Level,
    PanelStanding,
    ReferralItem,
    ReferralState,
    ReferralVerb,
    RiskLevel,
    Vote,
    Whereabouts,
)

BOTH = (False, True)
PARAMS = Parameters()
T = date(2026, 11, 2)  # a Monday
COMPLETE: dict[ReferralItem, object] = dict.fromkeys(ReferralItem, "three plain words")
L2, L3, NO = Vote.LEVEL_2, Vote.LEVEL_3, Vote.DECLINE
OPEN, YES, DECLINED, TIE = (
    PanelStanding.OPEN,
    PanelStanding.ACCEPTED,
    PanelStanding.DECLINED,
    PanelStanding.ESCALATED,
)


def day(number: int) -> date:
    return T + timedelta(number)


AFTER = {
    ReferralState.DRAFT: {
        ReferralVerb.ASK_ENDORSEMENT: ReferralState.AWAITING_ENDORSEMENT,
        ReferralVerb.WITHDRAW: ReferralState.WITHDRAWN,
    },
    ReferralState.AWAITING_ENDORSEMENT: {
        ReferralVerb.SEND_BACK: ReferralState.DRAFT,
        ReferralVerb.ENDORSE: ReferralState.SUBMITTED,
        ReferralVerb.WITHDRAW: ReferralState.WITHDRAWN,
    },
    ReferralState.SUBMITTED: {
        ReferralVerb.RETURN: ReferralState.RETURNED,
        ReferralVerb.TAKE_TO_PANEL: ReferralState.UNDER_PANEL,
        ReferralVerb.WITHDRAW: ReferralState.WITHDRAWN,
    },
    ReferralState.RETURNED: {
        ReferralVerb.ASK_ENDORSEMENT: ReferralState.AWAITING_ENDORSEMENT,
        ReferralVerb.REGISTER: ReferralState.SUBMITTED,
        ReferralVerb.WITHDRAW: ReferralState.WITHDRAWN,
    },
    ReferralState.UNDER_PANEL: {
        ReferralVerb.RETURN: ReferralState.RETURNED,
        ReferralVerb.ACCEPT: ReferralState.ACCEPTED,
        ReferralVerb.DECLINE: ReferralState.DECLINED,
        ReferralVerb.WITHDRAW: ReferralState.WITHDRAWN,
    },
    ReferralState.ACCEPTED: {},
    ReferralState.DECLINED: {},
    ReferralState.WITHDRAWN: {},
}


@pytest.mark.parametrize("verb", ReferralVerb)
@pytest.mark.parametrize("state", ReferralState)
def test_every_state_and_verb(state: ReferralState, verb: ReferralVerb) -> None:
    after = AFTER[state].get(verb)
    assert referral_after(state, verb) is after
    decision = may_move_referral(state, verb)
    assert bool(decision) is (after is not None)
    if after is None:
        assert decision.reasons[0].rule == "R45"
        assert state.label.lower() in decision.reasons[0].text


def test_what_is_offered_and_what_was_done_are_different_words() -> None:
    done = [verb.done for verb in ReferralVerb]
    assert len(set(done)) == len(done)
    assert not set(done) & {verb.label for verb in ReferralVerb}


def test_the_table_says_each_thing_once() -> None:
    pairs = [(row.before, row.verb) for row in REFERRAL]
    assert len(pairs) == len(set(pairs))
    assert {state: set(verbs_of(state)) for state in ReferralState} == {
        state: set(verbs) for state, verbs in AFTER.items()
    }


@pytest.mark.parametrize("item", ReferralItem)
def test_each_item_is_asked_for(item: ReferralItem) -> None:
    held = {**COMPLETE, item: ""}
    assert missing_items(held) == (item,)
    decision = may_submit(held)
    assert not decision
    assert item.label.lower() in decision.reasons[0].text.lower()


def test_a_text_of_two_words_says_nothing() -> None:
    assert missing_items({**COMPLETE, ReferralItem.PLAN: "as before"}) == (ReferralItem.PLAN,)
    assert missing_items({}) == tuple(ReferralItem)
    assert may_submit(COMPLETE)


LOW, HIGH, HIGHEST = RiskLevel.LOW, RiskLevel.HIGH, RiskLevel.VERY_HIGH


@pytest.mark.parametrize(
    ("groups", "highest", "fitting"),
    [
        pytest.param((), None, {None, *RiskLevel}, id="no group assessed (R44)"),
        pytest.param((LOW,), LOW, {LOW}, id="one group (R44)"),
        pytest.param((LOW, HIGHEST, HIGH), HIGHEST, {HIGHEST}, id="the highest of three (R44)"),
        pytest.param((HIGH, RiskLevel.MEDIUM, HIGH), HIGH, {HIGH}, id="two alike (R44)"),
    ],
)
def test_the_overall_risk_is_the_highest_of_the_groups(
    groups: tuple[RiskLevel, ...], highest: RiskLevel | None, fitting: set[RiskLevel | None]
) -> None:
    assert highest_risk(groups) is highest
    assert {overall for overall in (None, *RiskLevel) if risk_fits(overall, groups)} == fitting


def test_what_is_said_of_hospital_is_of_the_detained() -> None:
    fits = {(detained, said): bool(hospital_fits(detained=detained, said=said)) for detained in BOTH for said in BOTH}
    assert [pair for pair, held in fits.items() if not held] == [(False, True)]


@pytest.mark.parametrize(
    ("took", "late"),
    [
        pytest.param(0, False, id="on the day of sentence (R42)"),
        pytest.param(3, False, id="on the third day (R42)"),
        pytest.param(4, True, id="on the fourth (R42)"),
    ],
)
def test_identified_late(took: int, late: bool) -> None:
    assert identified_late(T, day(took), PARAMS).value is late


@pytest.mark.parametrize(
    ("voter", "voted", "seat", "rule"),
    [
        pytest.param(9, (), False, "", id="no part in the case"),
        pytest.param(1, (), False, "R47", id="the referrer"),
        pytest.param(2, (), False, "R47", id="the manager who endorsed"),
        pytest.param(3, (), False, "R47", id="a named officer"),
        pytest.param(9, (9,), False, "R46", id="has voted"),
        pytest.param(9, (8,), True, "R47", id="the other of this seat has voted, or who had it before"),
    ],
)
def test_who_may_vote(voter: int, voted: tuple[int, ...], seat: bool, rule: str) -> None:
    decision = may_vote(voter, Parts(frozenset({1}), frozenset({2}), frozenset({3, 4})), voted, seat_has_voted=seat)
    assert [reason.rule for reason in decision.reasons] == ([rule] if rule else [])
    assert bool(decision) is not bool(rule)


@pytest.mark.parametrize(
    ("votes", "left", "quorum", "standing", "level"),
    [
        pytest.param([], 3, 2, OPEN, None, id="nobody has voted"),
        pytest.param([L2], 2, 2, OPEN, None, id="one of three"),
        pytest.param([L2, L2], 1, 2, YES, Level.TWO, id="two of three settle it"),
        pytest.param([L3, L3], 1, 2, YES, Level.THREE, id="two for Level 3"),
        pytest.param([NO, NO], 1, 2, DECLINED, None, id="two decline"),
        pytest.param([L2, NO], 1, 2, OPEN, None, id="the third decides"),
        pytest.param([L2, NO], 0, 2, TIE, None, id="a tie of two"),
        pytest.param([L2], 0, 2, TIE, None, id="only one can vote"),
        pytest.param([], 1, 2, TIE, None, id="one seat left, two needed"),
        pytest.param([L2, L3], 1, 2, OPEN, None, id="both accept, the third says at which level"),
        pytest.param([L2, L3], 0, 2, YES, Level.TWO, id="both accept, too few at Level 3"),
        pytest.param([L2, L3, NO], 0, 2, YES, Level.TWO, id="two of three accept"),
        pytest.param([L2, L3, L3], 0, 2, YES, Level.THREE, id="Level 3 has its quorum"),
        pytest.param([L2, L3, NO], 0, 3, TIE, None, id="three needed"),
        pytest.param([L2, L2, NO], 2, 3, OPEN, None, id="two of five, three needed"),
        pytest.param([L2], 0, 1, YES, Level.TWO, id="a quorum of one"),
        pytest.param([L2], 1, 1, OPEN, None, id="one of two: the other may say the opposite"),
        pytest.param([L2, NO], 0, 1, TIE, None, id="one of two, one each"),
        pytest.param([L2, L2], 1, 1, YES, Level.TWO, id="one of three: the third changes nothing"),
    ],
)
def test_what_votes_amount_to(
    votes: list[Vote], left: int, quorum: int, standing: PanelStanding, level: Level | None
) -> None:
    result = panel_result(votes, left, quorum)
    assert (result.standing, result.level) == (standing, level)
    assert result.reasons[0].rule == "R46"


def _in_the_end(votes: tuple[Vote, ...], quorum: int) -> tuple[PanelStanding, Level | None]:
    """R46 in plain words, once everybody who will vote has voted."""
    threes, accepts, declines = votes.count(L3), len(votes) - votes.count(NO), votes.count(NO)
    if accepts >= quorum and not quorum <= declines >= accepts:
        three = threes >= quorum and not quorum <= votes.count(L2) >= threes
        return YES, Level.THREE if three else Level.TWO
    return (DECLINED, None) if declines >= quorum and not quorum <= accepts >= declines else (TIE, None)


@pytest.mark.parametrize("seats", [1, 2, 3, 4, 5])
def test_votes_of_every_panel_are_settled_when_no_vote_can_change_them(seats: int) -> None:
    """Every way in which panels of one to five can have voted, at every quorum, against all ways to go on (R46)."""
    for quorum in range(1, seats + 2):
        for given in range(seats + 1):
            for votes in combinations_with_replacement(Vote, given):
                ends = {
                    _in_the_end((*votes, *more), quorum)
                    for come in range(seats - given + 1)
                    for more in combinations_with_replacement(Vote, come)
                }
                result = panel_result(votes, seats - given, quorum)
                # Settled is what every end agrees on; that nobody else votes settles nothing.
                wanted = next(iter(ends)) if len(ends) == 1 else (OPEN, None)
                assert (result.standing, result.level) == wanted, (quorum, votes)


@pytest.mark.parametrize(
    ("able", "votes"),
    [
        pytest.param([], 0, id="no seat (R46)"),
        pytest.param([{1}, {2, 3}, {4}], 3, id="somebody for each (R46)"),
        pytest.param([{1}, set()], 1, id="nobody for one (R47)"),
        pytest.param([{9}, {9}], 1, id="one substitute of two votes once (R47)"),
        pytest.param([{9, 1}, {9}], 2, id="the member in one, the substitute in the other (R47)"),
        pytest.param([{8, 9}, {8}, {9}], 2, id="two for three (R47)"),
    ],
)
def test_votes_still_to_come(able: list[set[int]], votes: int) -> None:
    assert seats_to_come(able) == votes


def test_votes_are_waited_for_so_many_working_days() -> None:
    assert votes_due_by(T, PARAMS).value == date(2026, 11, 16)


def test_an_endorsement_is_waited_for_so_many_working_days() -> None:
    assert endorsement_due_by(T, PARAMS).value == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("after", "answers", "goes"),
    [
        pytest.param(-1, True, False, id="the day before the last (R44)"),
        pytest.param(0, True, False, id="the last day (R44)"),
        pytest.param(1, True, True, id="the day after it (R44)"),
        pytest.param(-1, False, True, id="nobody is left to answer (R44)"),
        pytest.param(1, False, True, id="neither (R44)"),
    ],
)
def test_unanswered_it_goes_back_to_its_author(after: int, answers: bool, goes: bool) -> None:
    decision = may_take_back(T, today=T + timedelta(days=after), answers=answers)
    assert bool(decision) is goes
    assert decision.reasons


@pytest.mark.parametrize(
    ("reason", "text", "route", "refusals"),
    [
        pytest.param(DeclineReason.NO_VALUE, "two agencies meet already", "head of unit", 0, id="complete (R48)"),
        pytest.param(None, "two agencies meet already", "head of unit", 1, id="no code (R48)"),
        pytest.param(DeclineReason.NO_VALUE, "no value", "head of unit", 1, id="two words (R48)"),
        pytest.param(DeclineReason.NO_VALUE, "two agencies meet already", " ", 1, id="no route (R48)"),
        pytest.param(None, "", "", 3, id="nothing (R48)"),
    ],
)
def test_a_decline_says_why_and_what_next(reason: DeclineReason | None, text: str, route: str, refusals: int) -> None:
    decision = may_decline(reason, text, route)
    assert len(decision.reasons) == refusals
    assert bool(decision) is not bool(refusals)


@pytest.mark.parametrize(
    ("facts", "kind", "due", "opens", "late"),
    [
        pytest.param(
            ReferralFacts(day(27), day(28), sentenced_on=T),
            FirstMeetingKind.COMMUNITY_DISPOSAL,
            day(28),
            None,
            False,
            id="accepted on the last day of four weeks (R49)",
        ),
        pytest.param(
            ReferralFacts(day(28), day(29), sentenced_on=T),
            FirstMeetingKind.COMMUNITY_DISPOSAL,
            day(28),
            None,
            True,
            id="received in time, accepted a day after: late at once (R49)",
        ),
        pytest.param(
            ReferralFacts(day(29), day(30), sentenced_on=T),
            FirstMeetingKind.OTHER_COMMUNITY,
            date(2027, 1, 4),
            None,
            False,
            id="received a day later than four weeks: 20 working days, Christmas left out (R49)",
        ),
        pytest.param(
            ReferralFacts(T, T),
            FirstMeetingKind.OTHER_COMMUNITY,
            date(2026, 11, 30),
            None,
            False,
            id="no community disposal: 20 working days from acceptance (R49)",
        ),
        pytest.param(
            ReferralFacts(day(-1), T, sentenced_on=T),
            FirstMeetingKind.OTHER_COMMUNITY,
            date(2026, 11, 30),
            None,
            False,
            id="received before sentence: not identified at it (R49)",
        ),
        pytest.param(
            ReferralFacts(T, T, detained=True, release_on=date(2027, 4, 1)),
            FirstMeetingKind.BEFORE_RELEASE,
            date(2027, 3, 31),
            date(2026, 10, 1),
            False,
            id="the day before release, within six months (R49)",
        ),
        pytest.param(
            ReferralFacts(T, T, detained=True, release_on=T),
            FirstMeetingKind.BEFORE_RELEASE,
            day(-1),
            date(2026, 5, 2),
            True,
            id="accepted on the day of release: late (R49)",
        ),
        pytest.param(
            ReferralFacts(T, T, sentenced_on=T, detained=True),
            FirstMeetingKind.BEFORE_RELEASE,
            None,
            None,
            False,
            id="no date of release known (R49)",
        ),
    ],
)
def test_first_meeting(
    facts: ReferralFacts, kind: FirstMeetingKind, due: date | None, opens: date | None, late: bool
) -> None:
    answer = first_meeting_due(facts, PARAMS)
    found = answer.value
    assert (found.kind, found.due_on, found.window_from, found.late_at_acceptance) == (kind, due, opens, late)
    assert answer.reasons[0].rule == "R49"


@pytest.mark.parametrize(
    ("passed", "found"),
    [
        pytest.param([(Disposal.COMMUNITY_ORDER, -9)], -9, id="a community order (R49)"),
        pytest.param([(Disposal.SUSPENDED_IMPRISONMENT, -9)], -9, id="a suspended sentence (R49)"),
        pytest.param([(Disposal.IMPRISONMENT, -9)], None, id="imprisonment (R49)"),
        pytest.param([(Disposal.COMMUNITY_ORDER, 1)], None, id="passed after the day (R49)"),
        pytest.param([(Disposal.COMMUNITY_ORDER, -9), (Disposal.IMPRISONMENT, -5)], None, id="prison since (R49)"),
        pytest.param([(Disposal.COMMUNITY_ORDER, -9), (Disposal.IMPRISONMENT, -9)], None, id="both on a day (R49)"),
        pytest.param([(Disposal.IMPRISONMENT, -90), (Disposal.COMMUNITY_ORDER, -9)], -9, id="the last one (R49)"),
        pytest.param([], None, id="none known (R49)"),
    ],
)
def test_the_community_disposal_of_the_grounds(passed: list[tuple[Disposal, int]], found: int | None) -> None:
    grounds = [
        GroundFacts(GroundKind.NOTIFICATION, T, disposal=disposal, disposal_on=day(on)) for disposal, on in passed
    ]
    assert community_disposal_on(grounds, T) == (None if found is None else day(found))


LASTING, ENDED = GroundFacts(GroundKind.NOTIFICATION, T), GroundFacts(GroundKind.NOTIFICATION, T, day(4))
DEAD = WhereaboutsFacts(Whereabouts.DEAD, day(3))
VOIDED = GroundFacts(GroundKind.NOTIFICATION, T, voided=True)


@pytest.mark.parametrize(
    ("grounds", "dead", "third", "accepted", "fell"),
    [
        pytest.param((LASTING,), (), False, 1, None, id="a ground is open (R26)"),
        pytest.param((LASTING,), (DEAD,), False, 1, 3, id="dead (R28)"),
        pytest.param((), (DEAD,), True, 1, 3, id="dead, accepted for Category 3 (R28)"),
        pytest.param((ENDED,), (), False, 1, 4, id="the last ground ended (R26)"),
        pytest.param((ENDED, LASTING), (), False, 1, None, id="another is open (R26)"),
        pytest.param((ENDED,), (), False, 5, None, id="it had ended before acceptance (R26)"),
        pytest.param((ENDED,), (), True, 1, None, id="Category 3 begins after it (R18)"),
        pytest.param((VOIDED,), (), False, 1, 1, id="voided (R29)"),
        pytest.param((), (), False, 1, None, id="no ground yet (R49)"),
    ],
)
def test_r26_when_a_first_meeting_falls_away(
    grounds: tuple[GroundFacts, ...], dead: tuple[WhereaboutsFacts, ...], third: bool, accepted: int, fell: int | None
) -> None:
    register = RegisterFacts(key=1, grounds=grounds, levels=(), whereabouts=dead)
    answer = falls_away_on(register, day(accepted), third=third, today=day(9))
    assert (answer.value, bool(answer.reasons)) == (None if fell is None else day(fell), fell is not None)


def test_the_area_sets_its_own_number_of_working_days() -> None:
    params = Parameters((Override("first_meeting_default", 10, date(2026, 1, 1), "agreed by the board"),))
    assert first_meeting_due(ReferralFacts(T, T), params).value.due_on == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("abuse", "level", "recorded", "asked"),
    [
        pytest.param(True, Level.ONE, False, True, id="abuse at Level 1 (R50)"),
        pytest.param(True, None, False, True, id="no level (R50)"),
        pytest.param(True, Level.TWO, False, False, id="at Level 2 already (R50)"),
        pytest.param(True, Level.ONE, True, False, id="answered (R50)"),
        pytest.param(False, Level.ONE, False, False, id="neither abuse nor stalking (R50)"),
    ],
)
def test_thresholding(abuse: bool, level: Level | None, recorded: bool, asked: bool) -> None:
    assert thresholding_asked(abuse_or_stalking=abuse, level=level, recorded=recorded).value is asked


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        pytest.param("youth_justice", True, id="youth justice (R43)"),
        pytest.param("health_trust", True, id="mental health (R43)"),
        pytest.param("probation", False, id="probation screens and refers (R43)"),
        pytest.param("police", False, id="police (R43)"),
    ],
)
def test_who_sends_a_first_notification(kind: str, first: bool) -> None:
    assert notifies_first(kind, PARAMS, on=T) is first


@pytest.mark.parametrize(
    ("given", "outcome", "call_back", "allowed"),
    [
        pytest.param(0, AdviceOutcome.MARAC, None, True, id="given today"),
        pytest.param(1, AdviceOutcome.MARAC, None, False, id="given tomorrow"),
        pytest.param(0, AdviceOutcome.CALL_BACK, 0, True, id="called back the same day"),
        pytest.param(0, AdviceOutcome.CALL_BACK, -1, False, id="called back the day before"),
        pytest.param(0, AdviceOutcome.CALL_BACK, None, False, id="no day to call back"),
        pytest.param(0, AdviceOutcome.MARAC, 3, False, id="a day where nobody is called back"),
    ],
)
def test_advice(given: int, outcome: AdviceOutcome, call_back: int | None, allowed: bool) -> None:
    day_back = None if call_back is None else day(call_back)
    assert bool(may_give_advice(day(given), outcome, day_back, today=T)) is allowed


@pytest.mark.parametrize(
    ("sentenced", "known", "allowed"),
    [
        pytest.param(0, 0, True, id="known at sentence (R42)"),
        pytest.param(-9, -1, True, id="known later (R42)"),
        pytest.param(-1, -2, False, id="known before sentence (R42)"),
        pytest.param(0, 1, False, id="known tomorrow (R42)"),
    ],
)
def test_identification(sentenced: int, known: int, allowed: bool) -> None:
    assert bool(may_identify(day(sentenced), day(known), today=T)) is allowed


@pytest.mark.parametrize(
    ("sentenced", "notified", "release", "allowed"),
    [
        pytest.param(0, 0, None, True, id="on the day of sentence, release not known (R43)"),
        pytest.param(-9, -1, 40, True, id="later, release ahead (R43)"),
        pytest.param(-9, -1, -9, True, id="free on the day of sentence (R43)"),
        pytest.param(-9, -1, -10, False, id="released before sentence (R43)"),
        pytest.param(-1, -2, None, False, id="notified before sentence (R43)"),
        pytest.param(0, 1, None, False, id="notified tomorrow (R43)"),
    ],
)
def test_first_notification(sentenced: int, notified: int, release: int | None, allowed: bool) -> None:
    release_on = None if release is None else day(release)
    assert bool(may_notify_first(day(sentenced), day(notified), release_on, today=T)) is allowed


@pytest.mark.parametrize(
    ("decided", "changed", "stands"),
    [
        pytest.param([], [], False, id="no outcome (R50)"),
        pytest.param([], [-3], False, id="no outcome of a change (R50)"),
        pytest.param([-3], [], True, id="an outcome, nothing since (R50)"),
        pytest.param([-3], [-9, -3], True, id="an outcome on the day of the last change (R50)"),
        pytest.param([-3], [-2], False, id="a change after the outcome (R50)"),
        pytest.param([-30, -1], [-2], True, id="the last outcome counts (R50)"),
    ],
)
def test_thresholding_stands(decided: list[int], changed: list[int], stands: bool) -> None:
    assert thresholding_stands(map(day, decided), map(day, changed)) is stands


@pytest.mark.parametrize(
    ("decided", "reason", "abuse", "level", "allowed"),
    [
        pytest.param(0, "No further incidents", True, Level.ONE, True, id="today at Level 1 (R50)"),
        pytest.param(-5, "No further incidents", True, None, True, id="without a level (R50)"),
        pytest.param(1, "No further incidents", True, Level.ONE, False, id="tomorrow (R50)"),
        pytest.param(0, "No", True, Level.ONE, False, id="no reasons (R50)"),
        pytest.param(0, "No further incidents", False, Level.ONE, False, id="no abuse or stalking (R50)"),
        pytest.param(0, "No further incidents", True, Level.TWO, False, id="at Level 2 (R50)"),
    ],
)
def test_an_outcome_of_thresholding(decided: int, reason: str, abuse: bool, level: Level | None, allowed: bool) -> None:
    found = may_threshold(day(decided), reason, abuse_or_stalking=abuse, level=level, today=T)
    assert bool(found) is allowed


@pytest.mark.parametrize(
    ("died", "allowed"),
    [
        pytest.param(None, True, id="alive (R28)"),
        pytest.param(-1, False, id="died yesterday (R28)"),
        pytest.param(0, False, id="died today (R28)"),
        pytest.param(1, True, id="not before the day (R28)"),
    ],
)
def test_nobody_is_referred_after_their_death(died: int | None, allowed: bool) -> None:
    stays = [WhereaboutsFacts(Whereabouts.COMMUNITY, day(-100))]
    if died is not None:
        stays.append(WhereaboutsFacts(Whereabouts.DEAD, day(died)))
    decision = may_be_referred(stays, T)
    assert bool(decision) is allowed
    assert [reason.rule for reason in decision.reasons] == ([] if allowed else ["R28"])
