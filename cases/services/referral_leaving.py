"""Referrals of people and agencies that leave: to the colleague, to the agency's contact, to the agency that follows.

What has been decided or withdrawn stays with whoever did it; so does a part that bars from voting (R47).
"""
# ruff: noqa: ARG001 - every participant is asked in the same way, whether it needs all of it or not

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from agencies.access import can, visible, who_can
from agencies.contacts import reachable_for
from agencies.handover import Dated, HandOver, Journal, Line, Record, Written, handed_over, waiting_handovers
from agencies.models import Membership, PlannedHandOver, User
from agencies.principal import Principal
from agencies.roles import Perm, Role, roles_with
from agencies.succession import Change, Going
from audit.boundary import record_event, service
from cases.models import FirstNotification, Nominal, PanelSeat, Referral, ReferralChange
from cases.referral_mail import tell_endorser, tell_new_author
from rules.core import DAY, Decision, Reason
from rules.vocabulary import FirstNotificationState, Handling, ReferralHand, ReferralState, ReferralVerb

from .handover import closed_to
from .locking import hold_area, locked_referral
from .referral_readers import follow_readers
from .referrals import endorsers_of, moved

_OVER = (ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.WITHDRAWN)
_ITS_ENDORSER = "You are its author now, and nobody endorses their own: ask another manager."


def preview_referrals(handover: HandOver) -> list[Line]:
    """How many open referrals, and seats of the panel; Category 4 is in no count (R99)."""
    written, asked = (
        rows.exclude(nominal__handling=Handling.CATEGORY_4).count() for rows in (_written(handover), _asked(handover))
    )
    return [
        Line("referrals they wrote that are open", written),
        Line("referrals that wait for them to endorse", asked),
        Line("seats of the referral panel, and seats in which they stand in", len(_seats(handover))),
    ]


def referred_in(handover: HandOver) -> set[int]:
    """The people of the register behind them, whom the move holds."""
    rows = _written(handover) | _asked(handover)
    if _moves_seats(handover):
        rows = rows | _before_the_panel(handover)
    return set(rows.filter(nominal__isnull=False).order_by().values_list("nominal", flat=True))


def hold_referred(handover: HandOver, users: Collection[int]) -> None:
    """Hold the area's panel where a seat of it moves."""
    if _moves_seats(handover):
        hold_area(handover.membership.area_id)


def move_referrals(handover: HandOver, by: Principal, today: date) -> None:
    """Open referrals are the colleague's from the day on, and seats of the panel, as the leaver's cases are; so is what
    waits to be endorsed, if they are marked as a manager.

    What is said ahead is noted with the referral, and passed on when the day has come (``pass_on``).

    What the colleague may not have stays: it falls to the agency's contact, or goes back to its author, when the leaver
    has gone.
    """
    if handover.to is None:
        return
    people = referred_in(handover)
    closed = closed_to(handover, people)
    acting = Principal.system("hand_over", on=today)
    keys = list(_written(handover).order_by().values_list("pk", flat=True))
    keys += _asked(handover).order_by().values_list("pk", flat=True)
    for referral in Referral.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys).order_by("pk"):
        if referral.nominal_id in closed and not referral.family_name:
            continue
        theirs = referral.author_id == handover.membership.user_id
        if theirs and (handover.on > today or handover.carried_out_on is not None):
            referral.passes_to, referral.passes_on = handover.to, handover.on
            referral.save(update_fields=["passes_to", "passes_on"])
        elif theirs:
            _give(referral, handover.to, by=by, today=today)
        elif handover.on <= today and handover.to in endorsers_of(referral, on=today):
            was, referral.endorser = referral.endorser, handover.to
            referral.version += 1
            referral.save(update_fields=["endorser", "version"])
            _in_hand(referral, ReferralHand.ASKED_ANOTHER, was, handover.to, by=by, today=today)
            asked = referral.changes.filter(verb=ReferralVerb.ASK_ENDORSEMENT).order_by("pk").last()
            if asked is not None:
                tell_endorser(referral, asked, by=acting, today=today)
    _move_seats(handover, handover.to)
    for nominal_id in sorted(people):
        follow_readers(nominal_id, by=by, today=today)


def asked_from_a_day(referral: Referral, today: date) -> PlannedHandOver | None:
    """The hand-over by which what waits to be endorsed goes to another manager on a day ahead."""
    if referral.state != ReferralState.AWAITING_ENDORSEMENT or referral.endorser_id is None:
        return None
    said = waiting_handovers().filter(
        leaver=referral.endorser_id, agency=referral.agency_id, role__in=roles_with(Perm.REFERRAL_ENDORSE)
    )
    for planned in said.select_related("to"):
        handover = handed_over(planned, today)
        closed = handover is None or (not referral.family_name and closed_to(handover, {referral.nominal_id or 0}))
        if not closed and planned.to in endorsers_of(referral, on=planned.happens_on):
            return planned
    return None


