"""Of whom it is to be asked whether domestic abuse or stalking needs Level 2 or 3 (R50).

Known from an offence that is one by what it is, a MARAC, or the pattern that the background says. An outcome stands
until more becomes known, or an arrest, a relationship or a change of risk is reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import DateField, Q, QuerySet

from rules.core import Answer, long_date
from rules.offences import ABUSE_OR_STALKING
from rules.referrals import thresholding_asked, thresholding_stands
from rules.vocabulary import CaseChange, Level, ProcessKind

from .derived import OfDay
from .models import (
    Background,
    Ground,
    Nominal,
    ParallelProcess,
    QualifyingOffence,
    ReportedChange,
    Thresholding,
)

# What is reported of somebody's life that asks the question anew.
CHANGES = (CaseChange.ARREST, CaseChange.PARTNER, CaseChange.RISK)


def _quoted(words: Sequence[str]) -> str:
    """Codes of the rules, as SQL writes them: nothing that anybody typed."""
    return ", ".join(f"'{word}'" for word in sorted(words))


def _latest(column: str, table: Any, condition: str = "", more: str = "") -> str:
    source = f"{table._meta.db_table} s {more}"
    return f"(SELECT max(s.{column}) FROM {source} WHERE s.nominal_id = {{pk}} AND s.{column} <= %s {condition})"  # noqa: S608


_OFFENCES = f"JOIN {QualifyingOffence._meta.db_table} o ON o.id = s.offence_id"
_ABUSE = _quoted([*ABUSE_OR_STALKING])
# In this order: the pattern, a MARAC, an offence, what was reported, the last outcome. Empty for none.
_DAYS = ", ".join(
    (
        _latest("abuse_known_on", Background),
        _latest("starts_on", ParallelProcess, f"AND s.kind = '{ProcessKind.MARAC.value}'"),
        _latest(
            "starts_on", Ground, f"AND s.voided_on IS NULL AND o.code IN ({_quoted([*ABUSE_OR_STALKING])})", _OFFENCES
        ),
        _latest("happened_on", ReportedChange, f"AND s.kind IN ({_quoted([each.value for each in CHANGES])})"),
        _latest("decided_on", Thresholding),
    )
)
SOURCES = ("Pattern recorded", "MARAC", "Offence of domestic abuse or stalking")


def with_thresholding(rows: QuerySet[Nominal], *, on: date) -> QuerySet[Any]:
    """Nominals with ``thresholding_days``, from which :func:`thresholding_of` answers. Costs no query more."""
    days = OfDay(f"ARRAY[{_DAYS}]::date[]", on, ArrayField(DateField()))
    noted: QuerySet[Any] = rows.annotate(thresholding_days=days)
    return noted


def perhaps_asked() -> Q:
    """Nominals of whom domestic abuse or stalking is known: of nobody else is it asked."""
    offences = Ground.objects.filter(offence__code__in=ABUSE_OR_STALKING, voided_on__isnull=True)
    known = Q(pk__in=Background.objects.filter(abuse_known_on__isnull=False).values("nominal"))
    known |= Q(pk__in=ParallelProcess.objects.filter(kind=ProcessKind.MARAC).values("nominal"))
    return known | Q(pk__in=offences.values("nominal"))


@dataclass(frozen=True, slots=True)
class Question:
    """Whether it is asked, from what it is known, since when, and when it was last answered."""

    answer: Answer[bool]
    known: tuple[tuple[str, date], ...]
    changed_on: date | None
    decided_on: date | None

    @property
    def asked(self) -> bool:
        return self.answer.value

    @property
    def since(self) -> date | None:
        """The latest day that bears on it."""
        return max((day for day in (*(day for _, day in self.known), self.changed_on) if day), default=None)


def thresholding_of(nominal: Any, level: Level | None) -> Question:
    """The question about one nominal of :func:`with_thresholding`, at their level of the day."""
    *known_days, changed, decided = nominal.thresholding_days
    known = tuple((label, day) for label, day in zip(SOURCES, known_days, strict=True) if day is not None)
    bearing = [*(day for _, day in known), *([changed] if changed else [])]
    answer = thresholding_asked(
        abuse_or_stalking=bool(known),
        level=level,
        recorded=thresholding_stands([decided] if decided else [], bearing),
    )
    facts = tuple((label, long_date(day)) for label, day in known)
    facts += (("Change reported", long_date(changed)),) if changed else ()
    facts += (("Last outcome", long_date(decided) if decided else "None"),)
    reasons = tuple(replace(reason, facts=facts) for reason in answer.reasons)
    return Question(Answer(answer.value, reasons), known, changed, decided)
