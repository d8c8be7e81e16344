"""The change log's triggers, as an operation for migrations.

operations = [
    AuditTable("cases_nominal", root="id"),
    AuditTable("cases_ground", root="nominal_id"),
    AuditTable("cases_offence", root=("ground_id", "cases_ground.nominal_id")),
    AuditTable("agencies_user", secret=("password",), exempt=("last_login",)),
]
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

APP_ROLE = "mappa_app"
AUDIT_ROLE = "mappa_audit"

NAME = re.compile(r"[a-z_][a-z0-9_]*")
STEP = re.compile(r"([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)")
TRIGGERS = ("audit_insert", "audit_update", "audit_delete", "audit_truncate")


class AuditTable(Operation):
    """Record every insert, update and delete of `table` in the change log, and refuse TRUNCATE.

    `root`: where the id of the nominal stands to whom a row belongs. A column of the row; or a
    path through parents: the row's column, then `table.column` for each table on the way (looked
    up by its `id`); None for tables that belong to no person.
    `compartment`: who may read the history of these rows ("case" for those who may read the case).
    `secret`: columns of which only "changed" is stored. `exempt`: columns of which nothing is
    stored, and whose change alone makes no row. `pk`: the key column. `was`: the compartment of a
    table that is recorded already and moves to another: its triggers are made anew.

    The triggers are where the compartment of a table stands. Rows of the log keep what they were
    stored with; whoever reads them needs that and the table's compartment of today.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(
        self,
        table: str,
        root: str | Sequence[str] | None = None,
        compartment: str = "case",
        secret: Sequence[str] = (),
        exempt: Sequence[str] = (),
        pk: str = "id",
        was: str = "",
    ) -> None:
        self.table = table
        self.path = () if root is None else (root,) if isinstance(root, str) else tuple(root)
        self.compartment = compartment
        self.secret = tuple(secret)
        self.exempt = tuple(exempt)
        self.pk = pk
        self.was = was
        for name in (table, compartment, pk, was or "case", *self.path[:1], *self.secret, *self.exempt):
            if not NAME.fullmatch(name):
                raise ValueError(f"AuditTable({table!r}): {name!r} is not a plain name.")
        for step in self.path[1:]:
            if not STEP.fullmatch(step):
                raise ValueError(f"AuditTable({table!r}): {step!r} is not `table.column`.")

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are no part of the models."""

    def database_forwards(
        self,
        app_label: str,  # noqa: ARG002
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,  # noqa: ARG002
        to_state: Any,  # noqa: ARG002
    ) -> None:
        if self.was:
            self._drop(schema_editor)
        for statement in self.statements():
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,  # noqa: ARG002
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,  # noqa: ARG002
        to_state: Any,  # noqa: ARG002
    ) -> None:
        # The audit owner keeps its right to read the parents' keys: another table may need it.
        self._drop(schema_editor)
        for statement in self.statements(self.was) if self.was else ():
            schema_editor.execute(statement, params=None)

    def _drop(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for trigger in TRIGGERS:
            schema_editor.execute(f'DROP TRIGGER IF EXISTS {trigger} ON "{self.table}"', params=None)

    def describe(self) -> str:
        return f"Record the changes of {self.table}"

    @property
    def migration_name_fragment(self) -> str:
        return f"audit_{self.table}"

    def statements(self, compartment: str = "") -> list[str]:
        """The SQL that installs the triggers, for this or another compartment."""
        table = f'public."{self.table}"'
        arguments = ", ".join(
            f"'{argument}'"
            for argument in (
                self.pk,
                _array(self.path),
                compartment or self.compartment,
                _array(self.secret),
                _array(self.exempt),
            )
        )
        run = f"EXECUTE FUNCTION public.audit_record_change({arguments})"
        different = "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)"
        rows = "REFERENCING {} TABLE AS changed_rows FOR EACH STATEMENT"
        statements = [
            f"CREATE TRIGGER audit_insert AFTER INSERT ON {table} {rows.format('NEW')} {run}",
            f"CREATE TRIGGER audit_delete AFTER DELETE ON {table} {rows.format('OLD')} {run}",
            f"CREATE TRIGGER audit_update AFTER UPDATE ON {table} {different} {run}",
            f"CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}",
        ]
        # ALWAYS: also when a session calls itself a replica.
        statements += [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}" for trigger in TRIGGERS]
        for step in self.path[1:]:
            parent, _, column = step.partition(".")
            statements.append(f'GRANT SELECT (id, "{column}") ON public."{parent}" TO {AUDIT_ROLE}')
        return statements


class AuditEvents(AuditTable):
    """Refuse TRUNCATE of a table without history, and say in which compartment the events about its rows are."""

    def __init__(self, table: str, compartment: str) -> None:
        super().__init__(table, compartment=compartment)

    def describe(self) -> str:
        return f"Say who reads the events about {self.table}"

    def statements(self, compartment: str = "") -> list[str]:
        whole = super().statements(compartment)
        return [statement for statement in whole if "audit_truncate" in statement]


def _array(names: Sequence[str]) -> str:
    return "{" + ",".join(names) + "}"


@dataclass(frozen=True)
class Audited:
    """How a table is recorded, as read back from the database."""

    table: str
    pk: str
    root: tuple[str, ...]
    compartment: str
    secret: tuple[str, ...]
    exempt: tuple[str, ...]


def audited_tables() -> dict[str, Audited]:
    """The tables whose changes are recorded: those that have all four triggers, switched on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, min(encode(t.tgargs, 'escape'))
            FROM pg_catalog.pg_trigger t
            JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
            JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
            WHERE p.proname = 'audit_record_change' AND t.tgname = ANY(%s) AND t.tgenabled = 'A'
            GROUP BY c.relname
            HAVING count(*) = %s
            """,
            [list(TRIGGERS), len(TRIGGERS)],
        )
        rows = cursor.fetchall()
    return {table: _audited(table, arguments) for table, arguments in rows}


def _audited(table: str, arguments: str) -> Audited:
    pk, path, compartment, secret, exempt, _ = arguments.split("\\000")
    return Audited(table, pk, _names(path), compartment, _names(secret), _names(exempt))


def _names(array: str) -> tuple[str, ...]:
    return tuple(name for name in array.strip("{}").split(",") if name)
