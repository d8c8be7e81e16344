"""The pages and the interface of panels and sittings: set up, planned, moved, cancelled; Category 4 stays hidden."""

from typing import Any

import pytest
from django.test import Client

from agencies.models import Area
from agencies.roles import Role
from cases.models import Nominal
from cases.records import ParticipationRecord
from cases.services.obligations import bring_in_line
from mappa import clock
from meetings.board_forms import code_of, line_code
from meetings.models import Chair, Panel, PanelAgency, Room, Sitting, Slot, SlotChange
from rules.vocabulary import ChairRole, Handling, Level
from tests.factories import cases as make
from tests.factories import meetings as plan
from tests.factories.agencies import AgencyFactory, AreaFactory, UserFactory
from tests.factories.cases import LONG_AGO, TODAY
from tests.factories.visits import day, hidden, text_of, visitor


@pytest.fixture
def area(db: None) -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def unit(area: Area) -> Client:
    return visitor(area)[0]


@pytest.fixture
def cleared(area: Area) -> Client:
    return visitor(area, user=UserFactory.create(category_4=True))[0]


def send(client: Client, url: str, **said: Any) -> Any:
    """Open the form, fill it in, send it."""
    return client.post(url, {**hidden(client.get(url)), **said})


def at_level_2(area: Area, family_name: str = "Feldspar", **more: Any) -> Nominal:
    last = make.meeting(plan.SOON.replace(day=1, month=9))
    man = make.nominal(
        area, family_name=family_name, levels=(make.at_level(Level.TWO, LONG_AGO),), meetings=(last,), **more
    )
    bring_in_line([man.pk], today=TODAY)
    return man


def test_a_panel_is_set_up_and_its_sittings_generated(area: Area, unit: Client) -> None:
    agency = AgencyFactory.create(area=area, name="Erewash housing")
    _, chair = visitor(area)
    said = {
        "name": "Erewash", "level": Level.TWO.value, "weekday": "1", "ordinals": ["2", "4"], "begins": "2.30pm",
        "slot_minutes": "45", "capacity": "3", "join_link": "meet.example.org/erewash",
        **day("starts_on", TODAY.isoformat()),
    }  # fmt: skip
    wrong = send(unit, "/panels/set-up/", **said | {"begins": "half two", "capacity": "none"})
    assert wrong.status_code == 422
    assert "Enter a time like 10:00 or 2.30pm." in text_of(wrong)
    assert 'value="half two"' in wrong.content.decode()
    page = send(unit, "/panels/set-up/", **said)
    panel = Panel.objects.get()
    url = f"/panels/{panel.pk}/"
    assert page["Location"] == url
    assert "Nobody may chair it" in text_of(unit.get(url))
    send(unit, f"{url}members/add/", agency=agency.pk, **day("starts_on", TODAY.isoformat()))
    again = send(unit, f"{url}members/add/", agency=agency.pk, **day("starts_on", TODAY.isoformat()))
    assert "This agency is a standing member then" in text_of(again)
    role = ChairRole.COORDINATOR.value
    send(
        unit, f"/panels/chairs/allow/?panel={panel.pk}", user=chair.user_id, role=role, panel=panel.pk,
        **day("starts_on", TODAY.isoformat()),
    )  # fmt: skip
    send(unit, "/panels/rooms/add/", name="Meeting Room 1")
    too_far = send(unit, f"{url}generate/", **day("until", "2040-01-01"))
    assert too_far.status_code == 422
    assert "bank holidays" in text_of(too_far)
    send(unit, f"{url}generate/", **day("until", "2026-12-31"))
    text = text_of(unit.get(url))
    assert "Second and fourth Tuesday, at 2:30pm" in text
    assert "https://meet.example.org/erewash" in text
    assert "Tuesday 8 December 2026" in text
    assert [row.sits_on.isoformat() for row in Sitting.objects.all()] == ["2026-11-24", "2026-12-08", "2026-12-22"]
    assert "Meeting Room 1" in text_of(unit.get("/panels/rooms/"))
    send(unit, f"/panels/members/{PanelAgency.objects.get().pk}/end/", **day("ends_on", TODAY.isoformat()))
    send(unit, f"/panels/chairs/{Chair.objects.get().pk}/end/", **day("ends_on", TODAY.isoformat()))
    send(unit, f"{url}change/", **said | {"ordinals": [], "begins": "10:00", "name": "Erewash and Long Eaton"})
    assert "By arrangement" in text_of(unit.get(url))
    assert "plan its sittings one by one" in text_of(unit.get(url)), "said where the button stands"


