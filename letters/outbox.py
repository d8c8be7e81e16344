"""Posting: a service says, in its own transaction, that somebody is to be told. Sending comes after the commit."""

from datetime import date, datetime, time
from threading import Thread

import structlog
from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from agencies.access import can
from agencies.models import User
from agencies.principal import Principal
from audit.boundary import record_event, service
from mappa import clock
from rules.core import Decision, Reason

from .kinds import letter_kind
from .models import Message
from .states import NOT_SENT, State
from .tasks import send_letters_task

log = structlog.get_logger(__name__)


def may_post(*, by: Principal, kind: str) -> Decision:
    """Whether whoever acts may have letters of this kind posted: by any of the permissions it is registered with."""
    decisions = [can(by, perm) for perm in letter_kind(kind).posted_with]
    return next((decision for decision in decisions if decision), decisions[0])


@service(event="letter_posted", asks=may_post)
def post(
    *,
    by: Principal,
    kind: str,
    recipient: User | str,
    event_key: str,
    subject: Model,
    root: int | None = None,
    not_before: date | None = None,
) -> Message:
    """Put one letter in the outbox: that `recipient` should look at `subject`, whose id goes into its link.

    A guest without an account is an e-mail address; only kinds that say so are for guests.

    Called inside the service that makes it necessary, so that the letter stands or falls with what it tells. Twice
    the same event for the same person is one letter. `root` is the nominal in whose history the letter stands;
    `not_before` the day on which it may be sent. Raises ``Refused``.
    """
    may_post(by=by, kind=kind).or_refuse()
    if isinstance(recipient, str) and letter_kind(kind).guest_wanted is None:
        raise ValueError("This kind of letter is not for guests.")
    to = {"address": recipient} if isinstance(recipient, str) else {"recipient": recipient}
    later = {} if not_before is None else {"due_at": datetime.combine(not_before, time(), clock.LONDON)}
    message, created = Message.objects.get_or_create(
        event_key=event_key, **to, defaults={"kind": kind, "subject_id": subject.pk, **later}
    )
    where = letter_kind(kind).compartment
    record_event(message, root=root, compartment=where, kind=kind, recipient=message.recipient_id, new=created)
    look_now()
    return message


def may_withdraw(message: Message, *, by: Principal) -> Decision:
    """Whether whoever acts may stop a letter: of a kind that they may post, and while it certainly was not sent."""
    allowed = may_post(by=by, kind=message.kind)
    if allowed and message.state not in NOT_SENT:
        return allowed & Decision.no(Reason("This message has been sent, or may have been.", "outbox"))
    return allowed


@service(event="letter_withdrawn", asks=may_withdraw)
def withdraw(*, by: Principal, message_id: int) -> Message:
    """Let a letter that has not gone out stay: what it would tell has been called off. Raises ``Refused``."""
    message = Message.objects.select_for_update(no_key=True).get(pk=message_id)
    may_withdraw(message, by=by).or_refuse()
    Message.objects.filter(pk=message_id).update(state=State.WITHDRAWN, settled_at=Now())
    message.refresh_from_db(fields=["state"])
    record_event(message, root=None, compartment=letter_kind(message.kind).compartment, kind=message.kind)
    return message


def look_now() -> None:
    """After the commit, tell a worker to look, in a thread: a queue that is gone holds up no page.

    Once for a transaction, however many letters were posted in it. Whatever becomes of it, the sweep of every minute
    finds the rows.
    """
    if all(waiting[1] is not _look for waiting in transaction.get_connection().run_on_commit):
        transaction.on_commit(_look)


def _look() -> None:
    Thread(target=_tell_worker, name="look now", daemon=True).start()


def _tell_worker() -> None:
    try:
        send_letters_task.apply_async(retry=False)
    except OperationalError:
        log.warning("the queue cannot be reached; letters wait for the next sweep")
