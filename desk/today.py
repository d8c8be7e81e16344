"""Today: what waits for a role, each number a link to the list that it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from cases.views.register import FAR, LATER, SOON, counted, horizons
from pages.lists import ListContext
from rules.vocabulary import DeadlineStatus, Level

Filters = Mapping[str, Sequence[str] | str]
FIGURES = "figures"


@dataclass(frozen=True)
class Card:
    """A number and the list behind it. Urgent: something is late."""

    label: str
    number: int
    url: str
    urgent: bool = False


@dataclass(frozen=True)
class Part:
    """Cards under one heading."""

    title: str
    cards: Sequence[Card]


def parts_for(principal: Principal, *, today: date) -> list[Part]:
    """The parts of the page for whoever may open records; nothing for the others."""
    if not can(principal, Perm.NOMINAL_VIEW):
        return []
    context = ListContext(principal, today)
    within = {each.code: each.label for each in horizons(context)}

    def card(label: str, filters: Filters, *, urgent: bool = False) -> Card:
        number = counted(context, filters)
        return Card(label, number, f"{reverse('register')}?{urlencode(filters, doseq=True)}", urgent and number > 0)

    return [
        Part(
            "Level 2 and 3 reviews",
            [
                card("overdue", {"review": DeadlineStatus.OVERDUE.value}, urgent=True),
                card(f"due within {within[SOON]}", {"review": SOON}),
                card("paused: in custody or hospital", {"review": DeadlineStatus.PAUSED.value}),
                card("brought forward from before the start", {"review": DeadlineStatus.BROUGHT_FORWARD.value}),
            ],
        ),
        Part(
            "Levels",
            [
                card("level not yet set", {"level": [Level.NOT_SET.value]}),
                card("level to be set before release by now", {"level_due": "due"}, urgent=True),
                card("at Level 2", {"level": [Level.TWO.value]}),
                card("at Level 3", {"level": [Level.THREE.value]}),
            ],
        ),
        Part(
            "Grounds ending",
            [
                card(f"within {within[SOON]}", {"ends": SOON}, urgent=True),
                card(f"within {within[LATER]}", {"ends": LATER}),
                card(f"within {within[FAR]}", {"ends": FAR}),
            ],
        ),
        Part(
            "Releases and discharges ahead",
            [
                card(f"within {within[SOON]}", {"release": SOON}),
                card(f"within {within[LATER]}", {"release": LATER}),
            ],
        ),
    ]


def figures_url(principal: Principal) -> str:
    """Where figures are read; empty when this role has none, or no such page is installed."""
    if not can(principal, Perm.FIGURES_VIEW):
        return ""
    try:
        return reverse(FIGURES)
    except NoReverseMatch:
        return ""
