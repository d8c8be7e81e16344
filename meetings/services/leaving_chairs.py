"""Who chairs the sittings ahead when a chair leaves: the colleague, where they may and are free, else nobody yet (R56).

What was held stays with whoever chaired it.
"""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Collection
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from agencies.access import can
from agencies.handover import Dated, HandOver, Journal, Line, Record, Written
from agencies.models import Membership, User
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm, Role
from agencies.services.moving import move_spans
from audit.boundary import record_event, service
from meetings.chairs import CHAIRING, chair_roles, chairs_gone, is_free, is_outside, known_chairs
from meetings.models import Booking, Chair, Sitting, Slot
from meetings.queries import coming, sittings_of
from meetings.words import name_of
from pages.dates import british_moment
from rules.core import DAY, Decision, Reason
from rules.sittings import may_chair
from rules.vocabulary import BookingPart, Handling, Level

from .handover import sittings_of_theirs
from .inviting import follow_invitations, tell
from .locking import hold_people, hold_sittings
from .slots import keep_busy, may_be_chaired


def preview_chaired(handover: HandOver) -> list[Line]:
    """How many sittings ahead they chair; none of a Category 4 panel or person is in the count (R99)."""
    hidden = Slot.objects.filter(cancelled_on=None, nominal__handling=Handling.CATEGORY_4).values("sitting")
    seen = _chaired(handover).exclude(panel__national_security=True).exclude(pk__in=hidden)
    return [Line("sittings ahead that they chair", seen.count())]


def heard_in(handover: HandOver) -> set[int]:
    """The people who are heard in them, whom the move holds."""
    return _heard({*_chaired(handover).values_list("pk", flat=True), *handover.journal.rows(Sitting)})


def hold_meetings(handover: HandOver, users: Collection[int]) -> None:
    """Lock every sitting that anything of the hand-over changes, with its chair and room, and these users."""
    keys = set(_chaired(handover).values_list("pk", flat=True)) | sittings_of_theirs(handover)
    hold_sittings(keys | handover.journal.rows(Sitting), users=users)


def move_chaired(handover: HandOver, by: Principal, today: date) -> None:
    """Sittings from the day on are the colleague's to chair, who has them in their calendar; where they may not chair
    that level or somebody in it, are away or sit elsewhere, nobody chairs them yet. The leaver is no chair any more.
    """
    if handover.to is None or not _stops_chairing(handover):
        return
    member = handover.membership
    held = list(_chaired(handover).order_by("starts_at", "pk"))
    own = Chair.objects.filter(area=member.area_id, user=member.user_id)
    move_spans(own, on=handover.on, holder="user_id", to=handover.to.pk, beside=lambda _: Q(), copies=False)
    for sitting in held:
        _seat(sitting, handover.to, by=Principal.system("hand_over", on=today), today=today)


def dated_chaired(handover: HandOver, by: Principal) -> list[Dated]:
    """Sittings from the day on that the colleague chairs, their own among them; the leaver's own place among the
    chairs, which ends the day before."""
    member, to = handover.membership, handover.to
    if to is None or not (_stops_chairing(handover) or handover.called_off):
        return []
    hidden = Slot.objects.filter(cancelled_on=None, nominal__handling=Handling.CATEGORY_4).values("sitting")
    rows = coming(Sitting.objects.filter(area=member.area_id, chair=to, cancelled_on=None), handover.meets_from)
    own = Chair.objects.filter(area=member.area_id, user=member.user_id, ends_on=handover.on - DAY)
    labels = ("Sittings from then on that the colleague chairs", "Panels that they may chair until then")
    if handover.called_off:
        rows = Sitting.objects.filter(pk__in=handover.journal.rows(Sitting))
        own = Chair.objects.filter(pk__in=handover.journal.rows(Chair))
        labels = ("Sittings that they chaired", "Panels that they might chair")
    known = sittings_of(by).filter(pk__in=rows.values("pk")).select_related("panel").order_by("starts_at", "pk")
    held = [Record(row, f"{british_moment(row.starts_at)}, {name_of(row)}", "sitting", row.pk) for row in known]
    count = rows.exclude(panel__national_security=True).exclude(pk__in=hidden).count()
    allowed = (
        [
            Record(row, row.panel.name if row.panel else "Any panel", "chairs")
            for row in known_chairs(by).filter(pk__in=own.values("pk"))
        ]
        if can(by, Perm.PANEL_SET)
        else []
    )
    return [
        Dated(labels[0], max(count, len(held)), held),
        Dated(labels[1], own.exclude(panel__national_security=True).count(), allowed),
    ]


