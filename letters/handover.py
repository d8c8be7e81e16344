"""The letter to whoever takes over everything that a leaver did in a role: that there is work, and where to find it."""

from collections.abc import Sequence
from datetime import date

from agencies.handover import HandOver, Line, colleagues_of
from agencies.models import Membership, User
from agencies.principal import Principal
from agencies.roles import Perm

from .kinds import LetterKind
from .outbox import post

WORK_HANDED_OVER = "work_handed_over"


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
        event_key=f"hand_over:{handover.membership.pk}:{handover.on.isoformat()}",
        subject=handover.membership,
        not_before=handover.on if handover.on > today else None,
    )
