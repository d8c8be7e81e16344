"""What every test stands on: a database of its own run, the role of the application, a closed network.

Ordinary tests (`django_db`) work in a transaction that is rolled back, as the application's role. A test that has to
commit (threads, a live server, a worker) asks for `own_database`: a copy of the pristine one, dropped afterwards. No
test uses `transaction=True`, which would empty the evidence by TRUNCATE.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import hypothesis
import pytest
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import NO_DB_ALIAS, BaseDatabaseWrapper
from hypothesis.configuration import set_hypothesis_home_dir
from pytest_django import DjangoDbBlocker

from mappa.devstack import postgres, valkey
from mappa.env import DATA_DIR, DatabaseRole
from mappa.settings import database, environment

TEST_NAME = re.compile(r"test_mappa_(\d+)(_\w+)?")
MIGRATOR = DatabaseRole.MIGRATOR

set_hypothesis_home_dir(DATA_DIR / "hypothesis")
# The same examples each time, so that a red build is about the change and not about the draw; `make test-long` draws.
hypothesis.settings.register_profile("fixed", derandomize=True, deadline=None, database=None, max_examples=50)
hypothesis.settings.register_profile("long", deadline=None, max_examples=1000, print_blob=True)
hypothesis.settings.load_profile("fixed")


def pytest_configure(config: pytest.Config) -> None:
    # From here on no connection can reach anything but a test database: it does not exist before a test asks for it.
    for alias in ("default", "cache"):
        connections.settings[alias]["NAME"] = f"test_mappa_{os.getpid()}"
    if environment.embedded_database and not hasattr(config, "workerinput"):
        # Workers of a parallel run end without ceremony; who started them is the last one out and stops the server.
        postgres.stay()
        valkey.stay()


def pytest_unconfigure(config: pytest.Config) -> None:
    connections.close_all()
    postgres.leave()
    valkey.leave()


@dataclass(frozen=True)
class OwnDatabase:
    """A database that one test may change as it likes, and how another process reaches it."""

    name: str

    def environment(self, role: DatabaseRole = DatabaseRole.APP) -> dict[str, str]:
        """Variables for a process that is to work on this database."""
        return {"DATABASE_URL": self._url(role), "MAPPA_TESTING": "1"}

    def _url(self, role: DatabaseRole) -> str:
        if environment.embedded_database:
            at: dict[str, Any] = postgres.address(role.value)
            return f"postgres://{role.value}:{quote(at['password'])}@{at['host']}:{at['port']}/{self.name}"
        given = database(role)
        return f"postgres://{given['USER']}:{quote(given['PASSWORD'])}@{given['HOST']}:{given['PORT']}/{self.name}"


def lead_to(role: DatabaseRole, *, name: str) -> None:
    """Let both connections lead to this database in this role from now on."""
    assert name.startswith("test_"), "tests work on test databases only"
    given = database(role)
    for alias in ("default", "cache"):
        connections[alias].close()
        connections.settings[alias].update({"NAME": name, "USER": given["USER"], "PASSWORD": given.get("PASSWORD", "")})
        connections[alias].settings_dict.update(connections.settings[alias])


@contextlib.contextmanager
def maintenance() -> Iterator[Any]:
    """A cursor of the migrator outside every test database, to make and drop them."""
    elsewhere: BaseDatabaseWrapper = connections["default"].copy(NO_DB_ALIAS)
    given = database(MIGRATOR)
    elsewhere.settings_dict = {
        **elsewhere.settings_dict,
        "NAME": "postgres",
        "USER": given["USER"],
        "PASSWORD": given.get("PASSWORD", ""),
    }
    try:
        with elsewhere.cursor() as cursor:
            yield cursor
    finally:
        elsewhere.close()


def drop(name: str) -> None:
    assert TEST_NAME.fullmatch(name), "only test databases are dropped"
    with maintenance() as cursor:
        # FORCE is refused while autovacuum is at work there; a plain DROP sends that one away by itself.
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = ANY(%s)",
            [name, [role.value for role in DatabaseRole]],
        )
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _drop_leftovers() -> None:
    """Databases of runs that were killed: on the embedded server the number in the name is a process here."""
    with maintenance() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_mappa\\_%%'")
        names = [row[0] for row in cursor.fetchall()]
    for name in names:
        found = TEST_NAME.fullmatch(name)
        if found and not _runs(int(found[1])):
            drop(name)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@pytest.fixture(scope="session")
def pristine_database(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The migrated database that all others of this run are copies of. Nobody connects to it."""
    name = f"test_mappa_{os.getpid()}"
    pristine = f"{name}_pristine"
    with django_db_blocker.unblock():
        if environment.embedded_database:
            _drop_leftovers()
        drop(pristine)
        with maintenance() as cursor:
            cursor.execute(f'CREATE DATABASE "{pristine}"')
        lead_to(MIGRATOR, name=pristine)
        try:
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
        finally:
            lead_to(DatabaseRole.APP, name=name)
    yield pristine
    with django_db_blocker.unblock():
        drop(pristine)


@pytest.fixture(scope="session")
def django_db_setup(pristine_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In place of pytest-django's: the database of the ordinary tests, a copy of the pristine one."""
    name = pristine_database.removesuffix("_pristine")
    with django_db_blocker.unblock():
        drop(name)
        with maintenance() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{pristine_database}"')
        lead_to(DatabaseRole.APP, name=name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        drop(name)


@pytest.fixture(autouse=True)
def _cache_within_the_test(settings: Any) -> None:
    """In a test that is rolled back the cache is rolled back too; `own_database` gives it its connection again."""
    settings.MAPPA_CACHE_CONNECTION = "default"


_copies = iter(range(1, 1_000_000))


@pytest.fixture
def own_database(
    _cache_within_the_test: None, pristine_database: str, django_db_blocker: DjangoDbBlocker, settings: Any
) -> Iterator[OwnDatabase]:
    """A database for this test alone, in which everything commits, as in earnest."""
    ordinary = connections.settings["default"]["NAME"]
    name = f"{pristine_database.removesuffix('_pristine')}_own{next(_copies)}"
    with django_db_blocker.unblock():
        with maintenance() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{pristine_database}"')
        settings.MAPPA_CACHE_CONNECTION = "cache"
        lead_to(DatabaseRole.APP, name=name)
        try:
            yield OwnDatabase(name)
        finally:
            connections.close_all()
            lead_to(DatabaseRole.APP, name=ordinary)
            drop(name)


@pytest.fixture(scope="session")
def queue() -> str:
    """The address of a real queue server."""
    if environment.redis_url:
        return environment.redis_url
    valkey.hold()
    return valkey.url()
