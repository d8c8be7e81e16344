"""The outbox as the system administrator sees it: what waits, what was sent, what a person must decide on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from agencies.roles import Perm
from pages.guards import ActionPage, ListPage, Offer
from pages.lists import Choices, Column, ListContext, Listing, Sort, choice_filter
from rules.vocabulary import choices

from .kinds import letter_kinds
from .models import Message
from .queries import backlog, listed, with_age
from .settling import leave, may_settle, resend
from .states import UNSETTLED, State

_COLOURS = {
    State.WAITING: "blue",
    State.CLAIMED: "turquoise",
    State.SENT: "green",
    State.MAYBE_SENT: "orange",
    State.FAILED: "red",
}


@dataclass(frozen=True)
class MessageLine:
    """A message in words, with what may be decided about it."""

    message: Message
    kind: str
    state: str
    colour: str
    age: str
    offers: Sequence[Offer]


def in_words(age: timedelta) -> str:
    """An age by its largest unit: "3 hours"."""
    seconds = int(age.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            number = seconds // length
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "less than a minute"


def _kinds(_context: ListContext) -> Choices:
    return [(kind.code, kind.label) for kind in letter_kinds() if kind.listed]


class OutboxList(ListPage[Message]):
    """Ids, kinds, states and ages: nothing about a person, neither the one told nor the one it is about."""

    permission = Perm.LETTERS_SETTLE
    model = Message
    template_name = "letters/outbox.html"
    title = "Outbox"
    listing = Listing(
        sorts=(
            Sort("newest", "Newest", ("-id",)),
            Sort("age", "Age", ("posted_at",)),
            Sort("state", "State", ("state",)),
        ),
        columns=(
            Column("Number"),
            Column("Kind"),
            Column("State", sort="state"),
            Column("Age", sort="age"),
            Column("Attempts", numeric=True),
            Column("Decide", exported=False),
        ),
        filters=(
            choice_filter("state", "State", choices(State), lambda rows, state, _context: rows.filter(state=state)),
            choice_filter("kind", "Kind", _kinds, lambda rows, kind, _context: rows.filter(kind=kind)),
        ),
        noun=("message", "messages"),
        empty="No letter has been posted yet.",
        empty_filtered="No letter matches these filters.",
    )

    def get_queryset(self) -> QuerySet[Message]:
        return with_age(listed())

    def decorate(self, rows: Sequence[Message]) -> Sequence[MessageLine]:
        labels = {kind.code: kind.label for kind in letter_kinds()}
        return [self._line(row, labels.get(row.kind, row.kind)) for row in rows]

    def _line(self, row: Any, kind: str) -> MessageLine:
        state = State(row.state)
        return MessageLine(row, kind, state.label, _COLOURS.get(state, "grey"), in_words(row.age), self._offers(row))

    def _offers(self, row: Message) -> Sequence[Offer]:
        if row.state not in UNSETTLED:
            return ()
        decision = may_settle(row, by=self.principal)
        return (
            Offer(f"Send {row.pk} again", reverse("message-resend", args=[row.pk]), decision, post=True),
            Offer(f"Leave {row.pk}", reverse("message-leave", args=[row.pk]), decision, post=True),
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        stands = backlog()
        oldest = "" if stands.oldest is None else in_words(stands.oldest)
        return super().get_context_data(backlog=stands, oldest=oldest, **context)


class MessageResend(ActionPage[Message]):
    """Sends a message once more that may have been sent, or could not be."""

    permission = seen_by = Perm.LETTERS_SETTLE
    model = Message
    title = "Send a message again"

    def get_queryset(self) -> QuerySet[Message]:
        return listed()

    def get_cancel_url(self) -> str:
        return reverse("outbox")

    def act(self) -> str:
        resend(by=self.principal, message_id=self.object.pk)
        return reverse("outbox")


class MessageLeave(ActionPage[Message]):
    """Leaves a message as it is: sent or not, it is settled."""

    permission = seen_by = Perm.LETTERS_SETTLE
    model = Message
    title = "Leave a message as it is"

    def get_queryset(self) -> QuerySet[Message]:
        return listed()

    def get_cancel_url(self) -> str:
        return reverse("outbox")

    def act(self) -> str:
        leave(by=self.principal, message_id=self.object.pk)
        return reverse("outbox")
