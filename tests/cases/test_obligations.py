"""The ledger follows the facts: review clock, healing, and one home for "overdue" (R51 to R53, R106)."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Area
from agencies.principal import Principal
from cases.models import Nominal, Obligation, QualifyingMeeting
from cases.records import LevelRecord
from cases.services.dates import record_qualifying_meeting
from cases.services.grounds import end_ground
from cases.services.obligations import drifting_everywhere, reconcile
from cases.services.whereabouts import record_whereabouts
from rules.core import Refused
from rules.deadlines import is_brought_forward, status_of
from rules.vocabulary import DeadlineStatus, DecidingBody, EndReason, Level, ObligationKind, Whereabouts
from tests.factories import cases as make
from tests.factories.cases import TODAY, at_level, meeting

DAY = timedelta(days=1)
QUERIES = 28


@dataclass(frozen=True)
class Line:
    triggered_on: date
    due_on: date | None
    met_on: date | None = None
    cancelled_on: date | None = None
    works_to: date | None = None


def ledger(man: Nominal) -> list[Line]:
    rows = Obligation.objects.filter(nominal=man, kind=ObligationKind.REVIEW_LEVEL_2_3).order_by("triggered_on")
    return [Line(row.triggered_on, row.due_on, row.met_on, row.cancelled_on, row.works_to) for row in rows]


@pytest.fixture
def man(area: Area) -> Nominal:
    return make.nominal(area, levels=(at_level(Level.TWO),), meetings=(meeting(TODAY - 60 * DAY),))


def held(by: Principal, man: Nominal, day: date, level: Level = Level.TWO, next_on: date | None = None) -> None:
    record_qualifying_meeting(by=by, today=TODAY, nominal_id=man.pk, meeting=make.meeting(day, level, next_on))


@pytest.mark.parametrize(("level", "days"), [(Level.TWO, 112), (Level.THREE, 56)])
def test_the_review_is_due_sixteen_or_eight_weeks_after_the_meeting(area: Area, level: Level, days: int) -> None:
    day = TODAY - 10 * DAY
    man = make.nominal(area, levels=(at_level(level),), meetings=(meeting(day, level, day + 40 * DAY),))
    assert ledger(man) == [Line(day, day + days * DAY, works_to=day + 40 * DAY)]


def test_the_next_meeting_meets_it(coordinator: Principal, man: Nominal) -> None:
    held(coordinator, man, TODAY)
    assert ledger(man) == [
        Line(TODAY - 60 * DAY, TODAY + 52 * DAY, met_on=TODAY),
        Line(TODAY, TODAY + 112 * DAY),
    ]


def test_custody_pauses_and_release_lets_it_run_on(coordinator: Principal, man: Nominal) -> None:
    where = {"by": coordinator, "today": TODAY, "nominal_id": man.pk}
    record_whereabouts(**where, kind=Whereabouts.CUSTODY, starts_on=TODAY - 20 * DAY)
    assert ledger(man) == [Line(TODAY - 60 * DAY, None)]
    reviews = Obligation.objects.filter(nominal=man, kind=ObligationKind.REVIEW_LEVEL_2_3)
    row = reviews.get().pk
    record_whereabouts(**where, kind=Whereabouts.COMMUNITY, starts_on=TODAY)
    assert ledger(man) == [Line(TODAY - 60 * DAY, TODAY + (52 + 20) * DAY)]
    # A moved due date keeps its row.
    assert reviews.get().pk == row


def test_leaving_level_2_cancels_it_on_the_last_day(area: Area) -> None:
    levels = (at_level(Level.TWO), at_level(Level.ONE, TODAY - 5 * DAY))
    man = make.nominal(area, levels=levels, meetings=(meeting(TODAY - 60 * DAY),))
    assert ledger(man) == [Line(TODAY - 60 * DAY, TODAY + 52 * DAY, cancelled_on=TODAY - 6 * DAY)]


def test_the_meeting_that_decides_to_leave_meets_it_and_starts_no_clock(area: Area) -> None:
    levels = (at_level(Level.TWO), at_level(Level.ONE, TODAY - 5 * DAY))
    meetings = (meeting(TODAY - 60 * DAY), meeting(TODAY - 5 * DAY))
    man = make.nominal(area, levels=levels, meetings=meetings)
    assert ledger(man) == [Line(TODAY - 60 * DAY, TODAY + 52 * DAY, met_on=TODAY - 5 * DAY)]


def test_a_last_ground_that_ends_ahead_cancels_nothing_yet(area: Area, coordinator: Principal) -> None:
    man = make.nominal(
        area, grounds=(make.qualifying(ends_on=TODAY + DAY),), levels=(at_level(Level.TWO),),
        meetings=(meeting(TODAY - 60 * DAY),),
    )  # fmt: skip
    assert ledger(man)[0].cancelled_on is None
    end_ground(
        by=coordinator, today=TODAY, ground_id=man.grounds.get().pk, ends_on=TODAY - DAY,
        reason=EndReason.LICENCE_ENDED,
    )  # fmt: skip
    assert ledger(man)[0].cancelled_on == TODAY - DAY


def test_raised_to_level_3_by_a_meeting_the_next_is_due_in_eight_weeks(area: Area) -> None:
    day = TODAY - 10 * DAY
    levels = (at_level(Level.TWO), at_level(Level.THREE, day, DecidingBody.MEETING))
    man = make.nominal(area, levels=levels, meetings=(meeting(TODAY - 60 * DAY), meeting(day, Level.THREE)))
    assert ledger(man) == [
        Line(TODAY - 60 * DAY, TODAY + 52 * DAY, met_on=day),
        Line(day, day + 56 * DAY),
    ]


def test_a_chairs_urgent_decision_starts_the_clock_anew(area: Area) -> None:
    day = TODAY - 10 * DAY
    levels = (at_level(Level.TWO), at_level(Level.THREE, day, DecidingBody.CHAIR_URGENT))
    man = make.nominal(area, levels=levels, meetings=(meeting(TODAY - 60 * DAY),))
    assert ledger(man) == [
        Line(TODAY - 60 * DAY, TODAY + 52 * DAY, cancelled_on=day),
        Line(day, day + 56 * DAY),
    ]


def test_without_a_meeting_there_is_no_review_clock(area: Area) -> None:
    assert ledger(make.nominal(area, levels=(at_level(Level.TWO),))) == []


def test_a_meeting_of_an_earlier_time_at_level_2_does_not_count_for_the_present_one(area: Area) -> None:
    levels = (at_level(Level.TWO), at_level(Level.ONE, TODAY - 50 * DAY), at_level(Level.TWO, TODAY - 5 * DAY))
    man = make.nominal(area, levels=levels, meetings=(meeting(TODAY - 60 * DAY),))
    assert ledger(man) == [Line(TODAY - 60 * DAY, TODAY + 52 * DAY, cancelled_on=TODAY - 51 * DAY)]


def test_a_broken_ledger_heals_and_twice_is_once(man: Nominal, area: Area) -> None:
    other = make.nominal(area, levels=(at_level(Level.TWO),), meetings=(meeting(TODAY - 5 * DAY),))
    right = [ledger(man), ledger(other)]
    Obligation.objects.filter(nominal=man).update(due_on=TODAY)
    Obligation.objects.create(nominal=man, kind="review_2_3", triggered_on=TODAY, rule="R51")
    Obligation.objects.filter(nominal=other).delete()
    assert drifting_everywhere(today=TODAY) == [man.pk, other.pk]
    corrections = reconcile(by=make.system(), today=TODAY)
    assert (corrections.added, corrections.moved, corrections.dropped) == (1, 1, 1)
    assert [ledger(man), ledger(other)] == right
    assert not reconcile(by=make.system(), today=TODAY)


def test_a_meeting_corrected_away_takes_its_review_along(man: Nominal) -> None:
    QualifyingMeeting.objects.filter(nominal=man).delete()
    reconcile(by=make.system(), today=TODAY, nominal_ids=[man.pk])
    assert ledger(man) == []


def test_people_do_not_reconcile_the_ledger_by_hand(coordinator: Principal, man: Nominal) -> None:
    Obligation.objects.filter(nominal=man).delete()
    with pytest.raises(Refused):
        reconcile(by=coordinator, today=TODAY)


def test_costs_the_same_for_many(area: Area, django_assert_num_queries) -> None:
    def add(number: int) -> None:
        make.people(
            *(make.person(area, levels=(at_level(Level.TWO),), meetings=(meeting(TODAY),)) for _ in range(number))
        )

    add(1)
    with django_assert_num_queries(QUERIES):
        assert drifting_everywhere(today=TODAY) == []
    add(5)
    with django_assert_num_queries(QUERIES):
        assert drifting_everywhere(today=TODAY) == []


OFFSETS = st.integers(min_value=-3, max_value=3).map(lambda off: TODAY + timedelta(days=off))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(OFFSETS, st.none() | OFFSETS, st.none() | OFFSETS, st.none() | OFFSETS), min_size=1, max_size=8,
        unique_by=lambda row: row[0],
    )
)  # fmt: skip
def test_status_in_sql_is_the_rules_status(area: Area, rows: list) -> None:
    Obligation.objects.all().delete()
    area.starts_on = TODAY - DAY
    area.save()
    man = Nominal.objects.filter(area=area).first() or make.nominal(area)
    for triggered_on, due_on, met_on, cancelled_on in rows:
        Obligation.objects.create(
            nominal=man, kind="review_2_3", rule="R51", triggered_on=triggered_on,
            due_on=max(due_on, triggered_on) if due_on else None,
            met_on=met_on, cancelled_on=None if met_on else cancelled_on,
        )  # fmt: skip
    for row in Obligation.objects.with_status(TODAY):
        expected = status_of(
            row.due_on, row.met_on, TODAY, cancelled_on=row.cancelled_on,
            brought_forward=is_brought_forward(row.triggered_on, area.starts_on),
        )  # fmt: skip
        assert row.status == expected


def test_every_status_has_been_seen(area: Area) -> None:
    area.starts_on = TODAY - 9 * DAY
    area.save()
    man = make.nominal(area)
    rows = [
        (0, None, None, None, DeadlineStatus.PAUSED), (1, 1, None, None, DeadlineStatus.OPEN),
        (-1, 0, None, None, DeadlineStatus.OPEN), (-2, -1, None, None, DeadlineStatus.OVERDUE),
        (-3, -1, -1, None, DeadlineStatus.MET), (-4, -1, 0, None, DeadlineStatus.MET_LATE),
        (-5, -1, None, 0, DeadlineStatus.CANCELLED), (-10, -1, None, None, DeadlineStatus.BROUGHT_FORWARD),
    ]  # fmt: skip
    for triggered, due, met, cancelled, _ in rows:
        due_on, met_on, cancelled_on = (None if off is None else TODAY + off * DAY for off in (due, met, cancelled))
        Obligation.objects.create(
            nominal=man, kind="review_2_3", rule="R51", triggered_on=TODAY + triggered * DAY, due_on=due_on,
            met_on=met_on, cancelled_on=cancelled_on,
        )  # fmt: skip
    ledger = Obligation.objects.filter(kind=ObligationKind.REVIEW_LEVEL_2_3)
    found = {row.triggered_on: row.status for row in ledger.with_status(TODAY)}
    assert found == {TODAY + row[0] * DAY: row[4] for row in rows}


def test_levels_given_by_an_import_are_enough(area: Area) -> None:
    levels = (LevelRecord(Level.TWO, TODAY - 90 * DAY, TODAY - 30 * DAY), at_level(Level.ONE, TODAY - 29 * DAY))
    man = make.nominal(area, levels=levels, meetings=(meeting(TODAY - 90 * DAY),))
    assert ledger(man)[0].cancelled_on == TODAY - 30 * DAY
