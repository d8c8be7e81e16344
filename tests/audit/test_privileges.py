"""Promise 17: forged SQL in the application's role reaches neither the logs nor what writes them."""

import pytest
from django.db import ProgrammingError, transaction

from audit.context import set_context

from .conftest import Actor, run

pytestmark = pytest.mark.django_db


def test_tests_work_as_the_application() -> None:
    assert run("SELECT current_user") == [("mappa_app",)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM audit_change",
        "SELECT * FROM audit_event",
        "SELECT * FROM audit_access",
        "SELECT * FROM audit_key",
        "INSERT INTO audit_change (table_name) VALUES ('x')",
        "INSERT INTO audit_event (name) VALUES ('x')",
        "INSERT INTO audit_access (kind) VALUES ('x')",
        "UPDATE audit_change SET user_id = 1",
        "UPDATE audit_access SET user_id = 1",
        "DELETE FROM audit_event",
        "TRUNCATE audit_access",
        "COPY audit_change TO STDOUT",
        "SELECT nextval('audit_change_id_seq')",
        "SELECT setval('audit_change_id_seq', 1)",
        "DROP TABLE audit_change",
        "ALTER TABLE audit_change OWNER TO mappa_app",
        "ALTER TABLE django_migrations DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_stamp ON audit_change",
        "LOCK TABLE audit_change",
        "SET session_replication_role = replica",
        "SET ROLE mappa_audit",
        "SET ROLE mappa_migrator",
        "SELECT audit_root('{}', '{id}')",
        "SELECT audit_body(c) FROM audit_change c",
        "SELECT * FROM audit_transactions_of_nominal(1, '{case}', NULL, 10)",
        "CREATE OR REPLACE FUNCTION audit_stamp() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION public.hmac(text) RETURNS text LANGUAGE sql AS 'SELECT 1'",
        "CREATE TEMP TABLE t (id int); CREATE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION audit_record_change()",
    ],
)
def test_the_application_role_is_refused(statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner|must be able to SET ROLE"):
        run(statement)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM audit_changes_of_nominal(1, '{case}', NULL, 10)",
        "SELECT * FROM audit_events_of_nominal(1, '{case}', NULL, 10)",
        "SELECT * FROM audit_access_of_nominal(1, NULL, 10)",
        "SELECT * FROM audit_access_by_user(1, NULL, 10)",
    ],
)
def test_evidence_is_read_only_in_somebodys_name(query: str, actor: Actor) -> None:
    with pytest.raises(ProgrammingError, match="in the name of a principal"), transaction.atomic():
        run(query)
    with transaction.atomic():
        set_context(actor)
        assert run(query) == []
