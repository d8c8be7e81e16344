"""Promise 22 and the shape of the change log: what triggers store, and that nobody gets round them."""

import json
import uuid
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from audit.context import set_context
from audit.triggers import audited_tables

from .conftest import AUDITED, Actor, Query, migrator, run

pytestmark = pytest.mark.usefixtures("probes")

CHANGES = (
    "SELECT operation, table_name, row_id, root_id, compartment, values FROM audit_change "
    "WHERE table_name LIKE 'probe%' ORDER BY id"
)


def read(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows whose last column is JSON, which Django's connection leaves as text."""
    return [(*row[:-1], json.loads(row[-1])) for row in rows]


def test_insert_of_many_rows_stores_each_whole_row(owner_sql: Query) -> None:
    run("INSERT INTO probe_person (name, age) VALUES ('A', 1), ('B', NULL)")
    assert read(owner_sql(CHANGES)) == [
        ("insert", "probe_person", "1", 1, "case", {"id": 1, "name": "A", "age": 1, "password": "changed"}),
        ("insert", "probe_person", "2", 2, "case", {"id": 2, "name": "B", "age": None, "password": "changed"}),
    ]


def test_update_stores_only_what_changed_old_and_new(owner_sql: Query) -> None:
    run("INSERT INTO probe_person (name, age) VALUES ('A', 1)")
    run("UPDATE probe_person SET name = 'A', age = 2")
    assert read(owner_sql(CHANGES))[1:] == [("update", "probe_person", "1", 1, "case", {"age": [1, 2]})]


def test_update_to_and_from_nothing(owner_sql: Query) -> None:
    run("INSERT INTO probe_person (name, age) VALUES ('A', NULL)")
    run("UPDATE probe_person SET name = NULL, age = 3")
    assert read(owner_sql(CHANGES))[1][-1] == {"age": [None, 3], "name": ["A", None]}


def test_update_that_changes_nothing_leaves_no_row(owner_sql: Query) -> None:
    run("INSERT INTO probe_person (name) VALUES ('A')")
    run("UPDATE probe_person SET name = name")
    assert len(owner_sql(CHANGES)) == 1


def test_exempt_column_alone_leaves_no_row(owner_sql: Query) -> None:
    run("INSERT INTO probe_person (name) VALUES ('A')")
    run("UPDATE probe_person SET seen_on = '2026-01-01'")
    assert len(owner_sql(CHANGES)) == 1


def test_secret_is_said_to_have_changed_and_nowhere_stored(owner_sql: Query) -> None:
    run("INSERT INTO probe_person (name, password) VALUES ('A', 'hash-one')")
    run("UPDATE probe_person SET password = 'hash-two'")
    run("DELETE FROM probe_person")
    changes = read(owner_sql(CHANGES))
    assert changes[1][-1] == {"password": "changed"}
    assert "hash-" not in str(changes)


def test_delete_stores_the_row_as_it_was(owner_sql: Query) -> None:
    run("INSERT INTO probe_ground (person_id) VALUES (NULL)")
    run("DELETE FROM probe_ground")
    assert read(owner_sql(CHANGES))[1] == ("delete", "probe_ground", "1", None, "case", {"id": 1, "person_id": None})


def test_root_is_found_through_parents(owner_sql: Query) -> None:
    run("INSERT INTO probe_person (id, name) VALUES (41, 'A')")
    run("INSERT INTO probe_ground (id, person_id) VALUES (5, 41)")
    run("INSERT INTO probe_offence (ground_id, code) VALUES (5, 'x')")
    run("UPDATE probe_offence SET code = 'y'")
    run("DELETE FROM probe_offence")
    assert [row[:5] for row in owner_sql(CHANGES)[2:]] == [
        ("insert", "probe_offence", "1", 41, "victim"),
        ("update", "probe_offence", "1", 41, "victim"),
        ("delete", "probe_offence", "1", 41, "victim"),
    ]


def test_row_that_moves_is_in_the_history_of_both(owner_sql: Query) -> None:
    run("INSERT INTO probe_person (id) VALUES (1), (2)")
    run("INSERT INTO probe_ground (person_id) VALUES (1)")
    run("UPDATE probe_ground SET person_id = 2")
    moved = read(owner_sql(CHANGES))[3:]
    assert {row[3] for row in moved} == {1, 2}
    assert {str(row[5]) for row in moved} == {"{'person_id': [1, 2]}"}


def test_every_row_says_who_in_which_request(owner_sql: Query) -> None:
    request_id = uuid.uuid4()
    with transaction.atomic():
        set_context(Actor(request_id=str(request_id)))
        run("INSERT INTO probe_person (name) VALUES ('A')")
    run("INSERT INTO probe_person (name) VALUES ('B')")
    assert owner_sql(
        "SELECT principal_kind, user_id, membership_id, role, agent, request_id FROM audit_change "
        "WHERE table_name LIKE 'probe%' ORDER BY id"
    ) == [
        ("user", 7, 70, "coordinator", "", request_id),
        ("none", None, None, "", "", None),
    ]


def test_rolled_back_work_leaves_no_row(owner_sql: Query) -> None:
    with transaction.atomic():
        run("INSERT INTO probe_person (name) VALUES ('A')")
        transaction.set_rollback(True)
    assert owner_sql(CHANGES) == []


def test_truncate_is_refused_to_its_owner_too(owner_sql: Query) -> None:
    with pytest.raises(ProgrammingError, match="refused"):
        owner_sql("TRUNCATE probe_offence")
    with pytest.raises(ProgrammingError, match="permission denied"):
        run("TRUNCATE probe_offence")


def test_a_table_of_the_sessions_own_cannot_stand_in_for_the_key(owner_sql: Query) -> None:
    with transaction.atomic():
        run("CREATE TEMP TABLE audit_key (id smallint, key bytea); INSERT INTO audit_key VALUES (9, 'known')")
        run("CREATE TEMP TABLE audit_change (LIKE pg_class)")
        run("INSERT INTO probe_person (name) VALUES ('A')")
    assert owner_sql("SELECT mac_key FROM audit_change WHERE table_name = 'probe_person'") == [(1,)]


def test_audited_tables_are_listed_as_declared() -> None:
    found = audited_tables()
    assert found["probe_offence"].root == ("ground_id", "probe_ground.person_id")
    assert found["probe_offence"].compartment == "victim"
    assert found["probe_person"].secret == ("password",)
    assert found["probe_person"].exempt == ("seen_on",)


def test_operation_can_be_undone_and_a_half_removed_one_is_not_listed(owner_sql: Query) -> None:
    owner_sql("ALTER TABLE probe_ground DISABLE TRIGGER audit_update")
    assert "probe_ground" not in audited_tables()
    with migrator() as owner, owner.schema_editor(atomic=False) as editor:
        AUDITED[0].database_backwards("audit", editor, None, None)
    assert "probe_person" not in audited_tables()
    run("INSERT INTO probe_person (name) VALUES ('A')")
    assert owner_sql(CHANGES) == []
