"""The first day of a level, and the day of a meeting held: put right with a reason. The coordinator's alone (R32)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from dataclasses import replace
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import facts_of, level_facts
from cases.models import LevelSpan, Nominal, QualifyingMeeting
from cases.records import MeetingRecord
from cases.spans import LevelSlot, fitted
from rules.categories import status_periods
from rules.core import Decision
from rules.corrections import may_correct_level_start as rules_may_correct_level_start
from rules.corrections import may_correct_meeting as rules_may_correct_meeting
from rules.corrections import may_take_meeting_away as rules_may_take_meeting_away
from rules.vocabulary import Level

from .corrected import put_right, take_away
from .dates import may_record_meeting
from .levels import check_fitted, fit_slots, meeting_days, slots_of
from .locking import locked_row
from .obligations import bring_in_line


def may_correct_level_start(
    span: LevelSpan, *, by: Principal, today: date, starts_on: date | None = None, reason: str = ""
) -> Decision:
    """Whether the level may begin on another day (R25, R31, R32); without one, for the button."""
    nominal = span.nominal
    allowed = can(by, Perm.LEVEL_RECORD, nominal)
    if not allowed or starts_on is None:
        return allowed
    facts = facts_of(nominal)
    decision = allowed & rules_may_correct_level_start(
        level_facts(span), starts_on, facts.levels, facts.grounds,
        meetings=meeting_days(nominal), today=today, reason=reason,
    )  # fmt: skip
    if not decision:
        return decision
    slots = _moved(nominal, span, starts_on)
    return decision & check_fitted(fitted(slots, status_periods(facts.grounds)), facts.grounds)


@service(event="level_start_corrected", asks=may_correct_level_start)
def correct_level_start(
    *, by: Principal, today: date, span_id: int, starts_on: date, reason: str, version: int | None = None
) -> LevelSpan:
    """Let a level begin on another day; the one before ends the day before it, and days without a decision are
    "not yet set" (R32). Raises ``Refused`` and ``Conflict``.
    """
    nominal, span = locked_row(LevelSpan, span_id, version)
    may_correct_level_start(span, by=by, today=today, starts_on=starts_on, reason=reason).or_refuse()
    was = span.starts_on
    fit_slots(nominal, _moved(nominal, span, starts_on))
    span.refresh_from_db(fields=["starts_on", "ends_on"])
    span.corrected_on, span.correction = today, reason.strip()
    span.save(update_fields=["corrected_on", "correction"])
    bring_in_line([nominal.pk], today=today)
    record_event(span, root=nominal.pk, level=span.level, starts_on=starts_on, instead_of=was)
    return span


def _moved(nominal: Nominal, span: LevelSpan, starts_on: date) -> list[LevelSlot]:
    return [replace(slot, starts_on=starts_on) if slot.key == span.pk else slot for slot in slots_of(nominal)]


def may_correct_meeting(
    row: QualifyingMeeting, *, by: Principal, today: date, meeting: MeetingRecord | None = None, reason: str = ""
) -> Decision:
    """Whether the meeting may be recorded as this one instead (R51); without one, for the button.

    A next date that stands as it was is not held to the limit again: it may have passed.
    """
    nominal = row.nominal
    allowed = can(by, Perm.LEVEL_RECORD, nominal)
    if not allowed or meeting is None:
        return allowed
    as_new = replace(meeting, next_on=None) if meeting.next_on == row.next_on else meeting
    others = nominal.qualifying_meetings.exclude(pk=row.pk).values_list("held_on", flat=True)
    unchanged = (meeting.held_on, meeting.level, meeting.next_on) == (row.held_on, row.level, row.next_on)
    return may_record_meeting(nominal, by=by, today=today, meeting=as_new) & rules_may_correct_meeting(
        meeting.held_on, meeting.next_on, set(others), unchanged=unchanged, reason=reason
    )


@service(event="qualifying_meeting_corrected", asks=may_correct_meeting)
def correct_meeting(
    *, by: Principal, today: date, meeting_id: int, meeting: MeetingRecord, reason: str, version: int | None = None
) -> QualifyingMeeting:
    """Put right the day, the level or the next date of a meeting held: the review that it meets and the clock from it
    follow (R51). A level decided at it keeps its day. Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(QualifyingMeeting, meeting_id, version)
    may_correct_meeting(row, by=by, today=today, meeting=meeting, reason=reason).or_refuse()
    was = row.held_on
    right = {"held_on": meeting.held_on, "level": Level(meeting.level), "next_on": meeting.next_on}
    put_right(row, right, today=today, reason=reason)
    bring_in_line([nominal.pk], today=today)
    record_event(row, root=nominal.pk, held_on=row.held_on, level=row.level, instead_of=was)
    return row


def may_take_meeting_away(row: QualifyingMeeting, *, by: Principal, today: date, reason: str | None = None) -> Decision:
    """Whether the meeting may be taken away as never held; without a reason, for the button."""
    nominal = row.nominal
    allowed = can(by, Perm.LEVEL_RECORD, nominal)
    if not allowed or reason is None:
        return allowed
    facts = facts_of(nominal)
    return allowed & rules_may_take_meeting_away(row.held_on, facts.levels, facts.grounds, reason=reason)


@service(event="qualifying_meeting_taken_away", asks=may_take_meeting_away)
def take_meeting_away(*, by: Principal, today: date, meeting_id: int, reason: str, version: int | None = None) -> None:
    """Take away a meeting that was recorded by mistake, with the review counted from it; the change log keeps it and
    the reason. Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(QualifyingMeeting, meeting_id, version)
    may_take_meeting_away(row, by=by, today=today, reason=reason).or_refuse()
    take_away(row, root=nominal.pk, today=today, reason=reason, held_on=row.held_on, level=row.level)
    bring_in_line([nominal.pk], today=today)
