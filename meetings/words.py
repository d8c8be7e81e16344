"""Panels and sittings in words."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst

from pages.dates import british_date, british_time
from rules.sittings import sitting_ends
from rules.vocabulary import Weekday

from .models import Panel, Sitting

ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "last"}
SINGLE = "Single meeting"


def usual_days(panel: Panel) -> str:
    """``Second and fourth Tuesday``, or ``By arrangement``."""
    if not panel.ordinals:
        return "By arrangement"
    *others, last = [ORDINALS[each] for each in sorted(panel.ordinals)]
    which = f"{', '.join(others)} and {last}" if others else last
    return f"{capfirst(which)} {Weekday(panel.weekday).label}"


def day_in_words(sitting: Sitting) -> str:
    """``Tuesday 8 December 2026``."""
    return f"{timezone.localtime(sitting.starts_at):%A} {british_date(sitting.starts_at)}"


def hours_in_words(sitting: Any) -> str:
    """``10:00am to 2:00pm``: to the end of its places, or of the last person's time where a break made that later.

    Of a row made by ``queries.with_heard``.
    """
    usual = sitting_ends(sitting.starts_at, sitting.slot_minutes, sitting.capacity)
    return from_to(sitting.starts_at, max(usual, sitting.last_ends_at or usual))


def from_to(begins: datetime, ends: datetime) -> str:
    """``10:00am to 11:00am``."""
    return f"{british_time(begins)} to {british_time(ends)}"


def name_of(sitting: Sitting) -> str:
    """The panel's name, or that it is a single meeting."""
    return sitting.panel.name if sitting.panel is not None else SINGLE


def place_of(sitting: Any) -> str:
    """Where it sits: the room, online, both, or not said yet."""
    if sitting.room is None:
        return "Online" if sitting.join_link else "Not said yet"
    return f"{sitting.room.name} and online" if sitting.join_link else str(sitting.room.name)
