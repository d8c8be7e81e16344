"""Writes of the board: what a report needs and the register does not hold."""

from datetime import date

from agencies.access import can
from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from rules.core import Decision

from .models import PopulationEstimate


def may_set_population(area: Area, *, by: Principal, today: date) -> Decision:  # noqa: ARG001 - twins share a shape
    """Whether the population that a rate is related to may be set."""
    return can(by, Perm.AREA_EDIT, area)


@service(event="population_set", asks=may_set_population)
def set_population(
    *, by: Principal, today: date, area_id: int, year: str, aged_10_and_over: int, source: str
) -> PopulationEstimate:
    """Set or correct the population aged 10 and over of a report year (R87). Raises ``Refused``.

    ``source`` says which estimate it is: publisher, and the year it is for.
    """
    area = Area.objects.select_for_update(no_key=True).get(pk=area_id)
    may_set_population(area, by=by, today=today).or_refuse()
    estimate, _ = PopulationEstimate.objects.update_or_create(
        area=area, year=year, defaults={"aged_10_and_over": aged_10_and_over, "source": source}
    )
    record_event(estimate, root=None, area=area_id, year=year, aged_10_and_over=aged_10_and_over)
    return estimate
