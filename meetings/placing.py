"""What is due for a person, and by when, as a placement asks it (R49, R51, R54, R107)."""

from datetime import date

from cases.facts import facts_of
from cases.models import Nominal, Obligation
from rules.core import Decision, Reason
from rules.levels import level_on
from rules.sittings import Placement
from rules.vocabulary import Level, ObligationKind

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
    """The person's hearing on a day beside what is due: the earliest limit, and the earliest date of a chair."""
    waiting = Obligation.objects.filter(nominal=nominal, kind__in=HEARD, triggered_on__lte=on).waiting()
    rows = list(waiting.values_list("due_on", "works_to"))
    return Placement(
        on,
        limit=min((due for due, _ in rows if due is not None), default=None),
        works_to=min((day for _, day in rows if day is not None), default=None),
        out_of_time_reason=out_of_time_because,
    )
