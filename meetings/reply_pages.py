"""The tray: messages in the mailbox of calendar replies that a person has to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.roles import Perm
from letters.inbox import last_read
from pages.guards import ActionPage, ListPage, Offer
from pages.lists import Column, Listing, Sort, choice_filter
from rules.core import Decision
from rules.vocabulary import CalendarAnswer, ReplyState

from .models import CalendarReply
from .queries import replies_of
from .services.replies import close_reply

_STATES = [(each.value, each.label) for each in ReplyState if each is not ReplyState.WAITING]
_COLOURS = {ReplyState.COUNTED: "green", ReplyState.WAITING: "yellow"}


@dataclass(frozen=True)
class ReplyLine:
    """A message in words, with what may be done with it."""

    row: CalendarReply
    offers: Sequence[Offer]

    @property
    def who(self) -> str:
        """Whoever is known to have sent it; of a claim that did not fit, whose entry it is about."""
        entry = self.row.entry
        if entry is None:
            return self.row.sender or "Somebody who is not known here"
        name = entry.address if entry.user is None else entry.user.name
        return name if self.row.sender else f"In the name of {name}"

    @property
    def said(self) -> str:
        return CalendarAnswer(self.row.said).label if self.row.said else "No answer that can be read"

    @property
    def state(self) -> str:
        return ReplyState(self.row.state).label

    @property
    def colour(self) -> str:
        return _COLOURS.get(ReplyState(self.row.state), "grey")


class Replies(ListPage[CalendarReply]):
    """What came to the mailbox of calendar replies; what waits to be looked at, unless another state is chosen."""

    permission = Perm.SITTING_PLAN
    model = CalendarReply
    title = "Calendar replies"
    template_name = "meetings/replies.html"
    not_exported = "What people wrote stays here until it has been dealt with."
    listing = Listing(
        sorts=(Sort("newest", "Newest", ("-id",)), Sort("oldest", "Oldest", ("id",))),
        columns=(
            Column("Read"),
            Column("From"),
            Column("Meeting"),
            Column("Answer"),
            Column("Why it is here"),
            Column("Do", exported=False),
        ),
        filters=(
            choice_filter(
                "state", "State", _STATES, lambda rows, v, _c: rows.filter(state=v), empty_label="To be looked at"
            ),
        ),
        noun=("message", "messages"),
        empty="No message waits to be looked at.",
        empty_filtered="No message matches these filters.",
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[CalendarReply]:
        rows = replies_of(self.principal).select_related("entry__user", "entry__sitting", "closed_by")
        return rows if self.request.GET.get("state") else rows.filter(state=ReplyState.WAITING)

    def decorate(self, rows: Sequence[CalendarReply]) -> Sequence[ReplyLine]:
        return [ReplyLine(row, self._offers(row)) for row in rows]

    def _offers(self, row: CalendarReply) -> Sequence[Offer]:
        if row.state != ReplyState.WAITING:
            return ()
        of = f", message {row.pk}"
        # The list holds no message that its reader may not close.
        return (
            Offer("Recorded by hand", reverse("reply-recorded", args=[row.pk]), Decision.yes(), post=True, of=of),
            Offer("Nothing to do", reverse("reply-nothing", args=[row.pk]), Decision.yes(), post=True, of=of),
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(is_on=settings.MAPPA_REPLIES is not None, last_read=last_read(), **context)


class _ReplyClose(ActionPage[CalendarReply], abstract=True):
    model = CalendarReply
    by_hand: ClassVar[bool]

    def get_queryset(self) -> QuerySet[CalendarReply]:
        return replies_of(self.principal)

    def get_cancel_url(self) -> str:
        return reverse("replies")

    def act(self) -> str:
        close_reply(by=self.principal, today=self.today, reply_id=self.object.pk, by_hand=self.by_hand)
        messages.success(self.request, "The message is closed, and what was written is kept no longer.")
        return reverse("replies")


class ReplyRecorded(_ReplyClose):
    """The answer in a message was written down by hand."""

    permission = seen_by = Perm.SITTING_PLAN
    by_hand = True
    title = "An answer recorded by hand"


class ReplyNothing(_ReplyClose):
    """There is nothing to do about a message."""

    permission = seen_by = Perm.SITTING_PLAN
    by_hand = False
    title = "Nothing to do about a message"
