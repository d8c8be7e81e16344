"""Every table: its path to the nominal, its history, its constraints, and no foreign key to a higher layer."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader

from agencies.roots import GLOBAL
from audit.headings import parts_of
from audit.triggers import audited_tables
from cases.models import Nominal

from .source import PACKAGES

LAYER = {name: index for index, name in enumerate(PACKAGES)}

# Tables that the change log leaves out, each with the reason.
WITHOUT_HISTORY = {
    "pages_submittedform": "keys of forms of the last day; nothing of a case",
    "cases_referraldraft": "what is being typed, until it is saved; the saved text has its history",
    "cases_mergeline": "how a merge is undone, written once; each change that it lists stands in the log itself",
    "agencies_handoverline": "how a hand-over is called off, until its day; each change stands in the log itself",
    "exchange_extractfile": "the file as it came, until its rows are read",
    "exchange_extractrow": "a working copy, blanked after its list is closed; what is accepted has its own history",
    "exchange_exportfile": "a sealed file, kept a day; the access log says whom it showed, and to whom",
    "django_session": "who is signed in now; signing in and out stands in the access log",
    "usersessions_usersession": "the same, as the person's own list of sessions",
    "django_content_type": "written by migrations",
    "auth_permission": "written by migrations",
    "auth_group_permissions": "stays empty: a group carries grants, never permissions",
    "account_emailconfirmation": "stays empty: nobody signs up",
    "guardian_groupobjectpermission": "stays empty: grants have tables of their own",
    "guardian_userobjectpermission": "stays empty: grants have tables of their own",
}
# Columns that the change log leaves out.
NOT_RECORDED = {
    ("cases_merge", "held"): "ids of the rows that were there before, written once",
    ("agencies_user", "last_login"): "signing in stands in the access log",
    ("mfa_authenticator", "last_used_at"): "signing in stands in the access log",
}


def ours() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if model._meta.app_label in LAYER and model._meta.managed:
            yield model


def domain() -> list[type[models.Model]]:
    """All but the evidence itself."""
    return [model for model in ours() if model._meta.app_label not in ("audit",)]


@pytest.mark.parametrize("model", domain(), ids=lambda model: model._meta.label)
def test_every_model_names_its_path_to_the_nominal(model: type[models.Model]) -> None:
    root = getattr(model, "access_root", None)
    assert root is not None, "say access_root: a path to the nominal, or GLOBAL"
    if root is GLOBAL or model is Nominal:
        return
    reached: Any = model
    for step in root.split("__") if root else []:
        reached = reached._meta.get_field(step).related_model
    assert reached is Nominal


@pytest.mark.parametrize("model", list(ours()), ids=lambda model: model._meta.label)
def test_no_foreign_key_points_to_a_higher_layer(model: type[models.Model]) -> None:
    own = LAYER[model._meta.app_label]
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey | models.ManyToManyField):
            related: Any = field.related_model
            target = related._meta.app_label
            assert LAYER.get(target, -1) <= own, f"{field.name} points up to {target}"


def tables() -> list[type[models.Model]]:
    """Every table that Django manages here, other people's and those between two models too, but the evidence."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label != "audit"
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("model", tables(), ids=lambda model: model._meta.db_table)
def test_every_table_has_its_history_or_a_reason(model: type[models.Model]) -> None:
    table = model._meta.db_table
    watched = audited_tables()
    if table in WITHOUT_HISTORY:
        assert table not in watched, "take it out of WITHOUT_HISTORY: it has its history"
        return
    assert table in watched, "add AuditTable(...) in a migration, or say in WITHOUT_HISTORY why not"
    found = watched[table]
    assert found.pk == model._meta.pk.column, "the history names rows by their key"
    for column in found.exempt:
        assert (table, column) in NOT_RECORDED, "say in NOT_RECORDED why a column leaves no trace"


def test_tables_without_history_exist() -> None:
    assert set(WITHOUT_HISTORY) <= {model._meta.db_table for model in tables()}


@pytest.mark.django_db
@pytest.mark.parametrize("model", domain(), ids=lambda model: model._meta.label)
def test_history_and_access_name_the_same_nominal(model: type[models.Model]) -> None:
    """The history tab shows a change to whoever may see the nominal at its root: the two paths are one."""
    if model._meta.db_table in WITHOUT_HISTORY:
        return
    root = audited_tables()[model._meta.db_table].root
    path = getattr(model, "access_root", GLOBAL)
    if path == GLOBAL:
        assert root == ()
        return
    first: Any = model._meta.get_field(path.split("__")[0]) if path else model._meta.pk
    assert root[0] == first.column
    assert len(root) == max(1, len(path.split("__")))


@pytest.mark.django_db
def test_every_row_of_a_record_has_a_heading_of_its_own_fields() -> None:
    """By which it is told from its like, or it has no like: one a record."""
    written = audited_tables()
    for model in domain():
        if getattr(model, "access_root", GLOBAL) == GLOBAL or model._meta.db_table not in written:
            continue
        fields = {field.name for field in model._meta.concrete_fields}
        assert [name for _, name in parts_of(model) if name not in fields] == [], model._meta.label
        alone = any(
            isinstance(rule, models.UniqueConstraint) and rule.fields == ("nominal",) and rule.condition is None
            for rule in model._meta.constraints
        )
        assert bool(parts_of(model)) != alone, model._meta.label


@pytest.mark.django_db
def test_secrets_are_recorded_without_their_value() -> None:
    watched = audited_tables()
    telling = re.compile(r"password|secret|seed|token|private")
    for model in tables():
        if model._meta.db_table in watched:
            columns = {field.column for field in model._meta.concrete_fields}
            found = {column for column in columns if telling.search(column)}
            assert found <= set(watched[model._meta.db_table].secret), model._meta.db_table


def test_migrations_of_ours_are_one_line() -> None:
    """Each follows the one before it, so that two people who add one meet at once."""
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    for label in LAYER:
        own = sorted(name for app, name in graph.nodes if app == label)
        for name, following in pairwise(own):
            assert graph.node_map[(label, following)].parents & {graph.node_map[(label, name)]}, (label, following)


@pytest.mark.parametrize("model", domain(), ids=lambda model: model._meta.label)
def test_every_span_is_held_in_order_by_the_database(model: type[models.Model]) -> None:
    fields = {field.name for field in model._meta.get_fields()}
    if {"starts_on", "ends_on"} <= fields:
        checks = [
            constraint for constraint in model._meta.constraints if isinstance(constraint, models.CheckConstraint)
        ]
        assert any("ends_on" in str(constraint.condition) for constraint in checks)


@pytest.mark.parametrize("model", domain(), ids=lambda model: model._meta.label)
def test_at_and_on_say_what_they_hold(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if isinstance(field, models.DateTimeField):
            assert re.search(r"(_at|last_login)$", field.name), field.name
        elif isinstance(field, models.DateField) and field.name not in ("date_of_birth", "valid_from", "valid_to"):
            assert re.search(r"(_on|_from|works_to)$", field.name), field.name


@pytest.mark.parametrize("model", domain(), ids=lambda model: model._meta.label)
def test_text_of_a_row_names_nobody(model: type[models.Model]) -> None:
    """``str()`` lands in logs and exception texts; a nominal's rows say numbers, not names."""
    if getattr(model, "access_root", GLOBAL) is GLOBAL:
        return
    row = model()
    for field in ("family_name", "given_names", "lines", "value", "normalised"):
        if field in {found.name for found in model._meta.get_fields()}:
            setattr(row, field, "Canary")
    assert "Canary" not in str(row)