def stay_with_their_author(handover: HandOver, by: Principal, today: date) -> None:
    """Called off: nobody takes them over on a day, or reads for it."""
    noted = Referral.objects.filter(passes_to=handover.to, passes_on=handover.on, author=handover.membership.user_id)
    people = set(noted.filter(nominal__isnull=False).order_by().values_list("nominal", flat=True))
    noted.update(passes_to=None, passes_on=None)
    for nominal_id in sorted(people):
        follow_readers(nominal_id, by=by, today=today)


def written_seats(handover: HandOver) -> list[Written]:
    """Seats of the area's panel: rows of one number are one seat."""
    if not _seats(handover):
        return []
    return [Written(PanelSeat.objects.filter(area=handover.membership.area_id), lambda row: str(row.number))]


def follow_seats(handover: HandOver, journal: Journal, by: Principal, today: date) -> None:
    """Who sits on the panel reads what it has before it."""
    people = (
        _before_the_panel(handover).filter(nominal__isnull=False).order_by("nominal").values_list("nominal", flat=True)
    )
    for nominal_id in people.distinct():
        follow_readers(nominal_id, by=by, today=today)


def dated_seats(handover: HandOver, by: Principal) -> list[Dated]:
    """Seats of the panel that they have, or stand in for, until the day."""
    member = handover.membership
    theirs = Q(member=member.user_id) | Q(substitute=member.user_id)
    rows = PanelSeat.objects.filter(theirs, area=member.area_id, ends_on=handover.on - DAY).order_by("number", "pk")
    if handover.called_off:
        rows = PanelSeat.objects.filter(pk__in=handover.journal.rows(PanelSeat)).order_by("number", "pk")
    if member.role != Role.PANEL_MEMBER:
        rows = rows.none()
    found = visible(by, rows.select_related("member"), Perm.PANEL_NAME)
    records = [Record(row, f"Seat of {row.member.name}", "panel-seats") for row in found]
    return [Dated("Seats of the referral panel", rows.count(), records)]


def preview_succession(going: Going) -> list[Line]:
    """How many open referrals, and first notifications without an answer; Category 4 is in no count (R99)."""
    return [
        Line(label, rows.exclude(nominal__handling=Handling.CATEGORY_4).count())
        for label, rows in (
            ("open referrals", _open_of(going)),
            ("first notifications that wait", _waiting_of(going)),
        )
    ]


def move_to_successor(change: Change, today: date) -> None:
    """What is not decided or answered is the successor's: its people, who act for it now, go on with it."""
    both = (_open_of(change.going), _waiting_of(change.going))
    people = {key for rows in both for key in rows.order_by().values_list("nominal", flat=True) if key is not None}
    list(Nominal.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    for rows in both:
        rows.update(agency=change.successor)


def to_pass_on(today: date) -> QuerySet[Referral]:
    """Open referrals that somebody else takes over by today, or whose author can sign in no more, or will hold no role
    in which they write it.
    """
    lasting = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), user=OuterRef("author"))
    writes = _writing(lasting, OuterRef("agency"), OuterRef("area"))
    rows = Referral.objects.filter(author__isnull=False).exclude(state__in=_OVER)
    return rows.filter(Q(passes_on__lte=today) | ~Q(Exists(writes))).order_by("pk")


def may_pass_on(referral: Referral, *, by: Principal, today: date) -> Decision:
    """Only the task does it: on the day from which somebody takes over, or when the author has gone and the agency's
    contact, or the deputy, may have it.
    """
    decision = can(by, Perm.DEADLINES_RECONCILE, referral)
    if not to_pass_on(today).filter(pk=referral.pk).exists():
        decision &= Decision.no(Reason("Its author is there", "R44"))
    elif _next_author(referral, today) is None:
        decision &= Decision.no(Reason("No contact of the agency is there who may have it", "R44"))
    return decision


@service(event="referral_passed_on", asks=may_pass_on)
def pass_on(*, by: Principal, today: date, referral_id: int) -> Referral:
    """Give a referral whose author leaves to whoever takes over, else to the agency's contact, who is told (R44).

    Raises ``Refused``.
    """
    referral = locked_referral(referral_id)
    may_pass_on(referral, by=by, today=today).or_refuse()
    to = _next_author(referral, today)
    assert to is not None, "the twin has asked"  # noqa: S101
    _give(referral, to, by=by, today=today)
    follow_readers(referral.nominal_id, by=by, today=today)
    tell_new_author(referral, by=by, today=today)
    record_event(referral, root=referral.nominal_id, to=to.pk)
    return referral


def _give(referral: Referral, to: User, *, by: Principal, today: date) -> None:
    """Somebody else is its author from now on; the manager who is asked endorses nothing of their own."""
    was = referral.author
    referral.author, referral.passes_to, referral.passes_on = to, None, None
    referral.version += 1
    referral.save(update_fields=["author", "passes_to", "passes_on", "version"])
    _in_hand(referral, ReferralHand.PASSED_ON, was, to, by=by, today=today)
    if referral.state == ReferralState.AWAITING_ENDORSEMENT and referral.endorser_id == to.pk:
        moved(referral, ReferralVerb.SEND_BACK, by, today, _ITS_ENDORSER)


