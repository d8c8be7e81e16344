"""Answers that came from calendar programs by e-mail: counted where they fit what went out, else left to a person.

A reply proves nothing of who sent it. What it must hold is the entry's own key, which only whoever was sent the entry
knows, and the address it was sent to; what it can do is give an answer that the unit sees as such and anybody concerned
can change. It lets nobody into a record, and names nobody who comes.
"""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from agencies.access import can
from agencies.models import Membership
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from letters.replies import Incoming, Reply
from mappa import clock
from meetings.invited import told_for
from meetings.models import CalendarEntry, CalendarReply, Invitation, Slot
from meetings.models.reply import REASONS_LENGTH
from meetings.models.sitting import REASON_LENGTH
from meetings.queries import replies_of
from pages.conflicts import Conflict
from rules.core import Decision, Reason, Refused
from rules.replies import Effect, ReplyFacts, Standing, answer_meant, effect_of, may_count_reply
from rules.vocabulary import CalendarMethod, InvitationAnswer, ReceivedHow, ReplyState

from .invitations import AnswerRecord, answer_invitation
from .locking import hold_people, hold_sittings

_UNKNOWN = "It answers no meeting that was sent from here"
_NO_ACCOUNT = "Whoever was asked has no account any more"
_OTHERWISE = "It says otherwise than the answer that stands"
_WROTE = "It counts; what they wrote with it is to be read"


def may_record_reply(*, by: Principal) -> Decision:
    """Whether whoever acts may have replies counted: the task that reads the mailbox."""
    return can(by, Perm.SITTING_PLAN)


@service(event="calendar_reply_read", asks=may_record_reply)
def record_reply(
    *, by: Principal, today: date, read_at: datetime, digest: str, incoming: Incoming
) -> CalendarReply:  # fmt: skip
    """Count the reply in a message for every invitation it answers, or put the message into the tray with the reason.

    A message is read once: the same ``digest`` again changes nothing. ``read_at`` is now: nothing was said later, by
    whatever clock. Raises ``Refused`` for whoever may not.
    """
    may_record_reply(by=by).or_refuse()
    found = CalendarReply.objects.filter(digest=digest).first()
    if found is None:
        found = _read(_no_later(incoming, read_at), by=by, today=today)
        found.digest, found.read_on = digest, today
        found.save()
    record_event(found, root=None, entry=found.entry_id, state=found.state)
    return found


def may_close_reply(reply: CalendarReply, *, by: Principal, today: date) -> Decision:
    """Whether the message in the tray may be closed: by those who plan its area's meetings, if it waits."""
    allowed = can(by, Perm.SITTING_PLAN)
    if allowed and not replies_of(by).filter(pk=reply.pk).exists():
        return Decision.no(Reason("This message is not known here.", "R99"))
    if allowed and reply.state != ReplyState.WAITING:
        return Decision.no(Reason("This message does not wait any more", "R59"))
    return allowed


@service(event="calendar_reply_closed", asks=may_close_reply)
def close_reply(*, by: Principal, today: date, reply_id: int, by_hand: bool) -> CalendarReply:
    """Say that the answer was recorded by hand, or that nothing is to do; what was written is kept no longer.

    Raises ``Refused``.
    """
    reply = CalendarReply.objects.select_for_update(no_key=True).get(pk=reply_id)
    may_close_reply(reply, by=by, today=today).or_refuse()
    reply.state = ReplyState.BY_HAND if by_hand else ReplyState.NOTHING
    reply.closed_on, reply.closed_by_id, reply.text = today, by.user_id, ""
    reply.save()
    record_event(reply, root=None, state=reply.state)
    return reply


@dataclass(frozen=True)
class _Asked:
    """Whoever was sent an entry, and the live invitations there that they answer for."""

    entry: CalendarEntry
    rows: Sequence[Invitation]

    @property
    def address(self) -> str:
        return (self.entry.address if self.entry.user is None else self.entry.user.email).lower()

    @property
    def name(self) -> str:
        return self.rows[0].guest_name if self.entry.user is None else self.entry.user.name

    def is_own(self, row: Invitation) -> bool:
        by_mail = row.received_how == ReceivedHow.CALENDAR and row.received_from == self.name
        return by_mail or (self.entry.user_id is not None and row.answered_by_id == self.entry.user_id)


def _read(incoming: Incoming, *, by: Principal, today: date) -> CalendarReply:
    """What becomes of a message, not yet stored."""
    reply = incoming.reply
    if reply is None:
        return _left(incoming, incoming.why, today=today)
    entry = _entry(reply.uid)
    if entry is None:
        return _left(incoming, _UNKNOWN, today=today)
    made = CalendarReply(entry=entry, area_id=entry.sitting.area_id, said=reply.said, said_at=reply.said_at)
    asked = _asked(entry, today=today)
    counts = _fits(reply, incoming.sender, asked, today=today)
    why = [reason.text for reason in counts.reasons]
    if counts:
        why = _count(reply, asked, by=by, today=today)
    if reply.attendee == incoming.sender == asked.address:
        made.sender = asked.address
    made.state = ReplyState.WAITING if why else ReplyState.COUNTED
    made.why = "; ".join(why)[:REASONS_LENGTH]
    if made.state == ReplyState.WAITING and made.sender:
        made.text = reply.comment or incoming.text
    return made


