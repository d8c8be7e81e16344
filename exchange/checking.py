"""One person of the file against the rules: a record, or every reason why there is none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cases.facts import ground_facts_of_record, level_facts
from cases.records import LevelRecord, PersonRecord
from cases.services.bulk import may_stand
from rules.core import Decision, Reason
from rules.eligibility import category_of, may_record_ground, status_periods
from rules.facts import GroundFacts, LevelFacts, PersonFacts
from rules.identity import check_identifier, may_record_person
from rules.levels import check_levels
from rules.offences import listed_offences
from rules.vocabulary import Category, DecidingBody, GroundKind, Whereabouts

from . import assembly
from .columns import Block
from .entries import Person
from .merging import grounds_together, levels_together
from .problems import Kind, Problem, Report
from .reference import Reference

OUTLIVES = Reason("The person is recorded as dead, and this ground lasts longer", "R28")

# Where a rule that refuses a ground looks, and what would satisfy it.
_WHERE = {
    "R7": ("ground_start", "Correct the dates of the ground"),
    "R9": ("outcome", "Give a conviction, caution or finding with its offence, or the order that brought notification"),
    "R10": ("offence", "Name an offence of the table that held on the day of conviction, and its disposal"),
    "R11": ("term", "The term for this one offence must be 12 months or more; otherwise this is no Category 2 ground"),
    "R12": ("term", "The term for this one offence must be 12 months or more; otherwise this is no Category 2 ground"),
    "R13": ("disposal", "Correct the disposal"),
    "R14": ("disposal", "Give hospital_order, hospital_order_restricted or guardianship"),
    "R15": ("outcome_date", "Check the day of conviction; before the offence joined the table think of Category 3"),
    "R16": ("legal_confirmation", "Name who confirmed in law that added terms count"),
    "R17": ("finding_capacity", "Give an offence with its outcome, and both findings"),
    "R18": ("ground_start", "Let the Category 3 ground start the day after the last other ground ends"),
    "R19": ("ground", "Give offence, outcome, disposal and terrorist_offence; or the order; or the belief"),
    "R20": ("service_court", "A conviction by a service court can only give a Category 4 ground"),
    "R23": ("disposal", "Post-sentence supervision is no ground and extends none"),
    "R25": ("level", "Give Level 2 or 3 for every day of this ground"),
    "R28": ("ground_end", "End every ground on the day of death"),
    "R31": ("level", "Give Level 2 or 3: this ground has no other"),
    "R32": ("level", "Give one level for each day of status"),
}  # fmt: skip

# Where a rule that only warns looks, and what to do about it.
_LOOK = {
    "R10": ("offence", "See that the offence and the disposal are the right ones"),
    "R15": ("outcome_date", "Ask for legal advice on the day of conviction"),
    "R16": ("legal_confirmation", "See that the confirmation is on file"),
    "R18": ("ground_start", "See whether days without status are meant"),
    "R21": ("ground_end", "See which end is right; leave this one if an officer confirmed it"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A person who may come in, and where the file speaks of them."""

    line: int
    record: PersonRecord
    columns: tuple[str, ...]


