"""What is due for a person, and by when, as a placement asks it (R49, R51, R54, R107)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import CharField, Exists, Func, OuterRef, Subquery, Value
from django.db.models.functions import Greatest

from cases.derived import level_of_day
from cases.facts import facts_of
from cases.first_meetings import windows_before_release
from cases.models import Nominal, Obligation, Referral
from meetings.models import Slot
from rules.core import Decision, Reason
from rules.levels import level_on
from rules.sittings import Placement
from rules.vocabulary import DeadlineStatus, Handling, Level, ObligationKind, ReferralState

# What a Level 2 or 3 meeting answers.
HEARD: tuple[ObligationKind, ...] = (
    ObligationKind.REVIEW_LEVEL_2_3,
    ObligationKind.FIRST_MEETING,
    ObligationKind.PRE_RELEASE,
)


def may_be_handled_so(nominal: Nominal, handling: Handling, today: date) -> Decision:
    """Whether the record may be put behind the Category 4 wall, or taken from behind it, as the meetings ahead stand: a
    place on the wrong side would show that somebody is there (R99).
    """
    if (handling == Handling.CATEGORY_4) == (nominal.handling == Handling.CATEGORY_4):
        return Decision.yes()
    ahead = Slot.objects.filter(nominal=nominal, cancelled_on=None, ends_at__date__gte=today)
    if ahead.filter(sitting__panel__isnull=False).exists():
        text = "The person is placed in a panel's sitting: place them in a single meeting, or take them out, first"
        return Decision.no(Reason(text, "R99"))
    return Decision.yes()


def needs_a_meeting(nominal: Nominal, *, today: date) -> Decision:
    """Whether there is anybody to hear: at Level 2 or 3, or with a first meeting due."""
    level = level_on(facts_of(nominal).levels, today).value
    if level is not None and Level(level).is_multi_agency:
        return Decision.yes()
    if Obligation.objects.filter(nominal=nominal, kind=ObligationKind.FIRST_MEETING).waiting().exists():
        return Decision.yes()
    return Decision.no(Reason("Only people at Level 2 or 3, or accepted for it, are heard: refer them first", "R36"))


def level_heard_at(today: date, nominal: str = "pk") -> Func:
    """The code of the level at which the person is heard: their own Level 2 or 3, or that at which a referral was
    accepted whose first meeting is due and at which the level begins; the higher of both. None without either.
    """
    due = Obligation.objects.filter(nominal=OuterRef("nominal"), kind=ObligationKind.FIRST_MEETING).waiting()
    accepted = Referral.objects.filter(Exists(due), nominal=OuterRef(nominal), state=ReferralState.ACCEPTED)
    own = Func(level_of_day(today, nominal), Value(Level.NOT_SET.value), function="NULLIF")
    given = Subquery(accepted.order_by("-decided_on", "-pk").values("level_given")[:1])
    return Greatest(own, given, output_field=CharField())


def level_to_hear(nominal: Nominal, *, today: date) -> Level | None:
    """The same for one person."""
    found = Nominal.objects.filter(pk=nominal.pk).annotate(heard_at=level_heard_at(today)).get().heard_at
    return None if found is None else Level(found)


def placement_of(nominal: Nominal, on: date, *, out_of_time_because: str = "") -> Placement:
    """The person's hearing on a day beside what is due: the earliest limit, and the earliest date of a chair.

    What was brought forward from before the area's start is never late (R106). Before a release, a first meeting counts
    from the day on which its window opens (R49).
    """
    return placements_of(nominal, [on], out_of_time_because=out_of_time_because)[on]


def placements_of(nominal: Nominal, days: Collection[date], *, out_of_time_because: str = "") -> dict[date, Placement]:
    """The same for each of several days; it costs the same for one day and for many."""
    last = max(days, default=date.min)
    waiting = Obligation.objects.filter(nominal=nominal, kind__in=HEARD, triggered_on__lte=last, looked_at_on=None)
    rows = list(waiting.waiting().with_status(last))
    first = any(row.kind == ObligationKind.FIRST_MEETING for row in rows)
    window = windows_before_release([nominal.pk]).get(nominal.pk) if first else None
    return {
        on: _placement([row for row in rows if row.triggered_on <= on], on, window, out_of_time_because) for on in days
    }


def _placement(rows: Iterable[Any], on: date, window_from: date | None, out_of_time_because: str) -> Placement:
    known = list(rows)
    in_force = [row for row in known if row.status != DeadlineStatus.BROUGHT_FORWARD]
    first = any(row.kind == ObligationKind.FIRST_MEETING for row in known)
    dated = ((row.due_on, row.kind) for row in in_force if row.due_on is not None)
    limit, answers = min(dated, default=(None, None))
    return Placement(
        on,
        limit=limit,
        answers=None if answers is None else ObligationKind(answers),
        works_to=min((row.works_to for row in in_force if row.works_to is not None), default=None),
        window_from=window_from if first else None,
        out_of_time_reason=out_of_time_because,
    )
