"""Panels: described, their members and rooms named; their usual days put into the calendar (R55)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.urls import reverse

from agencies.contacts import Standing, standings
from agencies.models import Agency
from agencies.principal import Principal
from agencies.queries import agencies_of, panel_areas_of
from agencies.roles import Perm
from pages.guards import DetailPage, FormPage, Offer
from rules.vocabulary import Level, Weekday

from .chair_views import CHAIR_COLUMNS, chair_lines
from .chairs import known_chairs, lasting
from .models import Panel, PanelAgency, Room
from .panel_forms import Choices, GenerateForm, LastDayForm, MemberForm, PanelForm, RoomForm
from .queries import coming, panels_of, rooms_of, sittings_of, with_heard
from .records import PanelRecord
from .services.panels import (
    add_room,
    change_panel,
    end_member,
    may_change_panel,
    may_set_panels,
    name_member,
    set_up_panel,
)
from .services.sittings import generate_sittings, may_generate_sittings, may_plan_sitting
from .sitting_lines import SittingLine, lines_of
from .words import usual_days

SHOWN_AHEAD = 12


def room_choices(area_id: int, on: date) -> Choices:
    """Rooms in use on the day, as a form offers them."""
    return [(str(room.pk), room.name) for room in rooms_of(area_id, on=on)]


@dataclass(frozen=True)
class MemberLine:
    """A standing member, with whom it is reached through, and the button that ends it."""

    member: PanelAgency
    standing: Standing
    offers: Sequence[Offer]


class PanelPage(DetailPage[Panel]):
    """One panel: when and where it sits, who belongs to it, who may chair it, what is in the calendar."""

    permission = Perm.PANEL_SET
    seen_by = Perm.PANEL_SET
    model = Panel
    template_name = "meetings/panel.html"

    def get_queryset(self) -> QuerySet[Panel]:
        return panels_of(self.principal).select_related("area", "panel_area", "room")

    def get_title(self) -> str:
        return self.object.name

    def offers(self) -> Iterable[Offer]:
        panel, by, today = self.object, self.principal, self.today
        change = may_change_panel(panel, by=by, today=today)
        plan = may_plan_sitting(panel.area_id, by=by, today=today)
        chair = may_set_panels(panel.area_id, by=by, today=today)
        return [
            Offer("Change", reverse("panel-change", args=[panel.pk]), change, access=change),
            Offer("Add a member", reverse("panel-member-name", args=[panel.pk]), change, access=change),
            Offer("Allow a chair", f"{reverse('chair-allow')}?panel={panel.pk}", chair, access=chair),
            Offer(
                "Generate sittings",
                reverse("panel-generate", args=[panel.pk]),
                may_generate_sittings(panel, by=by, today=today),
                access=plan,
            ),
            Offer("Plan one sitting", f"{reverse('sitting-plan')}?panel={panel.pk}", plan, access=plan),
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        panel = self.object
        chairs = known_chairs(self.principal).filter(lasting(self.today), Q(panel=None) | Q(panel=panel))
        decision = may_set_panels(panel.area_id, by=self.principal, today=self.today)
        return super().get_context_data(
            days=usual_days(panel),
            members=self._members(),
            chairs=chair_lines(chairs, decision, today=self.today),
            chair_heads=[column.label for column in CHAIR_COLUMNS],
            sittings=self._ahead(),
            **context,
        )

    def _members(self) -> list[MemberLine]:
        panel = self.object
        decision = may_change_panel(panel, by=self.principal, today=self.today)
        rows = list(
            panel.members.filter(lasting(self.today)).select_related("agency__part_of").order_by("agency__name", "pk")
        )
        known = standings([row.agency for row in rows], on=self.today)
        return [
            MemberLine(
                row,
                known[row.agency_id],
                (
                    Offer(
                        "End",
                        reverse("panel-member-end", args=[row.pk]),
                        decision,
                        access=decision,
                        of=f" for {row.agency.name}",
                    ),
                ),
            )
            for row in rows
        ]

    def _ahead(self) -> list[SittingLine]:
        rows = coming(sittings_of(self.principal).filter(panel=self.object), self.today)
        rows = with_heard(self.principal, rows).select_related("panel", "room", "chair").order_by("starts_at")
        return lines_of(rows[:SHOWN_AHEAD], today=self.today)


def _offered(principal: Principal, today: date) -> Mapping[str, Any]:
    """What the form that describes a panel offers."""
    areas = panel_areas_of(principal).order_by("name")
    return {
        "areas": [(str(each.pk), each.name) for each in areas],
        "rooms": room_choices(principal.area_id or 0, today),
        "cleared": principal.category_4,
    }


def _record(said: Mapping[str, Any]) -> PanelRecord:
    """What was typed, as the service takes it."""
    return PanelRecord(
        name=said["name"],
        level=Level(said["level"]),
        begins=said["begins"],
        starts_on=said["starts_on"],
        weekday=Weekday(said["weekday"]),
        ordinals=tuple(sorted(said["ordinals"])),
        slot_minutes=said["slot_minutes"],
        capacity=said["capacity"],
        panel_area_id=int(said["panel_area"]) if said["panel_area"] else None,
        room_id=int(said["room"]) if said["room"] else None,
        join_link=said["join_link"],
        national_security=said.get("national_security", False),
        ends_on=said["ends_on"],
    )


class PanelSetUp(FormPage[Panel]):
    """A new panel."""

    permission = Perm.PANEL_SET
    form_class = PanelForm
    title = "Set up a panel"
    submit_label = "Set up"

    def get_cancel_url(self) -> str:
        return reverse("panels")

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return _offered(self.principal, self.today)

    def get_initial(self) -> Mapping[str, Any]:
        usual = {field.name: field.default for field in fields(PanelRecord)}
        names = ("weekday", "slot_minutes", "capacity")
        return {**{name: usual[name] for name in names}, "level": Level.TWO, "starts_on": self.today}

    def act(self, form: Any) -> str:
        panel = set_up_panel(
            by=self.principal,
            today=self.today,
            area_id=self.principal.area_id or 0,
            panel=_record(form.cleaned_data),
        )
        messages.success(self.request, "The panel has been set up. Add its members, then generate its sittings.")
        return reverse("panel", args=[panel.pk])


class AboutPanel(FormPage[Panel], abstract=True):
    """A form about one panel."""

    permission = Perm.PANEL_SET
    seen_by = Perm.PANEL_SET
    model = Panel

    def get_queryset(self) -> QuerySet[Panel]:
        return panels_of(self.principal)

    def get_cancel_url(self) -> str:
        return reverse("panel", args=[self.object.pk])

    def done(self, said: str) -> str:
        """Say so, and go back to the panel."""
        messages.success(self.request, said)
        return self.get_cancel_url()


class PanelChange(AboutPanel):
    """A panel described anew; what stands in the calendar stays."""

    permission = Perm.PANEL_SET
    form_class = PanelForm

    def get_title(self) -> str:
        return f"Change {self.object.name}"

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return _offered(self.principal, self.today)

    def get_initial(self) -> Mapping[str, Any]:
        panel = self.object
        return {
            "name": panel.name,
            "level": panel.level,
            "panel_area": panel.panel_area_id or "",
            "weekday": panel.weekday,
            "ordinals": [str(each) for each in panel.ordinals],
            "begins": panel.begins,
            "slot_minutes": panel.slot_minutes,
            "capacity": panel.capacity,
            "room": panel.room_id or "",
            "join_link": panel.join_link,
            "starts_on": panel.starts_on,
            "ends_on": panel.ends_on,
            "national_security": panel.national_security,
        }

    def act(self, form: Any) -> str:
        record = _record(form.cleaned_data)
        change_panel(by=self.principal, today=self.today, panel_id=self.object.pk, record=record)
        return self.done("The panel has been changed. Sittings that are in the calendar stay as they are.")


class PanelMemberName(AboutPanel):
    """An agency made a standing member."""

    permission = Perm.PANEL_SET
    form_class = MemberForm
    submit_label = "Add the member"

    def get_title(self) -> str:
        return f"Add a member to {self.object.name}"

    def get_initial(self) -> Mapping[str, Any]:
        return {"starts_on": self.today}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        rows: QuerySet[Agency] = agencies_of(self.principal)
        return {"agencies": [(str(each.pk), each.name) for each in rows.order_by("name")]}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        name_member(
            by=self.principal,
            today=self.today,
            panel_id=self.object.pk,
            agency_id=int(said["agency"]),
            starts_on=said["starts_on"],
        )
        return self.done("The agency is a standing member.")


class PanelGenerate(AboutPanel):
    """The panel's usual days written into the calendar, up to a day (R55)."""

    permission = Perm.SITTING_PLAN
    form_class = GenerateForm
    submit_label = "Generate"

    def get_title(self) -> str:
        return f"Generate sittings of {self.object.name}"

    def act(self, form: Any) -> str:
        made = generate_sittings(
            by=self.principal, today=self.today, panel_id=self.object.pk, until=form.cleaned_data["until"]
        )
        many = f"{len(made)} {'sitting has' if len(made) == 1 else 'sittings have'} been written into the calendar."
        return self.done(many if made else "There was nothing to add: every usual day is in the calendar.")


