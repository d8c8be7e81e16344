"""Replies of calendar programs as they come by e-mail, whole, in pieces, and as a stranger would forge them."""

import random
from datetime import UTC, datetime

import pytest

from letters.replies import LONGEST_TEXT, MOST_OCTETS, Incoming, read_message
from rules.vocabulary import CalendarAnswer

ENTRY = "4b7f8c1e-0000-4000-8000-000000000001@example.org"
ZONE = """BEGIN:VTIMEZONE
TZID:X
BEGIN:STANDARD
DTSTART:19700101T000000
RRULE:FREQ=SECONDLY
END:STANDARD
END:VTIMEZONE
"""
OUTLOOK = f"""BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
{ZONE}BEGIN:VEVENT
ATTENDEE;PARTSTAT=DECLINED;CN="Alder, Jo":MAILTO:Jo.Alder@example.org
COMMENT;LANGUAGE=en-GB:In court all day\\, sorry
UID:{ENTRY[:20]}
 {ENTRY[20:]}
SUMMARY;LANGUAGE=en-GB:Declined: MAPPA meeting 7
DTSTART;TZID=X:20261208T100000
CLASS:PUBLIC
DTSTAMP:20261124T101500Z
SEQUENCE:2
BEGIN:VALARM
UID:another
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def mail(
    calendar: str = OUTLOOK, *, kind: str = 'text/calendar; charset="utf-8"; method=REPLY', more: str = ""
) -> bytes:
    text = f"""From: "Alder, Jo" <jo.alder@example.org>
To: replies@example.org
Subject: Declined
{more}MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="x"

--x
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

In court all day=2C sorry

--x
Content-Type: {kind}
Content-Transfer-Encoding: 8bit

{calendar}
--x--
"""
    return text.replace("\n", "\r\n").encode()


def test_a_reply_says_who_answers_what_and_when() -> None:
    found = read_message(mail())
    assert (found.sender, found.text, found.why) == ("jo.alder@example.org", "In court all day, sorry", "")
    reply = found.reply
    assert reply is not None
    assert (reply.uid, reply.attendee, reply.sequence) == (ENTRY, "jo.alder@example.org", 2)
    assert (reply.said, reply.comment) == (CalendarAnswer.DECLINED, "In court all day, sorry")
    assert reply.said_at == datetime(2026, 11, 24, 10, 15, tzinfo=UTC)
    without = read_message(mail(OUTLOOK.replace("SEQUENCE:2\n", "").replace("\n", "\r\n"), kind="application/ics"))
    assert without.reply is not None
    assert without.reply.sequence == 0, "what RFC 5545 says of a version that is not given"


BOMB = "BEGIN:VEVENT\n" * 300


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        pytest.param(mail(kind="text/html"), "that somebody wrote", id="no calendar part"),
        pytest.param(mail(kind="text/html", more="Auto-Submitted: auto-replied\n"), "automatic", id="out of office"),
        pytest.param(mail(OUTLOOK.replace("METHOD:REPLY", "METHOD:REQUEST")), "is no reply", id="an invitation"),
        pytest.param(mail(OUTLOOK.replace("METHOD:REPLY\n", "")), "is no reply", id="no method"),
        pytest.param(mail("nonsense"), "cannot be read", id="no calendar"),
        pytest.param(mail(BOMB), "cannot be read", id="nested without end"),
        pytest.param(mail(OUTLOOK + "x" * 70_000), "too large", id="a long calendar"),
        pytest.param(mail(OUTLOOK.replace("PARTSTAT=DECLINED", "PARTSTAT=NEEDS-ACTION")), "no answer", id="no answer"),
        pytest.param(mail(OUTLOOK.replace("DTSTAMP:2026", "DTSTAMP:x")), "cannot be read", id="no such time"),
        pytest.param(mail(OUTLOOK.replace("DTSTAMP:", "X:")), "when it was answered", id="no time"),
        pytest.param(mail(OUTLOOK.replace("SEQUENCE:2", "SEQUENCE:two")), "cannot be read", id="no number"),
        pytest.param(mail(OUTLOOK.replace("SEQUENCE:2", "SEQUENCE:-2")), "cannot be read", id="below nothing"),
        pytest.param(mail(OUTLOOK.replace("UID:", "X:")), "which meeting", id="no entry"),
        pytest.param(mail(OUTLOOK.replace("CLASS", "ATTENDEE")), "cannot be read", id="two who answer"),
        pytest.param(mail(OUTLOOK.replace("CLASS", "RECURRENCE-ID")), "one meeting", id="one of a series"),
        pytest.param(
            mail(OUTLOOK.replace("END:VEVENT", "END:VEVENT\nBEGIN:VEVENT\nEND:VEVENT")), "one meeting", id="two"
        ),
        pytest.param(b"x" * (MOST_OCTETS + 1), "too large", id="a large message"),
        pytest.param(b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 2_000, "many parts", id="parts in parts"),
        pytest.param(b"Content-Type: message/rfc822\n\n" * 2_000, "many parts", id="messages in messages"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, why: str) -> None:
    found = read_message(raw)
    assert found.reply is None
    assert why in found.why
    assert "Alder" not in found.why


def test_whoever_says_to_be_several_is_nobody_and_long_words_are_cut() -> None:
    several = mail().replace(b"From: ", b"From: elm@example.org, ")
    assert read_message(several).sender == ""
    wordy = read_message(mail(OUTLOOK.replace("In court", "word " * 9_000))).reply
    assert wordy is not None
    assert len(wordy.comment) == LONGEST_TEXT
    assert wordy.comment.endswith("…")


def test_a_damaged_message_raises_nothing() -> None:
    """Every message is a stranger's: bytes changed, lost and doubled at random, with a fixed seed."""
    dice, whole = random.Random(5545), mail()
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            at = dice.randrange(len(damaged))
            damaged[at : at + dice.randint(0, 9)] = dice.randbytes(dice.randint(0, 4))
        assert isinstance(read_message(bytes(damaged)), Incoming)
