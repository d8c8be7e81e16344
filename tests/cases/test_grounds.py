"""Grounds through their services: status, level and category follow (R18, R25, R27, R29, R32)."""

from datetime import date, timedelta

import pytest

from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Role
from cases.facts import facts_of
from cases.models import Ground, LevelSpan, Nominal
from cases.services.dates import record_qualifying_meeting, set_key_date
from cases.services.grounds import end_ground, may_end_ground, may_record_ground, record_ground, void_ground
from cases.services.people import record_nominal
from cases.services.whereabouts import record_whereabouts
from cases.verification import verify_register
from pages.conflicts import Conflict
from rules.categories import category_on
from rules.core import Refused
from rules.levels import LevelChange, LevelCriteria
from rules.vocabulary import (
    Category,
    DecidingBody,
    Disposal,
    EndReason,
    Handling,
    KeyDateKind,
    Level,
    Whereabouts,
)
from tests.factories import cases as make
from tests.factories.cases import TODAY

CRITERIA = LevelCriteria(
    meetings_add_value=True, value_reasons="Five agencies", high_or_very_high_risk=True, lower_level_answer="No"
)
DAY = timedelta(days=1)


@pytest.fixture
def man(area: Area, coordinator: Principal) -> Nominal:
    return record_nominal(by=coordinator, today=TODAY, area=area, family_name="Galena", date_of_birth=date(1992, 2, 29))


def record(by: Principal, man: Nominal, ground: object, **more: object) -> Ground:
    stored = record_ground(by=by, today=TODAY, nominal_id=man.pk, ground=ground, **more)
    assert verify_register([man.pk]) == []
    return stored


def levels(man: Nominal) -> list[tuple[str, date, date | None]]:
    rows = LevelSpan.objects.filter(nominal=man).order_by("starts_on")
    return list(rows.values_list("level", "starts_on", "ends_on"))


def category(man: Nominal, day: date) -> Category | None:
    return category_on(facts_of(man).grounds, day).value


def level_2(day: date) -> LevelChange:
    return LevelChange(Level.TWO, day, DecidingBody.REFERRAL_PANEL, CRITERIA, "Decided by the panel on that day")


def test_the_first_ground_opens_status_and_not_yet_set(coordinator: Principal, man: Nominal) -> None:
    record(coordinator, man, make.notification(date(2026, 11, 2)))
    assert levels(man) == [("not_set", date(2026, 11, 2), None)]


def test_a_licence_end_ahead_is_carried_by_the_level(coordinator: Principal, man: Nominal) -> None:
    make.offences()
    end = TODAY + 200 * DAY
    record(coordinator, man, make.qualifying(ends_on=end, offence_code=make.OFFENCE))
    assert levels(man) == [("not_set", make.LONG_AGO, end)]


def test_an_earlier_second_ground_moves_the_start_of_status(coordinator: Principal, man: Nominal) -> None:
    record(coordinator, man, make.notification(date(2026, 11, 2)))
    record(coordinator, man, make.notification(date(2026, 10, 1)))
    assert levels(man) == [("not_set", date(2026, 10, 1), None)]


def test_category_3_needs_a_level_with_it(coordinator: Principal, man: Nominal) -> None:
    with pytest.raises(Refused, match="R25"):
        record(coordinator, man, make.other_dangerous(TODAY))
    assert not Ground.objects.exists()
    record(coordinator, man, make.other_dangerous(TODAY), level=level_2(TODAY))
    assert levels(man) == [("2", TODAY, None)]
    assert category(man, TODAY) is Category.THREE


def test_a_level_with_a_ground_is_the_coordinators_to_decide(acting, coordinator: Principal, man: Nominal) -> None:
    administrator = acting(Role.ADMINISTRATOR)
    ground = make.other_dangerous(TODAY)
    with pytest.raises(Refused, match="decision on the level"):
        record(administrator, man, ground, level=level_2(TODAY))
    stored = record(coordinator, man, ground, level=level_2(TODAY))
    with pytest.raises(Refused, match="decision on the level"):
        end_ground(by=administrator, today=TODAY, ground_id=stored.pk, ends_on=TODAY, reason=EndReason.LEVEL_2_3_ENDED)


