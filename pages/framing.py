"""What stands around the pieces that ``drawing`` draws: panels, tables, lists of facts, tabs, who a page is about."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.safestring import SafeString

from .drawing import headings, joined
from .markup import format_html


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
