"""A real browser before a real server on a database of the test's own, which holds the demonstration of one day."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from mappa.install import BROWSERS
from tests.conftest import OwnDatabase, copy_of_demonstration, drop

from .desk import Desks, Watch

# The browser is driven through an event loop of this thread, which is no reason to keep the test from its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# A browser under test speaks to the site alone, and shows a page the same way every time.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--password-store=basic",
    "--use-mock-keychain",
)


def browser_program() -> str:
    """Where the system's Chromium is. Raises RuntimeError when there is none."""
    given = os.environ.get("CHROMIUM", "")
    found = given or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise RuntimeError("The browser tests need Chromium: install it, or set CHROMIUM to where it is.")
    return found


def browser_arguments() -> list[str]:
    return [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": browser_program(), "args": browser_arguments()}


@pytest.fixture(scope="session")
def neutral_names() -> bool:
    """Whether the organisations of the demonstration have invented names too."""
    return False


@pytest.fixture(scope="session")
def pristine_database(pristine_database: str, neutral_names: bool, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """In these tests, what every database is a copy of holds the demonstration."""
    name = f"{pristine_database.removesuffix('_pristine')}_demo_pristine"
    with django_db_blocker.unblock():
        drop(name)
        copy_of_demonstration(name, of=pristine_database, neutral_names=neutral_names)
    yield name
    with django_db_blocker.unblock():
        drop(name)


def as_in_earnest(application: Any) -> Any:
    """Nothing before the application: styles and scripts come from it, as in earnest."""
    return application


@pytest.fixture
def site(own_database: OwnDatabase, settings: Any) -> Iterator[str]:
    """The address of a running server, with the demonstration in a database that may be changed."""
    settings.MAPPA_DEMO = True
    settings.MEDIA_URL = "/media/"
    thread = LiveServerThread("127.0.0.1", as_in_earnest)  # type: ignore[arg-type]  # any wrapper will do
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture
def watch(site: str) -> Iterator[Watch]:
    """Fails the test when a browser complained: scripts, contents refused by the policy, faults of the server."""
    watch = Watch(site)
    yield watch
    assert watch.complaints == []


@pytest.fixture
def desks(browser: Browser, site: str, watch: Watch) -> Iterator[Desks]:
    desks = Desks(browser, site, watch)
    yield desks
    desks.close()
