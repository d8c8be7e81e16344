"""From what the file says of one person to the record that the register takes, with every contradiction reported."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.records import (
    AliasRecord,
    GroundRecord,
    IdentifierRecord,
    LeadAgencyRecord,
    LevelRecord,
    MeetingRecord,
    PersonRecord,
    WhereaboutsRecord,
)
from cases.spans import LevelSlot, fitted
from rules.core import DAY, Period
from rules.eligibility import category_of
from rules.identity import may_have_happened
from rules.vocabulary import Category, DecidingBody, Handling, OrderKind, Sex

from .columns import Block
from .entries import Entry, Person
from .formats import Term
from .problems import Kind, Problem, Report
from .reference import Reference
from .spans import Span, spans

_DATES_PAST = ("outcome_date", "disposal_date", "level_start", "whereabouts_start", "lead_agency_start", "last_meeting")
# Days that the rules of grounds compare with the date of birth themselves.
_RULES_SAY = ("ground_start", "ground_end")
_NOTHING = Term()


@dataclass(frozen=True, slots=True)
class Grounded:
    """A ground with the line that it came from."""

    line: int
    record: GroundRecord


def dates_make_sense(person: Person, today: date, report: Report) -> None:
    """What has happened lies in the past, and after birth."""
    born_on = person.values.get("date_of_birth")
    if born_on is not None and born_on > today:
        born_on = None  # the rules of identity speak of this
    for entries in person.blocks.values():
        for entry in entries:
            _entry_dates(entry, born_on, today, report)


def _entry_dates(entry: Entry, born_on: date | None, today: date, report: Report) -> None:
    for name, value in entry.values.items():
        if not isinstance(value, date):
            continue
        if name in _DATES_PAST and value > today:
            ahead = "this is said to have happened on a day still to come"
            report(Problem(entry.line, name, Kind.IN_THE_FUTURE, ahead, "Correct the date"))
        elif name not in _RULES_SAY:
            happened = may_have_happened(value, born_on=born_on)
            for reason in () if happened else happened.reasons:
                right = "Correct one of the two dates"
                report(Problem(entry.line, name, Kind.BEFORE_BIRTH, reason.text, right, reason.rule))


def grounds(
    person: Person, reference: Reference, today: date, report: Report, *, needed: bool = True
) -> list[Grounded]:
    """The grounds that could be read, in order. A person without any has no place in the register (R7).

    ``needed`` is false for somebody whom the register knows: the file need not say again what it holds.
    """
    entries = person.entries(Block.GROUND)
    if not entries and needed:
        reason = "no row of this person has a legal ground, so that they would have no category"
        report(Problem(person.line, "ground", Kind.NO_GROUND, reason, "Give ground and ground_start", "R7"))
    found: list[Grounded] = []
    for entry in entries:
        if not entry.good:
            continue
        if entry.get("ground_end") is not None and entry.get("ground_end") < entry.get("ground_start"):
            reason = "ground_end is before ground_start"
            right = "Correct one of the two dates"
            report(Problem(entry.line, "ground_end", Kind.END_BEFORE_START, reason, right, "R7"))
            continue
        if entry.get("ground_end_reason") is not None and entry.get("ground_end") is None:
            reason = "the ground has a reason why it ended, and no end"
            report(Problem(entry.line, "ground_end", Kind.ALONE, reason, "Give ground_end, or take the reason away"))
            continue
        ground = Grounded(entry.line, _ground(entry, reference, today))
        if (earlier := next((other for other in found if other.record == ground.record), None)) is not None:
            reason = f"this is the same ground as on line {earlier.line}"
            report(Problem(entry.line, "ground", Kind.TWICE, reason, "Leave the ground of this row empty"))
            continue
        found.append(ground)
    return sorted(found, key=lambda ground: (ground.record.starts_on, ground.line))


def _ground(entry: Entry, reference: Reference, today: date) -> GroundRecord:
    get = entry.get
    outcome_on, ends_on = get("outcome_date"), get("ground_end")
    words = get("offence") or ""
    offence = reference.offence(words, outcome_on or get("ground_start")) if words else None
    term = get("term") or _NOTHING
    return GroundRecord(
        kind=get("ground"),
        starts_on=get("ground_start"),
        ends_on=ends_on,
        offence_code=offence.code if offence else "",
        offence_text="" if offence else words,
        outcome=get("outcome"),
        outcome_on=outcome_on,
        service_court=bool(get("service_court")),
        terrorist_offence=bool(get("terrorist_offence")),
        order=get("order") or OrderKind.NONE,
        order_ends_on=get("order_end"),
        disposal=get("disposal"),
        disposal_on=get("disposal_date"),
        term_months=term.months or None,
        term_days=term.days or None,
        total_of_consecutive_terms=bool(get("consecutive")),
        legal_confirmation=get("legal_confirmation") or "",
        finding_capacity=get("finding_capacity") or "",
        finding_current=get("finding_current") or "",
        end_reason=get("ground_end_reason"),
        # An end that has passed is a fact; one ahead is still to be confirmed by an officer (R21).
        end_confirmed=ends_on is not None and ends_on < today,
    )


def levels(person: Person, status: list[Period], report: Report) -> list[tuple[int, LevelRecord]]:
    """The level spans for exactly the days of status, each with the line it came from (R32).

    "Not yet set" fills the days before the first decision; a level without an end holds to the end of its status.
    """
    given = spans(person.entries(Block.LEVEL), "level", report)
    if not (person.whole(Block.GROUND, Block.LEVEL) and status):
        return []
    slots: list[LevelSlot] = []
    lines: dict[date, int] = {}
    for span in given:
        within = next((period for period in status if period.contains(span.starts_on)), None)
        if within is None or (span.said is not None and not within.contains(span.said)):
            column = "level_start" if within is None else "level_end"
            reason = "on this day no ground is open, and without a ground there is no level"
            right = f"The status runs {'; '.join(str(period) for period in status)}"
            report(Problem(span.line, column, Kind.LEVEL_OUTSIDE_STATUS, reason, right, "R32"))
            continue
        lines[span.starts_on] = span.line
        slots.append(_slot(span, within))
    found = fitted(slots, status)
    late = {slot.starts_on for slot in slots if not any(other.starts_on == slot.starts_on for other in found)}
    for slot in slots:
        if slot.starts_on in late:
            reason = "“level not yet set” follows a level that was set"
            right = "Leave this level empty: the level before it holds on"
            report(Problem(lines[slot.starts_on], "level", Kind.LEVEL_GAP, reason, right, "R32"))
        elif not _lasts(slot, found) and _next_day(slot) not in late:
            reason = "after this level comes a day of status without any"
            right = "Let it last to the day before the next level, or leave level_end empty"
            report(Problem(lines[slot.starts_on], "level_end", Kind.LEVEL_GAP, reason, right, "R32"))
    return [
        (
            lines.get(slot.starts_on, person.line),
            LevelRecord(slot.level, slot.starts_on, slot.ends_on, slot.decided_by),
        )
        for slot in found
    ]


def _slot(span: Span, within: Period) -> LevelSlot:
    ends_on = span.ends_on if span.ends_on is not None else within.ends_on
    if span.said is None and ends_on is not None and within.ends_on is not None:
        ends_on = min(ends_on, within.ends_on)
    return LevelSlot(level=span.value, starts_on=span.starts_on, ends_on=ends_on, decided_by=DecidingBody.IMPORTED)


def _next_day(slot: LevelSlot) -> date | None:
    return slot.ends_on + DAY if slot.ends_on is not None else None


def _lasts(slot: LevelSlot, found: Iterable[LevelSlot]) -> bool:
    return any(other.starts_on == slot.starts_on and other.ends_on == slot.ends_on for other in found)


def whereabouts(person: Person, report: Report) -> tuple[WhereaboutsRecord, ...]:
    """Where the person was, in order."""
    found = spans(person.entries(Block.WHEREABOUTS), "whereabouts", report)
    return tuple(
        WhereaboutsRecord(span.value, span.starts_on, span.ends_on, span.entry.get("place") or "") for span in found
    )


def lead_agencies(
    person: Person, reference: Reference, first_day: date | None, report: Report
) -> tuple[LeadAgencyRecord, ...]:
    """Who leads, in order. Without a start it leads from the first day of status."""
    records = []
    for span in spans(person.entries(Block.LEAD_AGENCY), "lead_agency", report, first_day=first_day):
        agency_id = reference.agency(span.value)
        if agency_id is None:
            reason = f"the area {reference.area} has no agency “{span.value}”"
            right = f"{reference.near('lead_agency', span.value)}Use the name in the settings of the area"
            report(Problem(span.line, "lead_agency", Kind.AGENCY_UNKNOWN, reason, right, "R97"))
        else:
            records.append(LeadAgencyRecord(agency_id, span.starts_on, span.ends_on))
    return tuple(records)


def meetings(
    person: Person, held_at: Iterable[LevelRecord], report: Report, *, levels_known: bool
) -> tuple[MeetingRecord, ...]:
    """Level 2 or 3 meetings, each at the level that held on its day (R51).

    A meeting at which the level came down is of the level that the file gives for it.
    """
    known = tuple(held_at)
    found: dict[date, tuple[int, MeetingRecord]] = {}
    for entry in person.entries(Block.MEETING):
        if not entry.good:
            continue
        held_on, next_on = entry.get("last_meeting"), entry.get("next_meeting")
        if next_on is not None and next_on <= held_on:
            reason = "the next date is not later than the meeting that set it"
            report(
                Problem(entry.line, "next_meeting", Kind.NEXT_NOT_LATER, reason, "Correct one of the two dates", "R54")
            )
            continue
        level = next((span.level for span in known if _covers(span, held_on)), None)
        if level is not None and not level.is_multi_agency:
            level = entry.get("meeting_level") or level
        if level is None or not level.is_multi_agency:
            if levels_known:
                reason = "on the day of this meeting the person was at neither Level 2 nor Level 3"
                right = "Correct the date of the meeting, or the levels"
                report(Problem(entry.line, "last_meeting", Kind.MEETING_WITHOUT_LEVEL, reason, right, "R51"))
            continue
        if held_on in found:
            reason = f"a meeting of the same day is on line {found[held_on][0]}"
            report(Problem(entry.line, "last_meeting", Kind.TWICE, reason, "Leave the meeting of this row empty"))
            continue
        found[held_on] = (entry.line, MeetingRecord(held_on, level, next_on, "import"))
    return tuple(found[day][1] for day in sorted(found))


def _covers(span: LevelRecord, day: date) -> bool:
    return span.starts_on <= day and (span.ends_on is None or day <= span.ends_on)


def panel_area(person: Person, reference: Reference, report: Report) -> int | None:
    """The panel area's id."""
    name = person.values.get("panel_area")
    found = reference.panel_area(name) if name else None
    if name and found is None:
        reason = f"the area {reference.area} has no panel area “{name}”"
        right = f"{reference.near('panel_area', name)}Use the name in the settings of the area"
        report(Problem(person.lines["panel_area"], "panel_area", Kind.PANEL_AREA_UNKNOWN, reason, right))
    return found


def record(
    person: Person,
    reference: Reference,
    panel_area_id: int | None,
    of_grounds: Iterable[GroundRecord],
    of_levels: Iterable[LevelRecord],
    **spans_of: Any,
) -> PersonRecord:
    """The record. Whoever has a Category 4 ground is handled as Category 4 from the first moment (R99)."""
    values = person.values
    known = tuple(of_grounds)
    category_4 = any(category_of(ground.kind) is Category.FOUR for ground in known)
    return PersonRecord(
        area_id=reference.area.pk,
        family_name=values.get("family_name", ""),
        given_names=values.get("given_names", ""),
        date_of_birth=values.get("date_of_birth"),
        sex=values.get("sex", Sex.UNKNOWN),
        panel_area_id=panel_area_id,
        handling=Handling.CATEGORY_4 if category_4 else Handling.ORDINARY,
        identifiers=tuple(IdentifierRecord(kind, text) for _, kind, text in person.identifiers),
        aliases=tuple(
            dict.fromkeys(
                AliasRecord(name.family_name, name.given_names, name.kind) for name in values.get("aliases", ())
            )
        ),
        grounds=known,
        levels=tuple(of_levels),
        **spans_of,
    )
