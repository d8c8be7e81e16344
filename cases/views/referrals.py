"""Referrals to Level 2 or 3, as a list. Filters are choices and days, never a name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from agencies.access import can
from agencies.queries import agencies_of
from agencies.roles import Perm
from cases.models import Referral
from cases.naming import listed_name
from cases.referral_waiting import Waiting, waiting_for, waits_of
from cases.referrals import stamps_for
from cases.services.panel import may_name_seat
from cases.services.referrals import may_register_received, may_start_referral
from pages.guards import ListPage, Offer
from pages.lists import Choices, Column, ListContext, Listing, Sort, choice_filter, choices_filter, date_filter
from rules.referral_counts import days_with_unit
from rules.vocabulary import Category, Level, ReferralState, choices

COLOURS = {
    ReferralState.ACCEPTED: "green",
    ReferralState.DECLINED: "red",
    ReferralState.RETURNED: "orange",
    ReferralState.UNDER_PANEL: "purple",
    ReferralState.SUBMITTED: "blue",
}
_LEVELS = [(level.value, level.label) for level in Level if level.is_multi_agency]


@dataclass(frozen=True)
class ReferralLine:
    """A referral in words."""

    referral: Referral
    name: str
    state: str
    colour: str
    days: int | None


def _agencies(context: ListContext) -> Choices:
    return [(str(each.pk), each.name) for each in agencies_of(context.principal)]


def _waits(context: ListContext) -> Choices:
    return [(code.value, code.label) for code in waits_of(context.principal)]


def _waiting(rows: QuerySet[Referral], code: str, context: ListContext) -> QuerySet[Referral]:
    return waiting_for(rows, Waiting(code), by=context.principal, on=context.today)


# What the list and its numbers are filtered by alike.
FILTERS = (
    choice_filter("agency", "Agency", _agencies, lambda rows, v, _c: rows.filter(agency=int(v))),
    choice_filter("category", "Category", choices(Category), lambda rows, v, _c: rows.filter(category=v)),
    choice_filter("level", "Level asked for", _LEVELS, lambda rows, v, _c: rows.filter(level_asked=v)),
    date_filter("from", "Received from", lambda rows, day, _c: rows.filter(received_on__gte=day)),
    date_filter("to", "Received to", lambda rows, day, _c: rows.filter(received_on__lte=day)),
)
LISTING = Listing(
    sorts=(
        Sort("newest", "Newest", ("-received_on", "-id")),
        Sort("state", "State", ("state", "-id")),
        Sort("agency", "Agency", ("agency__name", "-id")),
        Sort("asked", "Asked for", ("-level_asked", "category", "-id")),
    ),
    columns=(
        Column("About"),
        Column("Agency", "agency"),
        Column("Received", "newest"),
        Column("Asked for", "asked"),
        Column("State", "state"),
        Column("Days", numeric=True),
    ),
    filters=(
        choices_filter("state", "State", choices(ReferralState), lambda rows, v, _c: rows.filter(state__in=v)),
        choice_filter("waiting", "Waiting", _waits, _waiting),
        *FILTERS,
    ),
    noun=("referral", "referrals"),
    empty="No referral is open to you.",
    empty_filtered="No referral matches these filters.",
)


class ReferralList(ListPage[Referral]):
    """Every referral made, whatever became of it (R45). Days are those with the unit, without those of a return."""

    permission = Perm.REFERRAL_VIEW
    model = Referral
    template_name = "cases/referrals.html"
    title = "Referrals"
    listing = LISTING

    def get_queryset(self) -> QuerySet[Referral]:
        return Referral.objects.select_related("nominal", "agency")

    def offers(self) -> Iterable[Offer]:
        start = may_start_referral(by=self.principal, today=self.today)
        register = may_register_received(by=self.principal, today=self.today)
        seats = may_name_seat(self.principal.area_id or 0, by=self.principal, today=self.today)
        numbers = can(self.principal, Perm.REFERRAL_VIEW)
        return [
            Offer("Start a referral", reverse("referral-start"), start, access=start),
            Offer("Register a referral received", reverse("referral-register"), register, access=register),
            Offer("Referrals in numbers", reverse("referral-numbers"), numbers, access=numbers),
            Offer("Referral panel", reverse("panel-seats"), seats, access=seats),
        ]

    def decorate(self, rows: Sequence[Referral]) -> Sequence[ReferralLine]:
        stamps = stamps_for([row.pk for row in rows])
        lines = []
        for row in rows:
            state = ReferralState(row.state)
            days = days_with_unit(row.received_on, stamps.get(row.pk, ()), self.today) if row.received_on else None
            lines.append(ReferralLine(row, listed_name(row), state.label, COLOURS.get(state, "grey"), days))
        return lines
