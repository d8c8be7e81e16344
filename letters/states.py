"""How a message of the outbox stands."""

from rules.vocabulary import Word


class State(Word):
    """The one state of a message. Only MAYBE_SENT and FAILED wait for a person."""

    WAITING = "waiting", "Waiting"
    CLAIMED = "claimed", "Being sent"
    SENT = "sent", "Sent"
    MAYBE_SENT = "maybe_sent", "Maybe sent"
    FAILED = "failed", "Not sent"
    WITHDRAWN = "withdrawn", "No longer wanted"
    LEFT = "left", "Left as it is"


# What certainly has not gone out.
NOT_SENT = (State.WAITING, State.FAILED)
# What a person may settle: send once more, or leave.
UNSETTLED = (State.MAYBE_SENT, State.FAILED)
