"""What the worker does first: the file becomes rows, and the rows are held against the register, batch by batch."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Max, Q

from agencies.access import can_in_area, visible
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import Nominal
from cases.queries import standing_grounds
from exchange.comparing import Compared, Desk, Said, compare
from exchange.entries import each_alone, people
from exchange.models import Extract, ExtractFile, ExtractRow
from exchange.problems import Kind, Problem
from exchange.queries import kept_records
from exchange.reader import Row, row_of
from exchange.sheets import lines_of
from exchange.words import Answer, ExtractState, ListKind, Outcome, RowState
from rules.core import Decision

from .extracts import in_state, locked_extract

BATCH = 200
INSERTED_AT_ONCE = 500
# Found in the file as a whole: nothing after it can be relied on.
_ENDS_THE_READING = frozenset({Kind.NOT_UTF8, Kind.QUOTE_OPEN, Kind.NOT_A_SHEET, Kind.TOO_MANY_ROWS, Kind.EMPTY_FILE})


def may_read_extract(extract: Extract, *, by: Principal, today: date) -> Decision:
    """Whether the rows of the file may be read now."""
    return can_in_area(by, Perm.REGISTER_IMPORT, extract.area_id) & in_state(extract, ExtractState.READING)


@service(event="extract_read", asks=may_read_extract)
def read_extract(*, by: Principal, today: date, extract_id: int) -> Extract:
    """Turn the file into rows, all or none, and let the file go. Raises ``Refused`` when it is not to be read now.

    A fault of the file as a whole stops the list, and says where.
    """
    extract = locked_extract(extract_id)
    may_read_extract(extract, by=by, today=today).or_refuse()
    file = ExtractFile.objects.get(extract=extract)
    told: list[Problem] = []
    rows = _rows(extract, file, told)
    while batch := list(islice(rows, INSERTED_AT_ONCE)):
        ExtractRow.objects.bulk_create(batch)
        extract.rows_read += len(batch)
    ended = next((problem for problem in told if problem.kind in _ENDS_THE_READING), None)
    if ended is not None or not extract.rows_read:
        ExtractRow.objects.filter(extract=extract).delete()
        extract.rows_read = 0
        extract.trouble = str(ended)[:300] if ended is not None else "The file has headings and no rows."
        extract.state = ExtractState.STOPPED
    else:
        extract.state = ExtractState.COMPARING
    file.delete()
    extract.save(update_fields=["rows_read", "state", "trouble"])
    record_event(extract, root=None, rows=extract.rows_read)
    return extract


def _rows(extract: Extract, file: ExtractFile, told: list[Problem]) -> Iterator[ExtractRow]:
    """A row for each person, and for each line that belongs to nobody because of what is wrong with it."""
    waiting: list[Problem] = []

    def report(problem: Problem) -> None:
        if problem.kind in _ENDS_THE_READING:
            told.append(problem)
        else:
            waiting.append(problem)

    number = extract.rows_read
    # Of a list of actions each line is a row; otherwise a row is a person, whatever the number of lines.
    read = each_alone if extract.kind == ListKind.ACTIONS else people
    found = read(_lines(file, report), report)
    for person in found:
        own = {row.line for row in person.rows}
        mine = [problem for problem in waiting if problem.line in own]
        before = [problem for problem in waiting if problem.line < person.line and problem.line not in own]
        waiting[:] = [problem for problem in waiting if problem.line > person.line and problem.line not in own]
        for row in _lost(extract, number, before):
            number += 1
            yield row
        number += 1
        cells = [row.cells for row in person.rows]
        yield ExtractRow(
            extract=extract,
            number=number,
            line=person.line,
            said=[[row.line, row.cells] for row in person.rows],
            family_name=_first(cells, "family_name"),
            given_names=_first(cells, "given_names"),
            unreadable=bool(mine),
            problems=[asdict(problem) for problem in mine],
        )
    yield from _lost(extract, number, waiting)


def _lost(extract: Extract, number: int, problems: Sequence[Problem]) -> Iterator[ExtractRow]:
    by_line: dict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_line[problem.line].append(problem)
    for place, (line, mine) in enumerate(sorted(by_line.items()), start=1):
        yield ExtractRow(
            extract=extract,
            number=number + place,
            line=line,
            unreadable=True,
            problems=[asdict(problem) for problem in mine],
        )


def _lines(file: ExtractFile, report: Any) -> Iterator[Row]:
    header = [column or "" for column in file.columns]
    lines = lines_of(io.BytesIO(bytes(file.content)), report)
    next(lines, None)
    for line, cells in lines:
        # Cells to the right of the last heading are of no column; when they are empty, nothing is lost.
        while len(cells) > len(header) and not cells[-1].strip():
            cells.pop()
        row = row_of(line, header, cells, report)
        if row is not None and row.cells:
            yield row


def _first(cells: Sequence[Mapping[str, str]], name: str) -> str:
    return next((text[:100] for each in cells if (text := each.get(name))), "")


def may_compare_rows(extract: Extract, *, by: Principal, today: date) -> Decision:
    """Whether rows may be held against the register now."""
    return can_in_area(by, Perm.REGISTER_IMPORT, extract.area_id) & in_state(extract, ExtractState.COMPARING)


@service(event="extract_rows_compared", asks=may_compare_rows)
def compare_rows(*, by: Principal, today: date, extract_id: int) -> Extract:
    """Compare the next batch with the register as ``by`` sees it; after the last, see who is no longer there.

    Raises ``Refused`` when nothing is to be compared now.
    """
    extract = locked_extract(extract_id)
    may_compare_rows(extract, by=by, today=today).or_refuse()
    rows = list(extract.rows.filter(number__gt=extract.rows_compared, line__isnull=False).order_by("number")[:BATCH])
    open_rows = [row for row in rows if row.state == RowState.OPEN]
    if open_rows:
        desk = Desk.of(extract.area, ListKind(extract.kind), eyes=by, today=today)
        answers = compare([said_of(row) for row in open_rows], desk, earlier=recognised_before(extract, rows[0].number))
        for row, answer in zip(open_rows, answers, strict=True):
            put_answer(row, answer)
        save_rows(open_rows, ANSWERED)
    if rows:
        extract.rows_compared = rows[-1].number
    else:
        _add_absent(extract, by, today)
        extract.state = ExtractState.READY
    extract.save(update_fields=["rows_compared", "state"])
    record_event(extract, root=None, rows=len(open_rows))
    return extract


ANSWERED = ("outcome", "nominal", "hints", "kinds", "changes", "problems", "notes", "fourth")


def save_rows(rows: Sequence[ExtractRow], columns: Sequence[str]) -> None:
    """Write these columns of rows that exist, in one statement: a bulk update took as long as all the comparing."""
    ExtractRow.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=list(columns))


def said_of(row: ExtractRow) -> Said:
    """The lines of the row, for comparing."""
    return Said(row.line or 0, [Row(line, cells) for line, cells in row.said], row.unreadable)


def recognised_before(extract: Extract, number: int) -> dict[int, int]:
    """People of the register recognised in rows before this one, with their line."""
    rows = extract.rows.filter(number__lt=number, nominal__isnull=False, line__isnull=False).order_by("-number")
    return {nominal_id: line for nominal_id, line in rows.values_list("nominal_id", "line") if nominal_id and line}


def put_answer(row: ExtractRow, answer: Compared) -> None:
    """Write the answer into the row, which the caller saves."""
    row.outcome, row.nominal_id, row.fourth = answer.outcome, answer.nominal_id, answer.fourth
    row.hints = sorted(answer.hints)
    row.kinds = sorted({change.kind for change in answer.changes})
    row.changes = [change.as_row() for change in answer.changes]
    row.notes = [asdict(problem) for problem in answer.notes]
    if not row.unreadable:
        row.problems = [asdict(problem) for problem in answer.problems]


def _add_absent(extract: Extract, by: Principal, today: date) -> None:
    """People of the agency's last list who are under MAPPA today and not on this one: rows for a person to answer."""
    if not extract.whole:
        return
    last = (
        Extract.objects.filter(agency_id=extract.agency_id, kind=extract.kind, whole=True, state=ExtractState.CLOSED)
        .exclude(pk=extract.pk)
        .order_by("-closed_on", "-pk")
        .first()
    )
    if last is None:
        return
    # Who was not answered for is expected still: whoever closed the list may not have seen them.
    expected = last.rows.filter(~Q(answer=Answer.END), nominal__isnull=False).values("nominal")
    here = set(extract.rows.filter(nominal__isnull=False).values_list("nominal_id", flat=True))
    hinted = {pk for hints in extract.rows.exclude(hints=[]).values_list("hints", flat=True) for pk in hints}
    here |= set(kept_records(hinted).values())
    under_mappa = standing_grounds(today).values("nominal")
    seen = visible(by, Nominal.objects.filter(area=extract.area_id), Perm.NOMINAL_EDIT)
    missing = seen.filter(pk__in=expected).filter(pk__in=under_mappa).exclude(pk__in=here)
    number = extract.rows.aggregate(last=Max("number"))["last"] or 0
    ExtractRow.objects.bulk_create(
        ExtractRow(extract=extract, number=number + place, outcome=Outcome.ABSENT, nominal_id=pk)
        for place, pk in enumerate(
            missing.order_by("family_name", "given_names", "pk").values_list("pk", flat=True), start=1
        )
    )
