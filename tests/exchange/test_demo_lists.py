"""The lists of the demonstration: one closed, one open with some of each outcome, and a register they leave alone."""

from collections import Counter

from agencies.models import Agency, Area
from cases.models import Nominal
from exchange.demo.cast import cast
from exchange.demo.days import Days
from exchange.models import Extract
from exchange.words import ExtractState, ListKind
from mappa import clock
from meetings.models import Action
from tests.conftest import TODAY
from tests.exchange.lists import outcomes


def test_the_open_list_has_some_of_each_outcome(demonstration: object) -> None:
    closed, opened, actions = Extract.objects.order_by("pk")
    assert (closed.state, opened.state) == (ExtractState.CLOSED, ExtractState.READY)
    assert outcomes(closed) == {"unchanged": 12}
    assert outcomes(opened) == {"new": 3, "changed": 3, "unchanged": 5, "unmatched": 2, "absent": 2}
    assert (actions.kind, actions.state) == (ListKind.ACTIONS, ExtractState.READY)
    assert outcomes(actions) == {"new": 2, "unchanged": 1, "unmatched": 2}
    assert Nominal.objects.count() == len(cast(Days(TODAY), 1))
    said = Counter(Action.objects.with_status(clock.today()).values_list("status", flat=True))
    assert said == {"open": 4, "overdue": 2, "met": 1}, "and actions, brought in"
    assert opened.agency == Agency.objects.get(area=Area.objects.get(slug="derbyshire"), slug="police")
