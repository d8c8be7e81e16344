"""Evidence and silence: whoever is shown is in the access row of that request; no row, no page; nothing in the logs."""

import json
import logging
from collections.abc import Iterator
from logging.config import DictConfigurator
from typing import Any

import pytest
from django.conf import settings as project
from django.db import IntegrityError, connection, transaction
from django.test import Client

from agencies.principal import Principal
from audit.models import Access
from audit.reads import access_by_user, access_of_nominal
from cases.models import Nominal

from .addresses import guarded
from .walking import GET, POST, ask, body, values_of
from .world import ALIASES, CLEARED, GIVEN_NAMES, MISSING, SURNAMES, Person, WalkWorld, build

LOG_ACCESS = "audit_log_access(text, text, text, integer, text, bigint[], bytea[], integer, text)"
WATCHERS = (CLEARED, "practitioner", "spoc")
CANARIES = (*SURNAMES.values(), *ALIASES.values(), GIVEN_NAMES)


@pytest.fixture
def world() -> WalkWorld:
    return build()


def principal_of(world: WalkWorld, person: Person) -> Principal:
    assert person.membership is not None
    return Principal.for_membership(person.membership, on=world.day)


def row_of(world: WalkWorld, person: Person, response: Any) -> Access | None:
    """The row of this very request."""
    assert person.user is not None
    rows = access_by_user(principal_of(world, person), person.user.pk, size=1)
    return rows[0] if rows and str(rows[0].request_id) == response.headers["X-Request-ID"] else None


def shown(world: WalkWorld, text: str) -> dict[str, int]:
    """Records whose surname, or alias, stands in the text."""
    return {kind: world.nominals[kind] for kind, surname in SURNAMES.items() if surname in text}


def walked(world: WalkWorld, person: Person) -> Iterator[tuple[str, Any]]:
    """Every page, of an open record where it is about one, and every search that finds."""
    client = person.client()
    for address in guarded():
        url = address.url(**values_of(world, address, "opened"))
        yield address.name, client.get(url)
        yield f"{address.name} (POST)", ask(client, address, POST, url)
    for text in (GIVEN_NAMES, SURNAMES["opened"], ALIASES["opened"], "X100002"):
        yield "search (POST)", client.post("/search/", {"text": text})


