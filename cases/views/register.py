"""The register: everybody under management whom the principal may see, filtered by choices only, never by a name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet, Value
from django.utils.safestring import SafeString

from agencies.access import can_in_area, visible
from agencies.principal import Principal
from agencies.queries import leading_agencies_of, panel_areas_of
from agencies.roles import Perm
from agencies.spans import open_on
from agencies.written import Written
from cases.counting import Condition, condition, counts_among, these
from cases.derived import has_ground
from cases.models import KeyDate, LeadAgencySpan, LevelSpan, Nominal, Obligation, WhereaboutsSpan
from cases.queries import levels_to_set, officers_gone, standing_grounds, with_derived
from pages.drawing import cells_of, day
from pages.guards import ListPage, Offer
from pages.lists import RECORD_NUMBER, Choices, Column, ListContext, Listing, Sort, choice_filter, choices_filter
from pages.marks import category_why, level_why
from pages.markup import format_html
from pages.navigation import address_of, addresses_about
from pages.words import person_word
from rules.calendar import add_months
from rules.vocabulary import Category, DeadlineStatus, KeyDateKind, Level, ObligationKind, Whereabouts, choices

EVERYONE = "everyone"
SOON, LATER, FAR = "soon", "later", "far"
RELEASES = (KeyDateKind.EARLIEST_RELEASE, KeyDateKind.RELEASE, KeyDateKind.HOSPITAL_DISCHARGE)


@dataclass(frozen=True)
class Horizon:
    """How far ahead to look: the three alerts before a ground ends, as the area has set them (R26)."""

    code: str
    label: str
    until: date


def horizons(context: ListContext) -> list[Horizon]:
    """28 days, 3 months and 6 months ahead, unless the area looks further."""
    return context.once("horizons", lambda: _horizons(context))


def _horizons(context: ListContext) -> list[Horizon]:
    params, today = context.parameters, context.today
    days = params.number("ground_ending_last_alert", today)
    months = params.number("ground_ending_second_alert", today)
    most = params.number("ground_ending_first_alert", today)
    return [
        Horizon(SOON, f"{days} days", date.fromordinal(today.toordinal() + days)),
        Horizon(LATER, f"{months} months", add_months(today, months)),
        Horizon(FAR, f"{most} months", add_months(today, most)),
    ]


def _within(context: ListContext) -> Choices:
    return [(each.code, each.label) for each in horizons(context)]


def _until(code: str, context: ListContext) -> date:
    return next(each.until for each in horizons(context) if each.code == code)


def _ground_ending(code: str, context: ListContext) -> QuerySet[Any]:
    return standing_grounds(context.today).filter(ends_on__range=(context.today, _until(code, context)))


def _release(code: str, context: ListContext) -> QuerySet[Any]:
    return KeyDate.objects.filter(kind__in=RELEASES, falls_on__range=(context.today, _until(code, context)))


def _level(levels: Sequence[str], context: ListContext) -> QuerySet[Any]:
    # By the spans themselves: the derived column would be worked out for everybody on record first.
    return LevelSpan.objects.filter(open_on(context.today), level__in=levels)


def _whereabouts(rows: QuerySet[Nominal], kind: str, context: ListContext) -> QuerySet[Nominal]:
    return rows.filter(pk__in=WhereaboutsSpan.objects.filter(open_on(context.today), kind=kind).values("nominal"))


def _lead(rows: QuerySet[Nominal], agency: str, context: ListContext) -> QuerySet[Nominal]:
    return rows.filter(
        pk__in=LeadAgencySpan.objects.filter(open_on(context.today), agency=int(agency)).values("nominal")
    )


LEVEL_DUE: Choices = (("due", "Should have been set before release by now"),)


def _level_due(rows: QuerySet[Nominal], _code: str, context: ListContext) -> QuerySet[Nominal]:
    return rows.filter(pk__in=_waiting_for_level(context))


def _waiting_for_level(context: ListContext) -> list[int]:
    return [row.nominal_id for row in levels_to_set(context.principal, on=context.today)]


REVIEWS: Choices = (
    (DeadlineStatus.OVERDUE.value, "Overdue"),
    (SOON, "Due soon"),
    (DeadlineStatus.PAUSED.value, "Paused"),
    (DeadlineStatus.BROUGHT_FORWARD.value, "Brought forward"),
)


def _review(code: str, context: ListContext) -> QuerySet[Any]:
    rows = Obligation.objects.filter(kind=ObligationKind.REVIEW_LEVEL_2_3).waiting()
    ledger: QuerySet[Any] = rows.with_status(context.today)
    if code == SOON:
        return ledger.filter(status=DeadlineStatus.OPEN, due_on__lte=_until(SOON, context))
    return ledger.filter(status=code)


OFFICER_GONE = "gone"
OFFICERS: Choices = ((OFFICER_GONE, "Has left"),)


def _officer(_code: str, context: ListContext) -> QuerySet[Any]:
    return officers_gone(context.today)


# Filters that ask for people with certain rows of another table, which depend on the day and the horizons and not on
# who asks. The list asks by them for the people, and Today counts by them.
BY_ROWS: Mapping[str, Callable[[Any, ListContext], QuerySet[Any]]] = {
    "level": _level,
    "ends": _ground_ending,
    "release": _release,
    "review": _review,
    "officer": _officer,
}


def _with_rows(name: str) -> Callable[[QuerySet[Any], Any, ListContext], QuerySet[Any]]:
    """The filter of this name: everybody with such a row."""
    return lambda rows, value, context: rows.filter(pk__in=BY_ROWS[name](value, context).values("nominal"))


# What the area has, by name, in one query.
_PLACES = Written(
    lambda by: (
        panel_areas_of(by)
        .order_by()
        .annotate(of=Value("panel"))
        .values_list("of", "pk", "name")
        .union(leading_agencies_of(by).order_by().annotate(of=Value("lead")).values_list("of", "pk", "name"), all=True)
        .order_by("name", "pk")
    )
)


def _places(kind: str) -> Callable[[ListContext], Choices]:
    """The panel areas or the agencies to choose from."""
    return lambda context: [
        (str(key), name) for of, key, name in context.once("places", lambda: _PLACES(context.principal)) if of == kind
    ]


LISTING = Listing(
    sorts=(
        Sort("name", "Name", ("family_name", "given_names")),
        Sort("category", "Category", ("category", "family_name")),
        Sort("level", "Level", ("level", "family_name")),
        Sort("whereabouts", "Where", ("whereabouts_kind", "family_name")),
        Sort("lead", "Lead agency", ("lead_agency_name", "family_name")),
        Sort("ends", "Next end", ("ground_ends_on", "family_name")),
    ),
    columns=(
        Column("Name", "name"),
        Column("Category", "category"),
        Column("Level", "level"),
        Column("Where", "whereabouts"),
        Column("Lead agency", "lead"),
        Column("Next end", "ends"),
        RECORD_NUMBER,
    ),
    filters=(
        choices_filter("category", "Category", choices(Category), lambda rows, v, _c: rows.filter(category__in=v)),
        choices_filter("level", "Level", choices(Level), _with_rows("level")),
        choice_filter("where", "Where they are", choices(Whereabouts), _whereabouts),
        choice_filter("panel", "Panel area", _places("panel"), lambda rows, v, _c: rows.filter(panel_area=v)),
        choice_filter("lead", "Lead agency", _places("lead"), _lead),
        choice_filter("officer", "Named officer", OFFICERS, _with_rows("officer")),
        choice_filter("ends", "A ground ends within", _within, _with_rows("ends")),
        choice_filter("release", "Release or discharge within", _within, _with_rows("release")),
        choice_filter("level_due", "Level before release", LEVEL_DUE, _level_due),
        choice_filter("review", "Level 2 or 3 review", REVIEWS, _with_rows("review")),
        choice_filter(
            "status",
            "Who",
            [(EVERYONE, "Everyone on record")],
            lambda rows, _v, _c: rows,
            empty_label="Under MAPPA today",
        ),
    ),
    noun=("person", "people"),
    empty="Nobody is on the register yet, or nobody whose record is open to you.",
    empty_filtered="Nobody on the register matches these filters.",
    counts_along=True,
)


def register_rows(on: date, *, everyone: bool = False) -> QuerySet[Nominal]:
    """The rows of the register, before access and filters: those with a ground on the day, or everyone on record."""
    rows = with_derived(Nominal.objects.all(), on=on)
    return rows if everyone else under_mappa(rows, on)


def under_mappa(rows: QuerySet[Nominal], on: date) -> QuerySet[Nominal]:
    """Of these, the people with a ground on the day."""
    return rows.filter(has_ground(on))


_SEEN = Written(
    lambda by, on: visible(by, under_mappa(Nominal.objects.all(), on), Perm.NOMINAL_VIEW).order_by().values("pk")
)


def counted(context: ListContext, wanted: Sequence[Mapping[str, Sequence[str] | str]]) -> list[int]:
    """How many people the register shows with each of these filters, one filter each: the number beside a link is made
    by the same rows as its list, and all of them in one query."""
    seen = _SEEN.text(context.principal, context.today)
    if seen is None:
        return [0] * len(wanted)
    return counts_among(seen, [_condition(filters, context) for filters in wanted])


def _condition(filters: Mapping[str, Sequence[str] | str], context: ListContext) -> Condition:
    ((name, value),) = filters.items()
    if name == "level_due":
        return these(_waiting_for_level(context))
    return _of_day(name, value if isinstance(value, str) else tuple(value), context.today, tuple(horizons(context)))


@lru_cache(maxsize=200)
def _of_day(name: str, value: str | tuple[str, ...], today: date, ahead: tuple[Horizon, ...]) -> Condition:
    """Written once for everybody who asks on this day: these rows know the day and the horizons and nobody."""
    context = ListContext(Principal.system("register", on=today), today)
    context.once("horizons", lambda: list(ahead))
    return condition(BY_ROWS[name](value, context))


@dataclass(frozen=True)
class RegisterRow:
    """A line of the register, in words; ``record`` is the address of the person's page."""

    nominal: Nominal
    record: str
    category: str
    level: str
    whereabouts: str

    @property
    def cells(self) -> SafeString:
        """The cells of the line, under the columns of the list."""
        person: Any = self.nominal
        # Family name first, as the list is sorted.
        name = ", ".join(filter(None, (person.family_name, person.given_names)))
        panel = format_html('<br><span class="app-quiet">{}</span>', area) if (area := person.panel_area_name) else ""
        return cells_of(
            {
                "Name": format_html('<a class="govuk-link" href="{}">{}</a>', self.record, name),
                "Category": category_why(person.category, self.category, self.record, person.name),
                "Level": level_why(person.level, self.level, self.record, person.name),
                "Where": format_html("<div>{}{}</div>", self.whereabouts, panel),
                "Lead agency": person.lead_agency_name or "Not recorded",
                "Next end": day(person.ground_ends_on, "None set"),
            }
        )


