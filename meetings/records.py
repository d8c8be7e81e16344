"""Actions, sittings and placings as they are asked for: plain, before they are rows."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from rules.core import Reason
from rules.vocabulary import InviteReason, Level, MeetingKind, Weekday

from .models import Slot


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """What an agency was given to do, on which day, by which day; where it is known, by whom."""

    agency_id: int
    what: str
    given_on: date
    due_on: date
    responsible_id: int | None = None

    @property
    def known_by(self) -> tuple[int, date, str]:
        """By what the same action of the same person is recognised."""
        return self.agency_id, self.given_on, " ".join(self.what.casefold().split())


@dataclass(frozen=True, slots=True)
class SittingRecord:
    """A sitting as it is planned. Without a panel it is a single meeting, arranged for one person."""

    level: Level
    starts_at: datetime
    slot_minutes: int
    capacity: int
    panel_id: int | None = None
    chair_id: int | None = None
    room_id: int | None = None
    join_link: str = ""

    @property
    def sits_on(self) -> date:
        """Its day in England and Wales."""
        return timezone.localtime(self.starts_at).date()


@dataclass(frozen=True, slots=True)
class Placing:
    """A person's time in a sitting as it is asked for: from when, in which kind of meeting, what for (R54, R55)."""

    starts_at: datetime
    kind: MeetingKind
    why: str = ""
    out_of_time_because: str = ""
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """An agency invited by hand, with the reason in words; ``reasons`` are those of the table for which it was chosen,
    where the table alone could not say which (R57).
    """

    agency_id: int
    because: str
    reasons: tuple[InviteReason, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What was changed about who is invited before anybody was: agencies that the table asks for and that are left
    out, and agencies added to it. Without either, the table alone says.
    """

    left_out: frozenset[int] = frozenset()
    added: tuple[Added, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of a plan: who is to be placed where, and how."""

    nominal_id: int
    sitting_id: int
    placing: Placing


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a plan: the slots that were made, and why others were refused meanwhile."""

    placed: tuple[Slot, ...]
    refused: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PanelRecord:
    """A panel as it is described; see ``meetings.models.Panel``."""

    name: str
    level: Level
    begins: time
    starts_on: date
    weekday: Weekday = Weekday.TUESDAY
    ordinals: tuple[int, ...] = ()
    slot_minutes: int = 60
    capacity: int = 4
    panel_area_id: int | None = None
    room_id: int | None = None
    join_link: str = ""
    national_security: bool = False
    ends_on: date | None = None
