"""The project's own source as syntax trees, for the tests that hold the house."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "rules", "audit", "agencies", "pages", "letters", "cases", "meetings", "disclosures", "board", "exchange", "desk",
    "mappa",
)  # fmt: skip


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of ours but migrations, by its path from the root."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    }


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call with its dotted name as far as it is written out: ``date.today``, ``objects.create``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def dotted(node: ast.expr) -> str:
    """``a.b.c`` for attributes of names; what stands before a call or subscript is left out."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def chain(node: ast.expr) -> list[str]:
    """The names of a chain of attributes and calls, from the left: ``["Nominal", "objects", "filter", "update"]``."""
    names: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return names
    return [node.id, *names]
