"""Spans of one person as the file gives them: open ends closed by the next row, overlaps reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.core import DAY

from .entries import Entry
from .problems import Kind, Problem, Report


@dataclass(frozen=True, slots=True)
class Span:
    """One block with its days. ``said`` is the end in the file, if it gives one; ``ends_on`` is the end as it holds."""

    line: int
    value: Any
    starts_on: date
    said: date | None
    ends_on: date | None
    entry: Entry


def spans(entries: Sequence[Entry], name: str, report: Report, *, first_day: date | None = None) -> list[Span]:
    """The spans of a block in order; those that are unreadable, reversed or overlap are reported and left out.

    An empty end lasts to the day before the next span. ``first_day`` stands for an empty start, where that is allowed.
    """
    dated: list[tuple[date, date | None, Entry]] = []
    for entry in entries:
        starts_on, ends_on = entry.get(f"{name}_start") or first_day, entry.get(f"{name}_end")
        if not entry.good or starts_on is None:
            continue
        if ends_on is not None and ends_on < starts_on:
            reason = f"{name}_end is before {name}_start"
            report(Problem(entry.line, f"{name}_end", Kind.END_BEFORE_START, reason, "Correct one of the two dates"))
            continue
        dated.append((starts_on, ends_on, entry))
    dated.sort(key=lambda one: (one[0], one[2].line))
    found: list[Span] = []
    for place, (starts_on, ends_on, entry) in enumerate(dated):
        following = dated[place + 1] if place + 1 < len(dated) else None
        holds_to = ends_on
        if following is not None and (ends_on is None or ends_on >= following[0]):
            later, earlier = max(entry.line, following[2].line), min(entry.line, following[2].line)
            if ends_on is not None or following[0] == starts_on:
                reason = f"this and the {name.replace('_', ' ')} on line {earlier} share days"
                right = "Let the earlier one end the day before the later one starts"
                report(Problem(later, f"{name}_start", Kind.OVERLAP, reason, right))
                continue
            holds_to = following[0] - DAY
        found.append(Span(entry.line, entry.get(name), starts_on, ends_on, holds_to, entry))
    return found
