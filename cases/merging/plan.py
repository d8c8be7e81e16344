"""What a merge would do, worked out before anything is done: the preview, and what the service carries out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db.models import Field, ForeignKey, JSONField, Model

from agencies.models import Membership
from audit.headings import heading_of, parts_of
from cases.facts import facts_for, ground_facts
from cases.models import (
    Ground,
    LevelSpan,
    Merge,
    Nominal,
    Obligation,
    PersonalGrant,
    ReferralDraft,
    ReferralFile,
    TwoPeople,
)
from cases.services.levels import slots_of
from cases.spans import LevelSlot
from pages.dates import british_date, british_moment
from rules.categories import status_periods
from rules.core import Decision, mid_sentence
from rules.facts import GroundFacts
from rules.levels import check_levels
from rules.merging import MergeFacts, Reader, handling_of_both, keeps_level, may_be_heard_once, may_merge_records
from rules.vocabulary import Handling

from .levels import levels_together
from .participants import Step, participant_of
from .walking import links, still_kept

_NOT_TOLD = frozenset({"version", "recorded_at", "created_at", "permission", "area", "normalised"})
# What a program keeps for itself: nobody reads it.
_INNER = (ArrayField, JSONField)
# Told in another way, or about records that the reader need not know of; what is being typed; whole files.
TOLD_APART = (LevelSpan, Merge, Nominal, Obligation, ReferralDraft, ReferralFile, TwoPeople)


@dataclass(frozen=True, slots=True)
class Part:
    """All rows of one table in the preview: each in words, with what is to be said of it."""

    name: str
    moving: Sequence[tuple[str, str]]
    cut: Sequence[tuple[str, str]]
    staying: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a merge would do. ``decision`` says whether the rules let it."""

    kept: Nominal
    absorbed: Nominal
    steps: Sequence[Step]
    levels: Sequence[LevelSlot]
    handling: Handling
    decision: Decision

    def parts(self) -> list[Part]:
        """The steps by table, in words. Drafts move untold: they are their writers' own."""
        found = []
        told = (step for step in self.steps if not isinstance(step.row, TOLD_APART) and not still_kept(step.row))
        named = sorted(told, key=lambda step: table_name(step.row))
        for name, group in groupby(named, key=lambda step: table_name(step.row)):
            steps = list(group)
            whole = [(in_words(step.row), step.why) for step in steps if step.moves and not step.pieces]
            cut = [(in_words(step.row), _days(step)) for step in steps if step.pieces]
            found.append(Part(name, whole, cut, [(in_words(step.row), step.why) for step in steps if not step.moves]))
        return found


def plan_merge(kept: Nominal, absorbed: Nominal, *, today: date) -> Plan:
    """What merging the second record into the first would do. Reads only."""
    steps = [step for link in links() for step in participant_of(link).plan(link, kept.pk, absorbed.pk)]
    register = facts_for([kept.pk, absorbed.pk])
    sides = [
        MergeFacts(nominal.area_id, Handling(nominal.handling), register[nominal.pk], _readers(nominal, today))
        for nominal in (kept, absorbed)
    ]
    moving = [step.row for step in steps if step.moves and isinstance(step.row, Ground)]
    grounds: list[GroundFacts] = [*register[kept.pk].grounds, *(ground_facts(row) for row in moving)]
    levels = levels_together(slots_of(kept), slots_of(absorbed), status_periods(grounds))
    after = [slot.facts() for slot in levels]
    decision = may_merge_records(*sides)
    decision &= may_be_heard_once([step.clashes_on for step in steps if step.clashes_on is not None], today)
    if decision:
        decision = check_levels(after, grounds) & keeps_level(
            [register[kept.pk].levels, register[absorbed.pk].levels], after, today
        )
    handling = handling_of_both(Handling(kept.handling), Handling(absorbed.handling)) or Handling(kept.handling)
    return Plan(kept, absorbed, steps, levels, handling, decision)


def in_words(row: Model, *, without: Collection[str] = ()) -> str:
    """A row as one line for people: its heading, then what else its columns say, each after its name; without keys to
    the nominal and inner numbers, and without these.
    """
    told = {}
    for field in row._meta.concrete_fields:
        own_key = isinstance(field, ForeignKey) and field.related_model is Nominal
        if field.primary_key or own_key or field.name in {*_NOT_TOLD, *without} or isinstance(field, _INNER):
            continue
        if getattr(row, field.attname) not in (None, "", False):
            told[field.name] = (str(field.verbose_name), _said(row, field))
    heading = heading_of(type(row), lambda name: told.get(name, ("", ""))[1])
    headed = {name for _, name in parts_of(type(row))}
    rest = [
        label if label == words else f"{label}: {words}" for name, (label, words) in told.items() if name not in headed
    ]
    return "; ".join(filter(None, (heading, *rest)))


def _said(row: Model, field: "Field[Any, Any]") -> str:
    """The value of a field that is not empty; a yes is said by the field's own name."""
    value: Any = getattr(row, field.attname)
    if isinstance(field, ForeignKey):
        return _pointed_to(getattr(row, field.name))
    if value is True:
        return str(field.verbose_name)
    if isinstance(value, datetime):
        return british_moment(value)
    if isinstance(value, date):
        return british_date(value)
    shown = getattr(row, f"get_{field.name}_display", None)
    return str(shown() if shown else value)


def _pointed_to(row: Any) -> str:
    """Another row that a row names: by its name, else by what it is and its first day; never by its number."""
    if isinstance(row, Group):
        return str(row.agency.name)
    if isinstance(row, Membership):
        return f"{row.get_role_display()}, {row.user.name}"
    if named := getattr(row, "name", "") or getattr(row, "title", ""):
        return str(named)
    what = mid_sentence(str(row._meta.verbose_name))
    days = (getattr(row, field.attname) for field in row._meta.concrete_fields)
    first = next((day for day in days if isinstance(day, date)), None)
    return what if first is None else f"{what} of {british_date(first)}"


def table_name(row: Model) -> str:
    """What its rows are called."""
    return str(row._meta.verbose_name_plural).capitalize()


def _days(step: Step) -> str:
    return "; ".join(str(piece) for piece in step.pieces)


def _readers(nominal: Nominal, today: date) -> frozenset[Reader]:
    """The named readers from today on, for a restricted record."""
    grants: Iterable[PersonalGrant] = PersonalGrant.objects.filter(content_object=nominal, named_reader=True)
    return frozenset(
        (grant.user_id, max(grant.starts_on, today), grant.ends_on)
        for grant in grants
        if grant.ends_on is None or grant.ends_on >= today
    )
