"""What is derived of a person for a day, as expressions on ``Nominal``: category, level, where they are, who leads.

The sub-selects are written as text, once, when the process starts. Put together by the query builder they took several
times as long to write, for every page, as the database takes to answer them. Tables of the rules give the category; a
property test holds category and level equal to ``rules.categories.category_on`` and ``rules.levels.level_on``.
"""

from datetime import date
from typing import Any

from django.db.models import BooleanField, CharField, DateField, F, Field, Func, IntegerField
from django.db.models.sql.compiler import SQLCompiler

from agencies.models import Agency, PanelArea
from rules.categories import PRECEDENCE, category_of
from rules.vocabulary import GroundKind

from .models import Ground, LeadAgencySpan, LevelSpan, WhereaboutsSpan

_OPEN = "{{pk}} = s.nominal_id AND s.starts_on <= %s AND (s.ends_on IS NULL OR s.ends_on >= %s)"
_STANDING = _OPEN + " AND s.voided_on IS NULL"


class OfDay(Func):
    """A sub-select for one nominal and one day: ``{pk}`` stands for the nominal, each ``%s`` for the day."""

    def __init__(self, text: str, on: date, output_field: "Field[Any, Any]", nominal: str = "pk") -> None:
        super().__init__(F(nominal), output_field=output_field)
        self.text = text
        self.on = on

    def as_sql(self, compiler: SQLCompiler, *_: Any, **__: Any) -> tuple[str, list[Any]]:
        pk, params = compiler.compile(self.get_source_expressions()[0])
        return self.text.format(pk=pk), [*params, *([self.on] * self.text.count("%s"))]


def _case(results: dict[GroundKind, object]) -> str:
    """A CASE over the kind of ground. Codes of the vocabulary and numbers only, so nothing needs quoting."""
    whens = " ".join(f"WHEN '{kind.value}' THEN {result}" for kind, result in results.items())
    return f"CASE s.kind {whens} END"


def _select(what: str, source: str, condition: str, tail: str = "LIMIT 1") -> str:
    # Made of this module's own words: nothing that anybody typed is ever in it.
    return f"(SELECT {what} FROM {source} WHERE {condition} {tail})".replace("{{pk}}", "{pk}")  # noqa: S608


_GROUNDS = f"{Ground._meta.db_table} s"
_LEADS = f"{LeadAgencySpan._meta.db_table} s"
_CATEGORY = _select(
    _case({kind: f"'{category_of(kind).value}'" for kind in GroundKind}),
    _GROUNDS,
    _STANDING,
    f"ORDER BY {_case({kind: PRECEDENCE.index(category_of(kind)) for kind in GroundKind})} LIMIT 1",
)
_LEVEL = _select("s.level", f"{LevelSpan._meta.db_table} s", _OPEN)
_WHEREABOUTS = _select("s.kind", f"{WhereaboutsSpan._meta.db_table} s", _OPEN)
_LEAD = _select("s.agency_id", _LEADS, _OPEN)
_LEAD_NAME = _select("a.name", f"{_LEADS} JOIN {Agency._meta.db_table} a ON a.id = s.agency_id", _OPEN)
_NEXT_END = _select("min(s.ends_on)", _GROUNDS, _STANDING, "")
_PANEL_AREA_NAME = _select("p.name", f"{PanelArea._meta.db_table} p", "p.id = %(expressions)s", "")
_HAS_GROUND = "EXISTS " + _select("1", _GROUNDS, _STANDING, "")


def category_of_day(on: date, nominal: str = "pk") -> OfDay:
    """The code of the senior category among the grounds open on the day (R7, R8); None without one."""
    return OfDay(_CATEGORY, on, CharField(), nominal)


def level_of_day(on: date, nominal: str = "pk") -> OfDay:
    """The code of the level of the day; None without one."""
    return OfDay(_LEVEL, on, CharField(), nominal)


def whereabouts_of_day(on: date) -> OfDay:
    """The code of where the person is on the day; None when it is not recorded."""
    return OfDay(_WHEREABOUTS, on, CharField())


def lead_agency_of_day(on: date, nominal: str = "pk") -> OfDay:
    """The id of the agency that leads on the day."""
    return OfDay(_LEAD, on, IntegerField(), nominal)


def lead_agency_name_of_day(on: date, nominal: str = "pk") -> OfDay:
    """The name of the agency that leads on the day."""
    return OfDay(_LEAD_NAME, on, CharField(), nominal)


def panel_area_name() -> Func:
    """The name of the person's panel area: asked for the lines shown, where a join is made for all."""
    return Func(F("panel_area"), template=_PANEL_AREA_NAME, output_field=CharField())


def next_ground_end(on: date) -> OfDay:
    """The earliest end among the grounds open on the day."""
    return OfDay(_NEXT_END, on, DateField())


def has_ground(on: date) -> OfDay:
    """Whether a ground is open on the day: the person is under MAPPA (R7)."""
    return OfDay(_HAS_GROUND, on, BooleanField())
