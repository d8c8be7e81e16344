"""Whereabouts and what they mean, hospital orders and their stages, connected people, equality data."""

from dataclasses import replace
from datetime import date

import pytest

from rules.circumstances import (
    immigration_of_both,
    may_record_connection,
    may_record_equality,
    may_record_immigration,
    may_record_words,
)
from rules.counting import snapshot
from rules.facts import GroundFacts, RegisterFacts, WhereaboutsFacts
from rules.orders import (
    IN_COMMUNITY,
    StageFacts,
    may_correct_stage,
    may_record_order,
    may_record_stage,
    may_take_stage_away,
    stage_agrees,
    whereabouts_of_stage,
)
from rules.parameters import Override, Parameters
from rules.vocabulary import (
    Category,
    Disposal,
    GroundKind,
    HospitalSection,
    HospitalStage,
    Immigration,
    ProcessKind,
    Whereabouts,
)
from rules.whereabouts import counts_as_community, pauses_review_clock, whereabouts_table

DAY = date(2026, 3, 31)
BEGAN = date(2020, 1, 6)
PARAMS = Parameters()
YES, NO = True, False

W, S, H = Whereabouts, HospitalStage, HospitalSection


@pytest.mark.parametrize(
    ("where", "community", "pauses"),
    [
        pytest.param(W.COMMUNITY, YES, NO, id="community"),
        pytest.param(W.APPROVED_PREMISES, YES, NO, id="approved premises are in the community"),
        pytest.param(W.CUSTODY, NO, YES, id="custody"),
        pytest.param(W.REMAND, NO, YES, id="remand"),
        pytest.param(W.RECALLED, NO, YES, id="recalled"),
        pytest.param(W.HOSPITAL, NO, YES, id="hospital"),
        pytest.param(W.HOSPITAL_LEAVE, NO, YES, id="on leave from hospital: still detained"),
        pytest.param(W.IMMIGRATION_DETENTION, NO, YES, id="immigration detention"),
        pytest.param(W.UNLAWFULLY_AT_LARGE, YES, NO, id="unlawfully at large: a risk in the community"),
        pytest.param(W.ABROAD, NO, NO, id="abroad: not counted, yet not detained"),
    ],
)
def test_each_kind_of_whereabouts(where: Whereabouts, community: bool, pauses: bool) -> None:
    assert counts_as_community(where, DAY, PARAMS).value is community
    assert pauses_review_clock(where, DAY, PARAMS).value is pauses
    assert {each.rule for each in counts_as_community(where, DAY, PARAMS).reasons} == {"R85"}
    assert {each.rule for each in pauses_review_clock(where, DAY, PARAMS).reasons} == {"R52"}


@pytest.mark.parametrize("where", Whereabouts)
def test_the_table_and_the_snapshot_say_the_same(where: Whereabouts) -> None:
    """The page shows what the count does (R85)."""
    ground = GroundFacts(GroundKind.NOTIFICATION, BEGAN)
    person = RegisterFacts(1, (ground,), whereabouts=(WhereaboutsFacts(where, BEGAN),))
    counted = snapshot([person], DAY, PARAMS).table.column_total(Category.ONE) == 1
    (row,) = [each for each in whereabouts_table(DAY, PARAMS) if each.whereabouts is where]
    assert counted is (row.community is not None and row.community.value)


def test_the_table_follows_the_area_from_the_day_its_setting_holds() -> None:
    changed = date(2026, 4, 1)
    wanted = (W.COMMUNITY.value, W.HOSPITAL_LEAVE.value)
    params = Parameters((Override("counts_as_community", wanted, changed, "Agreed by the board"),))
    assert not counts_as_community(W.HOSPITAL_LEAVE, DAY, params).value
    assert counts_as_community(W.HOSPITAL_LEAVE, changed, params).value
    assert not counts_as_community(W.UNLAWFULLY_AT_LARGE, changed, params).value


