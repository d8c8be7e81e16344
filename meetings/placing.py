"""What is due for a person, and by when, as a placement asks it (R49, R51, R54, R107)."""

from datetime import date

from cases.facts import facts_of
from cases.first_meetings import windows_before_release
from cases.models import Nominal, Obligation
from rules.core import Decision, Reason
from rules.levels import level_on
from rules.sittings import Placement
from rules.vocabulary import DeadlineStatus, Level, ObligationKind

# What a Level 2 or 3 meeting answers.
HEARD: tuple[ObligationKind, ...] = (
    ObligationKind.REVIEW_LEVEL_2_3,
    ObligationKind.FIRST_MEETING,
    ObligationKind.PRE_RELEASE,
)


def needs_a_meeting(nominal: Nominal, *, today: date) -> Decision:
    """Whether there is anybody to hear: at Level 2 or 3, or with a first meeting due."""
    level = level_on(facts_of(nominal).levels, today).value
    if level is not None and Level(level).is_multi_agency:
        return Decision.yes()
    if Obligation.objects.filter(nominal=nominal, kind=ObligationKind.FIRST_MEETING).waiting().exists():
        return Decision.yes()
    return Decision.no(Reason("Only people at Level 2 or 3, or accepted for it, are heard: refer them first", "R36"))


def placement_of(nominal: Nominal, on: date, *, out_of_time_because: str = "") -> Placement:
    """The person's hearing on a day beside what is due: the earliest limit, and the earliest date of a chair.

    What was brought forward from before the area's start is never late (R106). Before a release, a first meeting counts
    from the day on which its window opens (R49).
    """
    waiting = Obligation.objects.filter(nominal=nominal, kind__in=HEARD, triggered_on__lte=on, looked_at_on=None)
    rows = list(waiting.waiting().with_status(on).values_list("kind", "due_on", "works_to", "status"))
    in_force = [(due, day) for _, due, day, status in rows if status != DeadlineStatus.BROUGHT_FORWARD]
    first = any(kind == ObligationKind.FIRST_MEETING for kind, *_ in rows)
    return Placement(
        on,
        limit=min((due for due, _ in in_force if due is not None), default=None),
        works_to=min((day for _, day in in_force if day is not None), default=None),
        window_from=windows_before_release([nominal.pk]).get(nominal.pk) if first else None,
        out_of_time_reason=out_of_time_because,
    )
