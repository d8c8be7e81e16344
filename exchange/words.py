"""The words of a list that an agency sends: what kind it is, how far it has come, what each row turned out to be."""

from rules.vocabulary import Word


class ListKind(Word):
    """What a list speaks of."""

    PEOPLE = "people", "People under MAPPA"
    MEETINGS = "meetings", "Last meetings held"
    ACTIONS = "actions", "Open actions"


class ExtractState(Word):
    """How far a list has come. What has been cancelled, stopped or closed stays as it is."""

    HEADINGS = "headings", "Waiting for its headings"
    READING = "reading", "Being read"
    COMPARING = "comparing", "Being compared"
    READY = "ready", "Ready to be worked through"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"
    STOPPED = "stopped", "Stopped"


class Outcome(Word):
    """What a row is beside the register."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    ABSENT = "absent", "No longer there"
    UNMATCHED = "unmatched", "Cannot be matched"


class RowState(Word):
    """What has been done about a row."""

    OPEN = "open", "To be decided"
    ACCEPTED = "accepted", "Accepted, waiting to be written"
    WRITTEN = "written", "Written to the register"
    LEFT = "left", "Left as it is"
    STALE = "stale", "Overtaken: compare again"
    ANSWERED = "answered", "Answered"


class Answer(Word):
    """What somebody decided about a person who is no longer on the list."""

    END = "end", "Their status has ended: a ground is to be ended"
    OURS = "ours", "They are still under MAPPA, although the list leaves them out"
    ASK = "ask", "The agency is asked first"


def told_as(outcome: Outcome, kind: ListKind) -> str:
    """The outcome in the words of its list: an action is not unchanged, it is known."""
    if kind is ListKind.ACTIONS and outcome is Outcome.UNCHANGED:
        return "Known already"
    return outcome.label


WORKING: tuple[ExtractState, ...] = (ExtractState.READING, ExtractState.COMPARING)
FINISHED: tuple[ExtractState, ...] = (ExtractState.CLOSED, ExtractState.CANCELLED, ExtractState.STOPPED)
# What can be written to the register once somebody has accepted it.
WRITABLE: tuple[Outcome, ...] = (Outcome.NEW, Outcome.CHANGED)
