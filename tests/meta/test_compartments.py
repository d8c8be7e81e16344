"""What a record's history shows: no table stands in a compartment that more people read than the pages of its rows."""

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from agencies.roles import Perm, Role, roles_with
from agencies.roots import kept_by, owned_by, path_of
from audit.presenters import CASE
from audit.triggers import audited_tables
from cases.models import Nominal
from desk.compartments import READ_WITH
from pages.guards import DetailPage, ListPage

from .addresses import addresses

# In no history of a record, each with the reason.
IN_NO_HISTORY = {
    "referral": "the referral's own page knows whose a draft is, and who reads single votes",
    "pairs": "it would tell of the other record",
}
# Read on the record itself by all its readers, although lists of them are for fewer.
ON_THE_RECORD = {
    "meetings_action": "the tab Actions",
    "cases_identification": "the tab What is due",
    "cases_obligation": "the tab What is due",
}


def of_a_person() -> dict[type[models.Model], str]:
    """Every recorded table that leads to a nominal, with its compartment."""
    recorded = audited_tables()
    return {
        model: recorded[model._meta.db_table].compartment
        for model in apps.get_models()
        if model._meta.db_table in recorded and recorded[model._meta.db_table].root
    }


def read_by(compartment: str) -> set[Role]:
    return set(roles_with(READ_WITH[compartment])) if compartment in READ_WITH else set()


@pytest.mark.django_db
def test_every_compartment_is_read_with_a_permission_or_is_in_no_history() -> None:
    assert {*of_a_person().values()} == {*READ_WITH, *IN_NO_HISTORY}
    assert not {*READ_WITH} & {*IN_NO_HISTORY}


@pytest.mark.django_db
def test_what_its_writers_keep_is_in_no_history() -> None:
    for model, compartment in of_a_person().items():
        if kept_by(model) is not None:
            assert compartment in IN_NO_HISTORY, f"{model._meta.label} holds drafts: give it a compartment of its own"
        if owned_by(model) is not None:
            assert compartment != CASE, f"{model._meta.label} has readers of its own: give it their compartment"


@pytest.mark.django_db
def test_a_history_is_read_by_nobody_who_does_not_read_the_pages() -> None:
    pages: dict[type[models.Model], set[Perm]] = {}
    for address in addresses():
        view: Any = address.view
        if issubclass(view, ListPage | DetailPage) and view.model is not None and isinstance(view.permission, Perm):
            pages.setdefault(view.model, set()).add(view.permission)
    for model, compartment in of_a_person().items():
        if model is Nominal or model not in pages or model._meta.db_table in ON_THE_RECORD:
            continue
        readers = {role for perm in pages[model] for role in roles_with(perm)}
        more = read_by(compartment) - readers
        assert not more, f"{model._meta.label} is shown in the history to {more}, who read no page of it"


@pytest.mark.django_db
def test_what_hangs_on_a_row_has_no_more_readers_than_the_row() -> None:
    tables = of_a_person()
    for model, compartment in tables.items():
        first, *further = path_of(model).split("__")
        if further:
            parent = model._meta.get_field(first).related_model
            assert isinstance(parent, type)
            assert read_by(compartment) <= read_by(tables[parent]), model._meta.label


def test_what_is_said_of_tables_is_of_tables_that_are_there() -> None:
    assert {*ON_THE_RECORD} <= {model._meta.db_table for model in apps.get_models()}
