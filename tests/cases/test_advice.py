"""The advice log: recorded on a phone, about a known person or nobody named, called back, seen by the unit alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.access import can, visible, who_can
from agencies.models import Agency, Area, Membership
from agencies.principal import Principal
from agencies.roles import Perm, Role
from cases.models import Advice, Nominal, Referral
from cases.services.advice import record_advice, settle_call_back
from mappa import clock
from rules.core import Refused
from rules.vocabulary import AdviceOutcome, Handling
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory
from tests.factories.cases import TODAY
from tests.factories.visits import day, hidden, text_of, visitor

DAY = timedelta(days=1)


@pytest.fixture
def area(db: None) -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def agency(area: Area) -> Agency:
    return AgencyFactory.create(area=area, name="Northdale probation")


@pytest.fixture
def member(area: Area) -> Membership:
    return MembershipFactory.create(area=area, role=Role.ADMINISTRATOR)


@pytest.fixture
def by(member: Membership) -> Principal:
    return Principal.for_membership(member, on=TODAY)


def give(by: Principal, area: Area, **more: Any) -> Advice:
    said: dict[str, Any] = {
        "area_id": area.pk, "asked_by": "A social worker", "said": "Refer him", "outcome": AdviceOutcome.REFER,
        "given_on": TODAY,
    }  # fmt: skip
    return record_advice(by=by, today=TODAY, **{**said, **more})


def sent(page: Any, **more: str) -> dict[str, str]:
    return {
        **hidden(page), "asked_by": "A social worker", "said": "Refer him", "outcome": "refer",
        **day("given_on", TODAY.isoformat()), **more,
    }  # fmt: skip


class TestServices:
    def test_advice_about_nobody_named_is_the_units(self, area: Area, agency: Agency, by: Principal) -> None:
        stored = give(by, area, agency_id=agency.pk)
        for role in Role:
            if role is Role.SYSTEM:
                continue
            here = MembershipFactory.create(area=area, agency=agency, role=role)
            there = MembershipFactory.create(area=AreaFactory.create(), role=role)
            for membership, expected in ((here, role in (Role.COORDINATOR, Role.ADMINISTRATOR)), (there, False)):
                principal = Principal.for_membership(membership, on=TODAY)
                assert visible(principal, Advice.objects.all(), Perm.ADVICE_RECORD).exists() is expected, role
                assert bool(can(principal, Perm.ADVICE_RECORD, stored)) is expected, role
                holders = {each.membership_id for each in who_can(Perm.ADVICE_RECORD, stored, on=TODAY)}
                assert (membership.pk in holders) is expected, role

    @pytest.mark.parametrize("handling", [Handling.RESTRICTED, Handling.CATEGORY_4])
    def test_advice_about_a_person_is_as_open_as_their_record(
        self, area: Area, by: Principal, handling: Handling
    ) -> None:
        man = make.nominal(area, handling=handling)
        Advice.objects.create(
            area=area, nominal=man, asked_by="A clerk", said="Wait", outcome=AdviceOutcome.NOTHING, given_on=TODAY,
            given_by_id=by.user_id,
        )  # fmt: skip
        assert not visible(by, Advice.objects.all(), Perm.ADVICE_RECORD).exists()

    def test_a_hidden_person_is_no_answer(self, area: Area, by: Principal) -> None:
        man = make.nominal(area, handling=Handling.CATEGORY_4)
        absent = man.pk + 1000
        texts = set()
        for nominal_id in (man.pk, absent):
            with pytest.raises(Refused) as refused:
                give(by, area, nominal_id=nominal_id)
            texts.add(str(refused.value.decision.reasons))
        assert len(texts) == 1
        assert not Advice.objects.exists()

    def test_an_agency_of_another_area_is_refused(self, area: Area, by: Principal) -> None:
        with pytest.raises(Refused, match="R97"):
            give(by, area, agency_id=AgencyFactory.create(area=AreaFactory.create()).pk)

    def test_called_back_once(self, area: Area, by: Principal) -> None:
        stored = give(by, area, outcome=AdviceOutcome.CALL_BACK, call_back_on=TODAY + DAY)
        settle_call_back(by=by, today=TODAY, advice_id=stored.pk)
        stored.refresh_from_db()
        assert stored.called_back_on == TODAY
        with pytest.raises(Refused, match="have been called back"):
            settle_call_back(by=by, today=TODAY, advice_id=stored.pk)

    def test_nobody_is_called_back_who_was_not_to_be(self, area: Area, by: Principal) -> None:
        stored = give(by, area)
        with pytest.raises(Refused, match="Nobody was to be called back"):
            settle_call_back(by=by, today=TODAY, advice_id=stored.pk)


class TestPages:
    def test_becomes_a_referral(self, area: Area, agency: Agency) -> None:
        client, membership = visitor(area)
        by = Principal.for_membership(membership, on=TODAY)
        number = make.pnc(9000009)
        advice = give(by, area, nominal_id=make.nominal(area, identifiers=(number,)).pk, agency_id=agency.pk)
        url = f"/referrals/register/?advice={advice.pk}"
        assert url in client.get("/advice/").content.decode()
        page = client.get(url)
        assert page.context["form"].initial["about"] == number.value
        said = {
            **hidden(page), **page.context["form"].initial, "category": "2", "level_asked": "2",
            **day("received_on", TODAY.isoformat()),
        }  # fmt: skip
        assert client.post(url, said).status_code == 302
        stored = Referral.objects.get()
        assert (stored.from_advice, stored.referrer, stored.agency) == (advice, "A social worker", agency)
        assert f"became referral {stored.pk}" in text_of(client.get("/advice/"))
        elsewhere = AreaFactory.create()
        other = Principal.for_membership(MembershipFactory.create(area=elsewhere, role=Role.ADMINISTRATOR), on=TODAY)
        hidden_one = give(other, elsewhere)
        assert (
            client.get(f"/referrals/register/?advice={hidden_one.pk}").context["form"].initial.get("referrer") is None
        )

    @pytest.fixture
    def unit(self, area: Area) -> Client:
        return visitor(area, Role.ADMINISTRATOR)[0]

    def test_three_fields_are_enough(self, unit: Client, area: Area) -> None:
        page = unit.get("/advice/add/")
        assert unit.post("/advice/add/", sent(page)).status_code == 302
        stored = Advice.objects.get()
        assert (stored.area, stored.nominal, stored.agency, stored.given_on) == (area, None, None, TODAY)
        assert "Nobody named" in text_of(unit.get("/advice/"))

    def test_one_person_is_taken(self, unit: Client, area: Area) -> None:
        man = make.nominal(area, family_name="Feldspar", given_names="Ivan")
        unit.post("/advice/add/", sent(unit.get("/advice/add/"), about="Feldspar"))
        assert Advice.objects.get().nominal == man
        assert "Feldspar, Ivan" in text_of(unit.get("/advice/"))

    def test_more_people_than_are_offered_are_said_to_be_there(self, area: Area, unit: Client) -> None:
        for number in range(12):
            make.nominal(area, family_name="Feldspar", given_names=f"Ash{chr(97 + number)}")
        words = text_of(unit.post("/advice/add/", sent(unit.get("/advice/add/"), about="Feldspar")))
        assert (
            "The 10 best of 12 people found. If it is none of them, enter above a number or more of the name." in words
        )
        assert words.count("Feldspar, Ash") == 10
        for each in Nominal.objects.order_by("-pk")[:2]:
            each.delete()
        words = text_of(unit.post("/advice/add/", sent(unit.get("/advice/add/"), about="Feldspar")))
        assert "Which of them?" in words
        assert "best of" not in words

    def test_several_are_offered(self, unit: Client, area: Area) -> None:
        one, other = (make.nominal(area, family_name="Feldspar", given_names=name) for name in ("Ivan", "Olav"))
        page = unit.get("/advice/add/")
        asked = unit.post("/advice/add/", sent(page, about="Feldspar"))
        assert asked.status_code == 422
        assert "Which of them?" in text_of(asked)
        assert "A social worker" in asked.content.decode()
        assert not Advice.objects.exists()
        assert unit.post("/advice/add/", sent(page, about="Feldspar", person=str(other.pk))).status_code == 302
        assert Advice.objects.get().nominal == other
        assert one.pk != other.pk

    def test_nobody_found_says_so_and_keeps_what_was_typed(self, unit: Client) -> None:
        answer = unit.post("/advice/add/", sent(unit.get("/advice/add/"), about="Xyzzyx"))
        assert answer.status_code == 422
        assert "No person is found" in text_of(answer)
        assert "Xyzzyx" in answer.content.decode()

    def test_somebody_hidden_is_not_found(self, unit: Client, area: Area) -> None:
        make.nominal(area, family_name="Feldspar", handling=Handling.CATEGORY_4)
        answer = unit.post("/advice/add/", sent(unit.get("/advice/add/"), about="Feldspar"))
        assert "No person is found" in text_of(answer)

    def test_the_log_counts_by_agency_and_filters(
        self, unit: Client, area: Area, agency: Agency, by: Principal
    ) -> None:
        give(by, area, agency_id=agency.pk)
        give(by, area, agency_id=agency.pk, outcome=AdviceOutcome.CALL_BACK, call_back_on=TODAY)
        assert "Northdale probation 2" in text_of(unit.get("/advice/"))
        waiting = unit.get("/advice/?call=to_call")
        assert "1 piece of advice" in text_of(waiting)
        aside = ": A social worker, 23 November 2026"
        assert f'Called back<span class="govuk-visually-hidden">{aside}</span>' in waiting.content.decode()
        assert "to call back today or before" in text_of(unit.get("/"))
        stored = Advice.objects.get(outcome=AdviceOutcome.CALL_BACK)
        assert unit.post(f"/advice/{stored.pk}/called-back/").status_code == 302
        assert "No advice matches" in text_of(unit.get("/advice/?call=to_call"))

    def test_a_bad_day_is_explained(self, unit: Client) -> None:
        answer = unit.post("/advice/add/", sent(unit.get("/advice/add/"), outcome="call_back"))
        assert answer.status_code == 422
        assert "Enter the day on which to call back" in text_of(answer)
        assert not Nominal.objects.exists()
