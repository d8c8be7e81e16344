"""The machine interface of hand-overs: same services, guards and refusals as the pages, the proof of who one is too."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import Agency, Area, Membership, PlannedHandOver, User
from agencies.roles import Role
from agencies.services.hand_over_day import carry_out_hand_overs
from cases.models import NamedOfficerSpan
from cases.records import NamedOfficerRecord
from mappa import clock
from meetings.models import Action
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory
from tests.factories.cases import LONG_AGO, TODAY, nominal
from tests.factories.visits import queries, visitor

pytestmark = pytest.mark.django_db

ALL = "/api/v1/hand-overs/"
DAY = timedelta(days=1)
THEN = TODAY + 5 * DAY


@pytest.fixture
def area() -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def agency(area: Area) -> Agency:
    return AgencyFactory.create(area=area)


@pytest.fixture
def client(area: Area) -> Client:
    return visitor(area, Role.SYSTEM_ADMINISTRATOR)[0]


def member(agency: Agency, **more: Any) -> Membership:
    return MembershipFactory.create(area=agency.area, agency=agency, role=Role.PRACTITIONER, **more)


@pytest.fixture
def leaver(agency: Agency) -> Membership:
    """The named officer of somebody, with an action of theirs open."""
    held = member(agency)
    man = nominal(agency.area, named_officers=(NamedOfficerRecord(held.user_id, agency.pk, LONG_AGO),))
    Action.objects.create(
        nominal=man, number=1, agency=agency, what="Visit", given_on=LONG_AGO, due_on=TODAY, responsible=held.user
    )
    return held


@pytest.fixture
def colleague(agency: Agency, leaver: Membership) -> Membership:
    return member(agency)


def of(held: Membership) -> str:
    return f"/api/v1/roles/{held.pk}/hand-over/"


def send(client: Client, held: Membership, to: Membership, on: Any = THEN) -> Any:
    return client.post(of(held), {"to": to.user_id, "on": on.isoformat()}, content_type="application/json")


def planned(client: Client, held: Membership, to: Membership) -> dict[str, Any]:
    answer = send(client, held, to)
    assert answer.status_code == 201, answer.content
    row: dict[str, Any] = answer.json()
    return row


def officer() -> list[int]:
    return list(NamedOfficerSpan.objects.order_by("starts_on").values_list("officer", flat=True))


def doing() -> User | None:
    return Action.objects.get().responsible


def test_first_what_would_move_then_it_is_said_and_read_then_it_moves(
    client: Client, leaver: Membership, colleague: Membership
) -> None:
    found = client.get(of(leaver)).json()
    assert (found["on"], found["allowed"], found["reasons"]) == (TODAY.isoformat(), True, [])
    assert found["colleagues"] == [{"id": colleague.user_id, "name": colleague.user.name}]
    assert sum(each["count"] for each in found["moves"]) == 2
    asked = client.get(of(leaver), {"on": THEN.isoformat(), "to": leaver.user_id}).json()
    assert (asked["allowed"], asked["reasons"][0]["rule"]) == (False, "people and agencies")
    assert not PlannedHandOver.objects.exists()

    row = planned(client, leaver, colleague)
    assert row == {
        "id": PlannedHandOver.objects.get().pk,
        "leaver": leaver.user_id,
        "leaver_name": leaver.user.name,
        "role": "practitioner",
        "agency": leaver.agency_id,
        "agency_name": leaver.agency.name,
        "to": colleague.user_id,
        "to_name": colleague.user.name,
        "on": THEN.isoformat(),
        "done_on": None,
        "cancelled_on": None,
        "reasons": [],
    }
    assert client.get(ALL).json()["results"] == [row]
    assert client.get(f"{ALL}{row['id']}/").json() == row
    leaver.refresh_from_db()
    assert (leaver.ends_on, officer(), doing()) == (THEN - DAY, [leaver.user_id, colleague.user_id], leaver.user)

    carry_out_hand_overs(THEN)
    assert doing() == colleague.user
    assert client.get(ALL).json()["results"] == []
    assert client.get(f"{ALL}{row['id']}/").json() == {**row, "done_on": THEN.isoformat()}
    late = client.delete(f"{ALL}{row['id']}/")
    assert (late.status_code, late.json()["reasons"][0]["text"]) == (409, "It is done: the work has changed hands.")


def test_of_today_it_is_done_at_once(client: Client, leaver: Membership, colleague: Membership) -> None:
    row = send(client, leaver, colleague, TODAY).json()
    assert (row["id"], row["on"], row["done_on"], row["reasons"]) == (None, TODAY.isoformat(), TODAY.isoformat(), [])
    assert doing() == colleague.user
    assert client.get(ALL).json()["count"] == 0


def test_called_off_what_waits_stays(client: Client, leaver: Membership, colleague: Membership) -> None:
    row = planned(client, leaver, colleague)
    answer = client.delete(f"{ALL}{row['id']}/")
    assert (answer.status_code, answer.json()) == (200, {**row, "cancelled_on": TODAY.isoformat()})
    assert client.get(ALL).json()["results"] == []
    again = client.delete(f"{ALL}{row['id']}/")
    assert (again.status_code, again.json()["reasons"][0]["text"]) == (409, "It is called off already.")
    carry_out_hand_overs(THEN)
    assert doing() == leaver.user


def test_one_that_cannot_be_carried_out_says_why_and_goes_to_another(
    client: Client, agency: Agency, leaver: Membership, colleague: Membership
) -> None:
    row, other = planned(client, leaver, colleague), member(agency)
    path = f"{ALL}{row['id']}/"
    Membership.objects.filter(pk=colleague.pk).update(ends_on=TODAY)
    (reason,) = client.get(path).json()["reasons"]
    assert "choose another colleague" in reason["text"]
    wrong = client.patch(path, {"to": leaver.user_id}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["reasons"][0]["rule"]) == (409, "people and agencies")
    assert list(client.patch(path, {}, content_type="application/json").json()["errors"]) == ["to"]
    answer = client.patch(path, {"to": other.user_id}, content_type="application/json")
    assert (answer.status_code, answer.json()) == (200, {**row, "to": other.user_id, "to_name": other.user.name})
    carry_out_hand_overs(THEN)
    assert doing() == other.user


def test_what_is_wrong_is_said(client: Client, agency: Agency, leaver: Membership, colleague: Membership) -> None:
    """By a rule: 409; by the shape of the input, or who is no account of the area: 400. Nothing is written."""
    elsewhere = MembershipFactory.create(area=AreaFactory.create())
    past, outsider = send(client, leaver, colleague, TODAY - DAY), MembershipFactory.create(area=agency.area)
    assert [each["text"] for each in past.json()["reasons"]] == ["Access cannot be moved in the past."]
    assert send(client, leaver, outsider).json()["reasons"][0]["rule"] == "people and agencies"
    assert list(send(client, leaver, elsewhere).json()["errors"]) == ["to"]
    assert list(client.post(of(leaver), {}, content_type="application/json").json()["errors"]) == ["to", "on"]
    assert list(client.get(f"{of(leaver)}?on=soon").json()["errors"]) == ["on"]
    assert list(client.get(f"{of(leaver)}?when=2027-01-01").json()["errors"]) == ["when"]
    leaver.refresh_from_db()
    assert (PlannedHandOver.objects.count(), leaver.ends_on) == (0, None)


def test_without_a_fresh_proof_it_is_read_and_nothing_else(
    client: Client, leaver: Membership, colleague: Membership
) -> None:
    row = planned(client, leaver, colleague)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": timezone.now().timestamp() - 301}]
    session.save()
    path = f"{ALL}{row['id']}/"
    asked = [
        client.get(of(leaver)), send(client, leaver, colleague), client.delete(path),
        client.patch(path, {"to": colleague.user_id}, content_type="application/json"),
    ]  # fmt: skip
    assert [(each.status_code, each.json()["reasons"][0]["rule"]) for each in asked] == [(403, "step-up")] * 4
    assert [client.get(each).status_code for each in (ALL, path)] == [200, 200]
    assert PlannedHandOver.objects.get().cancelled_on is None


def test_is_for_those_who_administer_accounts_of_the_area(
    client: Client, area: Area, leaver: Membership, colleague: Membership
) -> None:
    path = f"{ALL}{planned(client, leaver, colleague)['id']}/"
    elsewhere = visitor(AreaFactory.create(), Role.SYSTEM_ADMINISTRATOR)[0]
    asked = [elsewhere.get(path), elsewhere.delete(path), elsewhere.get(of(leaver)), send(elsewhere, leaver, colleague)]
    assert {str({**each.json(), "request_id": ""}) for each in asked} == {
        "{'title': 'Not found', 'status': 404, 'request_id': ''}"
    }
    assert elsewhere.get(ALL).json()["count"] == 0
    spoc = visitor(area, Role.SPOC)[0]
    asked = [spoc.get(ALL), spoc.get(path), spoc.delete(path), spoc.get(of(leaver)), send(spoc, leaver, colleague)]
    assert {each.status_code for each in asked} == {403}


def test_the_list_costs_the_same(client: Client, agency: Agency) -> None:
    costs = []
    for number in (1, 2, 3):
        planned(client, member(agency), member(agency))
        client.get(ALL)
        with queries() as asked:
            assert client.get(ALL).json()["count"] == number
        costs.append(len(asked))
    assert costs[0] == costs[1] == costs[2]
