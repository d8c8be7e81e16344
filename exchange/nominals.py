"""A register brought in from a file: one transaction or none, a batch at a time."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import BinaryIO

from django.db import connection, transaction

from agencies.access import can_in_area
from agencies.models import Area
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from cases.models import Nominal
from cases.records import PersonRecord
from cases.services.bulk import insert_people, replace_people
from rules.vocabulary import AliasKind

from .checking import Checked, check, check_merged
from .entries import Seen, normalised, people
from .merging import differs, merged
from .problems import Kind, Problem, Report
from .reader import rows
from .reference import Reference
from .stored import Known, alike, known_as, plain_name, recognised, stored_people

BATCH = 500


@dataclass
class Outcome:
    """What was found in a file, and whether it was kept."""

    people: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: int = 0
    kept: bool = False


def bring_in(
    file: BinaryIO,
    *,
    by: Principal,
    area: Area,
    today: date,
    dry_run: bool,
    report: Report,
    note: Report,
    progress: Callable[[], None] = lambda: None,
) -> Outcome:
    """Bring in the file, or nothing of it. Problems are told one by one as they are met, to the last row.

    ``dry_run`` writes as well, so that the database has its say, and takes everything back. Raises ``Refused`` when
    ``by`` may bring in no file.
    """
    can_in_area(by, Perm.REGISTER_IMPORT, area.pk).or_refuse()
    outcome = Outcome()

    def told(problem: Problem) -> None:
        outcome.problems += 1
        report(problem)

    with transaction.atomic(), closing(Seen()) as seen:
        # One import of an area at a time: a second one waits, and then recognises the people of the first.
        Area.objects.select_for_update(no_key=True).get(pk=area.pk)
        reference = Reference.of(area, parameters_for(area))
        found = people(rows(file, told), told)
        cleared = by.is_signed_in and by.category_4
        checked = (
            check(person, reference, today=today, category_4=cleared, report=told, note=note) for person in found
        )
        for batch in _batches(checked):
            outcome.people += len(batch)
            good = _sorted_out([one for one in batch if one is not None], by, area, seen, told, note)
            # After the first problem nothing will be kept: the rest is only read, for its own problems.
            if not outcome.problems:
                _write(good, by, today, reference, outcome, told)
            progress()
        if not outcome.problems:
            # What the database checks at the end it checks in a dry run too.
            connection.check_constraints()
        outcome.kept = not outcome.problems and not dry_run
        if not outcome.kept:
            transaction.set_rollback(True)
    return outcome


@dataclass(frozen=True, slots=True)
class _Sorted:
    """A person of the file, and the one of the register in whom they were recognised."""

    line: int
    record: PersonRecord
    nominal_id: int | None


def _sorted_out(
    batch: list[Checked], by: Principal, area: Area, seen: Seen, report: Report, note: Report
) -> list[_Sorted]:
    doubles = alike(by, area, [person.record for person in batch])
    known = recognised(by, area, (one for person in batch for one in person.record.identifiers))
    names = known_as(set().union(*known.values()))
    result = []
    for person in batch:
        keys = [(one.kind, normalised(one.kind, one.value)) for one in person.record.identifiers]
        ids = set().union(*(known.get(key, set()) for key in keys))
        if len(ids) > 1:
            reason = f"the register knows these identifiers ({', '.join(person.columns)}) as those of {len(ids)} people"
            right = "Correct the wrong one, here or in the register"
            report(Problem(person.line, person.columns[0], Kind.TWO_PEOPLE, reason, right, "R4"))
            continue
        nominal_id = next(iter(ids), None)
        if nominal_id is not None and (earlier := seen.first(str(nominal_id), person.line)) != person.line:
            reason = f"the register knows this person and the one on line {earlier} as one person"
            right = "Put their rows together under one key, or correct the identifier"
            report(Problem(person.line, person.columns[0], Kind.TWO_PEOPLE, reason, right, "R4"))
            continue
        if nominal_id is not None and not same_person(person, names[nominal_id], report, note):
            continue
        if nominal_id is None and (person.record.family_name.upper(), person.record.date_of_birth) in doubles:
            reason = "somebody with this surname and date of birth is in the register under other identifiers"
            note(Problem(person.line, "family_name", Kind.RULE, reason, "See whether they are one person", "R4"))
        result.append(_Sorted(person.line, person.record, nominal_id))
    return result


def same_person(person: Checked, known: Known, report: Report, note: Report) -> bool:
    """Whether surname or date of birth bears out what the identifier says: one number may be a slip of the keyboard.

    A date of birth that is not known on either side bears out nothing. What the report says is of the identifier only.
    """
    given = person.record
    surname = plain_name(given.family_name)
    own = {surname, *(plain_name(one.family_name) for one in given.aliases if one.kind is not AliasKind.NICKNAME)}
    both_born = given.date_of_birth is not None and known.born_on is not None
    if own.isdisjoint(known.surnames) and not (both_born and given.date_of_birth == known.born_on):
        reason = "the register knows this identifier as that of somebody with another surname and date of birth"
        right = "Correct the identifier; if it is the same person, correct the record on its page first"
        report(Problem(person.line, person.columns[0], Kind.ANOTHER_PERSON, reason, right, "R4"))
        return False
    right = "See whether they are one person; the file's word will stand"
    if surname != known.family_name:
        reason = "the register knows this person by another surname"
        note(Problem(person.line, "family_name", Kind.RULE, reason, right, "R4"))
    if both_born and given.date_of_birth != known.born_on:
        reason = "the register knows this person with another date of birth"
        note(Problem(person.line, "date_of_birth", Kind.RULE, reason, right, "R4"))
    return True


def _write(
    batch: list[_Sorted], by: Principal, today: date, reference: Reference, outcome: Outcome, report: Report
) -> None:
    new = [one.record for one in batch if one.nominal_id is None]
    known = {one.nominal_id: one for one in batch if one.nominal_id is not None}
    # Locked before they are read, so that an edit of this moment is not overwritten with what stood before.
    stored = stored_people(
        list(
            Nominal.objects.select_for_update(no_key=True)
            .filter(pk__in=known)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
    )
    changed = {}
    for nominal_id, one in known.items():
        together = merged(stored[nominal_id], one.record)
        if differs(together, stored[nominal_id]) and check_merged(
            one.line, stored[nominal_id], together, reference, today=today, report=report
        ):
            changed[nominal_id] = together
    if outcome.problems:
        return
    if new:
        insert_people(by=by, today=today, batch=new)
    if changed:
        replace_people(by=by, today=today, batch=changed)
    outcome.added += len(new)
    outcome.changed += len(changed)
    outcome.unchanged += len(known) - len(changed)


def _batches(checked: Iterable[Checked | None]) -> Iterator[list[Checked | None]]:
    source = iter(checked)
    while batch := list(islice(source, BATCH)):
        yield batch
