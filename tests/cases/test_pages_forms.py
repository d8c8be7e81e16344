"""The form pages about a nominal: what is saved, what is refused and how that is said."""

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client

from agencies.models import Area, Membership
from agencies.roles import Role
from cases.models import Ground, LevelSpan, Nominal, TwoPeople
from mappa import clock
from pages.dates import british_date
from rules.vocabulary import Handling, Level, Whereabouts
from tests.factories.agencies import AgencyFactory, LocalHousingAuthorityFactory, MembershipFactory, PanelAreaFactory
from tests.factories.cases import (
    LONG_AGO,
    OFFENCE,
    TODAY,
    at_level,
    meeting,
    nominal,
    notification,
    offences,
    other_dangerous,
    pnc,
    qualifying,
)
from tests.factories.visits import day, hidden, text_of, visitor

NEW = {
    "family_name": "Feldspar",
    "given_names": "Craig",
    **day("date_of_birth", "1981-03-27"),
    "sex": "male",
    "identifier_pnc": pnc(9_000_037).value,
    "names_alias": "Craig Spar\nde la Roche, Jean",
    "names_nickname": "Rocky",
}


@pytest.fixture
def acting(area: Area) -> tuple[Client, Membership]:
    clock.pretend(TODAY)
    return visitor(area)


@pytest.fixture
def client(acting: tuple[Client, Membership]) -> Client:
    return acting[0]


@pytest.fixture
def person(area: Area) -> Nominal:
    return nominal(area, family_name="Feldspar", given_names="Craig", levels=())


def send(client: Client, path: str, data: dict[str, str]) -> HttpResponse:
    """Open the form, fill it in, send it."""
    return client.post(path, {**hidden(client.get(path)), **data})


class TestAddNominal:
    def test_adds_and_leads_to_the_record(self, client: Client, area: Area) -> None:
        panel = PanelAreaFactory(area=area)
        response = send(client, "/nominals/add/", {**NEW, "panel_area": str(panel.pk)})
        added = Nominal.objects.get()
        assert response.headers["Location"] == f"/nominals/{added.pk}/"
        assert (added.name, added.area, added.panel_area) == ("Craig Feldspar", area, panel)
        assert sorted(added.aliases.values_list("kind", "family_name", "given_names")) == [
            ("alias", "Spar", "Craig"),
            ("alias", "de la Roche", "Jean"),
            ("nickname", "Rocky", ""),
        ]

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            pytest.param({"family_name": ""}, "Enter the surname, or the only name.", id="no name (R1)"),
            pytest.param(day("date_of_birth", "1981-13-27"), "Date of birth", id="no real date"),
            pytest.param(
                {"date_of_birth_day": "", "date_of_birth_month": "", "date_of_birth_year": ""},
                "Enter the date of birth, or tick that it is not known.",
                id="neither a birth date nor that it is unknown (R1)",
            ),
            pytest.param({"birth_unknown": "on"}, "not both", id="a birth date and that it is unknown"),
            pytest.param({"sex": ""}, "Choose a sex, or that it is not known.", id="no sex"),
        ],
    )
    def test_says_what_is_wrong_at_the_top_and_beside_the_field(
        self, client: Client, change: dict[str, str], message: str
    ) -> None:
        response = send(client, "/nominals/add/", {**NEW, **change})
        assert response.status_code == 422
        assert text_of(response).count(message) >= 2
        assert not Nominal.objects.exists()

    def test_a_rule_refuses_a_name_alone(self, client: Client) -> None:
        response = send(client, "/nominals/add/", {"family_name": "Slate", "birth_unknown": "on", "sex": "unknown"})
        assert response.status_code == 422
        assert "Rule R1" in text_of(response)

    def test_asks_is_it_one_of_these_before_adding(self, client: Client, area: Area) -> None:
        known = nominal(area, family_name="Other", identifiers=(pnc(9_000_037),))
        response = send(client, "/nominals/add/", NEW)
        assert response.status_code == 200
        assert "Is it one of these?" in text_of(response)
        assert "The same PNC ID" in text_of(response)
        assert f'href="/nominals/{known.pk}/"' in response.content.decode()
        assert Nominal.objects.count() == 1
        without = client.post("/nominals/add/", {**hidden(response), **NEW})
        assert without.status_code == 422
        assert text_of(without).count("Say how you know.") >= 2
        assert Nominal.objects.count() == 1
        client.post("/nominals/add/", {**hidden(without), **NEW, "another_because": "Other fingerprints."})
        mark = TwoPeople.objects.get()
        assert (mark.other, mark.reason) == (known, "Other fingerprints.")
        assert mark.one == Nominal.objects.latest("pk")

    @pytest.mark.parametrize("handling", [Handling.CATEGORY_4, Handling.RESTRICTED])
    def test_a_hidden_person_is_not_betrayed(self, client: Client, area: Area, handling: Handling) -> None:
        nominal(area, family_name="Feldspar", identifiers=(pnc(9_000_037),), handling=handling)
        assert send(client, "/nominals/add/", NEW).status_code == 302

    def test_sent_twice_adds_once(self, client: Client) -> None:
        data = {**hidden(client.get("/nominals/add/")), **NEW}
        first, second = client.post("/nominals/add/", data), client.post("/nominals/add/", data)
        assert first.headers["Location"] == second.headers["Location"]
        assert Nominal.objects.count() == 1


