"""Eight weeks of every area's due people against its sittings: the plan beside first come, first placed.

Run by `python -m bench` on the national register, and by `python -m bench --plans` alone. That register holds no
sittings, so each area is given some: on several patterns of days, and with fewer times than people, as many, and more.
The last line printed is for the program that asked.
"""

import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import django

from rules.calendar import working_day_on_or_after
from rules.core import DAY
from rules.suggestions import PLANNED_DAYS, Hearing, OpenSitting, Suggestion, days_late, may_hear, planned
from rules.vocabulary import Level

TITLE = "## Plans of eight weeks"
INTRODUCTION = f"""\
{TITLE}

"Fill the next eight weeks" beside first come, first placed: each person, the most urgent first, takes the earliest time
left that is in time, and who finds none the earliest after. Everybody of the national register whose Level 2 or 3
meeting is due and not placed, by area. Who is left without a time counts as late until the day after the last. Each
number is the plan's, and after the stroke that of first come, first placed; "fullest" is how many the fullest sitting
hears, on average. In the last row of each pattern the country is one area, for the time it takes.
"""


@dataclass(frozen=True)
class Pattern:
    """When sittings are: with so many times each, on these days of these weeks."""

    title: str
    weeks: Sequence[int]
    days: Sequence[int]
    times: int
    by_district: bool = False


PATTERNS = (
    Pattern("two days a week", range(8), (1, 3), 2),
    Pattern("every second Tuesday", range(0, 8, 2), (1,), 4),
    Pattern("in the last four weeks", range(4, 8), (0, 2, 4), 3),
    Pattern("by district", range(8), (2,), 3, by_district=True),
)
LEVEL_3_OF = 5  # one sitting of so many is of Level 3, for the whole area
SUPPLY = {"3 for 4 people": 0.75, "as many as people": 1.0, "3 for 2 people": 1.5}


@dataclass
class Found:
    """What came out, over all areas: of the plan, and of first come, first placed (``other_``)."""

    plans: int = 0
    people: int = 0
    late: int = 0
    other_late: int = 0
    days: int = 0
    other_days: int = 0
    fullest: int = 0
    other_fullest: int = 0
    better: int = 0
    worse: int = 0
    slowest_ms: float = 0.0


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mappa.settings")
    django.setup()
    from mappa import clock

    today = clock.today()
    areas = list(people_by_area(today))
    country = [each for people in areas for each in people]
    found = []
    for pattern in PATTERNS:
        for supply, share in SUPPLY.items():
            found.append(_row(pattern.title, supply, compared(areas, pattern, share, today)))
        found.append(_row(pattern.title, "as many, one area", compared([country], pattern, 1.0, today)))
    print(json.dumps(found))  # noqa: T201


def _row(pattern: str, supply: str, found: Found) -> dict[str, Any]:
    return {"pattern": pattern, "supply": supply, **asdict(found)}


