"""Replies of calendar programs: counted where they fit what went out, else in the tray (R59, R108)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from structlog.testing import capture_logs

from agencies.models import User
from agencies.roles import Role
from letters.calendar import Method
from letters.inbox import READ_FOLDER
from letters.replies import Incoming, Reply
from mappa import clock
from meetings.models import CalendarEntry, CalendarReply, Invitation, Slot
from meetings.services.invitations import Guest, invite_guest
from meetings.services.replies import close_reply, record_reply
from meetings.services.slots import cancel_slot, move_slot
from meetings.tasks import read_replies_task
from rules.core import Refused
from rules.vocabulary import CalendarAnswer, InvitationAnswer, ReceivedHow, ReplyState
from tests.factories import meetings as plan
from tests.factories.agencies import AreaFactory, MembershipFactory, principal_for, sign_in
from tests.factories.cases import TODAY
from tests.letters.imap import ADDRESS, Post, post

from .test_invitations import BY, World, answer, calendar_of, of, posted, send, world

__all__ = ["posted", "world"]

LATER = datetime(2099, 1, 1, tzinfo=UTC)
YES, NO, PERHAPS, ON = (
    CalendarAnswer.ACCEPTED, CalendarAnswer.DECLINED, CalendarAnswer.TENTATIVE, CalendarAnswer.DELEGATED,
)  # fmt: skip


def entry_of(user: User) -> CalendarEntry:
    return CalendarEntry.objects.get(user=user)


def reply(entry: CalendarEntry, said: CalendarAnswer = YES, **more: Any) -> CalendarReply:
    """A reply as it comes from whoever was sent the entry, to the newest version, said just now."""
    address = entry.address if entry.user is None else entry.user.email
    newest = entry.issues.last()
    values: dict[str, Any] = {
        "uid": f"{entry.uid}@example.org", "attendee": address, "said": said, "said_at": clock.moment(),
        "sequence": newest.sequence if newest is not None else 0,
    }  # fmt: skip
    sender = more.pop("sender", address)
    return taken(Incoming(sender, "What was written", Reply(**values | more)))


def taken(incoming: Incoming, digest: str = "") -> CalendarReply:
    return record_reply(read_at=clock.moment(), digest=digest or uuid4().hex, incoming=incoming, **BY)


def answers(slots: list[Slot], world: World) -> list[str]:
    return [of(slot, world.housing).answer for slot in slots]


def test_one_reply_answers_for_all_ones_own_slots_and_is_marked(world: World) -> None:
    slots = [world.placed(world.person()), world.placed(world.person("Marl"), 11)]
    found = reply(entry_of(world.spoc))
    assert (found.state, found.why, found.text) == (ReplyState.COUNTED, "", "")
    assert answers(slots, world) == ["attending", "attending"]
    row = of(slots[0], world.housing)
    assert (row.received_how, row.received_from, row.answered_by_id, row.attends_id) == (
        ReceivedHow.CALENDAR, world.spoc.name, None, None,
    )  # fmt: skip
    assert of(slots[0], world.probation).answer == InvitationAnswer.NONE, "another's is another's"
    declined = reply(entry_of(world.spoc), NO, comment="Three of us are in court")
    assert answers(slots, world) == ["apologies", "apologies"], "one's own later answer counts"
    assert (declined.state, declined.text) == (ReplyState.WAITING, "Three of us are in court")
    assert not Invitation.objects.exclude(remark="").exists(), "of two meetings nobody knows which one is meant"
    assert entry_of(world.spoc).issues.last().method == "cancel"  # type: ignore[union-attr]


def test_a_remark_stands_with_the_one_meeting_it_is_about_and_perhaps_is_shown(world: World, client: Client) -> None:
    slot = world.placed(world.person())
    assert reply(entry_of(world.spoc), PERHAPS, comment="Waiting for cover").state == ReplyState.COUNTED
    row = of(slot, world.housing)
    assert (row.answer, row.perhaps_on, row.remark) == ("none", TODAY, "Waiting for cover")
    assert reply(entry_of(world.spoc), NO, comment="No cover, sorry").state == ReplyState.COUNTED
    row = of(slot, world.housing)
    assert (row.answer, row.perhaps_on, row.remark) == ("apologies", None, "No cover, sorry")
    answer(row, InvitationAnswer.DEPUTY, by=world.by(world.spoc), deputy="Mo Pipit")
    row = of(slot, world.housing)
    assert (row.received_how, row.remark) == ("", ""), "the page can change what a reply said"
    guest = invite_guest(slot_id=slot.pk, guest=Guest("Dr Alder", "alder@example.org"), because="He asked for it", **BY)
    reply(CalendarEntry.objects.get(address="alder@example.org"), NO)
    guest.refresh_from_db()
    assert (guest.answer, guest.received_from) == ("apologies", "Dr Alder")


def test_whatever_does_not_fit_goes_to_the_tray_and_changes_nothing(world: World) -> None:
    slot = world.placed(world.person())
    entry, before = entry_of(world.spoc), of(slot, world.housing)

    def tray(found: CalendarReply, why: str, text: str = "") -> None:
        assert (found.state, found.text) == (ReplyState.WAITING, text)
        assert why in found.why
        assert of(slot, world.housing).answer == before.answer

    tray(reply(entry, sender="thief@example.org"), "another address")
    tray(reply(entry, attendee=world.deputy.email), "another address")
    tray(reply(entry, attendee=world.deputy.email, sender=world.deputy.email), "another address")
    tray(reply(entry, ON), "passed the meeting on", "What was written")
    tray(reply(entry, sequence=9), "never sent", "What was written")
    tray(reply(entry, uid=f"{uuid4()}@example.org"), "no meeting", "What was written")
    tray(reply(entry, uid="something else", sender="stranger@example.org"), "no meeting")
    tray(reply(entry_of(world.chair), NO), "They chair", "What was written")
    assert reply(entry_of(world.chair), YES).state == ReplyState.COUNTED, "who chairs need not answer"
    typed = taken(Incoming(world.spoc.email, "I cannot come", why="A message that somebody wrote"))
    assert (typed.area, typed.sender, typed.text) == (world.area, world.spoc.email, "I cannot come")
    assert (taken(Incoming("x@example.org", "Buy!", why="A message")).area, "Buy!") == (None, "Buy!")
    assert not CalendarReply.objects.filter(text__contains="Buy").exists()
    move_slot(slot_id=slot.pk, sitting_id=world.sitting.pk, starts_at=plan.at(11), reason="An earlier time", **BY)
    tray(reply(entry, sequence=0), "earlier time", "What was written")
    reply(entry, NO, said_at=LATER)
    before = of(slot, world.housing)
    assert (before.answer, before.answered_on) == ("apologies", TODAY), "a clock that is ahead says it now"
    cancel_slot(slot_id=slot.pk, reason="No longer needed", **BY)
    found = reply(entry)
    assert "taken out" in found.why
    world.spoc.is_active = False
    world.spoc.save()
    assert "no account" in reply(entry).why


def test_later_answers_on_the_page_stand_and_others_are_not_overruled(world: World) -> None:
    slot = world.placed(world.person())
    said_at = clock.moment() - timedelta(hours=1)
    answer(of(slot, world.housing), InvitationAnswer.ATTENDING, by=world.by(world.deputy))
    early = reply(entry_of(world.spoc), NO, said_at=said_at)
    assert (early.state, answers([slot], world)) == (ReplyState.COUNTED, ["attending"])
    answer(of(slot, world.housing), InvitationAnswer.DEPUTY, deputy="Mo Pipit")
    assert reply(entry_of(world.spoc), YES).state == ReplyState.COUNTED
    assert answers([slot], world) == ["deputy"], "it says the same, less exactly"
    vain = reply(entry_of(world.spoc), NO)
    assert (vain.state, "otherwise" in vain.why, answers([slot], world)) == (ReplyState.WAITING, True, ["deputy"])


def test_a_message_is_read_once_and_the_tray_is_closed_by_its_own_unit(world: World, client: Client) -> None:
    slot = world.placed(world.person())
    incoming = Incoming(world.spoc.email, "I cannot come", why="A message that somebody wrote")
    first, again = taken(incoming, "d" * 64), taken(incoming, "d" * 64)
    assert first == again
    jo = MembershipFactory.create(area=world.area, role=Role.ADMINISTRATOR)
    sign_in(client, jo.user, acting=jo)
    tray = client.get("/meetings/replies/").content.decode()
    of_which = f'<span class="govuk-visually-hidden">, message {first.pk}</span>'
    assert all(f"{label}{of_which}</button>" in tray for label in ("Recorded by hand", "Nothing to do"))
    other = MembershipFactory.create(area=AreaFactory.create(), role=Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        close_reply(by=principal_for(other, on=TODAY), today=TODAY, reply_id=first.pk, by_hand=True)
    with pytest.raises(Refused):
        close_reply(by=world.by(world.spoc), today=TODAY, reply_id=first.pk, by_hand=True)
    closed = close_reply(by=principal_for(jo, on=TODAY), today=TODAY, reply_id=first.pk, by_hand=True)
    assert (closed.state, closed.closed_by_id, closed.text) == (ReplyState.BY_HAND, jo.user_id, "")
    with pytest.raises(Refused, match="does not wait"):
        close_reply(by=principal_for(jo, on=TODAY), today=TODAY, reply_id=first.pk, by_hand=False)
    assert of(slot, world.housing).answer == InvitationAnswer.NONE


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Post]:
    with post(tmp_path, monkeypatch) as box:
        settings.MAPPA_REPLIES = box.where
        yield box


def test_the_mailbox_is_read_over_tls_message_by_message(
    world: World, posted: list[Any], mailbox: Post, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    slot = world.placed(world.person())
    send()
    [letter] = [each for each in posted if each.to == [world.spoc.email]]
    asked = calendar_of(letter)
    assert f"mailto:{ADDRESS}" in [value for name, value in asked.items() if name.startswith("ORGANIZER")]
    assert any(name.startswith("ATTENDEE") and "RSVP=TRUE" in name for name in asked)
    assert "answer in your calendar" in letter.body
    text = next(part for part, kind in letter.alternatives if kind.startswith("text/calendar"))
    answered = text.replace(f"METHOD:{Method.REQUEST}", "METHOD:REPLY").replace("NEEDS-ACTION", "ACCEPTED")
    answered = re.sub(r"DTSTAMP:\w+", f"DTSTAMP:{clock.moment().astimezone(UTC):%Y%m%dT%H%M%SZ}", answered)
    head = f"From: {world.spoc.email}\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n"
    mailbox.put(b"\xff\xfe no message at all", (head + answered).encode(), b"x" * 600_000, b"From: a\r\n\r\nBuy!")
    read_replies_task()
    assert (mailbox.count(), mailbox.count(READ_FOLDER)) == (0, 4)
    assert answers([slot], world) == ["attending"]
    assert CalendarReply.objects.filter(state=ReplyState.WAITING).count() == 3
    mailbox.put((head + answered).encode())
    read_replies_task()
    assert (mailbox.count(), CalendarReply.objects.count()) == (0, 4), "the same message is read once"
    settings.MAPPA_REPLIES = replace(mailbox.where, password="wrong")
    with capture_logs() as logs:
        read_replies_task()
    assert [line["event"] for line in logs] == ["the mailbox of replies cannot be read"]
    for word in (world.spoc.email, "wrong", mailbox.where.password):
        assert word not in f"{logs} {caplog.text}"
