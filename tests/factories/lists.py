"""Lists of agencies for tests, as rows: how they come about is tested with the services."""

from datetime import date
from itertools import count
from typing import Any

from agencies.models import Agency, Area, Membership
from exchange.models import Extract, ExtractFile, ExtractRow
from exchange.words import ExtractState, ListKind, Outcome
from mappa import clock

from .agencies import AgencyFactory

HEADINGS = ["PNC ID", "Surname", "Date of birth", "Ground", "Ground start", "Outcome", "Outcome date", "Offence"]
COLUMNS = ["pnc", "family_name", "date_of_birth", "ground", "ground_start", "outcome", "outcome_date", "offence"]
PERSON = [
    "2001/9000001P",
    "Agate",
    "1979-02-28",
    "notification",
    "2020-01-06",
    "conviction",
    "2020-01-06",
    "Common assault",
]
TABLE = "\r\n".join([",".join(HEADINGS), ",".join(PERSON)]).encode()

_numbers = count(1)


def extract(
    area: Area,
    state: ExtractState = ExtractState.READY,
    *,
    agency: Agency | None = None,
    membership: Membership | None = None,
    closed_on: date | None = None,
    kind: ListKind = ListKind.PEOPLE,
) -> Extract:
    """A list of the area, in this state; one that is still to be read has its file."""
    stored = Extract.objects.create(
        area=area,
        agency=agency or AgencyFactory.create(area=area),
        kind=kind,
        whole=True,
        state=state,
        membership=membership,
        digest="0" * 64,
        closed_on=closed_on,
        added_on=clock.today(),
    )
    if state in (ExtractState.HEADINGS, ExtractState.READING):
        known: list[str | None] = [*COLUMNS[:-1], None if state is ExtractState.HEADINGS else COLUMNS[-1]]
        ExtractFile.objects.create(extract=stored, content=TABLE, headings=HEADINGS, columns=known)
    return stored


def extract_row(extract: Extract, outcome: Outcome = Outcome.NEW, **more: Any) -> ExtractRow:
    """A row of the list, of somebody new unless said otherwise."""
    number = next(_numbers)
    facts: dict[str, Any] = {
        "line": None if outcome is Outcome.ABSENT else number,
        "said": [[number, dict(zip(COLUMNS, PERSON, strict=True))]],
        "family_name": PERSON[1],
    }
    return ExtractRow.objects.create(extract=extract, number=number, outcome=outcome, **facts | more)
