"""The headings of an agency's list, and the columns they stand for.

Every agency names its columns in its own way. A heading is recognised by the name of a column, by words that people
use for it, or by what somebody said of this heading of this agency before.
"""

import re
from collections.abc import Mapping, Sequence

from .columns import ACTION_COLUMNS, COLUMNS, IDENTIFIERS, Block, Column
from .words import ListKind

LEFT_OUT = ""

# In small letters, single spaces, without signs. Names of the columns themselves are known besides.
_WORDS: dict[str, tuple[str, ...]] = {
    "person": ("key", "person key"),
    "pnc": ("pnc id", "pnc number", "pnc no", "pncid", "police national computer"),
    "cro": ("cro number", "cro no"),
    "noms": ("noms number", "noms no", "noms id", "prison number", "prison no", "nomis number"),
    "crn": ("crn number", "case reference", "case reference number", "delius crn", "ndelius crn"),
    "nhs": ("nhs number", "nhs no"),
    "visor": ("visor reference", "visor ref", "visor number", "visor no", "mapps reference"),
    "family_name": ("surname", "last name", "name surname"),
    "given_names": ("forename", "forenames", "first name", "first names", "given name", "forename s"),
    "aliases": ("alias", "also known as", "aka", "other names"),
    "date_of_birth": ("dob", "born", "birth date", "d o b", "date birth"),
    "sex": ("gender",),
    "panel_area": ("panel", "level 2 panel", "district", "local panel area"),
    "ground": ("legal ground", "kind of ground", "ground kind"),
    "ground_start": ("ground start date", "mappa start", "mappa start date", "status start"),
    "ground_end": ("ground end date", "mappa end", "mappa end date", "licence end", "notification end"),
    "offence": ("index offence", "main offence"),
    "outcome_date": ("conviction date", "date of conviction", "convicted on"),
    "disposal": ("sentence", "sentence type"),
    "disposal_date": ("sentence date", "date of sentence", "sentenced on"),
    "term": ("sentence length", "length of sentence"),
    "level": ("mappa level", "level of management", "mappa level of management"),
    "level_start": ("level from", "level start date", "level date", "mappa level date"),
    "whereabouts": ("where", "status in custody", "location type"),
    "whereabouts_start": ("whereabouts from", "there since", "location from"),
    "place": ("establishment", "prison", "hospital", "institution"),
    "lead_agency": ("lead", "leading agency"),
    "last_meeting": ("last meeting date", "date of last meeting", "last mappa meeting", "meeting date", "held on"),
    "meeting_level": ("level of meeting", "level of the meeting"),
    "next_meeting": ("next meeting date", "date of next meeting", "next review"),
    "action": ("what", "action agreed", "what is to be done", "open action", "task"),
    "agency": ("action owner", "owner", "owning agency", "action for", "who", "by whom"),
    "given_on": ("given", "date given", "agreed on", "date agreed", "date set", "raised on", "date raised"),
    "due_on": ("due", "due date", "date due", "by when", "target date", "deadline"),
    "responsible": ("person responsible", "responsible person", "responsible officer", "e mail", "email"),
}

_NAMED = ("family_name", "given_names", "date_of_birth", "person", *IDENTIFIERS)


def plain(heading: str) -> str:
    """A heading as it is compared: small letters and figures, single spaces."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", heading.casefold()).split())


def columns_for(kind: ListKind) -> list[Column]:
    """The columns that a list of this kind can have."""
    if kind is ListKind.PEOPLE:
        return list(COLUMNS)
    if kind is ListKind.ACTIONS:
        return [*(column for column in COLUMNS if column.name in _NAMED), *ACTION_COLUMNS]
    return [column for column in COLUMNS if column.block is Block.MEETING or column.name in _NAMED]


def recognise(headings: Sequence[str], kind: ListKind, said: Mapping[str, str]) -> list[str | None]:
    """For each heading its column, :data:`LEFT_OUT`, or None when nobody knows. An empty heading is left out.

    ``said``: what was said of headings of this agency, by their plain form. A column is given once.
    """
    known = _known(kind)
    names = set(known.values())
    found: list[str | None] = []
    for heading in headings:
        text = plain(heading)
        column = LEFT_OUT if not text else said.get(text, known.get(text))
        # What was said may name a column that is no longer there.
        if column and (column not in names or column in found):
            column = None
        found.append(column)
    return found


def _known(kind: ListKind) -> dict[str, str]:
    names = {column.name for column in columns_for(kind)}
    known = {plain(name): name for name in names}
    known |= {word: name for name, words in _WORDS.items() if name in names for word in words}
    if kind is ListKind.MEETINGS:
        # A list of meetings has no other level than theirs.
        known |= dict.fromkeys(("level", "mappa level"), "meeting_level")
    return known


def missing(columns: Sequence[str | None], kind: ListKind) -> list[str]:
    """Sentences on what the columns lack, so that no row could be matched."""
    there = {column for column in columns if column}
    lacks = []
    if not there & set(IDENTIFIERS):
        lacks.append(f"One column must hold a number by which people are known: {', '.join(IDENTIFIERS)}.")
    lacks += [
        f"No column holds the {words}, without which a number alone recognises nobody."
        for name, words in (("family_name", "surname"), ("date_of_birth", "date of birth"))
        if name not in there
    ]
    if kind is ListKind.MEETINGS and "last_meeting" not in there:
        lacks.append("No column holds the date of the last meeting.")
    if kind is ListKind.ACTIONS:
        lacks += [
            f"No column holds {words}."
            for name, words in (
                ("action", "what is to be done"),
                ("agency", "the agency that does it"),
                ("given_on", "the day on which it was given"),
                ("due_on", "the day by which it is done"),
            )
            if name not in there
        ]
    return lacks
