"""Lists that are no rows of one model on their way out: dates ahead, pairs of records, panels, chairs and rooms."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import Membership
from agencies.roles import Role
from cases.models import Nominal
from exchange.exports.work import make_waiting
from exchange.models import ExportEnd, SavedView
from mappa import clock
from meetings.models import Chair, Room
from pages.dates import british_date
from rules.vocabulary import ChairRole, Handling
from tests.factories import meetings as plan
from tests.factories.agencies import AreaFactory, MembershipFactory, UserFactory
from tests.factories.cases import LONG_AGO, nominal, people, person, pnc, qualifying

from .taking_out import asked, browser_of, fetched, lines_of, row_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
AHEAD, DOUBLES = "/dates-ahead/", "/nominals/doubles/"


@pytest.fixture
def member() -> Membership:
    return MembershipFactory.create(role=Role.COORDINATOR)


@pytest.fixture
def browser(member: Membership) -> Client:
    return browser_of(member)


def ending(member: Membership, *names: str, **values: Any) -> list[Nominal]:
    """People whose last ground ends, the first named first, in months that follow one another."""
    first = clock.today() + timedelta(days=20)
    records = [
        person(
            member.area,
            family_name=name,
            given_names="Ash",
            grounds=(qualifying(ends_on=first + timedelta(days=31 * at)),),
            **values,
        )
        for at, name in enumerate(names)
    ]
    return list(people(*records, today=clock.today()))


def test_dates_ahead_go_out_as_they_are_shown(browser: Client, member: Membership) -> None:
    """All months in one file, under the headings of the page; the evidence names everybody in it, and nobody else."""
    found = ending(member, "Quartz", "Marl")
    ending(member, "Hidden", handling=Handling.RESTRICTED)
    ending(member, "Secret", handling=Handling.CATEGORY_4)
    page = browser.get(AHEAD).content.decode()
    assert "Export this list as" in page
    assert f'name="of" value="{AHEAD}"' in page
    export = asked(browser, AHEAD)
    assert (export.title, export.lines, export.file.row_ids) == ("Dates ahead", 2, sorted(each.pk for each in found))
    response = fetched(browser, export)
    lines = lines_of(response)
    assert lines[1] == ["OFFICIAL-SENSITIVE"]
    assert lines[7] == ["Date", "Name", "What", "Record"]
    assert [int(line[3]) for line in lines[8:]] == [each.pk for each in found], "two of one name are told apart"
    assert [line[1] for line in lines[8:]] == ["Quartz, Ash", "Marl, Ash"]
    assert date.fromisoformat(lines[8][0]) == clock.today() + timedelta(days=20)
    row = row_of(member, response)
    assert (row.kind, row.root_ids) == ("export", sorted(each.pk for each in found))


def test_access_is_asked_again_by_the_worker_and_at_the_fetch(
    browser: Client, member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.exports.work.AT_ONCE", 1)
    monkeypatch.setattr("pages.reading_off.BATCH", 1)
    first, second, third = ending(member, "Quartz", "Marl", "Flint")
    export = asked(browser, AHEAD)
    assert (export.is_waiting, export.lines) == (True, 3)
    Nominal.objects.filter(pk=second.pk).update(handling=Handling.CATEGORY_4)
    make_waiting(export.pk, today=clock.today(), at=clock.now())
    export.refresh_from_db()
    assert (export.lines, export.file.root_ids) == (2, sorted([first.pk, third.pk]))
    Nominal.objects.filter(pk=third.pk).update(handling=Handling.RESTRICTED)
    response = fetched(browser, export)
    assert response.status_code == 422
    assert "The list has changed since the file was made" in response.content.decode()
    export.refresh_from_db()
    assert export.end == ExportEnd.WITHDRAWN


def test_midnight_takes_nothing_out_of_a_file(
    browser: Client, member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands for the day on which it was asked for, and says so: fetched after midnight, or made after it by a
    worker. What is open to the reader is asked of the day on which it is fetched."""
    today = clock.today()
    clock.pretend(today)
    (first,) = people(
        person(member.area, family_name="Quartz", given_names="Ash", grounds=(qualifying(ends_on=today),)), today=today
    )
    export = asked(browser, AHEAD)
    monkeypatch.setattr("exchange.exports.work.AT_ONCE", 0)
    waiting, left = asked(browser, AHEAD), asked(browser, AHEAD)
    clock.pretend(today + DAY)
    assert "Quartz" not in browser.get(AHEAD).content.decode(), "of the next day it is a date ahead no more"
    make_waiting(waiting.pk, today=today + DAY, at=clock.now())
    for each in (export, waiting):
        lines = lines_of(fetched(browser, each))
        assert lines[4] == [f"Stands for {british_date(today)}, the day on which it was asked for"]
        assert [line[:2] for line in lines[8:]] == [[today.isoformat(), "Quartz, Ash"]]
    make_waiting(left.pk, today=today + DAY, at=clock.now())
    Membership.objects.filter(pk=member.pk).update(ends_on=today)
    assert fetched(browser, left).status_code != 200
    left.refresh_from_db()
    assert (left.ended_at, left.file.root_ids) == (None, [first.pk]), "it waits for nobody else, and is swept"


