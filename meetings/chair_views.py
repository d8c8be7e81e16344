"""Who may chair panels and single meetings: listed, allowed, ended (R56)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.models import Absence, User
from agencies.roles import Perm
from agencies.spans import open_on
from pages.guards import FormPage, Offer
from pages.lists import Column
from rules.core import Decision
from rules.vocabulary import ChairRole

from .chairs import known_chairs, people_who_may_chair
from .models import Chair
from .panel_forms import ChairForm, LastDayForm
from .queries import panels_of
from .services.panels import allow_chair, end_chair

CHAIR_COLUMNS = (
    Column("Chair"),
    Column("As what"),
    Column("Panel"),
    Column("From"),
    Column("To"),
    Column("Change", exported=False),
)


@dataclass(frozen=True)
class ChairLine:
    """Somebody who may chair, whether they are away today, and the button that ends it."""

    chair: Chair
    role: str
    panel: str
    away_until: date | None
    offers: Sequence[Offer]


def chair_lines(chairs: Iterable[Chair], decision: Decision, *, today: date) -> list[ChairLine]:
    """Chairs with who is away, in one query more."""
    rows = list(chairs)
    away = {
        row.user_id: row.ends_on
        for row in Absence.objects.filter(open_on(today), user__in=[row.user_id for row in rows])
    }
    return [
        ChairLine(
            row,
            ChairRole(row.role).label,
            row.panel.name if row.panel else "Any panel",
            away.get(row.user_id),
            (Offer("End", reverse("chair-end", args=[row.pk]), decision, access=decision, of=f" for {row.user.name}"),),
        )
        for row in rows
    ]


class ChairAllow(FormPage[Chair]):
    """Somebody who may chair, one panel or any (R56)."""

    permission = Perm.PANEL_SET
    form_class = ChairForm
    title = "Allow a chair"
    submit_label = "Allow"

    def get_cancel_url(self) -> str:
        return reverse("chairs")

    def get_initial(self) -> Mapping[str, Any]:
        return {"starts_on": self.today, "panel": self.request.GET.get("panel", "")}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        people: QuerySet[User] = people_who_may_chair(self.principal.area_id or 0, on=self.today)
        panels = panels_of(self.principal).order_by("name")
        return {
            "people": [(str(each.pk), each.name) for each in people],
            "panels": [(str(each.pk), each.name) for each in panels],
        }

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        panel_id = int(said["panel"]) if said["panel"] else None
        allow_chair(
            by=self.principal,
            today=self.today,
            area_id=self.principal.area_id or 0,
            user_id=int(said["user"]),
            role=ChairRole(said["role"]),
            starts_on=said["starts_on"],
            panel_id=panel_id,
        )
        messages.success(self.request, "They may chair from that day on.")
        return reverse("panel", args=[panel_id]) if panel_id else self.get_cancel_url()


class ChairEnd(FormPage[Chair]):
    """The last day on which somebody may chair."""

    permission = Perm.PANEL_SET
    seen_by = Perm.PANEL_SET
    model = Chair
    form_class = LastDayForm
    submit_label = "End it"

    def get_queryset(self) -> QuerySet[Chair]:
        return known_chairs(self.principal)

    def get_title(self) -> str:
        return f"End the chairing of {self.object.user.name}"

    def get_cancel_url(self) -> str:
        return reverse("chairs")

    def get_initial(self) -> Mapping[str, Any]:
        return {"ends_on": self.today}

    def act(self, form: Any) -> str:
        end_chair(by=self.principal, today=self.today, chair_id=self.object.pk, ends_on=form.cleaned_data["ends_on"])
        messages.success(self.request, "They may chair until that day. Name another chair for later sittings.")
        return self.get_cancel_url()
