"""Everything that a leaver does in a role goes to a colleague on a day, in one step."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q

from agencies.access import can, visible
from agencies.handover import (
    RULE,
    Dated,
    HandOver,
    Journal,
    Line,
    Record,
    Written,
    colleagues_of,
    participants,
    people_in,
    waiting_handovers,
)
from agencies.last import administrators_and, leaves_nobody, lock_administrators
from agencies.leaving import leavers
from agencies.models import Contact, Membership, PlannedHandOver, User
from agencies.models.journal import HandOverLine
from agencies.principal import Principal
from agencies.roles import Perm, Role
from agencies.roots import registered_root
from audit.boundary import record_event, service
from rules.core import DAY, Decision
from rules.vocabulary import ContactPart

from .contacts import put_in_place
from .hand_over_journal import call_back, journal_of, keep, locked, written_down
from .partners import refuse_if


def may_hand_over(
    membership: Membership, *, by: Principal, today: date, to: User | None = None, on: date | None = None
) -> Decision:
    """Whether the work of this role may go to this colleague from a day on; without one, whether to any."""
    allowed = can(by, Perm.USERS_EDIT)
    other = by.is_signed_in and by.area_id != membership.area_id
    allowed &= refuse_if(other, "You act in another MAPPA area.", "R97")
    ended = membership.ends_on is not None and membership.ends_on < today
    if allowed and ended:
        left = leavers(today).filter(pk=membership.pk).exists()
        allowed &= refuse_if(not left, "This role has ended, and nothing is left to hand over.", RULE)
    if not allowed or to is None or on is None:
        return allowed
    allowed &= refuse_if(on < today, "Access cannot be moved in the past.", RULE)
    allowed &= refuse_if(ended and on > today, "This role has ended: hand over from today.", RULE)
    allowed &= refuse_if(on <= membership.starts_on, "The role has not begun before that day.", RULE)
    allowed &= refuse_if(
        membership.ends_on is not None and not ended and membership.ends_on + DAY < on,
        "The role ends earlier than that.",
        RULE,
    )
    allowed &= refuse_if(
        leaves_nobody(membership, on=today, ends_on=on - DAY),
        "The area would be without a system administrator once the colleague's own role ends.",
        RULE,
    )
    return allowed & refuse_if(
        not colleagues_of(membership, on=on).filter(pk=to.pk).exists(),
        "Choose a colleague who holds the same role for the same agency on that day.",
        RULE,
    )


@service("work_handed_over", asks=may_hand_over)
def hand_over(*, by: Principal, today: date, membership_id: int, to_user_id: int, on: date) -> Membership:
    """Give everything that somebody does in a role to a colleague from a day on; the role ends the day before.

    Of a day ahead, spans and meetings from it on are written now, the rest changes hands on the day with what comes to
    the leaver until then (``hand_over_day``). Said again before the day, what the earlier word wrote ahead is taken
    back first: the later one holds, but for what somebody has changed since.

    What the colleague may not have (they are kept out of a case, or not cleared for it) ends with the leaver, and is
    noted with the case. Raises ``Refused``.
    """
    seen, to = (
        Membership.objects.select_related("user", "agency").get(pk=membership_id),
        User.objects.get(pk=to_user_id),
    )
    earlier, back = _said_earlier(seen, today)
    hold_all(HandOver(seen, on, to), back=back)
    membership = (
        Membership.objects.select_for_update(no_key=True, of=("self",))
        .select_related("user", "agency")
        .get(pk=membership_id)
    )
    may_hand_over(membership, by=by, today=today, to=to, on=on).or_refuse()
    if earlier is not None:
        _take_back(locked(earlier.pk, back), back, by, today)
        membership.refresh_from_db(fields=["ends_on"])
    lines = give_away(HandOver(membership, on, to), by, today)
    if on > today:
        keep(lines, PlannedHandOver.objects.create(**_role(membership), to=to, happens_on=on))
    record_event(membership, root=None, user=membership.user_id, to=to.pk, role=membership.role, on=on)
    return membership


def give_away(handover: HandOver, by: Principal, today: date) -> list[HandOverLine]:
    """Move everything, and end the role the day before; what was written ahead by that. The caller holds it all."""
    membership = handover.membership
    with written_down(handover, today) as lines:
        for participant in participants():
            participant.move(handover, by, today)
        if membership.ends_on is None or membership.ends_on >= handover.on:
            membership.ends_on = handover.on - DAY
            membership.save(update_fields=["ends_on"])
    return lines


def _role(membership: Membership) -> dict[str, Any]:
    """What a hand-over says of the role."""
    return {
        "leaver_id": membership.user_id, "agency_id": membership.agency_id, "role": membership.role,
        "area_id": membership.area_id,
    }  # fmt: skip


def _said_earlier(membership: Membership, today: date) -> tuple[PlannedHandOver | None, HandOver | None]:
    """The hand-over of this role that waits, and, before its day, what it wrote ahead."""
    earlier = waiting_handovers().filter(**_role(membership)).select_related("to").first()
    if earlier is None or earlier.happens_on <= today:
        return earlier, None
    return earlier, HandOver(membership, earlier.happens_on, earlier.to, journal=journal_of(earlier))


def _take_back(earlier: PlannedHandOver, back: HandOver | None, by: Principal, today: date) -> None:
    """The earlier word holds no more; on its day and after, what it wrote ahead stands."""
    if back is not None:
        call_back(back, by, today)
        earlier.brought_back = bool(back.journal.lines)
    if not earlier.brought_back:
        earlier.entries.all().delete()
    earlier.cancelled_on = today
    earlier.save(update_fields=["cancelled_on", "brought_back"])


def hold_all(handover: HandOver, *, back: HandOver | None = None) -> None:
    """Lock everything that moves, and that goes ``back`` before it does, in the one order: people, what they are heard
    in, then users.

    Raises ``Refused`` when the leaver has been given more meanwhile.
    """
    root = registered_root().model._default_manager
    moves = [handover] if back is None else [back, handover]
    people = {key for each in moves for key in people_in(each)}
    rows = root.select_for_update(no_key=True).filter(pk__in=people).order_by("pk")
    held = set(rows.values_list("pk", flat=True))
    leaver = handover.membership.user_id
    users = [leaver, *administrators_and(leaver).values_list("pk", flat=True)]
    users += [each.to.pk for each in moves if each.to is not None]
    for participant in participants():
        for each in moves:
            participant.hold(each, users)
    lock_administrators(leaver)
    moving = people_in(replace(handover, journal=Journal()))
    refuse_if(not moving <= held, "More has come to them meanwhile: do it again.", RULE).or_refuse()


def preview_contacts(handover: HandOver) -> list[Line]:
    """Whether the leaver is the agency's contact or deputy."""
    return [Line("contact or deputy of the agency", len(_contacts(handover)))]


