"""The small pieces that a page draws by the hundred, as HTML: cells, facts, reasons, headings of a table, cards.

A component is read from its template and given a context of its own each time, which costs more than the piece itself.
So these are drawn here; the components of the same name call them, and no page draws them otherwise.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from typing import Any, Protocol

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from rules.catalogue import RULES
from rules.core import Reason

from .dates import british_date
from .markup import as_pattern, format_html
from .navigation import NavItem
from .offers import Offer


class HasCells(Protocol):
    """A line of a table in its own words."""

    @property
    def cells(self) -> SafeString: ...


# Any other is blue.
_DUE_COLOURS = {
    "overdue": "red",
    "due_soon": "yellow",
    "met": "green",
    "met_late": "green",
    "paused": "grey",
    "cancelled": "grey",
    "none": "grey",
}
_MARKS = {"ascending": "▲", "descending": "▼"}


def source_of(reason: Reason) -> str:
    """Where the rule of a reason comes from, in words; '' for what is no numbered rule."""
    rule = RULES.get(reason.rule)
    return str(rule.source) if rule else ""


def citation_of(reason: Reason) -> str:
    """``Rule R51`` for a numbered rule, else the words that name it."""
    return f"Rule {reason.rule}" if reason.rule in RULES else reason.rule.capitalize()


def joined(pieces: Iterable[str]) -> SafeString:
    """Pieces that are HTML already, one after the other."""
    return SafeString("".join(pieces))


@lru_cache(maxsize=2000, typed=True)
def day(on: date | None, empty: str = "") -> SafeString | str:
    """A day as people write it: 27 March 2026; ``empty`` for no day."""
    if not on:
        return empty
    return format_html('<time datetime="{}" class="app-date">{}</time>', on.isoformat()[:10], british_date(on))


def tag(text: str, colour: str = "") -> SafeString:
    """A status in words; the colour only repeats it."""
    return format_html('<strong class="govuk-tag{}">{}</strong>', f" govuk-tag--{colour}" if colour else "", text)


def tag_in_place(text: str, colour: str) -> SafeString:
    """The same beside other words, where it does not break."""
    return format_html('<strong class="govuk-tag app-tag govuk-tag--{}">{}</strong>', colour, text)


def due_tag(status: str, label: str = "") -> SafeString:
    """How a due date stands, in words."""
    return tag_in_place(label, _DUE_COLOURS.get(status, "blue"))


def cell_start(label: str, *, head: bool, numeric: bool) -> SafeString:
    """The beginning of a cell; ``head`` makes it the heading of its row."""
    if head:
        return format_html('<th scope="row" class="govuk-table__header" data-label="{}">', label)
    css = "govuk-table__cell govuk-table__cell--numeric" if numeric else "govuk-table__cell"
    return format_html('<td class="{}" data-label="{}">', css, label)


def cells_of(cells: Mapping[str, str]) -> SafeString:
    """The cells of a row of a table: what stands in each, by the name of its column. The first is the row's heading."""
    return format_html(_cells(tuple(cells)), *cells.values())


def lines_of(rows: Iterable[HasCells]) -> SafeString:
    """The lines of a table whose rows bring their cells."""
    return joined(f'<tr class="govuk-table__row">{row.cells}</tr>' for row in rows)


@lru_cache(maxsize=100)
def _cells(labels: tuple[str, ...]) -> str:
    """The pattern of the cells under these columns, which stand in the code."""
    starts = (cell_start(label, head=not number, numeric=False) for number, label in enumerate(labels))
    heading, *others = map(as_pattern, starts)
    return f"{heading}{{}}</th>{''.join(f'{start}{{}}</td>' for start in others)}"


def reasons(found: Iterable[Reason]) -> SafeString:
    """Reasons of a decision: each sentence with its rule, its source and the facts used; nothing for none.

    Of sentences in a row that rest on the same rule, the last names it for all of them.
    """
    known = tuple(found or ())
    lines = [
        _reason(each, cited=bool(each.facts) or after is None or after.rule != each.rule)
        for each, after in zip_longest(known, known[1:])
    ]
    if not lines:
        return SafeString()
    bullets = " govuk-list--bullet" if len(lines) > 1 else ""
    return format_html('<ul class="govuk-list{} app-reasons">{}</ul>', bullets, joined(lines))


def _reason(reason: Reason, *, cited: bool) -> SafeString:
    citation: str = SafeString()
    if cited:
        source = source_of(reason)
        words = f"{citation_of(reason)}: {source}" if source else citation_of(reason)
        citation = format_html('<span class="app-citation">{}</span>', words)
    facts: str = SafeString()
    if reason.facts:
        rows = joined(format_html("<div><dt>{}</dt><dd>{}</dd></div>", name, value) for name, value in reason.facts)
        facts = format_html('<dl class="app-facts">{}</dl>', rows)
    return format_html("<li>{} {} {}</li>", reason.text, citation, facts)


def why(found: Iterable[Reason], label: str = "") -> SafeString:
    """ "Why?": opens the reasons of a derived fact; ``label`` says to people who hear the page what is asked about."""
    listed = reasons(found)
    if not listed:
        return listed
    about = format_html('<span class="govuk-visually-hidden"> {}</span>', label) if label else ""
    return format_html(
        '<details class="govuk-details app-why"><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">Why?{}</span></summary>'
        '<div class="govuk-details__text">{}</div></details>',
        about,
        listed,
    )


