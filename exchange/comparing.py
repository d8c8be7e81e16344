"""People of a list beside the register: what each would be, and what of it somebody should know.

The same machinery as ``import_nominals`` (columns, checks, recognition, putting together), for lists that come again
and again: nothing is written here, every person has an answer of their own, and one bad row spoils no other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from agencies.models import Agency, Area, PanelArea
from agencies.parameters import parameters_for
from agencies.principal import Principal
from cases.models import Nominal
from cases.records import IdentifierRecord, PersonRecord
from meetings.records import ActionRecord
from rules.eligibility import category_of
from rules.vocabulary import Category, GroundKind, IdentifierKind

from .action_rows import Beside, action_of, as_change, as_checked, other_day
from .checking import check, check_merged
from .columns import IDENTIFIERS, OF_LISTS
from .differences import Change, Names, changes
from .entries import Person, each_alone, normalised, people
from .merging import differs, merged
from .nominals import same_person
from .problems import CellError, Kind, Problem
from .reader import Row
from .reference import Reference
from .stored import Key, Known, alike, known_as, recognised, stored_people
from .words import ListKind, Outcome


@dataclass(frozen=True, slots=True)
class Said:
    """The lines of one person. ``unreadable``: the file itself is wrong there, so they are recognised and no more."""

    line: int
    rows: Sequence[Row]
    unreadable: bool = False


@dataclass(slots=True)
class Compared:
    """What a person of the list is. ``record`` is what would stand: a new person, or the known one put together.

    Of a list of actions: ``action``, of the person recognised.
    """

    outcome: Outcome
    nominal_id: int | None = None
    record: PersonRecord | None = None
    action: ActionRecord | None = None
    changes: Sequence[Change] = ()
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    hints: set[int] = field(default_factory=set)
    fourth: bool = False


@dataclass(frozen=True)
class Desk:
    """What comparing needs besides the rows, read once. ``eyes``: whoever is not visible to them is not recognised."""

    eyes: Principal
    area: Area
    kind: ListKind
    today: date
    reference: Reference
    names: Names

    @classmethod
    def of(cls, area: Area, kind: ListKind, *, eyes: Principal, today: date) -> "Desk":
        names = Names(
            dict(PanelArea.objects.filter(area=area).values_list("pk", "name")),
            dict(Agency.objects.filter(area=area).values_list("pk", "name")),
        )
        return cls(eyes, area, kind, today, Reference.of(area, parameters_for(area)), names)

    @property
    def cleared(self) -> bool:
        return self.eyes.is_signed_in and self.eyes.category_4


def compare(batch: Sequence[Said], desk: Desk, *, earlier: Mapping[int, int], lock: bool = False) -> list[Compared]:
    """An answer for each, in order, at a constant number of queries.

    ``earlier``: people of the register who were recognised further up in the list, with their line. ``lock``: the
    people recognised are locked before they are read, for whoever writes in the same transaction.
    """
    problems: dict[int, list[Problem]] = defaultdict(list)
    readable = chain.from_iterable(one.rows for one in batch if not one.unreadable)
    of_actions = desk.kind is ListKind.ACTIONS
    read = each_alone if of_actions else people
    persons = {person.line: person for person in read(readable, lambda each: problems[each.line].append(each))}
    numbers = {one.line: _numbers(one) for one in batch}
    known = recognised(desk.eyes, desk.area, chain.from_iterable(numbers.values()))
    ids = {one.line: _holders(numbers[one.line], known) for one in batch}
    found = sorted(set().union(*ids.values()))
    if lock:
        list(Nominal.objects.select_for_update(no_key=True).filter(pk__in=found).order_by("pk").values_list("pk"))
    names, stored = known_as(found), {} if of_actions else stored_people(found)
    beside = Beside.of(desk.area, found, today=desk.today) if of_actions else None
    taken = dict(earlier)
    answers = []
    for one in batch:
        answer = Compared(Outcome.UNMATCHED, fourth=_speaks_of_category_4(one))
        answers.append(answer)
        mine = ids[one.line]
        if one.unreadable or len(mine) > 1:
            answer.hints = mine
            answer.nominal_id = next(iter(mine)) if len(mine) == 1 else None
            if not one.unreadable:
                answer.problems.append(_two_people(one.line, len(mine)))
            continue
        person = persons.get(one.line)
        if person is None:
            answer.problems = problems[one.line]
            continue
        answer.problems = [each for row in one.rows for each in problems[row.line]]
        if beside is not None:
            _answer_action(person, next(iter(mine), None), answer, desk, names, beside)
        else:
            _answer(person, next(iter(mine), None), answer, desk, stored, names, taken)
    _note_likeness(batch, answers, desk)
    return answers


def _answer(
    person: Person,
    nominal_id: int | None,
    answer: Compared,
    desk: Desk,
    stored: Mapping[int, PersonRecord],
    names: Mapping[int, Known],
    taken: dict[int, int],
) -> None:
    """Work the answer out for a person whose lines could be read."""
    answer.nominal_id = nominal_id
    if nominal_id is not None and (line := taken.setdefault(nominal_id, person.line)) != person.line:
        answer.problems.append(_twice(person.line, line))
        return
    known = stored.get(nominal_id) if nominal_id is not None else None
    if known is None and desk.kind is ListKind.MEETINGS:
        answer.problems.append(_not_known(person.line))
        return
    checked = check(
        person,
        desk.reference,
        today=desk.today,
        category_4=desk.cleared,
        report=answer.problems.append,
        note=answer.notes.append,
        known=known,
    )
    if answer.problems or checked is None:
        return
    if known is None or nominal_id is None:
        answer.outcome, answer.record = Outcome.NEW, checked.record
        return
    if not same_person(checked, names[nominal_id], answer.problems.append, answer.notes.append):
        answer.nominal_id, answer.hints = None, {nominal_id}
        return
    given = checked.record
    if desk.kind is ListKind.MEETINGS:
        # Names and numbers serve to recognise the person here, and change nothing.
        given = PersonRecord(area_id=known.area_id, family_name=known.family_name, meetings=given.meetings)
    together = merged(known, given)
    if not differs(together, known):
        answer.outcome = Outcome.UNCHANGED
    elif check_merged(person.line, known, together, desk.reference, today=desk.today, report=answer.problems.append):
        answer.outcome, answer.record = Outcome.CHANGED, together
        answer.changes = changes(known, together, desk.names)


def _answer_action(
    person: Person,
    nominal_id: int | None,
    answer: Compared,
    desk: Desk,
    names: Mapping[int, Known],
    beside: Beside,
) -> None:
    """Work the answer out for a row of a list of actions. The same person may stand in any number of them."""
    answer.nominal_id = nominal_id
    tell, note = answer.problems.append, answer.notes.append
    if nominal_id is None:
        tell(_not_known(person.line))
        return
    action = action_of(person, desk.reference, beside, today=desk.today, report=tell, note=note)
    if answer.problems or action is None or not person.good:
        return
    if not same_person(as_checked(person, desk.area), names[nominal_id], tell, note):
        answer.nominal_id, answer.hints = None, {nominal_id}
        return
    due_on = beside.due_on(nominal_id, action)
    if due_on is None:
        answer.outcome, answer.action, answer.changes = Outcome.NEW, action, [as_change(action, desk.names)]
        return
    answer.outcome = Outcome.UNCHANGED
    if due_on != action.due_on:
        note(other_day(person.line, due_on))


def _numbers(one: Said) -> list[IdentifierRecord]:
    """The numbers of the rows, as far as they can be read."""
    found = []
    for row in one.rows:
        for name, kind in IDENTIFIERS.items():
            if text := row.cells.get(name):
                try:
                    OF_LISTS[name].format.read(text)
                except CellError:
                    continue
                found.append(IdentifierRecord(IdentifierKind(kind), text))
    return found


def _holders(numbers: Iterable[IdentifierRecord], known: Mapping[Key, set[int]]) -> set[int]:
    keys = [(one.kind, normalised(one.kind, one.value)) for one in numbers]
    return set().union(*(known.get(key, set()) for key in keys))


def _speaks_of_category_4(one: Said) -> bool:
    for row in one.rows:
        if text := row.cells.get("ground"):
            try:
                if category_of(GroundKind(str(OF_LISTS["ground"].format.read(text)))) is Category.FOUR:
                    return True
            except CellError:
                continue
    return False


def _note_likeness(batch: Sequence[Said], answers: Sequence[Compared], desk: Desk) -> None:
    """Say of new people that somebody of their surname and date of birth is on record, to those who may know (R4)."""
    new = [(one, answer) for one, answer in zip(batch, answers, strict=True) if answer.outcome is Outcome.NEW]
    doubles = alike(desk.eyes, desk.area, [answer.record for _, answer in new if answer.record is not None])
    for one, answer in new:
        born_on = answer.record.date_of_birth if answer.record is not None else None
        if answer.record is None or born_on is None:
            continue
        if like := doubles.get((answer.record.family_name.upper(), born_on)):
            reason = "somebody with this surname and date of birth is in the register under other identifiers"
            right = "See whether they are one person"
            answer.notes.append(Problem(one.line, "family_name", Kind.RULE, reason, right, "R4"))
            answer.hints = set(like)


def _two_people(line: int, count: int) -> Problem:
    reason = f"the register knows the numbers of this person as those of {count} people"
    return Problem(line, "", Kind.TWO_PEOPLE, reason, "Correct the wrong one, in the list or in the register", "R4")


def _twice(line: int, earlier: int) -> Problem:
    reason = f"the register knows this person and the one on line {earlier} as one person"
    right = "Put their rows together, or correct the number"
    return Problem(line, "", Kind.TWO_PEOPLE, reason, right, "R4")


def _not_known(line: int) -> Problem:
    reason = "nobody in the register is known by these numbers"
    return Problem(line, "", Kind.NOT_KNOWN, reason, "Correct the number, or add the person first", "R4")
