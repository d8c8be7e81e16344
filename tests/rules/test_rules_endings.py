"""Notification periods and the ends of grounds (R21 to R25, R28, R29)."""

from dataclasses import replace
from datetime import date

import pytest

from rules.core import Decision
from rules.eligibility import (
    ended_by_death,
    may_end_ground,
    may_record_supervision,
    may_revoke_notification,
    may_void_ground,
    proposed_notification_end,
    qualifying_disposal_ends_on,
    review_eligible_on,
)
from rules.endings import may_be_somewhere
from rules.facts import GroundFacts, OffenceFacts, PersonFacts
from rules.parameters import Override, Parameters
from rules.vocabulary import Disposal, EndReason, GroundKind, OffenceOutcome, OrderKind

PARAMS = Parameters()
CONVICTED = date(2019, 5, 4)
ADULT = PersonFacts("Galena", date(1980, 1, 1))
CHILD = PersonFacts("Quartz", date(2002, 1, 1))
BASE = GroundFacts(
    GroundKind.NOTIFICATION,
    CONVICTED,
    outcome=OffenceOutcome.CONVICTION,
    outcome_on=CONVICTED,
    offence=OffenceFacts("sexual-assault"),
)


def after(disposal: Disposal, months: int = 0, days: int = 0) -> GroundFacts:
    return replace(BASE, disposal=disposal, term_months=months, term_days=days)


CAUTION = replace(BASE, outcome=OffenceOutcome.CAUTION, disposal=Disposal.CAUTION)
SHPO = replace(BASE, outcome=OffenceOutcome.ORDER, order=OrderKind.SHPO, order_ends_on=date(2024, 5, 3))


@pytest.mark.parametrize(
    ("ground", "person", "last_day"),
    [
        pytest.param(after(Disposal.LIFE), ADULT, None, id="life: indefinite (R21)"),
        pytest.param(after(Disposal.IPP), ADULT, None, id="public protection: indefinite (R21)"),
        pytest.param(after(Disposal.HOSPITAL_ORDER_RESTRICTED), ADULT, None, id="restricted: indefinite (R21)"),
        pytest.param(
            after(Disposal.IMPRISONMENT, 29, 29), ADULT, date(2029, 5, 3), id="a day short of 30 months (R21)"
        ),
        pytest.param(after(Disposal.IMPRISONMENT, 30), ADULT, None, id="exactly 30 months (R21)"),
        pytest.param(after(Disposal.IMPRISONMENT, 30, 1), ADULT, None, id="30 months and a day (R21)"),
        pytest.param(after(Disposal.IMPRISONMENT, 5, 29), ADULT, date(2026, 5, 3), id="less than 6 months (R21)"),
        pytest.param(after(Disposal.IMPRISONMENT, 6), ADULT, date(2026, 5, 3), id="exactly 6 months (R21)"),
        pytest.param(after(Disposal.IMPRISONMENT, 6, 1), ADULT, date(2029, 5, 3), id="6 months and a day (R21)"),
        pytest.param(after(Disposal.SUSPENDED_IMPRISONMENT, 18), ADULT, date(2029, 5, 3), id="suspended (R21)"),
        pytest.param(after(Disposal.HOSPITAL_ORDER), ADULT, date(2026, 5, 3), id="hospital, unrestricted (R21)"),
        pytest.param(CAUTION, ADULT, date(2021, 5, 3), id="caution: 2 years (R21)"),
        pytest.param(after(Disposal.CONDITIONAL_DISCHARGE, 18), ADULT, date(2020, 11, 3), id="discharge (R21)"),
        pytest.param(after(Disposal.COMMUNITY_ORDER, 24), ADULT, date(2024, 5, 3), id="community order: 5 years (R21)"),
        pytest.param(after(Disposal.FINE), ADULT, date(2024, 5, 3), id="fine: 5 years (R21)"),
        pytest.param(after(Disposal.DTO, 12), CHILD, date(2024, 5, 3), id="under 18: 10 years halved (R21)"),
        pytest.param(after(Disposal.DTO, 6), CHILD, date(2022, 11, 3), id="under 18: 7 years halved (R21)"),
        pytest.param(after(Disposal.OTHER), CHILD, date(2021, 11, 3), id="under 18: 5 years halved (R21)"),
        pytest.param(CAUTION, CHILD, date(2020, 5, 3), id="under 18: caution halved (R21)"),
        pytest.param(
            after(Disposal.CONDITIONAL_DISCHARGE, 18),
            CHILD,
            date(2020, 11, 3),
            id="under 18: discharge not halved (R21)",
        ),
        pytest.param(after(Disposal.DETENTION_250, 36), CHILD, None, id="under 18: indefinite all the same (R21)"),
        pytest.param(SHPO, ADULT, date(2024, 5, 3), id="as long as the order (R21)"),
        pytest.param(replace(SHPO, order_ends_on=None), ADULT, None, id="an order without end (R21)"),
    ],
)
def test_the_end_of_notification_is_proposed(ground: GroundFacts, person: PersonFacts, last_day: date | None) -> None:
    answer = proposed_notification_end(ground, person, PARAMS)
    assert answer.value == last_day
    assert answer.reasons[0].rule == "R21"


