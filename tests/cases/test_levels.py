"""Levels through their service, and what death and custody do to them (R24, R28, R31, R32, R36)."""

from datetime import date, timedelta

import pytest

from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import Ground, LevelSpan, Nominal, WhereaboutsSpan
from cases.records import LevelRecord
from cases.services.levels import set_level
from cases.services.whereabouts import record_whereabouts
from cases.verification import verify_register
from rules.core import Refused
from rules.levels import LevelCriteria
from rules.vocabulary import DecidingBody, EndReason, Level, Whereabouts
from tests.factories import cases as make
from tests.factories.cases import TODAY

DAY = timedelta(days=1)
CRITERIA = LevelCriteria(
    meetings_add_value=True, value_reasons="Five agencies", high_or_very_high_risk=True, lower_level_answer="No"
)


def set_to(by: Principal, man: Nominal, level: Level, day: date, body: DecidingBody, **more: object) -> LevelSpan:
    if day < TODAY:
        more["backdating_reason"] = "Minutes came late"
    more.setdefault("reason", "As the risk is known today")
    return set_level(
        by=by, today=TODAY, nominal_id=man.pk, level=level, starts_on=day, decided_by=body, criteria=CRITERIA, **more
    )


def levels(man: Nominal) -> list[tuple[str, date, date | None]]:
    rows = LevelSpan.objects.filter(nominal=man).order_by("starts_on")
    return list(rows.values_list("level", "starts_on", "ends_on"))


def test_a_new_level_starts_on_the_day_of_decision_and_the_old_one_ends_the_day_before(
    area: Area, coordinator: Principal
) -> None:
    man = make.nominal(area, levels=())
    set_to(coordinator, man, Level.ONE, TODAY - 9 * DAY, DecidingBody.SCREENING)
    set_to(coordinator, man, Level.TWO, TODAY, DecidingBody.REFERRAL_PANEL)
    assert levels(man) == [
        ("not_set", make.LONG_AGO, TODAY - 10 * DAY),
        ("1", TODAY - 9 * DAY, TODAY - DAY),
        ("2", TODAY, None),
    ]
    assert verify_register([man.pk]) == []


def test_a_level_with_a_licence_end_ahead_keeps_that_end(area: Area, coordinator: Principal) -> None:
    end = TODAY + 26 * DAY
    man = make.nominal(area, grounds=(make.qualifying(ends_on=end),))
    set_to(coordinator, man, Level.TWO, TODAY, DecidingBody.REFERRAL_PANEL)
    assert levels(man)[-1] == ("2", TODAY, end)


@pytest.mark.parametrize(
    ("level", "day", "body", "rule"),
    [
        pytest.param(Level.TWO, TODAY, DecidingBody.SCREENING, "R36", id="screening does not enter Level 2"),
        pytest.param(Level.ONE, TODAY + DAY, DecidingBody.SCREENING, "R32", id="not ahead"),
        pytest.param(Level.ONE, make.LONG_AGO - DAY, DecidingBody.SCREENING, "R32", id="not before status"),
    ],
)
def test_refused_by_a_rule_nothing_is_written(
    area: Area, coordinator: Principal, level: Level, day: date, body: DecidingBody, rule: str
) -> None:
    man = make.nominal(area, levels=())
    before = levels(man)
    with pytest.raises(Refused, match=rule):
        set_to(coordinator, man, level, day, body)
    assert levels(man) == before


@pytest.mark.parametrize(
    ("level", "body", "reason", "rule"),
    [
        pytest.param(Level.ONE, DecidingBody.MEETING, "", "R32", id="without a reason"),
        pytest.param(Level.ONE, DecidingBody.MEETING, "Risk has fallen", "R36", id="no meeting was held"),
        pytest.param(Level.THREE, DecidingBody.TRANSFER, "Came at Level 3", "R36", id="a transfer without one"),
        pytest.param(Level.THREE, DecidingBody.IMPORTED, "Came at Level 3", "R36", id="nobody types an import"),
    ],
)
def test_level_2_is_left_on_record_only(
    area: Area, coordinator: Principal, level: Level, body: DecidingBody, reason: str, rule: str
) -> None:
    man = make.nominal(area, levels=(make.at_level(Level.TWO),), meetings=(make.meeting(TODAY - DAY),))
    with pytest.raises(Refused, match=rule):
        set_to(coordinator, man, level, TODAY, body, reason=reason)


