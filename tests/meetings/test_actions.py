"""Actions: brought in, closed by whom they concern, opened again; they move with agency, leaver and merged record."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from agencies.access import can
from agencies.models import Agency, Area
from agencies.roles import Perm, Role
from agencies.services.handover import hand_over
from agencies.services.succession import plan_succession
from cases.models import CaseParticipation, Nominal
from cases.records import NamedOfficerRecord
from cases.services.merging import merge_nominals, undo_merge
from letters.models import Message
from mappa import clock
from meetings.models import Action
from meetings.queries import actions_of
from meetings.records import ActionRecord
from meetings.services.actions import bring_in_actions, close_action, may_close_action, reopen_action
from rules.actions import action_status
from rules.core import Refused
from rules.vocabulary import ActionOutcome, DeadlineStatus, Handling, ParticipationSource
from tests.desk.test_today import cards
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory, principal_for, sign_in
from tests.factories.cases import LONG_AGO, TODAY, system

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def area() -> Area:
    return AreaFactory.create()


@pytest.fixture
def housing(area: Area) -> Agency:
    return AgencyFactory.create(area=area)


def brought(man: Nominal, agency: Agency, *whats: str, due_on: object = TODAY) -> list[Action]:
    records = [ActionRecord(agency.pk, what, LONG_AGO, due_on) for what in whats]  # type: ignore[arg-type]
    return list(bring_in_actions(by=system(), today=TODAY, nominal_id=man.pk, actions=records))


def closed(action: Action, **more: object) -> Action:
    asked = {"by": system(), "today": TODAY, "outcome": ActionOutcome.DONE, "closed_on": TODAY} | more
    return close_action(action_id=action.pk, **asked)  # type: ignore[arg-type]


def test_bringing_in_numbers_opens_the_case_and_writes_to_nobody(area: Area, housing: Agency) -> None:
    man = make.nominal(area)
    spoc = principal_for(MembershipFactory.create(area=area, agency=housing, role=Role.SPOC), on=TODAY)
    assert not can(spoc, Perm.NOMINAL_VIEW, man)
    first, second = brought(man, housing, "Confirm the tenancy", "Visit")
    assert (first.number, second.number, first.brought_in) == (1, 2, True)
    assert brought(man, housing, "confirm  the tenancy") == [], "the same again"
    assert [each.number for each in brought(man, housing, "Write")] == [3]
    assert can(spoc, Perm.NOMINAL_VIEW, man)
    assert not Message.objects.exists(), "R106: what is brought in is sent to nobody"
    with pytest.raises(Refused):
        brought(man, AgencyFactory.create(), "Visit")


def test_closing_and_opening_again(area: Area, housing: Agency) -> None:
    man = make.nominal(area)
    (action,) = brought(man, housing, "Visit")
    with pytest.raises(Refused):
        closed(action, outcome=ActionOutcome.NOT_DONE)
    closed(action, outcome=ActionOutcome.NOT_DONE, note="The landlord withdrew")
    part = CaseParticipation.objects.get(content_object=man, source=ParticipationSource.ACTION)
    assert part.ends_on == TODAY + 28 * DAY
    with pytest.raises(Refused):
        closed(action)
    again = reopen_action(by=system(), today=TODAY, action_id=action.pk, reason="Another person's")
    assert (again.closed_on, again.outcome, again.note, again.correction) == (None, "", "", "Another person's")
    part.refresh_from_db()
    assert part.ends_on is None


def test_an_agency_closes_its_own_and_the_unit_any(area: Area, housing: Agency) -> None:
    other = AgencyFactory.create(area=area)
    man = make.nominal(area)
    (ours,), (theirs,) = brought(man, housing, "Visit"), brought(man, other, "Write")
    spoc = principal_for(MembershipFactory.create(area=area, agency=housing, role=Role.SPOC), on=TODAY)
    unit = principal_for(MembershipFactory.create(area=area, role=Role.ADMINISTRATOR), on=TODAY)
    assert list(actions_of(spoc)) == [ours]
    assert set(actions_of(unit)) == {ours, theirs}
    assert may_close_action(ours, by=spoc, today=TODAY)
    assert not may_close_action(theirs, by=spoc, today=TODAY)
    assert may_close_action(theirs, by=unit, today=TODAY)


@pytest.mark.parametrize("began", [LONG_AGO, LONG_AGO + DAY])
def test_status_in_sql_is_the_rule(area: Area, housing: Agency, began: object) -> None:
    Area.objects.filter(pk=area.pk).update(starts_on=began)
    man = make.nominal(area)
    for days in (-1, 0, 1):
        brought(man, housing, f"Visit {days}", due_on=TODAY + days * DAY)
    late = [brought(man, housing, f"Write {days}", due_on=TODAY - DAY)[0] for days in (-1, 0)]
    for row, days in zip(late, (-1, 0), strict=True):
        closed(row, closed_on=TODAY + days * DAY)
    starts_on = Area.objects.get(pk=area.pk).starts_on
    for row in Action.objects.with_status(TODAY):
        assert row.status == action_status(row.given_on, row.due_on, row.closed_on, starts_on, today=TODAY)
    found = {row.status for row in Action.objects.with_status(TODAY)}
    open_late = DeadlineStatus.OVERDUE if began == LONG_AGO else DeadlineStatus.BROUGHT_FORWARD
    assert {open_late, DeadlineStatus.MET, DeadlineStatus.MET_LATE} <= found


def test_open_actions_move_with_the_agency_and_the_leaver(area: Area, housing: Agency) -> None:
    leaver, colleague = (MembershipFactory.create(area=area, agency=housing, role=Role.SPOC) for _ in range(2))
    man = make.nominal(area)
    done, waiting = brought(man, housing, "Visit", "Write")
    Action.objects.update(responsible=leaver.user)
    closed(done)
    hand_over(by=system(), today=TODAY, membership_id=leaver.pk, to_user_id=colleague.user_id, on=TODAY)
    done.refresh_from_db()
    waiting.refresh_from_db()
    assert (done.responsible, waiting.responsible) == (leaver.user, colleague.user)

    new = AgencyFactory.create(area=area)
    plan_succession(
        by=system(), today=TODAY, area_id=area.pk, predecessor_ids=[housing.pk], successor_id=new.pk, name="",
        happens_on=TODAY, reason="An order",
    )  # fmt: skip
    done.refresh_from_db()
    waiting.refresh_from_db()
    assert (done.agency, waiting.agency) == (housing, new)
    spoc = principal_for(MembershipFactory.create(area=area, agency=new, role=Role.SPOC), on=TODAY)
    assert list(actions_of(spoc)) == [waiting]


def test_numbers_of_merged_records_follow_on_and_come_back(area: Area, housing: Agency) -> None:
    kept, absorbed = make.nominal(area), make.nominal(area)
    (own,), others = brought(kept, housing, "Visit"), brought(absorbed, housing, "Write", "Call")
    merge_nominals(by=system(), today=TODAY, kept_id=kept.pk, absorbed_id=absorbed.pk, reason="The same prints")
    assert list(kept.actions.order_by("number").values_list("pk", flat=True)) == [own.pk, *(row.pk for row in others)]
    assert list(kept.actions.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    undo_merge(by=system(), today=TODAY, kept_id=kept.pk, reason="Two people after all")
    assert list(absorbed.actions.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_contact_works_the_list_off(area: Area, housing: Agency, client: Client) -> None:
    spoc = MembershipFactory.create(area=area, agency=housing, role=Role.SPOC)
    man = make.nominal(area, family_name="Selenite")
    (action,) = brought(man, housing, "Liaise with the landlord", due_on=LONG_AGO)
    sign_in(client, spoc.user, acting=spoc)
    shown = client.get(reverse("actions")).content.decode()
    assert "Selenite" in shown
    assert "Vague" in shown
    url = reverse("action-close", args=[action.pk])
    refused = client.post(url, {"outcome": "not_done", "closed_on_0": "", "note": "typed"})
    assert refused.status_code == 422
    assert "typed" in refused.content.decode()
    day = {"closed_on_day": str(LONG_AGO.day), "closed_on_month": str(LONG_AGO.month)}
    client.post(url, {"outcome": "done", "note": "Offer signed", "closed_on_year": str(LONG_AGO.year), **day})
    action.refresh_from_db()
    assert (action.outcome, action.note, action.closed_on) == (ActionOutcome.DONE, "Offer signed", LONG_AGO)
    assert "Selenite" not in client.get(reverse("actions")).content.decode()
    assert "Offer signed" in client.get(reverse("nominal-actions", args=[man.pk])).content.decode()
    assert "Offer signed" in client.get(reverse("actions") + "?state=closed").content.decode()


def test_the_interface_closes_an_action(area: Area, housing: Agency, client: Client) -> None:
    unit = MembershipFactory.create(area=area, role=Role.ADMINISTRATOR)
    man = make.nominal(area)
    (action,) = brought(man, housing, "Visit")
    sign_in(client, unit.user, acting=unit)
    assert client.get(reverse("api-action-list", args=[man.pk])).json()["results"][0]["what"] == "Visit"
    url = reverse("api-action-close", args=[man.pk, action.pk])
    said = {"outcome": "not_needed", "closed_on": TODAY.isoformat()}
    assert client.post(url, said, content_type="application/json").status_code == 409
    answer = client.post(url, said | {"note": "Moved away"}, content_type="application/json")
    assert (answer.status_code, answer.json()["outcome"]) == (200, "not_needed")


@pytest.mark.parametrize("role", [Role.SPOC, Role.PRACTITIONER, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_today_counts_what_the_list_shows_and_an_agency_sees_its_own(
    area: Area, housing: Agency, client: Client, role: Role
) -> None:
    clock.pretend(TODAY)
    member = MembershipFactory.create(area=area, agency=housing, role=role)
    man = make.nominal(area, named_officers=(NamedOfficerRecord(member.user_id, housing.pk, LONG_AGO),))
    for days, what in ((-1, "Write"), (0, "Visit"), (28, "Ring"), (29, "Ask")):
        brought(man, housing, what, due_on=TODAY + days * DAY)
    brought(man, AgencyFactory.create(area=area), "Meet", due_on=TODAY - DAY)
    closed(brought(man, housing, "Call", due_on=TODAY - DAY)[0])
    hidden = make.nominal(area, handling=Handling.CATEGORY_4)
    brought(hidden, housing, "Tell", due_on=TODAY - DAY)
    Area.objects.filter(pk=area.pk).update(starts_on=LONG_AGO)
    sign_in(client, member.user)
    page = client.get("/").content.decode()
    found = cards(page)
    unit = role in (Role.COORDINATOR, Role.ADMINISTRATOR)
    assert (found["actions overdue"][0], found["actions due soon"][0]) == (1 + unit, 2)
    for label in ("actions overdue", "actions due soon"):
        number, url = found[label]
        assert f"<strong>{number}</strong> action{'s' * (number != 1)}" in client.get(url).content.decode()
    if not unit:
        assert min(page.index(f">{label}<") for label in found) == page.index(">actions overdue<")


def test_whoever_takes_over_meets_the_actions_on_today(area: Area, housing: Agency, client: Client) -> None:
    leaver, successor = (MembershipFactory.create(area=area, agency=housing, role=Role.SPOC) for _ in range(2))
    (action,) = brought(make.nominal(area), housing, "Visit", due_on=TODAY - DAY)
    Area.objects.filter(pk=area.pk).update(starts_on=LONG_AGO)
    Action.objects.filter(pk=action.pk).update(responsible=leaver.user)
    hand_over(by=system(), today=TODAY, membership_id=leaver.pk, to_user_id=successor.user_id, on=TODAY)
    sign_in(client, successor.user)
    number, url = cards(client.get("/").content.decode())["actions overdue"]
    assert number == 1
    assert successor.user.name in client.get(url).content.decode()
