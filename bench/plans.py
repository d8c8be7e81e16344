"""Eight weeks of every area's due people against its sittings: the plan beside first come, first placed, in seconds.

Run on the national register that `make bench` makes, as `MAPPA_EMBEDDED_DATABASE=mappa_national python -m bench.plans`.
It holds no sittings, so each area is given as many times as people, on two days of each week.
"""

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from rules.suggestions import Hearing, OpenSitting

WEEKS = 8
DAYS = (1, 3)
HOURS = (10, 11, 12, 13)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mappa.settings")
    django.setup()
    from rules.suggestions import planned

    worst, placed, first, seconds, areas = 0.0, 0, 0, 0.0, 0
    for people in _people():
        sittings = _sittings(people)
        begun = time.perf_counter()
        plan = planned(people, sittings)
        took = time.perf_counter() - begun
        in_time = sum(not line.days_late for line in plan.lines)
        by_turns = first_fit(people, sittings)
        assert in_time >= by_turns  # noqa: S101 - what this is here to show
        worst, seconds, areas = max(worst, took), seconds + took, areas + 1
        placed, first = placed + in_time, first + by_turns
    print(  # noqa: T201
        f"{areas} areas: {placed} people in time by the plan, {first} by turns; "
        f"{seconds:.2f} seconds, the slowest area {worst:.2f}"
    )


def _people() -> Iterator[list[Any]]:
    """The due people of each area, as the plan takes them."""
    from agencies.principal import Principal
    from mappa import clock
    from meetings.board import due_within, hearings_of

    today = clock.today()
    by_area: dict[int, list[Any]] = defaultdict(list)
    for row in due_within(Principal.system("bench", on=today), today=today):
        by_area[row.nominal.area_id].append(row)
    for _, rows in sorted(by_area.items()):
        yield list(hearings_of(rows, today=today).values())


def _sittings(people: Sequence[Any]) -> list[Any]:
    """Two days a week with as many times as there are people, of both levels in turn."""
    from mappa import clock
    from meetings.board import morning
    from rules.calendar import working_day_on_or_after
    from rules.suggestions import OpenSitting
    from rules.vocabulary import Level

    days = [
        working_day_on_or_after(clock.today() + timedelta(days=7 * week + day)) for week in range(WEEKS) for day in DAYS
    ]
    number = -(-len(people) // len(HOURS))
    return [
        OpenSitting(
            key,
            on := days[key % len(days)],
            Level.THREE if key % 5 == 0 else Level.TWO,
            tuple(morning(on) + timedelta(hours=hour) for hour in HOURS),
        )
        for key in range(number)
    ]


def first_fit(people: "Sequence[Hearing]", sittings: "Sequence[OpenSitting]") -> int:
    """How many are in time when each, the most urgent first, takes the earliest time left that will do."""
    from rules.suggestions import days_late, may_hear

    free = {each.key: len(each.times) for each in sittings}
    placed = 0
    for who in sorted(people, key=lambda each: each.urgency):
        for each in sorted(sittings, key=lambda each: each.on):
            if free[each.key] and not days_late(who, each.on) and may_hear(who, each):
                free[each.key] -= 1
                placed += 1
                break
    return placed


if __name__ == "__main__":
    main()
