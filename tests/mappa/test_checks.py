"""A dangerous installation is refused, for each danger by its own number."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from mappa import checks, clock, env
from tests.conftest import OwnDatabase

URL = "postgres://mappa_app:secret@db.example/records"


def production(**changes: Any) -> SimpleNamespace:
    """Settings of an installation in which nothing is wrong, with these changes."""
    environment = env.read(
        {
            "MAPPA_TESTING": "0",
            "DATABASE_URL": URL,
            "REDIS_URL": "rediss://queue.example/0",
            "MAPPA_ORIGIN": "https://mappa.example.gov.uk",
            "MAPPA_ALLOWED_HOSTS": "mappa.example.gov.uk",
        }
    )
    values: dict[str, Any] = {
        "MAPPA_ENVIRONMENT": environment,
        "SECRET_KEY": "kVd8Zq2mPw5rTy7uBn4xCe9hGj3sLf6aXo1iQpWnRvYtMb0zKd",
        "DEBUG": False,
        "ALLOWED_HOSTS": ["mappa.example.gov.uk"],
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 63_072_000,
        "MAPPA_DEMO": False,
        "MAPPA_SECOND_FACTOR_REQUIRED": True,
        "MAPPA_PRETENDED_DAY_ALLOWED": False,
    }
    return SimpleNamespace(**{**values, **changes})


def numbers(values: SimpleNamespace) -> list[str | None]:
    return [fault.id for fault in (*checks.faults_everywhere(values), *checks.faults_in_production(values))]


def with_environment(**changes: Any) -> Callable[[], SimpleNamespace]:
    return lambda: production(MAPPA_ENVIRONMENT=replace(production().MAPPA_ENVIRONMENT, **changes))


def test_a_proper_installation_has_no_fault() -> None:
    assert numbers(production()) == []


@pytest.mark.parametrize(
    ("make", "number"),
    [
        pytest.param(lambda: production(SECRET_KEY=""), "mappa.E002", id="no key"),
        pytest.param(lambda: production(SECRET_KEY="short"), "mappa.E002", id="short key"),
        pytest.param(lambda: production(SECRET_KEY="a" * 60), "mappa.E002", id="key of one letter"),
        pytest.param(lambda: production(DEBUG=True), "mappa.E005", id="debug"),
        pytest.param(lambda: production(ALLOWED_HOSTS=[]), "mappa.E006", id="no host"),
        pytest.param(lambda: production(ALLOWED_HOSTS=["*", "mappa.example.gov.uk"]), "mappa.E006", id="any host"),
        pytest.param(
            lambda: production(ALLOWED_HOSTS=[".gov.uk", "mappa.example.gov.uk"]), "mappa.E006", id="any subdomain"
        ),
        pytest.param(with_environment(origin="http://mappa.example.gov.uk"), "mappa.E007", id="no https"),
        pytest.param(with_environment(origin="https://other.example"), "mappa.E007", id="another host"),
        pytest.param(lambda: production(SESSION_COOKIE_SECURE=False), "mappa.E008", id="cookie in the clear"),
        pytest.param(lambda: production(SECURE_SSL_REDIRECT=False), "mappa.E008", id="page in the clear"),
        pytest.param(lambda: production(SECURE_HSTS_SECONDS=0), "mappa.E009", id="no HSTS"),
        pytest.param(lambda: production(MAPPA_SECOND_FACTOR_REQUIRED=False), "mappa.E010", id="no second factor"),
        pytest.param(lambda: production(MAPPA_PRETENDED_DAY_ALLOWED=True), "mappa.E010", id="pretended day"),
        pytest.param(with_environment(database=None), "mappa.E011", id="embedded database"),
        pytest.param(with_environment(redis_url=""), "mappa.E012", id="embedded queue"),
        pytest.param(
            with_environment(database=env.database_address("postgres://mappa_migrator@h/x")),
            "mappa.E013",
            id="owner of the tables",
        ),
        pytest.param(lambda: production(MAPPA_DEMO=True), "mappa.E003", id="demonstration for all to see"),
        pytest.param(
            lambda: production(MAPPA_DEMO=True, ALLOWED_HOSTS=["localhost"]),
            "mappa.E004",
            id="demonstration on records",
        ),
    ],
)
def test_each_danger_is_refused(make: Callable[[], SimpleNamespace], number: str) -> None:
    assert number in numbers(make())


@pytest.mark.django_db
def test_the_role_of_the_application_has_no_more_rights_than_it_may() -> None:
    assert checks.check_database(None, databases=["default"]) == []


@pytest.mark.django_db
def test_a_pretended_day_is_refused_where_records_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    clock.pretend(clock.today())
    monkeypatch.setattr(settings, "MAPPA_PRETENDED_DAY_ALLOWED", False)
    assert [fault.id for fault in checks.check_database(None, databases=["default"])] == ["mappa.E102"]


def test_the_owner_of_the_tables_is_refused_as_the_application(own_database: OwnDatabase) -> None:
    asked = subprocess.run(
        [sys.executable, "manage.py", "check", "--database", "default"],
        cwd=env.BASE_DIR,
        env={**os.environ, **own_database.environment(role=env.DatabaseRole.MIGRATOR)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "mappa.E101" in asked.stderr
    assert "the evidence's, the owner's" in asked.stderr
