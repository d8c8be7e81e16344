"""Agencies and guests invited by hand, taken back, answered for, and asked once more (R57, R59, R108)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from agencies.access import can, can_in_area
from agencies.contacts import standing_of
from agencies.kinds import AgencyKind
from agencies.models import Agency, Area, Membership, User
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from letters.outbox import post
from meetings.chairs import is_outside
from meetings.invited import told_for
from meetings.letters import CHASER
from meetings.models import Booking, Invitation, InviteRule, JoiningText, Sitting, Slot
from meetings.queries import may_see_sitting
from rules.core import Decision, Reason, Refused
from rules.invitations import INVITED, chaser_due, may_write_down
from rules.invitations import may_answer as rules_may_answer
from rules.vocabulary import BookingPart, InvitationAnswer, InviteReason, ReceivedHow

from .inviting import by_hand, follow_invitations, may_be_invited, tell
from .locking import hold_invitations, hold_sittings, locked_invitation, locked_slot


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody without an account: a GP, a landlord, a prison elsewhere (R108)."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """An answer as it is given. What the unit writes down for others also says from whom, how and when it came; a
    calendar reply, when it was said and what stood in it.
    """

    answer: InvitationAnswer
    deputy: str = ""
    why_not: str = ""
    attends_id: int | None = None
    received_from: str = ""
    received_how: ReceivedHow | None = None
    received_on: date | None = None
    said_at: datetime | None = None
    remark: str = ""


def may_invite(
    slot: Slot, *, by: Principal, today: date, agency_id: int | None = None, guest: Guest | None = None,
    because: str | None = None, reasons: Collection[InviteReason] = (),
) -> Decision:  # fmt: skip
    """Whether somebody may be invited by hand to this meeting; with an agency or a guest, whether they."""
    allowed = can(by, Perm.SITTING_PLAN, slot)
    if not allowed:
        return allowed
    if slot.cancelled_on is not None or slot.held_on < today:
        allowed &= Decision.no(Reason("This meeting is over or was cancelled", "R59"))
    allowed &= may_be_invited(slot.nominal, agency_id, on=slot.held_on, today=today, because=because, reasons=reasons)
    live = slot.invitations.filter(withdrawn_on=None)
    if agency_id is not None and live.filter(agency=agency_id).exists():
        allowed &= Decision.no(Reason("This agency is invited already", "R59"))
    if guest is not None:
        if live.filter(agency=None, guest_email__iexact=guest.email.strip()).exists():
            allowed &= Decision.no(Reason("A guest with this e-mail address is invited already", "R59"))
        if User.objects.filter(email=guest.email.strip().lower()).exists():
            allowed &= Decision.no(Reason("Somebody with an account has this address: invite their agency", "R108"))
    return allowed


@service(event="agency_invited", asks=may_invite)
def invite_agency(
    *, by: Principal, today: date, slot_id: int, agency_id: int, because: str, reasons: Collection[InviteReason] = ()
) -> Invitation:
    """Invite an agency by hand, with the reason in words; ``reasons`` are those of the table for which it was chosen,
    where the table alone could not say which. Raises ``Refused``.
    """
    slot, _ = locked_slot(slot_id)
    may_invite(slot, by=by, today=today, agency_id=agency_id, because=because, reasons=reasons).or_refuse()
    made = Invitation.objects.create(
        slot=slot, agency_id=agency_id, reasons=by_hand(reasons), because=because.strip(), invited_on=today
    )
    _follow(slot, by=by, today=today)
    record_event(made, root=slot.nominal_id, agency=agency_id)
    return made


@service(event="guest_invited", asks=may_invite)
def invite_guest(
    *, by: Principal, today: date, slot_id: int, guest: Guest, because: str, reasons: Collection[InviteReason] = ()
) -> Invitation:
    """Invite a guest without an account, perhaps for reasons of the table; their answer is written down by the unit.
    Raises ``Refused``.
    """
    slot, _ = locked_slot(slot_id)
    may_invite(slot, by=by, today=today, guest=guest, because=because, reasons=reasons).or_refuse()
    made = Invitation.objects.create(
        slot=slot, guest_name=guest.name.strip(), guest_email=guest.email.strip().lower(),
        reasons=by_hand(reasons), because=because.strip(), invited_on=today,
    )  # fmt: skip
    _follow(slot, by=by, today=today)
    record_event(made, root=slot.nominal_id)
    return made


def may_withdraw(invitation: Invitation, *, by: Principal, today: date) -> Decision:
    """Whether the invitation may be taken back."""
    allowed = can(by, Perm.SITTING_PLAN, invitation)
    if invitation.withdrawn_on is not None or invitation.slot.cancelled_on is not None:
        return allowed & Decision.no(Reason("This invitation was withdrawn, or the meeting was cancelled", "R59"))
    if invitation.slot.held_on < today:
        return allowed & Decision.no(Reason("This meeting is over", "R59"))
    return allowed


@service(event="invitation_withdrawn", asks=may_withdraw)
def withdraw_invitation(*, by: Principal, today: date, invitation_id: int) -> Invitation:
    """Take an invitation back: the agency's part in the case ends today, unless it has another. Raises ``Refused``."""
    invitation = locked_invitation(invitation_id)
    may_withdraw(invitation, by=by, today=today).or_refuse()
    invitation.withdrawn_on = today
    invitation.save(update_fields=["withdrawn_on"])
    _unbook(invitation)
    _follow(invitation.slot, by=by, today=today)
    record_event(invitation, root=invitation.slot.nominal_id, agency=invitation.agency_id)
    return invitation