def section(found: Sequence[dict[str, Any]]) -> str:
    """The section of the document."""
    areas = [row for row in found if row["plans"] > 1]
    plans, better, worse = (sum(row[what] for row in areas) for what in ("plans", "better", "worse"))
    lines = [
        INTRODUCTION,
        f"{plans} plans for areas: better {better} times, worse {worse} times, alike {plans - better - worse} times.",
        "",
        "| Sittings | times | plans | people | late | days late | fullest | better, worse | slowest, ms |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in found:
        full, other_full = (row[what] / row["plans"] for what in ("fullest", "other_fullest"))
        lines.append(
            f"| {row['pattern']} | {row['supply']} | {row['plans']} | {row['people']} "
            f"| {row['late']} / {row['other_late']} | {row['days']} / {row['other_days']} "
            f"| {full:.1f} / {other_full:.1f} | {row['better']}, {row['worse']} | {row['slowest_ms']:.0f} |"
        )
    return "\n".join([*lines, "", ""])


def people_by_area(today: date) -> Iterator[list[Hearing]]:
    """The due people of each area, as the plan takes them."""
    from agencies.principal import Principal
    from meetings.board import due_within, hearings_of

    by_area: dict[int, list[Any]] = defaultdict(list)
    for row in due_within(Principal.system("bench", on=today), today=today):
        by_area[row.nominal.area_id].append(row)
    for _, rows in sorted(by_area.items()):
        yield list(hearings_of(rows, today=today).values())


def compared(areas: Iterable[Sequence[Hearing]], pattern: Pattern, share: float, today: date) -> Found:
    """Both ways for each of these areas, with so many times for each person."""
    found = Found()
    for people in areas:
        sittings = sittings_of(people, pattern, round(len(people) * share), today)
        begun = time.perf_counter()
        plan = planned(people, sittings)
        found.slowest_ms = max(found.slowest_ms, (time.perf_counter() - begun) * 1000)
        turns = by_turns(people, sittings)
        ours, others = lateness(people, plan.lines, today), lateness(people, turns, today)
        found.plans += 1
        found.people += len(people)
        found.late, found.days = found.late + ours[0], found.days + ours[1]
        found.other_late, found.other_days = found.other_late + others[0], found.other_days + others[1]
        found.fullest, found.other_fullest = found.fullest + most(plan.lines), found.other_fullest + most(turns)
        found.better, found.worse = found.better + (ours < others), found.worse + (ours > others)
    return found


def lateness(people: Sequence[Hearing], lines: Iterable[Suggestion], today: date) -> tuple[int, int]:
    """How many are late or left, and how many days late they are together: fewer people first, then fewer days."""
    after = today + timedelta(days=PLANNED_DAYS) + DAY
    placed = {line.hearing: line.days_late for line in lines}
    days = [placed.get(who.key, days_late(who, after)) for who in people]
    return sum(each > 0 for each in days), sum(days)


def most(lines: Iterable[Suggestion]) -> int:
    """How many the fullest sitting hears."""
    return max(Counter(line.sitting for line in lines).values(), default=0)


def sittings_of(people: Sequence[Hearing], pattern: Pattern, times: int, today: date) -> list[OpenSitting]:
    """Sittings of this pattern with so many times together, spread over its days."""
    from meetings.board import morning

    days = [
        working_day_on_or_after(today + timedelta(days=7 * week + day))
        for week in pattern.weeks
        for day in pattern.days
    ]
    number = -(-times // pattern.times)
    districts = sorted({each.district for each in people if each.district is not None})
    found = []
    for key in range(number):
        on = days[key * len(days) // number if number < len(days) else key % len(days)]
        level = Level.THREE if key % LEVEL_3_OF == 0 else Level.TWO
        of_district = pattern.by_district and districts and level is Level.TWO
        hours = range(10, 10 + min(pattern.times, times - key * pattern.times))
        found.append(
            OpenSitting(
                key,
                on,
                level,
                tuple(morning(on) + timedelta(hours=hour) for hour in hours),
                district=districts[key % len(districts)] if of_district else None,
            )
        )
    return found


def by_turns(people: Iterable[Hearing], sittings: Iterable[OpenSitting]) -> list[Suggestion]:
    """First come, first placed: the most urgent first, and who finds no time in time after all the others."""
    free = {each.key: list(each.times) for each in sittings}
    by_day = sorted(sittings, key=lambda each: (each.on, each.key))
    waiting = sorted(people, key=lambda each: each.urgency)
    lines: list[Suggestion] = []
    for may_be_late in (False, True):
        left = []
        for who in waiting:
            fits = (each for each in by_day if free[each.key] and may_hear(who, each))
            place = next((each for each in fits if may_be_late or not days_late(who, each.on)), None)
            if place is None:
                left.append(who)
            else:
                at = free[place.key].pop(0)
                lines.append(Suggestion(who.key, place.key, at, place.on, days_late(who, place.on)))
        waiting = left
    return lines


if __name__ == "__main__":
    main()