def fact(
    content: str, key: str, value: str = "", found: Iterable[Reason] = (), change_url: str = "", change_text: str = ""
) -> SafeString:
    """A row of a list of facts: its key, its value and content, the reasons behind it, a link to change it."""
    change: str = SafeString()
    if change_url:
        change = format_html(
            '<dd class="govuk-summary-list__actions"><a class="govuk-link" href="{}">{}'
            '<span class="govuk-visually-hidden"> {}</span></a></dd>',
            change_url,
            change_text,
            key,
        )
    return format_html(
        '<div class="govuk-summary-list__row{}"><dt class="govuk-summary-list__key">{}</dt>'
        '<dd class="govuk-summary-list__value">{}{}{}</dd>{}</div>',
        "" if change_url else " govuk-summary-list__row--no-actions",
        key,
        value,
        content,
        why(found, key),
        change,
    )


def headings(heads: Iterable[Any]) -> SafeString:
    """The headings of a table: words, or heads of a list with the link that sorts by them."""
    return joined(_heading(each) for each in heads or ())


def _heading(head: Any) -> SafeString:
    if isinstance(head, str):
        return format_html('<th scope="col" class="govuk-table__header">{}</th>', head)
    numeric = " govuk-table__header--numeric" if head.numeric else ""
    if not head.url:
        return format_html('<th scope="col" class="govuk-table__header{}">{}</th>', numeric, head.label)
    mark = _MARKS.get(head.direction, "↕")
    return format_html(
        '<th scope="col" class="govuk-table__header{}"{}><a class="app-sort" href="{}">{}'
        '<span class="app-sort__mark" aria-hidden="true">{}</span></a></th>',
        numeric,
        "" if head.direction == "none" else format_html(' aria-sort="{}"', head.direction),
        head.url,
        head.label,
        mark,
    )


def count_card(number: str, label: str, url: str = "", *, urgent: bool = False, note: str = "") -> SafeString:
    """A number that leads to its list; an urgent one has a red edge."""
    said: str = conditional_escape(label)
    if url:
        said = format_html('<a class="govuk-link govuk-link--no-visited-state" href="{}">{}</a>', url, label)
    return format_html(
        '<div class="app-card{}"><p class="app-card__number">{}</p><p class="app-card__label">{}</p>{}</div>',
        " app-card--urgent" if urgent else "",
        number,
        said,
        format_html('<p class="app-card__note">{}</p>', note) if note else "",
    )


def count_cards(found: Iterable[Any]) -> SafeString:
    """A row of numbers that lead to their lists; of each its ``number``, ``label``, ``url``, and whether it is
    ``urgent``."""
    drawn = (count_card(f"{each.number:,}", each.label, each.url, urgent=each.urgent) for each in found)
    return format_html('<div class="app-cards">{}</div>', joined(drawn))


def bar(share: int) -> SafeString:
    """A bar as long as its share, in per cent, of the room there is. The number beside it says the same in words."""
    return format_html(
        '<svg class="app-bar__line" width="100%" height="12" aria-hidden="true" focusable="false">'
        '<rect width="{}%" height="12" fill="#1d70b8"></rect></svg>',
        share,
    )


def offered(offer: Offer | None) -> SafeString:
    """One thing that can be recorded: a link; refused by a rule, its name with the reason; nothing when it is not
    theirs to do."""
    if not offer or not offer.shown:
        return SafeString()
    if offer.decision:
        return format_html('<a class="govuk-link app-offer" href="{}">{}</a>', offer.url, offer.label)
    return format_html(
        '<div class="app-offer app-offer--refused"><span class="govuk-body-s">{}: not now.</span> {}</div>',
        offer.label,
        reasons(offer.decision.reasons),
    )


@lru_cache(maxsize=500)
def navigation(items: tuple[NavItem, ...]) -> SafeString:
    """The main row of the navigation, and below it the pages of the part that one is in. It says nothing of a person,
    and is the same for everybody who may go to the same pages from the same part."""
    if not items:
        return SafeString()
    row = joined(
        format_html(
            '<li class="govuk-service-navigation__item{}">'
            '<a class="govuk-service-navigation__link" href="{}"{}>{}</a></li>',
            " govuk-service-navigation__item--active" if item.current else "",
            item.url,
            _current(item),
            format_html('<strong class="govuk-service-navigation__active-fallback">{}</strong>', item.label)
            if item.current
            else item.label,
        )
        for item in items
    )
    main = format_html(
        '<div class="govuk-service-navigation" data-module="govuk-service-navigation">'
        '<div class="govuk-width-container"><div class="govuk-service-navigation__container">'
        '<nav aria-label="Main" class="govuk-service-navigation__wrapper">'
        '<button type="button" class="govuk-service-navigation__toggle govuk-js-service-navigation-toggle"'
        ' aria-controls="navigation" hidden>Menu</button>'
        '<ul class="govuk-service-navigation__list" id="navigation">{}</ul></nav></div></div></div>',
        row,
    )
    return joined((main, *(_part(item) for item in items if item.current and item.within)))


def _part(item: NavItem) -> SafeString:
    pages = joined(
        format_html(
            '<li class="app-part__item"><a class="app-part__link" href="{}"{}>{}</a></li>',
            page.url,
            _current(page),
            page.label,
        )
        for page in item.within
    )
    return format_html(
        '<nav class="app-part" aria-label="{}"><ul class="govuk-width-container app-part__list">{}</ul></nav>',
        item.label,
        pages,
    )


def _current(item: NavItem) -> SafeString:
    return format_html(' aria-current="true"') if item.current else SafeString()


def corrections(offers: Iterable[Offer], of: str, on: date) -> SafeString:
    """What may be done to put a row right; which row it is, of what and from when, is said to people who hear the
    page."""
    return joined(
        format_html(
            '<br><a class="govuk-link app-offer" href="{}">{}<span class="govuk-visually-hidden">: {}, {}</span></a>',
            offer.url,
            offer.label,
            of,
            day(on),
        )
        for offer in offers
    )
