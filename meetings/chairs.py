"""Who may chair on a day, who is away, and who sits elsewhere at that hour (R56)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from agencies.models import Absence, Membership, User
from agencies.principal import Principal
from agencies.roles import Role
from agencies.spans import open_on
from cases.models import NamedOfficerSpan, Nominal
from rules.core import Decision, Reason, long_date
from rules.vocabulary import ChairRole, Handling

from .models import Booking, Chair, Panel, Sitting
from .queries import coming, panels_of

# Those who can be allowed to chair; which of them may at which level, the area's numbers say.
CHAIRING = (Role.COORDINATOR, Role.CHAIR)


def chair_rows(area_id: int, panel_id: int | None, *, on: date) -> QuerySet[Chair]:
    """Those who may chair on the day: of the area, and of the panel."""
    return Chair.objects.filter(open_on(on), Q(panel=None) | Q(panel=panel_id), area=area_id)


def lasting(on: date) -> Q:
    """Rows whose span holds the day, or begins after it."""
    return Q(ends_on=None) | Q(ends_on__gte=on)


def known_chairs(principal: Principal) -> QuerySet[Chair]:
    """Who may chair, any panel of the area or one that the principal may know of (R99), whenever it is."""
    known = Q(panel=None) | Q(panel__in=panels_of(principal))
    return Chair.objects.filter(known, area=principal.area_id or 0).select_related("user", "panel")


def chair_roles(user_id: int, sitting: Sitting) -> list[ChairRole]:
    """As what this person may chair the sitting; nothing when they are not among its chairs."""
    rows = chair_rows(sitting.area_id, sitting.panel_id, on=sitting.sits_on).filter(user=user_id)
    return [ChairRole(role) for role in rows.values_list("role", flat=True)]


def chairs_to_choose(area_id: int, panel_id: int | None, *, on: date) -> QuerySet[User]:
    """The people behind them, by name."""
    return User.objects.filter(pk__in=chair_rows(area_id, panel_id, on=on).values("user"), is_active=True)


def chairs_of(area_id: int, panels: QuerySet[Panel], *, on: date) -> QuerySet[User]:
    """Those who may chair, on the day or later, any panel of the area or one of these, by name."""
    rows = Chair.objects.filter(lasting(on), Q(panel=None) | Q(panel__in=panels), area=area_id)
    return User.objects.filter(pk__in=rows.values("user"), is_active=True).order_by("family_name", "given_name")


def people_who_may_chair(area_id: int, *, on: date) -> QuerySet[User]:
    """People whose role in the area is one of those that chair, by name."""
    posts = Membership.objects.on(on).filter(area=area_id, role__in=CHAIRING)
    return User.objects.filter(pk__in=posts.values("user"), is_active=True).order_by("family_name", "given_name")


def chairs_gone(sittings: QuerySet[Sitting], today: date) -> QuerySet[Sitting]:
    """Those of today and later whose chair can sign in no more, has no role in the area, or is not among the chairs of
    that day.
    """
    posts = Membership.objects.filter(
        lasting(today), user=OuterRef("chair"), area=OuterRef("area"), user__is_active=True
    )
    named = Chair.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=OuterRef("day")), Q(panel=None) | Q(panel=OuterRef("panel")),
        starts_on__lte=OuterRef("day"), user=OuterRef("chair"), area=OuterRef("area"),
    )  # fmt: skip
    rows = coming(sittings.filter(chair__isnull=False, cancelled_on=None), today)
    return rows.annotate(day=TruncDate("starts_at")).filter(~Q(Exists(posts)) | ~Q(Exists(named)))


def is_free(
    user: User, times: Iterable[tuple[datetime, datetime]], *, on: date, sitting_id: int | None, who: str = "The chair"
) -> Decision:
    """Whether somebody is there on the day and sits in no other sitting at these times.

    What keeps them is not said: it may be a meeting that whoever asks may not know of (R99).
    """
    away = Absence.objects.filter(open_on(on), user=user).first()
    if away is not None:
        return Decision.no(Reason(f"{who} is away until {long_date(away.ends_on)}", "R56"))
    busy = Booking.objects.filter(user=user).exclude(slot__sitting=sitting_id)
    for begins, ends in times:
        if busy.filter(starts_at__lt=ends, ends_at__gt=begins).exists():
            return Decision.no(Reason(f"{who} is not free at that time", "R56"))
    return Decision.yes()


def room_is_free(room_id: int, times: Iterable[tuple[datetime, datetime]], *, sitting_id: int | None) -> Decision:
    """Whether no other meeting is held in the room at these times."""
    busy = Booking.objects.filter(room=room_id).exclude(slot__sitting=sitting_id)
    for begins, ends in times:
        if busy.filter(starts_at__lt=ends, ends_at__gt=begins).exists():
            return Decision.no(Reason("The room is not free at that time", "R55"))
    return Decision.yes()


def is_outside(user: User, nominal: Nominal, *, on: date) -> bool:
    """Whether the person stands outside the wall around this record: kept out of it themselves or with their agency,
    not cleared for Category 4, or none of the named readers of a restricted one: no meeting opens it to them (R99).
    """
    agencies = Membership.objects.on(on).filter(user=user).values("agency")
    if nominal.exclusions.filter(lasting(on)).filter(Q(user=user) | Q(agency__in=agencies)).exists():
        return True
    if nominal.handling == Handling.CATEGORY_4:
        return not user.category_4
    if nominal.handling == Handling.RESTRICTED:
        return not nominal.personal_grants.filter(open_on(on), user=user, named_reader=True).exists()
    return False


def manages(user_id: int | None, nominal: Nominal, *, on: date) -> bool:
    """Whether this person is a named officer of the case."""
    return NamedOfficerSpan.objects.filter(open_on(on), nominal=nominal, officer=user_id).exists()