class TestEditNominal:
    def test_shows_what_is_saved_and_saves_the_change(self, client: Client, person: Nominal) -> None:
        path = f"/nominals/{person.pk}/edit/"
        assert 'value="Feldspar"' in client.get(path).content.decode()
        assert send(client, path, {**NEW, "family_name": "Felspar"}).status_code == 302
        person.refresh_from_db()
        assert (person.family_name, person.version) == ("Felspar", 2)

    def test_a_conflict_keeps_both_texts(self, client: Client, person: Nominal) -> None:
        path = f"/nominals/{person.pk}/edit/"
        opened = hidden(client.get(path))
        send(client, path, {**NEW, "family_name": "Theirs"})
        response = client.post(path, {**opened, **NEW, "family_name": "Mine"})
        assert response.status_code == 409
        words = text_of(response)
        assert "Theirs" in words
        assert "Mine" in words
        person.refresh_from_db()
        assert person.family_name == "Theirs"

    def test_asks_is_it_one_of_these_when_a_change_makes_them_alike(
        self, client: Client, area: Area, person: Nominal
    ) -> None:
        known = nominal(area, family_name="Other", identifiers=(pnc(9_000_037),))
        path = f"/nominals/{person.pk}/edit/"
        response = send(client, path, NEW)
        assert response.status_code == 200
        assert "Is it one of these?" in text_of(response)
        assert "The same PNC ID" in text_of(response)
        assert f'href="/nominals/{known.pk}/"' in response.content.decode()
        without = client.post(path, {**hidden(response), **NEW})
        assert without.status_code == 422
        assert text_of(without).count("Say how you know.") >= 2
        assert not person.identifiers.exists(), "nothing is saved before the answer"
        assert client.post(path, {**hidden(without), **NEW, "another_because": "Fingerprints."}).status_code == 302
        assert (person.identifiers.count(), TwoPeople.objects.get().other) == (1, known)
        assert send(client, path, {**NEW, "given_names": "Colin"}).status_code == 302, "the answer stands"

    def test_a_mark_of_two_people_does_not_silence_a_number_shared_since(
        self, client: Client, area: Area, person: Nominal
    ) -> None:
        known = nominal(area, family_name="Feldspar", identifiers=(pnc(9_000_037),))
        TwoPeople.objects.create(one=known, other=person, reason="Before", marked_on=LONG_AGO)
        path = f"/nominals/{person.pk}/edit/"
        response = send(client, path, NEW)
        assert "The same PNC ID" in text_of(response)
        client.post(path, {**hidden(response), **NEW, "another_because": "Since"})
        marks = TwoPeople.objects.order_by("pk").values_list("reason", "taken_back_on")
        assert list(marks) == [("Before", TODAY), ("Since", None)]

    def test_nothing_is_asked_when_nothing_is_changed_that_names_them(
        self, client: Client, area: Area, person: Nominal
    ) -> None:
        nominal(area, family_name="Feldspar", given_names="Craig", date_of_birth=person.date_of_birth)
        said = {"family_name": "Feldspar", "given_names": "Craig", "sex": "male"}
        said |= day("date_of_birth", person.date_of_birth.isoformat() if person.date_of_birth else "")
        assert send(client, f"/nominals/{person.pk}/edit/", said).status_code == 302

    @pytest.mark.parametrize("handling", [Handling.CATEGORY_4, Handling.RESTRICTED])
    def test_a_hidden_person_is_not_betrayed(
        self, client: Client, area: Area, person: Nominal, handling: Handling
    ) -> None:
        nominal(area, family_name="Feldspar", identifiers=(pnc(9_000_037),), handling=handling)
        assert send(client, f"/nominals/{person.pk}/edit/", NEW).status_code == 302

    def test_a_form_without_a_version_overwrites_nothing(self, client: Client, person: Nominal) -> None:
        assert client.post(f"/nominals/{person.pk}/edit/", NEW).status_code == 409

    def test_a_reader_may_not(self, area: Area, person: Nominal) -> None:
        assert visitor(area, Role.SPOC)[0].get(f"/nominals/{person.pk}/edit/").status_code == 403


