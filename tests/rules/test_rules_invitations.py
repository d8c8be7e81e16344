"""Who is invited and why, what may be answered, and when somebody is asked once more (R57, R59, R108)."""

from dataclasses import fields
from datetime import date, timedelta

import pytest

from agencies.kinds import AgencyKind
from rules.invitations import (
    INVITED,
    InviteFacts,
    asks_for_housing,
    asks_for_immigration,
    chaser_due,
    deals_with,
    housing_expected,
    housing_represented,
    may_answer,
    may_write_down,
    meeting_open_to,
    reasons_in_words,
    reasons_to_invite,
)
from rules.parameters import Override, Parameters
from rules.vocabulary import Immigration, InvitationAnswer, InviteReason, Tenure

PARAMS = Parameters()
T = date(2026, 11, 24)


def day(number: int) -> date:
    return T + timedelta(number)


def test_the_table_names_kinds_that_there_are() -> None:
    kinds = {kind for kinds in INVITED.values() for kind in kinds}
    assert kinds <= {kind.value for kind in AgencyKind}


@pytest.mark.parametrize(
    ("reasons", "because", "said"),
    [
        pytest.param([], "", "", id="none"),
        pytest.param([InviteReason.STANDING], "", "Standing member of the panel", id="one"),
        pytest.param(
            [InviteReason.LEAD, InviteReason.RESPONSIBLE, InviteReason.CHILD], "",
            "Leads the case; Responsible Authority; under 18", id="later ones begin small, but for names",
        ),
        pytest.param([InviteReason.BY_HAND], "", "Added by the unit", id="by hand"),
        pytest.param([InviteReason.TAG, InviteReason.BY_HAND], "He asked", "Electronic tag; He asked", id="in words"),
    ],
)  # fmt: skip
def test_r57_reasons_read_as_one_line(reasons: list[InviteReason], because: str, said: str) -> None:
    assert reasons_in_words(reasons, because) == said


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        pytest.param(InviteFacts(), [], id="nothing known: the Responsible Authority"),
        pytest.param(InviteFacts(child=True), [InviteReason.CHILD], id="under 18 (R30)"),
        pytest.param(InviteFacts(child_near=True), [InviteReason.CHILD_NEAR], id="a child near"),
        pytest.param(InviteFacts(immigration=True), [InviteReason.IMMIGRATION], id="removal"),
        pytest.param(InviteFacts(tagged=True), [InviteReason.TAG], id="tag"),
        pytest.param(InviteFacts(patient=True), [InviteReason.PATIENT], id="detained patient"),
        pytest.param(InviteFacts(work_restricted=True), [InviteReason.WORK], id="work"),
        pytest.param(InviteFacts(victim_contact=True), [InviteReason.VICTIM_CONTACT], id="victim contact"),
        pytest.param(InviteFacts(domestic_abuse=True), [InviteReason.DOMESTIC_ABUSE], id="domestic abuse"),
        pytest.param(InviteFacts(housed=True), [InviteReason.HOUSING], id="tenancy or homeless"),
        pytest.param(InviteFacts(in_custody=True), [InviteReason.CUSTODY], id="in custody"),
        pytest.param(InviteFacts(approved_premises=True), [InviteReason.APPROVED_PREMISES], id="approved premises"),
        pytest.param(
            InviteFacts(child=True, in_custody=True, housed=True),
            [InviteReason.CHILD, InviteReason.HOUSING, InviteReason.CUSTODY],
            id="several, in the order of the table",
        ),
    ],
)
def test_reasons_follow_from_what_is_known(facts: InviteFacts, reasons: list[InviteReason]) -> None:
    assert list(reasons_to_invite(facts)) == [InviteReason.RESPONSIBLE, *reasons]
    assert set(reasons) <= set(INVITED)


