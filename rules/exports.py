"""Taking a list out of the system as a file: who has just proved who they are, and how much in a day (R110)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from rules.core import Decision, Reason, cites
from rules.parameters import Parameters


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """What the rule is asked about: `files_today` and `lines_today` count what the person has asked for on the day.

    `lines` is the length of the list now wanted; `proved` says that the person gave their sign-in again a short while
    ago.
    """

    proved: bool
    files_today: int = 0
    lines_today: int = 0
    lines: int = 0


@cites("R110", params=("exports_a_day", "export_lines_a_day"))
def may_take_out(facts: ExportFacts, *, params: Parameters, today: date) -> Decision:
    """Whether one more list may be taken out: after a fresh sign-in, within the files and lines of a day."""
    files, lines = params.number("exports_a_day", today), params.number("export_lines_a_day", today)
    refusals = []
    if not facts.proved:
        refusals.append(Reason("Confirm who you are first, then take the list out", "R110"))
    if facts.files_today >= files:
        refusals.append(
            Reason(
                f"You have taken out {facts.files_today} files today, and {files} are the most in a day. "
                "Go on tomorrow",
                "R110",
                (("Files today", str(facts.files_today)), ("Files a day", str(files))),
            )
        )
    if facts.lines > lines:
        # Tomorrow does not help here: the list alone is longer than a day's lines.
        text = f"This list has {facts.lines:,} lines, and {lines:,} are the most in a day. Filter the list"
        refusals.append(Reason(text, "R110", (("Lines a day", str(lines)),)))
    elif facts.lines_today + facts.lines > lines:
        refusals.append(
            Reason(
                f"With this list you would have taken out {facts.lines_today + facts.lines:,} lines today, "
                f"and {lines:,} are the most in a day. Filter the list, or go on tomorrow",
                "R110",
                (("Lines today", str(facts.lines_today)), ("Lines a day", str(lines))),
            )
        )
    return Decision.of(refusals)


@cites("R110", params=("export_kept",))
def kept_for(*, params: Parameters, today: date) -> timedelta:
    """How long a file waits for the person who asked for it, from the moment it was made."""
    return timedelta(days=params.number("export_kept", today))
