"""What an answer that came from a calendar program counts for, and which a person has to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from rules.core import Decision, Reason, cites
from rules.vocabulary import CalendarAnswer, InvitationAnswer


class Effect(Enum):
    """What a reply does to one invitation: changes its answer, leaves it as it is, or contradicts it in vain."""

    CHANGES = "changes"
    NOTHING = "nothing"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """A reply beside what went out. ``speaks``: whoever was asked answers for an agency, or is a guest there.

    ``sent``: the version that it answers went out; ``same_time``: the newest one has the same time.
    """

    said: CalendarAnswer
    by_whom_was_asked: bool = True
    sent: bool = True
    same_time: bool = True
    taken_out: bool = False
    over: bool = False
    speaks: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer that an invitation has: since when, and whether the person who replies gave it themselves."""

    answer: InvitationAnswer
    since: datetime | None = None
    own: bool = False


@cites("R59", "R108")
def may_count_reply(facts: ReplyFacts) -> Decision:
    """Whether a reply may count by itself. It proves nothing of who sent it: whatever does not fit waits for a person.

    Who chairs, or only comes for an agency, need not accept; when they cannot come, somebody else has to be found.
    """
    refusals = []
    if not facts.by_whom_was_asked:
        refusals.append(Reason("It comes from, or answers for, another address than the one that was asked", "R59"))
    if facts.over:
        refusals.append(Reason("The meeting is over", "R59"))
    elif facts.taken_out:
        refusals.append(Reason("The meeting was cancelled, or taken out of their calendar", "R59"))
    elif not facts.sent:
        refusals.append(Reason("It answers a version of the meeting that was never sent", "R59"))
    elif not facts.same_time:
        refusals.append(Reason("It answers an earlier time: the meeting has changed since", "R59"))
    if facts.said is CalendarAnswer.DELEGATED:
        refusals.append(Reason("They passed the meeting on to somebody else", "R59"))
    elif not facts.speaks and facts.said is not CalendarAnswer.ACCEPTED:
        refusals.append(Reason("They chair, or come for an agency, and may not be able to", "R59"))
    return Decision.of(refusals)


@cites("R59")
def answer_meant(said: CalendarAnswer) -> InvitationAnswer | None:
    """The answer that a reply stands for; "perhaps" is none, though it is shown."""
    return {
        CalendarAnswer.ACCEPTED: InvitationAnswer.ATTENDING,
        CalendarAnswer.DECLINED: InvitationAnswer.APOLOGIES,
    }.get(said)


@cites("R59")
def effect_of(said: CalendarAnswer, said_at: datetime, standing: Standing) -> Effect:
    """What a reply does to an answer that stands.

    What was said later stands; an answer that means the same stays as it was said, with its deputy or report. One's own
    earlier answer changes, somebody else's does not.
    """
    if standing.answer is InvitationAnswer.NONE:
        return Effect.CHANGES
    if standing.since is not None and standing.since >= said_at:
        return Effect.NOTHING
    meant = answer_meant(said)
    if meant is not None and meant.comes is standing.answer.comes:
        return Effect.NOTHING
    return Effect.CHANGES if meant is not None and standing.own else Effect.CONTRADICTS