@pytest.mark.parametrize(
    ("born_on", "last_day"),
    [
        pytest.param(date(2001, 5, 3), date(2024, 5, 3), id="18 the day before (R21)"),
        pytest.param(date(2001, 5, 4), date(2024, 5, 3), id="18 on the day (R21)"),
        pytest.param(date(2001, 5, 5), date(2021, 11, 3), id="18 the day after: halved (R21)"),
        pytest.param(None, date(2024, 5, 3), id="date of birth unknown: as an adult (R21)"),
    ],
)
def test_halving_depends_on_age_on_the_relevant_date(born_on: date | None, last_day: date) -> None:
    person = PersonFacts("Quartz", born_on)
    assert proposed_notification_end(after(Disposal.COMMUNITY_ORDER, 12), person, PARAMS).value == last_day


@pytest.mark.parametrize(
    ("person", "on", "by", "allowed"),
    [
        pytest.param(ADULT, date(2034, 5, 3), "Supt Harrier", False, id="adult, the day before 15 years (R22)"),
        pytest.param(ADULT, date(2034, 5, 4), "Supt Harrier", True, id="adult, 15 years (R22)"),
        pytest.param(ADULT, date(2034, 5, 4), " ", False, id="nobody decided (R22)"),
        pytest.param(CHILD, date(2027, 5, 3), "Supt Harrier", False, id="juvenile, the day before 8 years (R22)"),
        pytest.param(CHILD, date(2027, 5, 4), "Supt Harrier", True, id="juvenile, 8 years (R22)"),
    ],
)
def test_indefinite_notification_is_revoked_on_review_only(
    person: PersonFacts, on: date, by: str, allowed: bool
) -> None:
    decision = may_revoke_notification(after(Disposal.LIFE), on, superintendent=by, person=person, params=PARAMS)
    assert bool(decision) is allowed


def test_finite_notification_is_not_reviewed() -> None:
    finite = replace(BASE, ends_on=date(2029, 5, 3))
    assert review_eligible_on(finite, ADULT, PARAMS).value is None
    assert not may_revoke_notification(
        finite, date(2040, 1, 1), superintendent="Supt Harrier", person=ADULT, params=PARAMS
    )


def test_supervision_never_extends_category_2() -> None:
    answer = qualifying_disposal_ends_on(date(2024, 3, 1), None, date(2024, 9, 1))
    assert answer.value == date(2024, 3, 1)
    assert "does not extend" in answer.reasons[1].text
    assert qualifying_disposal_ends_on(date(2024, 3, 1), date(2024, 6, 1)).value == date(2024, 6, 1)
    assert qualifying_disposal_ends_on(None, None, date(2024, 9, 1)).value is None


