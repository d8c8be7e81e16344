"""The meeting before a release, a discharge or a tribunal, in the ledger and in the list of what is due (R107)."""

from datetime import date, timedelta
from typing import Any

import pytest

from cases.facts import CaseFacts, MeetingFacts
from cases.models import Obligation
from cases.pre_release import pre_releases_wanted
from cases.records import KeyDateRecord
from cases.services.dates import set_key_date
from mappa import clock
from rules.facts import LevelFacts, RegisterFacts, WhereaboutsFacts
from rules.parameters import Parameters
from rules.vocabulary import KeyDateKind, Level, ObligationKind, Whereabouts
from tests.factories import cases as make
from tests.factories.agencies import AreaFactory
from tests.factories.cases import TODAY, at_level
from tests.factories.visits import text_of, visitor

INSIDE, OUT, DEAD = Whereabouts.CUSTODY, Whereabouts.COMMUNITY, Whereabouts.DEAD
TWO, ONE = Level.TWO, Level.ONE


def at(days: int) -> date:
    return TODAY + timedelta(days=days)


def spans(*begun: tuple[Any, int]) -> list[tuple[Any, date, date | None]]:
    """What began on which day, each up to the next."""
    ends = [at(day - 1) for _, day in begun[1:]] + [None]
    return [(what, at(day), end) for (what, day), end in zip(begun, ends, strict=True)]


def facts(levels: Any = ((TWO, -300),), stays: Any = ((INSIDE, -500),), held: tuple[int, ...] = ()) -> CaseFacts:
    register = RegisterFacts(
        key=1,
        levels=tuple(LevelFacts(level, *days) for level, *days in spans(*levels)),
        whereabouts=tuple(WhereaboutsFacts(where, *days) for where, *days in spans(*stays)),
    )
    return CaseFacts(1, 1, register, tuple(MeetingFacts(at(day), TWO) for day in held))


RELEASED = ((INSIDE, -95), (OUT, -5))
REL, EARLIEST, TRIBUNAL = KeyDateKind.RELEASE, KeyDateKind.EARLIEST_RELEASE, KeyDateKind.TRIBUNAL


@pytest.mark.parametrize(
    ("known", "ahead", "rows"),
    [
        pytest.param(facts(), {REL: 60}, [("release", 18, 59, None, None)], id="from six weeks before release"),
        pytest.param(facts(), {REL: 20}, [("release", -22, 19, None, None)], id="at once if nearer"),
        pytest.param(
            facts(levels=((ONE, -300), (TWO, -3))), {REL: 20}, [("release", -3, 19, None, None)], id="since Level 2"
        ),
        pytest.param(facts(held=(-10,)), {REL: 20}, [("release", -22, 19, -10, None)], id="held"),
        pytest.param(facts(held=(-23,)), {REL: 20}, [("release", -22, 19, None, None)], id="held too early"),
        pytest.param(
            facts(), {REL: 60, EARLIEST: 30}, [("release", -12, 29, None, None)], id="the first day it can be"
        ),
        pytest.param(
            facts(), {TRIBUNAL: 34, REL: 60},
            [("release", 18, 59, None, None), ("tribunal", -8, 33, None, None)], id="a tribunal is a day of its own",
        ),
        pytest.param(facts(levels=((ONE, -300),)), {REL: 20}, [], id="Level 1 has none"),
        pytest.param(facts(levels=((TWO, -300), (ONE, -1))), {REL: 20}, [], id="no longer at Level 2"),
        pytest.param(facts(stays=((OUT, -300),)), {REL: 20}, [], id="at liberty: a date left standing"),
        pytest.param(facts(stays=RELEASED), {}, [("release", -47, -6, None, None)], id="released without one"),
        pytest.param(facts(stays=RELEASED, held=(-47,)), {}, [("release", -47, -6, -47, None)], id="held in time"),
        pytest.param(facts(stays=RELEASED, held=(-5,)), {}, [("release", -47, -6, -5, None)], id="held on the day"),
        pytest.param(
            facts(stays=((INSIDE, -95), (OUT, 0))), {REL: 0}, [("release", -42, -1, None, None)],
            id="listed on the day of release",
        ),
        pytest.param(
            facts(stays=(*RELEASED, (INSIDE, -2))), {}, [("release", -47, -6, None, -2)], id="recalled since"
        ),
        pytest.param(
            facts(stays=RELEASED, levels=((TWO, -300), (ONE, -2))), {}, [("release", -47, -6, None, -3)],
            id="left Level 2 since",
        ),
        pytest.param(
            facts(stays=RELEASED, levels=((TWO, -300), (ONE, -2)), held=(-2,)), {}, [("release", -47, -6, -2, None)],
            id="heard, and left Level 2 by it",
        ),
        pytest.param(facts(stays=RELEASED, levels=((ONE, -300), (TWO, -5))), {}, [], id="at Level 2 from release on"),
        pytest.param(facts(stays=((INSIDE, -95), (DEAD, -5))), {}, [], id="died inside"),
    ],
)  # fmt: skip
def test_what_the_ledger_wants(
    known: CaseFacts, ahead: dict[KeyDateKind, int], rows: list[tuple[str, int, int, int | None, int | None]]
) -> None:
    dates = {kind: at(days) for kind, days in ahead.items()}

    def off(day: date | None) -> int | None:
        return None if day is None else (day - TODAY).days

    found = pre_releases_wanted(known, dates, today=TODAY, params=Parameters())
    assert [
        (row.subject, off(row.triggered_on), off(row.due_on), off(row.met_on), off(row.cancelled_on)) for row in found
    ] == rows


@pytest.mark.django_db
def test_a_moved_release_moves_what_is_due_and_a_missed_one_is_listed() -> None:
    clock.pretend(TODAY)
    area = AreaFactory.create()
    client, _ = visitor(area)
    inside = make.nominal(
        area, family_name="Inside", levels=(at_level(TWO),), whereabouts=(make.stay(INSIDE, at(-400)),),
        key_dates=(KeyDateRecord(REL, at(60)),),
    )  # fmt: skip
    make.nominal(
        area, family_name="Released", levels=(at_level(TWO),),
        whereabouts=(make.stay(INSIDE, at(-95), at(-6)), make.stay(OUT, at(-5))),
    )  # fmt: skip
    row = Obligation.objects.get(nominal=inside, kind=ObligationKind.PRE_RELEASE)
    assert (row.triggered_on, row.due_on) == (at(18), at(59))
    set_key_date(by=make.system(), today=TODAY, nominal_id=inside.pk, kind=REL, falls_on=at(30))
    row = Obligation.objects.get(nominal=inside, kind=ObligationKind.PRE_RELEASE)
    assert (row.triggered_on, row.due_on) == (at(-12), at(29))
    late = text_of(client.get("/due/?kind=pre_release&state=overdue"))
    assert "Released" in late
    assert "Inside" not in late
