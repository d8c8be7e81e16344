"""E-mails and calendar files as they leave the system, kept and looked at; and read by another library (RFC 5545)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any, cast
from uuid import UUID

import pytest
from icalendar import Calendar

from agencies.models import User
from agencies.roles import Role
from exchange.feeds.views import events_of
from letters.calendar import Method, calendar_text
from letters.kinds import letter_kinds
from letters.mail import email_for
from letters.models import Message
from letters.states import State
from mappa import clock
from mappa.env import ReplyMailbox
from meetings.models import CalendarEntry, CalendarIssue, JoiningText, Room, Sitting
from rules.vocabulary import CalendarMethod
from tests.factories import meetings as plan
from tests.factories.agencies import AreaFactory, MembershipFactory, UserFactory
from tests.factories.cases import TODAY, nominal

from .keep import KEPT, kept
from .test_calendar import read

MADE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SITTING, CANARY = 4711, "Qzimvexite"
MAILBOX = ReplyMailbox("mappa@example.org", "127.0.0.1", 993, "r", "p", "INBOX")


class Letters:
    """One sitting with Jo Alder's entry and a guest's: put in, changed when the order did, taken out."""

    def __init__(self) -> None:
        self.area = AreaFactory.create()
        self.jo: User = UserFactory.create(email="jo.alder@example.org", given_name="Jo", family_name="Alder")
        self.sitting: Sitting = plan.sitting(self.area, pk=SITTING, join_link="https://meet.example.org/4711")
        self.room = Room.objects.create(area=self.area, name="Oak room, first floor; ring at the side door")
        JoiningText.objects.create(area=self.area, text="Join five minutes early.\nBe alone in the room.")
        self.issues = {
            "request": self.issue(self.entry(1, user=self.jo), 0),
            "update": self.issue(CalendarEntry.objects.get(user=self.jo), 1, hours=3),
            "cancel": self.issue(CalendarEntry.objects.get(user=self.jo), 2, hours=3, method=CalendarMethod.CANCEL),
            "guest": self.issue(self.entry(2, address="rowan@example.org"), 0),
        }
        Message.objects.create(
            kind="meeting_invitation", event_key="kept", recipient=self.jo, subject_id=self.issues["request"].pk,
            state=State.SENT, handed_at=MADE, settled_at=MADE,
        )  # fmt: skip

    def entry(self, number: int, **to: Any) -> CalendarEntry:
        return CalendarEntry.objects.create(sitting=self.sitting, uid=UUID(int=number), **to)

    def issue(
        self, entry: CalendarEntry, sequence: int, *, hours: int = 1, method: CalendarMethod = CalendarMethod.REQUEST
    ) -> CalendarIssue:
        made = CalendarIssue.objects.create(
            pk=100 * entry.pk + sequence, entry=entry, sequence=sequence, method=method, room=self.room,
            starts_at=plan.at(10), ends_at=plan.at(10) + timedelta(hours=hours), join_link=self.sitting.join_link,
        )  # fmt: skip
        CalendarIssue.objects.filter(pk=made.pk).update(issued_at=MADE + timedelta(minutes=sequence))
        return made

    def sent(self, kind: str, subject_id: int, *, guest: str = "") -> bytes:
        """The octets that go to the mail server, under one clock and with boundaries that do not change."""
        to = {"address": guest} if guest else {"recipient": self.jo}
        message: Any = email_for(Message(kind=kind, subject_id=subject_id, key=UUID(int=7), **to)).message()
        message.replace_header("Date", "Mon, 23 Nov 2026 09:00:00 -0000")
        for number, part in enumerate(each for each in message.walk() if each.is_multipart()):
            part.set_boundary(f"=={number}==")
        return cast("bytes", message.as_bytes(linesep="\r\n"))


@pytest.fixture
def letters(db: None, settings: Any) -> Letters:
    settings.DEFAULT_FROM_EMAIL, settings.MAPPA_ADDRESS = "mappa@example.org", "https://mappa.example.org"
    settings.MAPPA_REPLIES = MAILBOX
    return Letters()


def calendar_in(octets: bytes) -> bytes:
    """The calendar part as the reader's program gets it."""
    message = message_from_bytes(octets, policy=policy.default)
    [part] = [each for each in message.walk() if each.get_content_type() == "text/calendar"]
    return cast("bytes", part.get_payload(decode=True))