def move_contacts(handover: HandOver, by: Principal, today: date) -> None:
    """The colleague becomes what the leaver was; a deputy who becomes the contact is deputy no more."""
    for row in _contacts(handover):
        starts_on = max(row.starts_on, handover.on)
        if row.starts_on >= handover.on:
            row.delete()
        else:
            row.ends_on = handover.on - DAY
            row.save(update_fields=["ends_on"])
        if handover.to is not None:
            put_in_place(row.agency_id, handover.to.pk, ContactPart(row.part), starts_on)


def dated_contacts(handover: HandOver, by: Principal) -> list[Dated]:
    """Where the leaver is contact or deputy until the day."""
    member = handover.membership
    rows = Contact.objects.filter(agency=member.agency_id, user=member.user_id, ends_on=handover.on - DAY)
    if handover.called_off:
        rows = Contact.objects.filter(pk__in=handover.journal.rows(Contact))
    found = list(visible(by, rows.select_related("agency"), Perm.AGENCIES_VIEW))
    records = [
        Record(row, f"{ContactPart(row.part).label} of {row.agency.name}", "agency", row.agency_id) for row in found
    ]
    return [Dated("The part of contact or deputy", rows.count(), records)]


def written_contacts(handover: HandOver) -> list[Written]:
    """The agency's contact and deputy, of whom one may become the other."""
    member = handover.membership
    if member.role != Role.SPOC:
        return []
    return [Written(Contact.objects.filter(agency=member.agency_id), lambda _: "parts")]


def _contacts(handover: HandOver) -> list[Contact]:
    """By the role of contact, and by no other role of the same person."""
    member = handover.membership
    if member.role != Role.SPOC:
        return []
    lasting = Q(ends_on=None) | Q(ends_on__gte=handover.on)
    return list(Contact.objects.filter(lasting, agency=member.agency_id, user=member.user_id).order_by("starts_on"))