class TestAddGround:
    QUALIFYING = {
        "kind": "qualifying_disposal",
        "offence": OFFENCE,
        "outcome": "conviction",
        **day("outcome_on", "2026-03-02"),
        "disposal": "imprisonment",
        **day("starts_on", "2026-03-02"),
    }
    NOTIFIED = {
        "kind": "notification",
        "offence_text": "Sexual assault",
        "outcome": "conviction",
        **day("outcome_on", "2026-03-02"),
        "disposal": "imprisonment",
        "term_months": "18",
        **day("starts_on", "2026-03-02"),
    }

    @pytest.fixture
    def path(self, person: Nominal) -> str:
        offences()
        return f"/nominals/{person.pk}/grounds/add/"

    def test_first_asks_for_the_kind(self, client: Client, path: str) -> None:
        words = text_of(client.get(path))
        assert "Category 2. Murder" in words
        assert "Category 4" not in words, "those kinds are for people with clearance"

    def test_people_with_clearance_are_offered_category_4(self, area: Area, path: str) -> None:
        clock.pretend(TODAY)
        assert "Category 4, automatic." in text_of(visitor(area, user__category_4=True)[0].get(path))

    def test_no_kind_is_said(self, client: Client, path: str) -> None:
        response = client.post(path, {"step": "choose"})
        assert response.status_code == 422
        assert "Choose what makes this person a MAPPA nominal." in text_of(response)

    def test_then_asks_for_its_facts(self, client: Client, path: str) -> None:
        words = text_of(client.post(path, {"step": "choose", "kind": "qualifying_disposal"}))
        assert "Length in months" in words
        assert "notification" not in words.lower()

    @pytest.mark.parametrize(
        ("months", "verdict"),
        [
            pytest.param("11", "Would be refused", id="11 months fall short (R11)"),
            pytest.param("12", "Can be added", id="12 months qualify (R11)"),
            pytest.param("13", "Can be added", id="13 months qualify (R11)"),
        ],
    )
    def test_the_rules_answer_without_saving(self, client: Client, path: str, months: str, verdict: str) -> None:
        response = client.post(path, {**self.QUALIFYING, "term_months": months, "step": "check"})
        assert verdict in text_of(response)
        assert "R11" in text_of(response)
        assert Ground.objects.count() == 1

    def test_a_script_gets_the_answer_alone(self, client: Client, path: str) -> None:
        response = client.post(
            path, {**self.QUALIFYING, "term_months": "11", "step": "check"}, headers={"HX-Request": "true"}
        )
        assert "<html" not in response.content.decode()
        assert "Would be refused" in text_of(response)

    def test_an_unfinished_form_is_not_scolded_by_a_script(self, client: Client, path: str) -> None:
        response = client.post(path, {"kind": "notification", "step": "check"}, headers={"HX-Request": "true"})
        assert response.status_code == 200
        assert "The rules answer here" in text_of(response)

    def test_a_refusal_keeps_what_was_typed_and_cites_the_rule(self, client: Client, path: str) -> None:
        response = client.post(path, {**self.QUALIFYING, "term_months": "11"})
        assert response.status_code == 422
        assert "Imprisonment of 11 months is less than 12 months Rule R11" in text_of(response)
        assert 'value="11"' in response.content.decode()

    def test_proposes_the_end_of_notification_and_fills_it_in(self, client: Client, path: str) -> None:
        words = text_of(client.post(path, {**self.NOTIFIED, "step": "check"}))
        assert "1 March 2036" in words
        assert "Rule R21" in words
        filled = client.post(path, {**self.NOTIFIED, "step": "use_proposed"}).content.decode()
        assert 'name="ends_on_year" type="text" value="2036"' in " ".join(filled.split()) or 'value="2036"' in filled
        assert "Use this date" not in filled

    def test_adds(self, client: Client, path: str, person: Nominal) -> None:
        response = client.post(path, {**self.QUALIFYING, "term_months": "60"})
        assert response.headers["Location"] == f"/nominals/{person.pk}/#grounds"
        ground = Ground.objects.filter(nominal=person).latest("pk")
        assert (ground.kind, ground.offence.code if ground.offence else "", ground.term_months) == (
            "qualifying_disposal",
            OFFENCE,
            60,
        )

    def test_a_decision_brings_its_level(self, client: Client, area: Area) -> None:
        new = nominal(area, family_name="Marl", grounds=(), levels=())
        said = {
            "kind": "other_dangerous",
            "offence_text": "Common assault",
            "outcome": "conviction",
            **day("outcome_on", "2026-01-05"),
            "finding_capacity": "Strangled a partner.",
            "finding_current": "New partner, threats.",
            **day("starts_on", TODAY.isoformat()),
        }
        refused = client.post(f"/nominals/{new.pk}/grounds/add/", said)
        assert refused.status_code == 422
        with_level = {
            **said,
            "level": "2",
            "level_decided_by": "referral_panel",
            "value_reasons": "Four agencies hold parts of the plan.",
            "found": "high_risk",
            "lower_level_answer": "No.",
        }
        assert client.post(f"/nominals/{new.pk}/grounds/add/", with_level).status_code == 302
        assert LevelSpan.objects.get(nominal=new).level == Level.TWO


