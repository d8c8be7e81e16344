"""Fills an empty register with the invented people of all 42 areas."""

from collections.abc import Callable
from datetime import date, timedelta

from agencies.models import Area
from agencies.principal import Principal
from agencies.reference import load_all
from cases.services.copying import copy_people

from .people import People
from .places import settle

PEOPLE = 100_000
_BATCH = 2_500
_STARTED = timedelta(days=365)


def load(*, today: date, people: int, seed: int, progress: Callable[[str], None]) -> int:
    """Write ``people`` people, as many in each area as in any other; returns how many there are now.

    Each batch is a transaction of its own: what was interrupted is begun again with an empty database.
    """
    by = Principal.system("load_national", on=today)
    load_all(by, today)
    areas = list(Area.objects.order_by("name"))
    done = 0
    for number, area in enumerate(areas):
        place = settle(area, by=by, starts_on=today - _STARTED)
        own = People(place, today=today, seed=seed * len(areas) + number)
        share = range(number, people, len(areas))
        records = [own.draw(index) for index in share]
        for start in range(0, len(records), _BATCH):
            done += copy_people(by=by, today=today, batch=records[start : start + _BATCH])
        progress(f"{area.name}: {len(records)}")
    return done
