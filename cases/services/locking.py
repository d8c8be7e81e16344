"""The root row is locked first and read fresh; what was read before the lock decides nothing."""

from cases.models import Ground, Nominal
from pages.conflicts import Conflict


def locked(nominal_id: int) -> Nominal:
    """The nominal, locked to the end of the service. Rows that point to it can still be added by others.

    Raises ``Conflict`` when it has been merged into another meanwhile: nothing more is written below it.
    """
    nominal = Nominal.objects.select_for_update(no_key=True).get(pk=nominal_id)
    if nominal.merged_into_id is not None:
        raise Conflict
    return nominal


def locked_both(one_id: int, other_id: int) -> tuple[Nominal, Nominal]:
    """Two nominals, locked in the order of their ids, so that no two services wait for each other."""
    ids = {one_id, other_id}
    rows = {row.pk: row for row in Nominal.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")}
    return rows[one_id], rows[other_id]


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
