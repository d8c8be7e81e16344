"""The owner of the evidence, for tests that look into it or take a right away."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.audit.conftest import migrator, run

Query = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def owner_sql() -> Query:
    """Run SQL as the owner of the tables. It sees only what is committed: use it with ``own_database``."""

    def ask(sql: str, parameters: list[object] | None = None) -> list[tuple[Any, ...]]:
        with migrator() as owner:
            return run(sql, parameters, on=owner)

    return ask
