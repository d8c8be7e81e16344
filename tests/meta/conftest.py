"""The owner of the evidence, for tests that look into it or take a right away; a world that stands for many tests."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, TypeVar

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.audit.conftest import migrator, run

Query = Callable[..., list[tuple[Any, ...]]]
T = TypeVar("T")


class Standing(Protocol):
    """Keeps what a function stores, for as long as its context lasts."""

    def __call__(self, build: Callable[[], T], /) -> AbstractContextManager[T]: ...


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Standing:
    """Rows that many tests of a module stand on: stored once, in a transaction round theirs, rolled back at its end.

    Each test works in a savepoint of its own: what it writes is gone after it, as ever.
    """

    @contextmanager
    def keep(build: Callable[[], T]) -> Iterator[T]:
        whole = transaction.atomic()
        with django_db_blocker.unblock():
            whole.__enter__()
            try:
                built = build()
            except BaseException as error:
                whole.__exit__(type(error), error, error.__traceback__)
                raise
        yield built
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)

    return keep


@pytest.fixture
def owner_sql() -> Query:
    """Run SQL as the owner of the tables. It sees only what is committed: use it with ``own_database``."""

    def ask(sql: str, parameters: list[object] | None = None) -> list[tuple[Any, ...]]:
        with migrator() as owner:
            return run(sql, parameters, on=owner)

    return ask
