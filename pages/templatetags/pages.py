"""Formatting for templates. A filter writes a value down; it never works one out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template.base import FilterExpression, Parser, Token, Variable
from django.templatetags.static import static
from django.utils.safestring import SafeString

from audit.context import time_of_request
from pages import drawing, framing, marks
from pages.dates import british_date, british_moment, british_time
from pages.doors import WaysOut
from pages.forms import Section, error_links, sections_of
from pages.navigation import NavItem, address_if_known, address_of, items_for
from pages.offers import Offer
from pages.submissions import KEY_FIELD, TOKEN_FIELD, new_key
from pages.words import person_word as word_of
from rules.core import Decision, Reason

register = template.Library()

PRODUCT = "MAPPA case management"
DEMONSTRATION = "Demonstration. Organisations are real, people, cases and all figures after March 2023 are invented."
NHS_LENGTH = 10

register.filter("british_date", british_date)
register.filter("british_moment", british_moment)
register.filter("british_time", british_time)


@register.filter
def counted(number: Any) -> str:
    """``2088`` as ``2,088``; nothing for what is no number."""
    return f"{number:,}" if isinstance(number, int) else ""


@register.filter
def nhs_number(value: str) -> str:
    """``9434765919`` as ``943 476 5919``; anything else as it is."""
    digits = value.replace(" ", "")
    if len(digits) != NHS_LENGTH or not digits.isdecimal():
        return value
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


@register.filter
def pnc_number(value: str) -> str:
    """``20040612345C`` as ``2004/0612345C``; anything else as it is."""
    return f"{value[:4]}/{value[4:]}" if "/" not in value and value[:11].isdecimal() and len(value) == 12 else value


@register.filter
def identifier(value: str, kind: str) -> str:
    """A number as people write numbers of its kind."""
    writers = {"NHS": nhs_number, "PNC": pnc_number}
    write = writers.get(str(kind).upper())
    return write(value) if write else value


register.filter("source", drawing.source_of)
register.filter("citation", drawing.citation_of)
register.simple_tag(drawing.reasons)
register.simple_tag(drawing.why)
register.simple_tag(drawing.headings)
register.simple_tag(drawing.count_card)
register.simple_tag(drawing.count_cards)
register.simple_tag(drawing.offered)
register.simple_tag(drawing.bar)
register.simple_tag(drawing.navigation)
register.simple_tag(drawing.day)
register.simple_tag(drawing.tag)
register.simple_tag(drawing.due_tag)
register.simple_tag(marks.category_tag)
register.simple_tag(marks.level_tag)
register.simple_tag(marks.why_link)
register.simple_tag(marks.category_why)
register.simple_tag(marks.level_why)
register.simple_tag(framing.tabs)
register.simple_tag(framing.back_link)
register.simple_tag(framing.pager)
register.simple_tag(framing.heading)
register.simple_tag(framing.filter_panel)
register.simple_tag(framing.list_summary)
register.simple_tag(drawing.corrections)
register.simple_block_tag(drawing.fact)
register.simple_block_tag(framing.panel)
register.simple_block_tag(framing.summary_list)
register.simple_block_tag(framing.identity_bar)
register.simple_block_tag(framing.table)


@register.filter
def error_list(form: forms.BaseForm | None) -> list[tuple[str, str]]:
    """(id, message) for the summary at the top of a form; nothing for no form or an unbound one."""
    return error_links(form) if form is not None and form.is_bound else []


@register.filter
def sections(form: forms.BaseForm) -> list[tuple[Section, list[BoundField]]]:
    """The fields of a form by section."""
    return sections_of(form)


def _is_fixed(value: FilterExpression) -> bool:
    """Whether it stands in the template itself."""
    return value.token in ("True", "False") or not isinstance(value.var, Variable)


class CellNode(template.Node):
    """A cell of a table. Where its label is written in the template, as nearly always, it begins with what was made
    when the template was read."""

    def __init__(self, nodelist: template.NodeList, values: dict[str, FilterExpression]) -> None:
        self.nodelist = nodelist
        self.values = values
        self.start = self._start(template.Context()) if all(map(_is_fixed, values.values())) else None

    def _start(self, context: template.Context) -> SafeString:
        found = {name: value.resolve(context) for name, value in self.values.items()}
        return drawing.cell_start(found["label"], head=bool(found.get("head")), numeric=bool(found.get("numeric")))

    def render(self, context: template.Context) -> SafeString:
        start = self.start or self._start(context)
        end = "</th>" if start.startswith("<th") else "</td>"
        return drawing.joined((start, self.nodelist.render(context), end))


@register.tag
def cell(parser: Parser, token: Token) -> CellNode:
    """A cell of a table, with the name of its column for phones: ``{% cell "Name" head=True %}…{% endcell %}``.

    ``head`` makes it the heading of its row. Tables have hundreds of cells: a tag draws one in a tenth of the time that
    a component takes.
    """
    name, label, *more = token.split_contents()
    values = {"label": parser.compile_filter(label)}
    for each in more:
        option, equals, value = each.partition("=")
        if option not in ("head", "numeric") or not equals:
            raise template.TemplateSyntaxError(f"{name} knows head and numeric, not {each}.")
        values[option] = parser.compile_filter(value)
    nodelist = parser.parse(("endcell",))
    parser.delete_first_token()
    return CellNode(nodelist, values)


@register.filter
def refused_reasons(decision: Decision | None) -> tuple[Reason, ...]:
    """The reasons of a refusal; nothing for what was allowed."""
    return () if decision is None or decision else decision.reasons


@dataclass(frozen=True)
class Frame:
    """What surrounds every page: who acts, in what part, and where they may go; for paper, when it was made and its
    copy number (R102): the request, by which the evidence names everybody shown.
    """

    product: str
    demonstration: str
    signed_in: bool
    name: str
    role: str
    agency: str
    navigation: tuple[NavItem, ...]
    account_url: str
    sign_out_url: str
    made_at: datetime | None
    copy: str


@register.simple_tag(takes_context=True)
def frame(context: template.Context) -> Frame:
    """Made from what the request already carries: it asks the database nothing, so error pages can use it."""
    request: HttpRequest | None = context.get("request")
    principal: Any = getattr(request, "principal", None)
    membership: Any = getattr(request, "membership", None)
    signed_in = principal is not None and principal.is_signed_in
    copy: str = getattr(request, "request_id", "")
    return Frame(
        product=PRODUCT,
        demonstration=DEMONSTRATION if settings.MAPPA_DEMO else "",
        signed_in=signed_in,
        name=principal.name if signed_in else "",
        role=str(principal.role.label) if signed_in and principal.role else "",
        agency=membership.agency.name if membership is not None else "",
        navigation=items_for(principal, request.path) if request is not None and signed_in else (),
        account_url=address_if_known("account"),
        sign_out_url=address_if_known("account_logout"),
        made_at=time_of_request(copy),
        copy=copy,
    )


@register.simple_tag(takes_context=True)
def person_word(
    context: template.Context, *, born_on: date | None = None, several: bool = False, capital: bool = False
) -> str:
    """What this area calls a managed person, or the one born on the day (R30). It asks the database nothing."""
    word = word_of(context.get("request"), born_on=born_on)
    text = word.plural if several else str(word.value)
    return text.capitalize() if capital else text


@register.simple_tag
@cache
def asset(name: str) -> str:
    """The address of a style, script or picture that every page has, looked up once."""
    return static(name)


@register.simple_tag
def address(url_name: str) -> str:
    """The address of a page that is about nothing in particular, looked up once: for pages that are asked for most."""
    return address_of(url_name)


@register.simple_tag
def lines(rows: Iterable[drawing.HasCells]) -> SafeString:
    """The lines of a table whose rows bring their cells."""
    return drawing.lines_of(rows)


@register.simple_tag
def submission_fields() -> SafeString:
    """The hidden key of a form that is a single button."""
    return framing.hidden([(KEY_FIELD, new_key())])


@register.simple_tag(takes_context=True)
def ways_out(context: template.Context, ways: WaysOut | None) -> SafeString:
    """Take a list out as a file, or keep its filters under a name."""
    return framing.ways_out(ways, _own_fields(context))


@register.simple_tag(takes_context=True)
def buttons(context: template.Context, offers: Iterable[Offer]) -> SafeString:
    """Buttons of a page, from offers: allowed ones to press, refused ones disabled with the reason."""
    return framing.buttons(offers, lambda: _own_fields(context))


def _own_fields(context: template.Context) -> SafeString:
    """The hidden fields of a form that is a button or a choice: what proves where it comes from, and its key."""
    return framing.hidden([(TOKEN_FIELD, str(context.get("csrf_token", ""))), (KEY_FIELD, new_key())])
