"""Which ground may be recorded (R9 to R20, R28)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules.eligibility import (
    GroundFacts,
    OffenceFacts,
    PersonFacts,
    category_3_may_start_on,
    disposal_qualifies,
    may_record_ground,
)
from rules.offences import listed_offences, offence_in_table
from rules.parameters import Override, Parameters
from rules.vocabulary import Disposal, GroundKind, OffenceOutcome, OrderKind

PARAMS = Parameters()
ADULT = PersonFacts("Galena", date(1980, 5, 1))
SENTENCED = date(2023, 6, 1)
TODAY = date(2026, 11, 23)

WOUNDING = OffenceFacts("wounding-with-intent")
COERCIVE = OffenceFacts("coercive-behaviour")
COMMON_ASSAULT = OffenceFacts("", "Common assault")

PRISON = GroundFacts(
    GroundKind.QUALIFYING_DISPOSAL,
    SENTENCED,
    date(2028, 5, 31),
    outcome=OffenceOutcome.CONVICTION,
    outcome_on=date(2023, 5, 2),
    offence=WOUNDING,
    disposal=Disposal.IMPRISONMENT,
    term_months=60,
)
REGISTERED = GroundFacts(
    GroundKind.NOTIFICATION,
    date(2019, 5, 4),
    date(2029, 5, 3),
    outcome=OffenceOutcome.CONVICTION,
    outcome_on=date(2019, 5, 4),
    offence=OffenceFacts("sexual-assault"),
    disposal=Disposal.IMPRISONMENT,
    term_months=18,
)
DANGEROUS = GroundFacts(
    GroundKind.OTHER_DANGEROUS,
    date(2024, 1, 10),
    outcome=OffenceOutcome.CONVICTION,
    outcome_on=date(2023, 11, 1),
    offence=COMMON_ASSAULT,
    finding_capacity="three assaults of rising force",
    finding_current="threats to a new partner",
)
TERRORIST = replace(
    PRISON, kind=GroundKind.TERRORIST_DISPOSAL, offence=OffenceFacts("", "Theft"), terrorist_offence=True
)
NOTIFIED = replace(REGISTERED, kind=GroundKind.TERRORIST_NOTIFICATION, terrorist_offence=True)
TERRORISM_RISK = replace(DANGEROUS, kind=GroundKind.TERRORISM_RISK, finding_capacity="")


def rules_against(new: GroundFacts, *others: GroundFacts, params: Parameters = PARAMS) -> list[str]:
    decision = may_record_ground(new, others, ADULT, params, today=TODAY)
    return [] if decision else [reason.rule for reason in decision.reasons]


def warned(new: GroundFacts) -> list[str]:
    return [reason.rule for reason in may_record_ground(new, (), ADULT, PARAMS, today=TODAY).warnings]


@pytest.mark.parametrize(
    ("disposal", "months", "days", "qualifies", "rule"),
    [
        pytest.param(Disposal.IMPRISONMENT, 11, 0, False, "R11", id="11 months (R11)"),
        pytest.param(Disposal.IMPRISONMENT, 0, 364, False, "R11", id="364 days (R11)"),
        pytest.param(Disposal.IMPRISONMENT, 0, 366, True, "R11", id="366 days, the year from 1 June 2023 (R11)"),
        pytest.param(Disposal.IMPRISONMENT, 11, 29, False, "R11", id="11 months and 29 days, a day short (R11)"),
        pytest.param(Disposal.IMPRISONMENT, 12, 0, True, "R11", id="exactly 12 months (R11)"),
        pytest.param(Disposal.IMPRISONMENT, 12, 1, True, "R11", id="12 months and a day (R11)"),
        pytest.param(Disposal.IMPRISONMENT, 0, 0, False, "R11", id="length not given (R11)"),
        pytest.param(Disposal.SUSPENDED_IMPRISONMENT, 11, 0, False, "R11", id="11 months suspended (R11)"),
        pytest.param(Disposal.SUSPENDED_IMPRISONMENT, 12, 0, True, "R11", id="exactly 12 months suspended (R11)"),
        pytest.param(Disposal.YOI_DETENTION, 12, 0, True, "R11", id="young offender institution, 12 months (R11)"),
        pytest.param(Disposal.DTO, 10, 0, False, "R12", id="detention and training order, 10 months (R12)"),
        pytest.param(Disposal.DTO, 12, 0, True, "R12", id="detention and training order, 12 months (R12)"),
        pytest.param(Disposal.DETENTION_250, 11, 0, False, "R12", id="section 250, 11 months (R12)"),
        pytest.param(Disposal.DETENTION_250, 12, 0, True, "R12", id="section 250, 12 months (R12)"),
        pytest.param(Disposal.DETENTION_HMP, 0, 0, True, "R12", id="His Majesty's pleasure, no length (R12)"),
        pytest.param(Disposal.EXTENDED, 0, 0, True, "R12", id="extended detention, no length (R12)"),
        pytest.param(Disposal.LIFE, 0, 0, True, "R10", id="life (R10)"),
        pytest.param(Disposal.HOSPITAL_ORDER, 0, 0, True, "R13", id="hospital order (R13)"),
        pytest.param(Disposal.HOSPITAL_ORDER_RESTRICTED, 0, 0, True, "R13", id="restricted hospital order (R13)"),
        pytest.param(Disposal.GUARDIANSHIP, 0, 0, True, "R13", id="guardianship (R13)"),
        pytest.param(Disposal.COMMUNITY_ORDER, 24, 0, False, "R10", id="community order of two years (R10)"),
        pytest.param(Disposal.FINE, 0, 0, False, "R10", id="fine (R10)"),
    ],
)
def test_qualifying_disposals(disposal: Disposal, months: int, days: int, qualifies: bool, rule: str) -> None:
    decision = disposal_qualifies(replace(PRISON, disposal=disposal, term_months=months, term_days=days), PARAMS)
    assert bool(decision) is qualifies
    assert decision.reasons[0].rule == rule


@pytest.mark.parametrize("outcome", [OffenceOutcome.INSANITY, OffenceOutcome.DISABILITY])
@pytest.mark.parametrize(
    ("disposal", "against"),
    [
        pytest.param(Disposal.HOSPITAL_ORDER, [], id="admitted to hospital (R14)"),
        pytest.param(Disposal.GUARDIANSHIP, [], id="guardianship (R14)"),
        pytest.param(Disposal.OTHER, ["R14"], id="another order (R14)"),
        pytest.param(Disposal.IMPRISONMENT, ["R14"], id="a prison term cannot follow a finding (R14)"),
    ],
)
def test_findings_need_hospital_or_guardianship(
    outcome: OffenceOutcome, disposal: Disposal, against: list[str]
) -> None:
    assert rules_against(replace(PRISON, outcome=outcome, disposal=disposal)) == against


@pytest.mark.parametrize(
    ("new", "against"),
    [
        pytest.param(PRISON, [], id="listed offence, long enough (R10)"),
        pytest.param(replace(PRISON, offence=COMMON_ASSAULT), ["R10"], id="common assault is not listed (R10)"),
        pytest.param(replace(PRISON, offence=None), ["R10"], id="no offence (R10)"),
        pytest.param(replace(PRISON, outcome_on=None), ["R10"], id="no day of conviction (R10)"),
        pytest.param(replace(PRISON, disposal=None), ["R10"], id="no disposal (R10)"),
        pytest.param(replace(PRISON, outcome=OffenceOutcome.CAUTION), ["R10"], id="a caution is not enough (R10)"),
        pytest.param(replace(PRISON, service_court=True), ["R20"], id="a service court (R20)"),
        pytest.param(replace(PRISON, offence=OffenceFacts("murder"), disposal=Disposal.LIFE), [], id="murder (R10)"),
        pytest.param(replace(PRISON, offence=OffenceFacts("class-a-supply-to-child")), [], id="s.327(4A) (R10)"),
        pytest.param(
            replace(PRISON, offence=COMMON_ASSAULT, term_months=6),
            ["R10", "R11"],
            id="both wrong, both said (R10, R11)",
        ),
        pytest.param(replace(PRISON, starts_on=date(2023, 5, 1)), ["R7"], id="starts before conviction (R7)"),
        pytest.param(replace(PRISON, ends_on=date(2023, 5, 31)), ["R7"], id="ends before it starts (R7)"),
    ],
)
def test_category_2(new: GroundFacts, against: list[str]) -> None:
    assert rules_against(new) == against


def test_a_total_of_consecutive_terms_needs_a_named_confirmation() -> None:
    added = replace(PRISON, term_months=16, total_of_consecutive_terms=True)
    assert rules_against(added) == ["R16"]
    confirmed = replace(added, legal_confirmation="A. Heron, legal adviser")
    assert rules_against(confirmed) == []
    assert warned(confirmed) == ["R16"]
    assert rules_against(replace(confirmed, term_months=11)) == ["R11"]


def coercive(convicted_on: date, starts_on: date, ends_on: date = date(2026, 6, 30)) -> GroundFacts:
    return replace(
        PRISON,
        offence=COERCIVE,
        outcome_on=convicted_on,
        starts_on=starts_on,
        ends_on=ends_on,
        disposal=Disposal.SUSPENDED_IMPRISONMENT,
        term_months=18,
    )


@pytest.mark.parametrize(
    ("ground", "answer", "against", "warnings"),
    [
        pytest.param(coercive(date(2025, 2, 2), date(2025, 2, 3)), "warn", [], ["R15"], id="day before: warn (R15)"),
        pytest.param(
            coercive(date(2025, 2, 2), date(2025, 2, 3)), "refuse", ["R15"], [], id="day before: refuse (R15)"
        ),
        pytest.param(coercive(date(2025, 2, 2), date(2025, 2, 3)), "allow", [], [], id="day before: allow (R15)"),
        pytest.param(coercive(date(2025, 2, 3), date(2025, 2, 3)), "refuse", [], [], id="3 February 2025 (R15)"),
        pytest.param(coercive(date(2025, 2, 4), date(2025, 2, 4)), "refuse", [], [], id="day after (R15)"),
        pytest.param(
            coercive(date(2024, 6, 1), date(2024, 6, 1)), "warn", ["R15"], [], id="status before the change (R15)"
        ),
        pytest.param(
            coercive(date(2024, 6, 1), date(2024, 6, 1), date(2025, 2, 2)), "allow", ["R15"], [], id="ran out (R15)"
        ),
        pytest.param(
            coercive(date(2024, 6, 1), date(2025, 2, 3), date(2025, 2, 3)), "warn", [], ["R15"], id="its last day (R15)"
        ),
    ],
)
def test_coercive_behaviour(ground: GroundFacts, answer: str, against: list[str], warnings: list[str]) -> None:
    params = Parameters((Override("earlier_coercive_behaviour", answer, date(2025, 1, 1), "legal advice"),))
    decision = may_record_ground(ground, (), ADULT, params, today=TODAY)
    assert [reason.rule for reason in decision.reasons if not decision] == against
    assert [reason.rule for reason in decision.warnings] == warnings


def test_earlier_coercive_behaviour_warns_unless_an_area_decides() -> None:
    assert warned(coercive(date(2025, 1, 20), date(2025, 2, 10))) == ["R15"]


@pytest.mark.parametrize(
    ("new", "against"),
    [
        pytest.param(REGISTERED, [], id="conviction (R9)"),
        pytest.param(replace(REGISTERED, outcome=OffenceOutcome.CAUTION), [], id="caution (R9)"),
        pytest.param(replace(REGISTERED, outcome=OffenceOutcome.INSANITY), [], id="insanity (R9)"),
        pytest.param(replace(REGISTERED, outcome=OffenceOutcome.DISABILITY), [], id="disability (R9)"),
        pytest.param(replace(REGISTERED, outcome=None), ["R9"], id="nothing (R9)"),
        pytest.param(replace(REGISTERED, offence=None), ["R9"], id="a conviction for what? (R9)"),
        pytest.param(
            replace(REGISTERED, outcome=OffenceOutcome.ORDER, order=OrderKind.SHPO, offence=None), [], id="SHPO (R9)"
        ),
        pytest.param(
            replace(REGISTERED, outcome=OffenceOutcome.ORDER, order=OrderKind.SRO_BREACH, offence=None),
            [],
            id="sexual risk order breached (R9)",
        ),
        pytest.param(
            replace(REGISTERED, outcome=OffenceOutcome.ORDER, offence=None), ["R9"], id="an order without one (R9)"
        ),
        pytest.param(replace(REGISTERED, service_court=True), [], id="notification after a court martial (R20)"),
    ],
)
def test_category_1(new: GroundFacts, against: list[str]) -> None:
    assert rules_against(new) == against


@pytest.mark.parametrize(
    ("ends_on", "warnings"),
    [
        pytest.param(date(2029, 5, 2), ["R21"], id="a day before the proposal (R21)"),
        pytest.param(date(2029, 5, 3), [], id="as proposed (R21)"),
        pytest.param(date(2029, 5, 4), ["R21"], id="a day after the proposal (R21)"),
        pytest.param(None, ["R21"], id="indefinite, as the court said (R21)"),
    ],
)
def test_another_end_of_notification_is_taken_with_a_warning(ends_on: date | None, warnings: list[str]) -> None:
    assert warned(replace(REGISTERED, ends_on=ends_on)) == warnings


@pytest.mark.parametrize(
    ("new", "against"),
    [
        pytest.param(DANGEROUS, [], id="offence and both findings (R17)"),
        pytest.param(replace(DANGEROUS, outcome=OffenceOutcome.REPRIMAND_OR_WARNING), [], id="a reprimand (R17)"),
        pytest.param(replace(DANGEROUS, finding_capacity=" "), ["R17"], id="no finding of capacity (R17)"),
        pytest.param(replace(DANGEROUS, finding_current=""), ["R17"], id="no finding of now (R17)"),
        pytest.param(replace(DANGEROUS, outcome=None), ["R17"], id="no offence: a police matter (R17)"),
        pytest.param(replace(DANGEROUS, outcome=OffenceOutcome.ORDER), ["R17"], id="a civil order only (R17)"),
    ],
)
def test_category_3(new: GroundFacts, against: list[str]) -> None:
    assert rules_against(new) == against


def test_nobody_without_an_offence_is_created_but_the_other_road_is_shown() -> None:
    decision = may_record_ground(replace(DANGEROUS, offence=None), (), ADULT, PARAMS, today=TODAY)
    assert "Potentially Dangerous Person" in decision.reasons[0].text


@pytest.mark.parametrize(
    ("new", "against"),
    [
        pytest.param(TERRORIST, [], id="disposal (R19)"),
        pytest.param(replace(TERRORIST, terrorist_offence=False), ["R19"], id="theft is no terrorist offence (R19)"),
        pytest.param(replace(TERRORIST, service_court=True), [], id="a service court (R20)"),
        pytest.param(replace(TERRORIST, term_months=11), ["R11"], id="11 months (R11, R19)"),
        pytest.param(replace(TERRORIST, outcome=OffenceOutcome.CAUTION), ["R19"], id="caution (R19)"),
        pytest.param(NOTIFIED, [], id="notification (R19)"),
        pytest.param(replace(NOTIFIED, terrorist_offence=False), ["R19"], id="notification for theft (R19)"),
        pytest.param(replace(NOTIFIED, outcome=None), ["R19"], id="of what? (R19)"),
        pytest.param(replace(NOTIFIED, offence=None), ["R19"], id="convicted of what? (R19)"),
        pytest.param(replace(NOTIFIED, outcome=OffenceOutcome.ORDER), ["R19"], id="an order without one (R19)"),
        pytest.param(
            replace(NOTIFIED, outcome=OffenceOutcome.ORDER, order=OrderKind.SHPO), ["R19"], id="another order (R19)"
        ),
        pytest.param(
            replace(
                NOTIFIED,
                outcome=OffenceOutcome.ORDER,
                order=OrderKind.NOTIFICATION_ORDER,
                offence=None,
                terrorist_offence=False,
            ),
            [],
            id="a notification order alone (R19)",
        ),
        pytest.param(TERRORISM_RISK, [], id="any offence and a belief (R19)"),
        pytest.param(replace(TERRORISM_RISK, finding_current=" "), ["R19"], id="no belief (R19)"),
        pytest.param(replace(TERRORISM_RISK, offence=None), ["R19"], id="a belief without offence (R19)"),
    ],
)
def test_category_4(new: GroundFacts, against: list[str]) -> None:
    assert rules_against(new) == against


@pytest.mark.parametrize(
    ("starts_on", "against"),
    [
        pytest.param(date(2028, 5, 30), ["R18"], id="the day before the licence ends (R18)"),
        pytest.param(date(2028, 5, 31), ["R18"], id="the last day of the licence (R18)"),
        pytest.param(date(2028, 6, 1), [], id="the day after (R18)"),
    ],
)
def test_category_3_stands_alone(starts_on: date, against: list[str]) -> None:
    third = replace(DANGEROUS, starts_on=starts_on)
    assert rules_against(third, PRISON) == against
    assert rules_against(third, replace(PRISON, voided=True)) == []
    assert rules_against(PRISON, third) == against, "whichever is recorded second"
    assert rules_against(third, TERRORISM_RISK) == ["R18"], "discretionary Category 4 counts too"


def test_automatic_grounds_may_run_together() -> None:
    assert rules_against(PRISON, REGISTERED) == []


@pytest.mark.parametrize(
    ("others", "decided_on", "starts_on"),
    [
        pytest.param((), date(2024, 1, 10), date(2024, 1, 10), id="no other ground: at once (R18)"),
        pytest.param((PRISON,), date(2028, 5, 30), date(2028, 6, 1), id="two days before the end (R18)"),
        pytest.param((PRISON,), date(2028, 5, 31), date(2028, 6, 1), id="on the last day (R18)"),
        pytest.param((PRISON,), date(2028, 6, 1), date(2028, 6, 1), id="the day after (R18)"),
        pytest.param((PRISON, REGISTERED), date(2028, 5, 1), date(2029, 5, 4), id="the later of two (R18)"),
        pytest.param((replace(REGISTERED, ends_on=None),), date(2028, 5, 1), None, id="indefinite: never (R18)"),
        pytest.param((replace(PRISON, voided=True),), date(2028, 5, 1), date(2028, 5, 1), id="void: at once (R29)"),
    ],
)
def test_category_3_takes_effect_the_day_after(
    others: tuple[GroundFacts, ...], decided_on: date, starts_on: date | None
) -> None:
    answer = category_3_may_start_on(others, decided_on)
    assert answer.value == starts_on
    assert answer.reasons[0].rule == "R18"


@pytest.mark.parametrize(
    ("person", "against"),
    [
        pytest.param(replace(ADULT, died_on=date(2023, 5, 31)), ["R28"], id="died the day before (R28)"),
        pytest.param(replace(ADULT, died_on=SENTENCED), [], id="died that day (R28)"),
        pytest.param(replace(ADULT, died_on=date(2024, 1, 1)), [], id="died later (R28)"),
        pytest.param(replace(ADULT, born_on=date(2024, 1, 1)), ["R7"], id="not yet born (R7)"),
    ],
)
def test_the_dead_and_the_unborn_gain_no_ground(person: PersonFacts, against: list[str]) -> None:
    ground = PRISON if person.died_on is None else replace(PRISON, ends_on=max(person.died_on, SENTENCED))
    decision = may_record_ground(ground, (), person, PARAMS, today=TODAY)
    assert [reason.rule for reason in decision.reasons if not decision] == against


def test_the_table_of_offences() -> None:
    table = listed_offences()
    assert {row.part for row in table.values()} == {"murder", "part_1", "part_2", "section_327_4a"}
    assert len(table) > 150
    for code in (
        "wounding-with-intent", "wounding", "robbery", "stalking-fear-of-violence", "child-cruelty",
        "threats-to-kill", "actual-bodily-harm", "arson", "rape", "sexual-assault", "indecent-images-making",
        "indecent-images-possession", "harassment-fear-of-violence", "strangulation",
    ):  # fmt: skip
        assert offence_in_table(code, date(2024, 1, 1)), code
    assert not [row for row in table.values() if "common assault" in row.title.lower()]


@pytest.mark.parametrize(
    ("day", "listed"),
    [
        pytest.param(date(2025, 2, 2), False, id="2 February 2025 (R15)"),
        pytest.param(date(2025, 2, 3), True, id="3 February 2025 (R15)"),
        pytest.param(date(2025, 2, 4), True, id="4 February 2025 (R15)"),
    ],
)
def test_coercive_behaviour_joins_the_table(day: date, listed: bool) -> None:
    assert (offence_in_table("coercive-behaviour", day) is not None) is listed


@pytest.mark.parametrize(
    ("last_day", "against"),
    [
        pytest.param(date(2023, 12, 31), [], id="ends the day before death (R28)"),
        pytest.param(date(2024, 1, 1), [], id="ends with death (R28)"),
        pytest.param(date(2024, 1, 2), ["R28"], id="outlives them by a day (R28)"),
        pytest.param(None, ["R28"], id="no end (R28)"),
    ],
)
def test_no_ground_outlives_the_person(last_day: date | None, against: list[str]) -> None:
    dead = replace(ADULT, died_on=date(2024, 1, 1))
    decision = may_record_ground(replace(PRISON, ends_on=last_day), (), dead, PARAMS, today=TODAY)
    assert [reason.rule for reason in decision.reasons if not decision] == against


@pytest.mark.parametrize(
    ("ahead", "allowed"),
    [
        pytest.param(-1, True, id="yesterday (R7)"),
        pytest.param(0, True, id="today (R7)"),
        pytest.param(1, False, id="tomorrow (R7)"),
    ],
)
def test_what_has_not_happened_gives_no_ground(ahead: int, allowed: bool) -> None:
    day = TODAY + timedelta(ahead)
    against = [] if allowed else ["R7"]
    assert rules_against(replace(PRISON, disposal_on=day, starts_on=date(2026, 1, 1))) == against
    assert rules_against(replace(REGISTERED, outcome_on=date(2026, 1, 1), starts_on=day, ends_on=None)) == against
    convicted = replace(PRISON, outcome_on=day, starts_on=day, ends_on=None)
    assert set(rules_against(convicted)) == set(against)
    assert rules_against(replace(DANGEROUS, starts_on=day)) == [], "a decision may lie ahead (R18)"


@pytest.mark.parametrize(
    ("starts_on", "rules"),
    [
        pytest.param(date(2028, 6, 1), [], id="the day after the licence ends (R18)"),
        pytest.param(date(2028, 6, 2), ["R18"], id="a day without status before it (R18)"),
    ],
)
def test_a_decision_ahead_that_leaves_a_gap_warns(starts_on: date, rules: list[str]) -> None:
    decision = may_record_ground(replace(DANGEROUS, starts_on=starts_on), [PRISON], ADULT, PARAMS, today=TODAY)
    assert decision
    assert [reason.rule for reason in decision.warnings] == rules


def test_days_in_the_wrong_order_are_said_alone() -> None:
    wrong = replace(DANGEROUS, ends_on=date(2024, 1, 9), offence=None)
    assert rules_against(wrong, PRISON) == ["R7"]
