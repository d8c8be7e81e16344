"""The tab of circumstances, its forms, the warnings above the record, and the table of whereabouts."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client

from agencies.models import Area
from agencies.roles import Role
from cases.models import Nominal
from cases.records import (
    BackgroundRecord,
    ConnectedPersonRecord,
    KeyDateRecord,
    PersonalGrantRecord,
    ProcessRecord,
    StaffWarningRecord,
)
from mappa import clock
from meetings.invite_facts import invite_facts
from rules.vocabulary import (
    ContactAllowed,
    Disposal,
    KeyDateKind,
    ProcessKind,
    WarningKind,
    Whereabouts,
)
from tests.factories.cases import LONG_AGO, TODAY, nominal, qualifying, stay
from tests.factories.visits import day, hidden, queries, text_of, visitor

DOG = StaffWarningRecord(WarningKind.DOGS, "Ask for the dog to be shut away.", LONG_AGO)
OVER = StaffWarningRecord(WarningKind.WEAPONS, "Once carried a knife.", LONG_AGO, TODAY - timedelta(days=1))


@pytest.fixture
def pyrite(area: Area) -> Nominal:
    return nominal(
        area,
        family_name="Pyrite",
        given_names="Ruth",
        grounds=(qualifying(disposal=Disposal.HOSPITAL_ORDER_RESTRICTED, term_months=None),),
        whereabouts=(stay(Whereabouts.HOSPITAL),),
        key_dates=(
            KeyDateRecord(KeyDateKind.TRIBUNAL, TODAY + timedelta(days=34)),
            KeyDateRecord(KeyDateKind.PAROLE_HEARING, TODAY + timedelta(days=9)),
        ),
        backgrounds=(BackgroundRecord(nationality="British", ethnicity="White British"),),
        connected_people=(
            ConnectedPersonRecord("Rose Elder", "Landlady", contact=ContactAllowed.YES),
            ConnectedPersonRecord("Ash Elder", "Son of the landlady", child=True, at_risk=True),
        ),
        parallel_processes=(ProcessRecord(ProcessKind.PAROLE, LONG_AGO, reference="DEMO-1"),),
        staff_warnings=(DOG, OVER),
    )


def send(client: Client, path: str, data: dict[str, str]) -> HttpResponse:
    return client.post(path, {**hidden(client.get(path)), **data})


class TestTab:
    def test_shows_what_surrounds_the_person(self, coordinator: Client, pyrite: Nominal) -> None:
        words = text_of(coordinator.get(f"/nominals/{pyrite.pk}/circumstances/"))
        assert "Rose Elder" in words
        assert "Ash Elder Son of the landlady Child At risk Not decided" in words
        assert "Parole DEMO-1" in words
        assert "Parole hearing 2 December 2026" in words, "the key date stands beside the process and is kept once"
        assert "Ethnicity White British" in words
        assert "Victims are never recorded here." in words

    def test_who_may_not_record_is_offered_nothing(self, area: Area, pyrite: Nominal) -> None:
        client, membership = visitor(area, Role.PANEL_MEMBER)
        shown = nominal(
            area,
            family_name="Chert",
            connected_people=(ConnectedPersonRecord("Rose Elder", "Landlady"),),
            personal_grants=(PersonalGrantRecord(membership.user_id, LONG_AGO),),
        )
        words = text_of(client.get(f"/nominals/{shown.pk}/circumstances/"))
        assert "Rose Elder" in words
        assert "Change" not in words
        assert "Add a connected person" not in words

    def test_costs_the_same_for_more_rows(self, area: Area, coordinator: Client) -> None:
        def cost(number: int) -> int:
            kin = tuple(ConnectedPersonRecord(f"Rose Elder {each}", "Friend") for each in range(number))
            dogs = tuple(StaffWarningRecord(WarningKind.DOGS, f"Dog {each}", LONG_AGO) for each in range(number))
            man = nominal(area, family_name=f"Marl-{number}", connected_people=kin, staff_warnings=dogs)
            coordinator.get(f"/nominals/{man.pk}/circumstances/")
            with queries() as asked:
                coordinator.get(f"/nominals/{man.pk}/circumstances/")
            return len(asked)

        assert cost(1) == cost(3)


class TestWarnings:
    @pytest.mark.parametrize("part", ["", "circumstances/", "history/"])
    def test_stand_above_every_part_while_they_hold(self, coordinator: Client, pyrite: Nominal, part: str) -> None:
        words = text_of(coordinator.get(f"/nominals/{pyrite.pk}/{part}"))
        above = words[: words.index("Who has access")]
        assert "Dangerous dog: Ask for the dog to be shut away." in above
        assert "Once carried a knife." not in above

    def test_cost_the_record_no_query(self, area: Area, coordinator: Client) -> None:
        counts = []
        for warnings in ((), (DOG,)):
            man = nominal(area, staff_warnings=warnings, family_name=f"Marl-{len(warnings)}")
            coordinator.get(f"/nominals/{man.pk}/")
            with queries() as asked:
                coordinator.get(f"/nominals/{man.pk}/")
            counts.append(len(asked))
        assert counts[0] == counts[1]


class TestForms:
    def test_a_connected_person_is_added_and_changed(self, coordinator: Client, pyrite: Nominal) -> None:
        path = f"/nominals/{pyrite.pk}/connected/"
        assert "Never record a victim here" in text_of(coordinator.get(path))
        response = send(coordinator, path, {"name": "Holly Alder", "relationship": "Friend", "contact": "no"})
        assert response.headers["Location"] == f"/nominals/{pyrite.pk}/circumstances/#connected"
        added = pyrite.connected_people.get(name="Holly Alder")
        again = send(
            coordinator,
            f"/connected/{added.pk}/",
            {"name": "Holly Alder", "relationship": "Partner", "at_risk": "on", "contact": "with_conditions"},
        )
        assert again.status_code == 302
        added.refresh_from_db()
        assert (added.relationship, added.at_risk, added.contact) == ("Partner", True, "with_conditions")

    def test_a_victim_is_refused_with_the_rule_and_nothing_is_lost(self, coordinator: Client, pyrite: Nominal) -> None:
        response = send(
            coordinator,
            f"/nominals/{pyrite.pk}/connected/",
            {"name": "Holly Alder", "relationship": "Victim", "contact": "no"},
        )
        assert response.status_code == 422
        assert "R82" in text_of(response)
        assert "Holly Alder" in response.content.decode()
        assert not pyrite.connected_people.filter(name="Holly Alder").exists()

    def test_the_background_is_changed(self, coordinator: Client, pyrite: Nominal) -> None:
        path = f"/nominals/{pyrite.pk}/background/"
        assert 'value="White British"' in coordinator.get(path).content.decode()
        send(coordinator, path, {"interpreter": "yes", "language": "British Sign Language", "ethnicity": "White Irish"})
        known = pyrite.backgrounds.get()
        assert (known.interpreter, known.language, known.ethnicity) == (True, "British Sign Language", "White Irish")

    def test_words_of_before_count_until_somebody_answers(self, coordinator: Client, pyrite: Nominal) -> None:
        words, on = {"interpreter": "no", "immigration_status": "Settled status"}, clock.today()
        pyrite.backgrounds.update(immigration="in_words", immigration_status="Settled status")
        path, tab = f"/nominals/{pyrite.pk}/background/", f"/nominals/{pyrite.pk}/circumstances/"
        assert "Not answered: until it is, the words count as a reason to invite" in text_of(coordinator.get(tab))
        assert invite_facts([pyrite], on=on)[pyrite.pk].immigration
        refused = send(coordinator, path, words)
        assert refused.status_code == 422
        assert "R57" in text_of(refused)
        assert send(coordinator, path, words | {"immigration": "none"}).status_code == 302
        assert "No immigration control" in text_of(coordinator.get(tab))
        assert not invite_facts([pyrite], on=on)[pyrite.pk].immigration
        send(coordinator, path, words | {"immigration": "foreign"})
        assert invite_facts([pyrite], on=on)[pyrite.pk].immigration
        with pytest.raises(IntegrityError), transaction.atomic():
            pyrite.backgrounds.update(immigration="")

    def test_a_change_by_somebody_else_is_shown(self, coordinator: Client, pyrite: Nominal) -> None:
        path = f"/nominals/{pyrite.pk}/background/"
        old = hidden(coordinator.get(path))
        send(coordinator, path, {"interpreter": "no", "ethnicity": "White Irish"})
        response = coordinator.post(path, {**old, "interpreter": "no", "ethnicity": "White Polish"})
        assert response.status_code == 409
        assert pyrite.backgrounds.get().ethnicity == "White Irish"

    def test_a_process_and_a_warning_are_ended(self, coordinator: Client, pyrite: Nominal) -> None:
        process, warning = pyrite.parallel_processes.get(), pyrite.staff_warnings.get(text=DOG.text)
        ended = {**day("starts_on", "2020-01-06"), **day("ends_on", "2026-11-22")}
        send(coordinator, f"/processes/{process.pk}/", {"kind": "parole", **ended})
        send(coordinator, f"/warnings/{warning.pk}/", {"kind": "dogs", "text": DOG.text, **ended})
        process.refresh_from_db()
        warning.refresh_from_db()
        assert process.ends_on == warning.ends_on == TODAY - timedelta(days=1)

    def test_an_order_and_a_conditional_discharge(self, coordinator: Client, pyrite: Nominal) -> None:
        """The whole way: the order on its ground, the discharge, and the whereabouts that follow (R85)."""
        ground = pyrite.grounds.get()
        path = f"/nominals/{pyrite.pk}/hospital-orders/"
        refused = send(coordinator, path, {"ground": str(ground.pk), "section": "37"})
        assert refused.status_code == 422
        assert "R13" in text_of(refused)
        order = {"ground": str(ground.pk), "section": "37_41", "responsible_clinician": "Dr Anna Goosander"}
        assert send(coordinator, path, order).status_code == 302
        stored = pyrite.hospital_orders.get()
        assert send(coordinator, f"/hospital-orders/{stored.pk}/", {**order, "court": "Derby"}).status_code == 302
        discharged = {"kind": "conditional_discharge", **day("starts_on", "2026-11-20")}
        assert send(coordinator, f"/hospital-orders/{stored.pk}/stages/", discharged).status_code == 302
        words = text_of(coordinator.get(f"/nominals/{pyrite.pk}/circumstances/"))
        assert "Conditionally discharged, since 20 November 2026" in words
        assert "Next tribunal 27 December 2026" in words
        assert "Responsible Clinician Dr Anna Goosander" in words
        record = text_of(coordinator.get(f"/nominals/{pyrite.pk}/"))
        assert "In the community 20 November 2026 Now" in record
        assert "counts as in the community in the count of 31 March" in record

    def test_whereabouts_that_do_not_go_with_the_order_are_pointed_out(
        self, coordinator: Client, pyrite: Nominal
    ) -> None:
        send(coordinator, f"/nominals/{pyrite.pk}/hospital-orders/", {"section": "37_41"})
        order = pyrite.hospital_orders.get()
        discharged = {"kind": "conditional_discharge", **day("starts_on", "2026-11-02")}
        send(coordinator, f"/hospital-orders/{order.pk}/stages/", discharged)
        back = {"kind": "hospital", **day("starts_on", "2026-11-20")}
        send(coordinator, f"/nominals/{pyrite.pk}/whereabouts/", back)
        words = text_of(coordinator.get(f"/nominals/{pyrite.pk}/circumstances/"))
        assert "The order says “Conditionally discharged”, the whereabouts say “Detained in hospital”" in words


def test_the_table_of_whereabouts_cites_its_rules(coordinator: Client, pyrite: Nominal) -> None:
    assert 'href="/whereabouts/"' in coordinator.get(f"/nominals/{pyrite.pk}/whereabouts/").content.decode()
    words = text_of(coordinator.get("/whereabouts/"))
    for kind in Whereabouts:
        assert kind.label in words
    assert re.search(r"Unlawfully at large In the community Why\?", words)
    assert re.search(r"Abroad Not counted Why\?", words)
    assert "Conditionally discharged" in words
    assert {"R85", "R52", "R28"} <= set(re.findall(r"R\d+", words))


def test_history_says_it_in_words(coordinator: Client, pyrite: Nominal) -> None:
    send(coordinator, f"/nominals/{pyrite.pk}/connected/", {"name": "Holly Alder", "relationship": "Friend",
                                                              "contact": "no"})  # fmt: skip
    words = text_of(coordinator.get(f"/nominals/{pyrite.pk}/history/"))
    assert "Connected person recorded" in words
    assert "Contact Not allowed" in words
