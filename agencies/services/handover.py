"""Everything that a leaver does in a role goes to a colleague on a day, in one step."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from dataclasses import replace
from datetime import date

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
from agencies.principal import Principal
from agencies.roles import Perm, Role
from agencies.roots import registered_root
from audit.boundary import record_event, service
from rules.core import DAY, Decision
from rules.vocabulary import ContactPart

from .contacts import put_in_place
from .hand_over_journal import keep, written_down
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
    the leaver until then (``hand_over_day``). Said again before the day, the later word holds for what waits, and
    calling it off takes back what both wrote ahead.

    What the colleague may not have (they are kept out of a case, or not cleared for it) ends with the leaver, and is
    noted with the case. Raises ``Refused``.
    """
    seen, to = (
        Membership.objects.select_related("user", "agency").get(pk=membership_id),
        User.objects.get(pk=to_user_id),
    )
    hold_all(HandOver(seen, on, to))
    membership = (
        Membership.objects.select_for_update(no_key=True, of=("self",))
        .select_related("user", "agency")
        .get(pk=membership_id)
    )
    may_hand_over(membership, by=by, today=today, to=to, on=on).or_refuse()
    handover = HandOver(membership, on, to)
    with written_down(handover, today) as lines:
        for participant in participants():
            participant.move(handover, by, today)
        if membership.ends_on is None or membership.ends_on >= on:
            membership.ends_on = on - DAY
            membership.save(update_fields=["ends_on"])
    role = {
        "leaver_id": membership.user_id, "agency_id": membership.agency_id, "role": membership.role,
        "area_id": membership.area_id,
    }  # fmt: skip
    earlier = waiting_handovers().filter(**role).first()
    waiting_handovers().filter(**role).update(cancelled_on=today)
    if on > today:
        planned = PlannedHandOver.objects.create(**role, to=to, happens_on=on)
        if earlier is not None:
            earlier.entries.update(hand_over=planned)
        keep(lines, planned)
    elif earlier is not None:
        earlier.entries.all().delete()
    record_event(membership, root=None, user=membership.user_id, to=to.pk, role=membership.role, on=on)
    return membership


def hold_all(handover: HandOver) -> None:
    """Lock everything that moves, in the one order: people, what they are heard in, then users.

    Raises ``Refused`` when the leaver has been given more meanwhile.
    """
    root = registered_root().model._default_manager
    rows = root.select_for_update(no_key=True).filter(pk__in=people_in(handover)).order_by("pk")
    held = set(rows.values_list("pk", flat=True))
    leaver = handover.membership.user_id
    users = [leaver, *administrators_and(leaver).values_list("pk", flat=True)]
    users += [handover.to.pk] if handover.to is not None else []
    for participant in participants():
        participant.hold(handover, users)
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
