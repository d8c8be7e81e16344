"""The machine interface: same rows, same services, same refusals as the pages."""

from typing import Any

import pytest
from django.test import Client

from agencies.models import Area
from agencies.roles import Role
from audit.reads import access_by_user
from cases.models import Ground, LevelSpan, Nominal
from mappa import clock
from rules.vocabulary import Handling, Level
from tests.factories.agencies import AreaFactory, principal_for
from tests.factories.cases import (
    LONG_AGO,
    OFFENCE,
    TODAY,
    at_level,
    nominal,
    notification,
    offences,
    other_dangerous,
    pnc,
)
from tests.factories.visits import queries, visitor

GROUND = {
    "kind": "qualifying_disposal",
    "offence": OFFENCE,
    "outcome": "conviction",
    "outcome_on": "2026-03-02",
    "disposal": "imprisonment",
    "term_months": 60,
    "starts_on": "2026-03-02",
}
CRITERIA = {
    "meetings_add_value": True,
    "value_reasons": "Several agencies.",
    "high_or_very_high_risk": True,
    "lower_level_answer": "No.",
}
LEVEL_2: dict[str, Any] = {
    "level": "2",
    "starts_on": TODAY.isoformat(),
    "decided_by": "referral_panel",
    "criteria": CRITERIA,
    "reason": "Panel of today.",
}


@pytest.fixture
def client(area: Area) -> Client:
    clock.pretend(TODAY)
    return visitor(area)[0]


@pytest.fixture
def person(area: Area) -> Nominal:
    offences()
    return nominal(area, family_name="Feldspar", identifiers=(pnc(9_000_037),))


def post(client: Client, path: str, data: dict[str, Any]) -> Any:
    return client.post(path, data, content_type="application/json")


class TestNominals:
    def test_lists_with_what_is_derived(self, client: Client, person: Nominal) -> None:
        (row,) = client.get("/api/v1/nominals/").json()["results"]
        assert (row["id"], row["category"], row["level"], row["whereabouts"]) == (person.pk, "1", "1", "community")
        assert row["identifiers"][0]["valid"] is True

    def test_hides_what_the_pages_hide(self, client: Client, area: Area) -> None:
        nominal(AreaFactory())
        hidden = nominal(area, handling=Handling.CATEGORY_4)
        card = nominal(area, handling=Handling.RESTRICTED)
        assert client.get("/api/v1/nominals/").json()["count"] == 0
        assert client.get(f"/api/v1/nominals/{hidden.pk}/").status_code == 404
        response = client.get(f"/api/v1/nominals/{card.pk}/")
        assert (response.status_code, response.json()["title"]) == (403, "Restricted record")

    def test_is_told_to_the_evidence(self, area: Area, person: Nominal) -> None:
        clock.pretend(TODAY)
        client, membership = visitor(area)
        client.get("/api/v1/nominals/")
        row = access_by_user(principal_for(membership, on=TODAY), membership.user_id, size=1)[0]
        assert row.root_ids == [person.pk]

    def test_roles_without_records_are_refused(self, area: Area) -> None:
        clock.pretend(TODAY)
        assert visitor(area, Role.SMB_MEMBER)[0].get("/api/v1/nominals/").status_code == 403

    def test_nobody_signed_in(self, db: None) -> None:
        response = Client().get("/api/v1/nominals/")
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Session")
        assert response.headers["Content-Type"] == "application/problem+json"

    def test_filters_as_the_register_does(self, client: Client, area: Area, person: Nominal) -> None:
        three = nominal(area, grounds=(other_dangerous(),), levels=(at_level(Level.TWO),))
        over = nominal(area, grounds=(notification(LONG_AGO, LONG_AGO),), levels=())

        def found(query: str) -> set[int]:
            return {row["id"] for row in client.get(f"/api/v1/nominals/{query}").json()["results"]}

        assert found("") == {person.pk, three.pk}
        assert found("?category=1") == {person.pk}
        assert found("?category=1&category=3&level=2") == {three.pk}
        assert found("?status=everyone") == {person.pk, three.pk, over.pk}
        assert client.get(f"/api/v1/nominals/{over.pk}/").status_code == 200

    @pytest.mark.parametrize("query", ["?surname=Feldspar", "?category=7", "?level=2&levle=3"])
    def test_what_it_does_not_know_it_says(self, client: Client, person: Nominal, query: str) -> None:
        response = client.get(f"/api/v1/nominals/{query}")
        assert (response.status_code, response.json()["title"]) == (400, "Input not accepted")
        assert len(response.json()["errors"]) == 1

    def test_an_address_that_is_none_is_answered_as_json(self, client: Client) -> None:
        response = client.get("/api/v1/nothing/")
        assert (response.status_code, response.json()["title"]) == (404, "Not found")

    def test_a_fault_of_ours_is_answered_as_json(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: Any, **__: Any) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("cases.api.with_derived", broken)
        client.raise_request_exception = False
        response = client.get("/api/v1/nominals/")
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json()["request_id"] == response.headers["X-Request-ID"]
        assert (response.status_code, set(response.json())) == (500, {"title", "status", "request_id"})


