"""The machine interface of a merge and its undo: what would happen is read, then the service of the page does it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Area
from agencies.roles import Role
from cases.models import Address, Merge, Nominal
from cases.records import AddressRecord
from mappa import clock
from rules.vocabulary import Handling, Level
from tests.factories.cases import LONG_AGO, TODAY, at_level, nominal, notification, qualifying
from tests.factories.visits import visitor

WHY = {"reason": "The same fingerprints."}


@pytest.fixture
def client(area: Area) -> Client:
    clock.pretend(TODAY)
    return visitor(area)[0]


@pytest.fixture
def tufa(area: Area) -> Nominal:
    return nominal(area, family_name="Tufa", given_names="Kieran")


@pytest.fixture
def tuffer(area: Area) -> Nominal:
    home = AddressRecord(LONG_AGO, lines="1 Tufa Rise")
    return nominal(area, family_name="Tuffer", given_names="Kieron", addresses=(home,))


def merging(kept: Nominal, absorbed: Nominal) -> str:
    return f"/api/v1/nominals/{kept.pk}/merge/{absorbed.pk}/"


def undoing(kept: Nominal) -> str:
    return f"/api/v1/nominals/{kept.pk}/unmerge/"


def post(client: Client, path: str, data: dict[str, Any]) -> Any:
    return client.post(path, data, content_type="application/json")


def test_first_what_would_move_then_the_merge_then_its_undo(client: Client, tufa: Nominal, tuffer: Nominal) -> None:
    plan = client.get(f"{merging(tufa, tuffer)}?takes=name").json()
    assert (plan["allowed"], plan["reasons"], plan["another_name"]) == (True, [], "Kieran Tufa")
    rows = [row for part in plan["parts"] for row in part["rows"] if part["name"] == "Addresses"]
    assert rows == [{"text": "1 Tufa Rise, from 6 January 2020", "happens": "moves", "why": ""}]
    assert not Merge.objects.exists()
    said = {**WHY, "takes": ["name"], "version": plan["version"]}
    made = post(client, merging(tufa, tuffer), said)
    assert (made.status_code, made.json()["kept"], made.json()["absorbed"]) == (201, tufa.pk, tuffer.pk)
    tufa.refresh_from_db()
    assert (tufa.name, Address.objects.get().nominal_id) == ("Kieron Tuffer", tufa.pk)
    again = post(client, merging(tufa, tuffer), said)
    assert (again.status_code, again.json()["title"]) == (409, "Merged into another record")
    assert again.headers["Location"] == f"/api/v1/nominals/{tufa.pk}/"

    Address.objects.update(postcode="ZZ99 3AB")
    found = client.get(undoing(tufa)).json()
    assert (found["allowed"], found["merge"], found["since"]) == (True, made.json(), [])
    (changed,) = found["changed"]
    assert changed["table"] == "Addresses"
    late = post(client, undoing(tufa), {**WHY, "version": found["version"] - 1})
    assert (late.status_code, late.json()["title"]) == (409, "Changed meanwhile")
    assert list(post(client, undoing(tufa), {**WHY, "goes_back": [changed["id"] + 999]}).json()["errors"]) == [
        "goes_back"
    ]
    undone = post(client, undoing(tufa), {**WHY, "goes_back": [changed["id"]], "version": found["version"]})
    assert (undone.status_code, undone.json()["undone_on"]) == (200, TODAY.isoformat())
    assert Address.objects.get().nominal_id == tuffer.pk
    assert client.get(undoing(tufa)).json()["merge"] is None


def test_refused_with_the_rule(client: Client, area: Area) -> None:
    since = TODAY - timedelta(days=95)
    tufa = nominal(area, family_name="Tufa", grounds=(qualifying(since),), levels=(at_level(Level.TWO, since),))
    other = nominal(area, family_name="Marl", grounds=(notification(),), levels=(at_level(Level.ONE, TODAY),))
    plan = client.get(merging(tufa, other)).json()
    response = post(client, merging(tufa, other), WHY)
    assert (response.status_code, plan["allowed"]) == (409, False)
    assert (
        {each["rule"] for each in response.json()["reasons"]} == {each["rule"] for each in plan["reasons"]} == {"R32"}
    )
    unknown = client.get(f"{merging(tufa, other)}?takes=beard")
    assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["takes"])
    refused = post(client, undoing(tufa), WHY)
    assert (refused.status_code, refused.json()["reasons"][0]["rule"]) == (409, "R4")


def test_of_a_merge_already_made_the_kept_record_is_read(
    client: Client, area: Area, tufa: Nominal, tuffer: Nominal
) -> None:
    """Whichever of the two the address names first; beside a third record, the kept one stands for both."""
    third = nominal(area, family_name="Marl")
    assert post(client, merging(tufa, tuffer), WHY).status_code == 201
    for path in (merging(tufa, tuffer), merging(tuffer, tufa)):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["title"]) == (308, "Merged into another record")
        assert client.get(answer.headers["Location"]).json()["id"] == tufa.pk
    beside = client.get(merging(third, tuffer))
    assert (beside.status_code, beside.headers["Location"]) == (308, merging(third, tufa))
    assert client.get(beside.headers["Location"]).json()["allowed"] is True


def test_a_record_that_changed_since_it_was_read(client: Client, tufa: Nominal, tuffer: Nominal) -> None:
    read = client.get(merging(tufa, tuffer)).json()["version"]
    Nominal.objects.filter(pk=tuffer.pk).update(version=7)
    late = post(client, merging(tufa, tuffer), {**WHY, "version": read})
    assert (late.status_code, late.json()["title"]) == (409, "Changed meanwhile")


def test_only_for_those_who_may_merge_both(client: Client, area: Area, tufa: Nominal) -> None:
    hidden = nominal(area, handling=Handling.CATEGORY_4)
    for path in (merging(tufa, hidden), merging(hidden, tufa), undoing(hidden)):
        assert (client.get(path).status_code, post(client, path, WHY).status_code) == (404, 404)
    administrator = visitor(area, Role.ADMINISTRATOR)[0]
    assert (administrator.get(merging(tufa, tufa)).status_code, administrator.get(undoing(tufa)).status_code) == (
        403,
        403,
    )
