"""Promise 20 as far as seals of rows reach: what `verify_audit` finds, and what it does not."""

import json
from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from audit.reads import SystemPrincipal, reading

from .conftest import Actor, Query, run
from .test_boundary import make

pytestmark = pytest.mark.usefixtures("probes")


@pytest.fixture(autouse=True)
def some_evidence(probes: object, actor: Actor) -> None:
    """Three changes and an event in one transaction; one access row in another."""
    with transaction.atomic():
        run("INSERT INTO probe_person (name) VALUES ('A'), ('B')")
        run("UPDATE probe_person SET name = 'C' WHERE id = 1")
        make(by=actor, name="a")
    with reading(SystemPrincipal("annual_report")):
        pass


def verify(*arguments: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    out = StringIO()
    code = 0
    with suppress(SystemExit):
        code = 1
        call_command("verify_audit", *arguments, stdout=out)
        code = 0
    return code, out.getvalue()


def test_whole_evidence_is_whole_and_stays_so_after_a_verification() -> None:
    for _ in range(2):
        code, said = verify()
        assert (code, said.splitlines()[-1]) == (0, "The evidence is whole.")


def test_rolled_back_work_is_no_fault() -> None:
    with transaction.atomic():
        run("INSERT INTO probe_person (name) VALUES ('D')")
        with transaction.atomic():
            run("INSERT INTO probe_person (name) VALUES ('E')")
            transaction.set_rollback(True)
        run("INSERT INTO probe_person (name) VALUES ('F')")
    with transaction.atomic():
        run("INSERT INTO probe_person (name) VALUES ('G')")
        transaction.set_rollback(True)
    assert verify()[0] == 0


@pytest.mark.parametrize(
    ("tampering", "log", "fault"),
    [
        ("UPDATE audit_change SET user_id = 99 WHERE ordinal = 1", "change", "edited or forged"),
        ("UPDATE audit_change SET at = at - interval '1 day' WHERE ordinal = 1", "change", "edited or forged"),
        ("UPDATE audit_change SET root_id = 99 WHERE ordinal = 1", "change", "edited or forged"),
        ("UPDATE audit_change SET role = '' WHERE ordinal = 1", "change", None),
        ("UPDATE audit_change SET agent = 'x' WHERE ordinal = 1", "change", "edited or forged"),
        ('UPDATE audit_change SET values = \'{"name": "Z"}\' WHERE ordinal = 1', "change", "values edited"),
        ("UPDATE audit_change SET values = NULL WHERE ordinal = 1", "change", "values removed"),
        ("UPDATE audit_change SET row_mac = '\\x00' WHERE ordinal = 1", "change", "edited or forged"),
        ("UPDATE audit_change SET mac_key = 2 WHERE ordinal = 1", "change", "edited or forged"),
        ("UPDATE audit_event SET facts = '{}'", "event", "edited or forged"),
        ("UPDATE audit_event SET user_id = 8", "event", "edited or forged"),
        ("UPDATE audit_access SET root_ids = '{1}'", "access", "edited or forged"),
        ("UPDATE audit_access SET terms = ARRAY['\\x01'::bytea]", "access", "edited or forged"),
        ("UPDATE audit_access SET outcome = 'denied'", "access", "edited or forged"),
        ("DELETE FROM audit_change WHERE ordinal = 1", "transaction", "1 rows deleted"),
        ("DELETE FROM audit_change WHERE table_name LIKE 'probe%'", "transaction", "3 rows deleted"),
    ],
)
def test_tampering_is_found_and_said_where(owner_sql: Query, tampering: str, log: str, fault: str | None) -> None:
    owner_sql(tampering)
    code, said = verify("--format", "json")
    faults = json.loads(said)["faults"]
    if fault is None:  # the edit changed nothing
        assert (code, faults) == (0, [])
    else:
        assert code == 1
        assert (log, fault) in {(found["log"], found["fault"]) for found in faults}


def test_two_rows_with_their_values_swapped_are_both_found_and_no_value_is_printed(owner_sql: Query) -> None:
    owner_sql(
        "UPDATE audit_change c SET values = o.values FROM audit_change o "
        "WHERE c.table_name = 'probe_person' AND o.table_name = c.table_name "
        "AND c.operation = 'insert' AND o.operation = 'insert' AND o.id <> c.id"
    )
    code, said = verify()
    assert (code, said.count("values edited")) == (1, 2)
    assert "password" not in said


def test_forged_row_is_found(owner_sql: Query) -> None:
    owner_sql("ALTER TABLE audit_access DISABLE TRIGGER audit_stamp")
    owner_sql(
        "INSERT INTO audit_access (at, xact, ordinal, principal_kind, role, agent, mac_key, row_mac, kind, method, "
        "route, outcome, purpose, reason, root_ids, terms) SELECT at, xact, ordinal, principal_kind, role, agent, "
        "mac_key, row_mac, kind, method, route, outcome, purpose, reason, '{1}', terms FROM audit_access"
    )
    code, said = verify()
    assert code == 1
    assert "access row 2: edited or forged" in said
    assert "1 rows too many" in said
    assert "cannot be written any more" in said  # for the verification's own row met the missing trigger


def test_what_help_says_is_not_found_is_not_found(owner_sql: Query) -> None:
    owner_sql("DELETE FROM audit_access")
    assert verify()[0] == 0


def test_small_chunks_find_the_same(owner_sql: Query) -> None:
    owner_sql("UPDATE audit_change SET user_id = 99 WHERE table_name LIKE 'probe%'")
    said = verify("--chunk", "1")[1]
    assert said.count("edited or forged") == verify()[1].count("edited or forged") == 3


def test_help_is_honest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("verify_audit", "--help")
    assert end.value.code == 0
    said = capsys.readouterr().out
    for words in ("Found:", "Not found:", "Exit code 1", "--chunk", "--format"):
        assert words in said
