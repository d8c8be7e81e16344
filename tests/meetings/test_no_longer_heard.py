"""Somebody with a meeting ahead dies, loses the last ground or leaves Level 2 and 3: it stands, the unit is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Area
from agencies.principal import Principal
from cases.booked import still_booked
from cases.models import LevelSpan, Nominal
from cases.services.obligations import bring_in_line
from cases.services.participation import set_handling
from cases.services.whereabouts import record_whereabouts
from mappa import clock
from meetings.board import due_within, hearing_of, proposed_plan
from meetings.models import Slot
from meetings.records import Placing
from meetings.services.slots import may_place_person
from rules.vocabulary import (
    DecidingBody,
    EndReason,
    Handling,
    Level,
    MeetingKind,
    ReferralState,
    Whereabouts,
)
from tests.factories import cases as make
from tests.factories import meetings as plan
from tests.factories.agencies import AreaFactory
from tests.factories.cases import TODAY, system
from tests.factories.referrals import referral
from tests.factories.visits import day, hidden, queries, text_of, visitor

BY: dict[str, Any] = {"by": system(), "today": TODAY}
DAY = timedelta(days=1)
LAST = TODAY - timedelta(days=90)
BOARD = "/scheduling/"
STANDS = "It stands until the unit cancels it"


@pytest.fixture
def area(db: None) -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def unit(area: Area) -> tuple[Client, Principal]:
    client, membership = visitor(area)
    return client, Principal.for_membership(membership, on=TODAY)


def heard(area: Area, name: str = "Feldspar", **more: Any) -> Nominal:
    """Somebody at Level 2 whose review is due three weeks ahead."""
    level = (make.at_level(Level.TWO, LAST - timedelta(days=200)),)
    man = make.nominal(area, family_name=name, levels=level, meetings=(make.meeting(LAST),), **more)
    bring_in_line([man.pk], today=TODAY)
    return man


def died(man: Nominal) -> Nominal:
    record_whereabouts(nominal_id=man.pk, kind=Whereabouts.DEAD, starts_on=TODAY, **BY)
    return man


def send(client: Client, url: str, **said: Any) -> Any:
    return client.post(url, {**hidden(client.get(url)), **said})


def test_nobody_is_placed_whom_there_is_nobody_to_hear_for(area: Area, unit: tuple[Client, Principal]) -> None:
    """Also where the level was to begin with the first meeting: no level ends then that would say so."""
    _, by = unit
    sitting = plan.sitting(area, plan.panel(area, "Erewash"))
    placing = Placing(sitting.starts_at, MeetingKind.REVIEW)
    accepted = make.nominal(area, family_name="Marl")
    over = make.nominal(area, family_name="Chert", grounds=(make.notification(ends_on=TODAY + DAY),))
    third = make.nominal(area, family_name="Onyx", grounds=(make.notification(ends_on=TODAY + DAY),))
    for man, category in ((accepted, "1"), (over, "1"), (third, "3")):
        row = {"decided_on": TODAY, "level_given": Level.TWO, "category": category}
        referral(area, man, ReferralState.ACCEPTED, **row)
        bring_in_line([man.pk], today=TODAY)
    assert {row.nominal for row in due_within(by, today=TODAY)} == {accepted, over, third}
    died(accepted)
    later = TODAY + 2 * DAY
    bring_in_line([over.pk, third.pk], today=later)
    assert [row.nominal for row in due_within(by, today=later)] == [third], "Category 3 is still to begin"
    assert "R36" in str(may_place_person(accepted, sitting=sitting, placing=placing, **BY).reasons)

    ending = heard(area, "Shale", grounds=(make.notification(ends_on=sitting.sits_on - DAY),))
    hearing, _ = hearing_of(ending, today=TODAY)
    assert hearing.until == sitting.sits_on - DAY
    [left] = [each for each in proposed_plan(by, today=TODAY).plan.left if each.hearing == ending.pk]
    assert [reason.rule for reason in left.reasons] == ["R26"]
    warned = may_place_person(ending, sitting=sitting, placing=placing, **BY)
    assert (bool(warned), [each.rule for each in warned.warnings]) == (True, ["R26"]), "a meeting may still be wanted"
    with_another = heard(area, "Agate", grounds=(make.notification(), make.qualifying(ends_on=TODAY + DAY)))
    assert hearing_of(with_another, today=TODAY)[0].until is None


def test_who_ends_it_is_told_and_the_unit_keeps_or_cancels(area: Area, unit: tuple[Client, Principal]) -> None:
    client, _ = unit
    sitting = plan.sitting(area, plan.panel(area, "Erewash"), capacity=6)
    names = ("Feldspar", "Shale", "Marl", "Agate")
    men = [heard(area, name) for name in names]
    slots = [plan.slot(man, sitting, place) for place, man in enumerate(men)]
    dead, ending, level_1, _ = men
    plain = text_of(client.get(BOARD))
    assert "nobody to hear any more" not in plain

    at = f"/nominals/{dead.pk}/whereabouts/"
    said = {**hidden(client.get(at)), "kind": "dead", **day("starts_on", TODAY.isoformat())}
    shown = client.post(at, said)
    assert "A meeting is booked for 8 December 2026 at 10:00am. The person died on 23 November 2026" in text_of(shown)
    told = text_of(client.post(at, hidden(shown), follow=True))
    assert "A meeting is booked for 8 December 2026 at 10:00am. The person died on 23 November 2026" in told
    assert STANDS in told
    at = f"/grounds/{ending.grounds.get().pk}/end/"
    said = {**hidden(client.get(at)), "end_reason": EndReason.OTHER.value, **day("ends_on", "2026-12-01")}
    told = text_of(client.post(at, said, follow=True))
    assert "11:00am. The last ground ends on 1 December 2026" in told
    LevelSpan.objects.filter(nominal=level_1, level=Level.TWO).update(ends_on=TODAY - DAY)
    LevelSpan.objects.create(nominal=level_1, level=Level.ONE, starts_on=TODAY, decided_by=DecidingBody.MEETING)
    assert not Slot.objects.exclude(cancelled_on=None).exists(), "nothing is cancelled by itself"

    board = text_of(client.get(BOARD)).split("Who must be heard")[0]
    assert [name for name in names if name in board] == list(names[:3])
    assert "The person is not at Level 2 or 3 since 23 November 2026" in board
    page = f"/slots/{slots[0].pk}/"
    assert "stands until you cancel it, or keep it with a reason" in text_of(client.get(page))
    assert send(client, f"{page}keep/", reason="Yes").status_code == 422
    send(client, f"{page}keep/", reason="The review of the death is prepared")
    kept = text_of(client.get(page))
    assert "Kept on 23 November 2026: The review of the death is prepared" in kept
    assert "Keep the meeting" not in kept
    send(client, f"/slots/{slots[1].pk}/cancel/", reason="No ground any more")
    in_vain = f"/api/v1/nominals/{men[3].pk}/slots/{slots[3].pk}/keep/"
    refused = client.post(in_vain, {"reason": "It is held"}, content_type="application/json")
    assert (refused.status_code, "R26" in refused.content.decode()) == (409, True)
    sat = text_of(client.get(f"/sittings/{sitting.pk}/"))
    assert "Kept: The review of the death is prepared" in sat
    assert "Cancel or keep the meeting of Adam Marl" in sat
    board = text_of(client.get(BOARD)).split("Who must be heard")[0]
    assert [name for name in names if name in board] == ["Marl"]
    with queries() as one:
        client.get(BOARD)
    heard_too = [plan.slot(died(heard(area, name)), sitting, place) for place, name in ((4, "Chert"), (5, "Onyx"))]
    with queries() as three:
        client.get(BOARD)
    assert (len(heard_too), len(three)) == (2, len(one))


def test_nothing_is_told_of_a_meeting_that_one_may_not_know_of(area: Area, unit: tuple[Client, Principal]) -> None:
    client, by = unit
    open_to_nobody = [heard(area, "Gypsum", handling=Handling.CATEGORY_4), heard(area, "Ochre")]
    for man in open_to_nobody:
        plan.slot(man)
        died(man)
    set_handling(nominal_id=open_to_nobody[1].pk, handling=Handling.RESTRICTED, reason="Leaked", **BY)
    board = text_of(client.get(BOARD))
    assert "nobody to hear any more" not in board
    assert not any(still_booked(man, by, TODAY) for man in open_to_nobody)
    assert all(still_booked(man, system(), TODAY) for man in open_to_nobody)
    slot = open_to_nobody[0].slots.get()
    assert client.get(f"/slots/{slot.pk}/keep/").status_code == 404
