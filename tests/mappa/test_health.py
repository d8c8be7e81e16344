"""Readiness: what a load balancer is told, and no more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from tests.factories.agencies import UserFactory
from tests.factories.letters import message_to

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("minutes", "warnings"),
    [
        pytest.param(29, [], id="in time"),
        pytest.param(31, ["letters wait longer than they should"], id="late"),
    ],
)
def test_outbox_age_is_told_and_warned_of(client: Client, minutes: int, warnings: list[str], settings: Any) -> None:
    settings.MAPPA_OUTBOX_WAITS = timedelta(minutes=30)
    then = datetime.now(tz=UTC) - timedelta(minutes=minutes, seconds=20)
    user = UserFactory.create()
    message_to(user, posted_at=then, due_at=then)
    response = client.get("/health/ready")
    assert response.status_code == 200, "pages are served all the same"
    assert response.json() == {"ready": True, "why": "", "outbox_minutes": minutes, "warnings": warnings}
    assert not any(word in response.text for word in (user.email, user.family_name))


def test_an_empty_outbox_is_no_age(client: Client) -> None:
    assert client.get("/health/ready").json() == {"ready": True, "why": "", "outbox_minutes": 0, "warnings": []}


def test_without_a_database_it_lives_and_is_not_ready(client: Client) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise OperationalError("host db.example.org refused user mappa")

    with connection.execute_wrapper(refuse):
        assert client.get("/health/alive").json() == {"alive": True}
        response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"ready": False, "why": "the database does not answer"})


def test_before_it_is_migrated_it_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    applied = MigrationRecorder.applied_migrations
    monkeypatch.setattr(
        MigrationRecorder,
        "applied_migrations",
        lambda self: {key: row for key, row in applied(self).items() if key[0] != "exchange"},
    )
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"ready": False, "why": "the database is not migrated"})
