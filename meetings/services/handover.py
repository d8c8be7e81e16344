"""The open actions of a leaver go to the colleague; closed ones stay with whoever did them."""
# ruff: noqa: ARG001 - every participant is asked in the same way, whether it needs all of it or not

from datetime import date

from agencies.handover import HandOver, Line
from agencies.principal import Principal
from cases.models import Nominal
from cases.services.handover import closed_to
from meetings.models import Action, ActionQuerySet
from rules.vocabulary import Handling


def preview_actions(handover: HandOver) -> list[Line]:
    """How many open actions they are responsible for; Category 4 is in no count (R99)."""
    seen = _theirs(handover).exclude(nominal__handling=Handling.CATEGORY_4)
    return [Line("open actions they are responsible for", seen.count())]


def move_actions(handover: HandOver, by: Principal, today: date) -> None:
    """Open actions are the colleague's at once; in a case that is closed to the colleague, nobody's by name."""
    if handover.to is None:
        return
    cases = set(_theirs(handover).values_list("nominal", flat=True))
    nominals = list(Nominal.objects.select_for_update(no_key=True).filter(pk__in=cases).order_by("pk"))
    closed = closed_to(handover, [nominal.pk for nominal in nominals])
    _theirs(handover).filter(nominal__in=closed).update(responsible=None)
    _theirs(handover).update(responsible=handover.to)


def _theirs(handover: HandOver) -> ActionQuerySet:
    member = handover.membership
    return Action.objects.waiting().filter(responsible=member.user_id, agency=member.agency_id)
