"""A row of a list in words: what it is, what it says, what is wrong with it, and where in the file that stands."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from agencies.access import visible
from agencies.principal import Principal
from agencies.roles import Perm
from cases.models import Nominal
from cases.queries import with_derived
from exchange.columns import IDENTIFIERS, OF_LISTS
from exchange.differences import Fact
from exchange.formats import Code
from exchange.models import ExtractRow
from exchange.problems import CellError
from exchange.services.rows import is_asked
from exchange.words import FINISHED, Answer, ListKind, Outcome, RowState, told_as
from pages.dates import british_date
from rules.core import mid_sentence
from rules.vocabulary import Category, Level

# Where the text of a problem names a line of the file.
_LINE = re.compile(r"\bline (\d+)\b")
# A line of the table shows so many of what is wrong; the row's own page shows all.
SHOWN = 2
# What a line of the table tells of somebody new.
TELLING = ("date_of_birth", *IDENTIFIERS, "ground", "level")


@dataclass(frozen=True)
class RowLine:
    """A row of the list, in words."""

    row: ExtractRow
    name: str
    outcome: str
    state: str
    says: Sequence[str]
    to_look_at: Sequence[str]

    @property
    def asked(self) -> bool:
        """Somebody who is no longer there, about whom an answer is waited for."""
        return is_asked(self.row)


def told(row: ExtractRow, *, by: Principal, stands: str = "") -> RowLine:
    """The row as a line of a table. ``stands``: how the register has somebody who is no longer on the list."""
    places = places_of(row, by=by)
    # An action is told as it is: all rows of its list would say the same otherwise.
    says = [Fact(kind).label for kind in row.kinds if kind != Fact.ACTIONS]
    says += [each["after"] for each in row.changes if each["kind"] == Fact.ACTIONS]
    says += _first(row.problems, places)
    if row.outcome == Outcome.NEW and not row.kinds and (brings := _brings(row)):
        says.append(brings)
    if stands:
        says.append(stands)
    if row.answer:
        says.append(Answer(row.answer).label)
    kind = ListKind(row.extract.kind)
    outcome = told_as(Outcome(row.outcome), kind) if row.outcome else "Not compared yet"
    return RowLine(row, name_of(row), outcome, _decision(row), says, _first(row.notes, places))


def _brings(row: ExtractRow) -> str:
    """By what somebody new would be known, and on what ground, as the list has it."""
    cells = {name: text for _, line in reversed(row.said) for name, text in line.items()}
    return "; ".join(f"{heading(name)}: {value(name, cells[name])}" for name in TELLING if name in cells)


def standing_of(rows: Iterable[ExtractRow], *, by: Principal, today: date) -> dict[int, str]:
    """How the register has whoever is no longer on the list, by the key of the record, in two queries or in none."""
    missing = [row.nominal_id for row in rows if row.outcome == Outcome.ABSENT]
    if not missing:
        return {}
    seen = visible(by, Nominal.objects.filter(pk__in=missing), Perm.NOMINAL_VIEW)
    return {
        each.pk: "; ".join(
            filter(
                None,
                (
                    f"Born {british_date(each.date_of_birth)}" if each.date_of_birth else "Date of birth not known",
                    Category(each.category).label if each.category else "",
                    Level(each.level).label if each.level else "",
                    f"led by {each.lead_agency_name}" if each.lead_agency_name else "",
                ),
            )
        )
        for each in with_derived(seen, on=today)
    }


def _first(found: Sequence[Mapping[str, Any]], places: Mapping[int, str]) -> list[str]:
    """The first of these problems, each with its place."""
    said = [f"{each['where']}{each['reason']}" for each in in_words(found[:SHOWN], places)]
    return [*said, f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else said


def _decision(row: ExtractRow) -> str:
    """What was decided about the row, or what there is to decide; of a list that is over, what was left."""
    if row.extract.state in FINISHED and row.outcome != Outcome.UNCHANGED:
        if row.state == RowState.OPEN:
            return "Left undecided"
        if row.state == RowState.STALE:
            return "Overtaken, and not written"
    if row.state == RowState.OPEN and row.outcome == Outcome.UNCHANGED:
        return "Nothing to decide"
    if row.state == RowState.OPEN and row.outcome == Outcome.UNMATCHED:
        return "To be corrected in the list"
    return RowState(row.state).label


def name_of(row: ExtractRow) -> str:
    """As the list has it; whoever is not on it, as the register does."""
    family, given = row.family_name, row.given_names
    if not family and row.nominal is not None:
        family, given = row.nominal.family_name, row.nominal.given_names
    return f"{family}, {given}" if family and given else family or "Name not read"


def heading(name: str) -> str:
    """A column as people read it."""
    return IDENTIFIERS[name].label if name in IDENTIFIERS else name.replace("_", " ").capitalize()


def value(name: str, text: str) -> str:
    """A cell as people read it: a code as its word, everything else as it was typed."""
    form = OF_LISTS[name].format
    if not isinstance(form, Code):
        return text
    try:
        return form.read(text).label
    except CellError:
        return text


def places_of(row: ExtractRow, *, by: Principal) -> dict[int, str]:
    """How each line of the row is called: by its place in the file to whoever brought it in and so has the file.

    To others by its place among the person's own lines: gaps between the lines of the people whom they see would
    say that somebody else is on the list (R99, R100).
    """
    if row.extract.membership_id == by.membership_id:
        found = (*row.problems, *row.notes)
        own = {each["line"] for each in found}
        own |= {int(line) for each in found for line in _LINE.findall(f"{each['reason']} {each['right']}")}
        return {line: f"Line {line}" for line in own | {line for line, _ in row.said}}
    return {line: f"Line {place} about this person" for place, (line, _) in enumerate(row.said, start=1)}


def in_words(found: Iterable[Mapping[str, Any]], places: Mapping[int, str]) -> list[dict[str, Any]]:
    """Problems or notes with line and column as people read them, in their texts as well.

    ``where`` begins what is said of each: ``Line 17, column Ground start: ``; empty when there is nothing to say.
    """
    return [
        {
            **each,
            "where": _where(places.get(each["line"], ""), each["column"]),
            "reason": _placed(each["reason"], places),
            "right": _placed(each["right"], places),
        }
        for each in found
    ]


def _where(place: str, column: str) -> str:
    said = ", ".join(filter(None, (place, f"column {heading(column)}" if column else "")))
    return f"{said[:1].upper()}{said[1:]}: " if said else ""


def _placed(text: str, places: Mapping[int, str]) -> str:
    """The text with each line called as it is in these places; one that is not there is just another line."""
    return _LINE.sub(lambda found: mid_sentence(places.get(int(found[1]), "another line of the list")), text)
