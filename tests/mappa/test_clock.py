"""One clock for all processes."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from mappa import clock

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param(
            datetime(2026, 7, 1, 22, 59, tzinfo=UTC), date(2026, 7, 1), id="a minute before midnight in summer"
        ),
        pytest.param(datetime(2026, 7, 1, 23, 0, tzinfo=UTC), date(2026, 7, 2), id="midnight in summer"),
        pytest.param(datetime(2026, 1, 1, 23, 30, tzinfo=UTC), date(2026, 1, 1), id="winter has the time of the world"),
    ],
)
def test_today_is_the_day_in_london(moment: datetime, day: date) -> None:
    with time_machine.travel(moment, tick=False):
        assert clock.today() == day


def test_a_demonstration_may_pretend_another_day_and_go_back() -> None:
    clock.pretend(date(2023, 3, 31))
    assert clock.today() == date(2023, 3, 31)
    assert clock.now().date() == date(2023, 3, 31)
    clock.pretend(None)
    assert clock.today() != date(2023, 3, 31)


def test_a_real_register_has_one_clock(settings: Any) -> None:
    clock.pretend(date(2023, 3, 31))
    settings.MAPPA_PRETENDED_DAY_ALLOWED = False
    assert clock.today() != date(2023, 3, 31)
    with pytest.raises(RuntimeError):
        clock.pretend(date(2023, 3, 31))
