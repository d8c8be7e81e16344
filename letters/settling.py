"""What a person decides about a message of which nobody knows whether it was sent, or that could not be."""

from django.db.models.functions import Now

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from rules.core import Decision, Reason

from .models import Message
from .outbox import look_now
from .states import UNSETTLED, State

_RULE = "outbox"


def may_settle(message: Message | None = None, *, by: Principal) -> Decision:
    """Whether whoever acts may settle messages; given one, whether that one waits for a person."""
    allowed = can(by, Perm.LETTERS_SETTLE)
    if not allowed or message is None or message.state in UNSETTLED:
        return allowed
    return Decision.no(Reason("This message does not wait for a decision.", _RULE))


@service(event="letter_resent", asks=may_settle)
def resend(*, by: Principal, message_id: int) -> Message:
    """Let it be sent once more, under the same Message-ID, so that a reader's mailbox can drop a second copy.

    Raises ``Refused``.
    """
    message = Message.objects.select_for_update(no_key=True).get(pk=message_id)
    may_settle(message, by=by).or_refuse()
    Message.objects.filter(pk=message_id).update(
        state=State.WAITING, settled_at=None, handed_at=None, due_at=Now(), fault=""
    )
    message.refresh_from_db()
    record_event(message, root=None, state=message.state)
    look_now()
    return message


@service(event="letter_left", asks=may_settle)
def leave(*, by: Principal, message_id: int) -> Message:
    """Leave it as it is: the person has been told another way, or need not be. Raises ``Refused``."""
    message = Message.objects.select_for_update(no_key=True).get(pk=message_id)
    may_settle(message, by=by).or_refuse()
    message.state = State.LEFT
    message.save(update_fields=["state"])
    record_event(message, root=None, state=message.state)
    return message