class Register(ListPage[Nominal]):
    """The register of the day."""

    permission = Perm.NOMINAL_VIEW
    model = Nominal
    listing = LISTING
    as_usual = Written(lambda by, on: LISTING.first_page(visible(by, register_rows(on), Perm.NOMINAL_VIEW)))
    template_name = "cases/register.html"
    title = "Register"

    def get_queryset(self) -> QuerySet[Nominal]:
        return register_rows(self.today, everyone=self.request.GET.get("status") == EVERYONE)

    def offers(self) -> Iterable[Offer]:
        add = can_in_area(self.principal, Perm.NOMINAL_RECORD, self.principal.area_id or 0)
        merge = can_in_area(self.principal, Perm.NOMINAL_MERGE, self.principal.area_id or 0)
        return [
            Offer(f"Add {person_word(self.request).one}", address_of("nominal-add"), add, access=add),
            Offer("Possible doubles", address_of("doubles"), merge, access=merge),
        ]

    def decorate(self, rows: Sequence[Any]) -> Sequence[RegisterRow]:
        record = addresses_about("nominal")
        return [
            RegisterRow(
                row,
                record(row.pk),
                Category(row.category).label if row.category else "",
                Level(row.level).label if row.level else "",
                Whereabouts(row.whereabouts_kind).label if row.whereabouts_kind else "Not recorded",
            )
            for row in rows
        ]
