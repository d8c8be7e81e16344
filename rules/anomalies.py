"""Looks at records that stand out, of one person on one day (R101). Not a fault: something for somebody to look at.

Users have no address here, so "neighbours" are several managed people of one postcode, none of whom is the user's own
case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from rules.calendar import SATURDAY, covered, is_working_day
from rules.core import Reason, cites
from rules.parameters import Parameters
from rules.vocabulary import AnomalyKind


@dataclass(frozen=True, slots=True)
class LookFacts:
    """A record opened or printed in an hour (0 to 23, as the clocks in London show it).

    `own_name`: the person is called like the user. `own_case`: the user is the named officer, or was let in by name.
    `by_area`: the user's role reaches every record of the area, so that any may be their work. `postcode`: of where
    the person lives that day, "" where several live by arrangement or nothing is known.
    """

    record: int
    hour: int
    own_name: bool = False
    own_case: bool = False
    by_area: bool = False
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class DayOfLooks:
    """One user's day: what was opened, how often they were refused, whether they searched for their own name.

    `taken_out`: records in files of lists, each with its hour. A file opens none of them: it has a limit and an entry
    of its own, and says nothing of whom somebody wanted to know about. Only its hour stands out.
    """

    day: date
    looks: tuple[LookFacts, ...] = ()
    refused: int = 0
    searched_own_name: bool = False
    taken_out: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One thing that stands out, why, and the records it is about."""

    kind: AnomalyKind
    reason: Reason
    records: frozenset[int] = field(default_factory=frozenset)


@cites("R101")
def own_name(day: DayOfLooks) -> Anomaly | None:
    """They looked for their own surname, or opened the record of somebody called like them."""
    records = frozenset(look.record for look in day.looks if look.own_name)
    if not records and not day.searched_own_name:
        return None
    said = []
    if day.searched_own_name:
        said.append("searched for their own name")
    if records:
        said.append(f"opened {_people(records)} of their own surname")
    return Anomaly(AnomalyKind.OWN_NAME, Reason(f"They {' and '.join(said)}", "R101"), records)


@cites("R101", params=("looks_at_neighbours",))
def neighbours(day: DayOfLooks, params: Parameters) -> Anomaly | None:
    """They opened several people of one postcode, none of them their own case."""
    living: dict[str, set[int]] = defaultdict(set)
    for look in day.looks:
        if look.postcode and not look.own_case:
            living[look.postcode].add(look.record)
    least = params.number("looks_at_neighbours", day.day)
    records = frozenset(record for found in living.values() if len(found) >= least for record in found)
    if not records:
        return None
    text = f"They opened {_people(records)} who share a postcode, none of them their own case"
    return Anomaly(AnomalyKind.NEIGHBOURS, Reason(text, "R101"), records)


@cites("R101", params=("looks_in_an_hour",))
def many_in_an_hour(day: DayOfLooks, params: Parameters) -> Anomaly | None:
    """They opened more records in one hour of the clock than work explains."""
    opened: dict[int, set[int]] = defaultdict(set)
    for look in day.looks:
        opened[look.hour].add(look.record)
    most = params.number("looks_in_an_hour", day.day)
    hour, records = max(opened.items(), key=lambda item: (len(item[1]), -item[0]), default=(0, set()))
    if len(records) <= most:
        return None
    reason = Reason(
        f"They opened {_people(records)} between {hour} and {hour + 1} o'clock", "R101", (("At most", str(most)),)
    )
    return Anomaly(AnomalyKind.MANY, reason, frozenset(records))


@cites("R101", params=("office_hours_from", "office_hours_until"))
def out_of_hours(day: DayOfLooks, params: Parameters) -> Anomaly | None:
    """They opened records, or took a file of them out, early, late, or on a day that is no working day.

    Beyond the list of bank holidays only weekends are known to be none.
    """
    first = params.number("office_hours_from", day.day)
    last = params.number("office_hours_until", day.day)
    works = is_working_day(day.day) if day.day in covered() else day.day.weekday() < SATURDAY

    def outside(hour: int) -> bool:
        return not works or not first <= hour < last

    opened = frozenset(look.record for look in day.looks if outside(look.hour))
    taken_out = frozenset(record for record, hour in day.taken_out if outside(hour))
    if not opened and not taken_out:
        return None
    said = [f"{verb} {_people(found)}" for verb, found in (("opened", opened), ("exported", taken_out)) if found]
    when = f"before {first} or from {last} o'clock on" if works else "on a day that is no working day"
    return Anomaly(AnomalyKind.OUT_OF_HOURS, Reason(f"They {' and '.join(said)} {when}", "R101"), opened | taken_out)


@cites("R101", params=("looks_outside_caseload",))
def outside_caseload(day: DayOfLooks, params: Parameters) -> Anomaly | None:
    """They opened many records that are not their own cases, in a role that does not reach the whole area."""
    records = frozenset(look.record for look in day.looks if not look.own_case and not look.by_area)
    most = params.number("looks_outside_caseload", day.day)
    if len(records) <= most:
        return None
    reason = Reason(f"They opened {_people(records)} who are not their cases", "R101", (("At most", str(most)),))
    return Anomaly(AnomalyKind.OUTSIDE_CASELOAD, reason, records)


@cites("R101", params=("refusals_in_a_day",))
def refusals(day: DayOfLooks, params: Parameters) -> Anomaly | None:
    """They asked again and again for what they may not have."""
    if day.refused < params.number("refusals_in_a_day", day.day):
        return None
    return Anomaly(AnomalyKind.REFUSALS, Reason(f"They were refused {day.refused} times", "R101"))


@cites("R101")
def anomalies(day: DayOfLooks, params: Parameters) -> tuple[Anomaly, ...]:
    """Everything that stands out on the day, in the order of the words."""
    found = (
        own_name(day),
        neighbours(day, params),
        many_in_an_hour(day, params),
        out_of_hours(day, params),
        outside_caseload(day, params),
        refusals(day, params),
    )
    return tuple(each for each in found if each is not None)


def _people(records: Collection[int]) -> str:
    return "one person" if len(records) == 1 else f"{len(records):,} people"
