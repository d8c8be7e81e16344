"""What somebody answered in their calendar program, read from the e-mail in which it came (RFC 5546, ``REPLY``).

Anybody can send such a message, and nothing in it proves who did: what is read here is a claim. Whoever asks compares
it with what went out. Sizes and depth are bounded before anything is taken apart; of the calendar part only the lines
that a reply needs are read at all, so no time zone, repetition or attachment of a stranger's is ever worked out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses

from icalendar import Calendar, Component

from rules.vocabulary import CalendarAnswer

MOST_OCTETS = 500_000  # of a message
LONGEST_CALENDAR = 64_000  # octets of its calendar part
LONGEST_TEXT = 2_000  # characters of what a person wrote
_MOST_PARTS = 40
# How the libraries that take a message apart fail over what no program would write.
_STUMBLES = (AttributeError, LookupError, TypeError, ValueError)
_NESTED = re.compile(rb"boundary|message/", re.IGNORECASE)
_CALENDARS = ("text/calendar", "application/ics")
_NEEDED = ("BEGIN", "END", "METHOD", "UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "COMMENT", "RECURRENCE-ID")
_KEPT = re.compile(rf"(?:{'|'.join(_NEEDED)})(?=[;:])", re.IGNORECASE)
_BLOCK = re.compile(r"(BEGIN|END):\s*([\w-]+)\s*", re.IGNORECASE)
_READ = ("VCALENDAR", "VEVENT")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to one entry: ``sequence`` is the version it answers, ``said_at`` when that was said."""

    uid: str
    attendee: str
    sequence: int
    said: CalendarAnswer
    said_at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that came in: the address it says it is from, its text, and the reply in it, or why there is none."""

    sender: str = ""
    text: str = ""
    reply: Reply | None = None
    why: str = ""


class Unreadable(Exception):
    """The message holds no reply that can be read; its text is the reason, and nothing of the message."""


def read_message(raw: bytes) -> Incoming:
    """The reply in an e-mail, or in words why it has none. Never raises for what a stranger may send."""
    if len(raw) > MOST_OCTETS:
        return Incoming(why="The message is too large to be a reply")
    if len(_NESTED.findall(raw)) > _MOST_PARTS:
        return Incoming(why="The message has too many parts")
    try:
        return _read_message(BytesParser(policy=compat32).parsebytes(raw))
    except _STUMBLES:
        return Incoming(why="The message cannot be read")


def _read_message(message: Message) -> Incoming:
    sender, text = _sender(message), _text(message)
    try:
        return Incoming(sender, text, _reply(message))
    except Unreadable as why:
        return Incoming(sender, text, why=str(why))


def _reply(message: Message) -> Reply:
    part = next((each for kind in _CALENDARS for each in message.walk() if each.get_content_type() == kind), None)
    if part is None:
        if str(message.get("Auto-Submitted", "no")).strip().lower() != "no":
            raise Unreadable("An automatic message: somebody is out of office, or it could not be delivered")
        raise Unreadable("A message that somebody wrote, not the reply of a calendar program")
    content = _decoded(part)
    if len(content) > LONGEST_CALENDAR:
        raise Unreadable("Its calendar part is too large")
    return _read(_event(content))


def _event(content: str) -> Component:
    try:
        calendar = Calendar.from_ical("\r\n".join(_bare(content)) + "\r\n")
    except ValueError as fault:
        raise Unreadable("Its calendar part cannot be read") from fault
    if str(calendar.get("METHOD", "")).strip().upper() != "REPLY":
        raise Unreadable("Its calendar part is no reply")
    events = [each for each in calendar.subcomponents if each.name == "VEVENT"]
    if len(events) != 1 or "RECURRENCE-ID" in events[0]:
        raise Unreadable("Its calendar part is not about one meeting")
    return events[0]


def _bare(content: str) -> Iterator[str]:
    """The unfolded lines that a reply needs, of the calendar and its events alone, at most one level deep."""
    inside: list[str] = []
    for line in re.sub(r"\r?\n[ \t]", "", content).splitlines():
        block = _BLOCK.fullmatch(line)
        if block is None:
            if _KEPT.match(line) and all(each in _READ for each in inside):
                yield line
        elif block[1].upper() == "BEGIN":
            inside.append(block[2].upper())
            if len(inside) > _MOST_PARTS:
                raise Unreadable("Its calendar part cannot be read")
            if all(each in _READ for each in inside):
                yield line
        else:
            if inside and all(each in _READ for each in inside):
                yield line
            del inside[-1:]


def _read(event: Component) -> Reply:
    asked = event.get("ATTENDEE")
    if event.errors or isinstance(asked, list) or any(isinstance(event.get(each), list) for each in _NEEDED[3:6]):
        raise Unreadable("Its calendar part cannot be read")
    uid, stamp = str(event.get("UID", "")), event.get("DTSTAMP")
    if not uid or asked is None:
        raise Unreadable("It does not say which meeting is answered, or by whom")
    said = str(asked.params.get("PARTSTAT", "")).lower()
    if said not in list(CalendarAnswer):
        raise Unreadable("It holds no answer")
    said_at = getattr(stamp, "dt", None)
    if not isinstance(said_at, datetime):
        raise Unreadable("It does not say when it was answered")
    sequence = event.get("SEQUENCE", 0)
    if sequence < 0:
        raise Unreadable("Its calendar part cannot be read")
    return Reply(
        uid=uid,
        attendee=_address(str(asked).partition(":")[2]),
        sequence=int(sequence),
        said=CalendarAnswer(said),
        said_at=(said_at if said_at.tzinfo else said_at.replace(tzinfo=UTC)).astimezone(UTC),
        comment=_comment(event),
    )


def _comment(event: Component) -> str:
    found = event.get("COMMENT", [])
    each = found if isinstance(found, list) else [found]
    return _printable(" ".join(str(one) for one in each))


def _sender(message: Message) -> str:
    """The one address that the message says it is from; none when it names several."""
    found = getaddresses([str(each) for each in message.get_all("From", [])])
    return _address(found[0][1]) if len(found) == 1 else ""


def _text(message: Message) -> str:
    """What a person reads of the message: its first plain text that is no file."""
    for part in message.walk():
        if part.get_content_type() == "text/plain" and part.get_filename() is None:
            return _printable(_decoded(part))
    return ""


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    octets = content if isinstance(content, bytes) else b""
    try:
        return octets.decode(part.get_content_charset() or "utf-8", errors="replace")
    except (LookupError, ValueError):
        return octets.decode("utf-8", errors="replace")


def _address(text: str) -> str:
    return text.strip().lower()


def _printable(text: str) -> str:
    """Plain words, cut where they are too long: no control characters, no formatting."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 4 * LONGEST_TEXT]).split())
    return words if len(words) <= LONGEST_TEXT else words[: LONGEST_TEXT - 1] + "…"
