"""Panels sit, people are placed, moved and taken out; nobody and nothing is in two slots at once (R54 to R57)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from agencies.models import Absence, Area, User
from agencies.roles import Role
from cases.models import NamedOfficerSpan, Nominal
from cases.services.obligations import bring_in_line
from cases.services.participation import set_handling
from meetings.models import Booking, Chair, Room, Sitting, Slot
from meetings.queries import sittings_of
from meetings.records import PanelRecord, Placing, SittingRecord
from meetings.services.invitations import AnswerRecord, answer_invitation
from meetings.services.panels import allow_chair, change_panel, set_up_panel
from meetings.services.sittings import cancel_sitting, generate_sittings, move_sitting, name_chair, plan_sitting
from meetings.services.slots import cancel_slot, may_place_person, move_slot, place_person
from rules.core import Refused
from rules.vocabulary import ChairRole, Handling, InvitationAnswer, Level, MeetingKind, SlotVerb
from tests.agencies.test_at_once import at_once
from tests.factories import cases as make
from tests.factories import meetings as plan
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory, UserFactory, principal_for
from tests.factories.cases import TODAY, system

BY: dict[str, Any] = {"by": system(), "today": TODAY}
LAST = TODAY - timedelta(days=90)


@pytest.fixture
def area(db: None) -> Area:
    return AreaFactory.create()


def heard(area: Area, name: str = "Feldspar", **more: Any) -> Nominal:
    """Somebody at Level 2 whose review is due three weeks ahead."""
    level = (make.at_level(Level.TWO, LAST - timedelta(days=200)),)
    man = make.nominal(area, family_name=name, levels=level, meetings=(make.meeting(LAST),), **more)
    bring_in_line([man.pk], today=TODAY)
    return man


def placed(man: Nominal, sitting: Sitting, hour: int = 10, **more: Any) -> Slot:
    placing = Placing(plan.at(hour, on=sitting.sits_on), MeetingKind.REVIEW, **more)
    return place_person(nominal_id=man.pk, sitting_id=sitting.pk, placing=placing, **BY)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


def test_a_panel_sits_on_its_usual_days_and_bank_holidays_move(area: Area) -> None:
    record = PanelRecord("Derby City", Level.TWO, plan.at(10).time(), TODAY, ordinals=(1, 5))
    panel = set_up_panel(area_id=area.pk, panel=record, **BY)
    made = generate_sittings(panel_id=panel.pk, until=date(2027, 1, 31), **BY)
    assert [row.sits_on for row in made] == [
        date(2026, 11, 24),
        date(2026, 12, 1),
        date(2026, 12, 29),
        date(2027, 1, 5),
        date(2027, 1, 26),
    ]
    cancel_sitting(sitting_id=made[0].pk, version=1, reason="Nobody to chair", **BY)
    assert generate_sittings(panel_id=panel.pk, until=date(2027, 1, 31), **BY) == [], "nothing comes back by itself"
    elsewhere = plan.at(10, on=date(2026, 12, 3))
    moved = move_sitting(sitting_id=made[1].pk, version=1, starts_at=elsewhere, reason="The room floods", **BY)
    assert moved.moved_because == "The room floods"
    assert generate_sittings(panel_id=panel.pk, until=date(2027, 1, 31), **BY) == [], "nor the usual day of a moved one"
    by_arrangement = plan.panel(area, "County-wide", ordinals=[])
    assert "by arrangement" in refusal(lambda: generate_sittings(panel_id=by_arrangement.pk, until=TODAY, **BY))


def test_placing_says_in_time_or_how_late_and_why(area: Area) -> None:
    man = heard(area)
    limit = LAST + timedelta(days=112)
    in_time = plan.sitting(area, starts_at=plan.at(10))
    late = plan.sitting(area, starts_at=plan.at(10, on=date(2026, 12, 17)))
    assert in_time.sits_on <= limit < late.sits_on
    assert "2 days after the limit" in refusal(lambda: placed(man, late))
    assert "R54" in refusal(lambda: placed(man, late))
    slot = placed(man, late, out_of_time_because="Chair ill and no substitute")
    assert slot.out_of_time_because
    moved = move_slot(
        slot_id=slot.pk, sitting_id=in_time.pk, starts_at=plan.at(12), reason="An earlier time is free", **BY
    )
    assert (moved.held_on, moved.out_of_time_because) == (in_time.sits_on, "")
    cancel_slot(slot_id=slot.pk, reason="The person has died", **BY)
    assert [row.verb for row in slot.changes.all()] == [SlotVerb.PLACED, SlotVerb.MOVED, SlotVerb.CANCELLED]
    assert not Booking.objects.exists()
    level_1 = make.nominal(area, family_name="Marl")
    assert "R36" in refusal(lambda: placed(level_1, in_time))


def test_a_time_a_chair_and_a_room_are_taken_once(area: Area) -> None:
    chair = UserFactory.create()
    room = Room.objects.create(area=area, name="Meeting Room 1")
    sitting = plan.sitting(area, chair=chair, room=room, capacity=2)
    other = plan.sitting(area, chair=chair, starts_at=plan.at(10, 30))
    elsewhere = plan.sitting(area, room=room, starts_at=plan.at(11, 30))
    one, two, three = heard(area), heard(area, "Marl"), heard(area, "Shale")
    placed(one, sitting)
    assert "taken" in refusal(lambda: placed(two, sitting))
    placing = Placing(plan.at(10, 30), MeetingKind.REVIEW)
    assert "heard elsewhere" in refusal(
        lambda: place_person(nominal_id=one.pk, sitting_id=other.pk, placing=placing, **BY)
    )
    assert "chair is not free" in refusal(
        lambda: place_person(nominal_id=two.pk, sitting_id=other.pk, placing=placing, **BY)
    )
    placed(two, sitting, 11)
    assert "full" in refusal(lambda: placed(three, sitting, 12))
    in_room = Placing(plan.at(11, 30), MeetingKind.REVIEW)
    assert "room" in refusal(lambda: place_person(nominal_id=three.pk, sitting_id=elsewhere.pk, placing=in_room, **BY))
    with transaction.atomic(), pytest.raises(IntegrityError, match="booking_at_the_time_of_its_slot"):
        Booking.objects.filter(room=room, starts_at=plan.at(10)).update(ends_at=plan.at(10, 59))


def test_who_is_away_or_manages_the_case_does_not_chair_it(area: Area) -> None:
    chair, substitute = UserFactory.create(), UserFactory.create()
    man, sitting = heard(area), plan.sitting(area, chair=chair)
    Absence.objects.create(user=chair, starts_on=plan.SOON, ends_on=plan.SOON)
    assert "away" in refusal(lambda: placed(man, sitting))
    assert "not among" in refusal(lambda: name_chair(sitting_id=sitting.pk, version=1, chair_id=substitute.pk, **BY))
    MembershipFactory.create(user=substitute, area=area, agency=AgencyFactory.create(area=area))
    allow_chair(area_id=area.pk, user_id=substitute.pk, role=ChairRole.COORDINATOR, starts_on=TODAY, **BY)
    name_chair(sitting_id=sitting.pk, version=1, chair_id=substitute.pk, **BY)
    NamedOfficerSpan.objects.create(
        nominal=man, officer=substitute, agency=AgencyFactory.create(area=area), starts_on=TODAY
    )
    assert "R56" in refusal(lambda: placed(man, sitting))


def test_moving_and_cancelling_a_sitting_takes_everybody_along(area: Area) -> None:
    chair = UserFactory.create()
    sitting = plan.sitting(area, chair=chair)
    slots = [placed(heard(area), sitting, 10), placed(heard(area, "Marl"), sitting, 11)]
    before = plan.at(9, 30, on=date(2026, 12, 7))
    move_sitting(sitting_id=sitting.pk, version=1, starts_at=before, reason="The room floods", **BY)
    assert [row.starts_at for row in Slot.objects.order_by("pk")] == [before, before + timedelta(hours=1)]
    assert set(Booking.objects.values_list("starts_at", flat=True)) == {before, before + timedelta(hours=1)}
    assert "no working day" in refusal(
        lambda: move_sitting(
            sitting_id=sitting.pk,
            version=2,
            starts_at=plan.at(10, on=date(2026, 12, 12)),
            reason="Saturday it is",
            **BY,
        )
    )
    cancel_sitting(sitting_id=sitting.pk, version=2, reason="Chair ill, no substitute", **BY)
    assert all(row.cancelled_on == TODAY for row in Slot.objects.filter(pk__in=[each.pk for each in slots]))
    assert not Booking.objects.exists()


def test_a_moved_sitting_hears_nobody_out_of_time_without_the_reason(area: Area) -> None:
    chair = UserFactory.create()
    sitting = plan.sitting(area, chair=chair)
    slot = placed(heard(area), sitting)
    late = {"sitting_id": sitting.pk, "version": 1, "starts_at": plan.at(10, on=date(2026, 12, 17)), **BY}
    said = refusal(lambda: move_sitting(reason="The room floods", **late))
    assert "R54" in said
    assert "Who is heard at 10:00am: 2 days after the limit" in said
    moved = move_sitting(reason="The room floods", out_of_time_because="No other room this month", **late)
    slot.refresh_from_db()
    assert slot.out_of_time_because == "No other room this month"
    move_sitting(sitting_id=moved.pk, version=2, starts_at=plan.at(), reason="The room is dry", **BY)
    slot.refresh_from_db()
    assert slot.out_of_time_because == "", "in time again"
    Chair.objects.filter(user=chair).update(ends_on=plan.SOON)
    after = plan.at(10, on=plan.SOON + timedelta(days=1))
    assert "R56" in refusal(
        lambda: move_sitting(sitting_id=moved.pk, version=3, starts_at=after, reason="The room floods", **BY)
    )


def test_a_category_4_panel_and_its_people_are_nobody_elses(area: Area) -> None:
    agency = AgencyFactory.create(area=area)
    unit = principal_for(MembershipFactory.create(area=area, agency=agency, role=Role.ADMINISTRATOR), on=TODAY)
    hidden = plan.sitting(area, plan.panel(area, "NSD", national_security=True))
    known = plan.sitting(area, plan.panel(area))
    single = plan.sitting(area, starts_at=plan.at(14))
    chair = UserFactory.create()
    plan.may_chair(area, chair)
    man = heard(area, handling=Handling.CATEGORY_4)
    assert "R99" in refusal(lambda: placed(man, known))
    slot = placed(man, single, 14)
    assert "R100" in refusal(lambda: name_chair(sitting_id=single.pk, version=1, chair_id=chair.pk, **BY))
    User.objects.filter(pk=chair.pk).update(category_4=True)
    name_chair(sitting_id=single.pk, version=1, chair_id=chair.pk, **BY)
    set_handling(nominal_id=man.pk, handling=Handling.ORDINARY, reason="Leaked", **BY)
    move_slot(slot_id=slot.pk, sitting_id=known.pk, starts_at=plan.at(11), reason="The panel hears him", **BY)
    assert "R99" in refusal(
        lambda: set_handling(nominal_id=man.pk, handling=Handling.CATEGORY_4, reason="Leaked", **BY)
    )
    panel = PanelRecord("Erewash", Level.TWO, plan.at(10).time(), TODAY)
    turned = replace(panel, national_security=True)
    assert "R99" in refusal(lambda: change_panel(panel_id=known.panel_id, record=turned, **BY))
    move_slot(slot_id=slot.pk, sitting_id=single.pk, starts_at=plan.at(14), reason="The wall goes up", **BY)
    set_handling(nominal_id=man.pk, handling=Handling.CATEGORY_4, reason="Leaked", **BY)
    set_up_panel(area_id=area.pk, panel=replace(panel, name="NSD"), by=unit, today=TODAY)
    assert set(sittings_of(unit)) == {known}
    assert set(sittings_of(system())) == {hidden, known, single}
    assert not may_place_person(man, by=unit, today=TODAY)
    other = plan.sitting(AreaFactory.create())
    asked = SittingRecord(Level.TWO, plan.at(15), 60, 1)
    assert "another MAPPA area" in refusal(
        lambda: plan_sitting(area_id=other.area_id, sitting=asked, by=unit, today=TODAY)
    )


def placings(area: Area, **busy: Any) -> Iterator[Callable[[], object]]:
    """Twenty people placed in four sittings that overlap, of one chair or in one room."""
    sittings = [plan.sitting(area, starts_at=plan.at(10, minute), **busy) for minute in range(0, 40, 10)]
    level = (make.at_level(Level.TWO, LAST - timedelta(days=200)),)
    people = [make.nominal(area, family_name=f"Marl-{number}", levels=level) for number in range(20)]
    for number, man in enumerate(people):
        sitting = sittings[number % len(sittings)]
        placing = Placing(sitting.starts_at, MeetingKind.REVIEW)
        yield partial(place_person, nominal_id=man.pk, sitting_id=sitting.pk, placing=placing, **BY)


def answers(area: Area) -> Iterator[Callable[[], object]]:
    """One representative named for twenty meetings that overlap."""
    member = MembershipFactory.create(area=area, agency=AgencyFactory.create(area=area), role=Role.SPOC)
    answer = AnswerRecord(InvitationAnswer.ATTENDING, attends_id=member.user_id, received_from="Their office")
    for number in range(20):
        sitting = plan.sitting(area, starts_at=plan.at(10, number))
        slot = plan.slot(make.nominal(area, family_name=f"Marl-{number}"), sitting)
        invitation = plan.invitation(slot, member.agency)
        yield partial(answer_invitation, invitation_id=invitation.pk, answer=answer, **BY)


def of_one_chair(area: Area) -> Iterator[Callable[[], object]]:
    return placings(area, chair=UserFactory.create())


def in_one_room(area: Area) -> Iterator[Callable[[], object]]:
    return placings(area, room=Room.objects.create(area=area, name="Meeting Room 1"))


@pytest.mark.parametrize(
    ("twenty", "refused"),
    [
        pytest.param(of_one_chair, "taken|chair is not free", id="a chair"),
        pytest.param(in_one_room, "taken|room is not free", id="a room"),
        pytest.param(answers, "cannot come at that time", id="a representative"),
    ],
)
def test_twenty_bookings_at_once_leave_one(
    own_database: object, twenty: Callable[[Area], Iterator[Callable[[], object]]], refused: str
) -> None:
    acts = list(twenty(AreaFactory.create()))
    found = at_once(*acts)
    said = [each for each in found if isinstance(each, str)]
    assert len(said) == len(acts) - 1 == 19
    assert all(re.search(refused, each) for each in said)
    assert Booking.objects.count() == 1