def check(
    person: Person,
    reference: Reference,
    *,
    today: date,
    category_4: bool,
    report: Report,
    note: Report,
    known: PersonRecord | None = None,
) -> Checked | None:
    """The record of the person; ``None`` when anything is wrong, which has then been reported.

    ``category_4``: whoever brings the file in is cleared for Category 4 (R99). ``note`` is told what does not stand in
    the way and should be looked at: an identifier that fails its check, a rule that warns. ``known``: what the register
    holds of the person, so that levels and meetings may rest on grounds that the file does not repeat.
    """
    counted = _Counted(report)
    assembly.dates_make_sense(person, today, counted)
    _identity(person, today, counted, note)
    panel_area_id = assembly.panel_area(person, reference, counted)
    where = assembly.whereabouts(person, counted)
    grounds = assembly.grounds(person, reference, today, counted, needed=known is None)
    facts = [
        ground_facts_of_record(ground.record, key=place, title=_title(ground.record.offence_code))
        for place, ground in enumerate(grounds)
    ]
    died_on = next((span.starts_on for span in where if span.kind is Whereabouts.DEAD), None)
    _grounds(person, grounds, facts, died_on, reference, today, category_4, counted, note)
    standing = facts if known is None else _standing(known, grounds)
    status = list(status_periods(standing))
    levels = assembly.levels(person, status, counted)
    if known is not None:
        # What fills the days before the file's first level is no decision: the register has its own for those days.
        levels = [(line, span) for line, span in levels if span.decided_by is DecidingBody.IMPORTED]
    _levels(levels, standing, counted)
    first_day = status[0].starts_on if status else None
    lead = assembly.lead_agencies(person, reference, first_day, counted)
    held_at: Sequence[LevelRecord] = [span for _, span in levels]
    if known is not None:
        together = grounds_together(known.grounds, [ground.record for ground in grounds])
        held_at = levels_together(known.levels, held_at, together)
    spans_known = person.whole(Block.GROUND, Block.LEVEL) and bool(held_at)
    held = assembly.meetings(person, held_at, counted, levels_known=spans_known)
    if counted.problems or not person.good:
        return None
    record = assembly.record(
        person,
        reference,
        panel_area_id,
        [ground.record for ground in grounds],
        [span for _, span in levels],
        whereabouts=where,
        lead_agencies=lead,
        meetings=held,
    )
    return Checked(person.line, record, tuple(name for name, _, _ in person.identifiers))


def check_merged(
    line: int, stored: PersonRecord, together: PersonRecord, reference: Reference, *, today: date, report: Report
) -> bool:
    """Whether what the register and the file say of one person can stand together; what cannot is reported."""
    counted = _Counted(report)
    died_on = next((span.starts_on for span in together.whereabouts if span.kind is Whereabouts.DEAD), None)
    who = PersonFacts(
        surname=together.family_name,
        born_on=together.date_of_birth,
        identifiers=tuple(one.kind for one in together.identifiers),
        died_on=died_on,
    )
    facts = [
        ground_facts_of_record(ground, key=place, title=_title(ground.offence_code))
        for place, ground in enumerate(together.grounds)
    ]
    for place, (ground, new) in enumerate(zip(together.grounds, facts, strict=True)):
        if new.voided:
            continue
        if ground not in stored.grounds:
            others = [*facts[:place], *facts[place + 1 :]]
            for reason in _refusals(may_record_ground(new, others, who, reference.params, today=today)):
                counted(_with_the_register(line, reason))
        elif died_on is not None and new.period.last_day > died_on:
            counted(_with_the_register(line, OUTLIVES))
    for reason in dict.fromkeys(_refusals(may_stand(together))):
        counted(_with_the_register(line, reason))
    return not counted.problems


def _standing(known: PersonRecord, grounds: Sequence[assembly.Grounded]) -> list[GroundFacts]:
    """The grounds of the register and of the file together, without those that were voided."""
    together = grounds_together(known.grounds, [ground.record for ground in grounds])
    facts = [
        ground_facts_of_record(ground, key=place, title=_title(ground.offence_code))
        for place, ground in enumerate(together)
    ]
    return [each for each in facts if not each.voided]


def _refusals(decision: Decision) -> tuple[Reason, ...]:
    return () if decision else decision.reasons


def _with_the_register(line: int, reason: Reason) -> Problem:
    """The reason as a problem of the row together with what the register knows, which may be the wrong one."""
    column, _ = _WHERE.get(reason.rule, ("ground", ""))
    text = f"beside what the register holds of this person: {reason.text}"
    return Problem(line, column, Kind.RULE, text, "Correct the file, or the record on its page", reason.rule)


class _Counted:
    """Hands problems on, and counts them."""

    def __init__(self, report: Report) -> None:
        self._report, self.problems = report, 0

    def __call__(self, problem: Problem) -> None:
        self.problems += 1
        self._report(problem)