@pytest.mark.django_db
@pytest.mark.parametrize("name", WATCHERS)
def test_whoever_is_shown_is_in_the_row_of_that_request(
    world: WalkWorld, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """By number; and no name of anybody stands in the row, in a log, in a header or in an address."""
    person = world.people[name]
    caplog.set_level(logging.DEBUG)
    wrong, pages_with_people = [], 0
    for where, response in walked(world, person):
        text = body(response)
        people = shown(world, text)
        row = row_of(world, person, response)
        if row is None:
            wrong.append(f"{where}: no row in the access log")
            continue
        if row.status != response.status_code:
            wrong.append(f"{where}: answered {response.status_code}, the row says {row.status}")
        missing = {kind for kind, nominal in people.items() if nominal not in row.root_ids}
        if missing:
            wrong.append(f"{where}: shows {missing} and the row does not say so: call pages.base.show")
        pages_with_people += bool(people)
        for place, told in (
            ("address it leads to", response.headers.get("Location", "")),
            ("headers", str(dict(response.headers))),
            ("access row", json.dumps({key: str(value) for key, value in vars(row).items()})),
            ("addresses on the page", " ".join(addresses_in(text))),
        ):
            wrong += [f"{where}: {each} in the {place}" for each in CANARIES if each in told]
    wrong += [f"{each} in the log" for each in CANARIES if each in caplog.text]
    assert not wrong, "\n".join(wrong)
    assert pages_with_people >= 4, "the walk shows nobody: the test has lost its subject"


@pytest.mark.django_db
def test_the_person_s_own_log_says_who_looked(world: WalkWorld) -> None:
    person = world.people["coordinator"]
    person.client().get(f"/nominals/{world.nominals['opened']}/")
    (row,) = access_of_nominal(principal_of(world, person), world.nominals["opened"])
    assert person.user is not None
    assert person.membership is not None
    assert (row.kind, row.user_id, row.membership_id, row.role, row.outcome) == (
        "view", person.user.pk, person.membership.pk, "coordinator", "ok",
    )  # fmt: skip


@pytest.mark.django_db
def test_refusals_are_recorded(world: WalkWorld) -> None:
    """The card and the missing permission leave a denial; what does not exist for somebody leaves no number."""
    person = world.people["coordinator"]
    client = person.client()

    def row(kind: str, path: str = "/nominals/{}/") -> Access:
        found = row_of(world, person, client.get(path.format(world.nominals[kind])))
        assert found is not None
        return found

    card = row("restricted")
    assert (card.kind, card.outcome, card.reason, card.root_ids) == (
        "denied", "denied", "R100", [world.nominals["restricted"]],
    )  # fmt: skip
    for kind in ("category_4", "excluded", "elsewhere", MISSING):
        absent = row(kind)
        assert (absent.kind, absent.status, absent.root_ids, absent.reason) == ("page", 404, [], ""), kind

    member = world.people["smb_member"]
    found = row_of(world, member, member.client().get(f"/nominals/{world.nominals['opened']}/"))
    assert found is not None
    assert (found.status, found.outcome) == (403, "denied")


@pytest.mark.django_db
def test_a_failed_sign_in_is_recorded(client: Client, world: WalkWorld, owner_counts: Any) -> None:
    before = owner_counts()
    user = world.people["coordinator"].user
    assert user is not None
    client.post("/account/sign-in/", {"login": user.email, "password": "wrong horse battery"})
    assert owner_counts() == before + 1


@pytest.fixture
def owner_counts() -> Any:
    """How many rows of the access log this transaction has made: its sequence tells without a right to the table."""

    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_get_xact_tuples_inserted('audit_access'::regclass)")
            return int(cursor.fetchone()[0])

    return count


def test_no_evidence_no_page(own_database: object, owner_sql: Any) -> None:
    """The application loses the right to write the access log: every page is 503, shows nobody, changes nothing."""
    world = build()
    person = world.people[CLEARED]
    client = person.client()
    owner_sql(f"REVOKE EXECUTE ON FUNCTION {LOG_ACCESS} FROM mappa_app")
    wrong = []
    for address in guarded():
        url = address.url(**values_of(world, address, "opened"))
        for method in (GET, POST):
            response = ask(client, address, method, url)
            if response.status_code != 503 or shown(world, body(response)):
                wrong.append(f"{method} {address.name}: {response.status_code} {shown(world, body(response))}")
    assert not wrong, "\n".join(wrong)


def test_what_was_not_recorded_was_not_done(own_database: object, owner_sql: Any) -> None:
    world = build()
    client = world.people["coordinator"].client()
    before = Nominal.objects.count()
    owner_sql(f"REVOKE EXECUTE ON FUNCTION {LOG_ACCESS} FROM mappa_app")
    born = {"date_of_birth_day": "1", "date_of_birth_month": "2", "date_of_birth_year": "1980"}
    response = client.post(
        "/nominals/add/", {"family_name": "Newcomer", "given_names": "Ash", "sex": "unknown", **born}
    )
    assert response.status_code == 503
    assert Nominal.objects.count() == before


def addresses_in(text: str) -> list[str]:
    """What stands in href, action and src."""
    found = []
    for mark in ('href="', 'action="', 'src="', 'hx-get="', 'hx-post="'):
        found += [piece.split('"', 1)[0] for piece in text.split(mark)[1:]]
    return found


@pytest.mark.django_db
def test_an_exception_is_logged_without_what_it_says(world: WalkWorld) -> None:
    """What the database refuses is quoted in its error, and local variables hold names: neither reaches a log line."""
    family_name = SURNAMES["opened"]
    try:
        with transaction.atomic():
            Nominal.objects.filter(family_name=family_name).update(handling="nonsense")
    except IntegrityError:
        record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Failed", (), None)
        import sys

        record.exc_info = sys.exc_info()
    assert record.exc_info is not None
    assert family_name in str(record.exc_info[1]), "the database quotes the row: the test has its subject"
    for log_format in ("lines",):
        line = formatter(log_format).format(record)
        assert family_name not in line
        assert "IntegrityError" in line, "the kind of the error and its place are what finds the fault"
        assert "nominal_handling_known" in line


def formatter(name: str) -> logging.Formatter:
    """The formatter that the settings give to the log of the system."""

    made = DictConfigurator({"version": 1}).configure_formatter(dict(project.LOGGING["formatters"][name]))
    assert isinstance(made, logging.Formatter)
    return made
