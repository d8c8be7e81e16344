"""Somebody placed in a sitting, their slot, the slot moved and cancelled (R54 to R57)."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone

from agencies.access import can
from agencies.roles import Perm
from cases.models import Nominal
from pages.dates import british_moment
from pages.guards import DetailPage, FormPage, Offer, safe_next
from pages.markup import format_html
from rules.core import Decision, Reason
from rules.sittings import free_times
from rules.suggestions import Hearing, Suggestion, Suggestions, days_late, kind_of_meeting, may_hear, suggested, timing
from rules.vocabulary import MeetingKind, ObligationKind, SlotVerb

from .board import SittingAhead, hearing_of, sittings_ahead
from .board_forms import ByTime, MoveForm, PlaceForm, SlotCancelForm, SlotKeepForm, code_of, read_code
from .checks import Check, checks_of
from .gaps import GapLine, gap_lines, housing_of
from .models import Sitting, Slot
from .no_longer import NoLonger, no_longer_heard
from .queries import invitations_of, meetings_ahead, sittings_of
from .records import Placing
from .services.invitations import may_invite
from .services.slots import (
    cancel_slot,
    keep_slot,
    may_cancel_slot,
    may_keep_slot,
    may_move_slot,
    may_place_person,
    move_slot,
    place_person,
)

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class TimeLink:
    """A time to choose: where it is, what it means, and whether it is the one that the page speaks of."""

    code: str
    starts_at: datetime
    title: str
    says: Reason
    late: bool
    current: bool


@dataclass(frozen=True)
class SittingChoice:
    """The free times of a sitting, for the list of all of them."""

    title: str
    times: list[tuple[str, datetime, bool]]


class TimePage(FormPage[M], abstract=True):
    """A page about one time in a sitting for one person: suggested or chosen, and what it means, before it is given.

    The time chosen stands in the address (``at``), the best one is chosen at first. Suggestions and free times come
    from the same facts as the board's.
    """

    permission = Perm.SITTING_PLAN
    form_class = ByTime
    template_name = "meetings/slot_place.html"

    @property
    def stored_version(self) -> int | None:
        """A slot carries no version: its row is locked, and the time that was chosen says what was seen."""
        return None

    @property
    @abstractmethod
    def person(self) -> Nominal:
        """Who is to be heard."""

    @cached_property
    def facts(self) -> tuple[Hearing, Any]:
        return hearing_of(self.person, today=self.today)

    @property
    def hearing(self) -> Hearing:
        return self.facts[0]

    @property
    def answers(self) -> ObligationKind | None:
        """What is due, and answered by hearing the person."""
        row = self.facts[1]
        return ObligationKind(row.kind) if row is not None else None

    def other_slots(self) -> QuerySet[Slot]:
        """The times ahead at which the person is heard, but for the one that the page is about."""
        return meetings_ahead(self.person, self.now).select_related("sitting__panel")

    @cached_property
    def booked(self) -> list[Slot]:
        return list(self.other_slots())

    @cached_property
    def ahead(self) -> dict[int, SittingAhead]:
        """The sittings ahead with those of their free times at which the person is not heard elsewhere."""
        taken = [(each.starts_at, each.ends_at) for each in self.booked]
        found = sittings_ahead(self.principal, today=self.today, now=self.now)
        return {
            each.row.pk: replace(each, times=free_times(each.times, each.row.slot_minutes, taken)) for each in found
        }

    @cached_property
    def suggestions(self) -> Suggestions:
        return suggested(self.hearing, [each.facts for each in self.ahead.values() if each.row.sits_on > self.today])

    @cached_property
    def chosen(self) -> tuple[Sitting, datetime] | None:
        """The sitting and the time that the page speaks of: the one sent, else of the address, else the best."""
        found = read_code(self.request.POST.get("at") or self.request.GET.get("at"))
        if found is None and self.suggestions.best:
            best = self.suggestions.best[0]
            found = best.sitting, timezone.localtime(best.starts_at)
        if found is None:
            return None
        rows = sittings_of(self.principal).select_related("panel", "chair", "room")
        sitting = rows.filter(pk=found[0], area=self.person.area_id).first()
        return None if sitting is None else (sitting, found[1])

    @property
    def code(self) -> str:
        return code_of(self.chosen[0].pk, self.chosen[1]) if self.chosen else ""

    @property
    def is_late(self) -> bool:
        return self.chosen is not None and days_late(self.hearing, self.chosen[0].sits_on) > 0

    def get_initial(self) -> Mapping[str, Any]:
        return {"at": self.code}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"late": self.is_late}

    @abstractmethod
    def may(self, sitting: Sitting, starts_at: datetime) -> Decision:
        """What the twin says of the time chosen."""

    @abstractmethod
    def may_at_all(self) -> Decision:
        """What the twin says without a time."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may = self.may_at_all()
        chosen = self.chosen if may else None
        said = self.may(*chosen) if chosen else None
        checks: list[Check] = checks_of(self.person, *chosen, today=self.today) if chosen else []
        return super().get_context_data(
            person=self.person,
            hearing=self.hearing,
            due=self.facts[1],
            due_kind=ObligationKind(self.facts[1].kind).label if self.facts[1] else "",
            stopped=may.reasons,
            booked=[(each.pk, each.starts_at, _title(each.sitting)) for each in self.booked],
            chosen=chosen,
            chosen_title=_title(chosen[0]) if chosen else "",
            checks=checks,
            cannot=_but_lateness(said) if said is not None else (),
            warned=said.warnings if said is not None else (),
            best=[self._link(each) for each in self.suggestions.best],
            earliest=[self._link(each) for each in self.suggestions.earliest],
            choices=self._choices(),
            **context,
        )

    def _link(self, found: Suggestion) -> TimeLink:
        code = code_of(found.sitting, found.starts_at)
        says = timing(self.hearing.limit, found.on, self.answers)
        return TimeLink(
            code, found.starts_at, self.ahead[found.sitting].title, says, found.days_late > 0, code == self.code
        )

    def _choices(self) -> list[SittingChoice]:
        """Every free time of the sittings that may hear this person."""
        return [
            SittingChoice(
                f"{each.title}, {each.row.get_level_display()}",
                [(code := code_of(key, at), at, code == self.code) for at in each.times],
            )
            for key, each in self.ahead.items()
            if each.times and may_hear(self.hearing, each.facts)
        ]