@pytest.mark.parametrize(
    ("stage", "present", "becomes"),
    [
        pytest.param(S.CONDITIONAL_DISCHARGE, W.HOSPITAL, W.COMMUNITY, id="conditional discharge is community"),
        pytest.param(S.COMMUNITY_TREATMENT, W.HOSPITAL_LEAVE, W.COMMUNITY, id="a CTO is community, from leave too"),
        pytest.param(S.CONDITIONAL_DISCHARGE, None, W.COMMUNITY, id="nothing recorded"),
        pytest.param(S.CONDITIONAL_DISCHARGE, W.APPROVED_PREMISES, None, id="approved premises are community already"),
        pytest.param(S.COMMUNITY_TREATMENT, W.CUSTODY, None, id="in prison on another matter: stays there"),
        pytest.param(S.GUARDIANSHIP, W.HOSPITAL, W.COMMUNITY, id="guardianship is community"),
        pytest.param(S.UNESCORTED_LEAVE, W.HOSPITAL, None, id="unescorted leave by day: still in hospital (R24)"),
        pytest.param(S.OVERNIGHT_LEAVE, W.HOSPITAL, W.HOSPITAL_LEAVE, id="overnight leave"),
        pytest.param(S.RECALLED, W.COMMUNITY, W.HOSPITAL, id="recalled to hospital"),
        pytest.param(S.RECALLED, W.UNLAWFULLY_AT_LARGE, None, id="recalled and not found"),
        pytest.param(S.DETAINED, W.CUSTODY, W.HOSPITAL, id="moved from prison"),
        pytest.param(S.DETAINED, W.DEAD, None, id="dead"),
    ],
)
def test_where_a_stage_puts_the_person(
    stage: HospitalStage, present: Whereabouts | None, becomes: Whereabouts | None
) -> None:
    assert whereabouts_of_stage(stage, present) is becomes
    assert bool(stage_agrees(stage, present)) is (becomes is None)


@pytest.mark.parametrize("stage", sorted(IN_COMMUNITY))
def test_stages_in_the_community_are_counted_and_do_not_pause_the_clock(stage: HospitalStage) -> None:
    """Conditional discharge, community treatment order and guardianship (R85, R52)."""
    place = whereabouts_of_stage(stage, W.HOSPITAL)
    assert place is not None
    assert counts_as_community(place, DAY, PARAMS).value
    assert not pauses_review_clock(place, DAY, PARAMS).value


@pytest.mark.parametrize("stage", sorted(set(HospitalStage) - IN_COMMUNITY))
def test_stages_in_hospital_are_not_counted_and_pause_the_clock(stage: HospitalStage) -> None:
    place = whereabouts_of_stage(stage, W.COMMUNITY)
    assert place is not None
    assert not counts_as_community(place, DAY, PARAMS).value
    assert pauses_review_clock(place, DAY, PARAMS).value


@pytest.mark.parametrize(
    ("section", "stage", "allowed"),
    [
        pytest.param(H.HOSPITAL_RESTRICTED, S.CONDITIONAL_DISCHARGE, YES, id="restricted: conditional discharge"),
        pytest.param(H.HOSPITAL, S.CONDITIONAL_DISCHARGE, NO, id="unrestricted: no conditional discharge"),
        pytest.param(H.HOSPITAL, S.COMMUNITY_TREATMENT, YES, id="unrestricted: CTO"),
        pytest.param(H.HOSPITAL_RESTRICTED, S.COMMUNITY_TREATMENT, NO, id="restricted: no CTO"),
        pytest.param(H.GUARDIANSHIP, S.COMMUNITY_TREATMENT, NO, id="guardianship: no CTO"),
        pytest.param(H.GUARDIANSHIP, S.GUARDIANSHIP, YES, id="guardianship"),
        pytest.param(H.GUARDIANSHIP, S.DETAINED, NO, id="guardianship detains nobody"),
        pytest.param(H.HOSPITAL, S.GUARDIANSHIP, NO, id="guardianship needs its order"),
        pytest.param(H.TRANSFER_RESTRICTED, S.UNESCORTED_LEAVE, YES, id="leave of a transferred prisoner"),
    ],
)
def test_which_stage_an_order_can_come_to(section: HospitalSection, stage: HospitalStage, allowed: bool) -> None:
    assert bool(may_record_stage(section, stage)) is allowed


