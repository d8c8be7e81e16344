"""The last system administrator of an area: somebody is always left who can let others in."""

from datetime import date

from .models import Membership, User
from .roles import Role


def administrators(area_id: int, *, on: date) -> set[int]:
    """Who administers the area on the day: ids of people who can sign in."""
    rows = Membership.objects.on(on).filter(area=area_id, role=Role.SYSTEM_ADMINISTRATOR)
    return set(rows.values_list("user", flat=True))


def is_last_administrator(user: User, *, on: date) -> bool:
    """Some area would have no system administrator on the day without this person."""
    areas = user.memberships.on(on).filter(role=Role.SYSTEM_ADMINISTRATOR).values_list("area", flat=True)
    return any(administrators(area, on=on) == {user.pk} for area in set(areas))


def lock_administrators(user_id: int) -> User:
    """Lock this account and every administrator's, in the order of their ids; the account, read fresh.

    So two administrators who disable each other at the same moment come one after the other.
    """
    holders = Membership.objects.filter(role=Role.SYSTEM_ADMINISTRATOR).values("user")
    rows = (User.objects.filter(pk__in=holders) | User.objects.filter(pk=user_id)).order_by("pk")
    return next(row for row in rows.select_for_update(no_key=True) if row.pk == user_id)
