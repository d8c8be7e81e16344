"""A list of open actions: every outcome, written as it was accepted; absence closes none, hidden people stay hidden."""

from datetime import date, timedelta

import pytest
from django.test import Client

from agencies.roles import Role
from cases.models import Exclusion, Nominal
from exchange.document import markdown
from exchange.models import Extract
from exchange.views.telling import told
from exchange.words import ExtractState, ListKind, Outcome, RowState
from letters.models import Message
from mappa import clock
from meetings.models import Action
from rules.actions import action_status
from rules.vocabulary import DeadlineStatus
from tests.exchange.files import CATEGORY_1, COMMUNITY, LEVEL_1, TODAY, pnc, row
from tests.exchange.lists import Office, office, outcomes, row_of_line, table, workbook
from tests.factories.agencies import AgencyFactory, MembershipFactory, sign_in

pytestmark = pytest.mark.django_db

BEFORE = [row(n, CATEGORY_1, LEVEL_1, COMMUNITY, family_name=name) for n, name in enumerate(
    ("Feldspar", "Travertine"), start=1
)]  # fmt: skip


@pytest.fixture
def desk() -> Office:
    clock.pretend(TODAY)
    place = office()
    place.brought_before(BEFORE)
    return place


def given(serial: int, what: str, agency: str, surname: str = "Feldspar", **more: str) -> dict[str, str]:
    """A line, under headings as an office writes them."""
    who = {"PNC no.": pnc(serial), "Surname": surname, "DOB": "28/02/1979"}
    days = {"Date given": "2026-01-20", "Due date": "2026-02-17", "Person responsible": ""}
    return who | {"Action agreed": what, "Action owner": agency} | days | more


def bring(desk: Office, *lines: dict[str, str]) -> Extract:
    return desk.bring(table(lines), kind=ListKind.ACTIONS)


def kinds(extract: Extract, line: int) -> list[tuple[str, str]]:
    return [(each["kind"], each["column"]) for each in row_of_line(extract, line).problems]


def test_every_outcome(desk: Office) -> None:
    housing = AgencyFactory.create(area=desk.area, name="Erewash Housing")
    other = MembershipFactory.create(area=desk.area)
    extract = bring(
        desk,
        given(1, "Confirm the tenancy", "erewash housing"),
        given(2, "Visit the flat", housing.name, "Travertine"),
        given(1, "Write to the landlord", housing.name),
        given(9, "Visit the flat", housing.name, "Onyx"),
        given(1, "Visit the flat", "Erewash Housin"),
        given(1, "Visit the flat", housing.name, **{"Due date": "2026-01-02"}),
        given(1, "Visit the flat", housing.name, **{"Date given": "yesterday"}),
        given(1, "", housing.name),
        given(1, "Visit the flat", housing.name, **{"Person responsible": other.user.email}),
        given(1, "Visit the flat", housing.name, "Marl", DOB="01/01/1990"),
    )
    assert extract.state == ExtractState.READY
    assert not extract.whole, "it says nothing of absence"
    assert outcomes(extract) == {"new": 3, "unmatched": 7}
    assert kinds(extract, 5) == [("not_known", "")]
    assert kinds(extract, 6) == [("agency_unknown", "agency")]
    assert "Did you mean Erewash Housing?" in row_of_line(extract, 6).problems[0]["right"]
    assert kinds(extract, 7) == [("rule", "due_on")]
    assert row_of_line(extract, 7).problems[0]["rule"] == "R69"
    assert kinds(extract, 8) == [("not_a_date", "given_on")]
    assert kinds(extract, 9) == [("alone", "action")]
    assert kinds(extract, 10) == [("not_known", "responsible")]
    assert kinds(extract, 11) == [("another_person", "pnc")]
    assert not Action.objects.exists(), "nothing is written before it is accepted"
    line = told(row_of_line(extract, 2), by=desk.by)
    assert line.says == ["Erewash Housing: Confirm the tenancy (given on 20 January 2026, due on 17 February 2026)"]

    assert desk.accept(extract, Outcome.NEW) == 3

    feldspar = Nominal.objects.get(family_name="Feldspar")
    assert list(feldspar.actions.order_by("number").values_list("number", "what", "agency", "brought_in")) == [
        (1, "Confirm the tenancy", housing.pk, True), (2, "Write to the landlord", housing.pk, True),
    ]  # fmt: skip
    assert set(extract.rows.filter(outcome=Outcome.NEW).values_list("state", flat=True)) == {RowState.WRITTEN}
    assert not Message.objects.exists(), "nobody is written to (R106)"