class TestEndAndVoid:
    def test_ends_with_a_reason(self, client: Client, area: Area) -> None:
        ground = nominal(area, grounds=(notification(ends_on=TODAY),)).grounds.get()
        said = {**day("ends_on", "2026-12-31"), "end_reason": "notification_expired", "end_confirmed": "on"}
        assert send(client, f"/grounds/{ground.pk}/end/", said).status_code == 302
        ground.refresh_from_db()
        assert (ground.ends_on and ground.ends_on.isoformat(), ground.end_reason) == (
            "2026-12-31",
            "notification_expired",
        )

    def test_a_review_names_its_superintendent(self, client: Client, area: Area) -> None:
        ground = nominal(area, grounds=(notification(date(2009, 3, 2)),)).grounds.get()
        said = {**day("ends_on", TODAY.isoformat()), "end_reason": "notification_revoked"}
        response = send(client, f"/grounds/{ground.pk}/end/", said)
        assert response.status_code == 422
        assert "Name the Superintendent who decided." in text_of(response)
        named = {**said, "superintendent": "Supt Harrier"}
        assert send(client, f"/grounds/{ground.pk}/end/", named).status_code == 302
        ground.refresh_from_db()
        assert ground.end_superintendent == "Supt Harrier"

    def test_only_what_ends_such_a_ground_is_offered(self, client: Client, area: Area) -> None:
        licence = nominal(area, grounds=(qualifying(),)).grounds.get()
        words = text_of(client.get(f"/grounds/{licence.pk}/end/"))
        assert "Licence ended" in words
        assert "revoked" not in words
        assert "Superintendent" not in words

    def test_nothing_ends_by_a_death_that_nobody_recorded(self, client: Client, person: Nominal) -> None:
        ground = person.grounds.get()
        said = {**day("ends_on", TODAY.isoformat()), "end_reason": "death"}
        response = send(client, f"/grounds/{ground.pk}/end/", said)
        assert response.status_code == 422
        assert "Rule R28" in text_of(response)

    def test_an_end_before_the_start_is_refused(self, client: Client, person: Nominal) -> None:
        ground = person.grounds.get()
        said = {**day("ends_on", "2019-12-31"), "end_reason": "notification_expired"}
        response = send(client, f"/grounds/{ground.pk}/end/", said)
        assert response.status_code == 422
        assert "it cannot end before" in text_of(response)

    def test_voids(self, client: Client, person: Nominal) -> None:
        ground = person.grounds.get()
        assert send(client, f"/grounds/{ground.pk}/void/", {"reason": "Quashed on appeal"}).status_code == 302
        ground.refresh_from_db()
        assert ground.voided_on == TODAY


