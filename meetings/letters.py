"""Letters about meetings: a reference, a link, an entry for the calendar. No name, in subject, text or file (R58)."""

from datetime import date
from email.utils import parseaddr

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from agencies.models import User
from agencies.roles import Perm
from letters.calendar import Attendee, Event, Method, calendar_text
from letters.kinds import Enclosure, LetterKind
from letters.models import Message
from letters.states import State
from rules.vocabulary import CalendarMethod

from .invited import own_times, told_for
from .models import CalendarIssue, Invitation, JoiningText

INVITED, CHANGED, CANCELLED, CHASER = "meeting_invitation", "meeting_changed", "meeting_cancelled", "meeting_chaser"
TO_ANSWER = "my-invitations"
_METHODS = {CalendarMethod.REQUEST: Method.REQUEST, CalendarMethod.CANCEL: Method.CANCEL}


def enclosed(issue_id: int, to: str) -> Enclosure:
    """The entry as it was issued; with somebody's first one, how one joins and what is expected."""
    issue = CalendarIssue.objects.select_related("entry__sitting", "room").get(pk=issue_id)
    method = _METHODS[CalendarMethod(issue.method)]
    first = not _has_gone_out(CalendarIssue.objects.filter(entry=issue.entry_id, sequence__lt=issue.sequence))
    words = JoiningText.objects.filter(area=issue.entry.sitting.area_id).values_list("text", flat=True).first()
    return Enclosure(
        reference=f"meeting {issue.entry.sitting_id}",
        words=(words or "") if first else "",
        calendar=calendar_text([event_of(issue, to)], method=method),
        method=method.value,
    )


def event_of(issue: CalendarIssue, to: str) -> Event:
    """The entry for the calendar of whoever has this e-mail address."""
    replies = settings.MAPPA_REPLIES
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = sender.rpartition("@")[2] or "localhost"
    page = "" if issue.entry.user_id is None else settings.MAPPA_ADDRESS + reverse(TO_ANSWER)
    place = [issue.room.name] if issue.room is not None else []
    text = f"Join: {issue.join_link}" if issue.join_link else ""
    return Event(
        uid=f"{issue.entry.uid}@{domain}",
        stamp=issue.issued_at,
        starts_at=issue.starts_at,
        ends_at=issue.ends_at,
        summary=f"MAPPA meeting {issue.entry.sitting_id}",
        sequence=issue.sequence,
        description="\n".join(filter(None, [text, f"Who and why: {page}" if page else ""])),
        location=", ".join([*place, *(["online"] if issue.join_link else [])]),
        url=page,
        organiser=Attendee(sender if replies is None else replies.address, "MAPPA unit"),
        # Without a mailbox answers are given on the page alone: nobody reads those of calendar programs.
        attendees=(Attendee(to, replies=replies is not None),),
    )


def is_latest(issue_id: int, user: User, on: date) -> bool:
    """Nothing newer has been issued to the same person, the day is not over, and they may still read of the meeting."""
    if not latest_for_guest(issue_id, on):
        return False
    issue = CalendarIssue.objects.select_related("entry__sitting").get(pk=issue_id)
    return issue.method == CalendarMethod.CANCEL or user.pk in own_times(issue.entry.sitting, today=on)


def _has_gone_out(earlier: QuerySet[CalendarIssue]) -> bool:
    """Whether one of these was sent, may have been, or is on its way to the mail server at this moment."""
    letters = Message.objects.filter(kind__in=(INVITED, CHANGED), subject_id__in=earlier.values("pk"))
    return letters.filter(Q(handed_at__isnull=False) | Q(state=State.CLAIMED)).exists()


def latest_for_guest(issue_id: int, on: date) -> bool:
    """The same for a guest. What was never sent is not taken out of a calendar either."""
    issue = CalendarIssue.objects.select_related("entry__sitting").filter(pk=issue_id).first()
    if issue is None or issue.entry.sitting.sits_on < on:
        return False
    issued = CalendarIssue.objects.filter(entry=issue.entry_id)
    if issue.method == CalendarMethod.CANCEL and not _has_gone_out(issued.filter(sequence__lt=issue.sequence)):
        return False
    return not issued.filter(sequence__gt=issue.sequence).exists()


def still_unanswered(sitting_id: int, user: User, on: date) -> bool:
    """Whether the person is still reached for an agency that has not answered for this sitting."""
    rows = Invitation.objects.unanswered().filter(slot__sitting=sitting_id).select_related("agency", "slot__nominal")
    return any(
        row.agency is not None and told_for(row.slot.nominal, [row.agency], on=on).get(row.agency.pk) == user
        for row in rows
    )


def _about_an_entry(code: str, label: str, subject_line: str) -> LetterKind:
    return LetterKind(
        code=code, label=label, subject_line=subject_line, reference="calendar entry {id}", url_name=TO_ANSWER,
        posted_with=(Perm.SITTING_PLAN, Perm.INVITATION_ANSWER), still_wanted=is_latest, link_takes_id=False,
        guest_wanted=latest_for_guest, encloses=enclosed,
    )  # fmt: skip


LETTERS = (
    _about_an_entry(INVITED, "Invitation to a meeting", "You are invited to a MAPPA meeting"),
    _about_an_entry(CHANGED, "Meeting changed", "A MAPPA meeting has changed"),
    _about_an_entry(CANCELLED, "Meeting cancelled", "A MAPPA meeting is no longer in your calendar"),
    LetterKind(
        code=CHASER, label="Invitation not answered", subject_line="A MAPPA invitation waits for your answer",
        reference="meeting {id}", url_name=TO_ANSWER, posted_with=(Perm.SITTING_PLAN,),
        still_wanted=still_unanswered, link_takes_id=False,
    ),
)  # fmt: skip
