"""What a list changes of a person, in words: which fact, how it stands in the register, how the list has it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
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
from rules.core import long_date
from rules.vocabulary import Sex, Word


class Fact(Word):
    """The kinds of change by which rows are told apart and accepted together."""

    NAME = "name", "Name"
    BIRTH = "birth", "Date of birth or sex"
    PANEL_AREA = "panel_area", "Panel area"
    IDENTIFIERS = "identifiers", "Numbers"
    ALIASES = "aliases", "Other names"
    GROUNDS = "grounds", "Legal grounds"
    LEVELS = "levels", "Levels"
    WHEREABOUTS = "whereabouts", "Whereabouts"
    LEAD_AGENCIES = "lead_agencies", "Lead agency"
    MEETINGS = "meetings", "Meetings"
    ACTIONS = "actions", "Actions"


@dataclass(frozen=True, slots=True)
class Change:
    """One fact, as the register has it and as the list has it; an empty text is nothing."""

    kind: str
    what: str
    before: str
    after: str

    def as_row(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Names:
    """Names of what records know by its key only."""

    panel_areas: Mapping[int, str]
    agencies: Mapping[int, str]


def changes(stored: PersonRecord, together: PersonRecord, names: Names) -> list[Change]:
    """What differs between the person of the register and the same person as they would stand."""
    return [*_own(stored, together, names), *_listed(stored, together, names)]


def _own(stored: PersonRecord, together: PersonRecord, names: Names) -> Iterator[Change]:
    for kind, what, field, words in (
        (Fact.NAME, "Surname", "family_name", str),
        (Fact.NAME, "Given names", "given_names", str),
        (Fact.BIRTH, "Date of birth", "date_of_birth", _day),
        (Fact.BIRTH, "Sex", "sex", lambda sex: Sex(sex).label),
        (Fact.PANEL_AREA, "Panel area", "panel_area_id", lambda pk: names.panel_areas.get(pk, "") if pk else ""),
    ):
        before, after = getattr(stored, field), getattr(together, field)
        if before != after:
            yield Change(kind, what, words(before), words(after))


def _listed(stored: PersonRecord, together: PersonRecord, names: Names) -> Iterator[Change]:
    """Rows of lists that are not the same on both sides, paired by what they are of."""
    for kind, what, field, key, words in _LISTS:
        old, new = getattr(stored, field), getattr(together, field)
        gone = [row for row in old if row not in new]
        come = [row for row in new if row not in old]
        for row in gone:
            partner = next((other for other in come if key(other) == key(row)), None)
            if partner is not None:
                come.remove(partner)
            yield Change(kind, what, words(row, names), "" if partner is None else words(partner, names))
        for row in come:
            yield Change(kind, what, "", words(row, names))


def _day(day: date | None) -> str:
    return "" if day is None else long_date(day)


def _days(row: Any) -> str:
    ends = f" to {long_date(row.ends_on)}" if row.ends_on else ""
    return f"from {long_date(row.starts_on)}{ends}"


def _identifier(row: IdentifierRecord, _: Names) -> str:
    return f"{row.kind.label}: {row.value}"


def _alias(row: AliasRecord, _: Names) -> str:
    return f"{row.family_name}{f', {row.given_names}' if row.given_names else ''} ({row.kind.label.lower()})"


def _ground(row: GroundRecord, _: Names) -> str:
    told = [row.kind.label, _days(row)]
    if row.offence_code or row.offence_text:
        told.append((row.offence_code or row.offence_text).replace("-", " "))
    told += [word.label for word in (row.outcome, row.disposal, row.end_reason) if word is not None]
    if row.term_months or row.term_days:
        told.append(f"{row.term_months or 0} months {row.term_days or 0} days")
    told += [f"{name}: {text}" for name, text in _more(row) if text]
    return ", ".join(told)


def _more(row: GroundRecord) -> Sequence[tuple[str, str]]:
    return (
        ("order", row.order.label if row.order.value else ""),
        ("outcome of", _day(row.outcome_on)),
        ("disposal of", _day(row.disposal_on)),
        ("order ends", _day(row.order_ends_on)),
        ("confirmed by", row.legal_confirmation),
        ("capacity", row.finding_capacity),
        ("now", row.finding_current),
    )


def _level(row: LevelRecord, _: Names) -> str:
    return f"{row.level.label}, {_days(row)}"


def _whereabouts(row: WhereaboutsRecord, _: Names) -> str:
    return f"{row.kind.label}{f', {row.place}' if row.place else ''}, {_days(row)}"


def _lead(row: LeadAgencyRecord, names: Names) -> str:
    return f"{names.agencies.get(row.agency_id, f'agency {row.agency_id}')}, {_days(row)}"


def _meeting(row: MeetingRecord, _: Names) -> str:
    following = f", next on {long_date(row.next_on)}" if row.next_on else ""
    return f"{row.level.label}, held on {long_date(row.held_on)}{following}"


_LISTS: tuple[tuple[Fact, str, str, Callable[[Any], object], Callable[[Any, Names], str]], ...] = (
    (Fact.IDENTIFIERS, "Number", "identifiers", lambda row: (row.kind, row.value), _identifier),
    (Fact.ALIASES, "Other name", "aliases", lambda row: row, _alias),
    (Fact.GROUNDS, "Legal ground", "grounds", lambda row: (row.kind, row.starts_on), _ground),
    (Fact.LEVELS, "Level", "levels", lambda row: row.starts_on, _level),
    (Fact.WHEREABOUTS, "Whereabouts", "whereabouts", lambda row: row.starts_on, _whereabouts),
    (Fact.LEAD_AGENCIES, "Lead agency", "lead_agencies", lambda row: row.starts_on, _lead),
    (Fact.MEETINGS, "Meeting", "meetings", lambda row: row.held_on, _meeting),
)