def test_category_3_ends_with_its_level_the_same_day(coordinator: Principal, man: Nominal) -> None:
    ground = record(coordinator, man, make.other_dangerous(TODAY - DAY), level=level_2(TODAY - DAY))
    with pytest.raises(Refused, match="R36"):
        end_ground(by=coordinator, today=TODAY, ground_id=ground.pk, ends_on=TODAY, reason=EndReason.LEVEL_2_3_ENDED)
    record_qualifying_meeting(by=coordinator, today=TODAY, nominal_id=man.pk, meeting=make.meeting(TODAY))
    end_ground(by=coordinator, today=TODAY, ground_id=ground.pk, ends_on=TODAY, reason=EndReason.LEVEL_2_3_ENDED)
    assert levels(man) == [("2", TODAY - DAY, TODAY)]
    assert category(man, TODAY) is Category.THREE
    assert category(man, TODAY + DAY) is None
    assert verify_register([man.pk]) == []


@pytest.mark.parametrize(
    ("offset", "allowed"),
    [
        pytest.param(0, False, id="on the last day of the licence (R18)"),
        pytest.param(1, True, id="the day after: no day without status (R18)"),
        pytest.param(2, True, id="two days after: a day without status between"),
    ],
)
def test_category_3_is_decided_before_the_licence_ends(
    coordinator: Principal, man: Nominal, offset: int, allowed: bool
) -> None:
    make.offences()
    end = TODAY + 26 * DAY
    record(coordinator, man, make.qualifying(ends_on=end, offence_code=make.OFFENCE))
    start = end + offset * DAY
    ground = make.other_dangerous(start)
    decision = may_record_ground(man, by=coordinator, today=TODAY, ground=ground, level=level_2(start))
    assert bool(decision) is allowed, decision
    if allowed:
        record(coordinator, man, ground, level=level_2(start))
        assert category(man, end) is Category.TWO
        assert category(man, start) is Category.THREE


def test_an_automatic_ground_takes_the_place_of_category_3(coordinator: Principal, man: Nominal) -> None:
    third = record(coordinator, man, make.other_dangerous(TODAY - 30 * DAY), level=level_2(TODAY - 30 * DAY))
    record(coordinator, man, make.notification(TODAY))
    third.refresh_from_db()
    assert (third.ends_on, third.end_reason) == (TODAY - DAY, EndReason.SUPERSEDED)
    assert category(man, TODAY) is Category.ONE
    # Same case, same level: no exit and no new entry (R27).
    assert levels(man) == [("2", TODAY - 30 * DAY, None)]


def test_when_one_of_two_grounds_ends_the_person_is_recategorised(coordinator: Principal, man: Nominal) -> None:
    make.offences()
    first = record(coordinator, man, make.notification(ends_on=TODAY + DAY))
    record(coordinator, man, make.qualifying(offence_code=make.OFFENCE))
    end_ground(by=coordinator, today=TODAY, ground_id=first.pk, ends_on=TODAY, reason=EndReason.NOTIFICATION_EXPIRED)
    assert [category(man, TODAY), category(man, TODAY + DAY)] == [Category.ONE, Category.TWO]
    assert levels(man) == [("not_set", make.LONG_AGO, None)]


def test_a_moved_end_moves_the_level(coordinator: Principal, man: Nominal) -> None:
    ground = record(coordinator, man, make.notification(ends_on=TODAY))
    for end in (TODAY + 5 * DAY, TODAY - 5 * DAY, None):
        end_ground(by=coordinator, today=TODAY, ground_id=ground.pk, ends_on=end, reason=EndReason.NOTIFICATION_EXPIRED)
        assert levels(man) == [("not_set", make.LONG_AGO, end)]
        assert verify_register([man.pk]) == []


def test_indefinite_notification_is_revoked_by_a_superintendent(coordinator: Principal, man: Nominal) -> None:
    begun = date(2009, 3, 2)
    ground = record(coordinator, man, make.notification(begun, disposal=Disposal.LIFE))
    more = {"by": coordinator, "today": TODAY, "ground_id": ground.pk, "ends_on": TODAY}
    for reason in (EndReason.NOTIFICATION_REVOKED, EndReason.NOTIFICATION_EXPIRED):
        with pytest.raises(Refused, match="R22"):
            end_ground(**more, reason=reason)
    end_ground(**more, reason=EndReason.NOTIFICATION_REVOKED, superintendent="Supt Harrier ")
    ground.refresh_from_db()
    assert (ground.ends_on, ground.end_superintendent) == (TODAY, "Supt Harrier")
    end_ground(**{**more, "ends_on": None}, reason=EndReason.OTHER)
    ground.refresh_from_db()
    assert ground.end_superintendent == ""


