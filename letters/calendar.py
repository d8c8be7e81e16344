"""Calendar files as RFC 5545 writes them: events, an organiser and who is asked, in the time of England and Wales.

For invitations (RFC 5546: ``REQUEST``, ``CANCEL``) and for feeds (``PUBLISH``). What stands in them leaves the system:
callers give references and links, never a name of a managed person.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from mappa import clock

CONTENT_TYPE = "text/calendar"
_ZONE = "Europe/London"
_LINE = 75  # octets in a line before it is folded (RFC 5545, section 3.1)
_PRODUCT = "-//MAPPA//Calendar//EN"

# The rule of summer time in force since 1996: the last Sundays of March and October at 01:00 UTC.
_TIMEZONE = (
    "BEGIN:VTIMEZONE",
    f"TZID:{_ZONE}",
    "BEGIN:DAYLIGHT",
    "DTSTART:19960331T010000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0100",
    "TZNAME:BST",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "DTSTART:19961027T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0000",
    "TZNAME:GMT",
    "END:STANDARD",
    "END:VTIMEZONE",
)


class Method(StrEnum):
    """What whoever receives the file is to do with it."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class PartStat(StrEnum):
    """What somebody who is asked has answered."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who organises an event or is asked to it; ``name`` is that of a colleague.

    Without ``replies``, answers of calendar programs are not asked for: nobody would read them.
    """

    email: str
    name: str = ""
    status: PartStat = PartStat.NEEDS_ACTION
    replies: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a calendar. The same ``uid`` with a higher ``sequence`` replaces what was sent before.

    ``stamp`` is when this version was made. Times carry their zone; a cancelled event is said to be so.
    """

    uid: str
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    sequence: int = 0
    description: str = ""
    location: str = ""
    url: str = ""
    cancelled: bool = False
    organiser: Attendee | None = None
    attendees: tuple[Attendee, ...] = ()


def calendar_text(events: Iterable[Event], *, method: Method, name: str = "") -> str:
    """The whole file, lines folded and ended as the standard asks. ``name``: what a calendar program may call it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    if name:
        lines.append(f"X-WR-CALNAME:{_text(name)}")
    lines += _TIMEZONE
    for event in events:
        lines += _event(event, method)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(event: Event, method: Method) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{event.stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;TZID={_ZONE}:{_local(event.starts_at)}"
    yield f"DTEND;TZID={_ZONE}:{_local(event.ends_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.location:
        yield f"LOCATION:{_text(event.location)}"
    if event.url:
        yield f"URL:{event.url}"
    cancelled = event.cancelled or method is Method.CANCEL
    yield f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}"
    yield f"TRANSP:{'TRANSPARENT' if cancelled else 'OPAQUE'}"
    if event.organiser is not None:
        yield f"ORGANIZER{_called(event.organiser)}:mailto:{event.organiser.email}"
    for asked in event.attendees:
        yield (
            f"ATTENDEE{_called(asked)};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={asked.status}"
            f";RSVP={'TRUE' if _asked_back(asked) and not cancelled else 'FALSE'}"
            f":mailto:{asked.email}"
        )
    yield "END:VEVENT"


def _asked_back(who: Attendee) -> bool:
    return who.replies and who.status is PartStat.NEEDS_ACTION


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(clock.LONDON):%Y%m%dT%H%M%S}"


def _text(value: str) -> str:
    """A value of the type TEXT: what has a meaning of its own is escaped, line ends become those of the standard."""
    plain = "\n".join(_printable(line) for line in value.splitlines())
    for found, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(found, written)
    return plain


def _called(who: Attendee) -> str:
    """The parameter CN, in quotation marks, of which it can hold none itself (RFC 5545, section 3.2)."""
    name = _printable(who.name).replace('"', "'")
    return f';CN="{name}"' if name else ""


def _printable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() or sign == "\t")


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, a character never cut in two."""
    pieces, octets = [""], 0
    for sign in line:
        size = len(sign.encode())
        if octets + size > _LINE:
            pieces.append("")
            octets = 1  # the blank that a further piece begins with
        pieces[-1] += sign
        octets += size
    return "\r\n ".join(pieces)
