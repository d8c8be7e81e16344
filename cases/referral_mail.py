"""E-mails about a referral: a reference and a link to the manager who is asked, to the panel, and to its author.

Nobody is told of a referral they could not open (R99, R100), nor of what they did themselves.
"""

from collections.abc import Iterable
from datetime import date

from agencies.access import who_can
from agencies.models import Absence, User
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.spans import open_on
from letters.kinds import LetterKind
from letters.outbox import post
from rules.referrals import may_vote
from rules.vocabulary import PanelStanding, ReferralState

from .models import PanelSeat, PanelVote, Referral, ReferralChange
from .models.referral import COMPARTMENT
from .referrals import parts_of, round_of, seats_on

TO_ENDORSE, TO_VOTE, TO_DECIDE = "referral_to_endorse", "referral_to_vote", "referral_to_decide"
ANSWERED, PASSED_ON = "referral_answered", "referral_passed_on"
_ANSWERS = (ReferralState.DRAFT, ReferralState.RETURNED, ReferralState.ACCEPTED, ReferralState.DECLINED)


def still_to_endorse(referral_id: int, user: User, on: date) -> bool:
    """The person is still asked to endorse it."""
    referral = _open_to(referral_id, user, on)
    return (
        referral is not None
        and referral.state == ReferralState.AWAITING_ENDORSEMENT
        and referral.endorser_id == user.pk
    )


def still_to_vote(referral_id: int, user: User, on: date) -> bool:
    """The panel has it, the seat of the person has not voted, and they may."""
    referral = _open_to(referral_id, user, on)
    if referral is None or referral.state != ReferralState.UNDER_PANEL or not may_vote(user.pk, parts_of(referral, on)):
        return False
    given = PanelVote.objects.filter(referral=referral, round=round_of(referral))
    if given.filter(voter=user).exists():
        return False
    seats = seats_on(referral.area_id, on).exclude(number__in=given.values("seat_number"))
    return any(user.pk in (seat.member_id, seat.substitute_id) for seat in seats)


def still_to_decide(referral_id: int, user: User, on: date) -> bool:
    """The panel has it and has not settled it, or declines; the person may record what is decided."""
    referral = Referral.objects.filter(pk=referral_id, state=ReferralState.UNDER_PANEL).first()
    if referral is None or referral.standing in ("", PanelStanding.OPEN):
        return False
    return any(holder.user_id == user.pk for holder in who_can(Perm.REFERRAL_DECIDE, referral, on=on))


def still_answered(referral_id: int, user: User, on: date) -> bool:
    """It is the person's referral, and the answer stands."""
    referral = _open_to(referral_id, user, on)
    return referral is not None and referral.author_id == user.pk and referral.state in _ANSWERS


def still_theirs(referral_id: int, user: User, on: date) -> bool:
    """The referral came to the person, and is open."""
    referral = _open_to(referral_id, user, on)
    return referral is not None and referral.author_id == user.pk and referral.decided_on is None


to_endorse = LetterKind(
    code=TO_ENDORSE,
    label="A referral to endorse",
    subject_line="A MAPPA referral waits for you to endorse it",
    reference="referral {id}",
    url_name="referral",
    posted_with=(Perm.REFERRAL_WRITE,),
    still_wanted=still_to_endorse,
    compartment=COMPARTMENT,
)
to_vote = LetterKind(
    code=TO_VOTE,
    label="A referral to vote on",
    subject_line="A MAPPA referral waits for your vote",
    reference="referral {id}",
    url_name="referral",
    posted_with=(Perm.REFERRAL_HANDLE,),
    still_wanted=still_to_vote,
    compartment=COMPARTMENT,
)
to_decide = LetterKind(
    code=TO_DECIDE,
    label="A referral to decide",
    subject_line="A MAPPA referral waits for a decision after the panel",
    reference="referral {id}",
    url_name="referral",
    posted_with=(Perm.REFERRAL_VOTE, Perm.REFERRAL_HANDLE),
    still_wanted=still_to_decide,
    compartment=COMPARTMENT,
)
answered = LetterKind(
    code=ANSWERED,
    label="A referral answered",
    subject_line="There is an answer to your MAPPA referral",
    reference="referral {id}",
    url_name="referral",
    posted_with=(Perm.REFERRAL_ENDORSE, Perm.REFERRAL_HANDLE, Perm.REFERRAL_DECIDE),
    still_wanted=still_answered,
    compartment=COMPARTMENT,
)