def _facts(person: Person, died_on: date | None) -> PersonFacts:
    values = person.values
    return PersonFacts(
        surname=values.get("family_name", ""),
        born_on=values.get("date_of_birth"),
        identifiers=tuple(kind for _, kind, _ in person.identifiers),
        died_on=died_on,
    )


def _identity(person: Person, today: date, report: Report, note: Report) -> None:
    for name, kind, text in person.identifiers:
        found = check_identifier(kind, text)
        if not found.valid and found.reason is not None:
            right = "It comes in and is shown as unverified; correct it when the right one is known"
            note(Problem(person.lines[name], name, Kind.RULE, found.reason.text, right, found.reason.rule))
    if not {"family_name", "date_of_birth"} <= person.values.keys():
        return  # already told that it is missing
    decision = may_record_person(_facts(person, None), today=today)
    if not decision:
        right = "Give the true date of birth, or unknown and one of pnc, crn, noms, visor"
        for reason in decision.reasons:
            report(Problem(person.line, "date_of_birth", Kind.RULE, reason.text, right, reason.rule))


def _grounds(
    person: Person,
    grounds: Sequence[assembly.Grounded],
    facts: Sequence[GroundFacts],
    died_on: date | None,
    reference: Reference,
    today: date,
    category_4: bool,
    report: Report,
    note: Report,
) -> None:
    who = _facts(person, died_on)
    if who.born_on is not None and who.born_on > today:
        who = replace(who, born_on=None)  # told as a wrong date of birth, and not once more for each ground
    for place, (ground, new) in enumerate(zip(grounds, facts, strict=True)):
        if category_of(new.kind) is Category.FOUR and not category_4:
            text = "a Category 4 ground comes in only through somebody cleared for Category 4"
            right = "Take the person out of this file, or let somebody cleared bring it in (--as)"
            report(Problem(ground.line, "ground", Kind.CLEARANCE, text, right, "R99"))
        others = [*facts[:place], *facts[place + 1 :]]
        decision = may_record_ground(new, others, who, reference.params, today=today)
        told_already = any(day is not None and day > today for day in (new.outcome_on, new.disposal_on))
        if not decision:
            for reason in decision.reasons:
                # Of two grounds that cannot stand together the Category 3 one is told, and not both.
                if reason.rule == "R7" and told_already:
                    continue  # the day ahead has been told with its own column
                if reason.rule != "R18" or new.kind is GroundKind.OTHER_DANGEROUS:
                    report(_ruled(ground.line, reason, _near_offence(reason, ground, reference)))
        for warning in decision.warnings:
            note(_to_look_at(ground.line, warning))


def _near_offence(reason: Reason, ground: assembly.Grounded, reference: Reference) -> str:
    if reason.rule != "R10" or not ground.record.offence_text:
        return ""
    return reference.near("offence", ground.record.offence_text)


def _ruled(line: int, reason: Reason, near: str = "") -> Problem:
    column, right = _WHERE.get(reason.rule, ("ground", "Correct the ground"))
    return Problem(line, column, Kind.RULE, reason.text, f"{near}{right}", reason.rule)


def _to_look_at(line: int, warning: Reason) -> Problem:
    column, right = _LOOK.get(warning.rule, ("ground", "See whether the ground is recorded as it was decided"))
    return Problem(line, column, Kind.RULE, warning.text, right, warning.rule)


def _levels(levels: Iterable[tuple[int, LevelRecord]], grounds: Sequence[GroundFacts], report: Report) -> None:
    """Whether each level is one that the grounds of its days allow (R25, R31), told at the line of the level."""
    for line, span in levels:
        facts = level_facts(span)
        within = [_clipped(ground, facts) for ground in grounds if ground.period.overlaps(facts.period)]
        decision = check_levels([facts], within)
        if not decision:
            for reason in decision.reasons:
                report(_ruled(line, reason))


def _clipped(ground: GroundFacts, span: LevelFacts) -> GroundFacts:
    days = ground.period.intersection(span.period) or ground.period
    return replace(ground, starts_on=days.starts_on, ends_on=days.ends_on)


def _title(code: str) -> str:
    return listed_offences()[code].title if code else ""