def test_category_4_is_the_only_reason_where_it_holds() -> None:
    everything = InviteFacts(**dict.fromkeys((each.name for each in fields(InviteFacts)), True))
    assert reasons_to_invite(everything) == (InviteReason.CATEGORY_4,)


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        pytest.param(Immigration.NOT_ASKED, False, id="not asked: what is not known is no reason"),
        pytest.param(Immigration.NONE, False, id="no immigration control, whatever the words"),
        pytest.param(Immigration.FOREIGN, True, id="foreign national"),
        pytest.param(Immigration.REMOVAL, True, id="removal or deportation"),
        pytest.param(Immigration.IN_WORDS, True, id="words of before, not answered yet"),
    ],
)
def test_the_answer_asks_for_immigration_enforcement(answer: Immigration, asked: bool) -> None:
    assert asks_for_immigration(answer) is asked


@pytest.mark.parametrize(
    ("tenures", "no_fixed_abode", "asked"),
    [
        pytest.param([Tenure.COUNCIL], False, True, id="tenancy of a council"),
        pytest.param([Tenure.SOCIAL], False, True, id="tenancy of a social landlord"),
        pytest.param([Tenure.TEMPORARY], False, True, id="a place that does not last"),
        pytest.param([], True, True, id="no fixed abode"),
        pytest.param([], False, True, id="no home known, as inside: homeless on release as far as is known"),
        pytest.param([Tenure.UNKNOWN], False, True, id="nobody has said whose home it is: as before"),
        pytest.param([Tenure.PRIVATE], False, False, id="rents privately"),
        pytest.param([Tenure.OWNED], False, False, id="owns it"),
        pytest.param([Tenure.FAMILY], False, False, id="with family"),
        pytest.param([Tenure.FAMILY, Tenure.COUNCIL], False, True, id="one of two homes is the council's"),
        pytest.param([Tenure.FAMILY, Tenure.OWNED], False, False, id="neither of two homes is"),
    ],
)
def test_a_tenancy_or_no_home_asks_for_housing(tenures: list[Tenure], no_fixed_abode: bool, asked: bool) -> None:
    assert asks_for_housing(tenures, no_fixed_abode=no_fixed_abode) is asked


def test_category_4_asks_for_the_division_alone() -> None:
    assert INVITED[InviteReason.CATEGORY_4] == ("national_security",)


@pytest.mark.parametrize(
    ("kind", "restricted", "asked"),
    [
        pytest.param("mental_health_casework", True, True, id="restricted: the Ministry's casework"),
        pytest.param("mental_health_casework", None, True, id="no order recorded: the Ministry's casework"),
        pytest.param("mental_health_casework", False, False, id="no restriction: none of the Ministry's business"),
        pytest.param("health_trust", False, True, id="no restriction: the clinician all the same"),
    ],
)
def test_casework_is_asked_unless_there_is_no_restriction(kind: str, restricted: bool | None, asked: bool) -> None:
    assert kind in INVITED[InviteReason.PATIENT]
    assert deals_with(kind, InviteFacts(patient=True, restricted=restricted)) is asked