def _count(reply: Reply, asked: _Asked, *, by: Principal, today: date) -> list[str]:
    """Give the answer to all that it changes; what a person has to look at all the same."""
    said_at, meant = reply.said_at, answer_meant(reply.said)
    effects = {row.pk: effect_of(reply.said, said_at, _standing(row, asked)) for row in asked.rows}
    changed = [row for row in asked.rows if effects[row.pk] is Effect.CHANGES]
    # Of several people's meetings nobody knows which one the words are about: they stand beside none.
    remark = _cut(reply.comment) if len(asked.rows) == 1 else ""
    why = [_OTHERWISE] if Effect.CONTRADICTS in effects.values() else []
    if reply.comment and not remark:
        why.append(_WROTE)
    try:
        for row in changed:
            if meant is None:
                on = min(today, said_at.astimezone(clock.LONDON).date())
                Invitation.objects.filter(pk=row.pk).update(perhaps_on=on, remark=remark)
            else:
                answer_invitation(
                    by=by, today=today, invitation_id=row.pk, answer=_record(asked, meant, said_at, remark, today)
                )
    except Refused as refusal:
        why += [reason.text for reason in refusal.decision.reasons]
    return why


def _record(asked: _Asked, meant: InvitationAnswer, said_at: datetime, remark: str, today: date) -> AnswerRecord:
    return AnswerRecord(
        meant, received_from=asked.name, received_how=ReceivedHow.CALENDAR,
        received_on=min(today, said_at.astimezone(clock.LONDON).date()), said_at=said_at, remark=remark,
    )  # fmt: skip


def _fits(reply: Reply, sender: str, asked: _Asked, *, today: date) -> Decision:
    entry = asked.entry
    if entry.user is not None and not entry.user.is_active:
        return Decision.no(Reason(_NO_ACCOUNT, "R59"))
    issues = {issue.sequence: issue for issue in entry.issues.all()}
    answered, newest = issues.get(reply.sequence), issues[max(issues)]
    facts = ReplyFacts(
        reply.said,
        by_whom_was_asked=reply.attendee == sender == asked.address,
        sent=answered is not None,
        same_time=answered is not None and (answered.starts_at, answered.ends_at) == (newest.starts_at, newest.ends_at),
        taken_out=newest.method == CalendarMethod.CANCEL or entry.sitting.cancelled_on is not None,
        over=entry.sitting.sits_on < today,
        speaks=bool(asked.rows),
    )
    return may_count_reply(facts)


def _entry(uid: str) -> CalendarEntry | None:
    """The entry of this key, with everybody heard in its sitting, and the sitting, locked.

    Raises ``Conflict`` when somebody came into the sitting meanwhile.
    """
    try:
        key = UUID(uid.partition("@")[0])
    except ValueError:
        return None
    sitting_id = CalendarEntry.objects.filter(uid=key, issues__isnull=False).values_list("sitting", flat=True).first()
    if sitting_id is None:
        return None
    heard = Slot.objects.filter(sitting=sitting_id, cancelled_on=None).order_by().values_list("nominal", flat=True)
    people = hold_people(heard)
    hold_sittings([sitting_id])
    if not set(heard.all()) <= people:
        raise Conflict
    return CalendarEntry.objects.select_related("sitting", "user").prefetch_related("issues").get(uid=key)


def _asked(entry: CalendarEntry, *, today: date) -> _Asked:
    live = Invitation.objects.live().filter(slot__sitting=entry.sitting_id)
    rows = live.select_related("agency", "slot__nominal__area").order_by("slot__starts_at", "pk")
    if entry.user is None:
        return _Asked(entry, list(rows.filter(agency=None, guest_email__iexact=entry.address)))
    found = [
        row
        for row in rows
        if row.agency is not None
        and told_for(row.slot.nominal, [row.agency], on=today).get(row.agency.pk) == entry.user
    ]
    return _Asked(entry, found)


def _standing(row: Invitation, asked: _Asked) -> Standing:
    return Standing(InvitationAnswer(row.answer), _since(row), asked.is_own(row))


def _since(row: Invitation) -> datetime | None:
    """When the answer that stands was given; one of which only the day is known stands for that whole day."""
    if row.answered_at is not None or row.answered_on is None:
        return row.answered_at
    return datetime.combine(row.answered_on + timedelta(1), time(), clock.LONDON)


def _no_later(incoming: Incoming, read_at: datetime) -> Incoming:
    """A calendar program whose clock is ahead has said it now."""
    reply = incoming.reply
    if reply is None or reply.said_at <= read_at:
        return incoming
    return replace(incoming, reply=replace(reply, said_at=read_at))


def _left(incoming: Incoming, why: str, *, today: date) -> CalendarReply:
    """A message for the tray: of somebody known with what they wrote, of anybody else without."""
    left = CalendarReply(state=ReplyState.WAITING, why=why)
    area_id = _area_of(incoming.sender, today=today)
    if area_id is not None:
        left.area_id, left.sender = area_id, incoming.sender
        left.text = incoming.text
    return left


def _area_of(address: str, *, today: date) -> int | None:
    """The one area in which somebody with this address works, or is a guest of a meeting to come."""
    if not address:
        return None
    members = Membership.objects.on(today).filter(user__email=address, user__is_active=True)
    areas = set(members.values_list("area", flat=True))
    guests = Invitation.objects.live().filter(guest_email__iexact=address, slot__starts_at__date__gte=today)
    areas |= set(guests.values_list("slot__sitting__area", flat=True))
    return areas.pop() if len(areas) == 1 else None


def _cut(words: str) -> str:
    return words if len(words) <= REASON_LENGTH else words[: REASON_LENGTH - 1] + "…"
