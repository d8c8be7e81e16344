"""Lists on their way out: what is in the file, who may, how often, and what stays behind."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from odfdo import Document
from openpyxl import load_workbook

from agencies.kinds import AgencyKind
from agencies.models import Membership
from agencies.roles import Role
from agencies.services import disable_user
from audit.reads import access_of_nominal
from cases.models import Identification, Nominal, Obligation
from cases.records import ExclusionRecord, ProcessRecord
from cases.services.participation import exclude
from exchange.exports.queries import standing_of
from exchange.exports.services import ask_for_export, begin_export, end_export, fetch_export, make_export
from exchange.exports.work import AT_ONCE, make_waiting, sweep
from exchange.models import Export, ExportEnd, ExportFile
from mappa import clock
from meetings.models import Action
from pages.exports import ExportedList
from rules.core import Refused
from rules.vocabulary import Handling, ProcessKind, Purpose
from tests.factories.agencies import AgencyFactory, MembershipFactory
from tests.factories.cases import LONG_AGO, nominal, people, person, qualifying, system
from tests.factories.visits import text_of

from .taking_out import ASK, REGISTER, asked, browser_of, fetched, lines_of, principal, row_of, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return MembershipFactory.create(role=Role.COORDINATOR)


@pytest.fixture
def browser(member: Membership) -> Client:
    return browser_of(member)


# --- what is in the file --------------------------------------------------------------------------------------------


def test_a_list_goes_out_as_it_is_shown(browser: Client, member: Membership) -> None:
    """All rows of the filter, in the order shown, with the columns of the page, and marked (R102)."""
    found = stored(member, "Quartz", "Marl", "Flint")
    assert "Record</" not in browser.get(REGISTER).text, "the page has the link"
    export = asked(browser, f"{REGISTER}?sort=-name&level=2")
    assert (export.query, export.chosen, export.lines) == ("sort=-name&level=2", "Level: Level 2", 3)
    response = fetched(browser, export)
    lines = lines_of(response)
    assert lines[0] == ["Register"]
    assert lines[1] == ["OFFICIAL-SENSITIVE"]
    assert member.user.name in lines[3][0]
    assert f"Copy {Export.objects.get().copy_number}." in lines[3][0]
    assert lines[5] == ["Filters: Level: Level 2"]
    assert lines[7] == ["Name", "Category", "Level", "Where", "Lead agency", "Next end", "Record"]
    assert [line[0] for line in lines[8:]] == ["Quartz, Ash", "Marl, Ash", "Flint, Ash"]
    assert lines[8][1:4] == ["Category 2", "Level 2", "In the community"]
    assert {int(line[6]) for line in lines[8:]} == {each.pk for each in found}
    row = row_of(member, response)
    assert (row.kind, row.outcome) == ("export", "ok")
    assert row.root_ids == sorted(each.pk for each in found)


@pytest.mark.parametrize(
    "address",
    ["/due/", "/levels-not-set/", "/not-screened/", "/brought-forward/", "/actions/", "/identified/", "/to-threshold/"],
)
def test_the_files_of_worklists_name_the_record(browser: Client, member: Membership, address: str) -> None:
    """Two people of one name, each line with the number of its own record: the page has the link."""
    today = clock.today()
    if address == "/brought-forward/":
        member.area.starts_on = today
        member.area.save()
    marac = (ProcessRecord(ProcessKind.MARAC, LONG_AGO),)
    grounds = (qualifying(today - timedelta(days=40)),)
    found = [nominal(member.area, family_name="Quartz", given_names="Ash", grounds=grounds, levels=(),
                     parallel_processes=marac) for _ in range(2)]  # fmt: skip
    for man in found:
        Action.objects.create(
            nominal=man, number=1, agency=member.agency, what="Visit", given_on=LONG_AGO, due_on=today
        )
        Identification.objects.create(nominal=man, agency=member.agency, sentenced_on=LONG_AGO, known_on=today)
    lines = lines_of(fetched(browser, asked(browser, address)))
    heads, rows = lines[7], lines[8:]
    assert "Choose" not in heads
    place = heads.index("Record")
    assert all(row[heads.index("Name")].startswith(("Quartz, Ash", "Ash Quartz")) for row in rows), rows
    assert {int(row[place]) for row in rows} == {man.pk for man in found}
    assert len(rows) >= len(found)
    assert "Record" not in re.findall(r"<th[^>]*>\s*([^<]*?)\s*<", browser.get(address).text)


def test_the_file_of_what_was_worked_off_says_when_and_what_came_of_it(browser: Client, member: Membership) -> None:
    member.area.starts_on = clock.today()
    member.area.save()
    man = nominal(member.area, family_name="Quartz", grounds=(qualifying(clock.today() - timedelta(days=40)),))
    rows = Obligation.objects.filter(nominal=man)
    rows.update(looked_at_on=clock.today(), looked_at_reason="Done before the start")
    lines = lines_of(fetched(browser, asked(browser, "/brought-forward/?done=yes")))
    said = dict(zip(lines[7], lines[8], strict=True))
    assert (said["Worked off"], said["What came of it"]) == (clock.today().isoformat(), "Done before the start")


def test_an_empty_list_offers_no_file(browser: Client, member: Membership) -> None:
    for address in (REGISTER, "/nominals/doubles/"):
        words = text_of(browser.get(address))
        assert "Export this list as" not in words
        assert "Saved views of this list" in words
    stored(member, "Quartz")
    assert "Export this list as" in text_of(browser.get(REGISTER))
    assert "Export this list as" not in text_of(browser.get(f"{REGISTER}?level=3"))


@pytest.mark.parametrize("address", [REGISTER, "/due/", "/levels-not-set/", "/not-screened/", "/to-threshold/"])
def test_cases_are_chosen_by_agencies_that_can_lead(browser: Client, member: Membership, address: str) -> None:
    AgencyFactory.create(area=member.area, kind=AgencyKind.OTHER, name="Lay advisers")
    AgencyFactory.create(area=member.area, kind=AgencyKind.POLICE, name="Northdale police")
    page = browser.get(address).text
    assert "Northdale police</option>" in page
    assert "Lay advisers</option>" not in page


def test_more_than_a_page(browser: Client, member: Membership) -> None:
    found = stored(member, *(f"Quartz{number:02}" for number in range(60)))
    response = fetched(browser, asked(browser))
    names = [line[0] for line in lines_of(response)[8:]]
    assert names == [f"Quartz{number:02}, Ash" for number in range(60)]
    assert row_of(member, response).root_ids == sorted(each.pk for each in found)


def test_the_spreadsheets_hold_what_the_csv_holds(browser: Client, member: Membership) -> None:
    stored(member, "=Quartz", "+Marl", "-Flint", "@Agate", "<b>Onyx</b>", "007")
    plain = [line[0].removeprefix("'") for line in lines_of(fetched(browser, asked(browser)))[8:]]
    book = load_workbook(io.BytesIO(fetched(browser, asked(browser, kind="xlsx")).content))
    assert [row[0].value for row in book.worksheets[0].iter_rows(min_row=9)] == plain
    assert {row[0].data_type for row in book.worksheets[0].iter_rows(min_row=9)} == {"s"}
    table = Document(io.BytesIO(fetched(browser, asked(browser, kind="ods")).content)).body.get_table(0)
    assert [row.get_value(0) for row in list(table.traverse())[8:]] == plain
    assert sorted(plain) == sorted(
        ["=Quartz, Ash", "+Marl, Ash", "-Flint, Ash", "@Agate, Ash", "<b>Onyx</b>, Ash", "007, Ash"]
    )


def test_days_are_days(browser: Client, member: Membership) -> None:
    end = clock.today() + timedelta(days=30)
    people(person(member.area, family_name="Quartz", grounds=(qualifying(ends_on=end),)), today=clock.today())
    book = load_workbook(io.BytesIO(fetched(browser, asked(browser, kind="xlsx")).content))
    cell = book.worksheets[0].cell(row=9, column=6)
    assert cell.is_date
    assert cell.value.date() == end


def test_what_may_not_be_known_is_in_no_file(browser: Client, member: Membership) -> None:
    """Restricted, Category 4, excluded, another area: neither in the file nor in its evidence (R99, R100)."""
    (open_one,) = stored(member, "Quartz")
    stored(member, "Hidden", handling=Handling.RESTRICTED)
    stored(member, "Secret", handling=Handling.CATEGORY_4)
    stored(member, "Kin", exclusions=(ExclusionRecord("A cousin", LONG_AGO, user_id=member.user_id),))
    stored(MembershipFactory.create(), "Elsewhere")
    export = asked(browser)
    assert export.lines == 1
    response = fetched(browser, export)
    assert [line[0] for line in lines_of(response)[8:]] == ["Quartz, Ash"]
    assert row_of(member, response).root_ids == [open_one.pk]


def test_as_many_queries_for_three_rows_as_for_one(browser: Client, member: Membership) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            asked(browser)
        return len(queries)

    stored(member, "Quartz")
    cost()
    one = cost()
    stored(member, "Marl", "Flint")
    assert cost() == one


# --- what it is for -------------------------------------------------------------------------------------------------


def test_what_it_is_for_stands_in_the_log_of_making_and_fetching(
    browser: Client, member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made at once or by the worker: the access log says it, and is searched by it."""
    (one,) = stored(member, "Quartz")
    said = {"of": REGISTER, "file_format": "csv"}
    assert '<option value="court">' in browser.get(REGISTER).content.decode(), "asked where the list is shown"
    assert browser.post(ASK, {**said, "purpose": "a word of one's own"}).status_code == 422
    page = browser.post(ASK, {**said, "purpose": Purpose.COURT}, follow=True)
    assert Purpose.COURT.label in page.content.decode()
    monkeypatch.setattr("exchange.exports.work.AT_ONCE", 0)
    browser.post(ASK, {**said, "purpose": Purpose.REVIEW})
    at_work(Export.objects.latest("pk"))
    assert Export.objects.latest("pk").is_ready
    for export in Export.objects.all():
        assert fetched(browser, export).status_code == 200
    asked(browser)
    rows = [row for row in access_of_nominal(system(), one.pk) if row.purpose]
    assert sorted((row.kind, row.purpose) for row in rows) == [
        ("export", Purpose.COURT.label),
        ("export", Purpose.REVIEW.label),
        ("list", Purpose.COURT.label),
        ("task", Purpose.REVIEW.label),
    ]
    reader = browser_of(MembershipFactory.create(area=member.area, role=Role.INFORMATION_GOVERNANCE))
    found = reader.get(f"/logs/access/records/{one.pk}/", {"purpose": "review"}).content.decode()
    assert "2</strong> " in found


