"""Today: what waits for a role, each number a link to the list that it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from cases.hidden_doubles import pair_ids
from cases.views.register import FAR, LATER, OFFICER_GONE, SOON, counted, horizons
from meetings.queries import over_all
from pages.lists import ListContext
from pages.navigation import address_if_known, address_of
from rules.vocabulary import DeadlineStatus, Level

from .action_cards import action_cards
from .meeting_cards import meeting_cards
from .office_cards import office_cards
from .referral_cards import referral_cards
from .worklist_cards import Made, worklist_cards

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
    """The parts of the page: what is asked of oneself, votes and answers before all; then the cases for whoever may
    open records, and the work of the unit and of the house. Actions stand first for an agency, whose own they are.
    """
    context = ListContext(principal, today)
    waiting, actions = referral_cards(context) | meeting_cards(context), action_cards(context)
    asked = _parts(waiting | actions if over_all(principal) else actions | waiting)
    cases = _cases(context) if can(principal, Perm.NOMINAL_VIEW) else []
    return [*asked, *cases, *_parts(office_cards(context))]


def _parts(found: Mapping[str, Sequence[Made]]) -> list[Part]:
    return [Part(title, [Card(*made) for made in cards]) for title, cards in found.items()]


def _cases(context: ListContext) -> list[Part]:
    wanted = _wanted({each.code: each.label for each in horizons(context)})
    numbers = iter(counted(context, [link.filters for _, links in wanted for link in links]))
    parts = [Part(title, [_card(link, next(numbers)) for link in links]) for title, links in wanted]
    return [*parts, *_parts(worklist_cards(context)), _doubles(context.principal)]


def _doubles(principal: Principal) -> Part:
    """Restricted people and those of Category 4 who seem to stand here twice: whoever reads both is told (R4)."""
    number = len(pair_ids(principal))
    return Part(
        "Doubles", [Card("possible doubles of records you read", number, address_of("hidden-doubles"), number > 0)]
    )


@dataclass(frozen=True)
class Link:
    """What a number counts: the register with these filters. ``page`` names a list of its own with the same rows."""

    label: str
    filters: Filters
    urgent: bool = False
    page: str = ""
    query: str = ""


def _card(link: Link, number: int) -> Card:
    query = link.query if link.page else urlencode(link.filters, doseq=True)
    address = address_of(link.page or "register")
    return Card(link.label, number, f"{address}?{query}" if query else address, link.urgent and number > 0)


def _wanted(within: Mapping[str, str]) -> list[tuple[str, list[Link]]]:
    """The parts of the page; ``within`` says in words how far each horizon reaches."""
    return [
        (
            "Level 2 and 3 reviews",
            [
                Link("overdue", {"review": DeadlineStatus.OVERDUE.value}, urgent=True),
                Link(f"due within {within[SOON]}", {"review": SOON}),
                Link("paused: in custody or hospital", {"review": DeadlineStatus.PAUSED.value}),
                Link("brought forward from before the start", {"review": DeadlineStatus.BROUGHT_FORWARD.value}),
            ],
        ),
        (
            "Levels",
            [
                Link("level not yet set", {"level": [Level.NOT_SET.value]}, page="levels-not-set"),
                Link(
                    "level should have been set by now",
                    {"level_due": "due"},
                    urgent=True,
                    page="levels-not-set",
                    query=f"state={DeadlineStatus.OVERDUE.value}",
                ),
                Link("at Level 2", {"level": [Level.TWO.value]}),
                Link("at Level 3", {"level": [Level.THREE.value]}),
            ],
        ),
        ("Named officers", [Link("cases whose named officer has left", {"officer": OFFICER_GONE}, urgent=True)]),
        (
            "Grounds ending",
            [
                Link(f"within {within[SOON]}", {"ends": SOON}, urgent=True),
                Link(f"within {within[LATER]}", {"ends": LATER}),
                Link(f"within {within[FAR]}", {"ends": FAR}),
            ],
        ),
        (
            "Releases and discharges ahead",
            [
                Link(f"within {within[SOON]}", {"release": SOON}),
                Link(f"within {within[LATER]}", {"release": LATER}),
            ],
        ),
    ]


def figures_url(principal: Principal) -> str:
    """Where figures are read; empty when this role has none, or no such page is installed."""
    if not can(principal, Perm.FIGURES_VIEW):
        return ""
    return address_if_known(FIGURES)
