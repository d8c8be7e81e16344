"""The rules, their citations, the words and the generated page hold together."""

import ast
import re
from pathlib import Path

import pytest

import rules
from rules import vocabulary
from rules.catalogue import RULES
from rules.document import DOCUMENT, cited_functions, document, main
from rules.parameters import PARAMETERS
from rules.vocabulary import Category, Word, choices

SOURCES = sorted(Path(rules.__path__[0]).glob("*.py"))


def test_every_cited_rule_is_in_the_catalogue_and_every_rule_is_cited() -> None:
    cited = {rule for _, named, _ in cited_functions() for rule in named}
    assert cited == set(RULES)


def test_every_rule_named_in_a_reason_or_parameter_is_in_the_catalogue() -> None:
    named = {known.rule for known in PARAMETERS}
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"R\d+", node.value):
                named.add(node.value)
    assert named <= set(RULES)


def test_every_parameter_named_by_a_rule_exists_and_is_read() -> None:
    read = {key for _, _, params in cited_functions() for key in params}
    keys = {known.key for known in PARAMETERS}
    assert read <= keys
    # Read by services that place the first day of a level: a rule of the register, not of this package.
    assert keys - read == {"level_starts_on"}


def test_the_rules_stand_alone() -> None:
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            for module in modules:
                assert module.split(".")[0] in {"rules", "__future__"} | STANDARD, f"{source.name}: {module}"
        assert ".today()" not in source.read_text(encoding="utf-8"), f"{source.name} reads the clock"


STANDARD = {
    "ast", "calendar", "collections", "dataclasses", "datetime", "enum", "functools", "importlib", "itertools",
    "json", "pathlib", "pkgutil", "re", "statistics", "sys", "types", "typing",
}  # fmt: skip


def test_the_page_is_what_the_code_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert document() == document()
    assert DOCUMENT.read_text(encoding="utf-8") == document()
    assert main(["--check"]) == 0
    assert main(["--other"]) == 2
    assert "--check" in capsys.readouterr().err


def test_a_stale_page_is_found_and_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0


def test_every_word_has_a_label_and_is_found_by_its_code() -> None:
    words = [thing for thing in vars(vocabulary).values() if isinstance(thing, type) and issubclass(thing, Word)]
    for kind in words:
        if kind is Word:
            continue
        for word in kind:
            assert word.label, f"{kind.__name__} {word}"
            assert kind(word.value) is word
    assert choices(Category)[0] == ("1", "Category 1")