class TestGrounds:
    def test_lists(self, client: Client, person: Nominal) -> None:
        (row,) = client.get(f"/api/v1/nominals/{person.pk}/grounds/").json()["results"]
        assert (row["kind"], row["category"]) == ("notification", "1")

    def test_records(self, client: Client, person: Nominal) -> None:
        response = post(client, f"/api/v1/nominals/{person.pk}/grounds/", GROUND)
        assert (response.status_code, response.json()["category"]) == (201, "2")
        assert Ground.objects.filter(nominal=person).count() == 2

    def test_a_refusal_by_a_rule_is_a_409_with_its_reasons(self, client: Client, person: Nominal) -> None:
        response = post(client, f"/api/v1/nominals/{person.pk}/grounds/", {**GROUND, "term_months": 11})
        assert response.status_code == 409
        assert [reason["rule"] for reason in response.json()["reasons"]] == ["R11"]
        assert Ground.objects.filter(nominal=person).count() == 1

    def test_a_faulty_shape_is_a_400_by_field(self, client: Client, person: Nominal) -> None:
        response = post(client, f"/api/v1/nominals/{person.pk}/grounds/", {"kind": "no such", "starts_on": "soon"})
        assert response.status_code == 400
        assert set(response.json()["errors"]) == {"kind", "starts_on"}

    def test_an_end_before_the_start_is_refused(self, client: Client, person: Nominal) -> None:
        response = post(client, f"/api/v1/nominals/{person.pk}/grounds/", {**GROUND, "ends_on": "2026-03-01"})
        assert response.status_code == 409
        assert "cannot end before" in response.json()["reasons"][0]["text"]

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"starts_on": "1899-12-31"}, id="the day before 1900"),
            pytest.param({"starts_on": "9990-01-01"}, id="the end of the calendar"),
            pytest.param({"ends_on": "2201-01-01"}, id="the day after 2200"),
            pytest.param({"term_months": 1201}, id="more than a hundred years"),
        ],
    )
    def test_days_and_terms_beyond_any_case_are_a_400(
        self, client: Client, person: Nominal, change: dict[str, Any]
    ) -> None:
        response = post(client, f"/api/v1/nominals/{person.pk}/grounds/", {**GROUND, **change})
        assert (response.status_code, set(response.json()["errors"])) == (400, set(change))

    def test_who_may_read_may_not_record(self, area: Area, person: Nominal) -> None:
        clock.pretend(TODAY)
        response = post(visitor(area, Role.CHAIR)[0], f"/api/v1/nominals/{person.pk}/grounds/", GROUND)
        assert response.status_code == 403

    def test_a_hidden_person_does_not_exist(self, client: Client, area: Area) -> None:
        hidden = nominal(area, handling=Handling.CATEGORY_4)
        assert client.get(f"/api/v1/nominals/{hidden.pk}/grounds/").status_code == 404
        assert post(client, f"/api/v1/nominals/{hidden.pk}/grounds/", GROUND).status_code == 404

    def test_a_session_needs_its_token(self, area: Area, person: Nominal) -> None:
        clock.pretend(TODAY)
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = visitor(area)[0].cookies
        assert post(strict, f"/api/v1/nominals/{person.pk}/grounds/", GROUND).status_code == 403
        assert Ground.objects.filter(nominal=person).count() == 1