class PanelMemberEnd(FormPage[PanelAgency]):
    """The last day of a standing member."""

    permission = Perm.PANEL_SET
    seen_by = Perm.PANEL_SET
    model = PanelAgency
    form_class = LastDayForm
    submit_label = "End the membership"

    def get_queryset(self) -> QuerySet[PanelAgency]:
        return PanelAgency.objects.filter(panel__in=panels_of(self.principal)).select_related("agency", "panel")

    def get_title(self) -> str:
        return f"End the membership of {self.object.agency.name}"

    def get_cancel_url(self) -> str:
        return reverse("panel", args=[self.object.panel_id])

    def get_initial(self) -> Mapping[str, Any]:
        return {"ends_on": self.today}

    def act(self, form: Any) -> str:
        end_member(by=self.principal, today=self.today, member_id=self.object.pk, ends_on=form.cleaned_data["ends_on"])
        messages.success(self.request, "The membership ends on that day.")
        return self.get_cancel_url()


class RoomAdd(FormPage[Room]):
    """A room in which one meeting is held at a time."""

    permission = Perm.PANEL_SET
    form_class = RoomForm
    title = "Add a room"
    submit_label = "Add the room"

    def get_cancel_url(self) -> str:
        return reverse("rooms")

    def act(self, form: Any) -> str:
        add_room(
            by=self.principal,
            today=self.today,
            area_id=self.principal.area_id or 0,
            name=form.cleaned_data["name"],
        )
        messages.success(self.request, "The room has been added.")
        return self.get_cancel_url()
