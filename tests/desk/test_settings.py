"""The numbers of the area and the state of the system."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Area, ParameterOverride
from agencies.parameters import parameters_for
from agencies.roles import Role
from audit.tasks import note_tick_task, verify_evidence_task
from audit.ticks import Tick, Work, last_ticks, ticked
from cases.tasks import reconcile_obligations_task
from desk.settings.state import outbox_line, work_line
from letters.queries import Backlog
from mappa import clock
from pages.dates import british_date
from tests.factories.agencies import AreaFactory
from tests.factories.visits import day, hidden, text_of, visitor

pytestmark = pytest.mark.django_db

REVIEW = "review_level_2"


@pytest.fixture
def area() -> Area:
    return AreaFactory.create()


@pytest.fixture
def kit(area: Area) -> Client:
    return visitor(area, Role.SYSTEM_ADMINISTRATOR)[0]


def number_of(page: str, key: str) -> str:
    """The row of one number, as text."""
    row = re.sub(r"<[^>]*>", " ", page[page.index(f'id="{key}"') :].split("</tr>")[0])
    return " ".join(row.split())


def post(client: Client, key: str, value: object, holds_from: date | None = None) -> Any:
    url = reverse("number-set", args=[key])
    from_day = day("holds_from", (holds_from or clock.today()).isoformat())
    data = {"value": value, "reason": "Agreed by the board", **from_day}
    return client.post(url, {**hidden(client.get(url)), **data})


class TestNumbers:
    def test_each_says_where_it_comes_from(self, kit: Client) -> None:
        page = kit.get(reverse("numbers")).content.decode()
        assert "Law" in number_of(page, "qualifying_term")
        assert "12 months" in number_of(page, "qualifying_term")
        assert "href" not in page[page.index('id="qualifying_term"') :].split("</tr>")[0], "law cannot be changed"
        assert "112 days" in number_of(page, REVIEW)
        assert "Confirm locally" in number_of(page, "level_set_before_release")

    def test_confirming_the_usual_value_is_enough(self, kit: Client, area: Area) -> None:
        assert post(kit, "level_set_before_release", 6).status_code == 302
        row = number_of(kit.get(reverse("numbers")).content.decode(), "level_set_before_release")
        assert "Set here" in row
        assert "Agreed by the board" in row
        assert "Confirm locally" not in row

    def test_a_stricter_number_holds_from_its_day(self, kit: Client, area: Area) -> None:
        tomorrow = clock.today() + timedelta(days=1)
        assert post(kit, REVIEW, 84, tomorrow).status_code == 302
        assert parameters_for(area).number(REVIEW, clock.today()) == 112
        assert parameters_for(area).number(REVIEW, tomorrow) == 84
        row = number_of(kit.get(reverse("numbers")).content.decode(), REVIEW)
        assert "Set for later" in row
        assert "Set here" not in row
        said = f"Set here: 84 days from {british_date(tomorrow)}: Agreed by the board"
        assert said in kit.get(reverse("number-set", args=[REVIEW])).content.decode(), "whoever sets it again reads it"
        clock.pretend(tomorrow)
        assert "Set here" in number_of(kit.get(reverse("numbers")).content.decode(), REVIEW)

    def test_a_laxer_number_is_refused_with_its_rule_and_nothing_is_lost(self, kit: Client, area: Area) -> None:
        answer = post(kit, REVIEW, 113)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "can only be stricter" in page
        assert "R51" in page
        assert 'value="113"' in page
        assert "Agreed by the board" in page
        assert not ParameterOverride.objects.exists()

    def test_law_is_refused(self, kit: Client) -> None:
        answer = post(kit, "qualifying_term", 11)
        assert answer.status_code == 422
        assert "This number is law" in answer.content.decode()

    def test_the_past_stays_as_it_was(self, kit: Client) -> None:
        answer = post(kit, REVIEW, 84, clock.today() - timedelta(days=1))
        assert answer.status_code == 422
        assert "what was triggered before stays" in answer.content.decode()
        assert not ParameterOverride.objects.exists()

    def test_codes_are_ticked(self, kit: Client, area: Area) -> None:
        assert post(kit, "counts_as_community", ["community", "abroad"]).status_code == 302
        assert parameters_for(area).codes("counts_as_community", clock.today()) == {"community", "abroad"}

    def test_a_number_that_is_none_has_no_page(self, kit: Client) -> None:
        assert kit.get(reverse("number-set", args=["no_such_number"])).status_code == 404

    def test_the_unit_reads_and_does_not_set(self, area: Area) -> None:
        client = visitor(area, Role.COORDINATOR)[0]
        page = client.get(reverse("numbers")).content.decode()
        assert "112 days" in number_of(page, REVIEW)
        assert reverse("number-set", args=[REVIEW]) not in page
        assert client.get(reverse("number-set", args=[REVIEW])).status_code == 403


class TestSystem:
    def test_works_are_noted_when_they_end(self) -> None:
        assert last_ticks() == {}
        note_tick_task()
        reconcile_obligations_task()
        ticks = last_ticks()
        assert ticks[Work.SCHEDULE].well
        assert ticks[Work.LEDGER].figures == {"corrections": 0}
        ticked(Work.LEDGER, corrections=3)
        assert last_ticks()[Work.LEDGER].figures == {"corrections": 3}

    def test_evidence_is_verified_by_the_schedule(self) -> None:
        verify_evidence_task()
        tick = last_ticks()[Work.EVIDENCE]
        assert tick.well
        assert tick.figures["faults"] == 0
        verify_evidence_task()
        assert last_ticks()[Work.EVIDENCE].at == tick.at, "once a day is enough"

    def test_what_is_silent_or_failed_is_to_be_looked_at(self) -> None:
        at = clock.now()
        assert not work_line(Work.SCHEDULE, None).well
        assert work_line(Work.SCHEDULE, Tick(at, timedelta(minutes=5), True, {})).well
        late = work_line(Work.SCHEDULE, Tick(at, timedelta(minutes=5, seconds=1), True, {}))
        assert not late.well
        assert "Start beat" in late.to_do
        assert not work_line(Work.EVIDENCE, Tick(at, timedelta(0), False, {"faults": 1})).well
        assert outbox_line(Backlog(2, 0, timedelta(minutes=30))).well
        assert not outbox_line(Backlog(2, 0, timedelta(minutes=31))).well
        assert not outbox_line(Backlog(0, 1, None)).well

    def test_the_page_says_how_the_system_is(self, kit: Client) -> None:
        note_tick_task()
        page = text_of(kit.get(reverse("system")))
        assert "Scheduler and worker Well" in page
        assert "Ran, with nothing to count" in page
        assert "Never yet Nothing to show yet" in page
        assert "Asked just now" in page
        assert "None" not in page
        assert "Not noted" not in page
        assert "PostgreSQL 18" in page
        written = next(line for line in Path("pyproject.toml").read_text().splitlines() if line.startswith("version"))
        assert f"This system {written.split(chr(34))[1]}" in page

    def test_nobody_else_opens_it(self, area: Area) -> None:
        assert visitor(area, Role.COORDINATOR)[0].get(reverse("system")).status_code == 403