class TestSetLevel:
    TWO = {
        "level": "2",
        "decided_by": "referral_panel",
        **day("starts_on", TODAY.isoformat()),
        "value_reasons": "Housing and health must act together.",
        "found": "high_risk",
        "lower_level_answer": "No.",
    }

    def test_sets_it(self, client: Client, person: Nominal) -> None:
        assert send(client, f"/nominals/{person.pk}/level/", self.TWO).status_code == 302
        span = LevelSpan.objects.get(nominal=person, starts_on=TODAY)
        assert (span.level, span.decided_by) == (Level.TWO, "referral_panel")
        assert "Housing and health" in span.reason

    @pytest.mark.parametrize(
        ("change", "rule"),
        [
            pytest.param({"value_reasons": ""}, "R33", id="no reason why meetings add value (R33)"),
            pytest.param({"found": ""}, "R33", id="none of the criteria (R33)"),
            pytest.param({"level": "3"}, "R34", id="no need for senior people (R34)"),
            pytest.param({"decided_by": "screening"}, "R36", id="screening enters no Level 2 (R36)"),
        ],
    )
    def test_is_refused_with_the_rule(self, client: Client, person: Nominal, change: dict[str, str], rule: str) -> None:
        data = {key: value for key, value in {**self.TWO, **change}.items() if value}
        response = send(client, f"/nominals/{person.pk}/level/", data)
        assert response.status_code == 422
        assert f"Rule {rule}" in text_of(response)

    def test_only_levels_the_ground_allows_are_offered(self, client: Client, area: Area) -> None:
        third = nominal(area, grounds=(other_dangerous(),), levels=(at_level(Level.TWO),))
        page = client.get(f"/nominals/{third.pk}/level/").content.decode()
        assert 'value="3"' in page
        assert 'id="id_level_2"' not in page

    @pytest.mark.parametrize(
        ("level", "offered"),
        [
            pytest.param(Level.ONE, {"referral_panel", "meeting"}, id="into Level 2 or 3 (R36)"),
            pytest.param(Level.TWO, {"meeting", "chair_urgent"}, id="between them, or out (R36)"),
        ],
    )
    def test_only_bodies_that_may_decide_are_offered(
        self, client: Client, area: Area, level: Level, offered: set[str]
    ) -> None:
        man = nominal(area, levels=(at_level(level),))
        page = client.get(f"/nominals/{man.pk}/level/").content.decode()
        assert set(re.findall(r'name="decided_by"[^>]*value="([^"]+)"', page)) == offered

    def test_an_administrator_does_not_decide(self, area: Area, person: Nominal) -> None:
        response = visitor(area, Role.ADMINISTRATOR)[0].get(f"/nominals/{person.pk}/level/")
        assert response.status_code == 403


