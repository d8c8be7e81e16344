"""What agencies have answered to the meetings ahead in the demo, by page, phone and calendar; the text for joining."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from itertools import chain, repeat

from agencies.contacts import standings
from agencies.kinds import AgencyKind
from agencies.models import Area, User
from agencies.principal import Principal
from agencies.roles import Role
from letters.replies import Incoming, Reply
from mappa import clock
from meetings.models import CalendarEntry, Invitation
from meetings.services.invitations import AnswerRecord, Guest, answer_invitation, invite_guest, set_joining_text
from meetings.services.replies import record_reply
from rules.vocabulary import CalendarAnswer, Handling, InvitationAnswer, ReceivedHow

from .days import Days

JO, SAID = "jo.wagtail@example.org", -3
JOINING = (
    "Join five minutes before your first meeting; you are let in from the lobby when it is your turn. Be alone in the"
    " room, use headphones, switch your camera on, and leave when your last meeting ends. Nothing is recorded."
)
# Of today's invitations: who sends a deputy, a report, or has not answered; all others come.
DEPUTIES, REPORTS, SILENT = 2, 3, 5


class Invitations:
    """Writes answers as their agencies give them; where nobody is reached, as the unit hears them."""

    def __init__(self, by: Principal, day: Days, area: Area, users: Mapping[str, User]) -> None:
        self.system, self.day, self.area, self.users = by, day, area, users

    def load(self) -> None:
        """The text for joining, a guest, and answers to the next meetings; later ones are still open."""
        set_joining_text(by=self.system, today=self.day.today, area_id=self.area.pk, text=JOINING)
        rows = Invitation.objects.live().filter(slot__nominal__area=self.area)
        rows = rows.exclude(slot__nominal__handling=Handling.CATEGORY_4).select_related("agency", "slot__nominal")
        ordered = list(rows.order_by("slot__starts_at", "agency__name"))
        if not ordered:
            return
        first = [row for row in ordered if row.slot.sitting_id == ordered[0].slot.sitting_id]
        first.sort(
            key=lambda row: row.agency is None or row.agency.kind not in (AgencyKind.POLICE, AgencyKind.PROBATION)
        )
        for row, answer in zip(first, self._answers(len(first)), strict=False):
            self._answer(row, answer)
        slot = first[0].slot
        invite_guest(
            by=self._jo(), today=self.day(SAID), slot_id=slot.pk, guest=Guest("Mr Rowan", "rowan@example.org"),
            because="Landlord who is asked about a room",
        )  # fmt: skip
        self._replies(first)

    def _replies(self, rows: Sequence[Invitation]) -> None:
        """Of those who have not answered one accepts in their calendar, another writes instead of answering."""
        on = self.day(SAID)
        by = Principal.system("read_replies", on=on)
        read_at = datetime.combine(on, time(10, 15), clock.LONDON)
        entries: dict[int, CalendarEntry] = {}
        for row in rows:
            row.refresh_from_db(fields=["answer"])
            reached = standings([row.agency], on=on)[row.agency.pk].reached if row.agency is not None else None
            if reached is None or row.answer != InvitationAnswer.NONE:
                continue
            entry = CalendarEntry.objects.filter(sitting=row.slot.sitting_id, user=reached).first()
            if entry is not None and entry.user is not None:
                entries[entry.pk] = entry
        for entry, incoming in zip(entries.values(), (_accepted, _written), strict=False):
            record_reply(by=by, today=on, read_at=read_at, digest=f"demo {entry.pk}", incoming=incoming(entry, read_at))

    def _answers(self, count: int) -> Iterator[InvitationAnswer]:
        coming = max(0, count - DEPUTIES - REPORTS - SILENT)
        return chain(
            repeat(InvitationAnswer.ATTENDING, coming),
            repeat(InvitationAnswer.DEPUTY, DEPUTIES),
            repeat(InvitationAnswer.REPORT, REPORTS),
        )

    def _answer(self, row: Invitation, answer: InvitationAnswer) -> None:
        on = self.day(SAID)
        standing = standings([row.agency], on=on)[row.agency.pk] if row.agency is not None else None
        deputy = ""
        if answer is InvitationAnswer.DEPUTY:
            named = standing.deputy if standing is not None else None
            deputy = named.user.name if named is not None else "A colleague of theirs"
        if standing is not None and standing.reached is not None:
            post = standing.reached.memberships.filter(role=Role.SPOC, agency=row.agency).first()
            if post is not None:
                by = Principal.for_membership(post, on=on)
                answer_invitation(by=by, today=on, invitation_id=row.pk, answer=AnswerRecord(answer, deputy))
                return
        record = AnswerRecord(answer, deputy, received_from="Their duty desk", received_how=ReceivedHow.PHONE)
        answer_invitation(by=self._jo(), today=on, invitation_id=row.pk, answer=record)

    def _jo(self) -> Principal:
        posts = self.users[JO].memberships.filter(role=Role.ADMINISTRATOR).order_by("pk")
        return Principal.for_membership(posts[0], on=self.day(SAID))


def _accepted(entry: CalendarEntry, said_at: datetime) -> Incoming:
    newest = entry.issues.last()
    sequence = 0 if newest is None else newest.sequence
    address = _address(entry)
    reply = Reply(f"{entry.uid}@example.org", address, sequence, CalendarAnswer.ACCEPTED, said_at)
    return Incoming(address, reply=reply)


def _written(entry: CalendarEntry, _said_at: datetime) -> Incoming:
    words = "I am on a course that day. May I send a colleague, or a report?"
    return Incoming(_address(entry), words, why="A message that somebody wrote, not the reply of a calendar program")


def _address(entry: CalendarEntry) -> str:
    return entry.address if entry.user is None else entry.user.email
