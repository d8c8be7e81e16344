"""The columns of a file of nominals, as data: the reader obeys them and the documentation is made from them.

Every row names its person. What a row says beyond that is up to five blocks (a ground, a level, whereabouts, a lead
agency, a meeting); a block that is left empty says nothing. A person with two grounds has two rows.
"""

from dataclasses import dataclass
from enum import StrEnum

from rules.vocabulary import (
    Disposal,
    EndReason,
    GroundKind,
    IdentifierKind,
    Level,
    OffenceOutcome,
    OrderKind,
    Sex,
    Whereabouts,
)

from .formats import BirthDate, Code, Day, Format, Number, OtherNames, TermText, Text, YesNo

LONGEST_NAME = 100
_LONGEST_IDENTIFIER = 40
_LONGEST_KEY = 60
_LONGEST_LINE = 200
_LONGEST_FINDING = 2000
_LONGEST_ACTION = 500
_LONGEST_ADDRESS = 254


class Block(StrEnum):
    """What a column speaks of. The columns of one block in one row make one thing."""

    PERSON = "person"
    GROUND = "ground"
    LEVEL = "level"
    WHEREABOUTS = "whereabouts"
    LEAD_AGENCY = "lead_agency"
    MEETING = "meeting"
    ACTION = "action"

    @property
    def heading(self) -> str:
        return _HEADINGS[self]


_HEADINGS = {
    Block.PERSON: "The person",
    Block.GROUND: "A legal ground",
    Block.LEVEL: "A level",
    Block.WHEREABOUTS: "Whereabouts",
    Block.LEAD_AGENCY: "The lead agency",
    Block.MEETING: "A Level 2 or 3 meeting",
    Block.ACTION: "An open action",
}


class Needed(StrEnum):
    """When a cell must be filled."""

    NO = ""
    PERSON = "in one row of the person"
    BLOCK = "with anything else of its block"


@dataclass(frozen=True)
class Column:
    """One column: what it means, how it is written, an example, when it must be filled, the rule it serves."""

    name: str
    block: Block
    meaning: str
    format: Format
    example: str
    needed: Needed = Needed.NO
    rule: str = ""


def _number(kind: str) -> Number:
    return Number(IdentifierKind(kind), _LONGEST_IDENTIFIER)


