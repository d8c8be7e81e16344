"""HTML from a pattern: the same as Django's own, for whatever is put into it."""

from datetime import date

import pytest
from django.utils import html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from pages.drawing import cells_of
from pages.markup import format_html
from rules.vocabulary import Level


class Shouted(str):
    """Words of a kind of their own."""


@pytest.mark.parametrize(
    "value",
    [
        "<b>&\"'</b>",
        mark_safe("<b>bold</b>"),
        Shouted("<i>"),
        gettext_lazy("<Yes>"),
        Level.TWO.label,
        Level.TWO,
        None,
        7,
        date(2026, 3, 27),
    ],
)
def test_is_what_django_makes_of_it(value: object) -> None:
    made = format_html('<a title="{}">{}</a>', value, value)
    assert made == html.format_html('<a title="{}">{}</a>', value, value)
    assert isinstance(made, SafeString)


def test_the_cells_of_a_row_escape_what_stands_in_it() -> None:
    """The pattern of a row is kept for its columns, and nothing that stood in one."""
    for said in ("<b>{0}</b>", mark_safe("<b>bold</b>")):
        assert cells_of({"{Who}": "Garnet", "What & why": said}) == (
            '<th scope="row" class="govuk-table__header" data-label="{Who}">Garnet</th>'
            f'<td class="govuk-table__cell" data-label="What &amp; why">{html.conditional_escape(said)}</td>'
        )