def may_answer(invitation: Invitation, *, by: Principal, today: date, answer: AnswerRecord | None = None) -> Decision:
    """Whether the invitation may be answered, by its agency or by the unit for it; with an answer, whether so."""
    unit = can(by, Perm.SITTING_PLAN, invitation)
    own = invitation.agency_id is not None and invitation.agency_id == by.agency_id
    allowed = unit if unit and not own else can(by, Perm.INVITATION_ANSWER, invitation)
    if allowed and not (unit or own):
        return Decision.no(Reason("This invitation is another agency's.", "R59"))
    if not allowed or answer is None:
        return allowed
    allowed &= rules_may_answer(
        answer.answer, deputy=answer.deputy, why=answer.why_not, received_on=answer.received_on or today, today=today,
        is_live=invitation.withdrawn_on is None and invitation.slot.cancelled_on is None,
    )  # fmt: skip
    if not unit and invitation.slot.held_on < today:
        allowed &= Decision.no(Reason("This meeting is over: tell the unit, which writes it down", "R59"))
    if not own:
        allowed &= may_write_down(received_from=answer.received_from)
    if answer.attends_id is not None:
        allowed &= _may_attend(invitation, answer.attends_id, today)
    return allowed


@service(event="invitation_answered", asks=may_answer)
def answer_invitation(*, by: Principal, today: date, invitation_id: int, answer: AnswerRecord) -> Invitation:
    """Answer an invitation. Who attends is kept busy for the time of the slot. Raises ``Refused``.

    Whoever represents an agency in another meeting at that time is refused, however close behind.
    """
    invitation = locked_invitation(invitation_id, attends_id=answer.attends_id)
    may_answer(invitation, by=by, today=today, answer=answer).or_refuse()
    given = answer.answer is not InvitationAnswer.NONE
    for_them = given and bool(answer.received_from.strip())
    invitation.answer = answer.answer
    invitation.deputy = answer.deputy.strip() if answer.answer is InvitationAnswer.DEPUTY else ""
    invitation.why_not = answer.why_not.strip() if answer.answer is InvitationAnswer.NOT_NEEDED else ""
    invitation.attends_id = answer.attends_id if answer.answer is InvitationAnswer.ATTENDING else None
    invitation.answered_on = (answer.received_on or today) if given else None
    invitation.answered_by_id = by.user_id if given else None
    invitation.received_from = answer.received_from.strip() if for_them else ""
    invitation.received_how = (answer.received_how or ReceivedHow.PHONE) if for_them else ""
    invitation.answered_at = (answer.said_at or Now()) if given else None
    invitation.remark, invitation.perhaps_on = answer.remark if given else "", None
    invitation.save()
    _unbook(invitation)
    _book(invitation)
    _follow(invitation.slot, by=by, today=today)
    record_event(invitation, root=invitation.slot.nominal_id, agency=invitation.agency_id, answer=answer.answer)
    return invitation


