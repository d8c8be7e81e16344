"""Every table that leads to a nominal is moved by a merge: by itself, or by a participant that says what gives way."""

import pytest
from django.apps import apps
from django.db import models

from agencies.roots import GLOBAL
from cases.merging.journal import as_text, from_text
from cases.merging.participants import registered_merges
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