def test_a_death_ends_grounds_and_nothing_prolongs_them(coordinator: Principal, man: Nominal) -> None:
    ground = record(coordinator, man, make.notification(ends_on=TODAY + 100 * DAY))
    died = TODAY - 3 * DAY
    more = {"by": coordinator, "today": TODAY, "ground_id": ground.pk}
    with pytest.raises(Refused, match="R28"):
        end_ground(**more, ends_on=died, reason=EndReason.DEATH)
    record_whereabouts(by=coordinator, today=TODAY, nominal_id=man.pk, kind=Whereabouts.DEAD, starts_on=died)
    for ends_on in (TODAY, None):
        with pytest.raises(Refused, match="R28"):
            end_ground(**more, ends_on=ends_on, reason=EndReason.OTHER)
    with pytest.raises(Refused, match="R28"):
        record(coordinator, man, make.notification(TODAY - 50 * DAY))


def test_a_licence_that_ends_otherwise_than_the_dates_ahead_say(coordinator: Principal, man: Nominal) -> None:
    make.offences()
    ground = record(coordinator, man, make.qualifying(offence_code=make.OFFENCE))
    licence = TODAY + 30 * DAY
    set_key_date(by=coordinator, today=TODAY, nominal_id=man.pk, kind=KeyDateKind.LICENCE_END, falls_on=licence)
    asked = {"by": coordinator, "today": TODAY, "reason": EndReason.LICENCE_ENDED}
    assert may_end_ground(ground, ends_on=licence, **asked).warnings == ()
    other = may_end_ground(ground, ends_on=licence + DAY, **asked)
    assert other
    assert [reason.rule for reason in other.warnings] == ["R23"]


def test_an_end_before_the_start_is_said_alone(coordinator: Principal, man: Nominal) -> None:
    decision = may_record_ground(man, by=coordinator, today=TODAY, ground=make.notification(TODAY, TODAY - DAY))
    assert [reason.rule for reason in decision.reasons if not decision] == ["R7"]


def test_a_licence_cannot_be_prolonged_into_the_category_3_after_it(coordinator: Principal, man: Nominal) -> None:
    make.offences()
    end = TODAY + 26 * DAY
    licence = record(coordinator, man, make.qualifying(ends_on=end, offence_code=make.OFFENCE))
    record(coordinator, man, make.other_dangerous(end + DAY), level=level_2(end + DAY))
    with pytest.raises(Refused, match="R18"):
        end_ground(by=coordinator, today=TODAY, ground_id=licence.pk, ends_on=end + DAY, reason=EndReason.LICENCE_ENDED)


def test_a_voided_ground_takes_its_levels_along(coordinator: Principal, man: Nominal) -> None:
    ground = record(coordinator, man, make.notification())
    void_ground(by=coordinator, today=TODAY, ground_id=ground.pk, reason="Quashed on appeal")
    assert levels(man) == []
    assert category(man, make.LONG_AGO) is None
    with pytest.raises(Refused, match="R29"):
        void_ground(by=coordinator, today=TODAY, ground_id=ground.pk, reason="Again")


def test_somebody_else_was_faster(coordinator: Principal, man: Nominal) -> None:
    ground = record(coordinator, man, make.notification())
    void_ground(by=coordinator, today=TODAY, ground_id=ground.pk, reason="Quashed on appeal", version=ground.version)
    with pytest.raises(Conflict):
        void_ground(by=coordinator, today=TODAY, ground_id=ground.pk, reason="Other", version=ground.version)


def test_category_4_needs_clearance_and_closes_the_record(acting, area: Area, man: Nominal) -> None:
    plain, cleared = acting(), acting(user__category_4=True)
    with pytest.raises(Refused, match="R99"):
        record(plain, man, make.terrorism())
    record(cleared, man, make.terrorism())
    man.refresh_from_db()
    assert man.handling == Handling.CATEGORY_4
    assert not may_record_ground(man, by=plain, today=TODAY)


def test_who_may_not_record_is_told_so(acting, man: Nominal) -> None:
    with pytest.raises(Refused, match="role you act in"):
        record(acting(Role.SPOC), man, make.notification())
