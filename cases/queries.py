"""Named reads of the register. Each takes a principal, or rows that a principal has been given already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypedDict

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django_stubs_ext import WithAnnotations

from agencies.access import visible
from agencies.models import LocalHousingAuthority
from agencies.parameters import largest, parameters_for
from agencies.principal import Principal
from agencies.queries import officer_posts
from agencies.roles import Perm
from agencies.spans import open_on
from agencies.written import Written, one_of
from rules.deadlines import last_release_with_level_due, level_set_day
from rules.vocabulary import DeadlineStatus, KeyDateKind, Level

from .derived import (
    category_of_day,
    lead_agency_name_of_day,
    lead_agency_of_day,
    level_of_day,
    next_ground_end,
    panel_area_name,
    whereabouts_of_day,
)
from .models import (
    Ground,
    Identifier,
    KeyDate,
    LevelSpan,
    MergeLine,
    NamedOfficerSpan,
    Nominal,
    Obligation,
    WhereaboutsSpan,
)
from .models.obligation import Standing
from .search import Found, Match, find, other_names, possible_duplicates

__all__ = [
    "Found",
    "LevelToSet",
    "Match",
    "councils_of",
    "find",
    "levels_to_set",
    "obligations",
    "officers_gone",
    "officers_gone_of",
    "other_names",
    "overdue_of",
    "possible_duplicates",
    "standing_grounds",
    "status_of_day",
    "with_derived",
]


class Derived(TypedDict):
    """What ``with_derived`` adds to a nominal."""

    category: str | None
    level: str | None
    whereabouts_kind: str | None
    lead_agency_name: str | None
    panel_area_name: str | None
    ground_ends_on: date | None


def with_derived(nominals: QuerySet[Nominal], *, on: date) -> "QuerySet[WithAnnotations[Nominal, Derived]]":
    """Each nominal with what is derived for the day.

    ``category``, ``level`` and ``whereabouts_kind`` are codes, None for none; then ``lead_agency_name``,
    ``panel_area_name``, and ``ground_ends_on``, the earliest end among the open grounds. ``lead_agency_id`` can be
    filtered by, and is not read.
    """
    return nominals.alias(lead_agency_id=lead_agency_of_day(on)).annotate(
        category=category_of_day(on),
        level=level_of_day(on),
        whereabouts_kind=whereabouts_of_day(on),
        lead_agency_name=lead_agency_name_of_day(on),
        panel_area_name=panel_area_name(),
        ground_ends_on=next_ground_end(on),
    )


def status_of_day(nominals: Iterable[Nominal], *, on: date) -> dict[int, tuple[str | None, str | None]]:
    """The codes of category and level that each has on the day, None for none, by the nominal's key."""
    keys = [row.pk for row in nominals]
    return {pk: (category, level) for pk, category, level in (_STATUS(keys, on) if keys else ())}


def _status(nominals: Any, on: date) -> QuerySet[Any, Any]:
    rows = Nominal.objects.filter(one_of("pk", nominals))
    return rows.annotate(category=category_of_day(on), level=level_of_day(on)).values_list("pk", "category", "level")


_STATUS = Written(_status)


def standing_grounds(on: date) -> QuerySet[Ground]:
    """Grounds open on the day; a voided one never stood (R29)."""
    return Ground.objects.filter(open_on(on), voided_on__isnull=True)


def officers_gone(on: date) -> QuerySet[NamedOfficerSpan]:
    """Named officers of the day who hold no role for that agency in which they could be one, or whose account is
    closed: the case is looked after by nobody (R97).
    """
    posts = officer_posts(on).filter(user=OuterRef("officer"), agency=OuterRef("agency"))
    return NamedOfficerSpan.objects.filter(open_on(on), ~Exists(posts))


_GONE = Written(lambda nominal, on: officers_gone(on).filter(nominal=nominal))


