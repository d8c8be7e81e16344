"""Hand-overs that wait for their day: listed with what keeps them from it, and given to another colleague."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.access import can
from agencies.handover import Record, dated_ahead, handed_over, left_behind, stands, waiting_handovers, with_standing
from agencies.models import PlannedHandOver
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.services.hand_over_day import (
    change_successor,
    may_call_off_hand_over,
    may_change_successor,
    successors_of,
)
from agencies.services.hand_over_journal import journal_of
from pages.dates import british_date
from pages.guards import DetailPage, DrawnList, FormPage, Offer, SteppedUp, TemplatePage, show
from pages.lists import Column
from rules.core import Decision

from .forms import SuccessorForm


@dataclass(frozen=True)
class Said:
    """A hand-over that waits, whether it can be carried out, and the buttons that change it or call it off."""

    planned: PlannedHandOver
    standing: Decision
    offers: Sequence[Offer]


def said_of(planned: Any, *, by: Principal, today: date) -> Said:
    """A row ``with_standing``, with its buttons."""
    access = can(by, Perm.USERS_EDIT)
    change = may_change_successor(planned, by=by, today=today)
    call_off = may_call_off_hand_over(planned, by=by, today=today)
    of = f": the work of {planned.leaver.name}"
    return Said(
        planned,
        stands(planned),
        [
            Offer("Choose another colleague", reverse("hand-over-change", args=[planned.pk]), change, access, of=of),
            Offer("Call it off", reverse("hand-over-call-off", args=[planned.pk]), call_off, access, post=True, of=of),
        ],
    )


class HandOvers(DrawnList[Said], TemplatePage):
    """Work of the area that goes to a colleague on a day: first what cannot be carried out, then the nearest."""

    permission = Perm.SETTINGS_VIEW
    template_name = "desk/agencies/hand_overs.html"
    table_template = "desk/agencies/hand_overs_table.html"
    title = "Work that changes hands"
    columns = (
        Column("Who leaves"),
        Column("Role"),
        Column("Goes to"),
        Column("On"),
        Column("State"),
        Column("Change", exported=False),
    )
    noun = ("hand-over", "hand-overs")

    def lines(self) -> Sequence[Said]:
        rows = with_standing(waiting_handovers().filter(area=self.principal.area_id), self.today)
        found = [
            said_of(row, by=self.principal, today=self.today) for row in rows.select_related("leaver", "to", "agency")
        ]
        return sorted(found, key=lambda each: bool(each.standing))

    def records_of(self, line: Said) -> Sequence[PlannedHandOver]:
        return (line.planned,)


@dataclass(frozen=True)
class Section:
    """One kind of what was dated ahead: each row in words with its page, and how many more there are."""

    label: str
    rows: Sequence[tuple[str, str]]
    closed: int


def hand_over_url(planned_id: int) -> str:
    """The page of a hand-over that waits, or was called off."""
    return reverse("planned-hand-over", args=[planned_id])


class PlannedPage(DetailPage[PlannedHandOver]):
    """A hand-over said ahead: who, when, what keeps it, and what stands with the colleague from the day on already.

    Called off, it names what was left as it is.
    """

    permission = Perm.AGENCIES_VIEW
    seen_by = Perm.AGENCIES_VIEW
    model = PlannedHandOver
    template_name = "desk/agencies/planned_hand_over.html"
    title = "Work that changes hands"

    def get_queryset(self) -> QuerySet[PlannedHandOver]:
        rows = PlannedHandOver.objects.filter(area=self.principal.area_id, done_on=None)
        return with_standing(rows, self.today).select_related("leaver", "to", "agency")

    def offers(self) -> Iterable[Offer]:
        planned = self.object
        return said_of(planned, by=self.principal, today=self.today).offers if planned.cancelled_on is None else ()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        handover = handed_over(self.object, self.today)
        if handover is not None and self.object.brought_back:
            handover = replace(handover, journal=journal_of(self.object), called_off=True)
        dated = dated_ahead(handover, self.principal) if handover is not None else []
        show(record.row for each in dated for record in each.records)
        return super().get_context_data(
            standing=stands(self.object),
            sections=[
                Section(each.label, [(record.words, _page_of(record)) for record in each.records], each.closed)
                for each in dated
            ],
            **_said_of_dated(self.object),
            reads_accounts=bool(can(self.principal, Perm.SETTINGS_VIEW)),
            **context,
        )


def _said_of_dated(planned: PlannedHandOver) -> dict[str, str]:
    """What is to be known of what was dated ahead: before the day, or once it was called off."""
    day = british_date(planned.happens_on)
    if planned.brought_back:
        return {
            "dated_title": "What stayed as it is",
            "dated_words": "All else that was dated ahead went back as it was when this was called off. These had been "
            "changed since, or the leaver may not have them any more: see on each page whether it is to be so.",
            "nothing_dated": "Nothing that you may know of: what was dated ahead went back as it was.",
        }
    if planned.cancelled_on is not None:
        then = "It stays: whatever is not to be so is given back on the pages below."
        role = "The leaver’s role ends the day before, too."
    else:
        then = (
            "Called off before that day, it goes back as it was, but for what somebody has changed since, which is "
            "named here then; so it does when another colleague is chosen, before it goes to them."
        )
        role = "The leaver’s role ends the day before, and goes on if this is called off."
    return {
        "dated_title": "What is dated ahead",
        "dated_words": f"This was written for the days from {day} on when the hand-over was said. {then} {role}",
        "nothing_dated": f"Nothing that you may know of, but the end of the leaver’s role. {role}",
    }


def _page_of(record: Record) -> str:
    return reverse(record.page, args=[] if record.about is None else [record.about])


class HandOverChange(SteppedUp, FormPage[PlannedHandOver]):
    """What waits goes to another colleague."""

    permission = Perm.USERS_EDIT
    model = PlannedHandOver
    form_class = SuccessorForm
    template_name = "desk/agencies/hand_over_change.html"
    title = "Choose another colleague"
    submit_label = "Change"

    def get_queryset(self) -> QuerySet[PlannedHandOver]:
        rows = with_standing(PlannedHandOver.objects.filter(area=self.principal.area_id), self.today)
        return rows.select_related("leaver", "to", "agency")

    def get_cancel_url(self) -> str:
        return hand_over_url(self.object.pk)

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"people": successors_of(self.object, self.today).order_by("family_name", "given_name")}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(standing=stands(self.object), **context)

    def act(self, form: Any) -> str:
        to = form.cleaned_data["to"]
        change_successor(by=self.principal, today=self.today, planned_id=self.object.pk, to_user_id=to.pk)
        left = left_behind(self.object, self.object.leaver_id, self.today)
        stays = " What had been changed since stays with the first, and stands below." if left else ""
        messages.success(self.request, f"What waits goes to this colleague.{stays}")
        return hand_over_url(left.pk) if left else self.get_cancel_url()
