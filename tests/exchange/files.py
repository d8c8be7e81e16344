"""Files of nominals for tests: rows as dictionaries, written as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date

from agencies.models import Area
from exchange.columns import COLUMNS
from exchange.reference import Reference
from rules.identity import PNC_LETTERS
from rules.parameters import Parameters

TODAY = date(2026, 3, 16)

CATEGORY_1 = {
    "ground": "notification",
    "ground_start": "2020-01-06",
    "offence": "Exposure",
    "outcome": "conviction",
    "outcome_date": "2020-01-06",
}
CATEGORY_2 = {
    "ground": "qualifying_disposal",
    "ground_start": "2020-01-06",
    "offence": "robbery",
    "outcome": "conviction",
    "outcome_date": "2020-01-06",
    "disposal": "imprisonment",
    "term": "5 years",
}
CATEGORY_3 = {
    "ground": "other_dangerous",
    "ground_start": "2020-01-06",
    "offence": "Common assault",
    "outcome": "conviction",
    "outcome_date": "2020-01-06",
    "finding_capacity": "Three assaults in one year, each worse.",
    "finding_current": "Threats to a former partner; several agencies are needed.",
}
LEVEL_1 = {"level": "1", "level_start": "2020-02-03"}
LEVEL_2 = {"level": "2", "level_start": "2020-01-06"}
COMMUNITY = {"whereabouts": "community", "whereabouts_start": "2020-01-06"}


def pnc(serial: int) -> str:
    """An invented PNC ID with a right check letter: serial numbers from 9,000,001."""
    number = f"{9_000_000 + serial:07d}"
    return f"2001/{number}{PNC_LETTERS[int(f'01{number}') % 23]}"


def person(serial: int, **cells: str) -> dict[str, str]:
    """The cells that name a person."""
    return {
        "pnc": pnc(serial),
        "family_name": "Feldspar",
        "given_names": f"Case {serial}",
        "date_of_birth": "1979-02-28",
        **cells,
    }


def row(serial: int, *blocks: Mapping[str, str], **cells: str) -> dict[str, str]:
    """A first row of a person with these blocks."""
    result = person(serial)
    for block in blocks:
        result.update(block)
    return result | cells


def more(serial: int, *blocks: Mapping[str, str], **cells: str) -> dict[str, str]:
    """A further row of the same person."""
    result = {"pnc": pnc(serial)}
    for block in blocks:
        result.update(block)
    return result | cells


def as_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """The rows under all columns, as bytes of a file."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [column.name for column in COLUMNS], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def reference() -> Reference:
    """Two panel areas and two agencies of an area that no database has."""
    return Reference.made(
        Area(pk=1, name="Derbyshire", slug="derbyshire"),
        panel_areas=[(11, "Erewash", "erewash"), (12, "High Peak", "high-peak")],
        agencies=[(21, "Derbyshire Constabulary", "police"), (22, "Probation Service East Midlands", "probation")],
        params=Parameters(),
    )
