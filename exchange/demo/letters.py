"""Letters of the demonstration: two that wait for the worker, and one of which nobody knows whether it was sent."""

from datetime import date

from agencies.principal import Principal
from cases.letters import ACCESS_GIVEN, can_open
from cases.models import PersonalGrant
from letters.delivery import claim, hand_over, settle
from letters.models import Message
from letters.outbox import post
from letters.states import State

LETTERS = 3


def load_letters(by: Principal, today: date) -> None:
    """Post "you have been given access" for the first grants whose holders can open the record today."""
    grants = PersonalGrant.objects.select_related("user", "content_object").order_by("id")
    posted: list[Message] = []
    for grant in grants.iterator():
        if len(posted) == LETTERS:
            break
        if can_open(grant.content_object_id, grant.user, today):
            posted.append(
                post(
                    by=by,
                    kind=ACCESS_GIVEN,
                    recipient=grant.user,
                    event_key=f"personal_grant:{grant.pk}",
                    subject=grant.content_object,
                    root=grant.content_object_id,
                )
            )
    for message in posted[:1]:
        attempt = claim(by=by, message_id=message.pk).attempts
        hand_over(by=by, message_id=message.pk, attempt=attempt)
        settle(by=by, message_id=message.pk, attempt=attempt, state=State.MAYBE_SENT, fault="SMTPServerDisconnected")
