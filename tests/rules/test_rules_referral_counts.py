"""Referrals in numbers: days with pauses, and each referral counted once (R44, R45)."""

from datetime import date, timedelta

import pytest

from rules.referral_counts import CountedReferral, DaysTaken, Stamps, count_referrals, days_with_unit
from rules.vocabulary import Category, DeclineReason, Level, ReferralState

T = date(2026, 11, 2)
S = ReferralState
ASKED, SENT, BACK, PANEL = S.AWAITING_ENDORSEMENT, S.SUBMITTED, S.RETURNED, S.UNDER_PANEL
YES, NO, GONE = S.ACCEPTED, S.DECLINED, S.WITHDRAWN


def day(number: int) -> date:
    return T + timedelta(number)


def stamps(*found: tuple[int, ReferralState]) -> Stamps:
    return tuple((day(number), state) for number, state in found)


@pytest.mark.parametrize(
    ("made", "today", "days"),
    [
        pytest.param([(0, SENT)], 0, 0, id="on the day it came (R44)"),
        pytest.param([(0, SENT)], 5, 5, id="waiting still (R44)"),
        pytest.param([(-4, ASKED), (0, SENT), (2, PANEL)], 5, 5, id="what was written before is not counted (R44)"),
        pytest.param([(0, SENT), (2, PANEL), (9, YES)], 99, 9, id="to the acceptance (R44)"),
        pytest.param([(0, SENT), (2, PANEL), (9, NO)], 99, 9, id="to the decline (R44)"),
        pytest.param([(0, SENT), (4, GONE)], 99, 4, id="to the withdrawal (R44)"),
        pytest.param([(0, SENT), (3, BACK)], 99, 3, id="returned and not come again: it stands (R44)"),
        pytest.param([(0, SENT), (3, BACK), (10, ASKED)], 12, 3, id="written again: it stands still (R44)"),
        pytest.param([(0, SENT), (3, BACK), (10, ASKED), (11, SENT)], 15, 7, id="a half pause: it runs again (R44)"),
        pytest.param([(0, SENT), (0, BACK), (3, SENT)], 4, 1, id="returned on the day it came (R44)"),
        pytest.param([(0, SENT), (2, BACK), (5, SENT), (6, PANEL), (8, BACK), (20, SENT), (21, PANEL), (22, YES)], 99,
                     7, id="two pauses, the second from the panel (R44)"),
        pytest.param([(0, SENT), (3, BACK), (8, GONE)], 99, 3, id="withdrawn while it was returned (R44)"),
        pytest.param([], 6, 6, id="brought in without a stamp (R44)"),
    ],
)  # fmt: skip
def test_days_with_the_unit(made: list[tuple[int, ReferralState]], today: int, days: int) -> None:
    assert days_with_unit(T, stamps(*made), day(today)) == days


def counted(agency: int, *made: tuple[int, ReferralState], **more: object) -> CountedReferral:
    return CountedReferral(agency, made[-1][1], T, stamps(*made), **more)  # type: ignore[arg-type]


def test_each_counts_once_whatever_became_of_it() -> None:
    """Seven referrals: accepted lower than asked, declined, returned twice and accepted, withdrawn, three waiting."""
    two, three = Level.TWO, Level.THREE
    rows = [
        counted(1, (0, SENT), (1, PANEL), (9, YES), category=Category.ONE, level_asked=three, level_given=two),
        counted(1, (0, SENT), (1, PANEL), (4, NO), category=Category.TWO, level_asked=two,
                decline_reason=DeclineReason.NO_VALUE),
        counted(1, (0, SENT), (1, BACK), (5, SENT), (6, PANEL), (7, BACK), (9, SENT), (9, PANEL), (10, YES),
                category=Category.THREE, level_asked=two, level_given=two),
        counted(2, (0, SENT), (3, GONE), category=Category.ONE, level_asked=two),
        counted(2, (0, SENT), (2, BACK)),
        counted(2, (0, SENT), (2, BACK), (3, ASKED), category=Category.ONE, level_asked=two),
        counted(3, (0, SENT), (1, PANEL), category=Category.ONE, level_asked=three),
    ]  # fmt: skip
    found = count_referrals(rows, day(30))
    assert (found.number, found.waiting, found.returned, found.returns) == (7, 3, 3, 4)
    assert found.agencies == {1: 3, 2: 3, 3: 1}
    assert found.categories == {Category.ONE: 4, Category.TWO: 1, Category.THREE: 1, None: 1}
    assert found.levels_asked == {two: 4, three: 2, None: 1}
    assert found.levels_given == {two: 2}
    assert found.states == {YES: 2, NO: 1, GONE: 1, BACK: 1, ASKED: 1, PANEL: 1}
    assert found.decline_reasons == {DeclineReason.NO_VALUE: 1}
    # Nine, four, and one and two and one beside the pauses: only what was decided has taken its days.
    assert found.days == DaysTaken(3, 4, 9)
    for by in (found.agencies, found.categories, found.levels_asked, found.states):
        assert sum(by.values()) == found.number


def test_of_none_nothing_is_said() -> None:
    found = count_referrals([], T)
    assert (found.number, found.waiting, found.days) == (0, 0, DaysTaken(0, None, None))


@pytest.mark.parametrize(
    ("taken", "middle"),
    [pytest.param((3, 9), 6, id="of two (R45)"), pytest.param((3, 4), 3.5, id="between two days (R45)")],
)
def test_the_median_of_an_even_number(taken: tuple[int, ...], middle: float) -> None:
    rows = [counted(1, (0, SENT), (days, YES)) for days in taken]
    assert count_referrals(rows, day(30)).days.median == middle