COLUMNS: tuple[Column, ...] = (
    Column(
        "person", Block.PERSON,
        "Any text that is the same in all rows of the person and for nobody else. It joins the rows and is not stored. "
        "Left out, the first identifier of the row joins them", Text(_LONGEST_KEY), "17",
    ),
    Column("pnc", Block.PERSON, "PNC ID", _number("pnc"), "2001/9000123K", rule="R2"),
    Column("cro", Block.PERSON, "CRO number", _number("cro"), "900123/01K", rule="R3"),
    Column("noms", Block.PERSON, "Prison (NOMS) number", _number("noms"), "Z9123AA", rule="R3"),
    Column("crn", Block.PERSON, "Probation case reference", _number("crn"), "Z900123", rule="R3"),
    Column("nhs", Block.PERSON, "NHS number", _number("nhs"), "999 012 3452", rule="R3"),
    Column("visor", Block.PERSON, "ViSOR reference (never its content)", _number("visor"), "DEMO-0123"),
    Column(
        "family_name", Block.PERSON, "Surname, or the only name", Text(LONGEST_NAME), "Feldspar", Needed.PERSON, "R1",
    ),
    Column("given_names", Block.PERSON, "Given names", Text(LONGEST_NAME), "Anthony"),
    Column(
        "aliases", Block.PERSON, "Other names", OtherNames(LONGEST_NAME), "former: Shale, Tony; nickname: Rocky",
        rule="R5",
    ),
    Column("date_of_birth", Block.PERSON, "Date of birth", BirthDate(), "1979-02-28", Needed.PERSON, "R1"),
    Column("sex", Block.PERSON, "Sex; empty means not known", Code(Sex, "a word for sex"), "male"),
    Column(
        "panel_area", Block.PERSON, "Level 2 panel area: its name in the settings of the area", Text(LONGEST_NAME),
        "Erewash",
    ),
    Column(
        "ground", Block.GROUND, "Kind of legal ground. The category follows from it and is never typed",
        Code(GroundKind, "a kind of ground"), "qualifying_disposal", Needed.BLOCK, "R7",
    ),
    Column("ground_start", Block.GROUND, "First day of the ground", Day(), "2021-06-04", Needed.BLOCK, "R7"),
    Column("ground_end", Block.GROUND, "Last day of the ground; empty means no end", Day(), "2027-06-03", rule="R7"),
    Column(
        "ground_end_reason", Block.GROUND, "Why it ended, when it has", Code(EndReason, "a reason why a ground ends"),
        "licence_ended", rule="R23",
    ),
    Column(
        "offence", Block.GROUND,
        "The offence: code or title in the table of qualifying offences; any words for an offence outside it",
        Text(_LONGEST_LINE), "robbery", rule="R10",
    ),
    Column(
        "outcome", Block.GROUND, "Conviction, caution or finding", Code(OffenceOutcome, "an outcome"), "conviction",
        rule="R9, R17",
    ),
    Column(
        "outcome_date", Block.GROUND, "Date of the conviction, caution, finding or order", Day(), "2021-05-28",
        rule="R10",
    ),
    Column("service_court", Block.GROUND, "Convicted by a service court", YesNo(), "no", rule="R20"),
    Column(
        "terrorist_offence", Block.GROUND, "Terrorist offence, or found terrorist-connected", YesNo(), "no",
        rule="R19",
    ),
    Column(
        "disposal", Block.GROUND, "Sentence or other disposal", Code(Disposal, "a disposal"), "imprisonment",
        rule="R10",
    ),
    Column("disposal_date", Block.GROUND, "Date of it, when it is not the outcome's", Day(), "2021-06-04", rule="R10"),
    Column("term", Block.GROUND, "Length for that one offence, as passed", TermText(), "6 years", rule="R11, R12"),
    Column(
        "consecutive", Block.GROUND, "Is the length reached only by adding consecutive shorter terms?", YesNo(), "no",
        rule="R16",
    ),
    Column(
        "legal_confirmation", Block.GROUND, "Who confirmed added terms in law: name and role", Text(150), "",
        rule="R16",
    ),
    Column(
        "order", Block.GROUND, "Order behind a notification requirement", Code(OrderKind, "an order"), "shpo",
        rule="R9",
    ),
    Column("order_end", Block.GROUND, "Last day of that order", Day(), "", rule="R21"),
    Column(
        "finding_capacity", Block.GROUND, "Category 3: why the offence shows a capacity for serious harm",
        Text(_LONGEST_FINDING), "", rule="R17",
    ),
    Column(
        "finding_current", Block.GROUND,
        "Category 3: why the person may now cause serious harm that needs several agencies. "
        "Discretionary Category 4: why there is a risk of involvement in terrorism-related activity",
        Text(_LONGEST_FINDING), "", rule="R17, R19",
    ),
    Column("level", Block.LEVEL, "Level of management", Code(Level, "a level"), "1", Needed.BLOCK, "R32"),
    Column("level_start", Block.LEVEL, "First day at the level", Day(), "2021-07-01", Needed.BLOCK, "R32"),
    Column("level_end", Block.LEVEL, "Last day at the level; empty means it still holds", Day(), "", rule="R32"),
    Column(
        "whereabouts", Block.WHEREABOUTS, "Where the person is or was", Code(Whereabouts, "a word for whereabouts"),
        "community", Needed.BLOCK, "R85",
    ),
    Column("whereabouts_start", Block.WHEREABOUTS, "First day there", Day(), "2024-06-04", Needed.BLOCK, "R85"),
    Column("whereabouts_end", Block.WHEREABOUTS, "Last day there; empty means still there", Day(), "", rule="R85"),
    Column("place", Block.WHEREABOUTS, "Prison, hospital or hostel", Text(_LONGEST_LINE), "Limestone Way Lodge"),
    Column(
        "lead_agency", Block.LEAD_AGENCY, "The agency that leads: its name in the settings of the area", Text(120),
        "Probation Service East Midlands", Needed.BLOCK, "R97",
    ),
    Column(
        "lead_agency_start", Block.LEAD_AGENCY, "First day it leads; empty means from the first day of status", Day(),
        "2021-06-04", rule="R97",
    ),
    Column("lead_agency_end", Block.LEAD_AGENCY, "Last day it leads; empty means it still does", Day(), "", rule="R97"),
    Column(
        "last_meeting", Block.MEETING, "Last Level 2 or 3 meeting held about the person; the review clock runs from it",
        Day(), "2026-01-20", Needed.BLOCK, "R51",
    ),
    Column(
        "meeting_level", Block.MEETING, "Level of that meeting, when the level of its day is no longer 2 or 3",
        Code(Level, "a level of meetings", frozenset({Level.NOT_SET.value, Level.ONE.value})), "2", rule="R51",
    ),
    Column("next_meeting", Block.MEETING, "Next date set by the chair", Day(), "2026-05-05", rule="R54"),
)  # fmt: skip

# Of a list of open actions, which an agency sends: a register that is brought in as a whole has none of these.
ACTION_COLUMNS: tuple[Column, ...] = (
    Column(
        "action", Block.ACTION, "What is to be done, beginning with a verb", Text(_LONGEST_ACTION),
        "Confirm the tenancy offer with the landlord", Needed.BLOCK, "R69",
    ),
    Column(
        "agency", Block.ACTION, "The agency that does it: its name in the settings of the area", Text(120),
        "Erewash Borough Council", Needed.BLOCK, "R69",
    ),
    Column("given_on", Block.ACTION, "The day on which it was given", Day(), "2026-01-20", Needed.BLOCK, "R69"),
    Column("due_on", Block.ACTION, "The day by which it is done", Day(), "2026-02-17", Needed.BLOCK, "R69"),
    Column(
        "responsible", Block.ACTION, "Who does it: the e-mail address of somebody with a role in that agency",
        Text(_LONGEST_ADDRESS), "ash@example.org", rule="R69",
    ),
)  # fmt: skip

BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}
OF_LISTS: dict[str, Column] = BY_NAME | {column.name: column for column in ACTION_COLUMNS}

# In this order the first one of a row joins its rows and recognises the person.
IDENTIFIERS: dict[str, IdentifierKind] = {
    name: IdentifierKind(name) for name in ("pnc", "noms", "crn", "visor", "cro", "nhs")
}

# A file without these columns cannot hold a register.
MUST_HAVE: tuple[str, ...] = ("family_name", "date_of_birth", "ground", "ground_start")


def block(name: Block) -> list[Column]:
    """The columns of a block, in the order of the file."""
    return [column for column in OF_LISTS.values() if column.block is name]
