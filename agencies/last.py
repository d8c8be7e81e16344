"""The last system administrator of an area: somebody is always left who can let others in."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from rules.core import DAY

from .models import Membership, User
from .roles import Role


def is_last_administrator(user: User, *, on: date) -> bool:
    """Some area would have no system administrator on the day, or on a later one, without this person."""
    lasting = Q(ends_on=None) | Q(ends_on__gte=on)
    held = user.memberships.filter(lasting, role=Role.SYSTEM_ADMINISTRATOR)
    return any(
        not _covered(_spans(row.area_id).exclude(user=user), max(row.starts_on, on), row.ends_on) for row in held
    )


def leaves_nobody(membership: Membership, *, on: date, ends_on: date | None = None) -> bool:
    """The area would have no system administrator on some day from ``on`` on, if the role ended on ``ends_on``.

    Somebody whose own role ends counts until then. Without a last day: whichever it were, unless it stands already.
    """
    if membership.role != Role.SYSTEM_ADMINISTRATOR:
        return False
    others = _spans(membership.area_id).exclude(pk=membership.pk)
    if ends_on is None:
        return membership.ends_on is None and not others.filter(ends_on=None).exists()
    first = max(ends_on + DAY, membership.starts_on, on)
    return not _covered(others, first, membership.ends_on)


def _spans(area_id: int) -> QuerySet[Membership]:
    """Who administers the area, now or ever: people who can sign in."""
    return Membership.objects.filter(area=area_id, role=Role.SYSTEM_ADMINISTRATOR, user__is_active=True)


def _covered(rows: QuerySet[Membership], first: date, last: date | None) -> bool:
    """On each day from the first to the last (none: for ever) one of the memberships holds."""
    spans: Iterable[tuple[date, date | None]] = rows.order_by("starts_on").values_list("starts_on", "ends_on")
    wanted = date.max if last is None else last
    reached = first - DAY
    for starts_on, ends_on in spans:
        if starts_on > reached + DAY:
            break
        reached = max(reached, ends_on or date.max)
        if reached >= wanted:
            return True
    return reached >= wanted


def lock_administrators(user_id: int) -> User:
    """Lock this account and every administrator's, in the order of their ids; the account, read fresh.

    So two administrators who disable each other at the same moment come one after the other.
    """
    return next(row for row in administrators_and(user_id).select_for_update(no_key=True) if row.pk == user_id)


def administrators_and(user_id: int) -> QuerySet[User]:
    """Everybody who administers any area, now or ever, and this account, by id."""
    holders = Membership.objects.filter(role=Role.SYSTEM_ADMINISTRATOR).values("user")
    return (User.objects.filter(pk__in=holders) | User.objects.filter(pk=user_id)).order_by("pk")