class TestTwoAtOnce:
    """A dated fact that takes the place of another is saved over nothing that its writer has not seen."""

    FORMS = (
        pytest.param("level", "levels", TestSetLevel.TWO, {"level": "3", "senior_need": "Media."},
                     ("Level 2", "Level 3"), id="level"),
        pytest.param("whereabouts", "whereabouts", {"kind": "custody", "place": "HMP Nottingham"},
                     {"place": "HMP Leicester"}, ("HMP Nottingham", "HMP Leicester"), id="whereabouts"),
        # From a day of its own: another of the same day is corrected by itself.
        pytest.param("lead-agency", "lead_agencies", {}, day("starts_on", "2026-11-20"),
                     ("First agency", "Second agency"), id="lead agency"),
        pytest.param("named-officer", "named_officers", {}, {}, ("First agency", "Second agency"), id="named officer"),
    )  # fmt: skip

    @pytest.mark.parametrize(("part", "spans", "said", "mine", "shown"), FORMS)
    def test_the_second_sees_both_texts(
        self, client: Client, area: Area, person: Nominal, part: str, spans: str, said: dict[str, str],
        mine: dict[str, str], shown: tuple[str, str],
    ) -> None:  # fmt: skip
        agencies = [AgencyFactory(area=area, name=name) for name in ("First agency", "Second agency")]
        first, second = (
            {"agency": str(agency.pk), "officer": str(MembershipFactory(area=area, agency=agency).user.pk)}
            for agency in agencies
        )
        today = day("starts_on", TODAY.isoformat())
        path = f"/nominals/{person.pk}/{part}/"
        opened = hidden(client.get(path))
        assert send(client, path, {**first, **today, **said}).status_code == 302
        theirs = list(getattr(person, spans).values())
        response = client.post(path, {**opened, **second, **today, **said, **mine})
        assert response.status_code == 409
        assert all(words in text_of(response) for words in shown)
        assert client.post(path, {**second, **today, **said, **mine}).status_code == 409, "without a version"
        assert list(getattr(person, spans).values()) == theirs
        over = {**second, **today, **said, **mine, **hidden(response)}
        assert client.post(path, over).status_code == 302
        assert list(getattr(person, spans).values()) != theirs

    def test_a_stay_that_was_seen_gives_way_and_says_so(self, client: Client, person: Nominal) -> None:
        path, today = f"/nominals/{person.pk}/whereabouts/", day("starts_on", TODAY.isoformat())
        opened = hidden(client.get(path))
        first, second = ({"kind": "custody", "place": place, **today} for place in ("HMP Nottingham", "HMP Leicester"))
        send(client, path, first)
        refused = send(client, path, second)
        assert refused.status_code == 422, "a page opened afresh writes over nothing"
        assert "Another stay is recorded from 23 November 2026, and says otherwise: correct that one" in text_of(
            refused
        )
        assert 'value="HMP Leicester"' in refused.content.decode()
        earlier = {"kind": "hospital", "place": "", **day("starts_on", LONG_AGO.isoformat())}
        shown = client.post(path, {**opened, **earlier})
        assert shown.status_code == 409
        assert client.post(path, {**hidden(shown), **earlier}).status_code == 422, "only the one that was shown"
        shown = client.post(path, {**opened, **second})
        assert client.post(path, {**hidden(shown), **second}).status_code == 302
        stay = person.whereabouts.get(starts_on=TODAY)
        assert (stay.place, stay.corrected_on) == ("HMP Leicester", TODAY)
        assert "had seen what the first recorded" in stay.correction


