"""A single meeting arranged for one person, and an emergency meeting in two clicks (R55)."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from agencies.parameters import parameters_for
from agencies.roles import Perm
from cases.models import Nominal
from pages.dates import british_moment
from pages.guards import FormPage
from rules.core import DAY, Decision, Reason
from rules.sittings import emergency_by, noticed_from
from rules.suggestions import (
    LOOKED_AHEAD,
    ChairFacts,
    Hearing,
    Proposal,
    days_late,
    emergency_time,
    kind_of_meeting,
    proposed_times,
)
from rules.vocabulary import InviteReason, Level, MeetingKind, ObligationKind

from .board import chairs_of, hearing_of, morning
from .board_forms import ANOTHER, ArrangeForm, WhenForm
from .chairs import chairs_to_choose
from .checks import CHILD, INVITED, CheckLine, Invited, checks_of_each, invited_to, lines_of
from .models import Room, Sitting, Slot
from .queries import meetings_ahead
from .records import Added, Choice, Placing, SittingRecord
from .services.inviting import BY_THE_TABLE
from .services.plans import arrange_meeting, may_arrange_meeting
from .wanted import Mend
from .words import name_of

MINUTES = 60
_KEY = re.compile(r"[0-9]{1,12}")
_SENT = re.compile(r"(\d{9,11})-(\d{1,12})")


class MeetingArrange(FormPage[Nominal]):
    """A single meeting: three times proposed or another, kind, chair, place, why; one page, no panel needed."""

    permission = Perm.SITTING_PLAN
    model = Nominal
    form_class = ArrangeForm
    template_name = "meetings/meeting_arrange.html"
    title = "Arrange a meeting"
    submit_label = "Arrange the meeting"
    emergency = False

    @property
    def stored_version(self) -> int | None:
        return None

    def get_queryset(self) -> QuerySet[Nominal]:
        return Nominal.objects.select_related("area", "panel_area")

    def get_cancel_url(self) -> str:
        return reverse("nominal", args=[self.object.pk])

    @property
    def clock_ends(self) -> date | None:
        """By when the meeting is held for its own sake; None but for an emergency."""
        return None

    @cached_property
    def facts(self) -> tuple[Hearing, Any]:
        return hearing_of(self.object, today=self.today)

    @property
    def hearing(self) -> Hearing:
        return self.facts[0]

    @cached_property
    def may_at_all(self) -> Decision:
        return may_arrange_meeting(self.object, by=self.principal, today=self.today)

    @cached_property
    def chairs(self) -> list[ChairFacts]:
        until = timezone.localtime(self.after).date() + timedelta(days=LOOKED_AHEAD)
        return chairs_of(self.object.area_id, self.hearing.managed_by, today=self.today, until=until)

    @cached_property
    def people(self) -> dict[int, User]:
        """The chairs of the area by name."""
        rows = chairs_to_choose(self.object.area_id, None, on=self.today).order_by("family_name", "given_name", "pk")
        return {row.pk: row for row in rows}

    @property
    def after(self) -> datetime:
        """From when on times are proposed: tomorrow, or the opening of the window in which the meeting counts."""
        return morning(max(self.today + DAY, self.hearing.window_from or self.today))

    @cached_property
    def proposals(self) -> tuple[Proposal, ...]:
        noticed = noticed_from(self.today, parameters_for(self.object.area_id))
        after = timezone.localtime(self.after)
        by = min(filter(None, (self.hearing.limit, self.hearing.until)), default=None)
        heard = [(each.starts_at, each.ends_at) for each in self._booked]
        return proposed_times(self.chairs, after=after, minutes=MINUTES, by=by, noticed=noticed, heard=heard)

    def get_form_kwargs(self) -> Mapping[str, Any]:
        rooms = Room.objects.filter(area=self.object.area_id, ends_on=None)
        return {
            "times": list(self._times().items()),
            "chairs": [(str(key), chair.name) for key, chair in self.people.items()],
            "rooms": [(str(room.pk), room.name) for room in rooms],
            "late": self.is_late,
            "emergency": self.emergency,
            **({} if self.emergency else self._whom()),
        }

    def _whom(self) -> Mapping[str, Any]:
        """Whom the table asks for at this time, and the other agencies of the area."""
        others = Agency.objects.on(self.spoken_of.starts_at.date()).filter(area=self.object.area_id)
        return {
            "invited": [(str(agency.pk), agency.name, why) for agency, why in self.invited.agencies],
            "others": [(str(row.pk), row.name) for row in others.exclude(pk__in=self.asked).order_by("name")],
            "shown_otherwise": self.request.method == "POST" and self.shown != set(self.asked),
        }

    def get_form(self, **data: Any) -> forms.BaseForm:
        """What was sent, about those who are asked for now: whoever was not shown is not unticked."""
        if "data" in data and not self.emergency:
            sent = data["data"].copy()
            sent["shown"] = _joined(self.asked)
            sent.setlist("invited", [str(key) for key in self.asked if key not in self.choice.left_out])
            data["data"] = sent
        return super().get_form(**data)

    @property
    def shown(self) -> set[int]:
        """Those whom the page that was sent offered to invite."""
        return _numbers(self.request.POST.get("shown", "").split("-"))

    @cached_property
    def choice(self) -> Choice:
        """What was changed about who is invited, as it was sent: also while the form is not accepted."""
        if self.emergency or self.request.method != "POST":
            return BY_THE_TABLE
        ticked, added = _numbers(self.request.POST.getlist("invited")), _numbers([self.request.POST.get("added", "")])
        because = self.request.POST.get("added_because", "")
        return Choice(
            frozenset(key for key in self.asked if key in self.shown and key not in ticked),
            tuple(Added(key, because, self._gap_filled_by(key)) for key in added),
        )

    def _gap_filled_by(self, agency_id: int) -> tuple[InviteReason, ...]:
        """The reasons of the table for which this agency was one of several to choose from."""
        gaps = [gap for gap in self.invited.gaps if agency_id in gap.of and gap.mend in (Mend.CHOOSE, Mend.PLACE)]
        return tuple(reason for gap in gaps for reason in gap.reasons)

    def _times(self) -> dict[str, str]:
        """The times proposed, and the one that was sent: by then others may be proposed."""
        found = {_code(each): self._says(each) for each in self.proposals}
        sent = _SENT.fullmatch(self.request.POST.get("at", ""))
        if sent is not None and sent[0] not in found:
            proposal = Proposal(_moment(sent[1]), int(sent[2]) or None)
            found = {sent[0]: self._says(proposal), **found}
        return found

    @property
    def is_late(self) -> bool:
        """Whether the reason for being out of time is asked: a limit runs that one of the times may pass."""
        if self.request.method == "POST":
            return self.hearing.limit is not None
        return any(days_late(self.hearing, each.starts_at.date()) for each in self.proposals)

    def _says(self, found: Proposal) -> str:
        with_whom = f", {self.people[found.chair].name} chairs" if found.chair in self.people else ""
        return f"{found.starts_at:%A} {british_moment(found.starts_at)}{with_whom}"

    def get_initial(self) -> Mapping[str, Any]:
        row = self.facts[1]
        return {
            "at": _code(self.proposals[0]) if self.proposals else ANOTHER,
            "kind": kind_of_meeting(ObligationKind(row.kind) if row is not None else None).value,
            "level": self.hearing.level.value,
            "minutes": MINUTES,
            "shown": "" if self.emergency else _joined(self.asked),
            "invited": [] if self.emergency else [str(key) for key in self.asked],
        }

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.facts[1]
        return super().get_context_data(
            person=self.object,
            stopped=self.may_at_all.reasons,
            booked=[(each.pk, each.starts_at, name_of(each.sitting)) for each in self._booked],
            due=row,
            due_kind=ObligationKind(row.kind).label if row is not None else "",
            checks=self._checks() if self.may_at_all else (),
            clock_ends=self.clock_ends,
            emergency=self.emergency,
            to_choose=self.invited.to_choose if self.may_at_all and not self.emergency else (),
            **context,
        )

    @cached_property
    def _booked(self) -> list[Slot]:
        return list(meetings_ahead(self.object, self.now).select_related("sitting__panel"))

    @cached_property
    def sent(self) -> Proposal | None:
        """The time that was sent, with who is to chair then; None when none was, or what was sent is no time."""
        if self.request.method != "POST":
            return None
        form = WhenForm(self.request.POST, times=list(self._times().items()))
        if not form.is_valid():
            return None
        starts_at, proposed = _read(form.cleaned_data)
        chosen = _numbers([self.request.POST.get("chair", "")])
        return Proposal(starts_at, next(iter(chosen), proposed))

    @property
    def spoken_of(self) -> Proposal:
        """The time by which the page says who is invited: the one sent, else the first proposed."""
        return self.sent or next(iter(self.proposals), Proposal(morning(self.today + DAY), None))

    @cached_property
    def invited(self) -> Invited:
        """Who will be invited: the same table that invites them."""
        starts_at = self.spoken_of.starts_at
        return invited_to(self.object, self._sitting(self.spoken_of), starts_at, today=self.today)

    @property
    def asked(self) -> list[int]:
        """The agencies that the table asks for."""
        return [agency.pk for agency, _ in self.invited.agencies]

    def _sitting(self, found: Proposal) -> Sitting:
        return Sitting(
            area=self.object.area, level=self.hearing.level, starts_at=found.starts_at, slot_minutes=MINUTES,
            capacity=1, chair=self.people.get(found.chair or 0),
        )  # fmt: skip

    def _checks(self) -> list[CheckLine]:
        """What the times proposed mean, and the one that was sent: what the page of a sitting says of its times."""
        times = list(self.proposals) if self.sent in (None, *self.proposals) else [self.spoken_of, *self.proposals]
        found = checks_of_each(
            self.object, [(self._sitting(each), each.starts_at) for each in times], self.invited.but(self.choice),
            today=self.today,
        )  # fmt: skip
        lines = lines_of([(british_moment(each.starts_at), said) for each, said in zip(times, found, strict=True)])
        return [line for line in lines if self.emergency or line.about != INVITED]

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        starts_at, proposed = _read(said)
        chair = int(said["chair"]) if said["chair"] else proposed
        sitting = SittingRecord(
            Level(said["level"]), starts_at, said["minutes"], 1, chair_id=chair,
            room_id=int(said["room"]) if said.get("room") else None, join_link=said["join_link"],
        )  # fmt: skip
        kind = MeetingKind.EMERGENCY if self.emergency else MeetingKind(said["kind"])
        placing = Placing(starts_at, kind, said["why"], said.get("out_of_time_because", ""))
        slot = arrange_meeting(
            by=self.principal, today=self.today, nominal_id=self.object.pk, sitting=sitting, placing=placing,
            choice=self.choice,
        )  # fmt: skip
        messages.success(self.request, f"The meeting has been arranged for {british_moment(slot.starts_at)}.")
        for reason in self._missed(Proposal(starts_at, chair)):
            messages.warning(self.request, f"{reason.text} ({reason.rule}).")
        return reverse("slot", args=[slot.pk])

    def _missed(self, at: Proposal) -> Iterable[Reason]:
        """Who must be there and was left out: said once more, as nothing was refused."""
        times = [(self._sitting(at), at.starts_at)]
        (found,) = checks_of_each(self.object, times, self.invited.but(self.choice), today=self.today)
        return [reason for check in found if check.about == CHILD and check.look for reason in check.found]


class MeetingEmergency(MeetingArrange):
    """An emergency meeting: the next half hour at which a chair is free is proposed; one press arranges it."""

    title = "Emergency meeting"
    submit_label = "Arrange the emergency meeting"
    emergency = True

    @cached_property
    def proposals(self) -> tuple[Proposal, ...]:
        now = timezone.localtime(self.now)
        return (emergency_time(self.chairs, now=now, minutes=MINUTES, by=self.clock_ends),)

    @property
    def clock_ends(self) -> date:
        """The last day of an emergency meeting's own clock."""
        return emergency_by(self.today, parameters_for(self.object.area_id))


def _joined(keys: Iterable[int]) -> str:
    return "-".join(str(key) for key in keys)


def _numbers(texts: Iterable[str]) -> set[int]:
    """The keys among these texts; what is none is left out."""
    return {int(text) for text in texts if _KEY.fullmatch(text)}


def _code(found: Proposal) -> str:
    return f"{int(found.starts_at.timestamp())}-{found.chair or 0}"


def _read(said: Mapping[str, Any]) -> tuple[datetime, int | None]:
    """The time chosen or typed, and the chair named beside a proposed one."""
    if said["at"] == ANOTHER:
        hour: time = said["hour"]
        return timezone.make_aware(datetime.combine(said["day"], hour)), None
    seconds, _, chair = said["at"].partition("-")
    return _moment(seconds), int(chair) or None


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), tz=timezone.get_current_timezone())