def test_a_meeting_held_leads_to_level_1(area: Area, coordinator: Principal) -> None:
    man = make.nominal(area, levels=(make.at_level(Level.TWO),), meetings=(make.meeting(TODAY),))
    span = set_to(coordinator, man, Level.ONE, TODAY, DecidingBody.MEETING, reason="Risk has fallen since spring.")
    assert span.reason == "Risk has fallen since spring.", "what was found for Level 2 is no reason for Level 1"


def test_who_comes_back_waits_for_a_level_again(area: Area, coordinator: Principal) -> None:
    over, again = TODAY - 400 * DAY, TODAY - 30 * DAY
    man = make.nominal(
        area, grounds=(make.notification(ends_on=over), make.notification(again)),
        levels=(LevelRecord(Level.ONE, make.LONG_AGO, over),),
    )  # fmt: skip
    assert levels(man) == [("1", make.LONG_AGO, over), ("not_set", again, None)]
    set_to(coordinator, man, Level.ONE, TODAY, DecidingBody.SCREENING)
    assert levels(man)[-2:] == [("not_set", again, TODAY - DAY), ("1", TODAY, None)]


def test_only_the_coordinator_sets_levels(area: Area, acting) -> None:
    man = make.nominal(area, levels=())
    with pytest.raises(Refused, match="role you act in"):
        set_to(acting(Role.ADMINISTRATOR), man, Level.ONE, TODAY, DecidingBody.SCREENING)


def test_death_ends_every_ground_and_the_level_that_day(area: Area, coordinator: Principal) -> None:
    ahead = TODAY + 100 * DAY
    man = make.nominal(
        area, grounds=(make.notification(), make.qualifying(ends_on=ahead)), levels=(make.at_level(Level.TWO),)
    )
    record_whereabouts(by=coordinator, today=TODAY, nominal_id=man.pk, kind=Whereabouts.DEAD, starts_on=TODAY - DAY)
    ends = Ground.objects.filter(nominal=man).values_list("ends_on", "end_reason")
    assert set(ends) == {(TODAY - DAY, EndReason.DEATH)}
    assert levels(man) == [("2", make.LONG_AGO, TODAY - DAY)]
    assert verify_register([man.pk]) == []
    about = {"by": coordinator, "today": TODAY, "nominal_id": man.pk}
    for day, last_day in ((TODAY, None), (TODAY - DAY, None), (TODAY - 2 * DAY, TODAY - DAY)):
        with pytest.raises(Refused, match=r"recorded as dead from 22 November 2026.*correct it.*R28"):
            record_whereabouts(**about, kind=Whereabouts.CUSTODY, starts_on=day, ends_on=last_day)
    assert man.whereabouts.get(kind=Whereabouts.DEAD).starts_on == TODAY - DAY
    # What came before the death arrives late, and runs up to it; a death that was earlier takes its place.
    record_whereabouts(**about, kind=Whereabouts.CUSTODY, starts_on=TODAY - 3 * DAY)
    assert man.whereabouts.get(kind=Whereabouts.CUSTODY).ends_on == TODAY - 2 * DAY
    record_whereabouts(**about, kind=Whereabouts.DEAD, starts_on=TODAY - 2 * DAY)
    assert levels(man) == [("2", make.LONG_AGO, TODAY - 2 * DAY)]