def may_answer_all(*, by: Principal, today: date) -> Decision:
    """Whether whoever acts answers invitations at all."""
    return can(by, Perm.INVITATION_ANSWER)


@service(event="invitations_answered", asks=may_answer_all)
def answer_invitations(*, by: Principal, today: date, answers: Mapping[int, AnswerRecord]) -> Sequence[Invitation]:
    """Answer several invitations at once: all of them, or none. Raises ``Refused``."""
    may_answer_all(by=by, today=today).or_refuse()
    if not answers:
        raise Refused(Decision.no(Reason("Choose at least one answer", "R59")))
    hold_invitations(answers, users=[answer.attends_id for answer in answers.values()])
    given = [
        answer_invitation(by=by, today=today, invitation_id=key, answer=answer)
        for key, answer in sorted(answers.items())
    ]
    sittings = sorted({each.slot.sitting_id for each in given})
    record_event(given[0], root=None, sittings=sittings, answers=len(given))
    return given


def may_chase(sitting: Sitting, *, by: Principal, today: date) -> Decision:
    """Whether those who have not answered for a sitting may be asked once more."""
    allowed = can_in_area(by, Perm.SITTING_PLAN, sitting.area_id)
    if not allowed or not may_see_sitting(by, sitting):
        return allowed & Decision.no(Reason("This sitting is not known here.", "R99"))
    if sitting.cancelled_on is not None or sitting.sits_on < today:
        return Decision.no(Reason("This sitting is over or was cancelled", "R59"))
    return allowed


@service(event="invitations_chased", asks=may_chase)
def chase_invitations(*, by: Principal, today: date, sitting_id: int, stage: int | None = None) -> int:
    """Write to whoever is reached for each agency that has not answered: once a stage, or, by hand, once a day.

    Returns how many were written to now. Raises ``Refused``.
    """
    sitting = hold_sittings([sitting_id])[sitting_id]
    may_chase(sitting, by=by, today=today).or_refuse()
    rows = Invitation.objects.unanswered().filter(slot__sitting=sitting)
    told: dict[int, User] = {}
    for row in rows.select_related("agency", "slot__nominal"):
        if row.agency is not None:
            told |= {user.pk: user for user in told_for(row.slot.nominal, [row.agency], on=today).values()}
    at = f"stage{stage}" if stage is not None else today.isoformat()
    for _, user in sorted(told.items()):
        post(by=by, kind=CHASER, recipient=user, event_key=f"invitation_chaser:{sitting.pk}:{at}", subject=sitting)
    record_event(sitting, root=None, stage=stage, told=sorted(told))
    return len(told)


@service(event="calendar_entries_refreshed", asks=may_chase)
def refresh_entries(*, by: Principal, today: date, sitting_id: int) -> int:
    """Bring calendar entries in line with who is reached today: a contact went away, somebody was kept out.

    Returns how many went out. Raises ``Refused``.
    """
    sitting = hold_sittings([sitting_id])[sitting_id]
    may_chase(sitting, by=by, today=today).or_refuse()
    sent = tell(sitting, by=by, today=today)
    record_event(sitting, root=None, sent=sent)
    return sent


def stage_today(sitting: Sitting, *, today: date) -> int | None:
    """At which stage the unanswered invitations of the sitting are chased today, if at any."""
    return chaser_due(sitting.sits_on, parameters_for(sitting.area_id), today=today)


def may_set_invite_rules(area_id: int, *, by: Principal, today: date, reason: InviteReason | None = None) -> Decision:
    """Whether the table of who is invited may be set in the area; with a reason, whether for it."""
    allowed = can_in_area(by, Perm.PANEL_SET, area_id)
    if allowed and reason is not None and reason not in INVITED:
        return Decision.no(Reason("This reason is no matter of the table", "R57"))
    return allowed


