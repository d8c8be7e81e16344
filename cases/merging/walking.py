"""Every way that leads from a table to a nominal, found in the models; and who moves the rows along it.

Most rows simply follow: the key is set to the kept record. Where a constraint says that a person has one of something,
or one a day, a participant says what gives way. A table that can neither follow by itself nor has a participant fails a
test, so that a new one is not forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db.models import F, ForeignKey, Model, Q, QuerySet, UniqueConstraint

from agencies.journal import bytes_of
from agencies.roots import GLOBAL, kept_by
from cases.models import Nominal


@dataclass(frozen=True, slots=True)
class Link:
    """A key of a table to the nominal."""

    model: type[Model]
    field: str

    @property
    def column(self) -> str:
        return f"{self.field}_id"

    def rows(self, nominal_id: int) -> QuerySet[Any]:
        """The rows that belong to the record by this key, oldest first."""
        return self.model._base_manager.filter(**{self.field: nominal_id}).order_by("pk")

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.field}"


def links() -> list[Link]:
    """Every key to the nominal, of every table, in a fixed order."""
    found = [
        Link(model, field.name)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is Nominal
    ]
    return sorted(found, key=str)


def follows_by_itself(link: Link) -> bool:
    """Whether a row can always be given to another nominal: no constraint on the key says "one of these"."""
    field = link.model._meta.get_field(link.field)
    if getattr(field, "unique", False):
        return False
    if any(link.field in group for group in link.model._meta.unique_together):
        return False
    return not any(
        link.field in _named(constraint)
        for constraint in link.model._meta.constraints
        if isinstance(constraint, UniqueConstraint | ExclusionConstraint)
    )


def _named(constraint: UniqueConstraint | ExclusionConstraint) -> set[str]:
    """The fields that a constraint compares."""
    if isinstance(constraint, UniqueConstraint):
        return {*constraint.fields, *(name for each in constraint.expressions for name in _names_in(each))}
    return {name for expression, _ in constraint.expressions for name in _names_in(expression)}


def _names_in(expression: Any) -> Iterator[str]:
    if isinstance(expression, str):
        yield expression
    elif isinstance(expression, F):
        yield expression.name
    elif hasattr(expression, "get_source_expressions"):
        for source in expression.get_source_expressions():
            yield from _names_in(source)


def guarded_rows(nominal_ids: list[int]) -> Iterator[QuerySet[Any]]:
    """All rows that belong to these records, table by table: below them, or with any key to them."""
    keys: dict[type[Model], list[str]] = {Nominal: ["pk"]}
    for model in apps.get_models(include_auto_created=True):
        path = getattr(model, "access_root", None)
        if isinstance(path, str) and path not in (GLOBAL, "") and model._meta.managed:
            keys.setdefault(model, []).append(path)
    for link in links():
        if link.field not in (known := keys.setdefault(link.model, [])):
            known.append(link.field)
    for model in sorted(keys, key=lambda each: each._meta.label):
        condition = Q()
        for path in keys[model]:
            condition |= Q(**{f"{path}__in": nominal_ids})
        ids = model._base_manager.filter(condition).values("pk")
        yield model._base_manager.filter(pk__in=ids).order_by("pk").defer(*bytes_of(model))


def still_kept(row: Model) -> bool:
    """Whether the row is its writers' own yet: a draft that has not been handed in, or what hangs on one."""
    kept = kept_by(type(row))
    if kept is None:
        return False
    *steps, last = kept.until_field.split("__")
    holder: Any = row
    for step in steps:
        holder = getattr(holder, step)
    return getattr(holder, last) is None