@pytest.mark.parametrize(
    ("answer", "more", "refused"),
    [
        pytest.param(InvitationAnswer.ATTENDING, {}, "", id="attending"),
        pytest.param(InvitationAnswer.NONE, {}, "", id="taken back"),
        pytest.param(InvitationAnswer.REPORT, {}, "", id="apologies with a report"),
        pytest.param(InvitationAnswer.APOLOGIES, {}, "", id="apologies without"),
        pytest.param(InvitationAnswer.DEPUTY, {"deputy": " "}, "deputy", id="a deputy without a name"),
        pytest.param(InvitationAnswer.DEPUTY, {"deputy": "Mo Pipit"}, "", id="a deputy by name"),
        pytest.param(InvitationAnswer.NOT_NEEDED, {}, "not needed", id="not needed without a reason"),
        pytest.param(InvitationAnswer.NOT_NEEDED, {"why": "No tenancy"}, "", id="not needed because"),
        pytest.param(InvitationAnswer.ATTENDING, {"is_live": False}, "withdrawn", id="withdrawn"),
        pytest.param(InvitationAnswer.ATTENDING, {"received_on": day(1)}, "to come", id="tomorrow's answer"),
        pytest.param(InvitationAnswer.ATTENDING, {"received_on": day(0)}, "", id="today's answer"),
        pytest.param(InvitationAnswer.ATTENDING, {"received_on": day(-1)}, "", id="yesterday's answer"),
    ],
)
def test_an_answer_says_what_it_needs_to(answer: InvitationAnswer, more: dict[str, object], refused: str) -> None:
    given = {"deputy": "", "why": "", "is_live": True, "received_on": T, "today": T}
    decision = may_answer(answer, **(given | more))  # type: ignore[arg-type]
    assert bool(decision) is (not refused)
    assert refused in " ".join(reason.text for reason in decision.reasons)


@pytest.mark.parametrize(
    ("name", "allowed"), [pytest.param("", False, id="nobody"), pytest.param("Elm", True, id="by")]
)
def test_what_is_written_down_came_from_somebody(name: str, allowed: bool) -> None:
    assert bool(may_write_down(received_from=name)) is allowed


@pytest.mark.parametrize(
    ("ahead", "stage"),
    [
        pytest.param(8, None, id="the day before the first stage"),
        pytest.param(7, 1, id="a week before"),
        pytest.param(6, 1, id="the day after"),
        pytest.param(3, 1, id="the day before the last stage"),
        pytest.param(2, 2, id="two days before"),
        pytest.param(0, 2, id="on the day itself"),
        pytest.param(-1, None, id="over"),
    ],
)
def test_who_has_not_answered_is_asked_in_two_stages(ahead: int, stage: int | None) -> None:
    assert chaser_due(day(ahead), PARAMS, today=T) == stage


def test_an_area_may_ask_earlier_and_keep_a_case_open_for_less_time() -> None:
    params = Parameters(
        [Override("first_chaser", 10, T, "Agreed locally"), Override("meeting_access_kept", 5, T, "Agreed locally")]
    )
    assert chaser_due(day(10), params, today=T) == 1
    assert meeting_open_to(T, params).value == day(5)
    assert meeting_open_to(T, PARAMS).value == day(28)


@pytest.mark.parametrize(
    ("present", "represented"),
    [
        pytest.param({"housing_authority", "police"}, True, id="the council attended"),
        pytest.param({"social_landlord"}, True, id="a landlord attended"),
        pytest.param({"housing_authority", "social_landlord"}, True, id="both attended"),
        pytest.param({"police", "probation"}, False, id="neither attended"),
        pytest.param(set(), False, id="nobody attended"),
    ],
)
def test_an_area_is_represented_by_council_or_landlord(present: set[str], represented: bool) -> None:
    assert housing_represented(present).value is represented


COUNCIL, LANDLORD, POLICE, A = "housing_authority", "social_landlord", "police", InvitationAnswer


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param([(COUNCIL, A.ATTENDING), (LANDLORD, A.APOLOGIES)], True, id="one of two"),
        pytest.param([(COUNCIL, A.REPORT), (LANDLORD, A.DEPUTY)], True, id="by a deputy"),
        pytest.param([(COUNCIL, A.REPORT), (LANDLORD, A.NONE)], None, id="one may still come"),
        pytest.param([(COUNCIL, A.REPORT), (POLICE, A.ATTENDING)], False, id="only a report"),
        pytest.param([(COUNCIL, A.NOT_NEEDED)], False, id="not needed"),
        pytest.param([(POLICE, A.ATTENDING)], False, id="nobody of housing invited"),
    ],
)
def test_what_the_answers_say_of_housing(answers: list[tuple[str, InvitationAnswer]], expected: bool | None) -> None:
    assert housing_expected(answers).value is expected
