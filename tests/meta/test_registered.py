"""What registers itself is complete: every kind has its provider, every word of the vocabulary its home."""

import ast
import importlib
import inspect
import re

import pytest
from django.apps import apps
from django.db import models

from agencies.roles import MEMBERSHIP_ROLES, TABLE, Perm, Role, Scope
from audit.context import STRENGTH, AccessKind
from cases.models import obligation
from cases.obligations import registered_kinds
from desk.looking import WHAT
from pages.base import GuardedView
from pages.drf import Guarded
from rules import vocabulary
from rules.catalogue import RULES
from rules.categories import PRECEDENCE, category_of
from rules.vocabulary import Category, DeadlineStatus, GroundKind, ObligationKind, Word

from .addresses import addresses
from .source import ROOT, modules

WORDS = [
    found
    for _, found in inspect.getmembers(vocabulary, inspect.isclass)
    if issubclass(found, Word) and found is not Word
]


def test_every_kind_of_obligation_has_a_provider() -> None:
    assert set(registered_kinds()) == set(ObligationKind), "register_kind(...) in the ready() of the app that owns it"


def test_every_provider_answers_for_nobody() -> None:
    """A provider is a function of ids and a day; asked about nobody it says nothing, without the database."""
    for kind, found in registered_kinds().items():
        assert callable(found.provider), kind
        assert list(inspect.signature(found.provider).parameters)[:2], kind


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.__name__)
def test_every_word_has_a_label_of_its_own(words: type[Word]) -> None:
    labels = [word.label for word in words]
    assert all(labels), words
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.__name__)
def test_every_word_fits_where_it_is_stored(words: type[Word]) -> None:
    """A choice that is longer than its column would be found out by the first person to use it."""
    codes = {str(word) for word in words}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.CharField) and field.choices and field.max_length:
                stored = {str(code) for code, _ in field.flatchoices}
                if stored == codes:
                    assert max(map(len, codes)) <= field.max_length, f"{model.__name__}.{field.name}"


def test_every_ground_has_a_category_and_every_category_a_place() -> None:
    assert {category_of(kind) for kind in GroundKind} == set(Category)
    assert set(PRECEDENCE) == set(Category)
    assert len(PRECEDENCE) == len(Category)


def test_the_ledger_knows_every_status_in_sql() -> None:
    """``with_status`` names each status that ``rules.deadlines.status_of`` can give."""
    source = inspect.getsource(obligation)
    assert {status for status in DeadlineStatus if f"DeadlineStatus.{status.name}" not in source} == set()


def test_every_role_and_permission_stands_in_the_table() -> None:
    assert set(TABLE) == set(Role)
    unheld = {perm for perm in Perm if not any(perm in perms for perms in TABLE.values())}
    assert not unheld, "a permission nobody has"
    assert all(Perm.ACCOUNT in TABLE[role] for role in MEMBERSHIP_ROLES)
    assert all(isinstance(scope, Scope) for perms in TABLE.values() for scope in perms.values())


def test_every_permission_is_asked_somewhere() -> None:
    """By a view, an action of the interface, or in the source of a twin or query."""
    by_views = {getattr(address.view, "permission", None) for address in addresses()}
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for package in ("agencies", "letters", "cases", "meetings", "desk", "board", "exchange", "pages")
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.name != "roles.py"
    )
    asked = {perm for perm in Perm if perm in by_views or f"Perm.{perm.name}" in sources}
    assert set(Perm) == asked


def test_every_kind_of_access_has_a_strength_and_the_shown_ones_a_word() -> None:
    assert set(STRENGTH) == set(AccessKind)
    about_people = {AccessKind.LIST, AccessKind.VIEW, AccessKind.SEARCH, AccessKind.PRINT, AccessKind.EXPORT}
    assert about_people | {AccessKind.DENIED} <= set(WHAT)


def test_every_view_of_ours_has_its_address() -> None:
    """A page that nothing leads to is a page that nobody tests."""
    reached = {address.view for address in addresses()}
    homeless = []
    for base in (GuardedView, Guarded):
        for view in _all_below(base):
            package = view.__module__.partition(".")[0]
            own = package in {config.label for config in apps.get_app_configs()} | {"mappa"} and package != "pages"
            if own and hasattr(view, "permission") and not view.is_abstract and view not in reached:
                homeless.append(f"{view.__module__}.{view.__name__}")
    assert not homeless


def _all_below(base: type) -> set[type]:
    found: set[type] = set(base.__subclasses__())
    return found | {deeper for each in found for deeper in _all_below(each)}


def test_every_rule_that_the_source_names_is_in_the_catalogue_and_none_besides() -> None:
    """A reason that cites a rule nobody wrote down leads the reader nowhere."""
    cited = re.compile(r"R\d{1,3}(?:, R\d{1,3})*")
    named: dict[str, str] = {}
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and cited.fullmatch(node.value):
                for rule in node.value.split(", ") if path != "rules/catalogue.py" else ():
                    named.setdefault(rule, path)
    assert {rule: path for rule, path in named.items() if rule not in RULES} == {}
    assert set(RULES) - set(named) == set()


def test_every_beat_entry_names_a_task_that_exists() -> None:
    from mappa.celery import app

    for name in ("agencies.tasks", "audit.tasks", "cases.tasks", "exchange.tasks", "letters.tasks", "meetings.tasks"):
        importlib.import_module(name)
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
