"""Numbers of invented people: real in form, with valid check characters, from ranges that belong to nobody."""

from rules.identity import PNC_LETTERS, check_identifier
from rules.vocabulary import IdentifierKind

_FIRST_SERIAL = 9_000_001
_FIRST_CRN = 900_001
_FIRST_NOMS = 9_001
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def pnc(index: int, year: int) -> str:
    """A PNC ID of the year with its check letter."""
    serial = _FIRST_SERIAL + index
    letter = PNC_LETTERS[int(f"{year % 100:02d}{serial:07d}") % len(PNC_LETTERS)]
    return f"{year}/{serial:07d}{letter}"


def crn(index: int) -> str:
    """A probation case reference."""
    return f"Z{_FIRST_CRN + index:06d}"


def noms(index: int) -> str:
    """A prison number: the letters run through before the figures rise."""
    figures, rest = divmod(index, len(_LETTERS) ** 2)
    first, second = divmod(rest, len(_LETTERS))
    return f"Z{_FIRST_NOMS + figures:04d}{_LETTERS[first]}{_LETTERS[second]}"


def cro(index: int, year: int) -> str:
    """A criminal records office number of the year."""
    return f"{900_001 + index % 99_998:06d}/{year % 100:02d}Z"


def nhs(index: int) -> str:
    """An NHS number of the test block 999, with its check figure; a block number without one is passed over."""
    base = 999_000_000 + index * 11 % 999_983
    while True:
        for figure in range(10):
            number = f"{base:09d}{figure}"
            if check_identifier(IdentifierKind.NHS, number).valid:
                return number
        base += 1


def visor(index: int) -> str:
    """A reference that the national register would never give."""
    return f"DEMO-{index + 1:04d}"