def _title(sitting: Sitting) -> str:
    return sitting.panel.name if sitting.panel is not None else "Single meeting"


def _but_lateness(decision: Decision) -> tuple[Reason, ...]:
    """What stands in the way, but for the reason that the form itself asks for when it is late."""
    return () if decision else tuple(each for each in decision.reasons if each.rule != "R54")


class SlotPlace(TimePage[Nominal]):
    """A person placed in a sitting: suggestions, what the time chosen means, one button."""

    model = Nominal
    form_class = PlaceForm
    title = "Place a person"
    submit_label = "Place at this time"

    def get_queryset(self) -> QuerySet[Nominal]:
        return Nominal.objects.select_related("area", "panel_area")

    @property
    def person(self) -> Nominal:
        return self.object

    @property
    def kind(self) -> MeetingKind:
        """The kind that answers what is due (R55)."""
        return kind_of_meeting(self.answers)

    def get_initial(self) -> Mapping[str, Any]:
        return {**super().get_initial(), "kind": self.kind.value}

    def may_at_all(self) -> Decision:
        return may_place_person(self.object, by=self.principal, today=self.today)

    def may(self, sitting: Sitting, starts_at: datetime) -> Decision:
        placing = Placing(starts_at, self.kind)
        return may_place_person(self.object, by=self.principal, today=self.today, sitting=sitting, placing=placing)

    def get_cancel_url(self) -> str:
        return safe_next(self.request, reverse("scheduling-board"))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(next=safe_next(self.request, ""), **context)

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        sitting_id, starts_at = said["at"]
        slot = place_person(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            sitting_id=sitting_id,
            placing=Placing(starts_at, MeetingKind(said["kind"]), said["why"], said.get("out_of_time_because", "")),
        )
        url, when = reverse("sitting", args=[slot.sitting_id]), british_moment(slot.starts_at)
        said = 'Placed on {}. <a class="govuk-notification-banner__link" href="{}">The sitting</a>'
        messages.success(self.request, format_html(said, when, url))
        return safe_next(self.request, reverse("slot", args=[slot.pk]))