@pytest.mark.parametrize(
    ("section", "disposal", "allowed"),
    [
        pytest.param(H.HOSPITAL_RESTRICTED, Disposal.HOSPITAL_ORDER_RESTRICTED, YES, id="37/41 on a restricted order"),
        pytest.param(H.HOSPITAL, Disposal.HOSPITAL_ORDER_RESTRICTED, NO, id="37 on a restricted order"),
        pytest.param(H.HOSPITAL_RESTRICTED, Disposal.HOSPITAL_ORDER, NO, id="37/41 on an unrestricted order"),
        pytest.param(H.INSANITY, Disposal.HOSPITAL_ORDER, YES, id="after a finding of insanity"),
        pytest.param(H.GUARDIANSHIP, Disposal.GUARDIANSHIP, YES, id="guardianship"),
        pytest.param(H.TRANSFER_RESTRICTED, Disposal.IMPRISONMENT, YES, id="a prisoner moved to hospital"),
        pytest.param(H.HOSPITAL, Disposal.IMPRISONMENT, NO, id="a hospital order on a prison sentence"),
        pytest.param(H.HOSPITAL, None, YES, id="no ground named"),
    ],
)
def test_section_and_disposal_go_together(section: HospitalSection, disposal: Disposal | None, allowed: bool) -> None:
    decision = may_record_order(section, disposal)
    assert bool(decision) is allowed
    assert allowed or [reason.rule for reason in decision.reasons] == ["R13"]


HELD = StageFacts(S.DETAINED, date(2026, 1, 5), date(2026, 3, 1))
OUT = StageFacts(S.CONDITIONAL_DISCHARGE, date(2026, 3, 2))
WARD = WhereaboutsFacts(Whereabouts.HOSPITAL, date(2026, 1, 5), date(2026, 3, 1))
AT_HOME = WhereaboutsFacts(Whereabouts.COMMUNITY, date(2026, 3, 2))
AT_ODDS = "They are recorded as “In the community” from 2 March 2026, and the order would say “Detained, without leave”"


@pytest.mark.parametrize(
    ("right", "stays", "reason", "refused"),
    [
        pytest.param(replace(OUT, kind=S.GUARDIANSHIP), (WARD, AT_HOME), "Misread", [], id="goes with where they were"),
        pytest.param(replace(OUT, kind=S.GUARDIANSHIP), (WARD, AT_HOME), " ", ["R85"], id="no reason"),
        pytest.param(replace(OUT, kind=S.RECALLED), (WARD, AT_HOME), "Misread", ["R85"], id="they were at home"),
        pytest.param(replace(OUT, kind=S.RECALLED), (), "Misread", [], id="not known where they were"),
        pytest.param(replace(OUT, starts_on=date(2026, 3, 3)), (WARD, AT_HOME), "Misread", ["R85"], id="later"),
        pytest.param(replace(OUT, starts_on=date(2026, 3, 1)), (WARD, AT_HOME), "Misread", ["R85"], id="earlier"),
        pytest.param(replace(OUT, starts_on=date(2026, 1, 5)), (), "Misread", ["R85"], id="no day left before it"),
        pytest.param(replace(OUT, starts_on=date(2026, 1, 6)), (), "Misread", [], id="one day left before it"),
    ],
)
def test_a_stage_put_right_contradicts_no_stay(
    right: StageFacts, stays: tuple[WhereaboutsFacts, ...], reason: str, refused: list[str]
) -> None:
    decision = may_correct_stage(OUT, right, [HELD, OUT], stays, unchanged=False, reason=reason)
    assert [each.rule for each in decision.reasons if not decision] == refused
    assert not may_correct_stage(OUT, OUT, [HELD, OUT], stays, unchanged=True, reason="Misread")