@pytest.mark.parametrize(
    ("starts_on", "allowed"),
    [
        pytest.param(date(2026, 3, 21), True, id="the day before repeal (R23)"),
        pytest.param(date(2026, 3, 22), False, id="the day of repeal (R23)"),
        pytest.param(date(2026, 3, 23), False, id="the day after (R23)"),
    ],
)
def test_no_new_supervision_after_its_repeal(starts_on: date, allowed: bool) -> None:
    params = Parameters((Override("supervision_repealed_on", date(2026, 3, 22), date(2026, 1, 1), "commencement"),))
    assert bool(may_record_supervision(starts_on, params)) is allowed
    assert may_record_supervision(starts_on, PARAMS), "no date set: kept as history"


def ends(ground: GroundFacts, on: date | None, why: EndReason, person: PersonFacts = ADULT) -> Decision:
    return may_end_ground(ground, on, why, person=person, params=PARAMS)


@pytest.mark.parametrize(
    ("kind", "why", "allowed"),
    [
        pytest.param(GroundKind.QUALIFYING_DISPOSAL, EndReason.LICENCE_ENDED, True, id="licence ended (R23)"),
        pytest.param(GroundKind.QUALIFYING_DISPOSAL, EndReason.NOTIFICATION_EXPIRED, False, id="not its end (R24)"),
        pytest.param(GroundKind.NOTIFICATION, EndReason.NOTIFICATION_EXPIRED, True, id="expired (R21)"),
        pytest.param(GroundKind.TERRORIST_NOTIFICATION, EndReason.NOTIFICATION_REVOKED, False, id="no review (R22)"),
        pytest.param(GroundKind.NOTIFICATION, EndReason.LICENCE_ENDED, False, id="licence is another ground (R24)"),
        pytest.param(GroundKind.OTHER_DANGEROUS, EndReason.LEVEL_2_3_ENDED, True, id="Level 2 or 3 ended (R25)"),
        pytest.param(GroundKind.NOTIFICATION, EndReason.LEVEL_2_3_ENDED, False, id="law does not end with it (R24)"),
        pytest.param(GroundKind.OTHER_DANGEROUS, EndReason.SUPERSEDED, True, id="an automatic ground came (R18)"),
        pytest.param(GroundKind.NOTIFICATION, EndReason.TRANSFERRED, True, id="transferred (R24)"),
    ],
)
def test_what_ends_a_ground(kind: GroundKind, why: EndReason, allowed: bool) -> None:
    finite = replace(BASE, kind=kind, ends_on=date(2029, 5, 3))
    assert bool(ends(finite, date(2024, 1, 1), why)) is allowed


def test_a_ground_ends_not_before_it_starts_and_not_when_void() -> None:
    assert ends(BASE, CONVICTED, EndReason.OTHER)
    assert not ends(BASE, date(2019, 5, 3), EndReason.OTHER)
    assert not ends(replace(BASE, voided=True), CONVICTED, EndReason.OTHER)


DIED = date(2024, 1, 1)


@pytest.mark.parametrize(
    ("on", "why", "died_on", "allowed"),
    [
        pytest.param(DIED, EndReason.DEATH, None, False, id="died, says nobody (R28)"),
        pytest.param(date(2023, 12, 31), EndReason.DEATH, DIED, False, id="death, the day before it (R28)"),
        pytest.param(DIED, EndReason.DEATH, DIED, True, id="death on its day (R28)"),
        pytest.param(DIED, EndReason.OTHER, DIED, True, id="something else on that day (R28)"),
        pytest.param(date(2024, 1, 2), EndReason.OTHER, DIED, False, id="prolonged beyond death (R28)"),
        pytest.param(None, EndReason.OTHER, DIED, False, id="opened again after death (R28)"),
        pytest.param(None, EndReason.DEATH, None, True, id="opened again (R24)"),
    ],
)
def test_no_ground_outlives_the_person(on: date | None, why: EndReason, died_on: date | None, allowed: bool) -> None:
    assert bool(ends(replace(BASE, ends_on=date(2023, 6, 1)), on, why, replace(ADULT, died_on=died_on))) is allowed