def officers_gone_of(nominal_id: int, on: date) -> Sequence[NamedOfficerSpan]:
    """Those of one person."""
    return _GONE(nominal_id, on)


_OVERDUE = Written(
    lambda nominal, on: (
        Obligation.objects.filter(nominal=nominal, looked_at_on=None)
        .waiting()
        .with_status(on)
        .filter(status=DeadlineStatus.OVERDUE)
    )
)


def overdue_of(nominal_id: int, on: date) -> Sequence[Obligation]:
    """What is overdue for one person on the day and was not worked off."""
    return _OVERDUE(nominal_id, on)


def councils_of(principal: Principal) -> QuerySet[LocalHousingAuthority]:
    """Housing authorities of the day, of the area the principal acts in; of every area for the system."""
    rows = LocalHousingAuthority.objects.on(principal.on)
    return rows if principal.area_id is None else rows.filter(area=principal.area_id)


def obligations(
    principal: Principal, *, on: date, perm: Perm = Perm.NOMINAL_VIEW
) -> "QuerySet[WithAnnotations[Obligation, Standing]]":
    """The ledger as the principal sees it, with the status of the day (``status``)."""
    seen = visible(principal, Obligation.objects.all(), perm)
    return Obligation.objects.filter(pk__in=seen.values("pk")).with_status(on)


@dataclass(frozen=True, slots=True)
class LevelToSet:
    """A person in custody whose level is to be set by a day (R38)."""

    nominal_id: int
    area_id: int
    earliest_release: date
    due_on: date


def levels_to_set(principal: Principal, *, on: date, perm: Perm = Perm.NOMINAL_VIEW) -> list[LevelToSet]:
    """People detained at "not yet set" whose earliest release is so near that the level should be set by now (R38).

    Detained are those whose whereabouts pause the review clock in their area: in custody, or in hospital on transfer.
    """
    found, params = [], cache(parameters_for)
    until = last_release_with_level_due(on, largest("level_set_before_release"))
    for nominal, area, falls_on, sentenced, began, where in _NOT_SET(principal, on, until, perm):
        if where not in params(area).codes("pauses_review_clock", on):
            continue
        due_on = level_set_day(falls_on, sentenced or began, params(area))
        if due_on <= on:
            found.append(LevelToSet(nominal, area, falls_on, due_on))
    return found


def _not_set(by: Principal, on: date, until: date, perm: Perm) -> QuerySet[Any, Any]:
    """Earliest releases, up to a day, of people whose level is not set, with the day of their sentence or first ground,
    and where they are."""
    waiting = LevelSpan.objects.filter(open_on(on), nominal=OuterRef("nominal"), level=Level.NOT_SET)
    releases = KeyDate.objects.filter(Exists(waiting), kind=KeyDateKind.EARLIEST_RELEASE, falls_on__lte=until)
    sentenced = KeyDate.objects.filter(nominal=OuterRef("nominal"), kind=KeyDateKind.SENTENCE).values("falls_on")
    began = standing_grounds(on).filter(nominal=OuterRef("nominal")).order_by("starts_on").values("starts_on")
    where = WhereaboutsSpan.objects.filter(open_on(on), nominal=OuterRef("nominal")).values("kind")
    rows = visible(by, releases, perm, gathered=True).annotate(
        sentenced=Subquery(sentenced[:1]), began=Subquery(began[:1]), where=Subquery(where[:1])
    )
    return rows.order_by("falls_on").values_list("nominal", "nominal__area", "falls_on", "sentenced", "began", "where")


_NOT_SET = Written(_not_set)


def own_numbers_first(rows: QuerySet[Identifier]) -> QuerySet[Identifier]:
    """Numbers in the order in which they were recorded, those that came with a merged record last."""
    came_along = MergeLine.objects.filter(
        merge__kept=OuterRef("nominal"), merge__undone_on=None, table=Identifier._meta.db_table, row=OuterRef("pk")
    )
    return rows.order_by(Exists(came_along), "pk")
