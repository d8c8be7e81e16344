"""What can be wrong with a file that is brought in: one line, one column, why, and what would be right.

A problem shows the reader's own file back to them by line and column. It quotes codes and names of reference data only,
never a name, a number or a birth date of a person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of problem, as codes that stay the same when the wording gets better."""

    NOT_UTF8 = "not_utf8"
    EMPTY_FILE = "empty_file"
    COLUMN_UNKNOWN = "column_unknown"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    CELLS_TOO_MANY = "cells_too_many"
    CELLS_TOO_FEW = "cells_too_few"
    QUOTE_OPEN = "quote_open"
    CHARACTER = "character"
    NO_KEY = "no_key"
    NO_IDENTIFIER = "no_identifier"
    NOT_ADJACENT = "not_adjacent"
    CONTRADICTS = "contradicts"
    SHARED_IDENTIFIER = "shared_identifier"
    TWO_PEOPLE = "two_people"
    ANOTHER_PERSON = "another_person"
    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_DATE = "not_a_date"
    IN_THE_FUTURE = "in_the_future"
    BEFORE_BIRTH = "before_birth"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_CODE = "not_a_code"
    NOT_A_TERM = "not_a_term"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_A_NAME = "not_a_name"
    PANEL_AREA_UNKNOWN = "panel_area_unknown"
    AGENCY_UNKNOWN = "agency_unknown"
    ALONE = "alone"
    NO_GROUND = "no_ground"
    END_BEFORE_START = "end_before_start"
    OVERLAP = "overlap"
    TWICE = "twice"
    CLEARANCE = "clearance"
    RULE = "rule"
    LEVEL_OUTSIDE_STATUS = "level_outside_status"
    LEVEL_GAP = "level_gap"
    MEETING_WITHOUT_LEVEL = "meeting_without_level"
    NEXT_NOT_LATER = "next_not_later"
    NOT_KNOWN = "not_known"
    FORMULA = "formula"
    TOO_MANY_ROWS = "too_many_rows"
    NOT_A_SHEET = "not_a_sheet"
    REGISTER_REFUSED = "register_refused"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. ``line`` counts from 1, the header included; an empty ``column`` means the whole row."""

    line: int
    column: str
    kind: Kind
    reason: str
    right: str
    rule: str = ""

    def __str__(self) -> str:
        where = f"line {self.line}" + (f", {self.column}" if self.column else "")
        rule = f" ({self.rule})" if self.rule else ""
        return f"{where}: {_sentence(self.reason)}{rule}. {_sentence(self.right)}."


# Problems are handed on one by one and kept nowhere, so that a file of bad rows takes no more memory than a good one.
Report = Callable[[Problem], None]


class CellError(Exception):
    """A cell cannot be read. The text never holds what stood in the cell of a personal column."""

    def __init__(self, kind: Kind, reason: str, right: str, rule: str = "") -> None:
        self.kind, self.reason, self.right, self.rule = kind, reason, right, rule
        super().__init__(reason)

    def at(self, line: int, column: str) -> Problem:
        """The problem at its place in the file."""
        return Problem(line, column, self.kind, self.reason, self.right, self.rule)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".")
