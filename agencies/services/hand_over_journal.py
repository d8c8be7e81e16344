"""The journal of a hand-over said ahead: what it wrote to rows with days of their own, and taking that back."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from django.db import IntegrityError, connection, transaction

from agencies.handover import RULE, HandOver, Journal, Participant, Written, participants, written_role
from agencies.journal import Row, Values, as_text, differences, digest_of, from_text, row_of
from agencies.models import PlannedHandOver
from agencies.models.journal import HandOverLine
from agencies.principal import Principal
from rules.core import Refused

from .journal import bring_back, rows_at, set_back
from .partners import refuse_if

_ROLE = "role"


class _ChangedSince(Exception):
    """Somebody has changed a row since the hand-over wrote it."""


@contextmanager
def written_down(handover: HandOver, today: date) -> Iterator[list[HandOverLine]]:
    """Collect what is written ahead within: the lines are there when the block has ended, and belong to no hand-over
    yet. There are none of what changes hands today.
    """
    if handover.on <= today:
        yield []
        return
    parts = [(_ROLE, written_role(handover))]
    parts += [(each.name, part) for each in participants() for part in each.writes(handover)]
    lines: list[HandOverLine] = []
    before, knots = _read(parts)
    yield lines
    after, later = _read(parts)
    knots |= later
    found = differences(before, after)
    # Taken back from the last to the first: what was made goes before what was removed comes back.
    for each in sorted(found, key=lambda found: (found.before is None, found.after is not None)):
        knot, person = knots[each.row]
        lines.append(
            HandOverLine(
                knot=knot, person=person, table=each.row[0], row=each.row[1], before=each.before, after=each.after,
                digest=each.digest,
            )
        )  # fmt: skip


def keep(lines: Sequence[HandOverLine], planned: PlannedHandOver) -> None:
    """Let these lines be the hand-over's, after those it has."""
    for line in lines:
        line.hand_over = planned
    HandOverLine.objects.bulk_create(lines)


def journal_of(planned: PlannedHandOver) -> Journal:
    """What the hand-over wrote ahead; once it was called off, what was left as it is."""
    return Journal(list(planned.entries.order_by("pk")))


def locked(planned_id: int, held: HandOver | None) -> PlannedHandOver:
    """The row itself, last of all. Raises ``Refused`` when it is not what was held: another colleague's, or with other
    lines.
    """
    row = PlannedHandOver.objects.select_for_update(no_key=True).get(pk=planned_id)
    other = held is not None and held.to is not None and held.to.pk != row.to_id
    refuse_if(other, "Another colleague has been chosen meanwhile: do it again.", RULE).or_refuse()
    if held is not None and held.journal.lines:
        more = {line.pk for line in held.journal.lines} != set(row.entries.values_list("pk", flat=True))
        refuse_if(more, "It has been changed meanwhile: do it again.", RULE).or_refuse()
    return row


def call_back(handover: HandOver, by: Principal, today: date) -> int:
    """Take back what the hand-over wrote, and what it noted for the day, and tell whoever was told; how many stay.

    The caller is a service that holds everybody of ``handover.journal``.
    """
    stay = _take_back(handover, by, today)
    for participant in participants():
        participant.call_off(handover, by, today)
        participant.called_off(handover, by, today)
    return stay


def _take_back(handover: HandOver, by: Principal, today: date) -> int:
    """Undo what the hand-over wrote, knot by knot; how many stay: whatever somebody has changed since, whatever the
    leaver may not have any more, and whatever else has come in the way.

    The caller is a service that holds everybody of ``handover.journal``. The lines of what went back are gone.
    """
    named = {each.name: each for each in participants()}
    knots: dict[str, list[HandOverLine]] = defaultdict(list)
    for line in handover.journal.lines:
        knots[line.knot].append(line)
    stay = 0
    # The role comes first: what follows asks what the leaver holds.
    for knot in sorted(knots, key=lambda each: each != _ROLE):
        journal = Journal(knots[knot])
        try:
            with transaction.atomic():
                _put_back(journal)
                _follow(named.get(knot.partition(":")[0]), handover, journal, by, today)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        except (_ChangedSince, IntegrityError, Refused):
            stay += 1
            continue
        HandOverLine.objects.filter(pk__in=[line.pk for line in journal.lines]).delete()
    return stay


def _follow(part: Participant | None, handover: HandOver, journal: Journal, by: Principal, today: date) -> None:
    if part is not None:
        part.follow(handover, journal, by, today)


def _read(parts: Sequence[tuple[str, Written]]) -> tuple[dict[Row, Values], dict[Row, tuple[str, int | None]]]:
    """The rows as text; and to which knot and person each belongs."""
    values: dict[Row, Values] = {}
    knots: dict[Row, tuple[str, int | None]] = {}
    for name, part in parts:
        for row in part.rows.all():
            values[row_of(row)] = as_text(row)
            knots[row_of(row)] = (_ROLE if name == _ROLE else f"{name}:{part.knot(row)}", part.person(row))
    return values, knots


def _put_back(journal: Journal) -> None:
    """From the last line to the first. Raises ``_ChangedSince`` when a row is not what the hand-over made of it, or its
    table is another by now.
    """
    for line in reversed(journal.lines):
        try:
            from_text(line.table, line.before or {})
        except LookupError:
            raise _ChangedSince from None
        own = rows_at(line.table, line.row)
        now = own.first()
        if digest_of(None if now is None else as_text(now)) != line.digest:
            raise _ChangedSince
        if line.before is None:
            own.delete()
        elif line.after is None:
            bring_back(line.table, line.before)
        else:
            set_back(line.table, line.row, line.before)
