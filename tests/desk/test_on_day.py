"""Category and level on a day, and the record as it was held at a moment (R70)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from agencies.models import Area
from agencies.roles import Role
from audit.presenters import rows_in_words
from audit.rebuilding import in_words, rows_held
from cases.models import Ground, LevelSpan
from cases.records import ExclusionRecord, IdentifierRecord, PersonalGrantRecord
from cases.services.grounds import end_ground, void_ground
from cases.services.people import record_address
from mappa import clock
from pages.dates import british_date
from rules.vocabulary import DecidingBody, EndReason, GroundKind, Handling, IdentifierKind, Level
from tests.factories import cases as make
from tests.factories.agencies import AreaFactory, UserFactory
from tests.factories.cases import LONG_AGO, TODAY, at_level
from tests.factories.visits import queries, text_of, visitor

DAY = timedelta(days=1)


def on(pk: int, days: int) -> str:
    day = TODAY + days * DAY
    return f"/nominals/{pk}/on-a-day/?on_day={day.day}&on_month={day.month}&on_year={day.year}"


def test_says_what_held_on_the_day_and_who_decided(area: Area, coordinator: Client) -> None:
    levels = (at_level(Level.ONE), at_level(Level.TWO, TODAY - 50 * DAY, DecidingBody.REFERRAL_PANEL))
    grounds = (make.notification(), make.qualifying(ends_on=TODAY - 60 * DAY))
    man = make.nominal(area, grounds=grounds, levels=levels)
    before = text_of(coordinator.get(on(man.pk, -51)))
    assert "Category Category 1, since 6 January 2020" in before
    assert "Level Level 1, since 6 January 2020" in before
    shown = coordinator.get(on(man.pk, -50))
    after = text_of(shown)
    assert "Level Level 2, since 4 October 2026" in after
    assert "Decided by Acceptance of a referral" in after
    assert "Print, marked and numbered" in after
    printing = f"/nominals/{man.pk}/summary/?on=2026-10-04"
    assert f'href="{printing}"' in shown.content.decode(), "of the day that is read, not of today"
    assert 'value="10"' in coordinator.get(printing).content.decode(), "the month, in its box"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("?on_day=31&on_month=2&on_year=2026", "real date", id="no such day"),
        pytest.param("?on_day=24&on_month=11&on_year=2026", "cannot be later than today", id="tomorrow"),
        pytest.param("?on_day=&on_month=&on_year=", "Enter a day", id="empty"),
    ],
)
def test_a_day_that_cannot_be_asked(area: Area, coordinator: Client, query: str, said: str) -> None:
    man = make.nominal(area)
    text = text_of(coordinator.get(f"/nominals/{man.pk}/on-a-day/{query}"))
    assert said in text
    assert "As it is recorded today" not in text


def test_what_came_later_is_told_from_what_was_known(area: Area, coordinator: Client) -> None:
    man = make.nominal(area)
    text = text_of(coordinator.get(on(man.pk, -400)))
    assert "Level Level 1, since" in text
    assert "The register did not hold this person yet" in text


def test_a_role_without_the_history_is_shown_the_proof_alone(area: Area) -> None:
    chair, member = visitor(area, Role.CHAIR)
    man = make.nominal(area, personal_grants=(PersonalGrantRecord(member.user_id, LONG_AGO),))
    text = text_of(chair.get(f"/nominals/{man.pk}/on-a-day/"))
    assert "As it is recorded today" in text
    assert "What the register held" not in text


def test_shows_nothing_that_the_page_hides(area: Area, coordinator: Client) -> None:
    kept_out = UserFactory.create(family_name="Wagtail")
    man = make.nominal(area, exclusions=(ExclusionRecord("Neighbour of a victim", LONG_AGO, user_id=kept_out.pk),))
    text = text_of(coordinator.get(on(man.pk, 0)))
    assert "What the register held at the end of 23 November 2026" in text
    assert "Neighbour of a victim" not in text
    assert "Wagtail" not in text
    closed = make.nominal(area, handling=Handling.CATEGORY_4)
    assert coordinator.get(on(closed.pk, 0)).status_code == 404


def test_rows_are_headed_by_what_a_person_tells_them_by(area: Area, coordinator: Client) -> None:
    man = make.nominal(
        area,
        family_name="Obsidian",
        given_names="Victor",
        date_of_birth=date(1979, 8, 21),
        identifiers=(IdentifierRecord(IdentifierKind.PNC, "2001/9000123K"),),
        grounds=(make.notification(LONG_AGO),),
        levels=(at_level(Level.ONE, LONG_AGO),),
    )
    # The log goes by real time: a day that it has not reached yet has seen all of it.
    clock.pretend(date(2100, 1, 1))
    text = text_of(coordinator.get(f"/nominals/{man.pk}/on-a-day/"))
    since = british_date(LONG_AGO)
    for heading in (
        "Nominal: Victor Obsidian, born 21 August 1979",
        f"Identifier: {IdentifierKind.PNC.label} 2001/9000123K",
        f"Ground: {GroundKind.NOTIFICATION.label} from {since}",
        f"Level: Level 1 from {since}",
    ):
        assert heading in text, heading


def test_a_heading_names_no_row_that_the_reader_may_not_know() -> None:
    """Neither by its name, nor by its number."""
    told = ("cases_leadagencyspan", "7", {"agency_id": 4711, "starts_on": "2025-01-02", "ends_on": None})
    known = rows_in_words([told], lambda _model, ids: {4711: "Peak Trust"} if 4711 in ids else {})
    assert known[0].heading == "Peak Trust from 2 January 2025"
    assert rows_in_words([told], lambda _model, _ids: {})[0].heading == "from 2 January 2025"


def test_costs_the_same_however_much_is_held(area: Area, coordinator: Client) -> None:
    def cost(number: int) -> int:
        grounds = tuple(make.notification(LONG_AGO + n * DAY) for n in range(number))
        man = make.nominal(area, grounds=grounds)
        coordinator.get(on(man.pk, 0))
        with queries() as asked:
            coordinator.get(on(man.pk, 0))
        return len(asked)

    assert cost(1) == cost(4)


@pytest.fixture
def moment(own_database: object) -> Callable[[], datetime]:
    """The moment between two transactions that are kept."""
    return lambda: datetime.now(UTC)


def test_rebuilds_the_rows_of_a_moment_and_marks_what_changed(moment: Callable[[], datetime]) -> None:
    by = make.system()
    area = AreaFactory.create()
    nothing = moment()
    man = make.nominal(area, grounds=(make.qualifying(), make.notification()), levels=(at_level(Level.ONE),))
    first = moment()
    about = {"by": by, "today": TODAY}
    ground = man.grounds.get(kind="qualifying_disposal")
    end_ground(**about, ground_id=ground.pk, ends_on=TODAY - DAY, reason=EndReason.LICENCE_ENDED)
    record_address(**about, nominal_id=man.pk, starts_on=TODAY, lines="1 Toadstone Terrace")
    second = moment()
    void_ground(**about, ground_id=ground.pk, reason="Quashed on appeal")

    assert rows_held(by, man.pk, at=nothing) == []
    then = {(row.table, row.row_id): row for row in rows_held(by, man.pk, at=first)}
    held = then["cases_ground", str(ground.pk)]
    assert held.values["ends_on"] is None
    assert held.changed
    assert held.now is not None
    assert held.now["void_reason"] == "Quashed on appeal"
    assert not any(table == "cases_address" for table, _ in then)
    later = {(row.table, row.row_id): row for row in rows_held(by, man.pk, at=second)}
    assert later["cases_ground", str(ground.pk)].values["ends_on"] == (TODAY - DAY).isoformat()
    assert later["cases_ground", str(ground.pk)].values["void_reason"] == ""
    assert sum(table == "cases_address" for table, _ in later) == 1
    said = next(each for each in in_words([held]) if each.row is held)
    assert said.what == "ground"
    changed = {field.label: (field.after, now) for field, now in said.fields if now is not None}
    assert changed["void reason"] == ("", "Quashed on appeal")
    # What the log gives for now is what the tables hold.
    assert Ground.objects.get(pk=ground.pk).void_reason == held.now["void_reason"]
    assert LevelSpan.objects.filter(nominal=man).count() == sum(table == "cases_levelspan" for table, _ in later)
