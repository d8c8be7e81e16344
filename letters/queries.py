"""Named reads of the outbox. They show ids, kinds, states and ages: nothing of a person."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Now

from .kinds import letter_kinds
from .models import Message
from .states import UNSETTLED, State

_ON_THE_WAY = Q(state__in=[State.WAITING, State.CLAIMED])


@dataclass(frozen=True)
class Backlog:
    """How the outbox stands. `oldest` is the age of the oldest message that should have gone."""

    on_the_way: int
    undecided: int
    oldest: timedelta | None


def listed() -> QuerySet[Message]:
    """The messages that the outbox shows and counts: all but those whose coming alone would tell too much."""
    return Message.objects.exclude(kind__in=[kind.code for kind in letter_kinds() if not kind.listed])


def with_age(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Each message with its `age`: how long ago it was posted."""
    return rows.annotate(age=Now() - F("posted_at"))


def backlog() -> Backlog:
    """The outbox in three figures, in one query."""
    found = listed().aggregate(
        on_the_way=Count("pk", filter=_ON_THE_WAY),
        undecided=Count("pk", filter=Q(state__in=UNSETTLED)),
        # From the first day it could go: a pause between two attempts does not make a message young.
        oldest=Max(Now() - F("posted_at"), filter=_ON_THE_WAY & (Q(due_at__lte=Now()) | Q(attempts__gt=0))),
    )
    return Backlog(found["on_the_way"], found["undecided"], found["oldest"])


def outbox_age() -> timedelta | None:
    """How long the oldest message that should have gone has waited; None when there is none. A figure of readiness."""
    return backlog().oldest
