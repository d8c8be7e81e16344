"""What a list can be filtered by: each filter asks by a field and says which rows are meant.

A filter is a choice or a day, never a name: it stands in the address.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar, cast

from django import forms
from django.db.models import QuerySet
from django.utils.choices import BaseChoiceIterator
from django.utils.safestring import SafeString

from agencies.parameters import parameters_for
from agencies.principal import Principal
from rules.parameters import Parameters

from .drawing import joined
from .forms import GovBoundField, GovForm
from .widgets import DateField3

Known = TypeVar("Known")
Choices = Sequence[tuple[str, str]]


class FilterForm(GovForm):
    """The filters of a list: every one may stay empty, so none says so."""

    says_optional = False

    @cached_property
    def drawn(self) -> SafeString:
        """Its fields, one below the other."""
        return joined(cast("GovBoundField", each).drawn_once() for each in self)


@dataclass(frozen=True)
class ListContext:
    """What a filter may depend on besides its value."""

    principal: Principal
    today: date
    _known: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def parameters(self) -> Parameters:
        """The numbers in force in the area that the principal acts in."""
        return self.once("parameters", lambda: parameters_for(self.principal.area_id or 0))

    def once(self, name: str, work_out: "Callable[[], Known]") -> "Known":
        """What several filters of one list depend on, asked for once a request."""
        if name not in self._known:
            self._known[name] = work_out()
        return cast("Known", self._known[name])


@dataclass(frozen=True)
class Filter:
    """One filter: the field it is asked by, and what it does to the rows.

    ``apply(rows, value, context)`` is called only with a value the field accepted. It says *which* rows; a condition
    that a rule states belongs to a queryset method of the model, held to that rule by a test. ``offered`` gives the
    choices, if it has any: nothing else of the field depends on the context.
    """

    name: str
    field: Callable[[ListContext], forms.Field]
    apply: Callable[[QuerySet[Any], Any, ListContext], QuerySet[Any]]
    offered: Callable[[ListContext], Choices] = lambda _context: ()


class _Pairs(BaseChoiceIterator):
    """Choices that are pairs already: as a plain list, each would be looked through for groups, twice a field."""

    def __init__(self, pairs: Choices) -> None:
        self.pairs = pairs

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)


def choices_filter(
    name: str,
    label: str,
    choices: Choices | Callable[[ListContext], Choices],
    apply: Callable[[QuerySet[Any], Any, ListContext], QuerySet[Any]],
) -> Filter:
    """Any of several choices (checkboxes); ``apply`` gets the list of those ticked."""
    offered = _offered(name, choices)

    def build(context: ListContext) -> forms.Field:
        return forms.MultipleChoiceField(
            label=label,
            choices=_Pairs(offered(context)),
            widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
            required=False,
        )

    return Filter(name, build, apply, offered)


def choice_filter(
    name: str,
    label: str,
    choices: Choices | Callable[[ListContext], Choices],
    apply: Callable[[QuerySet[Any], Any, ListContext], QuerySet[Any]],
    *,
    empty_label: str = "Any",
) -> Filter:
    """One of many choices (a select box); ``apply`` gets the value chosen."""
    offered = _offered(name, choices)

    def build(context: ListContext) -> forms.Field:
        return forms.ChoiceField(label=label, choices=_Pairs([("", empty_label), *offered(context)]), required=False)

    return Filter(name, build, apply, offered)


def _offered(name: str, choices: Choices | Callable[[ListContext], Choices]) -> Callable[[ListContext], Choices]:
    """The choices of the filter of this name, worked out once a request."""
    if not callable(choices):
        return lambda _context: choices
    return lambda context: context.once(f"choices of {name}", lambda: choices(context))


def date_filter(
    name: str, label: str, apply: Callable[[QuerySet[Any], Any, ListContext], QuerySet[Any]], *, hint: str = ""
) -> Filter:
    """A day; ``apply`` gets a ``date``."""
    return Filter(name, lambda _context: DateField3(label=label, required=False, help_text=hint), apply)