def written_chairs(handover: HandOver) -> list[Written]:
    """The leaver's place among the chairs; each sitting's chair, with whom and what it keeps busy."""
    if not _stops_chairing(handover):
        return []
    member, sittings = handover.membership, set(_chaired(handover).values_list("pk", flat=True))
    busy = Booking.objects.filter(slot__sitting__in=sittings, part__in=[BookingPart.CHAIR, BookingPart.ROOM])
    return [
        Written(Chair.objects.filter(area=member.area_id, user=member.user_id), lambda _: "places"),
        Written(Sitting.objects.filter(pk__in=sittings), lambda row: str(row.pk)),
        Written(busy.select_related("slot"), lambda row: str(row.slot.sitting_id), lambda row: row.slot.nominal_id),
    ]


def follow_chaired(handover: HandOver, journal: Journal, by: Principal, today: date) -> None:
    """The leaver chairs again: whoever was placed meanwhile keeps them busy. Raises ``Refused`` where they may not read
    of somebody who is heard, ``IntegrityError`` where they sit elsewhere by now.
    """
    leaver = handover.membership.user
    for sitting in Sitting.objects.filter(pk__in=journal.rows(Sitting)):
        for slot in sitting.slots.filter(cancelled_on=None).select_related("nominal__area"):
            if is_outside(leaver, slot.nominal, on=today):
                Decision.no(Reason("The leaver may not read of somebody who is heard in it.", "R100")).or_refuse()
            if not slot.bookings.filter(part=BookingPart.CHAIR, user=leaver).exists():
                keep_busy(slot, sitting)


def may_vacate_chair(sitting: Sitting, *, by: Principal, today: date) -> Decision:
    """Only the task does it, once the chair has gone; whoever plans names another."""
    decision = can(by, Perm.DEADLINES_RECONCILE)
    if decision and not chairs_gone(Sitting.objects.filter(pk=sitting.pk), today).exists():
        decision &= Decision.no(Reason("The chair of this sitting is among its chairs", "R56"))
    return decision


@service(event="chair_vacated", asks=may_vacate_chair)
def vacate_chair(*, by: Principal, today: date, sitting_id: int) -> Sitting:
    """Let nobody chair a coming sitting whose chair has gone: it is listed as without one. Raises ``Refused``."""
    hold_people(_heard([sitting_id]))
    sitting = hold_sittings([sitting_id])[sitting_id]
    may_vacate_chair(sitting, by=by, today=today).or_refuse()
    left = sitting.chair_id
    _seat(sitting, None, by=by, today=today)
    record_event(sitting, root=None, chair=left)
    return sitting


def _seat(sitting: Sitting, to: User | None, *, by: Principal, today: date) -> None:
    """Let somebody chair the sitting if they may, else nobody; grants, bookings and calendars follow."""
    live = list(sitting.slots.filter(cancelled_on=None).select_related("nominal__area"))
    sitting.chair = to if to is not None and _may_take(sitting, to, live, today) else None
    try:
        with transaction.atomic():
            _keep_all_busy(sitting, live)
    except IntegrityError:
        sitting.chair = None
        _keep_all_busy(sitting, live)
    sitting.version += 1
    sitting.save(update_fields=["chair", "version"])
    for nominal in {slot.nominal_id: slot.nominal for slot in live}.values():
        follow_invitations(nominal, today=today)
    tell(sitting, by=by, today=today)


def _keep_all_busy(sitting: Sitting, live: Collection[Slot]) -> None:
    for slot in live:
        keep_busy(slot, sitting)


def _may_take(sitting: Sitting, to: User, live: Collection[Slot], today: date) -> bool:
    """As for whoever is named by hand; of a sitting in which nobody is heard yet, by its level."""
    roles, params = chair_roles(to.pk, sitting), parameters_for(sitting.area_id)
    decision = may_chair(roles, Level(sitting.level), None, params, on=sitting.sits_on, manages=False)
    times = [(slot.starts_at, slot.ends_at) for slot in live]
    decision &= is_free(to, times, on=sitting.sits_on, sitting_id=sitting.pk)
    if sitting.panel is not None and sitting.panel.national_security and not to.category_4:
        return False
    return bool(decision) and all(may_be_chaired(slot.nominal, sitting, to, today=today) for slot in live)


def _heard(sitting_ids: Collection[int] | QuerySet[Sitting, int]) -> set[int]:
    live = Slot.objects.filter(sitting__in=sitting_ids, cancelled_on=None)
    return set(live.order_by().values_list("nominal", flat=True))


def _stops_chairing(handover: HandOver) -> bool:
    """The role is one that chairs, and no other such role of the leaver in the area lasts to the day."""
    member = handover.membership
    others = Membership.objects.on(handover.on).filter(user=member.user_id, area=member.area_id, role__in=CHAIRING)
    return Role(member.role) in CHAIRING and not others.exclude(pk=member.pk).exists()


def _chaired(handover: HandOver) -> QuerySet[Sitting]:
    member = handover.membership
    if not _stops_chairing(handover):
        return Sitting.objects.none()
    rows = Sitting.objects.filter(area=member.area_id, chair=member.user_id, cancelled_on=None)
    return coming(rows, handover.meets_from).order_by("pk")
