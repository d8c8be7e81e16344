"""Rows of the outbox for tests."""

from typing import Any
from uuid import uuid4

from agencies.models import User
from letters.models import Message
from letters.states import State


def message_to(user: User, state: State = State.WAITING, subject_id: int = 1, **more: Any) -> Message:
    """A letter to this person about a record with this id."""
    message: Message = Message.objects.create(
        kind="access_given", recipient=user, event_key=f"tests:{uuid4()}", subject_id=subject_id, state=state, **more
    )
    return message
