"""The open actions of an agency go to its successor on the day; closed ones stay with the agency that did them."""
# ruff: noqa: ARG001 - every participant is asked in the same way, whether it needs the day or not

from datetime import date

from agencies.succession import Change, Going, Line
from cases.models import Nominal
from meetings.models import Action, ActionQuerySet
from rules.vocabulary import Handling


def preview_actions(going: Going) -> list[Line]:
    """How many open actions move; Category 4 is in no count (R99)."""
    return [Line("open actions", _open(going).exclude(nominal__handling=Handling.CATEGORY_4).count())]


def move_actions(change: Change, today: date) -> None:
    """The part in the case that comes with them moves like every other part, with the cases themselves."""
    concerned = _open(change.going).values("nominal")
    list(Nominal.objects.select_for_update(no_key=True).filter(pk__in=concerned).order_by("pk").values_list("pk"))
    _open(change.going).update(agency=change.successor)


def _open(going: Going) -> ActionQuerySet:
    return Action.objects.waiting().filter(agency__in=going.agency_ids)
