"""The root row is locked first and read fresh; what was read before the lock decides nothing."""

from collections.abc import Iterable
from typing import Protocol, TypeVar, cast

from django.db import connection
from django.db.models import Model, QuerySet

from cases.models import Ground, Nominal, Referral
from cases.stamps import stamp_of, version_of
from pages.conflicts import Conflict

M = TypeVar("M", bound=Model)


class _Rooted(Protocol):
    access_root: str


# Any number that no other advisory lock of the database uses.
_PLANNED_IN_AREA = 46


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


def locked_all(nominal_ids: Iterable[int | None]) -> None:
    """Several nominals, in the order of their ids. Raises ``Conflict`` when one has been merged into another."""
    for nominal_id in sorted({each for each in nominal_ids if each is not None}):
        locked(nominal_id)


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


def locked_row(model: type[M], row_id: int, version: int | None = None) -> tuple[Nominal, M]:
    """A row below its locked nominal. Raises ``Conflict`` when it has gone meanwhile, or when a version is given (that
    of ``cases.stamps.version_of``) and is not the one stored.
    """
    rows, root = model._default_manager.filter(pk=row_id), cast("_Rooted", model).access_root
    nominal_id = rows.values_list(root, flat=True).first()
    if nominal_id is None:
        raise Conflict
    nominal = locked(cast("int", nominal_id))
    row = rows.filter(**{root: nominal}).select_related(f"{root}__area").first()
    if row is None or (version is not None and version_of(row) != version):
        raise Conflict
    return nominal, row


def locked_referral(referral_id: int, version: int | None = None) -> Referral:
    """The referral, locked to the end of the service, below its record, which is locked first, as a merge does it.

    Raises ``Conflict`` when it was changed since the version, or leads to another record meanwhile.
    """
    nominal_id = Referral.objects.values_list("nominal_id", flat=True).get(pk=referral_id)
    if nominal_id is not None:
        locked(nominal_id)
    referral = Referral.objects.select_for_update(no_key=True).get(pk=referral_id)
    if referral.nominal_id != nominal_id or (version is not None and referral.version != version):
        raise Conflict
    return referral


def unchanged(spans: QuerySet[M], version: int | None) -> None:
    """Raises ``Conflict`` when a version is given and these spans of a locked nominal are not as they were at it."""
    if version is not None and stamp_of(spans) != version:
        raise Conflict


def hold_area(area_id: int) -> None:
    """Hold what is planned in the area, and its referral panel, as they are to the end of the service. People are
    locked before it.

    A lock of its own, not the area's row: a succession and an import lock that one before people.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_PLANNED_IN_AREA, area_id])
