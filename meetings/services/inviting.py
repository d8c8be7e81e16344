"""What follows from placing, moving and cancelling for those invited: their part in the case, and what they are sent.

No services of its own: each is called inside the service that makes it necessary, so that both stand or fall together.
"""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q

from agencies.models import Agency, User
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.spans import open_on
from cases.models import CaseParticipation, Nominal, PersonalGrant
from cases.services.following import the_permission
from letters.outbox import post
from meetings.invited import inside_the_wall, own_times
from meetings.letters import CANCELLED, CHANGED, INVITED
from meetings.models import CalendarEntry, CalendarIssue, Invitation, Sitting, Slot
from meetings.records import Choice
from meetings.wanted import wanted_for
from rules.core import FEWEST_WORDS, IN_WORDS, Decision, Reason
from rules.invitations import INVITED as ASKED_FOR
from rules.invitations import meeting_open_to
from rules.vocabulary import CalendarMethod, InvitationAnswer, InviteReason, ParticipationSource

NO_ANSWER = {
    "answer": InvitationAnswer.NONE, "deputy": "", "why_not": "", "attends": None, "answered_on": None,
    "answered_by": None, "received_from": "", "received_how": "", "answered_at": None, "remark": "", "perhaps_on": None,
}  # fmt: skip


_NOT_THIS_AGENCY = "This agency cannot be invited: choose another of this area that takes part"
BY_THE_TABLE = Choice()


def may_be_invited(
    nominal: Nominal, agency_id: int | None, *, on: date, today: date, because: str | None = None,
    reasons: Collection[InviteReason] = (),
) -> Decision:  # fmt: skip
    """Whether an agency may be invited by hand to the person's meeting of a day: one of the area that takes part then,
    on the right side of every wall, for a reason in words. Without an agency, whether anybody may for this reason.
    """
    decision = Decision.yes()
    if because is not None and len(because.split()) < FEWEST_WORDS:
        decision &= Decision.no(Reason(f"Say why they are invited, {IN_WORDS}", "R57"))
    if any(reason not in ASKED_FOR for reason in reasons):
        decision &= Decision.no(Reason("This reason is no matter of the table", "R57"))
    if agency_id is not None:
        here = Agency.objects.on(on).filter(pk=agency_id, area=nominal.area_id).exists()
        if not here or not inside_the_wall(nominal, [agency_id], today=today):
            decision &= Decision.no(Reason(_NOT_THIS_AGENCY, "R97"))
    return decision


def may_choose(nominal: Nominal, choice: Choice, *, on: date, today: date) -> Decision:
    """Whether everybody whom the choice adds may be invited to the person's meeting of this day."""
    decision = Decision.yes()
    for each in choice.added:
        decision &= may_be_invited(
            nominal, each.agency_id, on=on, today=today, because=each.because, reasons=each.reasons
        )
    return decision


def by_hand(reasons: Collection[InviteReason]) -> list[InviteReason]:
    """The reasons that stand with an invitation by hand: those of the table, or that it was by hand."""
    return [*dict.fromkeys(reasons)] or [InviteReason.BY_HAND]


def invite(slot: Slot, *, by: Principal, today: date, choice: Choice = BY_THE_TABLE) -> None:
    """Invite whom the table asks for and who has not been invited; whoever was taken off the slot stays off.

    Whoever the choice leaves out is written down as taken off on the same day: nothing is sent to them, and a later
    move does not invite them. Whoever it adds is invited by hand, once, also where the table asks for them as well.
    """
    known = set(slot.invitations.filter(agency__isnull=False).values_list("agency", flat=True))
    added = {each.agency_id: each for each in choice.added}
    asked = wanted_for(slot, today=today).agencies
    for agency_id in dict.fromkeys([*asked, *added]):
        if agency_id in known:
            continue
        reasons, hand = asked.get(agency_id, []), added.get(agency_id)
        Invitation.objects.create(
            slot=slot, agency_id=agency_id, invited_on=today, because="" if hand is None else hand.because.strip(),
            reasons=reasons if hand is None else list(dict.fromkeys([*reasons, *by_hand(hand.reasons)])),
            withdrawn_on=today if hand is None and agency_id in choice.left_out else None,
        )  # fmt: skip
    follow_invitations(slot.nominal, today=today)
    tell(slot.sitting, by=by, today=today)


def ask_again(slots: Iterable[Slot], *, left: Sitting | None = None, by: Principal, today: date) -> None:
    """The slots have another time: every answer is asked for anew, and everybody is told. ``left``: the sitting they
    were in before, if it is another.
    """
    moved = list(slots)
    for slot in moved:
        slot.invitations.live().update(**NO_ANSWER)
        invite(slot, by=by, today=today)
    if left is not None:
        tell(left, by=by, today=today)


def take_back(slots: Iterable[Slot], *, by: Principal, today: date) -> None:
    """The slots were cancelled: nobody is invited to them any more, and everybody is told."""
    sittings = {}
    for slot in slots:
        slot.invitations.filter(withdrawn_on=None).update(withdrawn_on=today)
        follow_invitations(slot.nominal, today=today)
        sittings[slot.sitting_id] = slot.sitting
    for sitting in sittings.values():
        tell(sitting, by=by, today=today)


