"""What a search found, taken out as a file: like every list, and what was looked for is kept nowhere."""

import html
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.db import connection
from django.test import Client
from django.utils import timezone
from psycopg2 import sql

from agencies.models import Membership
from agencies.roles import Role
from audit.reads import digest_of
from cases.models import Nominal
from cases.services.participation import grant_to_person
from exchange.exports.services import still_open
from exchange.exports.work import make_waiting
from exchange.models import Export, ExportFile
from mappa import clock
from rules.vocabulary import Handling
from tests.factories.agencies import MembershipFactory
from tests.factories.cases import people, person, system

from .taking_out import browser_of, fetched, lines_of, principal, row_of, stored

pytestmark = pytest.mark.django_db

SEARCH, EXPORT = "/search/", "/search/export/"
# Near enough to the name on record to find it, and written nowhere in it.
TERM = "Gallina"


@pytest.fixture
def member() -> Membership:
    return MembershipFactory.create(role=Role.COORDINATOR)


@pytest.fixture
def browser(member: Membership) -> Client:
    return browser_of(member)


def results(browser: Client, **terms: str) -> Any:
    return browser.post(SEARCH, terms or {"text": TERM})


def button_of(page: Any) -> dict[str, str]:
    """The fields of the form that takes the results out."""
    form = page.content.decode().partition(f'action="{EXPORT}"')[2].partition("</form>")[0]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in fields} | {"file_format": "csv", "purpose": "meeting"}


def taken_out(browser: Client, **terms: str) -> Export:
    response = browser.post(EXPORT, button_of(results(browser, **terms)))
    assert response.status_code == 302, response.content.decode()[-3000:]
    export = Export.objects.latest("pk")
    assert response.headers["Location"] == f"/exports/{export.pk}/"
    return export


def unproved(browser: Client) -> None:
    session = browser.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": timezone.now().timestamp() - 301}]
    session.save()


def test_the_results_go_out_as_they_are_shown(browser: Client, member: Membership) -> None:
    """Marked, with a copy number, fetched once; the access log names who is in it (R102)."""
    (galena,) = stored(member, "Galena")
    stored(member, "Quartz")
    export = taken_out(browser)
    assert (export.list_name, export.title, export.query, export.chosen) == ("search", "Search results", "", "")
    assert (export.lines, export.found_ids, export.purpose) == (1, [galena.pk], "meeting")
    assert row_of(member, browser.get("/exports/")).kind != "export"
    response = fetched(browser, export)
    lines = lines_of(response)
    assert lines[0] == ["Search results"]
    assert lines[1] == ["OFFICIAL-SENSITIVE"]
    assert member.user.name in lines[3][0]
    assert lines[5] == ["Filters: none"]
    assert lines[7] == ["Name", "Date of birth", "Category and level", "Numbers"]
    assert lines[8][0] == "Ash Galena"
    assert lines[8][2] == "Category 2 Level 2"
    assert len(lines) == 9
    row = row_of(member, response)
    assert (row.kind, row.root_ids) == ("export", [galena.pk])
    assert fetched(browser, export).status_code == 422
    export.refresh_from_db()
    assert export.found_ids == [], "nor are the keys kept"


def test_the_order_is_that_of_the_page_and_the_spreadsheets_open(browser: Client, member: Membership) -> None:
    found = stored(member, "Galena", "Gallena", "Galenas")
    shown = re.findall(r'href="/nominals/(\d+)/">', results(browser, text="Galena").content.decode())
    export = taken_out(browser, text="Galena")
    assert export.found_ids == [int(key) for key in shown]
    assert set(export.found_ids) == {each.pk for each in found}
    fields = button_of(results(browser, text="Galena"))
    for kind in ("xlsx", "ods"):
        assert browser.post(EXPORT, fields | {"file_format": kind}).status_code == 302
        assert fetched(browser, Export.objects.latest("pk")).status_code == 200


def test_page_and_file_say_that_there_are_more(browser: Client, member: Membership) -> None:
    people(*(person(member.area, family_name="Galena") for _ in range(60)))
    assert "The 50 best of 60 people found" in results(browser).content.decode()
    export = taken_out(browser)
    lines = lines_of(fetched(browser, export))
    assert lines[5] == ["Filters: The 50 best of 60 people found"]
    assert len(lines) == 8 + 50


def test_without_a_fresh_proof_nothing_is_made_and_the_page_says_to_search_again(
    browser: Client, member: Membership
) -> None:
    stored(member, "Galena")
    fields = button_of(results(browser))
    unproved(browser)
    page = results(browser).content.decode()
    assert EXPORT not in page
    assert "then search again" in page
    assert "next=%2Fsearch%2F" in page
    refused = browser.post(EXPORT, fields)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "search again" in text
    assert "next=%2Fsearch%2F" in text
    assert TERM not in text
    assert TERM not in str(dict(browser.session.items()))
    assert not Export.objects.exists()


