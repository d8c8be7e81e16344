"""The letter to whoever takes over everything that a leaver did in a role: that there is work, and where to find it."""

from collections.abc import Sequence
from datetime import date

from agencies.handover import HandOver, Line, colleagues_of
from agencies.leaving import waiting_of
from agencies.models import Membership, PlannedHandOver, User
from agencies.principal import Principal
from agencies.roles import Perm

from .kinds import LetterKind
from .models import Message
from .outbox import post, withdraw
from .states import NOT_SENT, State

WORK_HANDED_OVER = "work_handed_over"
WORK_STAYS = "work_stays"


def still_takes_over(membership_id: int, user: User, on: date) -> bool:
    """The person still holds the leaver's role for the same agency."""
    leaver = Membership.objects.filter(pk=membership_id).first()
    return leaver is not None and colleagues_of(leaver, on=on).filter(pk=user.pk).exists()


work_handed_over = LetterKind(
    code=WORK_HANDED_OVER,
    label="Work handed over",
    subject_line="A colleague's MAPPA work comes to you",
    reference="hand-over {id}",
    url_name="today",
    posted_with=(Perm.USERS_EDIT,),
    still_wanted=still_takes_over,
    link_takes_id=False,
)


def still_stays(membership_id: int, user: User, on: date) -> bool:  # noqa: ARG001 - asked like all letters
    """It has not been said again that the leaver's work goes to this person."""
    leaver = Membership.objects.filter(pk=membership_id).first()
    return leaver is not None and not waiting_of(leaver).filter(to=user).exists()


work_stays = LetterKind(
    code=WORK_STAYS,
    label="Work not handed over",
    subject_line="A colleague's MAPPA work does not come to you after all",
    reference="hand-over {id}",
    url_name="today",
    posted_with=(Perm.USERS_EDIT,),
    still_wanted=still_stays,
    link_takes_id=False,
)


def nothing_to_preview(_: HandOver) -> Sequence[Line]:
    """A letter is no work: it stands in no preview."""
    return []


def tell_who_takes_over(handover: HandOver, by: Principal, today: date) -> None:
    """Post the letter, to be sent on the colleague's first day; not to whoever hands the work to themselves."""
    if handover.to is None or handover.to.pk == by.user_id or handover.carried_out_on is not None:
        return
    post(
        by=by,
        kind=WORK_HANDED_OVER,
        recipient=handover.to,
        event_key=f"{_about(handover)}:{_said_before(handover)}",
        subject=handover.membership,
        not_before=handover.on if handover.on > today else None,
    )


def tell_it_is_called_off(handover: HandOver, by: Principal, today: date) -> None:  # noqa: ARG001 - asked like all
    """A letter that waits for the day is not sent; whoever was told that the work comes is told that it does not."""
    told = Message.objects.select_for_update(no_key=True).filter(kind=WORK_HANDED_OVER, recipient__isnull=False)
    told = told.filter(event_key__startswith=_about(handover)).exclude(state=State.WITHDRAWN)
    for message in told.order_by("pk"):
        if message.state in NOT_SENT:
            withdraw(by=by, message_id=message.pk)
        elif message.recipient is not None and message.recipient_id != by.user_id:
            post(
                by=by, kind=WORK_STAYS, recipient=message.recipient, event_key=f"hand_over_off:{message.pk}",
                subject=handover.membership,
            )  # fmt: skip


def _about(handover: HandOver) -> str:
    return f"hand_over:{handover.membership.pk}:{handover.on.isoformat()}"


def _said_before(handover: HandOver) -> int:
    """The last that was said of this role before: said again after it was called off, it is told again."""
    member = handover.membership
    said = PlannedHandOver.objects.filter(
        leaver=member.user_id, agency=member.agency_id, role=member.role, area=member.area_id
    )
    return said.order_by("-pk").values_list("pk", flat=True).first() or 0
