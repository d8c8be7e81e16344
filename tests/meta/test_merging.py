"""Every table that leads to a nominal is moved by a merge: by itself, or by a participant that says what gives way."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models

from agencies.journal import as_text, from_text
from agencies.models import Agency
from agencies.roots import GLOBAL
from audit.headings import parts_of
from cases.merging.participants import registered_merges
from cases.merging.plan import TOLD_APART, in_words
from cases.merging.walking import Link, follows_by_itself, guarded_rows, links
from cases.models import Merge, MergeLine, Nominal


@pytest.mark.parametrize("link", links(), ids=str)
def test_every_key_is_followed_or_has_a_participant(link: Link) -> None:
    handled = (link.model, link.field) in registered_merges()
    assert follows_by_itself(link) or handled, (
        f"{link} has a constraint with the nominal in it: register_merge({link.model.__name__}, …) in AppConfig.ready()"
        " says which row gives way when two records become one."
    )


def test_every_participant_has_its_key() -> None:
    known = {(link.model, link.field) for link in links()}
    assert set(registered_merges()) <= known


def test_every_path_to_the_nominal_begins_with_a_key_that_is_moved() -> None:
    """A row below another row goes where that one goes: its path leads over rows that are moved."""
    moved = {(link.model, link.field) for link in links()}
    for model in apps.get_models():
        path = getattr(model, "access_root", GLOBAL)
        if path in (GLOBAL, "") or not model._meta.managed:
            continue
        *steps, last = path.split("__")
        reached: type[models.Model] = model
        for step in steps:
            related = reached._meta.get_field(step).related_model
            assert isinstance(related, type)
            reached = related
        assert (reached, last) in moved, model._meta.label


@pytest.mark.django_db
def test_every_guarded_table_is_in_the_journal() -> None:
    walked = {rows.model for rows in guarded_rows([0])}
    guarded = {
        model
        for model in apps.get_models()
        if getattr(model, "access_root", GLOBAL) != GLOBAL and model._meta.managed and not model._meta.proxy
    }
    assert guarded | {Nominal, Merge, MergeLine} <= walked | {Nominal}


@pytest.mark.django_db
def test_every_column_can_be_told_and_read_back() -> None:
    """Of an empty row of every guarded table: what the journal writes, it can read."""
    for rows in guarded_rows([0]):
        row = rows.model()
        table = rows.model._meta.db_table
        said = as_text(row)
        read = from_text(table, said)
        assert {name: read[name] for name in read} == {
            name: (getattr(row, name) if said[name] is not None else None) for name in said
        }


KEY, DAY = 4711, date(2024, 6, 6)
RAW = re.compile(rf"[\[\]{{}}_]|{KEY}|\w+/\w+|\b\w+-unit\b|\bobject\b|\d{{4}}-\d\d")


def filled(model: type[models.Model], depth: int = 2) -> Any:
    """A row of the table with something in every column, and so the rows that it names; none is saved."""
    row: Any = model(pk=KEY)
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        if isinstance(field, models.ForeignKey):
            if depth and isinstance(field.related_model, type):
                setattr(row, field.name, filled(field.related_model, depth - 1))
            continue
        setattr(row, field.attname, value_for(field))
    if isinstance(row, Group):
        row.name = "peak/peak-unit"
        Agency(name="Peak Trust", group=row)
    return row


def value_for(field: "models.Field[Any, Any]") -> object:
    """Something of the kind; of words from a set, one whose code is another than what is read."""
    if isinstance(field, models.JSONField):
        return [[KEY, {"crn": "Z900044"}]]
    if isinstance(field, ArrayField):
        return ["a_code", KEY]
    if field.choices:
        keys = [key for key, _ in field.flatchoices if key]
        return next((key for key in keys if "_" in str(key)), keys[0])
    if isinstance(field, models.DateTimeField):
        return datetime(2024, 6, 6, 9, 30, tzinfo=UTC)
    kinds: list[tuple[type[models.Field[Any, Any]], object]] = [
        (models.DateField, DAY),
        (models.BooleanField, True),
        (models.IntegerField, 3),
        (models.TimeField, None),
        (models.SlugField, "peak-unit"),
        (models.CharField, "Words"),
        (models.TextField, "Words"),
    ]
    return next((value for kind, value in kinds if isinstance(field, kind)), None)


TOLD = sorted(
    {link.model for link in links() if not issubclass(link.model, TOLD_APART)}, key=lambda each: each.__name__
)


@pytest.mark.parametrize("model", TOLD, ids=lambda model: model._meta.label)
def test_what_moves_is_told_in_words(model: type[models.Model]) -> None:
    """Never a key, a code, a short name for addresses or what a program keeps for itself."""
    said = in_words(filled(model))
    assert said
    assert not RAW.search(said), said


@pytest.mark.parametrize("model", TOLD, ids=lambda model: model._meta.label)
def test_what_is_told_beside_the_heading_says_of_what_it_is(model: type[models.Model]) -> None:
    labels = tuple(str(field.verbose_name) for field in model._meta.concrete_fields)
    beside = in_words(filled(model)).split("; ")[1 if parts_of(model) else 0 :]
    assert [said for said in beside if not said.startswith(labels)] == []