# --- who may --------------------------------------------------------------------------------------------------------


def test_whoever_may_not_sees_no_button_and_gets_no_file() -> None:
    member = MembershipFactory.create(role=Role.SPOC)
    browser = browser_of(member)
    page = browser.get(REGISTER).content.decode()
    assert "Export this list" not in page
    assert "Saved views of this list" in page
    assert browser.get(f"{ASK}?of={REGISTER}").status_code == 403
    assert browser.post(ASK, {"of": REGISTER, "file_format": "csv"}).status_code == 403
    assert browser.get("/exports/").status_code == 403
    assert not Export.objects.exists()


def test_whoever_may_sees_the_button_with_the_filters_at_hand(browser: Client, member: Membership) -> None:
    stored(member, "Quartz")
    page = browser.get(f"{REGISTER}?level=2&page=2&nonsense=Smith").content.decode()
    assert "Export this list" in page
    assert 'name="of" value="/nominals/?level=2"' in page


@pytest.mark.parametrize(
    "address",
    ["/no/such/", "/search/", "/", "/exports/", "http://example.org/nominals/x/", "/api/nominals/", "nonsense", "//"],
)
def test_an_address_that_is_no_list_is_none(browser: Client, address: str) -> None:
    assert browser.get(ASK, {"of": address}).status_code == 404
    assert browser.post(ASK, {"of": address, "file_format": "csv"}).status_code == 404