@service(event="invite_rule_set", asks=may_set_invite_rules)
def set_invite_rule(
    *, by: Principal, today: date, area_id: int, reason: InviteReason, kinds: Collection[AgencyKind],
    agency_ids: Collection[int],
) -> Sequence[InviteRule]:  # fmt: skip
    """Say whom the area invites for a reason: kinds of agency, agencies by name, or nobody. From now on; what stands
    stays as it is. Raises ``Refused``.
    """
    Area.objects.select_for_update(no_key=True).get(pk=area_id)
    may_set_invite_rules(area_id, by=by, today=today, reason=reason).or_refuse()
    if Agency.objects.filter(pk__in=agency_ids, area=area_id).count() != len(set(agency_ids)):
        raise Refused(Decision.no(Reason("Choose agencies of this area", "R97")))
    InviteRule.objects.filter(area=area_id, reason=reason).delete()
    usual = {AgencyKind(kind) for kind in INVITED[reason]}
    rows = [
        InviteRule(area_id=area_id, reason=reason, kind=kind, invited=kind in kinds)
        for kind in sorted(usual | set(kinds))
    ]
    rows += [InviteRule(area_id=area_id, reason=reason, agency_id=each) for each in sorted(set(agency_ids))]
    made = InviteRule.objects.bulk_create(rows)
    record_event(Area(pk=area_id), root=None, reason=reason, kinds=sorted(kinds), agencies=sorted(set(agency_ids)))
    return made


@service(event="joining_text_set", asks=may_set_invite_rules)
def set_joining_text(*, by: Principal, today: date, area_id: int, text: str) -> JoiningText:
    """Say how one joins the area's meetings and what is expected there. It goes by e-mail. Raises ``Refused``."""
    Area.objects.select_for_update(no_key=True).get(pk=area_id)
    may_set_invite_rules(area_id, by=by, today=today).or_refuse()
    stored, _ = JoiningText.objects.update_or_create(area_id=area_id, defaults={"text": text.strip()})
    record_event(stored, root=None, length=len(stored.text))
    return stored


def people_of(agency_id: int, *, on: date) -> list[User]:
    """Those who work for the agency, or a team of it, on the day."""
    members = Membership.objects.on(on).filter(agency__in=[agency_id, *_teams(agency_id)])
    return list(User.objects.filter(pk__in=members.values("user")))


def _teams(agency_id: int) -> list[int]:
    return list(Agency.objects.filter(part_of=agency_id).values_list("pk", flat=True))


def _follow(slot: Slot, *, by: Principal, today: date) -> None:
    follow_invitations(slot.nominal, today=today)
    tell(slot.sitting, by=by, today=today)


def _may_attend(invitation: Invitation, user_id: int, today: date) -> Decision:
    slot, agency = invitation.slot, invitation.agency
    if agency is None or user_id not in {user.pk for user in people_of(agency.pk, on=slot.held_on)}:
        return Decision.no(Reason("Choose somebody who works for the agency", "R59"))
    if is_outside(User.objects.get(pk=user_id), slot.nominal, on=today):
        return _cannot_come(agency, slot)
    busy = Booking.objects.filter(user=user_id, starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at)
    return _cannot_come(agency, slot) if busy.exclude(slot=slot).exists() else Decision.yes()


def _cannot_come(agency: Agency, slot: Slot) -> Decision:
    """In the same words whether they sit elsewhere or may not read of the person: that is not for the agency."""
    deputy = standing_of(agency, on=slot.held_on).deputy
    instead = f": {deputy.user.name} is the deputy" if deputy is not None else ""
    return Decision.no(Reason(f"This person cannot come at that time{instead}", "R57"))


def _unbook(invitation: Invitation) -> None:
    parts = Booking.objects.filter(slot=invitation.slot_id, part=BookingPart.REPRESENTATIVE)
    parts.filter(agency=invitation.agency_id).delete()


def _book(invitation: Invitation) -> None:
    if invitation.attends_id is None or invitation.agency is None:
        return
    slot = invitation.slot
    try:
        with transaction.atomic():
            Booking.objects.create(
                slot=slot, part=BookingPart.REPRESENTATIVE, user_id=invitation.attends_id, agency=invitation.agency,
                starts_at=slot.starts_at, ends_at=slot.ends_at,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(_cannot_come(invitation.agency, slot)) from error
