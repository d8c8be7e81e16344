"""Sittings: the list, one with who is heard when, and one planned, moved, given a chair, cancelled (R55 to R57)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from agencies.access import can_in_area, visible
from agencies.models import Absence, User
from agencies.roles import Perm
from agencies.spans import open_on
from cases.models import Nominal
from pages.dates import british_date, british_time
from pages.guards import DetailPage, FormPage, Offer, show
from rules.core import Decision
from rules.sittings import free_times, slot_times
from rules.vocabulary import Level, SittingState

from .chairs import chairs_of, chairs_to_choose
from .gaps import GapLine, gap_lines, housing_of
from .models import Panel, Sitting, Slot, SlotChange
from .no_longer import NoLonger, no_longer_heard
from .panel_views import room_choices
from .queries import panels_of, plans, sittings_of, slots_of, with_heard
from .records import SittingRecord
from .services.sittings import (
    cancel_sitting,
    may_change_sitting,
    may_name_chair,
    may_plan_sitting,
    move_sitting,
    name_chair,
    plan_sitting,
)
from .sitting_forms import CancelForm, MoveForm, NameChairForm, PlanForm
from .sitting_lines import COLOURS, states_of
from .words import day_in_words, from_to, hours_in_words, name_of


@dataclass(frozen=True)
class SlotLine:
    """One person's time in a sitting."""

    slot: Slot
    hours: str
    record: str
    housing: str = ""
    no_longer: NoLonger | None = None