def test_a_list_whose_permission_one_lacks_is_refused() -> None:
    browser = browser_of(MembershipFactory.create(role=Role.SYSTEM_ADMINISTRATOR))
    assert browser.get(ASK, {"of": REGISTER}).status_code == 403


def test_a_proof_that_is_old_is_asked_for_again(browser: Client, member: Membership) -> None:
    """Nothing is made before the sign-in is confirmed; the way leads back to the same list (R110)."""
    stored(member, "Quartz")
    session = browser.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": 0},
        {"method": "mfa", "at": timezone.now().timestamp() - 301},
    ]
    session.save()
    first = browser.post(ASK, {"of": f"{REGISTER}?level=2", "file_format": "csv"})
    assert first.status_code == 422
    text = first.content.decode()
    assert "/account/confirm/" in text, "a link to where it is given"
    assert 'value="/nominals/?level=2"' in text, "nothing that was chosen is lost"
    second = browser.get(ASK, {"of": REGISTER})
    assert second.status_code == 302
    assert second.headers["Location"].startswith("/account/confirm/?next=%2Fexports%2Fnew%2F")
    assert not Export.objects.exists()
    by = principal(member, proved=False)
    wanted = ExportedList(REGISTER, by)
    with pytest.raises(Refused, match="Confirm who you are"):
        ask_for_export(by=by, today=clock.today(), member_id=member.pk, wanted=wanted, file_format="csv")