class TestCircumstances:
    def test_whereabouts(self, client: Client, person: Nominal) -> None:
        said = {"kind": "custody", "place": "HMP Nottingham", **day("starts_on", "2026-11-20")}
        assert send(client, f"/nominals/{person.pk}/whereabouts/", said).status_code == 302
        latest = person.whereabouts.latest("starts_on")
        assert (latest.kind, latest.place) == (Whereabouts.CUSTODY, "HMP Nottingham")

    def test_a_death_is_recorded_once_what_it_ends_was_shown(self, client: Client, area: Area) -> None:
        licence_ends, next_on = TODAY + timedelta(days=100), TODAY + timedelta(days=84)
        man = nominal(
            area, grounds=(qualifying(ends_on=licence_ends), other_dangerous(licence_ends + timedelta(days=1))),
            levels=(at_level(Level.TWO),), meetings=(meeting(TODAY - timedelta(days=28)),),
        )  # fmt: skip
        path = f"/nominals/{man.pk}/whereabouts/"

        def stands() -> list[object]:
            rows = (man.grounds, man.levels, man.whereabouts, man.obligations)
            return [list(each.order_by("pk").values()) for each in rows]

        def history() -> str:
            return text_of(client.get(f"/nominals/{man.pk}/history/"))

        stood, told = stands(), history()
        shown = send(client, path, {"kind": "dead", **day("starts_on", "2026-11-20")})
        said = text_of(shown)
        assert shown.status_code == 200
        for words in (
            ": ends on 20 November 2026, not on 3 March 2027", "from 4 March 2027: void, as it would begin later",
            "Level 2, from 6 January 2020: ends on 20 November 2026",
            "In the community, from 6 January 2020: ends on 19 November 2026",
            f"Level 2 or 3 review, due {british_date(next_on)}: called off", "Nothing has been changed yet",
        ):  # fmt: skip
            assert words in said
        assert (stands(), history()) == (stood, told), "what was tried is taken back, the evidence of it too"

        changed = client.post(path, {**hidden(shown), "change_answers": "yes"})
        assert 'value="dead"' in changed.content.decode()
        man.grounds.filter(starts_on__gt=TODAY).delete()
        again = client.post(path, hidden(shown))
        assert (again.status_code, "Look again" in text_of(again)) == (422, True)
        assert not man.whereabouts.filter(kind=Whereabouts.DEAD).exists()
        done = client.post(path, hidden(again))
        assert done.status_code == 302
        assert client.post(path, hidden(again)).headers["Location"] == done.headers["Location"], "sent twice is once"
        assert man.whereabouts.get(kind=Whereabouts.DEAD).starts_on == date(2026, 11, 20)
        assert man.grounds.get().end_reason == "death"
        assert history() != told

    def test_a_death_that_cannot_be_is_refused_before_it_is_shown(self, client: Client, person: Nominal) -> None:
        path = f"/nominals/{person.pk}/whereabouts/"
        ahead = (TODAY + timedelta(days=1)).isoformat()
        assert send(client, path, {"kind": "dead", **day("starts_on", ahead)}).status_code == 422

    def test_whereabouts_ahead_are_refused(self, client: Client, person: Nominal) -> None:
        ahead = (TODAY + timedelta(days=1)).isoformat()
        response = send(client, f"/nominals/{person.pk}/whereabouts/", {"kind": "custody", **day("starts_on", ahead)})
        assert response.status_code == 422

    def test_lead_agency_and_named_officer(self, client: Client, area: Area, person: Nominal) -> None:
        agency = AgencyFactory(area=area)
        officer = MembershipFactory(area=area, agency=agency, role=Role.PRACTITIONER).user
        from_today = day("starts_on", TODAY.isoformat())
        lead = send(client, f"/nominals/{person.pk}/lead-agency/", {"agency": str(agency.pk), **from_today})
        named = send(
            client,
            f"/nominals/{person.pk}/named-officer/",
            {"agency": str(agency.pk), "officer": str(officer.pk), **from_today},
        )
        assert (lead.status_code, named.status_code) == (302, 302)
        assert person.lead_agencies.get().agency == agency
        assert person.named_officers.get().officer == officer

    def test_an_agency_of_another_area_is_no_choice(self, client: Client, person: Nominal) -> None:
        elsewhere = AgencyFactory()
        said = {"agency": str(elsewhere.pk), **day("starts_on", TODAY.isoformat())}
        assert send(client, f"/nominals/{person.pk}/lead-agency/", said).status_code == 422

    def test_a_meeting_held(self, client: Client, area: Area) -> None:
        man = nominal(area, levels=(at_level(Level.TWO),), meetings=(meeting(TODAY - timedelta(days=100)),))
        path = f"/nominals/{man.pk}/meetings/add/"
        said = {"level": "2", **day("held_on", TODAY.isoformat()), **day("next_on", "2027-03-15")}
        response = send(client, path, said)
        assert response.headers["Location"] == f"/nominals/{man.pk}/#meetings"
        held = man.qualifying_meetings.get(held_on=TODAY)
        assert (held.level, held.next_on and held.next_on.isoformat()) == (Level.TWO, "2027-03-15")
        assert send(client, path, said).status_code == 302, "the same again does no harm"
        refused = send(client, path, said | day("next_on", "2027-02-15"))
        assert refused.status_code == 422
        assert "Another meeting is recorded as held on 23 November 2026, and says otherwise" in text_of(refused)
        assert man.qualifying_meetings.get(held_on=TODAY) == held

    @pytest.mark.parametrize(
        ("change", "rule"),
        [
            pytest.param(day("held_on", (TODAY + timedelta(days=1)).isoformat()), "R51", id="a meeting ahead"),
            pytest.param(day("held_on", "2018-01-01"), "R51", id="before there was a status"),
            pytest.param(day("next_on", TODAY.isoformat()), "R51", id="the next on the same day"),
            pytest.param(day("next_on", "2027-03-16"), "R54", id="the next a day beyond the limit (R54)"),
        ],
    )
    def test_a_meeting_that_cannot_be(self, client: Client, area: Area, change: dict[str, str], rule: str) -> None:
        man = nominal(area, levels=(at_level(Level.TWO),))
        said = {"level": "2", **day("held_on", TODAY.isoformat()), **change}
        response = send(client, f"/nominals/{man.pk}/meetings/add/", said)
        assert response.status_code == 422
        assert f"Rule {rule}" in text_of(response)
        assert not man.qualifying_meetings.exists()

    @pytest.mark.parametrize("year", ["1899", "2201", "9999"])
    def test_a_year_far_from_any_case_is_said(self, client: Client, person: Nominal, year: str) -> None:
        said = {"kind": "earliest_release", **day("falls_on", f"{year}-04-01")}
        response = send(client, f"/nominals/{person.pk}/key-dates/", said)
        assert response.status_code == 422
        assert "Date: the year must be from 1900 to 2200." in text_of(response)

    def test_key_date(self, client: Client, person: Nominal) -> None:
        said = {"kind": "earliest_release", **day("falls_on", "2027-04-01"), "certain": "on"}
        assert send(client, f"/nominals/{person.pk}/key-dates/", said).status_code == 302
        assert person.key_dates.get().certain

    def test_no_fixed_abode_needs_the_area_of_closest_links(self, client: Client, area: Area, person: Nominal) -> None:
        path, said = f"/nominals/{person.pk}/addresses/", {"abode": "none", **day("starts_on", "2026-11-01")}
        refused = send(client, path, said)
        assert refused.status_code == 422
        assert "R6" in text_of(refused)
        council = LocalHousingAuthorityFactory(area=area)
        assert send(client, path, {**said, "closest_links": str(council.pk)}).status_code == 302
        assert person.addresses.get().no_fixed_abode
        nowhere = person.addresses.get()
        page = text_of(client.get(f"/nominals/{person.pk}/"))
        assert "Correct : no fixed abode, 1 November 2026" in page
        assert "Take away : no fixed abode, 1 November 2026" in page
        assert send(client, f"/addresses/{nowhere.pk}/tenure/", {"tenure": "council"}).status_code == 422

    @pytest.mark.parametrize("typed", ["12345", "DE1 1AA an old mill", "DE1"])
    def test_what_is_no_postcode_is_refused_whole(self, client: Client, person: Nominal, typed: str) -> None:
        path = f"/nominals/{person.pk}/addresses/"
        said = {"abode": "address", "lines": "1 Toadstone Terrace", **day("starts_on", "2026-11-01")}
        refused = send(client, path, {**said, "postcode": typed})
        assert (refused.status_code, "Enter a whole postcode" in text_of(refused)) == (422, True)
        assert f'value="{typed}"' in refused.content.decode()
        assert send(client, path, {**said, "postcode": " zz99  1aa "}).status_code == 302
        assert person.addresses.get().postcode == "ZZ99 1AA"

    def test_whose_home_it_is_is_said_with_the_address_or_later(self, client: Client, person: Nominal) -> None:
        path = f"/nominals/{person.pk}/addresses/"
        said = {"abode": "address", "lines": "1 Toadstone Terrace", **day("starts_on", "2026-11-01")}
        assert send(client, path, {**said, "tenure": "private"}).status_code == 302
        home = person.addresses.get()
        page = client.get(f"/nominals/{person.pk}/").content.decode()
        assert "Rents privately" in page
        assert f"/addresses/{home.pk}/tenure/" in page
        assert send(client, f"/addresses/{home.pk}/tenure/", {"tenure": "council"}).status_code == 302
        assert person.addresses.values_list("tenure", "starts_on", "ends_on").get() == (
            "council", home.starts_on, None,
        )  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            person.addresses.update(tenure="castle")


@pytest.mark.parametrize(
    "path",
    [
        "edit",
        "grounds/add",
        "level",
        "meetings/add",
        "whereabouts",
        "lead-agency",
        "named-officer",
        "key-dates",
        "addresses",
    ],
)
class TestWhoMayUseThem:
    def test_a_hidden_person_does_not_exist(self, client: Client, area: Area, path: str) -> None:
        hidden_person = nominal(area, grounds=(notification(LONG_AGO),), handling=Handling.CATEGORY_4)
        assert client.get(f"/nominals/{hidden_person.pk}/{path}/").status_code == 404
        assert client.post(f"/nominals/{hidden_person.pk}/{path}/", {}).status_code == 404

    def test_roles_without_records(self, area: Area, person: Nominal, path: str) -> None:
        assert visitor(area, Role.LAY_ADVISER)[0].post(f"/nominals/{person.pk}/{path}/", {}).status_code == 403
