"""Corrections: neighbours move along, the ledger follows, the row says why, the history keeps both."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import Nominal, Obligation, WhereaboutsSpan
from cases.records import AddressRecord, MeetingRecord
from cases.services.corrections import Stay, correct_whereabouts, take_whereabouts_away
from cases.services.ground_corrections import correct_ground_start
from cases.services.grounds import record_ground
from cases.services.level_corrections import correct_level_start, correct_meeting
from cases.services.levels import fit_levels
from cases.services.obligations import drifting_everywhere
from cases.services.people import record_address
from cases.services.whereabouts import record_whereabouts
from cases.verification import verify_register
from mappa import clock
from rules.core import Refused
from rules.vocabulary import DecidingBody, EndReason, GroundKind, Level, ObligationKind, Whereabouts
from tests.factories.cases import (
    LONG_AGO,
    TODAY,
    at_level,
    meeting,
    nominal,
    notification,
    other_dangerous,
    qualifying,
    stay,
)
from tests.factories.visits import day, hidden, text_of, visitor

DAY = timedelta(days=1)
HELD = date(2026, 9, 1)
HOME, PRISON, DEAD = Whereabouts.COMMUNITY, Whereabouts.CUSTODY, Whereabouts.DEAD


@pytest.fixture
def man(area: Area) -> Nominal:
    """At Level 2, seen on 1 September, in prison from the 11th to the 20th of October."""
    return nominal(
        area,
        grounds=(qualifying(),),
        levels=(at_level(Level.TWO),),
        meetings=(meeting(HELD),),
        whereabouts=(
            stay(HOME, LONG_AGO, date(2026, 10, 10)),
            stay(PRISON, date(2026, 10, 11), date(2026, 10, 20)),
            stay(HOME, date(2026, 10, 21)),
        ),
    )


def stays(man: Nominal) -> list[tuple[str, date, date | None]]:
    return list(man.whereabouts.order_by("starts_on").values_list("kind", "starts_on", "ends_on"))


def review_due(man: Nominal) -> date | None:
    return Obligation.objects.get(nominal=man, kind=ObligationKind.REVIEW_LEVEL_2_3, met_on=None).due_on


def span_of(man: Nominal, kind: Whereabouts) -> WhereaboutsSpan:
    return man.whereabouts.filter(kind=kind).latest("starts_on")


class TestWhereabouts:
    @pytest.mark.parametrize(
        ("starts_on", "later"),
        [
            pytest.param(date(2026, 10, 12), -1, id="a day later: one day less in prison"),
            pytest.param(date(2026, 10, 1), 10, id="ten days earlier: ten more in prison"),
        ],
    )
    def test_the_one_before_and_the_review_follow(
        self, man: Nominal, coordinator: Principal, starts_on: date, later: int
    ) -> None:
        due = review_due(man)
        assert due is not None
        prison = span_of(man, PRISON)
        correct_whereabouts(
            by=coordinator, today=TODAY, span_id=prison.pk, stay=Stay(PRISON, starts_on), reason=" Misread "
        )
        assert stays(man) == [
            (HOME, LONG_AGO, starts_on - DAY),
            (PRISON, starts_on, date(2026, 10, 20)),
            (HOME, date(2026, 10, 21), None),
        ]
        assert review_due(man) == due + later * DAY
        prison.refresh_from_db()
        assert (prison.corrected_on, prison.correction) == (TODAY, "Misread")
        assert not drifting_everywhere(today=TODAY)

    def test_a_gap_that_was_there_stays_as_it_was(self, area: Area, coordinator: Principal) -> None:
        man = nominal(area, whereabouts=(stay(HOME, LONG_AGO, date(2026, 1, 9)), stay(PRISON, date(2026, 2, 1))))
        correct_whereabouts(
            by=coordinator, today=TODAY, span_id=span_of(man, PRISON).pk, stay=Stay(PRISON, date(2026, 1, 20)),
            reason="Misread",
        )  # fmt: skip
        assert stays(man) == [(HOME, LONG_AGO, date(2026, 1, 9)), (PRISON, date(2026, 1, 20), None)]

    def test_the_day_of_a_death_moves_the_ends_with_it(self, man: Nominal, coordinator: Principal) -> None:
        record_whereabouts(by=coordinator, today=TODAY, nominal_id=man.pk, kind=DEAD, starts_on=date(2026, 11, 10))
        for died_on in (date(2026, 11, 3), date(2026, 11, 12)):
            correct_whereabouts(
                by=coordinator, today=TODAY, span_id=span_of(man, DEAD).pk, stay=Stay(DEAD, died_on), reason="Misread"
            )
            assert (man.grounds.get().ends_on, man.levels.get().ends_on) == (died_on, died_on)
        assert not drifting_everywhere(today=TODAY)

    def test_a_licence_that_ended_before_the_moved_day_ended_as_it_did(
        self, area: Area, coordinator: Principal
    ) -> None:
        licence = {"ends_on": date(2026, 11, 8), "end_reason": EndReason.LICENCE_ENDED, "end_confirmed": True}
        man = nominal(area, grounds=(qualifying(),), levels=(at_level(Level.ONE),))
        man.grounds.update(**licence)
        fit_levels(man)
        record_whereabouts(by=coordinator, today=TODAY, nominal_id=man.pk, kind=DEAD, starts_on=date(2026, 11, 3))
        assert man.grounds.get().end_reason == EndReason.DEATH
        correct_whereabouts(
            by=coordinator, today=TODAY, span_id=span_of(man, DEAD).pk, stay=Stay(DEAD, date(2026, 11, 12)),
            reason="Misread",
        )  # fmt: skip
        assert man.grounds.values(*licence).get() == licence
        assert man.levels.get().ends_on == licence["ends_on"]

    def test_a_death_recorded_by_mistake_leaves_everything_as_it_was(self, area: Area, coordinator: Principal) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        about = {"by": coordinator, "today": TODAY}
        licence_ends = date(2027, 5, 1)
        man = nominal(
            area, grounds=(qualifying(ends_on=licence_ends), other_dangerous(licence_ends + DAY)),
            levels=(at_level(Level.TWO),),
        )  # fmt: skip
        man.grounds.filter(kind=GroundKind.QUALIFYING_DISPOSAL).update(end_reason=EndReason.LICENCE_ENDED)
        fields = ("kind", "starts_on", "ends_on", "end_reason", "end_confirmed", "voided_on", "void_reason")
        stood = list(man.grounds.order_by("pk").values(*fields))
        record_whereabouts(**about, nominal_id=man.pk, kind=DEAD, starts_on=date(2026, 11, 10))
        # A death that was earlier takes its place, and remembers no less.
        record_whereabouts(**about, nominal_id=man.pk, kind=DEAD, starts_on=date(2026, 11, 3))
        assert man.levels.get().ends_on == date(2026, 11, 3)
        path = f"/whereabouts/{span_of(man, DEAD).pk}/correct/"
        typed = {"kind": HOME, **day("starts_on", "2026-11-03"), "reason": "Of another person"}
        saved = client.post(path, {**hidden(client.get(path)), **typed}, follow=True)
        assert "The grounds stand as before the death: check their ends" in text_of(saved)
        assert list(man.grounds.order_by("pk").values(*fields)) == stood
        assert levels(man) == [(Level.TWO, LONG_AGO, None)]
        assert not drifting_everywhere(today=TODAY)
        assert verify_register([man.pk]) == []

    def test_one_of_the_same_day_is_corrected_not_written_over(self, man: Nominal, coordinator: Principal) -> None:
        prison = span_of(man, PRISON)
        about = {"by": coordinator, "today": TODAY, "nominal_id": man.pk, "starts_on": prison.starts_on}
        stood = stays(man)
        for kind, place in ((HOME, ""), (PRISON, "Flint Hill")):
            with pytest.raises(Refused, match=r"Another stay is recorded from 11 October 2026.*correct that one.*R52"):
                record_whereabouts(**about, kind=kind, place=place)
        assert stays(man) == stood
        # The same sent twice does no harm.
        assert record_whereabouts(**about, kind=PRISON).pk == prison.pk
        assert stays(man) == stood

    def test_taken_away_the_one_before_goes_on_to_the_next(self, man: Nominal, coordinator: Principal) -> None:
        due = review_due(man)
        assert due is not None
        take_whereabouts_away(by=coordinator, today=TODAY, span_id=span_of(man, PRISON).pk, reason="Of another")
        assert stays(man) == [(HOME, LONG_AGO, date(2026, 10, 20)), (HOME, date(2026, 10, 21), None)]
        assert review_due(man) == due - 10 * DAY, "the clock ran on those days"
        assert not drifting_everywhere(today=TODAY)

    @pytest.mark.parametrize(
        "whereabouts",
        [
            pytest.param((stay(PRISON, LONG_AGO),), id="the only one"),
            pytest.param((stay(PRISON, LONG_AGO, HELD - DAY), stay(HOME, HELD)), id="the first"),
            pytest.param((stay(HOME, LONG_AGO, HELD - 9 * DAY), stay(PRISON, HELD)), id="after days not recorded"),
        ],
    )
    def test_without_one_that_could_go_on_it_is_corrected(
        self, area: Area, coordinator: Principal, whereabouts: Any
    ) -> None:
        clock.pretend(TODAY)
        man = nominal(area, whereabouts=whereabouts)
        stood, prison = stays(man), span_of(man, PRISON)
        with pytest.raises(Refused, match=r"No other stay ends the day before.*correct it.*R52"):
            take_whereabouts_away(by=coordinator, today=TODAY, span_id=prison.pk, reason="Of another")
        assert stays(man) == stood
        page = visitor(area)[0].get(f"/whereabouts/{prison.pk}/away/")
        assert "This cannot be done now" in text_of(page)
        assert f'href="/whereabouts/{prison.pk}/correct/"' in page.content.decode()

    def test_a_death_taken_away_leaves_everything_as_it_was(self, area: Area, coordinator: Principal) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        licence_ends = date(2027, 5, 1)
        man = nominal(
            area, grounds=(qualifying(ends_on=licence_ends), other_dangerous(licence_ends + DAY)),
            levels=(at_level(Level.TWO),), whereabouts=(stay(HOME, LONG_AGO),),
        )  # fmt: skip
        fields = ("kind", "starts_on", "ends_on", "end_reason", "end_confirmed", "voided_on", "void_reason")
        stood = list(man.grounds.order_by("pk").values(*fields))
        record_whereabouts(by=coordinator, today=TODAY, nominal_id=man.pk, kind=DEAD, starts_on=HELD)
        assert levels(man) == [(Level.TWO, LONG_AGO, HELD)]
        path = f"/whereabouts/{span_of(man, DEAD).pk}/away/"
        page = client.get(path)
        said = text_of(page)
        for words in ("In the community , goes on and holds now", "to 1 May 2027", "from 2 May 2027 : void no more"):
            assert words in said
        done = client.post(path, {**hidden(page), "reason": "Of another person"}, follow=True)
        assert "check their ends" in text_of(done)
        assert list(man.grounds.order_by("pk").values(*fields)) == stood
        assert (levels(man), stays(man)) == ([(Level.TWO, LONG_AGO, None)], [(HOME, LONG_AGO, None)])
        assert "Of another person" in _history(client, man)
        assert not drifting_everywhere(today=TODAY)
        assert verify_register([man.pk]) == []

    def test_what_stands_already_is_no_correction(self, man: Nominal, coordinator: Principal) -> None:
        prison = span_of(man, PRISON)
        with pytest.raises(Refused, match="R52"):
            correct_whereabouts(
                by=coordinator, today=TODAY, span_id=prison.pk, stay=Stay(PRISON, prison.starts_on), reason="None"
            )

    def test_page_keeps_what_was_typed_and_marks_the_row(self, man: Nominal, area: Area) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        path = f"/whereabouts/{span_of(man, PRISON).pk}/correct/"
        record = f"/nominals/{man.pk}/"
        assert path in client.get(record).content.decode()
        typed = {"kind": PRISON, "place": "Flint Hill", **day("starts_on", "2020-01-06"), "reason": "Misread"}
        refused = client.post(path, {**hidden(client.get(path)), **typed})
        assert refused.status_code == 422
        assert "would have no day left" in text_of(refused)
        assert 'value="Flint Hill"' in refused.content.decode()
        typed |= day("starts_on", "2026-10-09")
        assert client.post(path, {**hidden(client.get(path)), **typed}).status_code == 302
        assert "corrected on 23 November 2026 , because: Misread" in text_of(client.get(record))
        assert "Misread" in _history(client, man)


def levels(man: Nominal) -> list[tuple[str, date, date | None]]:
    return list(man.levels.order_by("starts_on").values_list("level", "starts_on", "ends_on"))


class TestLevelStart:
    def test_the_neighbour_follows_and_days_without_decision_are_not_yet_set(
        self, man: Nominal, coordinator: Principal
    ) -> None:
        span = man.levels.get()
        later = LONG_AGO + 10 * DAY
        correct_level_start(by=coordinator, today=TODAY, span_id=span.pk, starts_on=later, reason=" Misread ")
        assert levels(man) == [(Level.NOT_SET, LONG_AGO, later - DAY), (Level.TWO, later, None)]
        correct_level_start(by=coordinator, today=TODAY, span_id=span.pk, starts_on=LONG_AGO + DAY, reason="Misread")
        assert levels(man) == [(Level.NOT_SET, LONG_AGO, LONG_AGO), (Level.TWO, LONG_AGO + DAY, None)]
        correct_level_start(by=coordinator, today=TODAY, span_id=span.pk, starts_on=LONG_AGO, reason="Misread")
        assert levels(man) == [(Level.TWO, LONG_AGO, None)]
        span.refresh_from_db()
        assert (span.corrected_on, span.correction) == (TODAY, "Misread")
        assert not drifting_everywhere(today=TODAY)

    def test_never_without_a_level_that_the_ground_allows(self, area: Area, coordinator: Principal) -> None:
        man = nominal(area, grounds=(other_dangerous(),), levels=(at_level(Level.TWO),))
        with pytest.raises(Refused, match="R25"):
            correct_level_start(
                by=coordinator, today=TODAY, span_id=man.levels.get().pk, starts_on=LONG_AGO + DAY, reason="Misread"
            )

    def test_only_the_coordinator(self, man: Nominal, acting: Callable[..., Principal]) -> None:
        with pytest.raises(Refused, match="table of roles"):
            correct_level_start(
                by=acting(Role.ADMINISTRATOR), today=TODAY, span_id=man.levels.get().pk, starts_on=LONG_AGO + DAY,
                reason="Misread",
            )  # fmt: skip

    def test_page_refuses_a_day_before_the_status(self, man: Nominal, area: Area) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        path = f"/levels/{man.levels.get().pk}/correct/"
        assert path in client.get(f"/nominals/{man.pk}/").content.decode()
        typed = {**day("starts_on", "2020-01-05"), "reason": "Misread"}
        refused = client.post(path, {**hidden(client.get(path)), **typed})
        assert refused.status_code == 422
        assert "The status begins on 6 January 2020: no level begins before it" in text_of(refused)


class TestGroundStart:
    def test_levels_follow_the_status(self, area: Area, coordinator: Principal) -> None:
        man = nominal(area, grounds=(notification(),), levels=(at_level(Level.ONE),))
        for moved, expected in (
            (LONG_AGO + 10 * DAY, [(Level.ONE, LONG_AGO + 10 * DAY, None)]),
            (
                LONG_AGO + 5 * DAY,
                [(Level.NOT_SET, LONG_AGO + 5 * DAY, LONG_AGO + 9 * DAY), (Level.ONE, LONG_AGO + 10 * DAY, None)],
            ),
        ):
            correct_ground_start(
                by=coordinator, today=TODAY, ground_id=man.grounds.get().pk, starts_on=moved, reason=" Misread "
            )
            assert levels(man) == expected
        ground = man.grounds.get()
        assert (ground.starts_on, ground.corrected_on, ground.correction) == (LONG_AGO + 5 * DAY, TODAY, "Misread")
        assert not drifting_everywhere(today=TODAY)

    def test_the_level_of_a_ground_that_is_a_decision_moves_with_it(self, area: Area, coordinator: Principal) -> None:
        man = nominal(area, grounds=(other_dangerous(),), levels=(at_level(Level.TWO),))
        for moved in (LONG_AGO + 3 * DAY, LONG_AGO - 3 * DAY):
            ground = man.grounds.get()
            correct_ground_start(by=coordinator, today=TODAY, ground_id=ground.pk, starts_on=moved, reason="Misread")
            assert levels(man) == [(Level.TWO, moved, None)]

    def test_category_3_ends_the_day_before(self, area: Area, coordinator: Principal) -> None:
        man = nominal(area, grounds=(other_dangerous(),), levels=(at_level(Level.TWO),))
        new = record_ground(
            by=coordinator,
            today=TODAY,
            nominal_id=man.pk,
            ground=notification(TODAY, outcome_on=HELD, disposal_on=HELD),
        )
        correct_ground_start(by=coordinator, today=TODAY, ground_id=new.pk, starts_on=HELD, reason="Misread")
        assert man.grounds.get(kind=GroundKind.OTHER_DANGEROUS).ends_on == HELD - DAY
        assert levels(man) == [(Level.TWO, LONG_AGO, None)]

    def test_page_and_interface_say_the_same(self, man: Nominal, area: Area) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        ground = man.grounds.get()
        path, api = f"/grounds/{ground.pk}/correct/", f"/api/v1/nominals/{man.pk}/grounds/{ground.pk}/"
        assert path in client.get(f"/nominals/{man.pk}/").content.decode()
        page = hidden(client.get(path))
        typed = {**day("starts_on", "2020-01-05"), "reason": "Misread"}
        refused = client.post(path, {**page, **typed})
        assert refused.status_code == 422
        sent = {"starts_on": "2020-01-05", "reason": "Misread", "version": 1}
        said = client.patch(api, sent, content_type="application/json")
        assert said.status_code == 409
        (reason,) = said.json()["reasons"]
        assert reason["text"] in text_of(refused)
        sent["starts_on"] = "2020-01-09"
        answer = client.patch(api, sent, content_type="application/json")
        assert answer.json().items() >= {"starts_on": "2020-01-09", "correction": "Misread", "version": 2}.items()
        # Two at once: the one that was open meanwhile, and the old version sent again.
        assert client.post(path, {**page, **typed}).status_code == 409
        assert client.patch(api, sent, content_type="application/json").status_code == 409
        assert "corrected on 23 November 2026 , because: Misread" in text_of(client.get(f"/nominals/{man.pk}/"))
        assert "Misread" in _history(client, man)


class TestMeeting:
    def test_its_day_moves_the_review(self, man: Nominal, coordinator: Principal) -> None:
        due, row = review_due(man), man.qualifying_meetings.get()
        assert due is not None
        correct_meeting(
            by=coordinator, today=TODAY, meeting_id=row.pk, meeting=MeetingRecord(HELD + DAY, Level.TWO),
            reason="Misread",
        )  # fmt: skip
        row.refresh_from_db()
        assert (row.held_on, row.correction, review_due(man)) == (HELD + DAY, "Misread", due + DAY)
        assert not drifting_everywhere(today=TODAY)

    def test_page_warns_that_the_level_decided_at_it_stays(self, area: Area) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        man = nominal(
            area, grounds=(qualifying(),), levels=(at_level(Level.TWO, HELD, DecidingBody.MEETING),),
            meetings=(meeting(HELD),),
        )  # fmt: skip
        path = f"/meetings-held/{man.qualifying_meetings.get().pk}/correct/"
        correct_level = f"/levels/{man.levels.get(level=Level.TWO).pk}/correct/"
        page = client.get(path)
        assert correct_level in page.content.decode()
        typed = {**day("held_on", "2026-09-02"), "level": "2", "reason": "Misread"}
        saved = client.post(path, {**hidden(page), **typed}, follow=True)
        assert "The first day of the level decided at it has not moved" in text_of(saved)
        assert correct_level not in client.get(path).content.decode()

    def test_one_a_day(self, man: Nominal, coordinator: Principal) -> None:
        other = man.qualifying_meetings.create(held_on=HELD - DAY, level=Level.TWO)
        with pytest.raises(Refused, match="Another meeting"):
            correct_meeting(
                by=coordinator,
                today=TODAY,
                meeting_id=other.pk,
                meeting=MeetingRecord(HELD, Level.TWO),
                reason="Misread",
            )

    def test_taken_away_it_leaves_the_ledger_and_stays_in_the_history(self, man: Nominal, area: Area) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        path = f"/meetings-held/{man.qualifying_meetings.get().pk}/away/"
        assert client.post(path, {**hidden(client.get(path)), "reason": "Never held"}).status_code == 302
        assert not man.qualifying_meetings.exists()
        assert not drifting_everywhere(today=TODAY)
        assert "Never held" in _history(client, man)


def _history(client: Client, man: Nominal) -> str:
    return text_of(client.get(f"/nominals/{man.pk}/history/"))


class TestAddress:
    def test_is_corrected_on_a_page_with_its_reason(self, area: Area) -> None:
        homes = (AddressRecord(LONG_AGO, HELD - DAY, lines="1 Tufa Rise"), AddressRecord(HELD, lines="2 Tuff Rse"))
        man = nominal(area, addresses=homes)
        client, _ = visitor(area)
        row = man.addresses.get(ends_on=None)
        url = f"/addresses/{row.pk}/correct/"
        assert url in client.get(f"/nominals/{man.pk}/").content.decode()
        form: Any = client.get(url)
        said = {
            **hidden(form), "abode": "address", "lines": "2 Tufa Rise", "postcode": "zz99 1aa", "tenure": "private",
            **day("starts_on", "2026-09-03"),
        }  # fmt: skip
        refused = client.post(url, said)
        assert (refused.status_code, "2 Tufa Rise" in refused.content.decode()) == (422, True)
        assert client.post(url, said | {"reason": "Misread"}).status_code == 302
        row.refresh_from_db()
        assert (row.lines, row.postcode, row.tenure, row.starts_on) == (
            "2 Tufa Rise", "ZZ99 1AA", "private", date(2026, 9, 3),
        )  # fmt: skip
        assert man.addresses.get(lines="1 Tufa Rise").ends_on == HELD - DAY, "no other moves with it"
        assert "because: Misread" in text_of(client.get(f"/nominals/{man.pk}/"))
        assert "2 Tuff Rse" in text_of(client.get(f"/nominals/{man.pk}/history/"))

    def test_taken_away_the_one_that_ended_for_it_goes_on(self, area: Area, coordinator: Principal) -> None:
        clock.pretend(TODAY)
        man = nominal(area, addresses=(AddressRecord(LONG_AGO, lines="1 Tufa Rise"),))
        wrong = record_address(
            by=coordinator, today=TODAY, nominal_id=man.pk, starts_on=TODAY - 3 * DAY, lines="9 Tuff Close"
        )
        assert man.addresses.get(lines="1 Tufa Rise").ends_on == TODAY - 4 * DAY
        client, _ = visitor(area)
        away = f"/addresses/{wrong.pk}/away/"
        page: Any = client.get(away)
        assert "The one before, 1 Tufa Rise , ended the day before and goes on" in text_of(page)
        done = client.post(away, {**hidden(page), "reason": "Of another person"}, follow=True)
        assert "No address is now recorded for today" not in text_of(done)
        assert man.addresses.get().ends_on is None

    def test_one_of_the_same_day_is_corrected_or_stands_beside(self, area: Area, coordinator: Principal) -> None:
        man = nominal(area, addresses=(AddressRecord(HELD, lines="1 Tufa Rise"),))
        about = {"by": coordinator, "today": TODAY, "nominal_id": man.pk, "starts_on": HELD, "lines": "9 Tuff Close"}
        with pytest.raises(Refused, match=r"Another address is recorded from 1 September 2026: correct that one.*R6"):
            record_address(**about)
        assert man.addresses.get().lines == "1 Tufa Rise"
        record_address(**about, ends_others=False)
        assert man.addresses.filter(ends_on=None).count() == 2

    @pytest.mark.parametrize(("starts_on", "to"), [(TODAY, "Now"), (TODAY + DAY, "Not there yet")])
    def test_one_ahead_is_not_where_they_live_now(self, area: Area, starts_on: date, to: str) -> None:
        clock.pretend(TODAY)
        nominal_ahead = nominal(area, addresses=(AddressRecord(starts_on, lines="1 Tufa Rise"),))
        client, _ = visitor(area)
        page = text_of(client.get(f"/nominals/{nominal_ahead.pk}/"))
        shown = page[page.index("1 Tufa Rise") :]
        assert shown.index(to) < shown.index("Correct")

    def test_one_beside_others_ended_none(self, area: Area) -> None:
        man = nominal(
            area,
            addresses=(
                AddressRecord(LONG_AGO, HELD - DAY, lines="1 Tufa Rise"),
                AddressRecord(HELD, lines="2 Tufa Rise"),
                AddressRecord(HELD, lines="9 Tuff Close"),
            ),
        )
        client, _ = visitor(area)
        away = f"/addresses/{man.addresses.get(lines='9 Tuff Close').pk}/away/"
        page: Any = client.get(away)
        assert "none goes on in its place" in text_of(page)
        assert client.post(away, {**hidden(page), "reason": "Of another person"}).status_code == 302
        assert man.addresses.get(lines="1 Tufa Rise").ends_on == HELD - DAY

    @pytest.mark.parametrize("how", ["correct", "away"])
    def test_left_without_one_of_today_the_page_says_so(self, area: Area, how: str) -> None:
        clock.pretend(TODAY)
        man = nominal(area, addresses=(AddressRecord(LONG_AGO, lines="1 Tufa Rise"),))
        client, _ = visitor(area)
        url = f"/addresses/{man.addresses.get().pk}/{how}/"
        form: Any = client.get(url)
        said = {**hidden(form), "abode": "address", "lines": "1 Tufa Rise", "tenure": "private", "reason": "Misread"}
        done = client.post(url, said | day("starts_on", (TODAY + DAY).isoformat()), follow=True)
        assert "No address is now recorded for today: record where they live" in text_of(done)

    def test_of_somebody_else_is_taken_away_and_stays_in_the_history(self, area: Area) -> None:
        man = nominal(area, addresses=(AddressRecord(LONG_AGO, lines="1 Tufa Rise"),))
        client, _ = visitor(area)
        url = f"/addresses/{man.addresses.get().pk}/away/"
        form: Any = client.get(url)
        assert client.post(url, hidden(form)).status_code == 422
        assert client.post(url, {**hidden(form), "reason": "Of another person"}).status_code == 302
        assert not man.addresses.exists()
        assert "Of another person" in text_of(client.get(f"/nominals/{man.pk}/history/"))
