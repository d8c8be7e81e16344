"""The scheduling board: placed by one press, refused with the rule, planned, arranged, moved, cancelled."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.kinds import AgencyKind, Duty
from agencies.models import Absence, Area
from agencies.principal import Principal
from cases.models import Nominal
from cases.records import KeyDateRecord
from cases.services.obligations import bring_in_line
from desk.meeting_cards import meeting_cards
from mappa import clock
from meetings.board import due_within, hearing_of, sittings_ahead
from meetings.board_forms import code_of, line_code
from meetings.models import InviteRule, Panel, PanelAgency, Sitting, Slot
from meetings.placing import level_to_hear, placement_of
from meetings.records import Placing, Planned
from meetings.services.plans import accept_plan
from meetings.services.slots import may_place_person
from pages.lists import ListContext
from rules.vocabulary import (
    BookingPart,
    Handling,
    InviteReason,
    KeyDateKind,
    Level,
    MeetingKind,
    ObligationKind,
    ReferralState,
    Whereabouts,
)
from tests.factories import cases as make
from tests.factories import meetings as plan
from tests.factories.agencies import AgencyFactory, AreaFactory, ContactFactory, UserFactory
from tests.factories.cases import TODAY, system
from tests.factories.referrals import referral
from tests.factories.visits import day, hidden, queries, text_of, visitor

DAY = timedelta(days=1)
LAST = TODAY - timedelta(days=90)
LIMIT = LAST + timedelta(days=112)
BOARD = "/scheduling/"


@pytest.fixture
def area(db: None) -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def unit(area: Area) -> tuple[Client, Principal]:
    client, membership = visitor(area)
    return client, Principal.for_membership(membership, on=TODAY)


@pytest.fixture
def panel(area: Area) -> Panel:
    return plan.panel(area, "Erewash")


def heard(area: Area, name: str = "Feldspar", *, last: date = LAST, **more: Any) -> Nominal:
    """Somebody at Level 2, sixteen weeks after whose last meeting a review is due."""
    level = (make.at_level(Level.TWO, last - timedelta(days=200)),)
    man = make.nominal(area, family_name=name, levels=level, meetings=(make.meeting(last),), **more)
    bring_in_line([man.pk], today=TODAY)
    return man


def send(client: Client, url: str, **said: Any) -> Any:
    return client.post(url, {**hidden(client.get(url)), **said})


def test_today_counts_whom_the_board_shows(unit: tuple[Client, Principal], area: Area, panel: Panel) -> None:
    heard(area)
    plan.slot(heard(area, "Marl"), plan.sitting(area, panel))
    client, by = unit
    cards = meeting_cards(ListContext(by, TODAY))["Meetings"]
    assert cards[0] == ("to be placed in a sitting", 1, BOARD, False)
    assert "Marl" not in text_of(client.get(BOARD)).split("Sittings ahead")[0]


def test_the_board_says_who_is_due_and_places_by_one_press(
    area: Area, panel: Panel, unit: tuple[Client, Principal]
) -> None:
    client, by = unit
    man = heard(area)
    heard(area, "Gypsum", handling=Handling.CATEGORY_4)
    late = heard(area, "Shale", last=TODAY - timedelta(days=120))
    sitting = plan.sitting(area, panel, capacity=2)
    plan.sitting(area, panel, starts_at=plan.at(10, on=TODAY + 2 * DAY))  # empty and so near: it was let go
    plan.sitting(area, starts_at=plan.at(14))  # a single meeting that nobody is in any more
    text = text_of(client.get(BOARD))
    assert text.index("Shale") < text.index("Feldspar"), "the most urgent first"
    assert "8 days late" in text
    assert f"{(LIMIT - TODAY).days} days left" in text
    assert "Gypsum" not in text
    assert "Place on 8 December 2026 at 10:00am" in text
    assert "0 of 2 placed. Free: 10:00am, 11:00am" in text
    assert [each.row for each in sittings_ahead(by, today=TODAY)] == [sitting]
    said = {"at": code_of(sitting.pk, sitting.starts_at), "kind": "review", "next": BOARD}
    answer = client.post(f"/nominals/{man.pk}/place/", said)
    assert answer["Location"] == BOARD
    link = f'at 10:00am. <a class="govuk-notification-banner__link" href="/sittings/{sitting.pk}/">The sitting</a>'
    assert f"Placed on 8 December 2026 {link}" in client.get(BOARD).content.decode(), (
        "said where one comes from, with the way to the sitting"
    )
    slot = Slot.objects.get()
    assert (slot.nominal, slot.starts_at, slot.kind) == (man, sitting.starts_at, MeetingKind.REVIEW)
    assert "Feldspar" not in text_of(client.get(BOARD))
    assert f"/slots/{slot.pk}/" in client.get(f"{BOARD}?show=placed").content.decode()
    assert [row.nominal for row in due_within(by, today=TODAY)] == [late]
    # Whoever looks at the person, or would place them once more, is told.
    elsewhere = plan.sitting(area, plan.panel(area, "Derby City"), capacity=2)
    record, again = client.get(f"/nominals/{man.pk}/"), client.get(f"/nominals/{man.pk}/place/")
    assert "Meeting ahead: 8 December 2026 at 10:00am" in text_of(record)
    assert f'href="/slots/{slot.pk}/"' in record.content.decode()
    assert "Meetings ahead 8 December 2026 at 10:00am, Erewash" in text_of(again)
    assert "Meetings ahead 8 December 2026 at 10:00am, Erewash" in text_of(client.get(f"/nominals/{man.pk}/arrange/"))
    assert code_of(elsewhere.pk, elsewhere.starts_at) not in again.content.decode(), "they are heard elsewhere then"
    assert code_of(elsewhere.pk, plan.at(11)) in again.content.decode()


def test_placing_says_at_once_what_it_means(area: Area, panel: Panel, unit: tuple[Client, Principal]) -> None:
    client, _ = unit
    man = heard(area, date_of_birth=TODAY - timedelta(days=16 * 365))
    agency = AgencyFactory.create(area=area, name="Northdale housing", duty=Duty.E)
    PanelAgency.objects.create(panel=panel, agency=agency, starts_on=LAST)
    sitting = plan.sitting(area, panel, starts_at=plan.at(10, on=LIMIT + 2 * DAY), chair=UserFactory.create())
    url = f"/nominals/{man.pk}/place/?at={code_of(sitting.pk, sitting.starts_at)}"
    text = text_of(client.get(url))
    assert "2 days after the limit" in text
    assert "count it as missed" in text
    assert "Children's social care must be there" in text
    assert "Northdale housing (Standing member of the panel" in text
    assert "Northdale housing, memorandum" in text
    assert "This time cannot be given" not in text
    assert "chairs and is free" in text
    Absence.objects.create(user=sitting.chair, starts_on=sitting.sits_on, ends_on=sitting.sits_on)
    away = text_of(client.get(url))
    assert "The chair is away" in away
    assert "chairs and is free" not in away
    Absence.objects.all().delete()
    form = hidden(client.get(url))
    refused = client.post(f"/nominals/{man.pk}/place/", {**form, "kind": "exit", "why": "To leave Level 2"})
    assert refused.status_code == 422
    assert "Give the reason for being out of time" in text_of(refused)
    assert "To leave Level 2" in refused.content.decode(), "nothing typed is lost"
    done = client.post(
        f"/nominals/{man.pk}/place/", {**form, "kind": "exit", "out_of_time_because": "No chair before then"}
    )
    slot = Slot.objects.get()
    assert done["Location"] == f"/slots/{slot.pk}/"
    page = text_of(client.get(done["Location"]))
    assert "No chair before then" in page
    assert "Northdale housing Standing member of the panel" in page
    taken = text_of(
        client.get(f"/nominals/{heard(area, 'Marl').pk}/place/?at={code_of(sitting.pk, sitting.starts_at)}")
    )
    assert "This time cannot be given" in taken
    assert "This time is taken" in taken


def test_a_first_meeting_before_release_has_its_window(area: Area, unit: tuple[Client, Principal]) -> None:
    out_on = TODAY + timedelta(days=400)
    man = make.nominal(
        area,
        levels=(make.at_level(Level.TWO, TODAY),),
        whereabouts=(make.stay(Whereabouts.CUSTODY, TODAY - timedelta(days=400)),),
        key_dates=(KeyDateRecord(KeyDateKind.RELEASE, out_on),),
    )
    referral(area, man, ReferralState.ACCEPTED, decided_on=TODAY, level_given=Level.THREE)
    bring_in_line([man.pk], today=TODAY)
    assert level_to_hear(man, today=TODAY) is Level.THREE, "where the level begins with the first meeting, too"
    assert "R34" in str(
        may_place_person(
            man, by=system(), today=TODAY, sitting=plan.sitting(area, starts_at=plan.at(16)),
            placing=Placing(plan.at(16), MeetingKind.INITIAL),
        ).reasons
    )  # fmt: skip
    hearing, row = hearing_of(man, today=TODAY)
    window = hearing.window_from
    assert row.kind == ObligationKind.FIRST_MEETING
    assert window is not None
    assert TODAY < window < out_on - DAY == hearing.limit
    assert placement_of(man, window - DAY).window_from == window
    sitting = plan.sitting(area, plan.panel(area), level=Level.THREE)
    text = text_of(unit[0].get(f"/nominals/{man.pk}/place/?at={code_of(sitting.pk, sitting.starts_at)}"))
    assert "No sitting of the coming weeks has a free time that would do" in text
    assert "it does not count as the meeting before release" in text


def test_a_plan_is_accepted_but_for_what_was_taken_meanwhile(
    area: Area, panel: Panel, unit: tuple[Client, Principal]
) -> None:
    client, by = unit
    people = [heard(area, name, last=LAST - number * DAY) for number, name in enumerate(("Marl", "Shale", "Chert"))]
    sitting = plan.sitting(area, panel, capacity=2)
    page = client.get("/scheduling/plan/")
    text = text_of(page)
    assert "3 people are due and not placed; 1 sitting is ahead" in text
    assert "Every time that would do is taken, or goes to somebody who is due before" in text
    codes = [line_code(man.pk, sitting.pk, plan.at(hour)) for man, hour in ((people[2], 10), (people[1], 11))]
    assert all(code in page.content.decode() for code in codes), "the two most urgent"
    other = f"/nominals/{people[2].pk}/place/?at={code_of(sitting.pk, plan.at(10))}&amp;next=/scheduling/plan/"
    assert f'href="{other}">Choose another time' in page.content.decode(), "a line is changed, and the plan made anew"
    proposed = client.get("/api/v1/plan/").json()
    assert {(line["nominal"], line["sitting"], line["days_late"]) for line in proposed["lines"]} == {
        (people[1].pk, sitting.pk, 0), (people[2].pk, sitting.pk, 0),
    }  # fmt: skip
    assert [each["nominal"] for each in proposed["left"]] == [people[0].pk]
    stranger = heard(AreaFactory.create(), "Gypsum")
    plan.slot(people[0], sitting, 1)
    sent = {**hidden(page), "lines": [*codes, line_code(stranger.pk, sitting.pk, plan.at(10))]}
    answer = client.post("/scheduling/plan/", sent, follow=True)
    assert "1 person has been placed" in text_of(answer)
    assert "Somebody was not placed: This time is taken (R57)" in text_of(answer)
    assert set(Slot.objects.values_list("nominal", flat=True)) == {people[0].pk, people[2].pk}
    assert "Tick at least one line" in text_of(send(client, "/scheduling/plan/"))
    line = Planned(stranger.pk, sitting.pk, Placing(plan.at(11), MeetingKind.REVIEW))
    assert accept_plan(by=by, today=TODAY, area_id=area.pk, lines=[line]).placed == ()
    free = plan.sitting(area, panel, starts_at=plan.at(10, on=plan.SOON + DAY))
    said = [{"nominal": each.pk, "sitting": free.pk, "starts_at": free.starts_at.isoformat()}
            for each in (people[1], stranger)]  # fmt: skip
    done = client.post("/api/v1/plan/", {"lines": said}, content_type="application/json")
    assert (done.status_code, len(done.json()["placed"]), done.json()["refused"]) == (201, 1, [])
    assert client.post("/api/v1/plan/", {"lines": []}, content_type="application/json").status_code == 400


def test_one_meeting_is_arranged_on_one_page(area: Area, unit: tuple[Client, Principal]) -> None:
    client, _ = unit
    chair = UserFactory.create(given_name="Helen", family_name="Curlew")
    plan.may_chair(area, chair)
    man = heard(area)
    url = f"/nominals/{man.pk}/arrange/"
    first = client.get(url)
    for on in ("Monday 7", "Tuesday 8", "Wednesday 9"):
        assert f"{on} December 2026 at 10:00am, Helen Curlew chairs" in text_of(first), "with ten working days' notice"
    assert "the figures will count it as held in time" in text_of(first)
    at = f"{int(plan.at(10, on=date(2026, 12, 8)).timestamp())}-{chair.pk}"
    said = {"at": at, "kind": "review", "level": "2", "minutes": 45, "join_link": "https://meet.example.org/1"}
    done = client.post(url, {**hidden(first), **said, "invited": hidden(first)["shown"]})
    slot = Slot.objects.get()
    assert done["Location"] == f"/slots/{slot.pk}/"
    assert (slot.sitting.panel, slot.sitting.chair, slot.ends_at - slot.starts_at) == (
        None,
        chair,
        timedelta(minutes=45),
    )
    assert slot.bookings.get().part == BookingPart.CHAIR
    # The same chair at the same time, typed, for somebody else: refused, and no empty sitting stays behind.
    other = heard(area, "Marl")
    typed = {**said, "at": "another", "hour": "10.15", "chair": chair.pk, **day("day", "2026-12-08"), "why": "A reason"}
    typed["invited"] = hidden(client.get(f"/nominals/{other.pk}/arrange/"))["shown"]
    refused = send(client, f"/nominals/{other.pk}/arrange/", **typed)
    assert refused.status_code == 422
    assert "The chair is not free at that time" in text_of(refused)
    assert "A reason" in refused.content.decode()
    assert Sitting.objects.count() == 1


def test_who_is_invited_is_chosen_before_it_is_sent(area: Area, unit: tuple[Client, Principal]) -> None:
    client, _ = unit
    plan.may_chair(area, UserFactory.create(given_name="Helen", family_name="Curlew"))
    care = AgencyFactory.create(
        area=area, name="Care", kind=AgencyKind.CHILDREN_SERVICES, duty=Duty.RESPONSIBLE_AUTHORITY
    )
    school = AgencyFactory.create(area=area, name="School", kind=AgencyKind.EDUCATION, duty=Duty.D)
    hostel = AgencyFactory.create(area=area, name="Hostel", kind=AgencyKind.SOCIAL_LANDLORD, duty=Duty.E)
    man = heard(area, date_of_birth=TODAY - timedelta(days=16 * 365))
    contact = ContactFactory.create(agency=school)
    Absence.objects.create(user=contact.user, starts_on=date(2026, 12, 8), ends_on=date(2026, 12, 8))
    url = f"/nominals/{man.pk}/arrange/"
    with queries() as few:
        page = client.get(url)
    text = text_of(page)
    assert "8 December 2026 at 10:00am" in text
    assert "School: its contacts are away on that day" in text
    assert "Children's social care is invited" in text
    assert "Helen Curlew chairs and is free" in text
    assert "Care, memorandum" in text
    asked = page.context["form"]["invited"].value()
    assert {str(care.pk), str(school.pk)} <= set(asked)
    said = {
        **hidden(page), "at": page.context["form"]["at"].value(), "kind": "review", "level": "2", "minutes": 60,
        "invited": [key for key in asked if key != str(care.pk)], "added": hostel.pk, "added_because": "Hostel",
    }  # fmt: skip
    refused = client.post(url, said)
    assert refused.status_code == 422
    assert "Say why they are invited, in 3 words or more" in text_of(refused)
    assert "Children's social care must be there, and is not yet" in text_of(refused), "of what is ticked now"
    again = refused.context["form"]
    assert (again["added"].value(), again["added_because"].value()) == (str(hostel.pk), "Hostel")
    assert str(care.pk) not in again["invited"].value(), "nothing unticked is ticked again"
    assert not Sitting.objects.exists()
    assert "Say why the other agency is invited" in text_of(client.post(url, {**said, "added_because": ""}))
    assert "Choose the other agency" in text_of(client.post(url, {**said, "added": ""}))
    grown = {
        **said,
        "at": "another",
        "hour": "10.00",
        **day("day", "2029-11-20"),
        "added_because": "He lives there now",
    }
    other = client.post(url, grown)
    assert "At this time others are asked for" in text_of(other), "nobody is left out or invited who was not shown"
    assert str(care.pk) not in other.context["form"]["invited"].value()
    done = client.post(url, {**said, "added_because": "He lives there now"}, follow=True)
    assert "Children's social care must be there, and is not yet (R30)" in text_of(done)
    rows = {row.agency_id: row for row in Slot.objects.get().invitations.all()}
    assert rows[care.pk].withdrawn_on == TODAY, "taken off, so that a later move does not invite them"
    assert rows[school.pk].withdrawn_on is None
    assert (rows[hostel.pk].because, rows[hostel.pk].reasons) == ("He lives there now", [InviteReason.BY_HAND])
    for name in ("Alder ward", "Rowan ward", "Hazel ward"):
        named = AgencyFactory.create(area=area, name=name, kind=AgencyKind.HEALTH_TRUST, duty=Duty.E)
        InviteRule.objects.create(area=area, reason=InviteReason.CHILD, agency=named)
    for kind in (AgencyKind.CHILDREN_SERVICES, AgencyKind.EDUCATION):
        InviteRule.objects.create(area=area, reason=InviteReason.CHILD, kind=kind)
    with queries() as many:
        assert "Hazel ward" in text_of(client.get(f"/nominals/{man.pk}/arrange/"))
    assert len(many) <= len(few) + 1, "as many for four agencies as for one"


def test_an_emergency_meeting_takes_two_clicks(area: Area, unit: tuple[Client, Principal]) -> None:
    client, _ = unit
    man = heard(area)
    url = reverse("meeting-emergency", args=[man.pk])
    assert url in client.get(f"/nominals/{man.pk}/").content.decode()
    page = client.get(url)
    assert "only when it took the whole plan" in text_of(page)
    form = page.context["form"]
    proposed = {name: form[name].value() for name in ("at", "level", "minutes")}
    done = client.post(url, {**hidden(page), **proposed})
    slot = Slot.objects.get()
    assert done["Location"] == f"/slots/{slot.pk}/"
    assert (slot.kind, slot.sitting.capacity) == (MeetingKind.EMERGENCY, 1)
    assert slot.held_on in (TODAY, TODAY + DAY)
    level_1 = make.nominal(area, family_name="Chert")
    for page in ("emergency", "arrange", "place"):
        refused = client.get(f"/nominals/{level_1.pk}/{page}/")
        assert "This cannot be done now. " in text_of(refused)
        assert "refer them first" in text_of(refused)
        assert 'method="post" novalidate' not in refused.content.decode(), "no form for what is refused outright"


def test_a_slot_is_moved_and_cancelled_and_keeps_its_history(
    area: Area, panel: Panel, unit: tuple[Client, Principal]
) -> None:
    client, _ = unit
    man, sitting = heard(area), plan.sitting(area, panel)
    slot = plan.slot(man, sitting)
    plan.change(slot)
    url = f"/slots/{slot.pk}/move/?at={code_of(sitting.pk, plan.at(12))}"
    moved = client.post(f"/slots/{slot.pk}/move/", {**hidden(client.get(url)), "reason": "The prison asks"})
    assert moved["Location"] == f"/slots/{slot.pk}/"
    slot.refresh_from_db()
    assert slot.starts_at == plan.at(12)
    assert send(client, f"/slots/{slot.pk}/cancel/", reason="No").status_code == 422
    send(client, f"/slots/{slot.pk}/cancel/", reason="The person has died")
    text = text_of(client.get(f"/slots/{slot.pk}/"))
    for said in ("Placed", "Moved", "The prison asks", "Cancelled on 23 November 2026: The person has died"):
        assert said in text
    assert "This meeting was cancelled" in text_of(client.get(f"/slots/{slot.pk}/move/"))


def test_somebody_is_moved_within_the_rest_of_today_and_nobody_is_proposed_for_it(
    area: Area, panel: Panel, unit: tuple[Client, Principal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mappa.clock.now", lambda *_: plan.at(11, 30, on=TODAY))
    sitting = plan.sitting(area, panel, starts_at=plan.at(10, on=TODAY))
    slot = plan.slot(heard(area), sitting, 2)
    page = unit[0].get(f"/slots/{slot.pk}/move/").content.decode()
    assert [hour for hour in (10, 11, 12, 13) if code_of(sitting.pk, plan.at(hour, on=TODAY)) in page] == [13]
    assert "No sitting of the coming weeks has a free time that would do" in page
    url = f"/slots/{slot.pk}/move/?at={code_of(sitting.pk, plan.at(13, on=TODAY))}"
    unit[0].post(f"/slots/{slot.pk}/move/", {**hidden(unit[0].get(url)), "reason": "The prison asks"})
    slot.refresh_from_db()
    assert slot.starts_at == plan.at(13, on=TODAY)