def test_whoever_may_take_nothing_out_sees_no_button() -> None:
    member = MembershipFactory.create(role=Role.SPOC)
    (galena,) = stored(member, "Galena")
    starts_on = clock.today()
    grant_to_person(by=system(), today=starts_on, nominal_id=galena.pk, user_id=member.user_id, starts_on=starts_on)
    browser = browser_of(member)
    page = results(browser).content.decode()
    assert "Ash Galena" in page
    assert EXPORT not in page
    assert browser.post(EXPORT, {"text": TERM, "file_format": "csv"}).status_code == 403
    assert not Export.objects.exists()


def test_nothing_found_and_nothing_asked_are_refused(browser: Client, member: Membership) -> None:
    stored(member, "Galena")
    assert EXPORT not in results(browser, text="Xyzzyx Qqwrt").content.decode()
    for fields in ({}, {"text": TERM}, {"text": TERM, "file_format": "pdf"}, {"file_format": "csv"},
                   {"text": TERM, "file_format": "csv", "purpose": "mine"},
                   {"text": "Xyzzyx Qqwrt", "file_format": "csv"}):  # fmt: skip
        assert browser.post(EXPORT, fields).status_code == 422
    assert browser.get(EXPORT).status_code == 405
    assert not Export.objects.exists()


def test_the_quota_counts_them_too(browser: Client, member: Membership) -> None:
    stored(member, "Galena")
    fields = button_of(results(browser))
    for _ in range(20):
        assert browser.post(EXPORT, fields).status_code == 302
    refused = browser.post(EXPORT, fields)
    assert refused.status_code == 422
    assert "20 are the most in a day" in refused.content.decode()
    assert TERM not in refused.content.decode()


def test_hidden_people_are_in_no_file_and_access_is_asked_again(browser: Client, member: Membership) -> None:
    one, other = stored(member, "Galena", "Gallena")
    for number, handling in enumerate((Handling.RESTRICTED, Handling.CATEGORY_4)):
        stored(member, f"Galen{'ao'[number]}", handling=handling)
    export = taken_out(browser)
    assert set(export.found_ids or []) == {one.pk, other.pk}
    Nominal.objects.filter(pk=one.pk).update(handling=Handling.RESTRICTED)
    assert not still_open(export, by=principal(member))
    response = fetched(browser, export)
    assert response.status_code == 422
    assert "has changed since the file was made" in response.content.decode()
    assert not ExportFile.objects.exists()


def test_a_worker_makes_it_of_the_keys_alone(
    browser: Client, member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.exports.work.AT_ONCE", 0)
    stored(member, "Galena")
    export = taken_out(browser)
    assert export.is_waiting
    make_waiting(export.pk, today=clock.today(), at=clock.now())
    assert lines_of(fetched(browser, export))[8][0] == "Ash Galena"


@pytest.fixture
def valkey(queue: str) -> Iterator[Any]:
    client = redis.Redis.from_url(queue)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


def stands_in_tables(text: str) -> list[str]:
    """The tables that hold the text in any column of a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            " AND table_type = 'BASE TABLE' AND has_table_privilege(quote_ident(table_name), 'SELECT')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            asked = sql.SQL("SELECT count(*) FROM {} AS each WHERE each::text ILIKE %s").format(sql.Identifier(table))
            cursor.execute(asked, [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_no_term_is_in_an_address_log_queue_session_table_or_file(
    browser: Client,
    member: Membership,
    valkey: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("exchange.exports.work.AT_ONCE", 0)
    stored(member, "Galena")
    with django_capture_on_commit_callbacks(execute=True):
        response = browser.post(EXPORT, button_of(results(browser)))
    row = row_of(member, response)
    assert TERM not in response.headers["Location"]
    assert [bytes(term) for term in row.terms] == [digest_of(TERM)], "a digest, as of every search"
    assert TERM not in str([str(value) for value in vars(row).values()])
    told = b"".join(valkey.dump(key) or b"" for key in valkey.scan_iter())
    assert told, "the worker was told"
    assert TERM.encode() not in told
    export = Export.objects.get()
    make_waiting(export.pk, today=clock.today(), at=clock.now())
    assert "Galena" in fetched(browser, export).content.decode()
    assert TERM not in str(dict(browser.session.items()))
    assert TERM not in caplog.text
    assert stands_in_tables("Galena"), "what is written is found in this way"
    assert stands_in_tables(TERM) == []
