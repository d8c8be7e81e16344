"""Hand-overs that wait for their day: listed with what keeps them from it, and given to another colleague."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.access import can
from agencies.handover import stands, waiting_handovers, with_standing
from agencies.models import PlannedHandOver
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.services.hand_over_day import (
    change_successor,
    may_call_off_hand_over,
    may_change_successor,
    successors_of,
)
from desk.people.pages import user_url
from pages.guards import DrawnList, FormPage, Offer, SteppedUp, TemplatePage
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
        return user_url(self.object.leaver_id)

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"people": successors_of(self.object, self.today).order_by("family_name", "given_name")}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(standing=stands(self.object), **context)

    def act(self, form: Any) -> str:
        to = form.cleaned_data["to"]
        change_successor(by=self.principal, today=self.today, planned_id=self.object.pk, to_user_id=to.pk)
        messages.success(self.request, "What waits goes to this colleague.")
        return self.get_cancel_url()
