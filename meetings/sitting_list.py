"""The list of sittings, for its page and the API."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from agencies.models import User
from agencies.queries import panel_areas_of
from agencies.roles import Perm
from pages.guards import ListPage, Offer
from pages.lists import Choices, Column, ListContext, Listing, Sort, choice_filter
from rules.vocabulary import Level, SittingState, choices

from .models import Panel, Sitting
from .queries import coming, gone, panels_of, plans, sittings_of, with_heard
from .services.sittings import may_plan_sitting
from .sitting_lines import SittingLine, lines_of, states_of

PAST = "past"
NOBODY = "nobody"


_LEVELS = [(level.value, level.label) for level in Level if level.is_multi_agency]


def _panels(context: ListContext) -> Choices:
    known = sittings_of(context.principal).values("panel")
    rows = panels_of(context.principal) if plans(context.principal) else Panel.objects.filter(pk__in=known)
    return [(str(each.pk), each.name) for each in rows.order_by("name")]


def _areas(context: ListContext) -> Choices:
    return [(str(each.pk), each.name) for each in panel_areas_of(context.principal).order_by("name")]


def _chairs(context: ListContext) -> Choices:
    known = User.objects.filter(pk__in=sittings_of(context.principal).values("chair"))
    named = [(str(each.pk), each.name) for each in known.order_by("family_name", "given_name")]
    return [(NOBODY, "Nobody yet"), *named]


def _by_chair(rows: QuerySet[Any], value: str, _context: ListContext) -> QuerySet[Any]:
    return rows.filter(chair=None, cancelled_on=None) if value == NOBODY else rows.filter(chair=int(value))


def _by_time(rows: QuerySet[Any], _code: str, _context: ListContext) -> QuerySet[Any]:
    """The rows are of one time from the beginning: today and later, or before."""
    return rows


def _in_state(rows: QuerySet[Any], code: str, context: ListContext) -> QuerySet[Any]:
    """What has become of each is for the rule to say: asked about those that nobody is in, in one query."""
    if code == SittingState.CANCELLED:
        return rows.exclude(cancelled_on=None)
    standing = rows.filter(cancelled_on=None)
    if code == SittingState.PEOPLE:
        return standing.filter(heard__gt=0)
    found = states_of(standing.filter(heard=0), today=context.today)
    return rows.filter(pk__in=[row.pk for row, state in found if state.value == code])


LISTING = Listing(
    sorts=(
        Sort("when", "When", ("starts_at",)),
        Sort("panel", "Panel", ("panel__name", "starts_at")),
        Sort("level", "Level", ("level", "starts_at")),
        Sort("chair", "Chair", ("chair__family_name", "chair__given_name", "starts_at")),
    ),
    columns=(
        Column("When", "when", beside="Hours"),
        Column("Panel", "panel"),
        Column("Level", "level"),
        Column("Chair", "chair"),
        Column("Where"),
        Column("People", numeric=True),
        Column("State"),
    ),
    filters=(
        choice_filter("time", "Time", ((PAST, "Before today"),), _by_time, empty_label="Today and later"),
        choice_filter("panel", "Panel", _panels, lambda rows, v, _c: rows.filter(panel=int(v))),
        choice_filter("level", "Level", _LEVELS, lambda rows, v, _c: rows.filter(level=v)),
        choice_filter("district", "Panel area", _areas, lambda rows, v, _c: rows.filter(panel__panel_area=int(v))),
        choice_filter("chair", "Chair", _chairs, _by_chair),
        choice_filter("state", "State", choices(SittingState), _in_state),
    ),
    noun=("sitting", "sittings"),
    empty="No sitting is planned.",
    empty_filtered="No sitting matches these filters.",
)


def sitting_rows(context: ListContext, *, past: bool) -> QuerySet[Any]:
    """The sittings that the principal may know of, of today and later, or of before, as the list and the API show."""
    known = sittings_of(context.principal)
    rows = gone(known, context.today) if past else coming(known, context.today)
    return with_heard(context.principal, rows).select_related("panel", "room", "chair")


class Sittings(ListPage[Sitting]):
    """What is in the calendar, those to come first."""

    permission = Perm.SITTING_VIEW
    model = Sitting
    title = "Sittings"
    template_name = "meetings/sittings.html"
    listing = LISTING

    def get_queryset(self) -> QuerySet[Any]:
        return sitting_rows(self.context, past=self.request.GET.get("time") == PAST)

    def offers(self) -> Iterable[Offer]:
        area_id = self.principal.area_id or 0
        decision = may_plan_sitting(area_id, by=self.principal, today=self.today)
        return [Offer("Plan a sitting", reverse("sitting-plan"), decision, access=decision)]

    def decorate(self, rows: Sequence[Sitting]) -> Sequence[SittingLine]:
        return lines_of(rows, today=self.today)
