"""Accepted rows written to the register, a batch a transaction: what was accepted, or nothing of the row."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.db.models import Q

from agencies.access import can_in_area
from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.services.bulk import insert_people, replace_people
from exchange.comparing import Compared, Desk, compare
from exchange.models import Extract, ExtractRow
from exchange.problems import Kind, Problem
from exchange.words import ExtractState, ListKind, Outcome, RowState
from meetings.records import ActionRecord
from meetings.services.actions import bring_in_actions
from rules.core import Decision, Refused

from .extracts import in_state, locked_extract
from .reading import ANSWERED, put_answer, said_of, save_rows

BATCH = 200


def may_write_rows(extract: Extract, *, by: Principal, today: date) -> Decision:
    """Whether rows that were accepted may be written now."""
    return can_in_area(by, Perm.REGISTER_IMPORT, extract.area_id) & in_state(extract, ExtractState.READY)


@service(event="extract_rows_written", asks=may_write_rows)
def write_rows(*, by: Principal, today: date, extract_id: int, eyes: Principal) -> int:
    """Write the next batch of the rows that ``by`` accepted. Returns how many rows were dealt with.

    Each is compared once more, with the ``eyes`` with which the list is read: a row of which the register has overtaken
    what was accepted is not written, and waits to be compared again. Raises ``Refused`` when nothing may be written.
    """
    extract = locked_extract(extract_id)
    may_write_rows(extract, by=by, today=today).or_refuse()
    # One import of an area at a time: a second one waits, and then recognises the people of the first.
    area = Area.objects.select_for_update(no_key=True).get(pk=extract.area_id)
    rows = list(extract.rows.filter(_accepted_by(by), state=RowState.ACCEPTED).order_by("number")[:BATCH])
    desk = Desk.of(area, ListKind(extract.kind), eyes=eyes, today=today)
    answers = compare([said_of(row) for row in rows], desk, earlier={}, lock=True)
    ready: list[tuple[ExtractRow, Compared]] = []
    for row, answer in zip(rows, answers, strict=True):
        if _stands(row, answer) and (answer.record or answer.action):
            ready.append((row, answer))
        elif answer.outcome is Outcome.UNCHANGED:
            row.state, row.nominal_id = RowState.WRITTEN, answer.nominal_id
        else:
            row.state = RowState.STALE
    written = _write_all(ready, by, today)
    if rows:
        save_rows(rows, ["state", *ANSWERED])
    record_event(extract, root=None, rows=[row.pk for row in written], people=[row.nominal_id for row in written])
    return len(rows)


def _accepted_by(by: Principal) -> Q:
    return Q(membership__isnull=True) if by.membership_id is None else Q(membership=by.membership_id)


def _stands(row: ExtractRow, answer: Compared) -> bool:
    """What would be written is what was accepted."""
    if answer.outcome != row.outcome or answer.nominal_id != row.nominal_id:
        return False
    return bool([change.as_row() for change in answer.changes] == row.changes)


def _write_all(ready: Sequence[tuple[ExtractRow, Compared]], by: Principal, today: date) -> list[ExtractRow]:
    """All at once; when the register refuses one of them, one by one, so that the others are written."""
    try:
        with transaction.atomic():
            _write(ready, by, today)
    except Refused:
        return [row for row, answer in ready if _write_alone(row, answer, by, today)]
    return [row for row, _ in ready]


def _write(ready: Sequence[tuple[ExtractRow, Compared]], by: Principal, today: date) -> None:
    people = [(row, answer.record) for row, answer in ready if answer.record is not None]
    new = [(row, record) for row, record in people if row.outcome == Outcome.NEW]
    known = {row.nominal_id: record for row, record in people if row.outcome == Outcome.CHANGED and row.nominal_id}
    actions: dict[int, list[ActionRecord]] = defaultdict(list)
    for row, answer in ready:
        if answer.action is not None and row.nominal_id is not None:
            actions[row.nominal_id].append(answer.action)
    ids = insert_people(by=by, today=today, batch=[record for _, record in new]) if new else []
    if known:
        replace_people(by=by, today=today, batch=known)
    for nominal_id, given in sorted(actions.items()):
        bring_in_actions(by=by, today=today, nominal_id=nominal_id, actions=given)
    for (row, _), nominal_id in zip(new, ids, strict=True):
        row.nominal_id = nominal_id
    for row, _ in ready:
        row.state = RowState.WRITTEN


def _write_alone(row: ExtractRow, answer: Compared, by: Principal, today: date) -> bool:
    try:
        with transaction.atomic():
            _write([(row, answer)], by, today)
    except Refused as refusal:
        refused = [
            Problem(row.line or 0, "", Kind.REGISTER_REFUSED, reason.text, "Correct the list", reason.rule)
            for reason in refusal.decision.reasons
        ]
        put_answer(row, Compared(Outcome.UNMATCHED, nominal_id=row.nominal_id, fourth=row.fourth))
        row.problems = [asdict(problem) for problem in refused]
        row.state = RowState.OPEN
        return False
    return True
