"""The dated table of offences that can carry Category 2. Data, not code: `rules/data/schedule_15.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from rules.core import Period, cites

# Offences that are domestic abuse or stalking by what they are; with any other, the pattern is said in words.
ABUSE_OR_STALKING = frozenset({"stalking-fear-of-violence", "coercive-behaviour"})


@dataclass(frozen=True, slots=True)
class ListedOffence:
    """One row of the table. `asks_about_earlier_sentences`: how far back the addition reaches is unsettled (R15)."""

    code: str
    title: str
    provision: str
    part: str
    valid: Period
    asks_about_earlier_sentences: bool = False


@cache
def listed_offences() -> Mapping[str, ListedOffence]:
    """Every row of the table by its code, in the order of the statute."""
    rows = json.loads((files("rules") / "data" / "schedule_15.json").read_text(encoding="utf-8"))["offences"]
    return MappingProxyType(
        {
            row["code"]: ListedOffence(
                row["code"],
                row["title"],
                row["provision"],
                row["part"],
                Period(
                    date.fromisoformat(row["valid_from"]),
                    date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                ),
                row.get("earlier_sentences") == "R15",
            )
            for row in rows
        }
    )


@cites("R10")
def offence_in_table(code: str, convicted_on: date) -> ListedOffence | None:
    """The row of the table that covers the offence for a conviction on that day, or None."""
    row = listed_offences().get(code)
    return row if row and convicted_on in row.valid else None
