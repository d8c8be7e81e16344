"""The machine interface of possible doubles: same records as the pages, never one that is hidden (R4)."""

from typing import Any

import pytest
from django.test import Client

from agencies.models import Area
from agencies.roles import Role
from audit.reads import access_by_user
from cases.models import Nominal, TwoPeople
from cases.services.merging import merge_nominals
from cases.services.two_people import tell_apart
from mappa import clock
from rules.vocabulary import Handling
from tests.factories.agencies import AreaFactory, principal_for
from tests.factories.cases import TODAY, nominal, pnc, system
from tests.factories.visits import queries, visitor

ALL = "/api/v1/doubles/"
WHY = {"reason": "Other fingerprints."}


@pytest.fixture
def client(area: Area) -> Client:
    clock.pretend(TODAY)
    return visitor(area)[0]


@pytest.fixture
def tufa(area: Area) -> Nominal:
    return nominal(area, family_name="Tufa", given_names="Kieran", identifiers=(pnc(1),))


@pytest.fixture
def tuffer(area: Area) -> Nominal:
    return nominal(area, family_name="Tuffer", given_names="Kieron")


def of_one(one: Nominal, part: str = "doubles") -> str:
    return f"/api/v1/nominals/{one.pk}/{part}/"


def apart(one: Nominal, other: Nominal) -> str:
    return f"{of_one(one, 'two-people')}{other.pk}/"


def tell(client: Client, path: str, data: dict[str, Any] = WHY) -> Any:
    return client.post(path, data, content_type="application/json")


