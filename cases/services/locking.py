"""The root row is locked first and read fresh; what was read before the lock decides nothing."""

from cases.models import Ground, Nominal
from pages.conflicts import Conflict


def locked(nominal_id: int) -> Nominal:
    """The nominal, locked to the end of the service. Rows that point to it can still be added by others."""
    return Nominal.objects.select_for_update(no_key=True).get(pk=nominal_id)


def locked_at(nominal_id: int, version: int) -> Nominal:
    """The same, if nobody has changed it since the given version. Raises ``Conflict``."""
    nominal = locked(nominal_id)
    if nominal.version != version:
        raise Conflict
    return nominal


def locked_ground(ground_id: int, version: int | None = None) -> tuple[Nominal, Ground]:
    """A ground below its locked nominal. Raises ``Conflict`` when a version is given and is not the one stored."""
    nominal = locked(Ground.objects.values_list("nominal_id", flat=True).get(pk=ground_id))
    ground = Ground.objects.select_related("offence").get(pk=ground_id)
    if version is not None and ground.version != version:
        raise Conflict
    return nominal, ground