@pytest.mark.parametrize(
    ("stays", "allowed"),
    [
        pytest.param((WARD, AT_HOME), NO, id="they were at home"),
        pytest.param((replace(WARD, ends_on=None),), YES, id="they were on the ward"),
    ],
)
def test_a_stage_taken_away_contradicts_no_stay(stays: tuple[WhereaboutsFacts, ...], allowed: bool) -> None:
    decision = may_take_stage_away(OUT, [HELD, OUT], stays, reason="Of another")
    assert bool(decision) is allowed
    assert allowed or [each.text for each in decision.reasons] == [f"{AT_ODDS}: correct where they were first"]
    assert may_take_stage_away(OUT, [OUT], stays, reason="Of another"), "without one before, none goes on"
    assert not may_take_stage_away(OUT, [OUT], stays, reason=" ")


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        pytest.param(("Ivy Rowan", "Mother", ""), YES, id="a mother"),
        pytest.param(("Ivy Rowan", "Partner", "Victim of the offence"), NO, id="a note that says victim"),
        pytest.param(("Ivy Rowan", "the complainant's sister", ""), NO, id="complainant"),
        pytest.param(("", "VICTIMS", ""), NO, id="capitals, plural"),
        pytest.param(("Victor Rowan", "Brother", "Victimless past"), YES, id="other words that begin alike"),
    ],
)
def test_victims_are_never_connected_people(words: tuple[str, ...], allowed: bool) -> None:
    decision = may_record_connection(*words)
    assert bool(decision) is allowed
    assert allowed or [reason.rule for reason in decision.reasons] == ["R82"]


@pytest.mark.parametrize(
    ("answers", "allowed"),
    [
        pytest.param({"ethnicity": "White and Black Caribbean"}, YES, id="in words"),
        pytest.param({"ethnicity": "M1"}, NO, id="a code alone"),
        pytest.param({"ethnicity": "", "disability": " "}, YES, id="nothing said"),
        pytest.param({"ethnicity": "Polish", "religion": "7"}, NO, id="one of two a code"),
    ],
)
def test_equality_data_is_in_words(answers: dict[str, str], allowed: bool) -> None:
    assert bool(may_record_equality(**answers)) is allowed


@pytest.mark.parametrize(
    ("kind", "words", "allowed"),
    [
        pytest.param(ProcessKind.VICTIM_CONTACT, ("", " "), YES, id="that it applies, without a word"),
        pytest.param(ProcessKind.VICTIM_CONTACT, ("VC-12", ""), NO, id="a reference leads to the victim (R82)"),
        pytest.param(ProcessKind.VICTIM_CONTACT, ("", "She asked to be told"), NO, id="a note about the victim (R82)"),
        pytest.param(ProcessKind.TAG, ("TAG-12", "Curfew 19:00 to 7:00"), YES, id="a tag has both"),
    ],
)
def test_of_victim_contact_no_word_is_kept(kind: ProcessKind, words: tuple[str, ...], allowed: bool) -> None:
    decision = may_record_words(kind, *words)
    assert bool(decision) is allowed
    assert allowed or [reason.rule for reason in decision.reasons] == ["R82"]


@pytest.mark.parametrize(
    ("answer", "words", "allowed"),
    [
        pytest.param(Immigration.NOT_ASKED, " ", YES, id="neither asked nor written"),
        pytest.param(Immigration.NOT_ASKED, "Settled status", NO, id="words without an answer"),
        pytest.param(Immigration.NONE, "Irish citizen", YES, id="an answer that is no reason"),
        pytest.param(Immigration.REMOVAL, "", YES, id="an answer without words"),
        pytest.param(Immigration.IN_WORDS, "Settled status", NO, id="nobody answers that they have not answered"),
    ],
)
def test_words_of_the_immigration_status_need_an_answer(answer: Immigration, words: str, allowed: bool) -> None:
    decision = may_record_immigration(answer, words)
    assert bool(decision) is allowed
    assert allowed or [reason.rule for reason in decision.reasons] == ["R57"]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        pytest.param(Immigration.NONE, Immigration.IN_WORDS, Immigration.IN_WORDS, id="words stay a reason"),
        pytest.param(Immigration.REMOVAL, Immigration.FOREIGN, Immigration.REMOVAL, id="removal before nationality"),
        pytest.param(Immigration.IN_WORDS, Immigration.FOREIGN, Immigration.FOREIGN, id="an answer before words"),
        pytest.param(Immigration.NOT_ASKED, Immigration.NONE, Immigration.NONE, id="an answer before none"),
    ],
)
def test_of_two_answers_the_one_stands_that_asks_for_more(
    one: Immigration, other: Immigration, both: Immigration
) -> None:
    assert immigration_of_both(one, other) is both
    assert immigration_of_both(other, one) is both
