"""The calendar by month, week and day: what each reader finds in it, and what it costs."""

from datetime import date

import pytest
from django.test import Client

from agencies.models import Area
from agencies.roles import Role
from cases.models import Nominal
from cases.records import PersonalGrantRecord
from mappa import clock
from meetings.models import Slot
from rules.vocabulary import Handling, Level
from tests.factories import cases as make
from tests.factories import meetings as factory
from tests.factories.agencies import AreaFactory, MembershipFactory
from tests.factories.cases import LONG_AGO, TODAY, at_level
from tests.factories.meetings import SOON, at
from tests.factories.visits import queries, text_of, visitor

MONTH, WEEK, DAY = "/calendar/?month=2026-12", "/calendar/week/2026-12-08/", "/calendar/2026-12-08/"


@pytest.fixture
def area(db: None) -> Area:
    clock.pretend(TODAY)
    return AreaFactory()


@pytest.fixture
def coordinator(area: Area) -> Client:
    return visitor(area)[0]


def man(area: Area, name: str, **more: object) -> Nominal:
    return make.nominal(area, family_name=name, levels=(at_level(Level.TWO),), **more)


def heard(area: Area, *names: str, panel: str = "Erewash", on: date = SOON, hour: int = 10, **more: object) -> Slot:
    """People of these names in a sitting of the panel; the last of their slots."""
    chair = MembershipFactory.create(area=area, user__given_name="Kim", user__family_name="Alder").user
    sitting = factory.sitting(area, factory.panel(area, panel), starts_at=at(hour, on=on), chair=chair)
    slots = [factory.slot(man(area, name, **more), sitting, place) for place, name in enumerate(names)]
    return slots[-1]


class TestCalendar:
    def test_month_week_and_day_say_who_sits_when_and_who_is_heard(self, area: Area, coordinator: Client) -> None:
        heard(area, "Flintwick", "Marlstone")
        factory.sitting(area, factory.panel(area, "Amber Valley"), starts_at=at(14))
        factory.sitting(
            area, factory.panel(area, "Bolsover"), starts_at=at(9), cancelled_on=TODAY,
            cancelled_because="The chair is ill",
        )  # fmt: skip
        for url in (MONTH, WEEK, DAY):
            text = text_of(coordinator.get(url))
            assert "Erewash, 10:00am to 2:00pm" in text
            assert "Level 2. Chair: Kim Alder." in text
            assert "2 people" in text
            assert "Nobody in it yet. It is let go on 24 November 2026" in text
        month, week, day = (coordinator.get(url) for url in (MONTH, WEEK, DAY))
        assert "December 2026" in text_of(month)
        assert "Christmas Day" in text_of(month)
        assert "Week of 7 December 2026" in text_of(week)
        for page in (month, week):
            assert "Flintwick" not in page.content.decode()
            assert "<s>9:00am Bolsover</s>" in page.content.decode()
        assert "Flintwick" in text_of(day)
        assert "Cancelled on 23 November 2026: The chair is ill" in text_of(day)

    def test_a_reader_sees_what_they_may_read_and_nothing_that_betrays_more(self, area: Area) -> None:
        client, member = visitor(area, Role.PRACTITIONER)
        sitting = heard(area, "Unopened").sitting
        grant = PersonalGrantRecord(member.user_id, LONG_AGO)
        factory.slot(man(area, "Flintwick", personal_grants=(grant,)), sitting, 1)
        heard(area, "Gypsum", panel="Hidden panel", hour=15, handling=Handling.CATEGORY_4)
        heard(area, "Closed", panel="Other panel", on=date(2026, 12, 9))
        for url in (MONTH, WEEK, DAY):
            text = text_of(client.get(url))
            assert "Erewash" in text
            assert "1 person" in text
            assert not [word for word in ("Hidden", "Gypsum", "Other panel", "Closed", "Unopened") if word in text]
        coordinator, _ = visitor(area)
        assert "Gypsum" not in text_of(coordinator.get(DAY))

    def test_a_chair_reads_neither_nobody_nor_somebody_where_they_may_see_nobody(self, area: Area) -> None:
        client, chair = visitor(area, Role.CHAIR)
        closed = factory.sitting(area, factory.panel(area, "Erewash"), starts_at=at(10), chair=chair.user)
        factory.slot(man(area, "Closed"), closed)
        empty = factory.sitting(area, factory.panel(area, "Bolsover"), starts_at=at(15), chair=chair.user)
        pages = [text_of(client.get(f"/sittings/{each.pk}/")) for each in (closed, empty)]
        for text in (*pages, *(text_of(client.get(url)) for url in (MONTH, WEEK, DAY))):
            assert "In the calendar" in text
            assert not [word for word in ("Nobody in it", "Let go", "With people", "let go", "Closed") if word in text]
        # Of each of the two, and once among the filters.
        assert text_of(client.get("/sittings/")).count("In the calendar") == 3
        for text in pages:
            assert "You may see nobody who is heard here: the unit says whether it is held" in text

    def test_hours_last_until_the_last_has_been_heard(self, area: Area, coordinator: Client) -> None:
        sitting = heard(area, "Flintwick").sitting
        after_a_break = man(area, "Marlstone")
        factory.slot(after_a_break, sitting, starts_at=at(13, 30), ends_at=at(14, 30))
        for url in (MONTH, DAY, f"/sittings/{sitting.pk}/"):
            assert "10:00am to 2:30pm" in text_of(coordinator.get(url))

    def test_costs_the_same_for_one_sitting_and_for_three(self, area: Area, coordinator: Client) -> None:
        def costs() -> list[int]:
            found = []
            for url in (MONTH, WEEK, DAY):
                coordinator.get(url)
                with queries() as made:
                    coordinator.get(url)
                found.append(len(made))
            return found

        heard(area, "Flintwick")
        one = costs()
        heard(area, "Marlstone", "Quartzfield", panel="Bolsover", hour=9)
        factory.sitting(area, factory.panel(area, "Amber Valley"), starts_at=at(14))
        assert costs() == one

    @pytest.mark.parametrize(
        "url",
        ["/calendar/?month=2026-13", "/calendar/?month=x", "/calendar/week/2026-2-3/", "/calendar/1999-12-31/"],
    )
    def test_what_is_no_day_has_no_page(self, coordinator: Client, url: str) -> None:
        assert coordinator.get(url).status_code == 404

    @pytest.mark.parametrize("url", ["/calendar/?month=2000-01", "/calendar/?month=2099-12", "/calendar/2099-12-31/"])
    def test_the_first_and_last_days_lead_nowhere_else(self, coordinator: Client, url: str) -> None:
        assert coordinator.get(url).status_code == 200