def follow_all(slots: Iterable[Slot], *, by: Principal, today: date) -> None:
    """Who is invited, or comes for an agency, is somebody else: parts in the cases and calendars follow."""
    rows = list(slots)
    for nominal in {slot.nominal_id: slot.nominal for slot in rows}.values():
        follow_invitations(nominal, today=today)
    for sitting in {slot.sitting_id: slot.sitting for slot in rows}.values():
        tell(sitting, by=by, today=today)


def follow_invitations(nominal: Nominal, *, today: date) -> None:
    """Let whoever is invited take part in the case until the set days after the meeting, and whoever chairs it read it.

    Without a live invitation the part ends today. An exclusion beats the grant, as it beats every other.
    """
    agencies: dict[int, date] = {}
    people: dict[int, date] = {}
    slots = Slot.objects.filter(nominal=nominal, cancelled_on=None).select_related("sitting")
    for slot in slots.prefetch_related("invitations__agency"):
        for invitation in slot.invitations.all():
            if invitation.withdrawn_on is None and invitation.agency is not None:
                _later(agencies, invitation.agency.group_id, slot.held_on)
                _later(people, invitation.attends_id, slot.held_on)
        _later(people, slot.sitting.chair_id, slot.held_on)
    _follow(CaseParticipation, "group_id", agencies, nominal, today)
    _follow(PersonalGrant, "user_id", people, nominal, today)


def _later(found: dict[int, date], holder: int | None, day: date) -> None:
    if holder is not None:
        found[holder] = max(day, found.get(holder, day))


def _follow(
    grants: type[CaseParticipation] | type[PersonalGrant],
    holder: str,
    wanted: dict[int, date],
    nominal: Nominal,
    today: date,
) -> None:
    parameters = parameters_for(nominal.area_id)
    standing = {
        getattr(grant, holder): grant
        for grant in grants.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=today), content_object=nominal, source=ParticipationSource.MEETING
        )
    }
    for key, held_on in wanted.items():
        last = meeting_open_to(held_on, parameters).value
        grant = standing.pop(key, None)
        if grant is not None and grant.ends_on != last:
            grants.objects.filter(pk=grant.pk).update(ends_on=max(last, grant.starts_on))
        if grant is not None and grant.starts_on > today and not _reads_now(grants, holder, key, nominal, today):
            # Handed over for a day to come; whoever comes is told, and reads, from now on.
            grants.objects.filter(pk=grant.pk).update(starts_on=today)
        elif grant is None and last >= today:
            grants.objects.create(
                content_object=nominal, permission=the_permission(), source=ParticipationSource.MEETING,
                starts_on=today, ends_on=last, **{holder: key},
            )  # fmt: skip
    over = grants.objects.filter(pk__in=[grant.pk for grant in standing.values()])
    # Handed over for a day to come, and not begun.
    over.filter(starts_on__gt=today).delete()
    over.update(ends_on=today)


def _reads_now(
    grants: type[CaseParticipation] | type[PersonalGrant], holder: str, key: int, nominal: Nominal, today: date
) -> bool:
    rows = grants.objects.filter(open_on(today), content_object=nominal, source=ParticipationSource.MEETING)
    return rows.filter(**{holder: key}).exists()


def tell(sitting: Sitting, *, by: Principal, today: date) -> int:
    """Bring everybody's calendar entry of a coming sitting in line: sent, sent again when it changed, taken out.

    Returns how many were sent. Twice is once: what has gone out already is compared.
    """
    if sitting.sits_on < today:
        return 0
    wanted = own_times(sitting, today=today)
    entries = {
        entry.user_id or entry.address: entry
        for entry in CalendarEntry.objects.filter(sitting=sitting).prefetch_related("issues")
    }
    sent = 0
    for whom, own in wanted.items():
        entry = entries.get(whom)
        last = entry.issues.last() if entry is not None else None
        issue = CalendarIssue(
            method=CalendarMethod.REQUEST, starts_at=own.starts_at, ends_at=own.ends_at, order=own.order,
            room_id=sitting.room_id, join_link=sitting.join_link,
        )  # fmt: skip
        if last is not None and _says(last) == _says(issue):
            continue
        if entry is None:
            to = {"address": whom} if isinstance(whom, str) else {"user_id": whom}
            entry = CalendarEntry.objects.create(sitting=sitting, **to)
        _send(entry, issue, last, by=by)
        sent += 1
    for whom, entry in entries.items():
        last = entry.issues.last()
        if whom not in wanted and last is not None and last.method == CalendarMethod.REQUEST:
            issue = CalendarIssue(
                method=CalendarMethod.CANCEL, starts_at=last.starts_at, ends_at=last.ends_at, order=last.order,
                room_id=last.room_id, join_link=last.join_link,
            )  # fmt: skip
            _send(entry, issue, last, by=by)
            sent += 1
    return sent


def _says(issue: CalendarIssue) -> tuple[object, ...]:
    return issue.method, issue.starts_at, issue.ends_at, issue.order, issue.room_id, issue.join_link


def _send(entry: CalendarEntry, issue: CalendarIssue, last: CalendarIssue | None, *, by: Principal) -> None:
    issue.entry, issue.sequence = entry, 0 if last is None else last.sequence + 1
    issue.save(force_insert=True)
    kind = CHANGED
    if issue.method == CalendarMethod.CANCEL:
        kind = CANCELLED
    elif last is None or last.method == CalendarMethod.CANCEL:
        kind = INVITED
    to: User | str = entry.address if entry.user is None else entry.user
    post(by=by, kind=kind, recipient=to, event_key=f"calendar_entry:{entry.pk}:{issue.sequence}", subject=issue)