def test_what_is_known_is_told_and_what_is_left_out_stays_open(desk: Office) -> None:
    agency = desk.agency.name
    first = bring(desk, given(1, "Confirm the tenancy", agency), given(2, "Visit", agency, "Travertine"))
    desk.accept(first, Outcome.NEW)

    again = bring(desk, given(1, "confirm  the Tenancy", agency, **{"Due date": "2026-03-01"}))

    assert outcomes(again) == {"unchanged": 1}
    known = row_of_line(again, 2)
    assert told(known, by=desk.by).outcome == "Known already"
    assert "due on 17 February 2026" in known.notes[0]["reason"]
    assert Action.objects.waiting().count() == 2
    assert Action.objects.get(what="Confirm the tenancy").due_on == date(2026, 2, 17)


def test_the_same_action_twice_in_a_list_is_written_once(desk: Office) -> None:
    twice = bring(desk, *(given(1, "Confirm the tenancy", desk.agency.name) for _ in range(2)))
    desk.accept(twice, Outcome.NEW)
    assert Action.objects.count() == 1
    assert set(twice.rows.values_list("state", flat=True)) == {RowState.WRITTEN}


def test_a_workbook_names_who_is_responsible_and_old_ones_are_brought_forward(desk: Office) -> None:
    worker = MembershipFactory.create(area=desk.area, agency=desk.agency, role=Role.PRACTITIONER)
    desk.area.starts_on = TODAY - timedelta(days=7)
    desk.area.save()
    line = given(1, "Visit the flat", desk.agency.name, **{"Person responsible": worker.user.email.upper()})
    extract = desk.bring(workbook([list(line), list(line.values())]), kind=ListKind.ACTIONS)
    desk.accept(extract, Outcome.NEW)
    action = Action.objects.get()
    assert action.responsible == worker.user
    status = action_status(action.given_on, action.due_on, None, desk.area.starts_on, today=TODAY)
    assert status is DeadlineStatus.BROUGHT_FORWARD


def test_a_row_about_somebody_hidden_looks_like_a_row_about_nobody(desk: Office, client: Client) -> None:
    hidden = Nominal.objects.get(family_name="Feldspar")
    Exclusion.objects.create(nominal=hidden, user_id=desk.member.user_id, reason="A neighbour", starts_on=TODAY)
    extract = bring(desk, given(1, "Visit", desk.agency.name), given(9, "Visit", desk.agency.name, "Onyx"))
    about_hidden, about_nobody = (row_of_line(extract, line) for line in (2, 3))
    for field in ("outcome", "nominal", "hints", "kinds", "changes", "notes", "fourth"):
        assert getattr(about_hidden, field) == getattr(about_nobody, field), field
    said = [[{**each, "line": 0} for each in one.problems] for one in (about_hidden, about_nobody)]
    assert said[0] == said[1]
    sign_in(client, desk.member.user, acting=desk.member)
    page = client.get(f"/lists/rows/{about_hidden.pk}/").content.decode()
    assert "Action agreed" not in page
    assert "nobody in the register is known by these numbers" in page
    assert "In the register" not in page


def test_the_headings_of_actions_are_asked_for_and_the_register_has_none_of_them(desk: Office) -> None:
    lines = [given(1, "Visit", desk.agency.name)]
    extract = desk.bring(table([{("For" if k == "Action owner" else k): v for k, v in lines[0].items()}]),
                         kind=ListKind.ACTIONS)  # fmt: skip
    assert extract.state == ExtractState.HEADINGS
    assert "`due_on`" not in markdown()
