"""Search: what is looked for travels in the body of a request only; what was found can be taken out, by its keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from agencies.principal import Principal
from agencies.roles import Perm
from agencies.rows_of import ValuesOf
from agencies.sessions import is_stepped_up
from audit.reads import searched
from cases.forms.search import SearchForm
from cases.models import Alias, Identifier, Nominal
from cases.queries import Found, find, other_names, status_of_day
from exchange.exports.services import may_take_lists
from exchange.exports.work import take_out
from exchange.models import FileFormat
from pages.drawing import cells_of, day, joined
from pages.exports import ExportedFinds
from pages.guards import ActionPage, SearchPage
from pages.lists import Column
from pages.marks import status_why
from pages.markup import format_html, lines
from pages.navigation import addresses_about
from pages.step_up import proof_url
from pages.writing import NOT_ACCEPTED
from rules.core import Decision, Reason, Refused
from rules.vocabulary import Purpose, choices

from .lines import quoted

_RULE = "R110"
_NUMBERS = ValuesOf(Identifier, "nominal", "kind", "normalised")
_PROVE_FIRST = Decision.no(
    Reason(
        "It is more than five minutes since you proved who you are. Prove it again, then search again: what you looked"
        " for is not kept.",
        "step-up",
    )
)


@dataclass(frozen=True)
class Hit:
    """A person found: the address of their page, what else they are called and quoted by, the codes of category and
    level of the day, and by what they were found."""

    nominal: Nominal
    record: str
    other_names: Sequence[Alias]
    category: str | None
    level: str | None
    numbers: Sequence[tuple[str, str]]
    by: str

    @property
    def cells(self) -> SafeString:
        """The cells of the line: on the page, and in the file of those found."""
        person = self.nominal
        named = format_html('<a class="govuk-link" href="{}">{}</a>', self.record, person.name)
        status = status_why(self.category, self.level, self.record, person.name) or "Not under MAPPA today"
        return cells_of(
            {
                "Name": format_html("<div>{}{}</div>", named, joined(map(_other_name, self.other_names))),
                "Date of birth": day(person.date_of_birth, "Not known"),
                "Category and level": format_html("<div>{}</div>", status),
                "Numbers": format_html("<div>{}</div>", lines(f"{kind} {number}" for kind, number in self.numbers)),
                "Found by": capfirst(self.by),
            }
        )


def _other_name(alias: Alias) -> SafeString:
    kind = alias.get_kind_display().lower()
    return format_html('<br><span class="app-quiet">{} {} ({})</span>', alias.given_names, alias.family_name, kind)


def look_for(form: SearchForm, *, by: Principal, on: date) -> Found:
    """What a valid form finds; the access log has digests of what was looked for, and how many were found."""
    said = form.cleaned_data
    found = find(
        by,
        on=on,
        text=said["text"],
        date_of_birth=said["date_of_birth"],
        give_or_take=form.give_or_take,
        address=said["address"],
        perm=Perm.SEARCH,
    )
    born = said["date_of_birth"]
    searched([said["text"], said["address"], born.isoformat() if born else ""], len(found.matches))
    return found


def hits_of(rows: Sequence[Nominal], found: Found | None, *, on: date) -> list[Hit]:
    """People as a search shows them. What was found before and is taken out now comes by its keys alone: without
    ``found``, and so without by what.
    """
    record = addresses_about("nominal")
    numbers, status = _NUMBERS(rows), status_of_day(rows, on=on)
    matches = {match.nominal.pk: match for match in found.matches} if found else {}
    names = {pk: match.other_names for pk, match in matches.items()} if matches else other_names(rows)
    return [
        Hit(
            nominal=row,
            record=record(row.pk),
            other_names=names[row.pk],
            category=status[row.pk][0],
            level=status[row.pk][1],
            numbers=quoted(numbers[row.pk]),
            by=matches[row.pk].by if matches else "",
        )
        for row in rows
    ]


class Search(SearchPage[Nominal]):
    """Find a person by any number, a name however it is spelt, an address, a birth date give or take."""

    permission = Perm.SEARCH
    form_class = SearchForm
    template_name = "desk/search.html"
    title = "Search"
    found_model = Nominal
    found_template = "desk/search_found.html"
    # By what somebody was found says what was looked for, which nothing keeps.
    found_columns = (
        Column("Name"),
        Column("Date of birth"),
        Column("Category and level"),
        Column("Numbers"),
        Column("Found by", exported=False),
    )
    found: Found | None = None

    def find(self, form: Any) -> Sequence[Nominal]:
        self.found = look_for(form, by=self.principal, on=self.today)
        return [match.nominal for match in self.found.matches]

    def decorate(self, rows: Sequence[Nominal]) -> Sequence[Hit]:
        return hits_of(rows, self.found, on=self.today)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if self.found and self.found.matches and may_take_lists(by=self.principal):
            context |= self._way_out()
        return super().get_context_data(found=self.found, **context)

    def _way_out(self) -> dict[str, Any]:
        """The same form once more, in the body of the request that takes the results out."""
        names = tuple(self.form_class.base_fields)
        sent = [
            (name, value)
            for name in self.request.POST
            if name.startswith(names)
            for value in self.request.POST.getlist(name)
        ]
        proved = is_stepped_up(self.request.session)
        return {
            "export_url": reverse("search-export"),
            "sent": sent,
            "formats": FileFormat.choices,
            "purposes": choices(Purpose),
            "is_proved": proved,
            "proof_url": "" if proved else proof_url(self.request, reverse("search")),
        }


class SearchExport(ActionPage[Nominal]):
    """What a search finds at this moment, taken out as a file. It is looked for once more: no term was kept.

    Without a fresh proof nothing is made, and the person searches again after it.
    """

    permission = Perm.LIST_EXPORT

    def get_cancel_url(self) -> str:
        return reverse("search")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_stepped_up(request.session):
            return super().post(request, *args, **kwargs)
        context = {"reasons": _PROVE_FIRST.reasons, "proof_url": proof_url(request, self.get_cancel_url())}
        return render(request, "errors/proof.html", context, status=NOT_ACCEPTED)

    def act(self) -> str:
        said = self.request.POST
        form, file_format, purpose = SearchForm(said), said.get("file_format", ""), said.get("purpose", "")
        known = file_format in FileFormat.values and purpose in ("", *Purpose)
        if not known or not form.is_valid():
            raise Refused(Decision.no(Reason("Search first, then export what was found.", _RULE)))
        found = look_for(form, by=self.principal, on=self.today)
        if not found.matches:
            raise Refused(Decision.no(Reason("Nobody is found any more: there is nothing to export.", _RULE)))
        ids = [match.nominal.pk for match in found.matches]
        if purpose:
            self.state_purpose(Purpose(purpose).label)
        chosen = found.counted if found.is_cut else ""
        wanted = ExportedFinds("search", ids, self.principal, user=self.request.user, chosen=chosen)
        export = take_out(
            by=self.principal,
            today=self.today,
            at=self.now,
            member_id=self.principal.membership_id or 0,
            wanted=wanted,
            file_format=file_format,
            purpose=purpose,
        )
        return reverse("export", args=[export.pk])
