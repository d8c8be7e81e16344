"""What docs/rules.md says of "Applied by" is true: the system asks a rule function, or the list says "not yet"."""

import ast

from rules.document import NOT_YET_ASKED, cited_functions

from .source import modules


def _asked() -> set[str]:
    """Names that the source uses beyond their definition, their import and themselves; renamed imports by their own."""
    found: set[str] = set()
    for tree in modules().values():
        renamed = {
            alias.asname: alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.asname
        }
        for statement in tree.body:
            names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
            names |= {node.attr for node in ast.walk(statement) if isinstance(node, ast.Attribute)}
            itself = statement.name if isinstance(statement, ast.FunctionDef) else ""
            # Above the rules a twin may bear the name of the rule that it asks under another.
            found |= {renamed.get(name, name) for name in names - {itself}}
    return found


def test_every_rule_is_asked_or_says_that_it_is_not() -> None:
    asked = _asked()
    silent = {name for name, _, _ in cited_functions() if name.partition(".")[2] not in asked}
    assert silent == set(NOT_YET_ASKED)
