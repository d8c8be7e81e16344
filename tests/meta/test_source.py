"""Rules of the house that can be read off the source."""

import ast
import re

import pytest
from importlinter.cli import lint_imports

from .source import ROOT, calls, chain, modules

_CLOCK_CALLS = (
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "timezone.now",
    "time.time",
    "localdate",
)
# Evidence, sessions and tokens use real time; the parent process measures how long its children take.
_REAL_TIME = (
    "mappa/clock.py", "audit/", "agencies/sessions.py", "agencies/middleware.py", "pages/submissions.py",
    "mappa/run.py", "mappa/embedded/", "mappa/health.py", "mappa/devstack.py",
)  # fmt: skip
# Where a request or a process begins: from here the day is passed down.
_MAY_ASK = (
    "/views", "/api.py", "/tasks.py", "/commands/", "/middleware.py", "mappa/", "pages/base.py", "pages/drf.py",
    "agencies/receivers.py",
)  # fmt: skip
_WRITES = {
    "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "update", "delete", "save",
    "acreate", "aupdate", "adelete", "asave", "raw_delete",
}  # fmt: skip
_ROWS = {"objects", "_default_manager", "_base_manager", "filter", "exclude", "all", "select_for_update"}
# The writers of Word files and of Open Document spreadsheets save to memory.
_MAY_WRITE = (
    "/services", "audit/", "pages/submissions.py", "agencies/sessions.py", "letters/word.py",
    "exchange/exports/ods_file.py",
)  # fmt: skip
_KNOW_NO_DATES = ("guardian.shortcuts", "guardian.core", "guardian.backends", "guardian.utils", "guardian.mixins")
_WRITING_SQL = re.compile(r"\b(INSERT INTO|DELETE FROM|TRUNCATE|UPDATE\s+\S+\s+SET)\b")


def test_layers_are_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports() == 0, "the contracts in pyproject.toml say which module may import which"
    assert "0 broken" in capsys.readouterr().out


def test_nothing_but_the_clock_reads_the_clock() -> None:
    found = [
        f"{path}:{call.lineno}"
        for path, tree in modules().items()
        if not path.startswith(_REAL_TIME)
        for name, call in calls(tree)
        if name.endswith(_CLOCK_CALLS) and not name.endswith("clock.today")
    ]
    assert not found


def test_only_views_tasks_and_commands_ask_what_day_it_is() -> None:
    asks = [
        path
        for path, tree in modules().items()
        if any(name in ("clock.today", "clock.now") for name, _ in calls(tree))
        and not any(part in path for part in _MAY_ASK)
    ]
    assert not asks, "take `today` as an argument"


def test_the_clock_is_imported_by_its_name() -> None:
    """``from mappa.clock import today`` would escape the tests above, and a test that moves the clock."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "mappa.clock"
    ]
    assert not found, "from mappa import clock"


def test_no_write_outside_services() -> None:
    found = [
        f"{path}:{call.lineno} {'.'.join(names)}"
        for path, tree in modules().items()
        if not any(part in path for part in _MAY_WRITE)
        for _, call in calls(tree)
        if (names := chain(call.func)) and _writes(names) and not _in_a_service(tree, call)
    ]
    assert not found, "make it a service (audit.boundary): " + "; ".join(found)


def _in_a_service(tree: ast.Module, call: ast.Call) -> bool:
    """The call stands in the body of a function made by ``@service``."""
    return any(
        isinstance(node, ast.FunctionDef)
        and node.lineno <= call.lineno <= (node.end_lineno or node.lineno)
        and any(isinstance(mark, ast.Call) and chain(mark.func)[-1] == "service" for mark in node.decorator_list)
        for node in ast.walk(tree)
    )


def _writes(names: list[str]) -> bool:
    """A method of rows that writes. ``dict.update`` and ``hashlib.update`` have no rows in their chain."""
    method, before = names[-1], set(names[:-1])
    if method not in _WRITES:
        return False
    if method in ("save", "delete"):
        # A form or a session is saved too, but by the library that owns it: none of ours is.
        return True
    return bool(before & _ROWS) or method.startswith("bulk_")


def test_no_sql_that_writes_outside_the_evidence_and_the_clock() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        if not path.startswith(("audit/", "mappa/clock.py"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WRITING_SQL.search(node.value)
    ]
    assert not found


def test_nothing_uses_the_library_that_knows_no_dates() -> None:
    found = [
        path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("guardian.shortcuts", "guardian.core"))
        )
        or (isinstance(node, ast.Import) and any(name.name.startswith("guardian.shortcuts") for name in node.names))
    ]
    assert not found


def test_current_date_of_the_database_appears_nowhere() -> None:
    found = [
        path.relative_to(ROOT)
        for package in ("cases", "agencies", "desk", "board", "exchange", "pages", "letters")
        for path in (ROOT / package).rglob("*.py")
        if "CURRENT_DATE" in path.read_text(encoding="utf-8")
    ]
    assert not found


def test_no_package_is_named_for_nothing() -> None:
    nothing = {"utils", "helpers", "common", "lib", "misc"}
    assert not [path for path in modules() if nothing & {part.removesuffix(".py") for part in path.split("/")}]


def test_no_function_imports_to_hide_a_cycle() -> None:
    allowed = {"apps.py", "manage.py"}
    found = [
        f"{path}:{inner.lineno}"
        for path, tree in modules().items()
        if path.split("/")[-1] not in allowed
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not found


def test_days_and_months_of_the_law_stand_in_rules_only() -> None:
    """The limits of reviews, alerts and terms are written once; elsewhere these numbers would be a second home."""
    telling = {112, 56, 183, 942_600}
    found = [
        f"{path}:{node.lineno} {node.value}"
        for path, tree in modules().items()
        if not path.startswith(("rules/", "exchange/demo/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in telling
    ]
    assert not found
