"""What every test stands on: a database of its own run, the role of the application, a closed network.

Ordinary tests (`django_db`) work in a transaction that is rolled back, as the application's role. A test that has to
commit (threads, a live server, a worker) asks for `own_database`: a copy of the pristine one, dropped afterwards. No
test uses `transaction=True`, which would empty the evidence by TRUNCATE.
"""

import contextlib
import hashlib
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote

import hypothesis
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import NO_DB_ALIAS, BaseDatabaseWrapper
from django.utils import timezone
from hypothesis.configuration import set_hypothesis_home_dir
from pytest_django import DjangoDbBlocker

from mappa.devstack import postgres, valkey
from mappa.env import BASE_DIR, DATA_DIR, DatabaseRole
from mappa.settings import database, environment

TEST_NAME = re.compile(r"test_mappa_(\d+)(_\w+)?")
# What takes long to fill is filled once for a state of the code, and copied by every process of this and later runs.
KEPT_NAME = re.compile(r"test_mappa_kept_([a-z]+)_[0-9a-f]{16}(_draft)?")
KEEPING = 7_216_021  # the advisory lock of whoever fills or copies one of them
MIGRATOR = DatabaseRole.MIGRATOR
TODAY = date(2026, 11, 22)  # the day of the demonstration

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
    assert TEST_NAME.fullmatch(name) or KEPT_NAME.fullmatch(name), "only test databases are dropped"
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


def code() -> bytes:
    """A digest of all that fills a database: our code and the libraries it stands on."""
    packages = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    digest = hashlib.sha256((BASE_DIR / "requirements-dev.lock").read_bytes())
    folders = dict.fromkeys(packages["root_packages"], "*") | {"tests": "conftest.py"}
    for folder, names in folders.items():
        for path in sorted((BASE_DIR / folder).rglob(names)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(BASE_DIR)).encode() + b"\0" + path.read_bytes())
    return digest.digest()


def copy_of_kept(copy: str, what: str, fill: Callable[[str], None], *, of: str = "template1", key: str = "") -> None:
    """Make the database ``copy`` as ``fill`` leaves it, which is called only when nothing like it is kept.

    What is kept is known by ``what`` it is, by the code, and by a ``key`` for all else it depends on. One process
    fills, others wait; a run that is killed while it fills leaves a draft, which the next throws away.
    """
    name = f"test_mappa_kept_{what}_{hashlib.sha256(code() + key.encode()).hexdigest()[:16]}"
    draft = f"{name}_draft"
    with maintenance() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [KEEPING])
        cursor.execute("SELECT datname FROM pg_database")
        kept = {row[0] for row in cursor.fetchall() if (found := KEPT_NAME.fullmatch(row[0])) and found[1] == what}
        if name not in kept:
            for old in kept:
                drop(old)
            cursor.execute(f'CREATE DATABASE "{draft}" TEMPLATE "{of}"')
            fill(draft)
            connections.close_all()
            cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')


def copy_of_demonstration(copy: str, *, of: str, neutral_names: bool = False) -> None:
    """Make the database ``copy`` hold the demonstration of TODAY; ``of`` is the migrated one it is filled from."""

    def fill(name: str) -> None:
        lead_to(DatabaseRole.APP, name=name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.MAPPA_DEMO", True)
            call_command("load_demo", today=TODAY, neutral_names=neutral_names, verbosity=0)
        # What the database does by itself a minute later; until then a page may be planned as for empty tables.
        lead_to(MIGRATOR, name=name)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    before = connections["default"].settings_dict["NAME"]
    # Parts of the demonstration are as old as the day on which it is loaded, whatever day it shows.
    key = f"{TODAY} {timezone.now():%Y-%m-%d} {neutral_names}"
    try:
        copy_of_kept(copy, "demonstration", fill, of=of, key=key)
    finally:
        lead_to(DatabaseRole.APP, name=before)


def _migrate(name: str) -> None:
    lead_to(MIGRATOR, name=name)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


@pytest.fixture(scope="session")
def pristine_database(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The migrated database that all others of this run are copies of. Nobody connects to it."""
    name = f"test_mappa_{os.getpid()}"
    pristine = f"{name}_pristine"
    with django_db_blocker.unblock():
        if environment.embedded_database:
            _drop_leftovers()
        drop(pristine)
        try:
            copy_of_kept(pristine, "migrated", _migrate)
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


@contextlib.contextmanager
def leading_to_own(pristine: str, make: Callable[[str], None], settings: Any) -> Iterator[OwnDatabase]:
    """A database made for one test, to which everything leads while it runs."""
    ordinary = connections.settings["default"]["NAME"]
    name = f"{pristine.removesuffix('_pristine')}_own{next(_copies)}"
    make(name)
    settings.MAPPA_CACHE_CONNECTION = "cache"
    lead_to(DatabaseRole.APP, name=name)
    try:
        yield OwnDatabase(name)
    finally:
        connections.close_all()
        lead_to(DatabaseRole.APP, name=ordinary)
        drop(name)


@pytest.fixture
def own_database(
    _cache_within_the_test: None, pristine_database: str, django_db_blocker: DjangoDbBlocker, settings: Any
) -> Iterator[OwnDatabase]:
    """A database for this test alone, in which everything commits, as in earnest."""

    def make(name: str) -> None:
        with maintenance() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{pristine_database}"')

    with django_db_blocker.unblock(), leading_to_own(pristine_database, make, settings) as own:
        yield own


@pytest.fixture
def demonstration(
    _cache_within_the_test: None, pristine_database: str, django_db_blocker: DjangoDbBlocker, settings: Any
) -> Iterator[OwnDatabase]:
    """The same with the demonstration in it, on its day."""
    with (
        django_db_blocker.unblock(),
        leading_to_own(pristine_database, partial(copy_of_demonstration, of=pristine_database), settings) as own,
    ):
        yield own


@pytest.fixture(scope="session")
def queue() -> str:
    """The address of a real queue server."""
    if environment.redis_url:
        return environment.redis_url
    valkey.hold()
    return valkey.url()