def through(octets: bytes) -> Any:
    """The one event of a calendar file, as icalendar reads it; written again and read again it says the same."""
    assert [name for name, _ in read(octets.decode()) if name == "METHOD"], "and our own strict reader takes it"
    found = Calendar.from_ical(octets)
    assert Calendar.from_ical(found.to_ical()) == found
    [zone] = found.walk("VTIMEZONE")
    for moment in (datetime(2026, 7, 1, 12, 0, tzinfo=clock.LONDON), datetime(2026, 12, 1, 12, 0, tzinfo=clock.LONDON)):
        assert zone.to_tz().utcoffset(moment.replace(tzinfo=None)) == moment.utcoffset()
    [event] = found.walk("VEVENT")
    assert not event.errors
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    return found, event


def test_what_leaves_the_system_is_what_is_kept(letters: Letters, settings: Any) -> None:
    issues = letters.issues
    made = {
        "request": letters.sent("meeting_invitation", issues["request"].pk),
        "update": letters.sent("meeting_changed", issues["update"].pk),
        "cancel": letters.sent("meeting_cancelled", issues["cancel"].pk),
    }
    for name, octets in made.items():
        calendar = calendar_in(octets)
        assert kept(f"{name}.ics", calendar) == calendar
        found, event = through(calendar)
        assert found["METHOD"] == ("CANCEL" if name == "cancel" else "REQUEST")
        assert event["UID"] == f"{UUID(int=1)}@example.org"
        assert event["SEQUENCE"] == issues[name].sequence
        assert (event["DTSTART"].dt, event["DTEND"].dt) == (issues[name].starts_at, issues[name].ends_at)
        assert event["ORGANIZER"] == "mailto:mappa@example.org"
        assert event["ATTENDEE"] == "mailto:jo.alder@example.org"
        assert event["ATTENDEE"].params["RSVP"] == ("FALSE" if name == "cancel" else "TRUE")
        assert event["LOCATION"] == f"{letters.room.name}, online"
    settings.MAPPA_REPLIES = None
    made["guest"] = letters.sent("meeting_invitation", issues["guest"].pk, guest="rowan@example.org")
    _, event = through(calendar_in(made["guest"]))
    assert (event["ATTENDEE"].params["RSVP"], "URL" in event) == ("FALSE", False)
    others = [kind.code for kind in letter_kinds() if kind.encloses is None]
    made |= {code: letters.sent(code, 12) for code in others}
    for name, octets in made.items():
        assert kept(f"{name}.eml", octets) == octets, f"{name}: look at what changed, then renew it"
        assert max(len(line) for line in octets.split(b"\r\n")) <= 998, "RFC 5322, section 2.1.1"
        assert octets.count(b"\n") == octets.count(b"\r\n")
    assert {path.stem for path in KEPT.glob("*.eml")} == set(made), "a letter that is no more is not kept"


def test_a_feed_is_what_is_kept(letters: Letters) -> None:
    plan.slot(nominal(letters.area, family_name=CANARY), letters.sitting)
    MembershipFactory.create(user=letters.jo, area=letters.area, role=Role.COORDINATOR)
    events = [replace(each, stamp=MADE) for each in events_of(letters.jo, on=TODAY)]
    text = calendar_text(events, method=Method.PUBLISH, name="MAPPA sittings")
    assert CANARY not in text
    assert kept("feed.ics", text.encode()) == text.encode()
    found, event = through(text.encode())
    assert (found["METHOD"], event["DTSTART"].dt) == ("PUBLISH", letters.sitting.starts_at)
    assert "ATTENDEE" not in event
