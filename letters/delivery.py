"""Sending what waits: claim a row, hand it over, say how it went. Each step is a transaction of its own.

A worker may die between any two steps. Before the message was handed over, it waits again when the lease has run
out; after that nobody knows, and it is "maybe sent" until a person decides.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from smtplib import SMTPException

import structlog
from django.core.mail import get_connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from rules.core import Decision

from .kinds import letter_kind
from .mail import PERMANENT, email_for, fault_code, reply_code, was_refused
from .models import Message
from .states import State

log = structlog.get_logger(__name__)

# Longer than a task may run, so that a worker that is still at it is not overtaken.
LEASE = timedelta(minutes=6)
LONGEST_WAIT = 15  # minutes between two attempts, however many there were
MOST_ATTEMPTS = 300  # three days of a mail server that is down; then a person is asked
AT_ONCE = 100


class NotDue(Exception):
    """Somebody else has the message, or it has been settled since."""


class ServerDown(Exception):
    """The mail server cannot be reached: what waits goes on waiting."""


def may_deliver(*, by: Principal) -> Decision:
    """Tasks send; people only decide on what may have been sent."""
    return can(by, Perm.LETTERS_SEND)


@service(event="letter_claimed", asks=may_deliver)
def claim(*, by: Principal, message_id: int) -> Message:
    """Take a message that is due, for as long as the lease. Raises `NotDue` when another worker has it; ``Refused``."""
    may_deliver(by=by).or_refuse()
    rows = Message.objects.select_for_update(skip_locked=True, no_key=True)
    message = rows.filter(pk=message_id, state=State.WAITING, due_at__lte=Now()).first()
    if message is None:
        raise NotDue
    Message.objects.filter(pk=message_id).update(
        state=State.CLAIMED, attempts=F("attempts") + 1, lease_ends_at=Now() + LEASE, handed_at=None
    )
    message = Message.objects.select_related("recipient").get(pk=message_id)
    record_event(message, root=None, attempt=message.attempts)
    return message


@service(event="letter_handed_over", asks=may_deliver)
def hand_over(*, by: Principal, message_id: int, attempt: int) -> None:
    """Say that the mail server is about to be given the message: from here on a crash leaves "maybe sent".

    Raises `NotDue` when the lease ran out and somebody else has taken it; ``Refused``.
    """
    may_deliver(by=by).or_refuse()
    own = Message.objects.filter(pk=message_id, state=State.CLAIMED, attempts=attempt, lease_ends_at__gt=Now())
    if not own.update(handed_at=Now()):
        raise NotDue
    record_event(Message(pk=message_id), root=None, attempt=attempt)


@service(event="letter_settled", asks=may_deliver)
def settle(*, by: Principal, message_id: int, attempt: int, state: State, fault: str = "") -> None:
    """Say how the attempt ended: sent, maybe sent, not sent, no longer wanted.

    A worker that was slow may still say "sent" of its own attempt after the sweep called it "maybe sent". Raises
    `NotDue` when the row has gone on without it; ``Refused``.
    """
    may_deliver(by=by).or_refuse()
    own = Q(state=State.CLAIMED)
    if state is State.SENT:
        own |= Q(state=State.MAYBE_SENT)
    changed = Message.objects.filter(own, pk=message_id, attempts=attempt).update(
        state=state, lease_ends_at=None, settled_at=Now(), fault=fault
    )
    if not changed:
        raise NotDue
    record_event(Message(pk=message_id), root=None, attempt=attempt, state=state)


@service(event="letter_put_back", asks=may_deliver)
def put_back(*, by: Principal, message_id: int, attempt: int, fault: str) -> None:
    """Let a message that was certainly not sent wait for another attempt, later each time; after many, ask a person.

    Raises `NotDue` when the row has gone on without this worker; ``Refused``.
    """
    may_deliver(by=by).or_refuse()
    own = Message.objects.filter(pk=message_id, state=State.CLAIMED, attempts=attempt)
    if not _wait_again(own, attempt, fault):
        raise NotDue
    record_event(Message(pk=message_id), root=None, attempt=attempt)


@service(event="letter_recovered", asks=may_deliver)
def recover(*, by: Principal, message_id: int) -> State:
    """Free a message whose worker is gone: it waits again, or, when it had been handed over, is "maybe sent".

    Raises `NotDue` when its lease has not run out; ``Refused``.
    """
    may_deliver(by=by).or_refuse()
    rows = Message.objects.select_for_update(skip_locked=True, no_key=True)
    message = rows.filter(pk=message_id, state=State.CLAIMED, lease_ends_at__lte=Now()).first()
    if message is None:
        raise NotDue
    own = Message.objects.filter(pk=message_id)
    if message.handed_at is None:
        _wait_again(own, message.attempts, "lease ran out")
    else:
        own.update(state=State.MAYBE_SENT, lease_ends_at=None, settled_at=Now(), fault="lease ran out")
    message.refresh_from_db(fields=["state"])
    record_event(message, root=None, state=message.state)
    return State(message.state)


def _wait_again(own: QuerySet[Message], attempt: int, fault: str) -> int:
    if attempt >= MOST_ATTEMPTS:
        return own.update(state=State.FAILED, lease_ends_at=None, settled_at=Now(), fault=fault)
    pause = timedelta(minutes=min(LONGEST_WAIT, 2 ** min(attempt - 1, LONGEST_WAIT)))
    return own.update(state=State.WAITING, lease_ends_at=None, handed_at=None, due_at=Now() + pause, fault=fault)


# --- the work of the task ---------------------------------------------------------------------------------------------


def send_what_is_due(*, by: Principal, today: date) -> int:
    """Free what dead workers held, then send what waits; how many were sent.

    Several workers may do this at once: each message is one worker's. When the mail server is down the rest is left
    for the next minute.
    """
    for message_id in _ids(Message.objects.filter(state=State.CLAIMED, lease_ends_at__lte=Now())):
        try:
            recover(by=by, message_id=message_id)
        except NotDue:
            continue
    sent = 0
    for message_id in _ids(Message.objects.filter(state=State.WAITING, due_at__lte=Now())):
        try:
            sent += deliver(by=by, today=today, message_id=message_id) is State.SENT
        except NotDue:
            continue
        except ServerDown:
            log.warning("the mail server cannot be reached", message=message_id)
            break
    return sent


def _ids(rows: QuerySet[Message]) -> Iterator[int]:
    yield from rows.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE]


def deliver(*, by: Principal, today: date, message_id: int) -> State:
    """One attempt at one message; the state it ended in.

    Raises `NotDue` when it is not ours to send, `ServerDown` when the mail server could not be reached.
    """
    message = claim(by=by, message_id=message_id)
    attempt = message.attempts

    def ended(state: State, fault: str = "") -> State:
        settle(by=by, message_id=message_id, attempt=attempt, state=state, fault=fault)
        return state

    if not _still_wanted(message, today):
        return ended(State.WITHDRAWN)
    email = email_for(message)
    server = get_connection()
    try:
        server.open()
    except (OSError, SMTPException) as fault:
        put_back(by=by, message_id=message_id, attempt=attempt, fault=fault_code(fault))
        raise ServerDown from None
    hand_over(by=by, message_id=message_id, attempt=attempt)
    try:
        server.send_messages([email])
    except (OSError, SMTPException) as fault:
        if not was_refused(fault):
            return ended(State.MAYBE_SENT, fault_code(fault))
        if reply_code(fault) >= PERMANENT:
            return ended(State.FAILED, fault_code(fault))
        put_back(by=by, message_id=message_id, attempt=attempt, fault=fault_code(fault))
        return State.WAITING
    finally:
        # How it went is known by now; a server that does not say goodbye changes nothing.
        with suppress(OSError, SMTPException):
            server.close()
    return ended(State.SENT)


def _still_wanted(message: Message, today: date) -> bool:
    kind = letter_kind(message.kind)
    if message.recipient is None:
        return kind.guest_wanted is not None and kind.guest_wanted(message.subject_id, today)
    return message.recipient.is_active and kind.still_wanted(message.subject_id, message.recipient, today)