def test_a_reader_whose_role_has_ended_gets_no_file_made(
    browser: Client, member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day of the list is that of the asking; the day of the role is that of the making."""
    today = clock.today()
    monkeypatch.setattr("exchange.exports.work.AT_ONCE", 0)
    ending(member, "Quartz")
    export = asked(browser, AHEAD)
    Membership.objects.filter(pk=member.pk).update(ends_on=today)
    make_waiting(export.pk, today=today + DAY, at=clock.now())
    export.refresh_from_db()
    assert export.end == ExportEnd.WITHDRAWN


def alike(member: Membership, *names: str) -> list[Nominal]:
    """Two records each that share a number."""
    return [
        nominal(member.area, family_name=name, given_names=given, identifiers=(pnc(at + 1),))
        for at, name in enumerate(names)
        for given in ("Ash", "Elm")
    ]


def test_pairs_go_out_with_both_in_the_evidence(browser: Client, member: Membership) -> None:
    one, other = alike(member, "Quartz")
    response = fetched(browser, asked(browser, DOUBLES))
    lines = lines_of(response)
    assert lines[7] == ["One", "Other", "What matches"], "buttons stay on the page"
    assert [cell.partition(";")[0] for cell in lines[8][:2]] == ["Ash Quartz", "Elm Quartz"]
    assert len(lines) == 9
    assert row_of(member, response).root_ids == sorted([one.pk, other.pk])


def test_pairs_cost_the_same(browser: Client, member: Membership) -> None:
    def cost() -> int:
        browser.get(DOUBLES)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(DOUBLES).content.decode()
        assert "Ash Quartz" in page
        return len(queries)

    alike(member, "Quartz")
    one = cost()
    alike(member, "Quartz", "Marl", "Flint")
    assert cost() == one


def test_a_view_of_it_is_kept_and_leads_back(browser: Client, member: Membership) -> None:
    response = browser.post("/saved-views/", {"of": AHEAD, "name": "What is coming"})
    assert response.status_code == 302, response.content.decode()[-2000:]
    assert (SavedView.objects.get().list_name, response.headers["Location"]) == ("dates-ahead", AHEAD)
    assert "What is coming" in browser.get("/saved-views/").content.decode()


def test_panels_chairs_and_rooms_go_out_each_as_it_is_shown(browser: Client, member: Membership) -> None:
    """Three lists, three files; a chair of a panel for the cleared only is in the file of nobody else (R99)."""
    area, day = member.area, clock.today()
    erewash, closed = plan.panel(area), plan.panel(area, "Wingfield", national_security=True)
    for panel, name in ((None, "Ousel"), (erewash, "Dunlin"), (closed, "Knot")):
        user = UserFactory.create(given_name="Ada", family_name=name)
        Chair.objects.create(area=area, user=user, panel=panel, role=ChairRole.COORDINATOR, starts_on=day)
    gone = UserFactory.create(given_name="Ada", family_name="Gannet")
    Chair.objects.create(
        area=area, user=gone, role=ChairRole.COORDINATOR, starts_on=LONG_AGO, ends_on=day - timedelta(days=1)
    )
    Room.objects.create(area=area, name="Meeting Room 1")
    Room.objects.create(area=area, name="The Annexe", ends_on=day)
    Room.objects.create(area=AreaFactory.create(), name="Elsewhere")
    role, began = ChairRole.COORDINATOR.label, day.isoformat()
    found = {
        address: lines_of(fetched(browser, asked(browser, address)))[7:]
        for address in ("/panels/", "/panels/chairs/", "/panels/rooms/")
    }
    assert [line[0] for line in found["/panels/"]] == ["Panel", "Erewash"]
    assert found["/panels/chairs/"] == [
        ["Chair", "As what", "Panel", "From", "To"],
        ["Ada Dunlin", role, "Erewash", began, "No end date"],
        ["Ada Ousel", role, "Any panel", began, "No end date"],
    ]
    assert found["/panels/rooms/"] == [
        ["Room", "Used until"], ["Meeting Room 1", "No end date"], ["The Annexe", began],
    ]  # fmt: skip
    page = browser.get("/panels/chairs/").content.decode()
    assert ("Knot" in page, "Gannet" in page, "Elsewhere" in page) == (False, False, False)