class SittingPage(DetailPage[Any]):
    """One sitting: who is heard when, as far as the reader may know; free times for those who plan."""

    permission = Perm.SITTING_VIEW
    seen_by = Perm.SITTING_VIEW
    model = Sitting
    template_name = "meetings/sitting.html"

    def get_queryset(self) -> QuerySet[Any]:
        rows = with_heard(self.principal, sittings_of(self.principal))
        return rows.select_related("panel", "room", "chair", "area")

    def get_title(self) -> str:
        return f"{name_of(self.object)}, {day_in_words(self.object)}"

    def offers(self) -> Iterable[Offer]:
        sitting, by, today = self.object, self.principal, self.today
        access = can_in_area(by, Perm.SITTING_PLAN, sitting.area_id)
        if not access:
            return []
        change = may_change_sitting(sitting, by=by, today=today)
        another = f"{reverse('sitting-plan')}?panel={sitting.panel_id}" if sitting.panel_id else reverse("sitting-plan")
        return [
            Offer("Move", reverse("sitting-move", args=[sitting.pk]), change, access=access),
            Offer(
                "Name a chair",
                reverse("sitting-chair", args=[sitting.pk]),
                may_name_chair(sitting, by=by, today=today),
                access=access,
            ),
            Offer("Plan another", another, may_plan_sitting(sitting.area_id, by=by, today=today), access=access),
            Offer(
                "Cancel the sitting",
                reverse("sitting-cancel", args=[sitting.pk]),
                change,
                access=access,
                style="warning",
            ),
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        sitting = self.object
        slots = list(slots_of(self.principal).filter(sitting=sitting).select_related("nominal__panel_area", "sitting"))
        show(slots)
        ((_, state),) = states_of([sitting], today=self.today)
        changes = SlotChange.objects.filter(slot__in=slots).select_related("by", "slot__nominal").order_by("-id")
        sees_all = plans(self.principal)
        return super().get_context_data(
            hours=hours_in_words(sitting),
            level=Level(sitting.level).label,
            state=state.value,
            colour=COLOURS[state.value],
            why=state.reasons,
            sees_all=sees_all,
            panel=panels_of(self.principal).filter(pk=sitting.panel_id).first(),
            away=self._chair_away(),
            lines=self._lines([slot for slot in slots if slot.cancelled_on is None]),
            heads=["Time", "Person", "Kind of meeting", "What for", *(["Housing"] if sees_all else [])],
            gaps=self._gaps(slots) if sees_all else (),
            gap_heads=["Person", "Who", "Asked for", "Why not", "Do"],
            people=True,
            here=self.request.path,
            free=self._free_times() if sees_all and state.value in (SittingState.PEOPLE, SittingState.EMPTY) else (),
            changes=changes,
            **context,
        )

    def _gaps(self, slots: Sequence[Slot]) -> Sequence[GapLine]:
        """Who could not be invited to the meetings that are still ahead."""
        ahead = [slot for slot in slots if slot.cancelled_on is None and slot.held_on >= self.today]
        return gap_lines(ahead, today=self.today)

    def _lines(self, slots: Sequence[Slot]) -> list[SlotLine]:
        """For those who plan, with whether council or landlord will come, and whether anybody is still to be heard."""
        housing = housing_of(slots) if plans(self.principal) else {}
        no_longer = no_longer_heard(slots, today=self.today) if plans(self.principal) else {}
        heard = Nominal.objects.filter(pk__in=[slot.nominal_id for slot in slots])
        opens = set(visible(self.principal, heard, Perm.NOMINAL_VIEW).values_list("pk", flat=True))
        return [
            SlotLine(
                slot,
                from_to(slot.starts_at, slot.ends_at),
                reverse("nominal", args=[slot.nominal_id]) if slot.nominal_id in opens else "",
                housing[slot.pk].reasons[0].text if housing else "",
                no_longer.get(slot.pk),
            )
            for slot in slots
        ]

    def _chair_away(self) -> Absence | None:
        chair_id, day = self.object.chair_id, self.object.sits_on
        return Absence.objects.filter(open_on(day), user=chair_id).first() if chair_id else None

    def _free_times(self) -> Sequence[datetime]:
        sitting = self.object
        if sitting.heard >= sitting.capacity:
            return ()
        times = slot_times(sitting.starts_at, sitting.slot_minutes, sitting.capacity)
        taken = sitting.slots.filter(cancelled_on=None).values_list("starts_at", "ends_at")
        return free_times(times, sitting.slot_minutes, list(taken))


def _at(on: Any, begins: time) -> datetime:
    """A moment of a day in England and Wales."""
    return timezone.make_aware(datetime.combine(on, begins))


class SittingPlan(FormPage[Sitting]):
    """One sitting of a panel beside its usual days."""

    permission = Perm.SITTING_PLAN
    form_class = PlanForm
    title = "Plan a sitting"
    submit_label = "Plan the sitting"

    def get_cancel_url(self) -> str:
        return reverse("sittings")

    def get_initial(self) -> Mapping[str, Any]:
        return {"panel": self.request.GET.get("panel", "")}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        area_id = self.principal.area_id or 0
        panels = panels_of(self.principal)
        return {
            "panels": [(str(each.pk), each.name) for each in panels.on(self.today).order_by("name")],
            "chairs": [(str(each.pk), each.name) for each in chairs_of(area_id, panels, on=self.today)],
            "rooms": room_choices(area_id, self.today),
        }

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        panel = panels_of(self.principal).get(pk=int(said["panel"]))
        sitting = plan_sitting(
            by=self.principal,
            today=self.today,
            area_id=panel.area_id,
            sitting=replace(
                planned_by(panel, _at(said["on"], said["begins"] or panel.begins)),
                chair_id=int(said["chair"]) if said["chair"] else None,
                room_id=int(said["room"]) if said["room"] else panel.room_id,
                join_link=said["join_link"] or panel.join_link,
            ),
        )
        messages.success(self.request, "The sitting is in the calendar. Nobody is invited before somebody is placed.")
        return reverse("sitting", args=[sitting.pk])


def planned_by(panel: Panel, starts_at: datetime) -> SittingRecord:
    """A sitting at this time, in everything else as the panel usually sits."""
    return SittingRecord(
        Level(panel.level),
        starts_at,
        panel.slot_minutes,
        panel.capacity,
        panel.pk,
        None,
        panel.room_id,
        panel.join_link,
    )


class AboutSitting(FormPage[Sitting], abstract=True):
    """A form about one sitting."""

    permission = Perm.SITTING_PLAN
    seen_by = Perm.SITTING_VIEW
    model = Sitting
    template_name = "meetings/sitting_form.html"

    def get_queryset(self) -> QuerySet[Sitting]:
        return sittings_of(self.principal).select_related("panel", "chair", "room")

    def get_cancel_url(self) -> str:
        return reverse("sitting", args=[self.object.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        decision = may_change_sitting(self.object, by=self.principal, today=self.today)
        return super().get_context_data(
            caption=f"{name_of(self.object)}, {day_in_words(self.object)} at {british_time(self.object.starts_at)}",
            heard=self.object.slots.filter(cancelled_on=None).count(),
            stopped=() if decision else decision.reasons,
            **context,
        )

    @property
    def seen_version(self) -> int:
        """The version that the person had before them."""
        return self.object.version if self.sent_version is None else self.sent_version

    def done(self, said: str) -> str:
        """Say so, and go back to the sitting."""
        messages.success(self.request, said)
        return self.get_cancel_url()


class SittingMove(AboutSitting):
    """Another time or place, with everybody in it."""

    permission = Perm.SITTING_PLAN
    form_class = MoveForm
    title = "Move the sitting"
    submit_label = "Move it"

    def get_initial(self) -> Mapping[str, Any]:
        sitting = self.object
        begins = timezone.localtime(sitting.starts_at).time()
        return {
            "on": sitting.sits_on,
            "begins": begins,
            "room": sitting.room_id or "",
            "join_link": sitting.join_link,
        }

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"rooms": room_choices(self.object.area_id, self.today)}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        move_sitting(
            by=self.principal,
            today=self.today,
            sitting_id=self.object.pk,
            version=self.seen_version,
            starts_at=_at(said["on"], said["begins"]),
            reason=said["reason"],
            room_id=int(said["room"]) if said["room"] else None,
            join_link=said["join_link"],
            out_of_time_because=said["out_of_time_because"],
        )
        return self.done(f"The sitting has been moved to {british_date(said['on'])} at {british_time(said['begins'])}.")


class SittingCancel(AboutSitting):
    """A sitting that is not held; whoever was to be heard is to be placed again."""

    permission = Perm.SITTING_PLAN
    form_class = CancelForm
    title = "Cancel the sitting"
    submit_label = "Cancel the sitting"
    submit_style = "warning"
    cancel_label = "Keep the sitting"

    def act(self, form: Any) -> str:
        cancel_sitting(
            by=self.principal,
            today=self.today,
            sitting_id=self.object.pk,
            version=self.seen_version,
            reason=form.cleaned_data["reason"],
        )
        return self.done("The sitting has been cancelled. Place those who were to be heard in it again.")


class SittingChair(AboutSitting):
    """Who chairs, of those who may (R56)."""

    permission = Perm.SITTING_PLAN
    form_class = NameChairForm
    title = "Name a chair"
    submit_label = "Name the chair"

    def get_initial(self) -> Mapping[str, Any]:
        return {"chair": self.object.chair_id}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        sitting = self.object
        people = chairs_to_choose(sitting.area_id, sitting.panel_id, on=sitting.sits_on)
        rows = list(people.order_by("family_name", "given_name"))
        return {
            "chairs": [(str(each.pk), each.name) for each in rows],
            "hints": {str(each.pk): _what_stops(self._asked(each)) for each in rows},
        }

    def _asked(self, chair: User) -> Decision:
        return may_name_chair(self.object, by=self.principal, today=self.today, chair=chair)

    def act(self, form: Any) -> str:
        name_chair(
            by=self.principal,
            today=self.today,
            sitting_id=self.object.pk,
            version=self.seen_version,
            chair_id=int(form.cleaned_data["chair"]),
        )
        return self.done("The chair has been named.")


def _what_stops(decision: Decision) -> str:
    """Why somebody cannot chair, or what is to be known of it; nothing when nothing is."""
    return "; ".join(f"{reason.text} ({reason.rule})" for reason in (*decision.reasons, *decision.warnings))