ELIGIBLE = date(2034, 5, 4)


@pytest.mark.parametrize(
    ("ground", "on", "why", "by", "against"),
    [
        pytest.param(BASE, ELIGIBLE, EndReason.NOTIFICATION_REVOKED, "Supt Harrier", [], id="revoked (R22)"),
        pytest.param(BASE, ELIGIBLE, EndReason.NOTIFICATION_REVOKED, "", ["R22"], id="by nobody (R22)"),
        pytest.param(
            BASE, date(2034, 5, 3), EndReason.NOTIFICATION_REVOKED, "Supt Harrier", ["R22"], id="a day early (R22)"
        ),
        pytest.param(BASE, ELIGIBLE, EndReason.NOTIFICATION_EXPIRED, "Supt Harrier", ["R22"], id="expires never (R22)"),
        pytest.param(BASE, ELIGIBLE, EndReason.ORDER_ENDED, "", ["R24"], id="no order that could end (R24)"),
        pytest.param(SHPO, ELIGIBLE, EndReason.ORDER_ENDED, "", [], id="the order ended (R21)"),
        pytest.param(
            replace(BASE, ends_on=ELIGIBLE, end_reason=EndReason.NOTIFICATION_REVOKED), date(2034, 5, 6),
            EndReason.NOTIFICATION_EXPIRED, "", ["R22"], id="what was revoked has not expired (R22)",
        ),
        pytest.param(
            replace(BASE, ends_on=ELIGIBLE, end_reason=EndReason.NOTIFICATION_REVOKED), date(2034, 5, 6),
            EndReason.NOTIFICATION_REVOKED, "Supt Harrier", [], id="the day of revocation corrected (R22)",
        ),
    ],
)  # fmt: skip
def test_indefinite_notification_ends_on_review_only(
    ground: GroundFacts, on: date, why: EndReason, by: str, against: list[str]
) -> None:
    decision = may_end_ground(ground, on, why, person=ADULT, params=PARAMS, superintendent=by)
    assert [reason.rule for reason in decision.reasons if not decision] == against


@pytest.mark.parametrize(
    ("until", "allowed"),
    [
        pytest.param(date(2023, 12, 31), True, id="the day before"),
        pytest.param(date(2024, 1, 1), False, id="the day of death itself"),
        pytest.param(date(2024, 1, 2), False, id="the day after"),
    ],
)
def test_from_the_day_of_death_on_nobody_is_anywhere(until: date, allowed: bool) -> None:
    decision = may_be_somewhere(until, died_on=date(2024, 1, 1))
    assert bool(decision) is allowed
    assert (
        [str(each) for each in decision.reasons] == []
        if allowed
        else ["The person is recorded as dead from 1 January 2024. If that is wrong, correct it, with the reason (R28)"]
    )
    assert may_be_somewhere(until, died_on=None)


def test_death_ends_what_was_open_on_its_day() -> None:
    died = date(2024, 1, 1)
    over = replace(BASE, ends_on=date(2023, 12, 31))
    last_day = replace(BASE, ends_on=died)
    void = replace(BASE, voided=True)
    later = replace(BASE, starts_on=date(2024, 1, 2))
    after_death = ended_by_death([BASE, over, last_day, void, later], died)
    assert (after_death[0].ends_on, after_death[0].end_reason) == (died, EndReason.DEATH)
    assert after_death[1:] == (over, last_day, void, later)


def test_voiding_needs_a_reason_and_happens_once() -> None:
    assert may_void_ground(BASE, reason="conviction quashed")
    assert not may_void_ground(BASE, reason=" ")
    assert not may_void_ground(replace(BASE, voided=True), reason="again")