def test_a_sitting_is_planned_moved_given_a_chair_and_cancelled(area: Area, unit: Client) -> None:
    panel = plan.panel(area)
    free, away = visitor(area)[1].user, visitor(area)[1].user
    for user in (free, away):
        plan.may_chair(area, user)
    away.absences.create(starts_on=plan.SOON, ends_on=plan.SOON)
    room = Room.objects.create(area=area, name="Meeting Room 1")
    on_a_saturday = send(unit, "/sittings/plan/", panel=panel.pk, **day("on", "2026-12-05"))
    assert on_a_saturday.status_code == 422
    assert "5 December 2026 is no working day" in text_of(on_a_saturday)
    assert 'value="5"' in on_a_saturday.content.decode() or 'value="05"' in on_a_saturday.content.decode()
    page = send(unit, "/sittings/plan/", panel=panel.pk, room=room.pk, **day("on", plan.SOON.isoformat()))
    sitting = Sitting.objects.get()
    url = f"/sittings/{sitting.pk}/"
    assert page["Location"] == url
    man, other = at_level_2(area), at_level_2(area, "Marl")
    plan.slot(man, sitting)
    text = text_of(unit.get(url))
    assert "10:00am to 11:00am Adam Feldspar" in text
    assert "Free: 11:00am, midday, 1:00pm." in text
    assert "is away until 8 December 2026" in text_of(unit.get(f"{url}chair/"))
    refused = send(unit, f"{url}chair/", chair=away.pk)
    assert refused.status_code == 422
    send(unit, f"{url}chair/", chair=free.pk)
    plan.slot(other, plan.sitting(area, plan.panel(area, "Bolsover"), starts_at=plan.at(15)))
    plan.slot(other, sitting, place=1)
    moving = {"begins": "14:00", "join_link": "", **day("on", plan.SOON.isoformat())}
    clash = send(unit, f"{url}move/", reason="The hall is let", **moving)
    assert "heard elsewhere at that time" in text_of(clash)
    assert 'value="The hall is let"' in clash.content.decode()
    stale = hidden(unit.get(f"{url}move/"))
    send(unit, f"{url}move/", reason="The hall is let", **moving | {"begins": "9:30"})
    assert unit.post(f"{url}move/", {**stale, "reason": "Too late", **moving}).status_code == 409
    text = text_of(unit.get(url))
    assert "9:30am to 10:30am Adam Feldspar" in text
    assert "Moved: Adam Feldspar" in text
    assert send(unit, f"{url}cancel/", reason="Ill").status_code == 422
    send(unit, f"{url}cancel/", reason="The chair is ill")
    text = text_of(unit.get(url))
    assert "This sitting was cancelled" in text
    assert "The chair is ill" in text
    assert SlotChange.objects.filter(slot__nominal=man).count() == 2
    assert "Bolsover Level 2" in text_of(unit.get("/sittings/?state=people"))
    assert "Erewash" in text_of(unit.get(f"/sittings/?state=cancelled&panel={panel.pk}"))


def test_an_empty_sitting_says_when_it_is_let_go(area: Area, unit: Client) -> None:
    soon = plan.sitting(area, plan.panel(area), starts_at=plan.at(on=plan.SOON.replace(month=11, day=27)))
    later = plan.sitting(area, plan.panel(area, "Bolsover"), starts_at=plan.at(on=plan.SOON.replace(day=22)))
    assert "Nobody had been placed in it by 13 November 2026" in text_of(unit.get(f"/sittings/{soon.pk}/"))
    assert "It is let go on 8 December 2026, 10 working days before" in text_of(unit.get(f"/sittings/{later.pk}/"))
    released = text_of(unit.get("/sittings/?state=released"))
    assert "Free: 10:00am" in text_of(unit.get(f"/sittings/{later.pk}/"))
    assert "Free" not in text_of(unit.get(f"/sittings/{soon.pk}/")), "let go: nobody waits"
    place = f"/nominals/{at_level_2(area).pk}/place/?at={code_of(soon.pk, soon.starts_at)}"
    assert "This sitting was let go on 13 November 2026" in text_of(unit.get(place))
    assert "Friday 27 November 2026" in released
    assert "Tuesday 22 December 2026" not in released


