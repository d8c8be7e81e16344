"""The logs searched by person, user and time: only what the reader may know of, and never a value."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.boundary import record_event, service
from audit.context import set_context
from audit.models import Access
from audit.reads import AccessKind, digest_of, reading, searched, showed
from audit.searching import Asked, Known, events_beside, found_access, found_changes, hours

from .conftest import Actor, Query, run

KNOWN = Known(nominals=[1, 2, 3], members=[70, 80], users=[7, 8])
ALL = Asked()


def look(who: Actor, *ids: int, kind: AccessKind = AccessKind.VIEW) -> None:
    with reading(who, kind=kind):
        showed(kind, ids)


def ids_of(actor: Actor, known: Known = KNOWN, **asked: Any) -> list[list[int]]:
    return [row.root_ids for row in found_access(actor, known, Asked(**asked)).order_by("-id")]


@pytest.mark.django_db
class TestAccess:
    def test_by_person_by_user_and_all(self, actor: Actor, other: Actor) -> None:
        look(actor, 1)
        look(other, 1, 2)
        look(actor, 3)
        assert ids_of(actor) == [[3], [1, 2], [1]]
        assert ids_of(actor, nominal=1) == [[1, 2], [1]]
        assert ids_of(actor, user=7) == [[3], [1]]
        assert ids_of(actor, user=7, nominal=1) == [[1]]

    def test_whoever_may_not_be_known_is_nowhere(self, actor: Actor) -> None:
        """Neither beside others, nor alone, nor asked for by id, nor in a count."""
        look(actor, 1, 99)
        look(actor, 99)
        with reading(actor, kind=AccessKind.SEARCH):
            searched(["somebody"], 5)
            showed(AccessKind.SEARCH, [1, 99])
        rows = found_access(actor, KNOWN, ALL)
        assert [row.root_ids for row in rows] == [[1], [1]]
        assert {row.hits for row in rows} == {None}
        assert {tuple(row.terms) for row in rows} == {()}
        assert rows.count() == 2
        assert ids_of(actor, nominal=99) == []

    def test_what_showed_nobody_is_there_for_members_only(self, actor: Actor, other: Actor) -> None:
        for who in (actor, other):
            with reading(who, kind=AccessKind.SIGN_IN):
                pass
        assert ids_of(actor, Known([], [70], [])) == [[]]
        assert ids_of(actor, Known([], [], [7, 8])) == [], "made in a role, which is not of this area"
        with reading(Actor(membership_id=None, role=None), kind=AccessKind.SIGN_OUT):
            pass
        assert ids_of(actor, Known([], [], [7])) == [[]]

    def test_from_and_to(self, actor: Actor) -> None:
        look(actor, 1)
        now = timezone.now()
        hour = timedelta(hours=1)
        assert len(ids_of(actor, since=now - hour, until=now + hour)) == 1
        assert ids_of(actor, since=now + hour) == []
        assert ids_of(actor, until=now - hour) == []

    def test_is_a_list_like_any_other(self, actor: Actor) -> None:
        for number in (1, 2, 3):
            look(actor, number)
        look(actor, 1, kind=AccessKind.EXPORT)
        rows = found_access(actor, KNOWN, ALL)
        assert rows.filter(kind="export").count() == 1
        assert rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:2])).count() == 2
        with CaptureQueriesContext(connection) as queries:
            assert [row.root_ids for row in rows.order_by("-at", "-pk")[1:3]] == [[3], [2]]
        assert len(queries) == 1

    def test_the_table_itself_stays_closed(self) -> None:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Access.objects.count()


@pytest.mark.django_db
class TestHours:
    def test_what_was_opened_refused_and_searched(self, actor: Actor) -> None:
        look(actor, 1, 99)
        look(actor, 2, kind=AccessKind.PRINT)
        look(actor, 3, kind=AccessKind.LIST)
        look(actor, 3, kind=AccessKind.LOG)
        look(actor, 2, 99, kind=AccessKind.EXPORT)
        with reading(actor, kind=AccessKind.SEARCH):
            searched(["Sandpiper"], 0)
        now = timezone.now()
        (hour,) = hours(actor, KNOWN, since=now - timedelta(hours=1), until=now + timedelta(hours=1))
        assert (hour.user_id, hour.membership_id, hour.opened) == (7, 70, (1, 2))
        assert hour.taken_out == (2,), "a file opens nobody, and names nobody who may not be known"
        assert hour.terms == {digest_of("sandpiper")}

    def test_of_members_and_days_asked_for(self, actor: Actor, other: Actor) -> None:
        look(actor, 1)
        look(other, 1)
        now = timezone.now()
        span: Any = {"since": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
        assert [hour.user_id for hour in hours(actor, KNOWN, **span)] == [7, 8]
        assert [hour.user_id for hour in hours(actor, KNOWN, user=8, **span)] == [8]
        assert [hour.user_id for hour in hours(actor, Known([1], [70], []), **span)] == [7]
        assert hours(actor, KNOWN, since=datetime(2020, 1, 1, tzinfo=UTC), until=datetime(2020, 2, 1, tzinfo=UTC)) == []

    def test_refusals_are_counted_once_each(self, actor: Actor) -> None:
        for _ in range(3):
            _refuse(actor, 1)
        _refuse(actor, 99)
        now = timezone.now()
        (hour,) = hours(actor, KNOWN, since=now - timedelta(hours=1), until=now + timedelta(hours=1))
        assert (hour.refused, hour.opened) == (3, ())


def _refuse(actor: Actor, *ids: int) -> None:
    sql = "SELECT audit_log_access('denied', 'GET', 'nominal', 403, 'denied', %s::bigint[], '{}', NULL, 'R100')"
    run_as(actor, sql, [list(ids)])


def run_as(actor: Actor, sql: str, parameters: list[object]) -> None:
    with transaction.atomic():
        set_context(actor)
        run(sql, parameters)


def may_name(*, by: Actor) -> bool:
    """Anybody."""
    return True


@service("probe_named", asks=may_name)
def name_probe(*, by: Actor, name: str) -> None:
    """Adds a person to the probe table."""
    run("INSERT INTO probe_person (name, age) VALUES (%s, 5)", [name])
    record_event(None, root=1)


class TestChanges:
    def test_fields_and_never_a_value(self, probes: object, actor: Actor, other: Actor) -> None:
        name_probe(by=actor, name="Secretstone")
        name_probe(by=other, name="Hiddenstone")
        with transaction.atomic():
            set_context(actor)
            rows = list(found_changes(actor, KNOWN, ALL).order_by("id"))
            assert [(row.table_name, row.operation, row.root_id, row.user_id) for row in rows] == [
                ("probe_person", "insert", 1, 7), ("probe_person", "insert", 2, 8),
            ]  # fmt: skip
            assert rows[0].values == ["age", "id", "name", "password"]
            assert bytes(rows[0].values_digest) == b""
            assert "stone" not in str([vars(row) for row in rows])
            assert events_beside(actor, KNOWN, rows) == {rows[0].xact: ["probe_named"], rows[1].xact: ["probe_named"]}
            assert found_changes(actor, KNOWN, Asked(user=8)).count() == 1
            assert found_changes(actor, KNOWN, Asked(nominal=1)).count() == 1
            assert found_changes(actor, Known([2], [70, 80], [7, 8]), ALL).count() == 1
            assert events_beside(actor, Known([2], [], []), rows) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM audit_found_access('{1}', '{70}', '{7}', NULL, NULL, NULL, NULL)",
        "SELECT * FROM audit_found_changes('{1}', '{70}', '{7}', NULL, NULL, NULL, NULL)",
        "SELECT * FROM audit_found_events('{1}', '{}', '{}')",
        "SELECT * FROM audit_hours('{1}', '{70}', NULL, '-infinity', 'infinity')",
    ],
)
def test_the_logs_are_searched_only_in_somebodys_name(query: str, actor: Actor) -> None:
    with pytest.raises(ProgrammingError, match="in the name of a principal"), transaction.atomic():
        run(query)
    with transaction.atomic():
        set_context(actor)
        assert run(query) == []


def test_digests_and_seals_are_not_handed_out(own_database: object, actor: Actor, owner_sql: Query) -> None:
    look(actor, 1)
    assert owner_sql("SELECT length(row_mac) > 0 FROM audit_access") == [(True,)]
    with transaction.atomic():
        set_context(actor)
        assert bytes(found_access(actor, KNOWN, ALL).get().row_mac) == b""