def found(client: Client, path: str) -> list[dict[str, Any]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    assert answer.json()["count"] == len(rows)
    return rows


def said(row: Nominal) -> dict[str, Any]:
    born = row.date_of_birth.isoformat() if row.date_of_birth else None
    return {"id": row.pk, "family_name": row.family_name, "given_names": row.given_names, "date_of_birth": born}


def test_pairs_and_the_doubles_of_one_with_what_matches(client: Client, tufa: Nominal, tuffer: Nominal) -> None:
    by = ["a name that looks or sounds alike, and the same date of birth"]
    assert found(client, ALL) == [{"one": said(tufa), "other": said(tuffer), "by": by}]
    assert found(client, of_one(tufa)) == [{"other": said(tuffer), "by": by}]
    assert found(client, of_one(tuffer)) == [{"other": said(tufa), "by": by}]


def test_told_apart_and_taken_back(client: Client, tufa: Nominal, tuffer: Nominal) -> None:
    assert list(tell(client, apart(tufa, tuffer), {"reason": " "}).json()["errors"]) == ["reason"]
    made = tell(client, apart(tufa, tuffer))
    mark = {**WHY, "marked_on": TODAY.isoformat()}
    assert (made.status_code, made.json()) == (201, {"other": said(tuffer), **mark})
    assert [found(client, path) for path in (ALL, of_one(tufa), of_one(tuffer))] == [[], [], []]
    assert found(client, of_one(tuffer, "two-people")) == [{"other": said(tufa), **mark}]
    again = tell(client, apart(tuffer, tufa))
    assert (again.status_code, [each["rule"] for each in again.json()["reasons"]]) == (409, ["R4"])
    alone = tell(client, apart(tufa, tufa))
    assert "one record" in alone.json()["reasons"][0]["text"]

    taken = client.delete(apart(tuffer, tufa))
    assert (taken.status_code, taken.content, TwoPeople.objects.get().taken_back_on) == (204, b"", TODAY)
    assert found(client, of_one(tufa, "two-people")) == []
    assert len(found(client, ALL)) == 1
    refused = client.delete(apart(tufa, tuffer))
    assert (refused.status_code, refused.json()["reasons"][0]["rule"]) == (409, "R4")


def test_a_hidden_record_stands_in_no_list_and_in_no_count(client: Client, area: Area, tufa: Nominal) -> None:
    """Nor does a mark betray one: who may not see the other record does not learn that it was told apart."""
    paths = (ALL, of_one(tufa), of_one(tufa, "two-people"))
    before = [client.get(path).json() for path in paths]
    for handling in (Handling.RESTRICTED, Handling.CATEGORY_4):
        for mark in (False, True):
            unseen = nominal(area, family_name="Tufa", identifiers=(pnc(1),), handling=handling)
            if mark:
                tell_apart(by=system(), today=TODAY, one_id=tufa.pk, other_id=unseen.pk, reason="Twins")
    nominal(AreaFactory.create(), family_name="Tufa", identifiers=(pnc(1),))
    assert [client.get(path).json() for path in paths] == before
    cleared, _ = visitor(area, user__category_4=True)
    assert [len(found(cleared, path)) for path in paths] == [2, 1, 1], "the two hidden ones are a pair too"


def test_is_as_closed_as_the_pages(client: Client, area: Area, tufa: Nominal, tuffer: Nominal) -> None:
    unseen = nominal(area, family_name="Tufa", handling=Handling.CATEGORY_4)
    nobody = Nominal(pk=999_999)
    answers = [
        answer
        for one in (unseen, nobody)
        for answer in (
            tell(client, apart(tufa, one)), tell(client, apart(one, tufa)), client.delete(apart(tufa, one)),
            client.delete(apart(one, tufa)), client.get(of_one(one)), client.get(of_one(one, "two-people")),
        )
    ]  # fmt: skip
    assert {str({**answer.json(), "request_id": ""}) for answer in answers} == {
        "{'title': 'Not found', 'status': 404, 'request_id': ''}"
    }
    assert not TwoPeople.objects.exists()
    administrator = visitor(area, Role.ADMINISTRATOR)[0]
    asked = [administrator.get(path) for path in (ALL, of_one(tufa), of_one(tufa, "two-people"))]
    asked += [tell(administrator, apart(tufa, tuffer)), administrator.delete(apart(tufa, tuffer))]
    assert {answer.status_code for answer in asked} == {403}


def test_of_two_that_are_one_by_now_the_kept_record_is_named(client: Client, tufa: Nominal, tuffer: Nominal) -> None:
    merge_nominals(by=system(), today=TODAY, kept_id=tufa.pk, absorbed_id=tuffer.pk, reason="One man")
    for answer in (tell(client, apart(tufa, tuffer)), client.delete(apart(tuffer, tufa))):
        assert (answer.status_code, answer.headers["Location"]) == (409, f"/api/v1/nominals/{tufa.pk}/")


def test_the_evidence_names_both_records_of_a_pair(area: Area, tufa: Nominal, tuffer: Nominal) -> None:
    clock.pretend(TODAY)
    client, member = visitor(area)

    def shown() -> list[int]:
        return sorted(access_by_user(principal_for(member, on=TODAY), member.user_id, size=1)[0].root_ids)

    for path in (ALL, of_one(tufa)):
        client.get(path)
        assert shown() == [tufa.pk, tuffer.pk]
    tell(client, apart(tufa, tuffer))
    assert shown() == [tufa.pk, tuffer.pk]
    client.get(of_one(tufa, "two-people"))
    assert shown() == [tufa.pk, tuffer.pk]
    client.delete(apart(tufa, tuffer))
    assert shown() == [tufa.pk, tuffer.pk]


@pytest.mark.parametrize("part", ["all", "doubles", "two-people"])
def test_each_list_costs_the_same(client: Client, area: Area, tufa: Nominal, part: str) -> None:
    path, costs = ALL if part == "all" else of_one(tufa, part), []
    for number in (1, 2, 3):
        other = nominal(area, family_name="Tuffer", given_names="Kieron", identifiers=(pnc(number + 10),))
        if part == "two-people":
            tell_apart(by=system(), today=TODAY, one_id=tufa.pk, other_id=other.pk, reason="Twins")
        client.get(path)
        with queries() as asked:
            assert len(found(client, path)) >= number
        costs.append(len(asked))
    assert costs[0] == costs[1] == costs[2]


def test_it_comes_in_pages(client: Client, area: Area, tufa: Nominal) -> None:
    for number in range(3):
        nominal(area, family_name=f"Obsidian{number}", identifiers=(pnc(1),))
    one = client.get(f"{ALL}?page_size=2").json()
    two = client.get(f"{ALL}?page_size=2&page=2").json()
    assert (one["count"], len(one["results"]), len(two["results"])) == (6, 2, 2)
    assert client.get(f"{ALL}?name=Tufa").json()["errors"].keys() == {"name"}