def test_an_agency_knows_the_sittings_of_its_people_and_their_hours_only(area: Area, unit: Client) -> None:
    contact, membership = visitor(area, Role.SPOC, agency=AgencyFactory.create(area=area))
    part = ParticipationRecord(membership.agency_id, LONG_AGO)
    ours, other = at_level_2(area, participations=(part,)), at_level_2(area, "Marl")
    sitting = plan.sitting(area, plan.panel(area))
    elsewhere = plan.sitting(area, plan.panel(area, "Bolsover"), starts_at=plan.at(15))
    plan.slot(other, sitting)
    plan.slot(ours, sitting, place=1)
    plan.slot(other, elsewhere)
    text = text_of(contact.get(f"/sittings/{sitting.pk}/"))
    assert "11:00am to midday Adam Feldspar" in text
    assert "Marl" not in text
    assert "Free" not in text
    assert contact.get(f"/sittings/{elsewhere.pk}/").status_code == 404
    assert contact.get(f"/sittings/{sitting.pk}/move/").status_code == 403
    listed = text_of(contact.get("/sittings/"))
    assert "Erewash" in listed
    assert "Bolsover" not in listed
    assert "Marl" in text_of(unit.get(f"/sittings/{sitting.pk}/"))


def test_a_category_4_panel_is_absent_for_whoever_is_not_cleared(area: Area, unit: Client, cleared: Client) -> None:
    panel = plan.panel(area, "Hidden", national_security=True)
    chair = Chair.objects.create(
        area=area, panel=panel, user=UserFactory.create(), role=ChairRole.NATIONAL_SECURITY, starts_on=LONG_AGO
    )
    member = PanelAgency.objects.create(panel=panel, agency=AgencyFactory.create(area=area), starts_on=LONG_AGO)
    sitting = plan.sitting(area, panel)
    plan.slot(at_level_2(area, handling=Handling.CATEGORY_4), sitting)
    pages = [
        f"/panels/{panel.pk}/", f"/panels/{panel.pk}/change/", f"/panels/{panel.pk}/generate/",
        f"/panels/members/{member.pk}/end/", f"/panels/chairs/{chair.pk}/end/", f"/sittings/{sitting.pk}/",
        f"/sittings/{sitting.pk}/move/", f"/api/v1/panels/{panel.pk}/", f"/api/v1/sittings/{sitting.pk}/",
    ]  # fmt: skip
    assert {unit.get(url).status_code for url in pages if "generate" not in url} == {404}
    assert {cleared.get(url).status_code for url in pages} == {200}
    for url in ("/panels/", "/sittings/", "/sittings/plan/", "/panels/chairs/allow/", "/api/v1/panels/"):
        assert "Hidden" in cleared.get(url).content.decode()
        assert "Hidden" not in unit.get(url).content.decode()
    assert unit.get("/api/v1/sittings/").json()["count"] == 0
    planned = {"panel": panel.pk, "starts_at": plan.at(15).isoformat()}
    refused = unit.post("/api/v1/sittings/", planned, content_type="application/json")
    assert refused.json()["errors"] == {"panel": ["There is no such panel."]}

    man = at_level_2(area, "Marl")
    slot = plan.slot(man, plan.sitting(area, starts_at=plan.at(14)))
    absent = sitting.pk + 999

    def sent(url: str, sitting_id: int) -> tuple[int, str]:
        lines = line_code(man.pk, sitting_id, plan.at())
        at = {"at": code_of(sitting_id, plan.at()), "kind": "review", "reason": "The room floods", "lines": lines}
        answer = unit.post(url, {**hidden(unit.get(url)), **at}, follow=True)
        return answer.status_code, text_of(answer)

    for url in (f"/nominals/{man.pk}/place/", f"/slots/{slot.pk}/move/", "/scheduling/plan/"):
        said = sent(url, sitting.pk)
        assert "Choose a sitting of this area" in said[1]
        assert said == sent(url, absent), "hidden and absent are one"


