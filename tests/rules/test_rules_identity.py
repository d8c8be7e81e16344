"""Identifiers and the least that a record needs."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.facts import PersonFacts
from rules.identity import (
    PNC_LETTERS,
    check_identifier,
    may_be_born_on,
    may_have_happened,
    may_record_address,
    may_record_alias,
    may_record_person,
)
from rules.vocabulary import IdentifierKind, Tenure

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("kind", "typed", "normalised", "valid"),
    [
        pytest.param(IdentifierKind.PNC, "2012/0000001X", "12/0000001X", False, id="PNC, wrong letter (R2)"),
        pytest.param(IdentifierKind.PNC, "03/1T", "03/0000001T", False, id="PNC, short, wrong letter (R2)"),
        pytest.param(IdentifierKind.PNC, "none", "NONE", False, id="PNC, no number at all (R2)"),
        pytest.param(IdentifierKind.PNC, "1/1A", "1/1A", False, id="PNC, one figure of the year (R2)"),
        pytest.param(IdentifierKind.CRO, "123456/99a", "123456/99A", True, id="CRO (R3)"),
        pytest.param(IdentifierKind.CRO, "sf39/1234B", "SF39/1234B", True, id="CRO, file form (R3)"),
        pytest.param(IdentifierKind.CRO, "1234567/99A", "1234567/99A", False, id="CRO, a figure too many (R3)"),
        pytest.param(IdentifierKind.NOMS, "a 1234 aa", "A1234AA", True, id="prison number (R3)"),
        pytest.param(IdentifierKind.NOMS, "A123AA", "A123AA", False, id="prison number, a figure short (R3)"),
        pytest.param(IdentifierKind.CRN, "x123456", "X123456", True, id="CRN (R3)"),
        pytest.param(IdentifierKind.CRN, "X12345", "X12345", False, id="CRN, a figure short (R3)"),
        pytest.param(IdentifierKind.NHS, "943 476 5919", "9434765919", True, id="NHS (R3)"),
        pytest.param(IdentifierKind.NHS, "943-476-5918", "9434765918", False, id="NHS, wrong last figure (R3)"),
        pytest.param(IdentifierKind.NHS, "943476591", "943476591", False, id="NHS, nine figures (R3)"),
        pytest.param(IdentifierKind.NHS, "1000000010", "1000000010", False, id="NHS, check figure would be ten (R3)"),
        pytest.param(IdentifierKind.VISOR, "demo-0001", "DEMO-0001", True, id="ViSOR, free text (R3)"),
        pytest.param(IdentifierKind.VISOR, " ", "", False, id="ViSOR, empty (R3)"),
        pytest.param(
            IdentifierKind.NHS, "９４３４７６５９１９", "９４３４７６５９１９", False, id="NHS, wide figures (R3)"
        ),
        pytest.param(IdentifierKind.CRN, "x12345６", "X12345６", False, id="CRN, a wide figure (R3)"),
        pytest.param("visor", "demo-0001", "DEMO-0001", True, id="a kind by its code (R3)"),
        pytest.param("pnc", "2012/0000001X", "12/0000001X", False, id="PNC by its code (R2)"),
    ],
)
def test_identifiers(kind: IdentifierKind, typed: str, normalised: str, valid: bool) -> None:
    check = check_identifier(kind, typed)
    assert (check.normalised, check.valid) == (normalised, valid)
    assert (check.reason is None) is valid


@given(st.integers(1950, 2049), st.integers(1, 9_999_999))
def test_every_way_to_write_a_pnc_id_finds_the_same(year: int, serial: int) -> None:
    letter = PNC_LETTERS[int(f"{year % 100:02d}{serial:07d}") % 23]
    found = {
        check_identifier(IdentifierKind.PNC, typed)
        for typed in (
            f"{year}/{serial}{letter}",
            f"{year % 100:02d}/{serial}{letter}",
            f"{year}/{serial:07d}{letter.lower()}",
            f"{year}{serial:07d}{letter}",
        )
    }
    assert len(found) == 1
    assert found.pop().valid


@given(st.integers(0, 99), st.integers(1, 9_999_999), st.sampled_from("ABCDEFGHJKLMNPQRTUVWXYZ"))
def test_only_one_letter_fits(year: int, serial: int, letter: str) -> None:
    right = PNC_LETTERS[(year * 10_000_000 + serial) % 23]
    assert check_identifier(IdentifierKind.PNC, f"{year:02d}/{serial}{letter}").valid is (letter == right)


@pytest.mark.parametrize(
    ("person", "allowed"),
    [
        pytest.param(PersonFacts("Galena", date(1990, 1, 1)), True, id="a name and a date of birth (R1)"),
        pytest.param(PersonFacts("Galena", None, (IdentifierKind.CRN,)), True, id="birth unknown, a CRN (R1)"),
        pytest.param(PersonFacts("Galena", None, (IdentifierKind.VISOR,)), True, id="birth unknown, ViSOR (R1)"),
        pytest.param(PersonFacts("Galena", None, (IdentifierKind.NHS,)), False, id="an NHS number is not enough (R1)"),
        pytest.param(PersonFacts("Galena"), False, id="a name alone (R1)"),
        pytest.param(PersonFacts("  ", date(1990, 1, 1)), False, id="no name (R1)"),
        pytest.param(PersonFacts("Galena", date(1900, 1, 1)), False, id="a dummy date of birth (R1)"),
        pytest.param(PersonFacts("Galena", TODAY), True, id="born today (R1)"),
        pytest.param(PersonFacts("Galena", date(2026, 11, 3)), False, id="born tomorrow (R1)"),
    ],
)
def test_the_least_a_record_needs(person: PersonFacts, allowed: bool) -> None:
    assert bool(may_record_person(person, today=TODAY)) is allowed


def test_no_fixed_abode_is_nobody_s_home() -> None:
    said = {"lines": "", "closest_links": "Erewash", "tenure": Tenure.COUNCIL}
    assert not may_record_address(no_fixed_abode=True, **said)
    assert may_record_address(no_fixed_abode=False, **(said | {"lines": "1 Toadstone Terrace"}))


@pytest.mark.parametrize(
    ("lines", "no_fixed_abode", "closest_links", "allowed"),
    [
        pytest.param("1 Toadstone Terrace", False, "", True, id="an address (R6)"),
        pytest.param("", False, "", False, id="neither (R6)"),
        pytest.param("", True, "Erewash", True, id="no fixed abode, with closest links (R6)"),
        pytest.param("", True, "", False, id="no fixed abode, without closest links (R6)"),
        pytest.param("1 Toadstone Terrace", True, "Erewash", False, id="both (R6)"),
    ],
)
def test_addresses(lines: str, no_fixed_abode: bool, closest_links: str, allowed: bool) -> None:
    decision = may_record_address(lines=lines, no_fixed_abode=no_fixed_abode, closest_links=closest_links)
    assert bool(decision) is allowed


def test_nicknames() -> None:
    assert may_record_alias(surname="Rocky")
    assert not may_record_alias(surname=" ")


def test_a_kind_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="passport"):
        check_identifier("passport", "1")  # type: ignore[arg-type]


BORN = date(1984, 5, 17)


@pytest.mark.parametrize(
    ("day", "born_on", "allowed"),
    [
        pytest.param(date(1984, 5, 16), BORN, False, id="the day before birth (R1)"),
        pytest.param(BORN, BORN, True, id="the day of birth (R1)"),
        pytest.param(date(1984, 5, 18), BORN, True, id="the day after (R1)"),
        pytest.param(date(1899, 12, 31), None, False, id="birth unknown, before 1900 (R1)"),
        pytest.param(date(1900, 1, 1), None, True, id="birth unknown, 1900 (R1)"),
        pytest.param(date(2200, 12, 31), BORN, True, id="the last day within bounds (R1)"),
        pytest.param(date(2201, 1, 1), BORN, False, id="beyond the bounds (R1)"),
    ],
)
def test_nothing_happens_before_birth(day: date, born_on: date | None, allowed: bool) -> None:
    assert bool(may_have_happened(day, born_on=born_on)) is allowed


@pytest.mark.parametrize(
    ("born_on", "first", "allowed"),
    [
        pytest.param(BORN, date(1984, 5, 16), False, id="something is known from the day before (R1)"),
        pytest.param(BORN, BORN, True, id="known from birth (R1)"),
        pytest.param(BORN, None, True, id="nothing known yet (R1)"),
        pytest.param(None, date(1950, 1, 1), True, id="birth unknown (R1)"),
    ],
)
def test_birth_goes_with_what_is_on_record(born_on: date | None, first: date | None, allowed: bool) -> None:
    assert bool(may_be_born_on(born_on, first)) is allowed
