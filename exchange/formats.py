"""How a cell is written and read: each format says in words what it takes, and reads it or says what would be right."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Protocol

from rules.bounds import FIRST_DAY, LAST_DAY, LONGEST_TERM_MONTHS, within_bounds
from rules.identity import check_identifier
from rules.vocabulary import AliasKind, IdentifierKind, Word

from .problems import CellError, Kind

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_BRITISH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_UNIT = r"years?|y|months?|m|weeks?|w|days?|d"
_TERM_PART = re.compile(r"([0-9]{1,4})\s*(" + _UNIT + r")\b[\s,]*", re.IGNORECASE)
_TERM = re.compile(rf"(?:{_TERM_PART.pattern})+", re.IGNORECASE)

# Sentences are passed in weeks or days when they are short.
_MOST_DAYS = 9_999
_YEARS = f"{FIRST_DAY.year} to {LAST_DAY.year}"
DATE_RIGHT = "Write it as 2023-03-31 or 31/03/2023"


class Format(Protocol):
    """What a column takes, in words, and how it is read. ``read`` raises ``CellError``; it never gets an empty cell."""

    @property
    def words(self) -> str: ...

    def read(self, text: str) -> object: ...


@dataclass(frozen=True)
class Text:
    """Free text up to a length."""

    longest: int

    @property
    def words(self) -> str:
        return f"text, at most {self.longest} characters"

    def read(self, text: str) -> str:
        if len(text) > self.longest:
            raise CellError(Kind.TOO_LONG, f"this is longer than {self.longest} characters", "Shorten it")
        return text


@dataclass(frozen=True)
class Number:
    """A number that recognises a person, as it is typed. One that fails its check is read all the same (R2)."""

    kind: IdentifierKind
    longest: int

    @property
    def words(self) -> str:
        return Text(self.longest).words

    def read(self, text: str) -> str:
        found = check_identifier(self.kind, Text(self.longest).read(text)).normalised
        if not found:
            raise CellError(Kind.NOT_A_NUMBER, "there is nothing here to know a person by", "Leave the cell empty")
        # The form by which it is found can be longer than what was typed, as capitals of some letters are.
        Text(self.longest).read(found)
        return text


@dataclass(frozen=True)
class Day:
    """A date, in the international or the British way of writing."""

    words: str = "date: `2023-03-31` or `31/03/2023`"

    def read(self, text: str) -> date:
        if found := _ISO.fullmatch(text):
            year, month, day = found.groups()
        elif found := _BRITISH.fullmatch(text):
            day, month, year = found.groups()
        else:
            raise CellError(Kind.NOT_A_DATE, "this is not a date that can be read without guessing", DATE_RIGHT)
        try:
            found_day = date(int(year), int(month), int(day))
        except ValueError:
            raise CellError(Kind.NOT_A_DATE, "there is no such day in the calendar", DATE_RIGHT) from None
        if not within_bounds(found_day):
            raise CellError(Kind.NOT_A_DATE, f"no case has a day outside the years {_YEARS}", "Correct the year")
        return found_day


@dataclass(frozen=True)
class BirthDate:
    """A date of birth, or the word that says it is not known."""

    words: str = "date as above, or `unknown`"

    def read(self, text: str) -> date | None:
        if text.casefold() == "unknown":
            return None
        return Day().read(text)


@dataclass(frozen=True)
class Code:
    """One of a list of words: its code or its label, in any case."""

    options: type[Word]
    what: str
    left_out: frozenset[str] = frozenset()

    @property
    def members(self) -> list[Word]:
        return [option for option in self.options if option.value and option.value not in self.left_out]

    @property
    def words(self) -> str:
        return "one of " + ", ".join(f"`{option.value}`" for option in self.members)

    def read(self, text: str) -> Word:
        found = _by_name(self.options).get(_plain(text))
        if found in self.members:
            return found
        codes = [option.value for option in self.members]
        near = suggestions(text, [*codes, *(option.label for option in self.members)])
        raise CellError(
            Kind.NOT_A_CODE, f"“{_short(text)}” is not {self.what}", f"{near}Give one of: {', '.join(codes)}"
        )


@dataclass(frozen=True)
class YesNo:
    """Yes or no; an empty cell is no."""

    words: str = "`yes` or `no` (empty means no)"

    def read(self, text: str) -> bool:
        answer = text.casefold()
        if answer not in ("yes", "y", "no", "n"):
            raise CellError(Kind.NOT_YES_OR_NO, "this is neither yes nor no", "Write yes or no")
        return answer in ("yes", "y")


@dataclass(frozen=True, slots=True)
class Term:
    """A length of sentence as it was passed: months and days are not turned into each other."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True)
class TermText:
    """A length in years, months, weeks and days."""

    words: str = "a length such as `18 months`, `2 years 6 months`, `364 days`, `16 weeks`"

    def read(self, text: str) -> Term:
        if not _TERM.fullmatch(text):
            raise CellError(
                Kind.NOT_A_TERM, "this is not a length of sentence", "Write it as 18 months, or 2 years 6 months"
            )
        months = days = 0
        for number, unit in _TERM_PART.findall(text):
            match unit[0].lower():
                case "y":
                    months += int(number) * 12
                case "m":
                    months += int(number)
                case "w":
                    days += int(number) * 7
                case _:
                    days += int(number)
        if months > LONGEST_TERM_MONTHS or days > _MOST_DAYS:
            reason = f"this is more than {LONGEST_TERM_MONTHS // 12} years, or than {_MOST_DAYS:,} days"
            raise CellError(Kind.NOT_A_TERM, reason, "Correct the length; life and indefinite sentences have none")
        return Term(months, days)


@dataclass(frozen=True, slots=True)
class OtherName:
    """Another name by which the person is known."""

    kind: AliasKind
    family_name: str
    given_names: str


@dataclass(frozen=True)
class OtherNames:
    """Aliases, nicknames and former names in one cell."""

    longest: int
    words: str = (
        "`SURNAME, Given names`, several separated by `;`. "
        "Begin with `nickname:` or `former:` when it is one (`nickname: Rocky`)"
    )

    def read(self, text: str) -> tuple[OtherName, ...]:
        return tuple(self._one(part.strip()) for part in text.split(";") if part.strip())

    def _one(self, text: str) -> OtherName:
        kind = AliasKind.ALIAS
        for mark, marked in (("nickname:", AliasKind.NICKNAME), ("former:", AliasKind.FORMER_NAME)):
            if text.casefold().startswith(mark):
                kind, text = marked, text[len(mark) :].strip()
        family_name, _, given_names = (part.strip() for part in text.partition(","))
        if not family_name:
            raise CellError(
                Kind.NOT_A_NAME, "another name has no surname", "Write SURNAME, Given names; or nickname: Rocky"
            )
        if max(len(family_name), len(given_names)) > self.longest:
            raise CellError(Kind.TOO_LONG, f"a name is longer than {self.longest} characters", "Shorten it")
        return OtherName(kind, family_name, given_names)


@cache
def _by_name(options: type[Word]) -> dict[str, Word]:
    """Every word by its code and by its label."""
    return {_plain(name): option for option in options for name in (option.label, option.value)}


def suggestions(text: str, known: Iterable[str]) -> str:
    """``Did you mean …? `` for a misspelt word of reference data; empty when nothing comes near."""
    by_plain = {_plain(word): word for word in known}
    near = difflib.get_close_matches(_plain(text), by_plain, n=2)
    return f"Did you mean {' or '.join(by_plain[word] for word in near)}? " if near else ""


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text).strip().casefold()


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
