"""The numbers in force in an area: what the rules give, with the area's own values laid over them."""

from functools import lru_cache

from rules.parameters import Override, Parameters, parameter, value_from_json

from .models import Area, ParameterOverride
from .written import Written


def parameters_for(area: Area | int) -> Parameters:
    """The area's parameters, in one query. Raises ``rules.core.Refused`` for a stored value that the rules refuse."""
    area_id = area if isinstance(area, int) else area.pk
    return _laid_over(
        tuple(
            Override(row.key, value_from_json(row.key, row.value), row.holds_from, row.reason)
            for row in _OVERRIDES(area_id)
        )
    )


# Areas have few values of their own, and every page asks for them: those that are the same are judged once.
_laid_over = lru_cache(maxsize=200)(Parameters)
_OVERRIDES = Written(lambda area: ParameterOverride.objects.filter(area=area).order_by("key", "holds_from"))


def largest(key: str) -> int:
    """The largest number that any area has had for this parameter, or the rules' own: what a query about people of
    several areas may leave out by. Raises ``KeyError`` for a key that is none."""
    values = [parameter(key).default, *_VALUES(key)]
    return max(value for value in values if isinstance(value, int))


_VALUES = Written(lambda key: ParameterOverride.objects.filter(key=key).values_list("value", flat=True))
