"""Calendar files as other programs read them (RFC 5545): lines, escaping, times, and nothing that can be slipped in."""

from datetime import UTC, datetime

import pytest

from letters.calendar import Attendee, Event, Method, PartStat, calendar_text
from mappa.clock import LONDON

MADE = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
WINTER = datetime(2026, 12, 8, 10, 0, tzinfo=LONDON)
NASTY = 'Room 1, "East"; floor 2\\3\r\nBEGIN:VALARM\nü' + "ß" * 80


def event(**more: object) -> Event:
    values = {
        "uid": "slot-1@mappa.example.org", "stamp": MADE, "starts_at": WINTER, "ends_at": WINTER.replace(hour=11),
        "summary": "MAPPA meeting S-1",
    }  # fmt: skip
    return Event(**(values | more))  # type: ignore[arg-type]


def read(text: str) -> list[tuple[str, str]]:
    """Names (with parameters) and values, as a calendar program reads them."""
    assert text.endswith("\r\n")
    raw = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in raw), "folded at 75 octets"
    assert not any("\n" in line or "\r" in line for line in raw), "every line ends in CRLF"
    lines = text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    found = []
    for line in lines:
        quoted, at = False, 0
        for at, sign in enumerate(line):  # noqa: B007 - the place of the first colon outside quotation marks
            quoted ^= sign == '"'
            if sign == ":" and not quoted:
                break
        found.append((line[:at], line[at + 1 :]))
    return found


def plain(value: str) -> str:
    """What a value of the type TEXT says."""
    out, signs = "", iter(value)
    for sign in signs:
        out += {"n": "\n", "N": "\n"}.get(following := next(signs), following) if sign == "\\" else sign
    return out


def test_whatever_is_written_is_read_again_and_adds_no_line() -> None:
    text = calendar_text([event(location=NASTY, description=NASTY)], method=Method.PUBLISH, name="Mine, all")
    found = read(text)
    assert [name for name, value in found if name == "BEGIN"] == ["BEGIN"] * 5
    assert ("BEGIN", "VALARM") not in found
    values = dict(found)
    assert plain(values["LOCATION"]) == "\n".join(NASTY.splitlines()) == plain(values["DESCRIPTION"])
    assert plain(values["X-WR-CALNAME"]) == "Mine, all"
    assert values["METHOD"] == "PUBLISH"
    assert (values["DTSTAMP"], values["SEQUENCE"], values["STATUS"]) == ("20261120T093000Z", "0", "CONFIRMED")


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        pytest.param(WINTER, "20261208T100000", id="winter"),
        pytest.param(datetime(2026, 7, 1, 9, 0, tzinfo=UTC), "20260701T100000", id="summer time from UTC"),
        pytest.param(datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "20261025T010000", id="the hour that comes twice"),
        pytest.param(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "20260329T020000", id="after the hour left out"),
    ],
)
def test_times_are_those_of_england_and_wales(moment: datetime, written: str) -> None:
    values = dict(read(calendar_text([event(starts_at=moment)], method=Method.PUBLISH)))
    assert values["DTSTART;TZID=Europe/London"] == written


def test_the_zone_says_what_the_clocks_do() -> None:
    """Last Sundays of March and October, by the hour, as the time zone database has them."""
    found = read(calendar_text([], method=Method.PUBLISH))
    zone = found[found.index(("BEGIN", "VTIMEZONE")) : found.index(("END", "VTIMEZONE"))]
    assert ("TZID", "Europe/London") in zone
    for begins, offset_from, offset_to, month in (
        ("19960331T010000", "+0000", "+0100", 3),
        ("19961027T020000", "+0100", "+0000", 10),
    ):
        at = zone.index(("DTSTART", begins))
        assert zone[at + 1][1] == f"FREQ=YEARLY;BYMONTH={month};BYDAY=-1SU"
        assert (zone[at + 2][1], zone[at + 3][1]) == (offset_from, offset_to)
        change = datetime.strptime(begins + offset_from, "%Y%m%dT%H%M%S%z")
        assert change.astimezone(LONDON).strftime("%z") == offset_to


def test_an_invitation_says_who_asks_and_who_is_asked() -> None:
    asked = (
        Attendee("alder@example.org", 'Kim "K" Alder\nATTENDEE:x'),
        Attendee("elm@example.org", status=PartStat.DECLINED),
    )
    invited = event(organiser=Attendee("unit@example.org", "MAPPA unit"), attendees=asked, sequence=3)
    found = read(calendar_text([invited], method=Method.REQUEST))
    assert ('ORGANIZER;CN="MAPPA unit"', "mailto:unit@example.org") in found
    people = [(name, value) for name, value in found if name.startswith("ATTENDEE")]
    assert [value for _, value in people] == ["mailto:alder@example.org", "mailto:elm@example.org"]
    assert "CN=\"Kim 'K' AlderATTENDEE:x\";" in people[0][0]
    assert people[0][0].endswith("PARTSTAT=NEEDS-ACTION;RSVP=TRUE")
    assert people[1][0].endswith("PARTSTAT=DECLINED;RSVP=FALSE")
    called_off = dict(read(calendar_text([invited], method=Method.CANCEL)))
    assert (called_off["STATUS"], called_off["TRANSP"], called_off["SEQUENCE"]) == ("CANCELLED", "TRANSPARENT", "3")