passed_on = LetterKind(
    code=PASSED_ON,
    label="A referral to go on with",
    subject_line="A MAPPA referral of your agency comes to you",
    reference="referral {id}",
    url_name="referral",
    posted_with=(Perm.DEADLINES_RECONCILE,),
    still_wanted=still_theirs,
    compartment=COMPARTMENT,
)


def tell_endorser(referral: Referral, change: ReferralChange, *, by: Principal, today: date) -> None:
    """Tell the manager who is asked. To be called in the service that asks them."""
    _tell(TO_ENDORSE, referral, f"referral_change:{change.pk}", [referral.endorser_id], by=by, today=today)


def tell_panel(referral: Referral, change: ReferralChange, *, by: Principal, today: date) -> None:
    """Tell each member of the panel; in place of one who may not vote or is away, the substitute (R47)."""
    seats = list(seats_on(referral.area_id, today))
    people = {user_id for seat in seats for user_id in (seat.member_id, seat.substitute_id) if user_id is not None}
    away = Absence.objects.filter(open_on(today), user__in=people).values_list("user", flat=True)
    parts = parts_of(referral, today)
    voters = {holder.user_id for holder in who_can(Perm.REFERRAL_VOTE, referral, on=today)}
    barred = {user_id for user_id in people if user_id not in voters or not may_vote(user_id, parts)}
    told = [_of_seat(seat, {*away, *barred}) for seat in seats]
    _tell(TO_VOTE, referral, f"referral_change:{change.pk}", told, by=by, today=today)


def tell_deciders(referral: Referral, *, by: Principal, today: date) -> None:
    """Tell who decides that the votes do not settle it, or decline it: once a round for each that they amount to."""
    key = f"referral_standing:{referral.pk}:{round_of(referral)}:{referral.standing}"
    people = {holder.user_id for holder in who_can(Perm.REFERRAL_DECIDE, referral, on=today)}
    _tell(TO_DECIDE, referral, key, people, by=by, today=today)


def _of_seat(seat: PanelSeat, out: set[int]) -> int | None:
    return next((user_id for user_id in (seat.member_id, seat.substitute_id) if user_id not in {None, *out}), None)


def tell_author(referral: Referral, change: ReferralChange, *, by: Principal, today: date) -> None:
    """Tell its author that it was returned or decided. What came as a document has none: the letter tells them."""
    _tell(ANSWERED, referral, f"referral_change:{change.pk}", [referral.author_id], by=by, today=today)


def tell_new_author(referral: Referral, *, by: Principal, today: date) -> None:
    """Tell whom it came to when its author had gone."""
    key = f"referral_passed_on:{referral.pk}:{referral.version}"
    _tell(PASSED_ON, referral, key, [referral.author_id], by=by, today=today)


def _tell(
    kind: str, referral: Referral, event_key: str, people: Iterable[int | None], *, by: Principal, today: date
) -> None:
    wanted = {user_id for user_id in people if user_id is not None} - {by.user_id}
    if not wanted:
        return
    open_to = {holder.user_id for holder in who_can(Perm.REFERRAL_VIEW, referral, on=today)}
    for user in User.objects.filter(pk__in=wanted & open_to).order_by("pk"):
        post(
            by=by,
            kind=kind,
            recipient=user,
            event_key=event_key,
            subject=referral,
            root=referral.nominal_id,
        )


def _open_to(referral_id: int, user: User, on: date) -> Referral | None:
    referral = Referral.objects.filter(pk=referral_id).first()
    if referral is None or all(holder.user_id != user.pk for holder in who_can(Perm.REFERRAL_VIEW, referral, on=on)):
        return None
    return referral