def test_the_interface_plans_places_moves_and_cancels(area: Area, unit: Client) -> None:
    def post(url: str, **said: Any) -> Any:
        return unit.post(f"/api/v1/{url}", said, content_type="application/json")

    panel, man = plan.panel(area), at_level_2(area)
    made = post("sittings/", panel=panel.pk, starts_at="2026-12-08T10:00:00")
    assert made.status_code == 201
    sitting = made.json()
    assert (sitting["starts_at"], sitting["capacity"], sitting["state"]) == ("2026-12-08T10:00:00Z", 4, "empty")
    twice = post("sittings/", panel=panel.pk, starts_at="2026-12-08T10:00:00")
    assert twice.status_code == 409
    assert twice.json()["reasons"] == [{"rule": "R55", "text": "The panel sits then already"}]
    slots = f"nominals/{man.pk}/slots/"
    early = {"sitting": sitting["id"], "kind": "review", "starts_at": "2026-12-08T09:00:00"}
    assert post(slots, **early).json()["reasons"][0]["rule"] == "R55"
    assert post(slots, **early | {"sitting": 999_999}).json()["errors"] == {"sitting": ["There is no such sitting."]}
    over = post(slots, **early | {"starts_at": "2026-12-08T14:00:00"}).json()["reasons"]
    assert over == [{"rule": "R55", "text": "The sitting ends at 2:00pm: choose an earlier time"}]
    placed = post(slots, **early | {"starts_at": "2026-12-08T13:30:00"}).json()  # after a break
    moved = post(
        f"{slots}{placed['id']}/move/", sitting=sitting["id"], starts_at="2026-12-08T10:00:00", reason="An hour earlier"
    )
    assert moved.json()["starts_at"] == "2026-12-08T10:00:00Z"
    assert [row["nominal"] for row in unit.get(f"/api/v1/sittings/{sitting['id']}/slots/").json()] == [man.pk]
    assert unit.get("/api/v1/sittings/?state=people").json()["count"] == 1
    assert unit.get("/api/v1/sittings/?where=here").status_code == 400
    later = post(
        f"sittings/{sitting['id']}/move/",
        version=sitting["version"],
        starts_at="2026-12-08T13:00:00",
        reason="The room is let",
    )
    assert later.json()["version"] == sitting["version"] + 1
    assert Slot.objects.get().starts_at == plan.at(13)
    changed = post(f"sittings/{sitting['id']}/cancel/", version=sitting["version"], reason="The chair is ill")
    assert (changed.status_code, changed.json()["title"]) == (409, "Changed meanwhile")
    assert post(f"{slots}{placed['id']}/cancel/", reason="He has died").json()["cancelled_on"] == TODAY.isoformat()
    gone = post(f"sittings/{sitting['id']}/cancel/", version=sitting["version"] + 1, reason="The chair is ill")
    assert gone.json()["state"] == "cancelled"
    assert unit.get(f"/api/v1/panels/{panel.pk}/").json()["members"] == []


def test_the_interface_sets_up_panels_names_chairs_and_arranges(area: Area, unit: Client) -> None:
    def send(url: str, method: str = "post", **said: Any) -> Any:
        return getattr(unit, method)(f"/api/v1/{url}", said, content_type="application/json")

    said = {"name": "Erewash", "level": "2", "begins": "10:00", "starts_on": "2026-11-01", "ordinals": [2]}
    made = send("panels/", **said)
    assert made.status_code == 201
    panel = made.json()
    assert (panel["weekday"], panel["capacity"], panel["ordinals"]) == ("1", 4, [2])
    assert send("panels/", **said).json()["reasons"][0]["rule"] == "R55"
    assert set(send("panels/", **said | {"level": "9", "ordinals": [7]}).json()["errors"]) == {"level", "ordinals"}
    changed = send(f"panels/{panel['id']}/", "patch", capacity=2).json()
    assert (changed["capacity"], changed["name"], changed["ordinals"]) == (2, "Erewash", [2]), "the rest stays"
    made = send(f"panels/{panel['id']}/generate/", until="2027-01-31")
    assert (made.status_code, len(made.json()["sittings"])) == (201, 2)
    assert send(f"panels/{panel['id']}/generate/", until="2026-01-31").json()["reasons"][0]["rule"] == "R55"
    chair, sitting = UserFactory.create(), f"sittings/{made.json()['sittings'][0]}/"
    absent = send(f"{sitting}chair/", version=1, chair=chair.pk)
    assert absent.json()["errors"] == {"chair": ["There is nobody of this number who may chair it."]}
    plan.may_chair(area, chair)
    assert send(f"{sitting}chair/", version=1, chair=chair.pk).json()["chair"] == chair.pk
    assert send(f"{sitting}chair/", version=1, chair=chair.pk).json()["title"] == "Changed meanwhile"

    man, hostel = at_level_2(area), AgencyFactory.create(area=area, name="Hostel")
    url = f"nominals/{man.pk}/slots/arrange/"
    meeting = {"starts_at": "2026-12-02T10:00:00", "kind": "review", "level": "2", "chair": chair.pk}
    refused = send(url, **meeting, added=[{"agency": hostel.pk, "because": "Hostel"}])
    assert {each["rule"] for each in refused.json()["reasons"]} == {"R57"}
    slot = send(url, **meeting, added=[{"agency": hostel.pk, "because": "He lives there now"}])
    assert slot.status_code == 201
    stored = Slot.objects.get(pk=slot.json()["id"])
    assert stored.sitting.chair == chair
    assert stored.invitations.live().get(agency=hostel).because == "He lives there now"
    described = unit.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()["paths"]
    found = {path.removeprefix("/api/v1/"): set(each) & {"get", "post", "patch"} for path, each in described.items()}
    assert found["panels/"] == {"get", "post"}
    assert found["panels/{id}/"] == {"get", "patch"}
    assert {"panels/{id}/generate/", "sittings/{id}/chair/", "nominals/{nominal_pk}/slots/arrange/"} <= set(found)
