"""Who a person is: numbers that can be checked, and the least that a record needs (R1 to R3, R5, R6).

A number that fails is kept and marked, never refused: real records are dirty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rules.bounds import FIRST_DAY, LAST_DAY, within_bounds
from rules.core import Decision, Reason, cites, long_date
from rules.facts import PersonFacts
from rules.vocabulary import IdentifierKind, Tenure

PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
PNC = re.compile(r"([0-9]{2,4})/([0-9]{1,7})([A-Z])")
PNC_WITHOUT_SLASH = re.compile(r"[0-9]{3,11}[A-Z]")
CRO = re.compile(r"[0-9]{1,6}/[0-9]{2}[A-Z]|SF[0-9]{2}/[0-9]{1,6}[A-Z]")
NOMS = re.compile(r"[A-Z][0-9]{4}[A-Z]{2}")
CRN = re.compile(r"[A-Z][0-9]{6}")
NHS = re.compile(r"[0-9]{10}")

NAMING = frozenset({IdentifierKind.PNC, IdentifierKind.CRN, IdentifierKind.NOMS, IdentifierKind.VISOR})
DUMMY_BIRTH_DATES = frozenset({date(1900, 1, 1), date(1901, 1, 1)})


@dataclass(frozen=True, slots=True)
class IdentifierCheck:
    """A number as it is kept: `normalised` is the form by which it is found; `reason` says what is wrong with it."""

    kind: IdentifierKind
    normalised: str
    valid: bool
    reason: Reason | None = None


@cites("R2", "R3")
def check_identifier(kind: IdentifierKind, value: str) -> IdentifierCheck:
    """The number in its canonical form, and whether its form and check character are right.

    A PNC ID becomes `YY/NNNNNNNL`, so that its long and short forms find each other. The code of the kind does for it
    too; a kind that does not exist raises `ValueError`. Only the figures 0 to 9 count as figures.
    """
    kind = IdentifierKind(kind)
    typed = re.sub(r"\s+", "", value).upper()
    if kind is IdentifierKind.PNC:
        return _pnc(typed)
    if kind is IdentifierKind.NHS:
        return _nhs(typed.replace("-", ""))
    if kind is IdentifierKind.VISOR:
        reason = None if typed else Reason("The ViSOR reference is empty", "R3")
        return IdentifierCheck(kind, typed, bool(typed), reason)
    pattern = {IdentifierKind.CRO: CRO, IdentifierKind.NOMS: NOMS, IdentifierKind.CRN: CRN}[kind]
    if pattern.fullmatch(typed):
        return IdentifierCheck(kind, typed, True)
    return IdentifierCheck(kind, typed, False, Reason(f"This is not how a {kind.label} is written: unverified", "R3"))


def _pnc(typed: str) -> IdentifierCheck:
    readings = _pnc_readings(typed)
    if not readings:
        text = "A PNC ID is year, number, letter, such as 2012/0012345A: unverified"
        return IdentifierCheck(IdentifierKind.PNC, typed, False, Reason(text, "R2"))
    for year, serial, letter in readings:
        if PNC_LETTERS[int(year + serial) % len(PNC_LETTERS)] == letter:
            return IdentifierCheck(IdentifierKind.PNC, f"{year}/{serial}{letter}", True)
    year, serial, letter = readings[0]
    text = "The letter of the PNC ID does not fit its number: unverified"
    return IdentifierCheck(IdentifierKind.PNC, f"{year}/{serial}{letter}", False, Reason(text, "R2"))


def _pnc_readings(typed: str) -> list[tuple[str, str, str]]:
    """Two figures of the year, seven of the number, the letter. Without a slash the year may have four or two."""
    slashed = PNC.fullmatch(typed)
    if slashed:
        year, serial, letter = slashed.groups()
        return [(year[-2:], serial.zfill(7), letter)]
    if not PNC_WITHOUT_SLASH.fullmatch(typed):
        return []
    figures, letter = typed[:-1], typed[-1]
    readings = [(figures[:length], figures[length:]) for length in (4, 2)]
    return [(year[-2:], serial.zfill(7), letter) for year, serial in readings if 1 <= len(serial) <= 7]


def _nhs(typed: str) -> IdentifierCheck:
    if not NHS.fullmatch(typed):
        text = "An NHS number has ten figures: unverified"
        return IdentifierCheck(IdentifierKind.NHS, typed, False, Reason(text, "R3"))
    total = sum(int(figure) * weight for figure, weight in zip(typed[:9], range(10, 1, -1), strict=True))
    if (11 - total % 11) % 11 == int(typed[9]):
        return IdentifierCheck(IdentifierKind.NHS, typed, True)
    text = "The last figure of the NHS number does not fit the others: unverified"
    return IdentifierCheck(IdentifierKind.NHS, typed, False, Reason(text, "R3"))


@cites("R1")
def may_record_person(person: PersonFacts, *, today: date) -> Decision:
    """Whether a record may be made: a surname or only name, and a date of birth or one naming identifier.

    An unknown date of birth is left empty, never filled with a dummy.
    """
    refusals = []
    if not person.surname.strip():
        refusals.append(Reason("Give a surname, or the only name", "R1"))
    if person.born_on is None and not NAMING & set(person.identifiers):
        text = "Give a date of birth, or one of: PNC ID, CRN, prison number, ViSOR reference"
        refusals.append(Reason(text, "R1"))
    if person.born_on in DUMMY_BIRTH_DATES:
        refusals.append(Reason("This looks like a dummy date of birth: leave it empty when it is unknown", "R1"))
    if person.born_on is not None and person.born_on > today:
        refusals.append(Reason("The date of birth lies ahead", "R1"))
    return Decision.of(refusals)


@cites("R1")
def may_have_happened(day: date, *, born_on: date | None) -> Decision:
    """Whether something of a person's life can lie on the day: not before birth, and within `rules.bounds`.

    `born_on` None: the date of birth is unknown, and only the bounds are asked.
    """
    if born_on is not None and day < born_on:
        return Decision.no(Reason("This day lies before the date of birth", "R1"))
    if not within_bounds(day):
        return Decision.no(Reason(f"The year must be from {FIRST_DAY.year} to {LAST_DAY.year}", "R1"))
    return Decision.yes()


@cites("R1")
def may_be_born_on(born_on: date | None, first_known_day: date | None) -> Decision:
    """Whether a date of birth goes with what is on record, of which `first_known_day` is the earliest day."""
    if born_on is None or first_known_day is None or may_have_happened(first_known_day, born_on=born_on):
        return Decision.yes()
    return Decision.no(Reason(f"Something is on record from {long_date(first_known_day)}, before this birth", "R1"))


@cites("R6")
def may_record_address(
    *, lines: str, no_fixed_abode: bool, closest_links: str, tenure: Tenure = Tenure.UNKNOWN
) -> Decision:
    """Whether an address may be recorded: its lines, or no fixed abode with the area of closest links."""
    if no_fixed_abode:
        if lines.strip():
            return Decision.no(Reason("No fixed abode: leave the address empty", "R6"))
        if tenure is not Tenure.UNKNOWN:
            return Decision.no(Reason("No fixed abode: it is nobody's home", "R6"))
        if not closest_links.strip():
            return Decision.no(Reason("No fixed abode: give the area of closest links", "R6"))
        return Decision.yes()
    if not lines.strip():
        return Decision.no(Reason('Give the address, or say "no fixed abode"', "R6"))
    return Decision.yes()


@cites("R6")
def another_address(starts_on: date) -> Reason:
    """Why an address does not end one that begins on the same day: that one would have no day left."""
    text = f"Another address is recorded from {long_date(starts_on)}: correct that one, with the reason"
    return Reason(f"{text}, or say that they live at another recorded address too", "R6")


@cites("R5")
def may_record_alias(*, surname: str) -> Decision:
    """Whether an alias may be recorded: nicknames are aliases like any other, and one name is enough."""
    return Decision.yes() if surname.strip() else Decision.no(Reason("Give the name", "R5"))