def _in_hand(referral: Referral, verb: ReferralHand, was: User | None, to: User, *, by: Principal, today: date) -> None:
    """Stamp who has it now, and who had it."""
    note = f"{to.name} instead of {was.name}" if was is not None else to.name
    ReferralChange.objects.create(
        referral=referral, verb=verb, state=referral.state, happened_on=today, by_id=by.user_id, note=note
    )


def _next_author(referral: Referral, today: date) -> User | None:
    """Whoever takes over today, else whoever is reached for the agency: of these, the first who may have it."""
    due = referral.passes_on is not None and referral.passes_on <= today
    asked = (referral.passes_to if due else None, reachable_for(referral.agency, on=today))
    return next((each for each in asked if each is not None and _may_have(referral, each, today)), None)


def _may_have(referral: Referral, user: User, today: date) -> bool:
    """They are another than its author, write for the agency, and read the record that is meant."""
    posts = Membership.objects.on(today).filter(user=user)
    if user.pk == referral.author_id or not _writing(posts, referral.agency_id, referral.area_id).exists():
        return False
    if referral.nominal is None or referral.family_name:
        return True
    return any(holder.user_id == user.pk for holder in who_can(Perm.NOMINAL_VIEW, referral.nominal, on=today))


def _writing(posts: QuerySet[Membership], agency: Any, area: Any) -> QuerySet[Membership]:
    """Of these, roles of people who can sign in that write for the agency, or handle what the area is sent."""
    writes = Q(agency=agency, role__in=roles_with(Perm.REFERRAL_WRITE))
    return posts.filter(writes | Q(area=area, role__in=roles_with(Perm.REFERRAL_HANDLE)), user__is_active=True)


def _written(handover: HandOver) -> QuerySet[Referral]:
    """For the agency of the role; by the unit, for any of its area."""
    member = handover.membership
    own = Q(agency=member.agency_id)
    if Role(member.role) in roles_with(Perm.REFERRAL_HANDLE):
        own |= Q(area=member.area_id)
    rows = Referral.objects.filter(own, author=member.user_id).exclude(state__in=_OVER)
    return rows if Role(member.role) in roles_with(Perm.REFERRAL_WRITE) else rows.none()


def _asked(handover: HandOver) -> QuerySet[Referral]:
    member = handover.membership
    rows = Referral.objects.filter(
        state=ReferralState.AWAITING_ENDORSEMENT, endorser=member.user_id, agency=member.agency_id
    )
    return rows if Role(member.role) in roles_with(Perm.REFERRAL_ENDORSE) else rows.none()


def _seats(handover: HandOver) -> list[PanelSeat]:
    """By the role of panel member in the area."""
    member = handover.membership
    if member.role != Role.PANEL_MEMBER:
        return []
    theirs = Q(member=member.user_id) | Q(substitute=member.user_id)
    lasting = Q(ends_on=None) | Q(ends_on__gte=handover.on)
    return list(PanelSeat.objects.filter(lasting, theirs, area=member.area_id).order_by("pk"))


def _before_the_panel(handover: HandOver) -> QuerySet[Referral]:
    return Referral.objects.filter(area=handover.membership.area_id, state=ReferralState.UNDER_PANEL)


def _moves_seats(handover: HandOver) -> bool:
    """A seat goes to the colleague, or back to the leaver."""
    return bool(_seats(handover) or handover.journal.rows(PanelSeat))


def _move_seats(handover: HandOver, to: User) -> None:
    """Cut where they were, the same seat continued with the colleague, who votes in no round in which it has voted
    (R47). Who has a seat of their own then takes no second one.
    """
    leaver = handover.membership.user_id
    for seat in _seats(handover):
        # A seat that has voted on its first day stays until then with whoever voted.
        begun = seat.starts_on < handover.on or seat.votes.exists()
        starts_on, ends_on = max(seat.starts_on + DAY if begun else seat.starts_on, handover.on), seat.ends_on
        member = to.pk if seat.member_id == leaver else seat.member_id
        substitute = to.pk if seat.substitute_id == leaver else seat.substitute_id
        if begun:
            seat.ends_on = starts_on - DAY
            seat.save(update_fields=["ends_on"])
        else:
            seat.delete()
        if ends_on is not None and ends_on < starts_on:
            continue
        seated = PanelSeat.objects.filter(area=seat.area_id, member=member).exclude(ends_on__lt=starts_on)
        if (seated if ends_on is None else seated.exclude(starts_on__gt=ends_on)).exists():
            continue
        PanelSeat.objects.create(
            area_id=seat.area_id, number=seat.number, member_id=member, starts_on=starts_on, ends_on=ends_on,
            substitute_id=None if substitute == member else substitute,
        )  # fmt: skip


def _open_of(going: Going) -> QuerySet[Referral]:
    return Referral.objects.filter(agency__in=going.agency_ids).exclude(state__in=_OVER)


def _waiting_of(going: Going) -> QuerySet[FirstNotification]:
    return FirstNotification.objects.filter(agency__in=going.agency_ids, state=FirstNotificationState.WAITING)