class SlotPage(DetailPage[Slot]):
    """One person's time in a sitting: when, where, who chairs, what was done with it."""

    permission = Perm.SITTING_VIEW
    seen_by = Perm.SITTING_VIEW
    model = Slot
    title = "Meeting"
    template_name = "meetings/slot.html"

    def get_queryset(self) -> QuerySet[Slot]:
        return Slot.objects.select_related("nominal", "sitting__panel", "sitting__chair", "sitting__room")

    def offers(self) -> Iterable[Offer]:
        pairs = (
            ("Move", "slot-move", may_move_slot),
            ("Invite somebody", "invitation-add", may_invite),
            ("Cancel the meeting", "slot-cancel", may_cancel_slot),
        )
        for label, name, twin in pairs:
            decision = twin(self.object, by=self.principal, today=self.today)
            access = self.may_plan
            yield Offer(label, reverse(name, args=[self.object.pk]), decision, access=access)
        if self.no_longer is not None and self.no_longer.kept is None:
            keep = may_keep_slot(self.object, by=self.principal, today=self.today)
            yield Offer("Keep the meeting", reverse("slot-keep", args=[self.object.pk]), keep, access=self.may_plan)

    @cached_property
    def no_longer(self) -> NoLonger | None:
        """For those who plan: why there is nobody to hear any more."""
        return no_longer_heard([self.object], today=self.today).get(self.object.pk) if self.may_plan else None

    @cached_property
    def may_plan(self) -> Decision:
        """Whether the slot is theirs to move: else no button is shown."""
        return can(self.principal, Perm.SITTING_PLAN, self.object)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        changes = [(SlotVerb(row.verb).label, row) for row in self.object.changes.select_related("by")]
        live = self.object.invitations.live()
        rows = live if self.sees_all else invitations_of(self.principal).filter(slot=self.object)
        return super().get_context_data(
            where=_title(self.object.sitting),
            changes=changes,
            invited=rows.select_related("agency", "attends").order_by("pk"),
            may_plan=self.may_plan,
            no_longer=self.no_longer,
            sees_all=self.sees_all,
            housing=housing_of([self.object])[self.object.pk] if self.may_plan else None,
            gaps=self._gaps(),
            gap_heads=["Who", "Asked for", "Why not", "Do"],
            here=self.request.path,
            **context,
        )

    @property
    def sees_all(self) -> bool:
        """Whether they read who else is invited, and every answer: those who plan, and whoever chairs."""
        return bool(self.may_plan) or self.object.sitting.chair_id == self.principal.user_id

    def _gaps(self) -> list[GapLine]:
        """Who could not be invited, for those who plan, while it can be mended."""
        if not self.may_plan or not may_invite(self.object, by=self.principal, today=self.today):
            return []
        return gap_lines([self.object], today=self.today)


class SlotMove(TimePage[Slot]):
    """A person moved to another time, of the same sitting or another."""

    model = Slot
    form_class = MoveForm
    title = "Move a meeting"
    submit_label = "Move to this time"

    def get_queryset(self) -> QuerySet[Slot]:
        return Slot.objects.select_related("nominal__area", "nominal__panel_area", "sitting")

    @property
    def person(self) -> Nominal:
        return self.object.nominal

    def other_slots(self) -> QuerySet[Slot]:
        return super().other_slots().exclude(pk=self.object.pk)

    def may_at_all(self) -> Decision:
        return may_move_slot(self.object, by=self.principal, today=self.today)

    def may(self, sitting: Sitting, starts_at: datetime) -> Decision:
        return may_move_slot(self.object, by=self.principal, today=self.today, sitting=sitting, starts_at=starts_at)

    def get_cancel_url(self) -> str:
        return reverse("slot", args=[self.object.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(moved=self.object, **context)

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        sitting_id, starts_at = said["at"]
        slot = move_slot(
            by=self.principal,
            today=self.today,
            slot_id=self.object.pk,
            sitting_id=sitting_id,
            starts_at=starts_at,
            reason=said["reason"],
            out_of_time_because=said.get("out_of_time_because", ""),
        )
        messages.success(self.request, f"Moved to {british_moment(slot.starts_at)}.")
        return self.get_cancel_url()


class AboutSlot(FormPage[Slot], abstract=True):
    """A form about one person's time; which one stands above it."""

    permission = Perm.SITTING_PLAN
    model = Slot
    template_name = "meetings/slot_form.html"

    def get_queryset(self) -> QuerySet[Slot]:
        return Slot.objects.select_related("nominal__area", "sitting__panel")

    def get_cancel_url(self) -> str:
        return reverse("slot", args=[self.object.pk])


class SlotCancel(AboutSlot):
    """A person taken out of a sitting, with the reason."""

    permission = Perm.SITTING_PLAN
    form_class = SlotCancelForm
    title = "Cancel a meeting"
    submit_label = "Cancel the meeting"
    submit_style = "warning"
    cancel_label = "Keep the meeting"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may = may_cancel_slot(self.object, by=self.principal, today=self.today)
        return super().get_context_data(stopped=may.reasons, **context)

    def act(self, form: Any) -> str:
        cancel_slot(by=self.principal, today=self.today, slot_id=self.object.pk, reason=form.cleaned_data["reason"])
        messages.success(self.request, "The meeting has been cancelled.")
        return self.get_cancel_url()


class SlotKeep(AboutSlot):
    """A meeting held all the same, though there is nobody to hear any more, with the reason (R26)."""

    permission = Perm.SITTING_PLAN
    form_class = SlotKeepForm
    title = "Keep a meeting"
    submit_label = "Keep the meeting"
    cancel_label = "Back to the meeting"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may = may_keep_slot(self.object, by=self.principal, today=self.today)
        found = no_longer_heard([self.object], today=self.today).get(self.object.pk)
        return super().get_context_data(stopped=may.reasons, no_longer=found, **context)

    def act(self, form: Any) -> str:
        keep_slot(by=self.principal, today=self.today, slot_id=self.object.pk, reason=form.cleaned_data["reason"])
        messages.success(self.request, "The meeting has been kept.")
        return self.get_cancel_url()