def test_the_files_of_a_day_are_counted(browser: Client, member: Membership) -> None:
    stored(member, "Quartz")
    for _ in range(20):
        asked(browser)
    response = browser.post(ASK, {"of": REGISTER, "file_format": "csv"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "20 are the most in a day" in text
    assert "R110" in text
    assert Export.objects.count() == 20
    other = browser_of(MembershipFactory.create(area=member.area))
    assert asked(other).asked_by_id != member.user_id, "another person has a quota of their own"


# --- fetching -------------------------------------------------------------------------------------------------------


def test_a_file_is_fetched_once(browser: Client, member: Membership) -> None:
    stored(member, "Quartz")
    export = asked(browser)
    assert bytes(export.file.sealed).find(b"Quartz") == -1, "it rests sealed"
    assert fetched(browser, export).status_code == 200
    assert not ExportFile.objects.exists()
    again = fetched(browser, export)
    assert again.status_code == 422
    assert "fetched already" in again.content.decode()
    assert "Fetch the file" not in browser.get(f"/exports/{export.pk}/").content.decode()


def test_a_file_is_for_whoever_asked_and_in_the_same_role(browser: Client, member: Membership) -> None:
    stored(member, "Quartz")
    export = asked(browser)
    colleague = MembershipFactory.create(area=member.area)
    other_role = MembershipFactory.create(user=member.user, area=member.area, role=Role.ADMINISTRATOR)
    for each in (colleague, other_role):
        elsewhere = browser_of(each)
        assert elsewhere.get(f"/exports/{export.pk}/").status_code == 404
        assert fetched(elsewhere, export).status_code == 404
        assert "Quartz" not in elsewhere.get("/exports/").content.decode()
        with pytest.raises(Refused):
            fetch_export(by=principal(each), export_id=export.pk)
    assert fetched(browser, export).status_code == 200


Change = Callable[[Membership, Nominal], object]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda _, one: Nominal.objects.filter(pk=one.pk).update(handling=Handling.RESTRICTED), id="restricted"
        ),
        pytest.param(
            lambda _, one: Nominal.objects.filter(pk=one.pk).update(handling=Handling.CATEGORY_4), id="category 4"
        ),
        pytest.param(
            lambda member, one: exclude(
                by=system(),
                today=clock.today(),
                nominal_id=one.pk,
                user_id=member.user_id,
                reason="A cousin",
                starts_on=clock.today(),
            ),
            id="excluded",
        ),
    ],
)
def test_access_is_asked_again_when_the_file_is_fetched(browser: Client, member: Membership, change: Change) -> None:
    one, _ = stored(member, "Quartz", "Marl")
    export = asked(browser)
    change(member, one)
    response = fetched(browser, export)
    assert response.status_code == 422
    text = response.content.decode()
    assert "The list has changed since the file was made" in text
    assert "Quartz" not in text
    export.refresh_from_db()
    assert export.end == ExportEnd.WITHDRAWN
    assert not ExportFile.objects.exists()
    assert row_of(member, response).kind != "export"


def test_a_person_who_is_disabled_fetches_nothing(browser: Client, member: Membership) -> None:
    stored(member, "Quartz")
    export = asked(browser)
    disable_user(by=system(), user=member.user)
    assert fetched(browser, export).status_code == 302
    assert ExportFile.objects.filter(export=export).exists()


def test_what_is_not_fetched_in_time_goes(browser: Client, member: Membership) -> None:
    stored(member, "Quartz")
    export, kept = asked(browser), asked(browser)
    Export.objects.filter(pk=export.pk).update(
        made_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(seconds=1)
    )
    assert sweep(today=clock.today()) == (1, 0)
    export.refresh_from_db()
    assert export.end == ExportEnd.EXPIRED
    assert [file.export_id for file in ExportFile.objects.all()] == [kept.pk]
    assert fetched(browser, export).status_code == 422


def test_an_export_can_be_withdrawn(browser: Client, member: Membership) -> None:
    stored(member, "Quartz")
    export = asked(browser)
    assert browser.post(f"/exports/{export.pk}/withdraw/").headers["Location"] == "/exports/"
    assert not ExportFile.objects.exists()
    assert "Withdrawn" in browser.get("/exports/").content.decode()


def test_a_proof_that_is_old_fetches_nothing(browser: Client, member: Membership) -> None:
    stored(member, "Quartz")
    export = asked(browser)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": timezone.now().timestamp() - 301}]
    session.save()
    assert "Confirm who you are to fetch the file" in browser.get(f"/exports/{export.pk}/").content.decode()
    response = fetched(browser, export)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/account/confirm/?next=%2Fexports%2F{export.pk}%2F"
    with pytest.raises(Refused, match="Confirm who you are"):
        fetch_export(by=principal(member, proved=False), export_id=export.pk)
    assert ExportFile.objects.filter(export=export).exists()


