"""What stands around the pieces that ``drawing`` draws: panels, tables, lists of facts, tabs, who a page is about."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.utils.safestring import SafeString
from django.utils.text import slugify

from .drawing import headings, joined, reasons
from .markup import format_html
from .offers import Offer


def heading(text: str, caption: str = "", size: str = "l", more: str = "") -> SafeString:
    """The heading of a page, with a line above it when there is a caption; ``more`` follows the text."""
    return format_html(
        '{}<h1 class="govuk-heading-{}">{}{}</h1>',
        format_html('<span class="govuk-caption-{}">{}</span>', size, caption) if caption else "",
        size,
        text,
        more,
    )


def buttons(offers: Iterable[Offer], own: Callable[[], str]) -> SafeString:
    """What can be done from a page: to press, or disabled with the reason. ``own`` gives the hidden fields of a form on
    this page, anew for each."""
    drawn = joined(_button(offer, own) for offer in offers or ())
    return format_html('<div class="app-offers">{}</div>', drawn) if drawn else drawn


def _button(offer: Offer, own: Callable[[], str]) -> SafeString:
    words = format_html("{}{}", offer.label, _unseen(offer.of) if offer.of else "")
    style = "" if offer.style == "primary" else f" govuk-button--{offer.style}"
    if not offer.decision:
        mark = f"refused-{slugify(offer.url)}"
        return format_html(
            '<div class="app-offers__refused"><button type="button" class="govuk-button govuk-button--secondary"'
            ' disabled aria-disabled="true" aria-describedby="{}">{}</button>'
            '<div class="app-offers__why" id="{}">{}</div></div>',
            mark,
            words,
            mark,
            reasons(offer.decision.reasons),
        )
    if offer.post:
        return format_html(
            '<form class="app-offers__form" method="post" action="{}">{}<button type="submit" class="govuk-button{}"'
            ' data-module="govuk-button" data-prevent-double-click="true">{}</button></form>',
            offer.url,
            own(),
            style,
            words,
        )
    return format_html(
        '<a href="{}" role="button" draggable="false" class="govuk-button{}" data-module="govuk-button">{}</a>',
        offer.url,
        style,
        words,
    )


def _unseen(text: str) -> SafeString:
    return format_html('<span class="govuk-visually-hidden">{}</span>', text)


def panel(content: str, title: str, mark: str | None = None, link: str = "", link_text: str = "") -> SafeString:
    """A part of a page with a heading and a rule above it; ``mark`` is what an address names it by."""
    return format_html(
        '<section class="app-panel"{}><div class="app-panel__head"><h2 class="govuk-heading-m"{}>{}</h2>{}</div>{}'
        "</section>",
        format_html(' id="{}" aria-labelledby="{}-title"', mark, mark) if mark else "",
        format_html(' id="{}-title"', mark) if mark else "",
        title,
        format_html('<a class="govuk-link" href="{}">{}</a>', link, link_text) if link else "",
        content,
    )


def summary_list(content: str, without_border: str = "") -> SafeString:
    """Facts in two columns; ``without_border`` makes it a quiet one."""
    css = "govuk-summary-list govuk-summary-list--no-border" if without_border else "govuk-summary-list"
    return format_html('<dl class="{}">{}</dl>', css, content)


def identity_bar(content: str, name: str, born: str = "", facts: Sequence[tuple[str, str]] = ()) -> SafeString:
    """Who the page is about: name, birth, numbers; the content is their tags."""
    known = [("Born", born), *facts] if born else facts
    return format_html(
        '<section class="app-identity" aria-label="Person"><div class="app-identity__main">'
        '<p class="app-identity__name">{}</p><div class="app-identity__tags">{}</div></div>'
        '<dl class="app-identity__facts">{}</dl></section>',
        name,
        content,
        joined(format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, value) for label, value in known),
    )


def tabs(items: Iterable[tuple[str, str, bool]], label: str = "Parts of this record") -> SafeString:
    """Parts of a record as links, with the one that is open now. They are pages of their own: works without scripts."""
    links = joined(
        format_html(
            '<li class="moj-sub-navigation__item"><a class="moj-sub-navigation__link" href="{}"{}>{}</a></li>',
            href,
            format_html(' aria-current="page"') if current else "",
            text,
        )
        for text, href, current in items
    )
    return format_html(
        '<nav class="moj-sub-navigation" aria-label="{}"><ul class="moj-sub-navigation__list">{}</ul></nav>',
        label,
        links,
    )


def back_link(href: str, text: str = "Back") -> SafeString:
    """To the page before."""
    return format_html('<nav aria-label="Back"><a href="{}" class="govuk-back-link">{}</a></nav>', href, text)


def table(content: str, *heads: Any, caption: str = "", caption_shown: str = "") -> SafeString:
    """A table that stacks where there is little room. ``heads`` are words, or one list as :func:`headings` takes it;
    the content is its rows."""
    named = heads if not heads or isinstance(heads[0], str) else heads[0]
    return format_html(
        '<div class="app-table-frame"><table class="govuk-table app-table"><caption class="govuk-table__caption {}">{}'
        '</caption><thead class="govuk-table__head"><tr class="govuk-table__row">{}</tr></thead>'
        '<tbody class="govuk-table__body">{}</tbody></table></div>',
        "govuk-table__caption--m" if caption_shown else "govuk-visually-hidden",
        caption,
        headings(named),
        content,
    )


def filter_panel(found: Any) -> SafeString:
    """The filters of a list, sent by GET so that the result can be linked to. On a phone, scripts fold it away behind a
    button; without them it stands above the list."""
    return format_html(
        '<div class="app-filtered__panel"><div class="app-filter-toggle"></div>'
        '<form class="app-filter" method="get" novalidate data-app-filter aria-label="Filters">'
        '<h2 class="govuk-heading-m">Filter</h2>{}{}'
        '<button type="submit" class="govuk-button" data-module="govuk-button">Apply filters</button>{}</form></div>',
        hidden(found.hidden.items()),
        found.form.drawn,
        _clear_filters(found) if found.filtered else "",
    )


def list_summary(found: Any) -> SafeString:
    """How many there are, and the filters in force with a link to take each away."""
    shown = f", showing {found.first:,} to {found.last:,}" if found.pages > 1 else ""
    return format_html(
        '<p class="govuk-body app-count" role="status"><strong>{}</strong> {}{}</p>{}',
        f"{found.total:,}",
        found.noun,
        shown,
        _chips(found) if found.chips else "",
    )


def _chips(found: Any) -> SafeString:
    tags = joined(
        format_html(
            '<li><a class="moj-filter__tag" href="{}"><span class="govuk-visually-hidden">Remove the filter </span>'
            "{}: {}</a></li>",
            chip.remove_url,
            chip.label,
            chip.value,
        )
        for chip in found.chips
    )
    return format_html(
        '<div class="app-chips"><h2 class="govuk-visually-hidden">Filters in force</h2>'
        '<ul class="moj-filter-tags">{}</ul>{}</div>',
        tags,
        _clear_filters(found),
    )


def _clear_filters(found: Any) -> SafeString:
    return format_html('<p class="govuk-body-s"><a class="govuk-link" href="{}">Clear filters</a></p>', found.clear_url)


def ways_out(ways: Any, own: str) -> SafeString:
    """Below a list: take it out as a file, or keep its filters under a name; nothing for whoever may do neither.
    ``own`` are the hidden fields that a form of this page has."""
    if not ways:
        return SafeString()
    export = exports = views = SafeString()
    if ways.export_url:
        export = format_html(
            '<form class="app-ways-out__export" method="post" action="{}">{}{}{}{}'
            '<button type="submit" class="govuk-button govuk-button--secondary" data-module="govuk-button"'
            ' data-prevent-double-click="true">Export</button></form>',
            ways.export_url,
            own,
            hidden([("of", ways.address)]),
            _choice("file-format", "file_format", "Export this list as", ways.formats),
            _choice("file-purpose", "purpose", "What is it for?", [("", "Not said"), *ways.purposes]),
        )
    if ways.exports_url:
        exports = format_html(
            '<p class="govuk-body"><a class="govuk-link" href="{}">Your exports</a></p>', ways.exports_url
        )
    if ways.views_url:
        views = format_html(
            '<p class="govuk-body"><a class="govuk-link" href="{}?of={}">Saved views of this list</a></p>',
            ways.views_url,
            quote(ways.address, safe=""),
        )
    return format_html('<section class="app-ways-out" aria-label="This list">{}{}{}</section>', export, exports, views)


def _choice(mark: str, name: str, label: str, choices: Iterable[tuple[str, str]]) -> SafeString:
    options = joined(format_html('<option value="{}">{}</option>', code, text) for code, text in choices)
    return format_html(
        '<div class="govuk-form-group"><label class="govuk-label" for="{}">{}</label>'
        '<select class="govuk-select" id="{}" name="{}">{}</select></div>',
        mark,
        label,
        mark,
        name,
        options,
    )


def hidden(values: Iterable[tuple[str, str]]) -> SafeString:
    """Fields of a form that nobody sees."""
    return joined(format_html('<input type="hidden" name="{}" value="{}">', name, value) for name, value in values)


def pager(found: Any) -> SafeString:
    """The pages of a list, when there are several: as ``pages.lists.Found`` says them."""
    if found is None or found.pages < 2:
        return SafeString()
    return format_html(
        '<nav class="govuk-pagination" aria-label="Pages">{}<ul class="govuk-pagination__list">{}</ul>{}</nav>',
        format_html(_PREVIOUS, found.previous_url) if found.previous_url else "",
        joined(map(_page_link, found.links)),
        format_html(_NEXT, found.next_url) if found.next_url else "",
    )


def _page_link(link: Any) -> SafeString:
    if not link.number:
        return _GAP
    return format_html(
        '<li class="govuk-pagination__item{}"><a class="govuk-link govuk-pagination__link" href="{}"'
        ' aria-label="Page {}"{}>{}</a></li>',
        " govuk-pagination__item--current" if link.current else "",
        link.url,
        link.number,
        _HERE if link.current else "",
        link.number,
    )


_HERE = format_html(' aria-current="page"')
_GAP = format_html('<li class="govuk-pagination__item govuk-pagination__item--ellipsis">⋯</li>')
_ARROW = (
    '<svg class="govuk-pagination__icon govuk-pagination__icon--{}" xmlns="http://www.w3.org/2000/svg" height="13"'
    ' width="15" aria-hidden="true" focusable="false" viewBox="0 0 15 13"><path d="{}"></path></svg>'
)
_WORD = '<span class="govuk-pagination__link-title">{}<span class="govuk-visually-hidden"> page</span></span>'
_PREVIOUS = (
    '<div class="govuk-pagination__prev"><a class="govuk-link govuk-pagination__link" href="{}" rel="prev">'
    + _ARROW.format("prev", "M7 0 0 6.5 7 13l1.4-1.4-4-4.1H15v-2H4.4l4-4.1z")
    + _WORD.format("Previous")
    + "</a></div>"
)
_NEXT = (
    '<div class="govuk-pagination__next"><a class="govuk-link govuk-pagination__link" href="{}" rel="next">'
    + _WORD.format("Next")
    + _ARROW.format("next", "m8 0 7 6.5L8 13l-1.4-1.4 4-4.1H0v-2h10.6l-4-4.1z")
    + "</a></div>"
)
