"""What surrounds the invented people: told of the right ones, in words, never a victim, and true to where they were."""

from datetime import date

import pytest

from cases.services.circumstances import EQUALITY
from exchange.demo.cast import cast
from exchange.demo.days import Days
from exchange.demo.names import MINERALS
from exchange.demo.people import Person
from exchange.demo.staff import STAFF
from exchange.demo.surroundings import around, background_of, hospital_order_of
from rules.circumstances import may_record_connection, may_record_equality
from rules.orders import may_record_order, may_record_stage, stage_agrees
from rules.vocabulary import HospitalStage, ProcessKind, Whereabouts

TODAY = date(2026, 11, 22)
DAY = Days(TODAY)


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return cast(DAY, 1)


def where(person: Person, day: date) -> Whereabouts:
    return next(span.whereabouts for span in person.whereabouts() if span.is_open_on(day))


def test_those_told_of_exist(people: list[Person]) -> None:
    assert set(around(DAY)) <= {(person.given, person.family) for person in people}


def test_four_conferences_on_domestic_abuse_in_a_year() -> None:
    dates = [row.starts_on for row in around(DAY)["Stefan", "Marl"].processes if row.kind is ProcessKind.MARAC]
    assert len(dates) == 4
    assert all(DAY(-365) <= day < TODAY for day in dates)


def test_relatives_are_no_minerals_no_birds_and_no_victims() -> None:
    others = {*MINERALS, *(member.family for member in STAFF)}
    for told in around(DAY).values():
        for row in told.connected:
            assert row.name.split()[-1] not in others
            assert may_record_connection(row.name, row.relationship, row.note)


def test_two_children_of_a_new_partner_are_at_risk() -> None:
    children = [row for row in around(DAY)["Owen", "Dolomite"].connected if row.child]
    assert len(children) == 2
    assert all(row.at_risk for row in children)


def test_equality_data_is_in_words_and_drawn_apart(people: list[Person]) -> None:
    said = [background_of(person, index, 1, {}) for index, person in enumerate(people)]
    known = [row for row in said if row is not None]
    assert 0.8 * len(people) < len(known) < len(people)
    assert all(may_record_equality(**{name: getattr(row, name) for name in EQUALITY}) for row in known)
    assert said == [background_of(person, index, 1, {}) for index, person in enumerate(people)]
    british = sum(row.ethnic_group == "White British" for row in known)
    assert 0.8 < british / len(known) < 0.9


def test_orders_go_with_grounds_and_stages_with_where_people_were(people: list[Person]) -> None:
    found = [(person, order) for index, person in enumerate(people) if (order := hospital_order_of(person, index, DAY))]
    assert len(found) >= 23
    for person, (order, stages) in found:
        assert may_record_order(order.section, person.grounds[0].disposal)
        assert [stage.since for stage in stages] == sorted({stage.since for stage in stages})
        for stage in stages:
            assert may_record_stage(order.section, stage.kind)
            assert stage_agrees(stage.kind, where(person, stage.since)), (person.family, stage)
        assert stage_agrees(stages[-1].kind, where(person, TODAY)), person.family


def test_the_named_patients_have_leave_and_discharge(people: list[Person]) -> None:
    last = {
        person.family: order[1][-1].kind
        for index, person in enumerate(people)
        if (order := hospital_order_of(person, index, DAY))
    }
    assert last["Travertine"] is HospitalStage.UNESCORTED_LEAVE
    assert last["Pyrite"] is HospitalStage.CONDITIONAL_DISCHARGE