# --- the worker -----------------------------------------------------------------------------------------------------


@pytest.fixture
def long_export(browser: Client, member: Membership, monkeypatch: pytest.MonkeyPatch) -> Export:
    """One that is left to the worker: the number of lines made at once is lowered for the test."""
    monkeypatch.setattr("exchange.exports.work.AT_ONCE", 2)
    stored(member, "Quartz", "Marl", "Flint")
    export = asked(browser)
    assert export.is_waiting
    return export


def at_work(export: Export) -> Export:
    make_waiting(export.pk, today=clock.today(), at=clock.now())
    export.refresh_from_db()
    return export


def test_a_long_list_is_made_by_the_worker(long_export: Export, browser: Client, member: Membership) -> None:
    page = browser.get(f"/exports/{long_export.pk}/").content.decode()
    assert "Waiting" in page
    assert "Fetch the file" not in page
    assert at_work(long_export).is_ready
    response = fetched(browser, long_export)
    assert len(lines_of(response)[8:]) == 3
    assert len(row_of(member, response).root_ids) == 3
    at_work(long_export)
    assert long_export.end == ExportEnd.FETCHED, "a message that comes twice does nothing"


def test_the_page_says_how_far_it_is(long_export: Export, browser: Client, member: Membership) -> None:
    begin_export(by=principal(member, proved=False), export_id=long_export.pk)
    cache.set(f"export-{long_export.pk}", 2)
    page = browser.get(f"/exports/{long_export.pk}/").content.decode()
    assert "2 of 3 lines done" in page
    long_export.refresh_from_db()
    assert standing_of(long_export).word == "Being made"


def test_a_worker_that_dies_leaves_the_export_to_be_made_again(
    long_export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr("exchange.exports.work.send", sent.append)
    with monkeypatch.context() as broken:
        broken.setattr("exchange.exports.services.seal_bytes", _dies)
        with pytest.raises(SystemExit):
            at_work(long_export)
    long_export.refresh_from_db()
    assert long_export.is_waiting
    assert long_export.attempts == 1
    assert not ExportFile.objects.exists()
    assert sweep(today=clock.today()) == (0, 0), "it may still be at work"
    Export.objects.update(begun_at=timezone.now() - timedelta(minutes=7))
    assert sweep(today=clock.today()) == (0, 1)
    assert sent == [long_export.pk]
    assert at_work(long_export).is_ready


def _dies(*_: Any, **__: Any) -> bytes:
    raise SystemExit


def test_one_that_cannot_be_made_is_given_up(long_export: Export) -> None:
    Export.objects.update(attempts=3)
    assert at_work(long_export).end == ExportEnd.FAILED


def test_one_nobody_took_up_is_sent_again(long_export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr("exchange.exports.work.send", sent.append)
    Export.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    assert sweep(today=clock.today()) == (0, 1)
    Export.objects.update(asked_at=timezone.now() - timedelta(days=2))
    assert sweep(today=clock.today()) == (1, 0)
    long_export.refresh_from_db()
    assert long_export.end == ExportEnd.EXPIRED


def test_a_role_that_has_ended_makes_no_file(long_export: Export, member: Membership) -> None:
    Membership.objects.filter(pk=member.pk).update(ends_on=clock.today() - timedelta(days=1))
    assert at_work(long_export).end == ExportEnd.WITHDRAWN


def test_a_permission_that_was_lost_makes_no_file(long_export: Export, member: Membership) -> None:
    Membership.objects.filter(pk=member.pk).update(role=Role.SYSTEM_ADMINISTRATOR)
    assert at_work(long_export).end == ExportEnd.WITHDRAWN


def test_what_is_closed_meanwhile_is_left_out_by_the_worker(long_export: Export, browser: Client) -> None:
    Nominal.objects.filter(family_name="Marl").update(handling=Handling.CATEGORY_4)
    assert at_work(long_export).lines == 2
    assert [line[0] for line in lines_of(fetched(browser, long_export))[8:]] == ["Flint, Ash", "Quartz, Ash"]


def test_services_end_and_make_what_is_theirs_only(browser: Client, member: Membership) -> None:
    stored(member, "Quartz")
    export = asked(browser)
    with pytest.raises(Refused, match="made already"):
        make_export(by=principal(member), today=clock.today(), at=clock.now(), export_id=export.pk)
    with pytest.raises(Refused, match="for whoever asked"):
        end_export(by=principal(MembershipFactory.create()), export_id=export.pk, end=ExportEnd.WITHDRAWN)


def test_the_number_made_at_once_is_no_page(browser: Client) -> None:
    assert AT_ONCE > 25