class TestLevels:
    def test_lists(self, client: Client, person: Nominal) -> None:
        rows = client.get(f"/api/v1/nominals/{person.pk}/levels/").json()["results"]
        assert [row["level"] for row in rows] == ["1"]

    def test_records(self, client: Client, person: Nominal) -> None:
        response = post(client, f"/api/v1/nominals/{person.pk}/levels/", LEVEL_2)
        assert (response.status_code, response.json()["level"]) == (201, "2")
        assert LevelSpan.objects.filter(nominal=person, ends_on__isnull=True).get().level == Level.TWO

    def test_over_levels_that_were_changed_meanwhile_is_a_409(self, client: Client, person: Nominal) -> None:
        path = f"/api/v1/nominals/{person.pk}/levels/"
        seen = client.get(path).json()["results"][0]["version"]
        first = post(client, path, {**LEVEL_2, "version": seen})
        assert first.status_code == 201
        other = {**LEVEL_2, "level": "3", "criteria": {**CRITERIA, "senior_need": "Media."}, "reason": "Another panel."}
        second = post(client, path, {**other, "version": seen})
        assert (second.status_code, second.json()["title"]) == (409, "Changed meanwhile")
        assert "Another panel." not in LevelSpan.objects.get(nominal=person, ends_on__isnull=True).reason
        assert post(client, path, {**other, "version": first.json()["version"]}).status_code == 201

    def test_a_day_at_the_edge_of_the_calendar_is_a_400(self, client: Client, person: Nominal) -> None:
        response = post(client, f"/api/v1/nominals/{person.pk}/levels/", {**LEVEL_2, "starts_on": "0001-01-01"})
        assert (response.status_code, set(response.json()["errors"])) == (400, {"starts_on"})

    @pytest.mark.parametrize("body", ["imported", "transfer", "last_ground_ended", "status_opened"])
    def test_only_people_decide(self, client: Client, person: Nominal, body: str) -> None:
        said = {**LEVEL_2, "level": "3", "criteria": {}, "decided_by": body}
        response = post(client, f"/api/v1/nominals/{person.pk}/levels/", said)
        assert (response.status_code, set(response.json()["errors"])) == (400, {"decided_by"})

    def test_a_refusal_by_a_rule_is_a_409(self, client: Client, person: Nominal) -> None:
        response = post(client, f"/api/v1/nominals/{person.pk}/levels/", {**LEVEL_2, "criteria": {}})
        assert response.status_code == 409
        assert {reason["rule"] for reason in response.json()["reasons"]} == {"R33"}


@pytest.mark.parametrize("part", ["", "grounds/", "levels/"])
def test_lists_cost_the_same_for_one_and_for_three(client: Client, area: Area, part: str) -> None:
    one = nominal(area, identifiers=(pnc(1),))
    path = f"/api/v1/nominals/{one.pk}/{part}" if part else "/api/v1/nominals/"
    client.get(path)
    with queries() as few:
        client.get(path)
    three = nominal(
        area,
        identifiers=(pnc(2), pnc(3)),
        grounds=(notification(), notification(), notification()),
        levels=(at_level(Level.ONE), at_level(Level.TWO, TODAY.replace(year=2025))),
    )
    nominal(area)
    with queries() as many:
        client.get(path.replace(f"/{one.pk}/", f"/{three.pk}/"))
    assert len(few) == len(many)


def test_is_described(client: Client) -> None:
    response = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert response.status_code == 200
    paths = response.json()["paths"]
    assert set(paths) >= {
        "/api/v1/nominals/",
        "/api/v1/nominals/{id}/",
        "/api/v1/nominals/{nominal_pk}/grounds/",
        "/api/v1/nominals/{nominal_pk}/grounds/{id}/",
        "/api/v1/nominals/{nominal_pk}/levels/",
        "/api/v1/nominals/{nominal_pk}/levels/{id}/",
    }
    assert "post" in paths["/api/v1/nominals/{nominal_pk}/grounds/"]
