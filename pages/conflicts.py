"""Two people changed the same thing: nothing is overwritten in silence.

A service raises :class:`Conflict` when the version it was given is not the version it finds under its lock. The
form page catches it and shows both texts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import Model, QuerySet

from .dates import british_date


class Conflict(Exception):
    """The record has changed since the person opened the form. Carries no value: the page fetches both texts."""


@dataclass(frozen=True)
class Difference:
    """One field that differs: what is saved now, and what the person was about to save."""

    label: str
    theirs: str
    yours: str


def differences(theirs: forms.BaseForm, yours: forms.BaseForm) -> list[Difference]:
    """Fields in which the saved record (an unbound form with its values) and the posted form say different things."""
    found = []
    for name, field in yours.fields.items():
        saved = in_words(field, theirs.get_initial_for_field(field, name))
        posted = in_words(field, yours.cleaned_data.get(name))
        if saved != posted:
            found.append(Difference(label=str(yours[name].label), theirs=saved, yours=posted))
    return found


def in_words(field: forms.Field, value: Any) -> str:
    """A field's value as a person would read it: a choice by its label, a day as a British date, nothing as ''."""
    if isinstance(value, Model):
        return field.label_from_instance(value) if isinstance(field, forms.ModelChoiceField) else str(value)
    if isinstance(value, (list, tuple, set, QuerySet)):
        return ", ".join(in_words(field, each) for each in value)
    if isinstance(field, forms.ModelChoiceField) and value not in (None, ""):
        chosen = field.queryset.filter(pk=value).first() if field.queryset is not None else None
        return field.label_from_instance(chosen) if chosen else ""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return british_date(value)
    labels = {str(key): str(label) for key, label in _flat_choices(field)}
    return labels.get(str(value), str(value))


def _flat_choices(field: forms.Field) -> Sequence[tuple[Any, Any]]:
    if not isinstance(field, forms.ChoiceField):
        return ()
    flat: list[tuple[Any, Any]] = []
    for key, label in cast("Iterable[tuple[Any, Any]]", field.choices):
        flat.extend(label if isinstance(label, (list, tuple)) else [(key, label)])
    return flat
