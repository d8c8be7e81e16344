"""Agreements and contacts of an agency (R96)."""

from datetime import date, timedelta

import pytest

from rules.agreements import AgreementFacts, agreement_state, contacts_missing, may_sign_agreement
from rules.parameters import Override, Parameters
from rules.vocabulary import AgreementState

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
LONG_AGO = date(2020, 1, 1)
PARAMS = Parameters()
NEVER, EXPIRED, RUNNING_OUT, IN_FORCE = (
    AgreementState.NEVER_SIGNED,
    AgreementState.EXPIRED,
    AgreementState.RUNNING_OUT,
    AgreementState.IN_FORCE,
)


def until(days: int, signed: date = LONG_AGO) -> AgreementFacts:
    return AgreementFacts(signed, TODAY + timedelta(days=days))


@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        pytest.param([], NEVER, id="nothing signed (R96)"),
        pytest.param([AgreementFacts(TODAY + DAY)], NEVER, id="signed tomorrow says nothing today (R96)"),
        pytest.param([AgreementFacts(TODAY)], IN_FORCE, id="signed today, without an end (R96)"),
        pytest.param([until(-1)], EXPIRED, id="expired yesterday (R96)"),
        pytest.param([until(0)], RUNNING_OUT, id="last day today (R96)"),
        pytest.param([until(1)], RUNNING_OUT, id="last day tomorrow (R96)"),
        pytest.param([until(59)], RUNNING_OUT, id="59 days left (R96)"),
        pytest.param([until(60)], RUNNING_OUT, id="60 days left (R96)"),
        pytest.param([until(61)], IN_FORCE, id="61 days left (R96)"),
        pytest.param([until(-400), until(200)], IN_FORCE, id="signed anew after the old one (R96)"),
        pytest.param([until(200), until(-400)], IN_FORCE, id="in whatever order (R96)"),
        pytest.param([until(-1), until(400, TODAY + DAY)], EXPIRED, id="the new one is not signed yet (R96)"),
        pytest.param([until(-1), AgreementFacts(LONG_AGO)], IN_FORCE, id="one of two has no end (R96)"),
    ],
)
def test_state_on_a_day(signed: list[AgreementFacts], expected: AgreementState) -> None:
    answer = agreement_state(signed, PARAMS, today=TODAY)
    assert answer.value is expected
    assert [reason.rule for reason in answer.reasons] == ["R96"]


def test_an_area_may_look_further() -> None:
    further = Parameters([Override("agreement_ending_alert", 90, LONG_AGO, "The board meets every quarter")])
    assert agreement_state([until(90)], further, today=TODAY).value is RUNNING_OUT
    assert agreement_state([until(91)], further, today=TODAY).value is IN_FORCE


@pytest.mark.parametrize(
    ("signed_on", "expires_on", "allowed"),
    [
        pytest.param(TODAY - DAY, None, True, id="signed yesterday, no end (R96)"),
        pytest.param(TODAY, TODAY, True, id="signed today for a day (R96)"),
        pytest.param(TODAY + DAY, None, False, id="not signed yet (R96)"),
        pytest.param(TODAY, TODAY - DAY, False, id="over before it was signed (R96)"),
        pytest.param(LONG_AGO, TODAY - DAY, True, id="an old one, for the record (R96)"),
    ],
)
def test_what_may_be_recorded(signed_on: date, expires_on: date | None, allowed: bool) -> None:
    assert bool(may_sign_agreement(signed_on, expires_on, today=TODAY)) is allowed


@pytest.mark.parametrize(
    ("spoc", "deputy", "missing"),
    [(True, True, 0), (False, True, 1), (True, False, 1), (False, False, 2)],
)
def test_what_an_agency_lacks(spoc: bool, deputy: bool, missing: int) -> None:
    assert len(contacts_missing(has_spoc=spoc, has_deputy=deputy)) == missing
