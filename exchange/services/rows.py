"""What people decide about the rows of a list: accept, leave, answer for somebody who is no longer there."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Now

from agencies.access import can_in_area
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from exchange.models import Extract, ExtractRow
from exchange.queries import rows_of
from exchange.queue import look_soon
from exchange.words import WRITABLE, Answer, ExtractState, Outcome, RowState
from rules.core import Decision, Reason
from rules.extracts import may_answer_absence as rules_may_answer_absence
from rules.extracts import may_answer_absences_together

from .extracts import COURSE, in_state, locked_extract, reader_has_left


def group_of(rows: QuerySet[ExtractRow], outcome: Outcome, kind: str = "") -> QuerySet[ExtractRow]:
    """Of these rows those of a group that is accepted together: an outcome; with a kind, those that change it alone."""
    found = rows.filter(outcome=outcome, state=RowState.OPEN)
    return found.filter(kinds=[kind]) if kind else found


def may_accept_rows(
    extract: Extract, *, by: Principal, today: date, rows: QuerySet[ExtractRow] | None = None
) -> Decision:
    """Whether rows of the list may be accepted; with rows, whether any of these still waits for it."""
    allowed = can_in_area(by, Perm.REGISTER_IMPORT, extract.area_id) & in_state(extract, ExtractState.READY)
    if allowed and reader_has_left(extract, today=today):
        text = "Whoever brought the list in has left, and it is read with their eyes. Compare it again, then accept."
        return Decision.no(Reason(text, COURSE))
    if allowed and rows is not None and not rows.filter(state=RowState.OPEN, outcome__in=WRITABLE).exists():
        return Decision.no(Reason("Nothing of this is still to be decided.", COURSE))
    return allowed


@service(event="extract_rows_accepted", asks=may_accept_rows)
def accept_rows(
    *, by: Principal, today: date, extract_id: int, outcome: Outcome, kind: str = "", row_id: int | None = None
) -> int:
    """Accept a group of rows, or one, to be written to the register by the worker. Returns how many.

    Only rows that are still open and that ``by`` may see: a second person who accepts the same finds nothing left.
    Raises ``Refused`` then, and when the list is not ready.
    """
    extract = locked_extract(extract_id)
    rows = group_of(rows_of(by, extract), outcome, kind)
    if row_id is not None:
        rows = rows.filter(pk=row_id)
    may_accept_rows(extract, by=by, today=today, rows=rows).or_refuse()
    ids = list(rows.filter(outcome__in=WRITABLE).values_list("pk", flat=True))
    count = ExtractRow.objects.filter(pk__in=ids, state=RowState.OPEN).update(
        state=RowState.ACCEPTED, membership_id=by.membership_id, decided_by_id=by.user_id, decided_at=Now()
    )
    look_soon(extract.pk)
    record_event(extract, root=None, outcome=outcome, kind=kind, rows=count)
    return count


def may_leave_row(row: ExtractRow, *, by: Principal, today: date) -> Decision:
    """Whether the row may be set aside: nothing of it is written."""
    allowed = can_in_area(by, Perm.REGISTER_IMPORT, row.extract.area_id) & in_state(row.extract, ExtractState.READY)
    if allowed and (row.state not in (RowState.OPEN, RowState.STALE) or row.outcome == Outcome.ABSENT):
        return Decision.no(Reason("This row is not to be decided any more.", COURSE))
    return allowed


@service(event="extract_row_left", asks=may_leave_row)
def leave_row(*, by: Principal, today: date, row_id: int) -> ExtractRow:
    """Set the row aside. Raises ``Refused``."""
    row = _locked_row(row_id)
    may_leave_row(row, by=by, today=today).or_refuse()
    row.state, row.decided_by_id = RowState.LEFT, by.user_id
    row.save(update_fields=["state", "decided_by"])
    record_event(row, root=row.nominal_id, outcome=row.outcome)
    return row


def is_asked(row: ExtractRow) -> bool:
    """Whether the row waits for somebody's answer: nobody has given one, or the agency has been asked."""
    return row.outcome == Outcome.ABSENT and (row.state == RowState.OPEN or row.answer == Answer.ASK)


def may_answer_absence(
    row: ExtractRow, *, by: Principal, today: date, answer: Answer | None = None, reason: str = ""
) -> Decision:
    """Whether somebody who is no longer on the list may be answered for; with an answer, whether by this one (R109)."""
    allowed = can_in_area(by, Perm.REGISTER_IMPORT, row.extract.area_id) & in_state(row.extract, ExtractState.READY)
    if allowed and row.outcome != Outcome.ABSENT:
        return Decision.no(Reason("This person is on the list.", "R109"))
    if not allowed:
        return allowed
    ends = answer is None or answer is Answer.END
    return rules_may_answer_absence(asked=is_asked(row), reason=reason, ends=ends)


@service(event="absence_answered", asks=may_answer_absence)
def answer_absence(*, by: Principal, today: date, row_id: int, answer: Answer, reason: str = "") -> ExtractRow:
    """Record what somebody decided about a person whom the agency no longer lists. It ends nobody by itself.

    Raises ``Refused``, also when somebody else has answered meanwhile.
    """
    row = _locked_row(row_id)
    may_answer_absence(row, by=by, today=today, answer=answer, reason=reason).or_refuse()
    ExtractRow.objects.filter(pk=row.pk).update(
        state=RowState.ANSWERED, answer=answer, reason=reason.strip(), decided_by_id=by.user_id, decided_at=Now()
    )
    row.refresh_from_db()
    record_event(row, root=row.nominal_id, answer=answer)
    return row


def may_answer_absences(
    extract: Extract,
    *,
    by: Principal,
    today: date,
    rows: Sequence[ExtractRow] = (),
    answer: Answer | None = None,
    reason: str = "",
) -> Decision:
    """Whether several people who are no longer on the list may be answered for at once, which ends nobody."""
    allowed = can_in_area(by, Perm.REGISTER_IMPORT, extract.area_id) & in_state(extract, ExtractState.READY)
    if answer is not None:
        allowed &= may_answer_absences_together(ends=answer is Answer.END)
    for row in rows if allowed else ():
        allowed &= may_answer_absence(row, by=by, today=today, answer=answer, reason=reason)
        if not allowed:
            return allowed
    return allowed


@service(event="absences_answered", asks=may_answer_absences)
def answer_absences(
    *, by: Principal, today: date, extract_id: int, row_ids: Collection[int], answer: Answer, reason: str
) -> int:
    """Record one answer that ends nobody, for one reason, about several people: all or none. Returns how many.

    Only rows of the list that ``by`` may see are answered. Raises ``Refused``, also when somebody else has answered
    for one of them meanwhile.
    """
    extract = locked_extract(extract_id)
    rows = list(rows_of(by, extract).filter(pk__in=row_ids).select_related("extract").order_by("number"))
    may_answer_absences(extract, by=by, today=today, rows=rows, answer=answer, reason=reason).or_refuse()
    for row in rows:
        answer_absence(by=by, today=today, row_id=row.pk, answer=answer, reason=reason)
    record_event(extract, root=None, answer=answer, rows=len(rows))
    return len(rows)


def _locked_row(row_id: int) -> ExtractRow:
    """The row below its locked list, read fresh."""
    extract = locked_extract(ExtractRow.objects.values_list("extract_id", flat=True).get(pk=row_id))
    row = ExtractRow.objects.get(pk=row_id)
    row.extract = extract
    return row
