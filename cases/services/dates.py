"""Dates ahead, and the meetings that the review clock counts from."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from datetime import date

from agencies.access import can
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import facts_of
from cases.models import KeyDate, Nominal, QualifyingMeeting
from cases.records import MeetingRecord
from rules.core import Decision, Reason
from rules.corrections import MEETING
from rules.deadlines import detained_periods, may_set_next_meeting
from rules.levels import level_on
from rules.vocabulary import KeyDateKind

from .corrected import not_written_over
from .locking import locked
from .obligations import bring_in_line


def may_set_key_date(nominal: Nominal, *, by: Principal, today: date) -> Decision:
    """Whether a date ahead may be recorded."""
    return can(by, Perm.KEY_DATE_RECORD, nominal)


@service(event="key_date_set", asks=may_set_key_date)
def set_key_date(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    kind: KeyDateKind,
    falls_on: date,
    certain: bool = False,
    note: str = "",
) -> KeyDate:
    """Record or move the date of its kind: there is one of each. Raises ``Refused``."""
    nominal = locked(nominal_id)
    may_set_key_date(nominal, by=by, today=today).or_refuse()
    stored, _ = KeyDate.objects.update_or_create(
        nominal=nominal, kind=kind, defaults={"falls_on": falls_on, "certain": certain, "note": note}
    )
    bring_in_line([nominal.pk], today=today)
    record_event(stored, root=nominal.pk, kind=kind, falls_on=falls_on)
    return stored


def may_record_meeting(
    nominal: Nominal, *, by: Principal, today: date, meeting: MeetingRecord | None = None
) -> Decision:
    """Whether this meeting may be recorded as one that counts for the review clock (R51), with its next date (R54)."""
    allowed = can(by, Perm.LEVEL_RECORD, nominal)
    if not allowed or meeting is None:
        return allowed
    refusals = []
    if meeting.held_on > today:
        refusals.append(Reason("A meeting counts when it has been held, not before.", "R51"))
    if not meeting.level.is_multi_agency:
        refusals.append(Reason("Only Level 2 and 3 meetings count for the review clock.", "R51"))
    facts = facts_of(nominal)
    level = level_on(facts.levels, meeting.held_on).value
    if level is None:
        refusals.append(Reason("The person had no MAPPA status on that day.", "R51"))
    if not (decision := allowed & Decision.of(refusals)) or meeting.next_on is None:
        return decision
    params = parameters_for(nominal.area_id)
    detained = detained_periods(facts.whereabouts, params)
    # The meeting may have been one at which the level was decided: what it is from that day on sets the limit.
    level = level if level is not None and level.is_multi_agency else meeting.level
    return decision & may_set_next_meeting(meeting.held_on, meeting.next_on, level, detained, params, today=today)


@service(event="qualifying_meeting_recorded", asks=may_record_meeting)
def record_qualifying_meeting(
    *, by: Principal, today: date, nominal_id: int, meeting: MeetingRecord
) -> QualifyingMeeting:
    """Record a Level 2 or 3 meeting held: it meets the review that was due and starts the next clock (R51).

    A second record for the same day that says otherwise is refused: the first is corrected. Raises ``Refused``.
    """
    nominal = locked(nominal_id)
    may_record_meeting(nominal, by=by, today=today, meeting=meeting).or_refuse()
    values = {"level": meeting.level, "next_on": meeting.next_on}
    standing = nominal.qualifying_meetings.filter(held_on=meeting.held_on).first()
    not_written_over(standing, values, MEETING, meeting.held_on).or_refuse()
    stored = standing or QualifyingMeeting.objects.create(
        nominal=nominal, held_on=meeting.held_on, source=meeting.source, **values
    )
    bring_in_line([nominal.pk], today=today)
    record_event(stored, root=nominal.pk, held_on=meeting.held_on, level=meeting.level)
    return stored