def test_a_ground_due_to_begin_after_death_is_voided(area: Area, coordinator: Principal) -> None:
    end = TODAY + 10 * DAY
    man = make.nominal(
        area, grounds=(make.qualifying(ends_on=end), make.other_dangerous(end + DAY)),
        levels=(make.at_level(Level.TWO),),
    )  # fmt: skip
    record_whereabouts(by=coordinator, today=TODAY, nominal_id=man.pk, kind=Whereabouts.DEAD, starts_on=TODAY)
    assert Ground.objects.get(nominal=man, starts_on=end + DAY).voided_on == TODAY
    assert verify_register([man.pk]) == []


def test_recall_and_release_change_no_ground_and_no_level(area: Area, coordinator: Principal) -> None:
    man = make.nominal(area, levels=(make.at_level(Level.TWO),))
    before = levels(man)
    for kind, day in ((Whereabouts.RECALLED, TODAY - 20 * DAY), (Whereabouts.COMMUNITY, TODAY - 3 * DAY)):
        record_whereabouts(by=coordinator, today=TODAY, nominal_id=man.pk, kind=kind, starts_on=day)
    assert levels(man) == before
    where = WhereaboutsSpan.objects.filter(nominal=man).order_by("starts_on").values_list("kind", "ends_on")
    assert list(where) == [
        ("community", TODAY - 21 * DAY),
        ("recalled", TODAY - 4 * DAY),
        ("community", None),
    ]


def test_whereabouts_that_arrive_late_run_to_the_next_known(area: Area, coordinator: Principal) -> None:
    man = make.nominal(area, whereabouts=(make.stay(Whereabouts.COMMUNITY, TODAY - 9 * DAY),))
    record_whereabouts(
        by=coordinator, today=TODAY, nominal_id=man.pk, kind=Whereabouts.CUSTODY, starts_on=TODAY - 40 * DAY
    )
    rows = WhereaboutsSpan.objects.filter(nominal=man).order_by("starts_on").values_list("kind", "starts_on", "ends_on")
    assert list(rows) == [
        ("custody", TODAY - 40 * DAY, TODAY - 10 * DAY),
        ("community", TODAY - 9 * DAY, None),
    ]


def test_a_stay_within_another_leaves_both_sides(area: Area, coordinator: Principal) -> None:
    man = make.nominal(area)
    record_whereabouts(
        by=coordinator, today=TODAY, nominal_id=man.pk, kind=Whereabouts.HOSPITAL, starts_on=TODAY - 9 * DAY,
        ends_on=TODAY - 5 * DAY,
    )  # fmt: skip
    rows = WhereaboutsSpan.objects.filter(nominal=man).order_by("starts_on").values_list("kind", "starts_on", "ends_on")
    assert list(rows) == [
        ("community", make.LONG_AGO, TODAY - 10 * DAY),
        ("hospital", TODAY - 9 * DAY, TODAY - 5 * DAY),
        ("community", TODAY - 4 * DAY, None),
    ]


@pytest.mark.parametrize(
    ("spans", "text"),
    [
        pytest.param([("1", -99, -2), ("2", 0, None)], "not the days of the status", id="a gap of one day"),
        pytest.param([("1", -99, 1)], "not the days of the status", id="ends before the status"),
        pytest.param([("1", -100, None)], "not the days of the status", id="starts the day before the status"),
        pytest.param([("1", -99, -1), ("not_set", 0, None)], "follows a level", id="waits after a decision"),
        pytest.param([("1", -99, None)], None, id="whole"),
    ],
)
def test_verify_register_finds_what_is_broken(area: Area, spans: list, text: str | None) -> None:
    man = make.nominal(area, grounds=(make.notification(TODAY - 99 * DAY),), levels=())
    LevelSpan.objects.filter(nominal=man).delete()
    for level, first, last in spans:
        LevelSpan.objects.create(
            nominal=man, level=level, starts_on=TODAY + first * DAY, decided_by=DecidingBody.IMPORTED,
            ends_on=None if last is None else TODAY + last * DAY,
        )  # fmt: skip
    found = [finding.text for finding in verify_register([man.pk])]
    assert len(found) == (text is not None)
    assert all(text in each for each in found)
