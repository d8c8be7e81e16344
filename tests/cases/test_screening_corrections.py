"""A screening put right or taken away: the next one that stands sets Level 1, and the page says what follows."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from agencies.kinds import AgencyKind
from agencies.models import Area
from agencies.principal import Principal
from cases.models import LevelSpan, Nominal, Obligation
from cases.records import LeadAgencyRecord, ScreeningRecord
from cases.services.level_1 import record_screening
from cases.services.level_corrections import correct_level_start
from cases.services.obligations import drifting_everywhere
from cases.services.screening_corrections import correct_screening, take_screening_away
from cases.verification import verify_register
from mappa import clock
from rules.core import Refused
from rules.vocabulary import DecidingBody, Level, ObligationKind, ScreeningOutcome, Whereabouts
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory
from tests.factories.cases import TODAY
from tests.factories.visits import day, hidden, text_of, visitor

DAY = timedelta(days=1)
SCREENING, REVIEW = ObligationKind.SCREENING, ObligationKind.LEVEL_1_REVIEW


@pytest.fixture
def man(area: Area) -> Nominal:
    """Sentenced forty days ago, in the community, led by probation, no level set."""
    began = TODAY - 40 * DAY
    probation = AgencyFactory.create(area=area, kind=AgencyKind.PROBATION)
    return make.nominal(
        area, grounds=(make.qualifying(began),), levels=(), whereabouts=(make.stay(Whereabouts.COMMUNITY, began),),
        lead_agencies=(LeadAgencyRecord(probation.pk, began),),
    )  # fmt: skip


def due(man: Nominal, kind: ObligationKind) -> list[tuple[int, int | None, int | None]]:
    """Triggered, due and met, in days from today."""
    rows = Obligation.objects.filter(nominal=man, kind=kind).order_by("triggered_on")
    days = rows.values_list("triggered_on", "due_on", "met_on")
    return [tuple(None if each is None else (each - TODAY).days for each in row) for row in days]  # type: ignore[misc]


@pytest.fixture
def screened_twice(man: Nominal, coordinator: Principal) -> Nominal:
    """Thirty and sixteen days ago, each time with Level 1 as enough: the first set the level."""
    for ago in (30, 16):
        record_screening(
            by=coordinator, today=TODAY, nominal_id=man.pk, screened_on=TODAY - ago * DAY,
            outcome=ScreeningOutcome.LEVEL_1, reason="Low risk, one agency",
        )  # fmt: skip
    return man


def levels_of(man: Nominal) -> list[tuple[str, int]]:
    rows = man.levels.order_by("starts_on").values_list("level", "starts_on")
    return [(level, (starts_on - TODAY).days) for level, starts_on in rows]


class TestTheNextScreeningSetsTheLevel:
    def test_when_the_first_is_taken_away(self, area: Area, screened_twice: Nominal) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        man = screened_twice
        assert (levels_of(man), due(man, REVIEW)) == ([(Level.NOT_SET, -40), (Level.ONE, -30)], [(-30, -2, None)])
        away = f"/screenings/{man.screenings.earliest('screened_on').pk}/away/"
        page = client.get(away)
        assert "the screening of 7 November 2026 sets Level 1 instead" in text_of(page)
        assert client.post(away, {**hidden(page), "reason": "Of another person"}).status_code == 302
        assert levels_of(man) == [(Level.NOT_SET, -40), (Level.ONE, -16)]
        assert (due(man, REVIEW), due(man, SCREENING)) == ([(-16, 12, None)], [(-40, -12, -16)])
        assert "Back-dated: Screened on that day; the earlier" in man.levels.get(level=Level.ONE).reason
        assert not drifting_everywhere(today=TODAY)
        # The last one that stands: no level, and the screening is due again.
        away = f"/screenings/{man.screenings.get().pk}/away/"
        page = client.get(away)
        assert "no Level 1 review is due, and the screening is due again" in text_of(page)
        assert client.post(away, {**hidden(page), "reason": "Of another person"}).status_code == 302
        assert (levels_of(man), due(man, REVIEW)) == ([(Level.NOT_SET, -40)], [])
        assert due(man, SCREENING) == [(-40, -12, None)]

    @pytest.mark.parametrize(
        ("screened", "outcome", "level_1_from"),
        [
            pytest.param(30, ScreeningOutcome.REFER, -16, id="the first is to be referred: the second sets it"),
            pytest.param(10, ScreeningOutcome.LEVEL_1, -16, id="the first was after the second: the second sets it"),
            pytest.param(20, ScreeningOutcome.LEVEL_1, -20, id="the first was later: it still sets it"),
        ],
    )
    def test_when_the_first_is_corrected(
        self, screened_twice: Nominal, coordinator: Principal, screened: int, outcome: ScreeningOutcome,
        level_1_from: int,
    ) -> None:  # fmt: skip
        right = ScreeningRecord(TODAY - screened * DAY, outcome, "Low risk, one agency")
        correct_screening(
            by=coordinator, today=TODAY, screening_id=screened_twice.screenings.earliest("screened_on").pk,
            screening=right, reason="Misread",
        )  # fmt: skip
        assert levels_of(screened_twice) == [(Level.NOT_SET, -40), (Level.ONE, level_1_from)]
        assert not drifting_everywhere(today=TODAY)

    def test_the_second_set_none_and_takes_none_with_it(self, area: Area, screened_twice: Nominal) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        second = screened_twice.screenings.latest("screened_on")
        page = client.get(f"/screenings/{second.pk}/away/")
        assert "The level stays as it is" in text_of(page)
        said = {**hidden(page), "reason": "Of another person"}
        assert client.post(f"/screenings/{second.pk}/away/", said).status_code == 302
        assert levels_of(screened_twice) == [(Level.NOT_SET, -40), (Level.ONE, -30)]

    def test_a_later_level_2_stays(self, screened_twice: Nominal, coordinator: Principal) -> None:
        man = screened_twice
        LevelSpan.objects.filter(nominal=man, level=Level.ONE).update(ends_on=TODAY - 6 * DAY)
        man.levels.create(level=Level.TWO, starts_on=TODAY - 5 * DAY, decided_by=DecidingBody.REFERRAL_PANEL)
        first = man.screenings.earliest("screened_on")
        take_screening_away(by=coordinator, today=TODAY, screening_id=first.pk, reason="Of another person")
        assert levels_of(man) == [(Level.NOT_SET, -40), (Level.ONE, -16), (Level.TWO, -5)]

    @pytest.mark.parametrize(
        ("screened", "outcome", "levels"),
        [
            pytest.param(30, ScreeningOutcome.LEVEL_1, [(Level.NOT_SET, -40), (Level.ONE, -30)], id="in its words"),
            pytest.param(32, ScreeningOutcome.LEVEL_1, [(Level.NOT_SET, -40), (Level.ONE, -32)], id="earlier"),
            pytest.param(6, ScreeningOutcome.LEVEL_1, [(Level.NOT_SET, -40), (Level.ONE, -6)], id="the day before"),
            pytest.param(5, ScreeningOutcome.LEVEL_1, [(Level.NOT_SET, -40)], id="on its first day"),
            pytest.param(30, ScreeningOutcome.REFER, [(Level.NOT_SET, -40)], id="to be referred"),
        ],
    )
    def test_a_later_level_2_does_not_hold_up_the_correction(
        self, area: Area, man: Nominal, coordinator: Principal, screened: int, outcome: ScreeningOutcome,
        levels: list[tuple[str, int]],
    ) -> None:  # fmt: skip
        clock.pretend(TODAY)
        row = record_screening(
            by=coordinator, today=TODAY, nominal_id=man.pk, screened_on=TODAY - 30 * DAY,
            outcome=ScreeningOutcome.LEVEL_1, reason="Low risk, one agency",
        )  # fmt: skip
        man.levels.filter(level=Level.ONE).update(ends_on=TODAY - 6 * DAY)
        man.levels.create(level=Level.TWO, starts_on=TODAY - 5 * DAY, decided_by=DecidingBody.REFERRAL_PANEL)
        client, path = visitor(area)[0], f"/screenings/{row.pk}/correct/"
        typed = {**hidden(client.get(path)), "outcome": outcome.value, "reason": "Low risk, held by one agency"}
        typed |= {"correction": "Misread", **day("screened_on", (TODAY - screened * DAY).isoformat())}
        assert client.post(path, typed).status_code == 302
        assert levels_of(man) == [*levels, (Level.TWO, -5)]
        assert not drifting_everywhere(today=TODAY)

    def test_where_the_first_day_of_the_level_was_put_right_it_stays(
        self, man: Nominal, coordinator: Principal
    ) -> None:
        """The screening set it, but no longer moves it; another day is put right in the level first."""
        said = ScreeningRecord(TODAY - 30 * DAY, ScreeningOutcome.LEVEL_1, "Low risk, one agency")
        row = record_screening(by=coordinator, today=TODAY, nominal_id=man.pk, **asdict(said))
        about = {"by": coordinator, "today": TODAY, "reason": "Misread"}
        level = man.levels.get(level=Level.ONE)
        correct_level_start(**about, span_id=level.pk, starts_on=TODAY - 20 * DAY)
        moved = [(Level.NOT_SET, -40), (Level.ONE, -20)]
        correct_screening(**about, screening_id=row.pk, screening=replace(said, reason="Low risk, held by one"))
        assert levels_of(man) == moved
        earlier = replace(said, screened_on=TODAY - 32 * DAY)
        with pytest.raises(Refused, match="A later level is recorded: correct that one first"):
            correct_screening(**about, screening_id=row.pk, screening=earlier)
        assert levels_of(man) == moved
        correct_level_start(**about, span_id=level.pk, starts_on=TODAY - 32 * DAY)
        correct_screening(**about, screening_id=row.pk, screening=earlier)
        assert levels_of(man) == [(Level.NOT_SET, -40), (Level.ONE, -32)]
        assert not drifting_everywhere(today=TODAY)

    def test_to_be_referred_put_right_sets_level_1_before_a_later_level_2(
        self, man: Nominal, coordinator: Principal
    ) -> None:
        said = {"screened_on": TODAY - 30 * DAY, "reason": "Low risk, one agency"}
        row = record_screening(
            by=coordinator, today=TODAY, nominal_id=man.pk, outcome=ScreeningOutcome.REFER, **said
        )  # fmt: skip
        man.levels.update(ends_on=TODAY - 6 * DAY)
        man.levels.create(level=Level.TWO, starts_on=TODAY - 5 * DAY, decided_by=DecidingBody.REFERRAL_PANEL)
        right = ScreeningRecord(outcome=ScreeningOutcome.LEVEL_1, **said)
        correct_screening(by=coordinator, today=TODAY, screening_id=row.pk, screening=right, reason="Misread")
        assert levels_of(man) == [(Level.NOT_SET, -40), (Level.ONE, -30), (Level.TWO, -5)]
        assert not drifting_everywhere(today=TODAY)

    def test_the_page_says_when_no_level_is_left(self, area: Area, man: Nominal) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        row = record_screening(
            by=make.system(), today=TODAY, nominal_id=man.pk, screened_on=TODAY - 30 * DAY,
            outcome=ScreeningOutcome.LEVEL_1, reason="Low risk, one agency",
        )  # fmt: skip
        path = f"/screenings/{row.pk}/correct/"
        typed = {**hidden(client.get(path)), "outcome": "refer", "reason": "Low risk, one agency"}
        typed |= {"correction": "Misread", **day("screened_on", row.screened_on.isoformat())}
        assert "The level follows: Level not yet set since" in text_of(client.post(path, typed, follow=True))


class TestRecordedLate:
    """Before a level that was decided since: the screening sets Level 1 up to it, and that one stays (R32)."""

    @pytest.mark.parametrize("ago", [30, 6])
    def test_level_1_up_to_the_later_level(self, area: Area, man: Nominal, ago: int) -> None:
        clock.pretend(TODAY)
        man.levels.update(ends_on=TODAY - 6 * DAY)
        man.levels.create(level=Level.TWO, starts_on=TODAY - 5 * DAY, decided_by=DecidingBody.REFERRAL_PANEL)
        client, path = visitor(area)[0], f"/nominals/{man.pk}/screenings/"
        typed = {"outcome": "level_1", "reason": "Low risk, one agency"}
        typed |= day("screened_on", (TODAY - ago * DAY).isoformat())
        assert client.post(path, {**hidden(client.get(path)), **typed}).status_code == 302
        assert levels_of(man) == [(Level.NOT_SET, -40), (Level.ONE, -ago), (Level.TWO, -5)]
        assert due(man, SCREENING) == [(-40, -12, -ago)]
        assert not drifting_everywhere(today=TODAY)
        assert verify_register([man.pk]) == []

    def test_where_level_1_only_begins_later_its_first_day_is_corrected(
        self, screened_twice: Nominal, coordinator: Principal
    ) -> None:
        with pytest.raises(Refused, match="A later level is recorded: correct that one first"):
            record_screening(
                by=coordinator, today=TODAY, nominal_id=screened_twice.pk, screened_on=TODAY - 35 * DAY,
                outcome=ScreeningOutcome.LEVEL_1, reason="Low risk, one agency",
            )  # fmt: skip
        assert levels_of(screened_twice) == [(Level.NOT_SET, -40), (Level.ONE, -30)]
