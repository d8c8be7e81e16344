"""The machine interface answers as the pages do."""

import pytest
from django.test import Client

from agencies.models import Area, LocalHousingAuthority, Membership
from agencies.roles import Role
from pages.drf import Throttle
from rules.vocabulary import Handling

from .conftest import SignedIn, looks_at, nominal


def test_a_list_holds_what_may_be_seen_and_names_it_in_evidence(
    visitor: Client, coordinator: Membership, area: Area
) -> None:
    person = nominal(area, "Ash")
    nominal(area, "Birch", handling=Handling.CATEGORY_4)
    nominal(area, "Cedar", handling=Handling.RESTRICTED)
    body = visitor.get("/api/nominals/").json()
    assert (body["count"], [each["family_name"] for each in body["results"]]) == (1, ["Ash"])
    assert [row.kind for row in looks_at(coordinator, person)] == ["list"]


def test_hidden_and_absent_answer_alike(visitor: Client, area: Area) -> None:
    hidden = nominal(area, handling=Handling.CATEGORY_4)
    answers = [visitor.get(f"/api/nominals/{pk}/") for pk in (hidden.pk, 999999999)]
    bodies = [answer.json() for answer in answers]
    for answer, body in zip(answers, bodies, strict=True):
        assert answer.status_code == 404
        assert body.pop("request_id") == answer["X-Request-ID"]
    assert bodies[0] == bodies[1] == {"title": "Not found", "status": 404}


def test_a_restricted_record_gives_no_detail(visitor: Client, area: Area) -> None:
    answer = visitor.get(f"/api/nominals/{nominal(area, 'Ash', handling=Handling.RESTRICTED).pk}/")
    assert answer.status_code == 403
    assert "Ash" not in answer.content.decode()
    assert answer.json()["title"] == "Restricted record"


def test_a_role_without_the_permission_is_told_why(signed_in: SignedIn) -> None:
    answer = signed_in(Role.SMB_MEMBER).get("/api/nominals/")
    assert answer.status_code == 403
    assert answer.json()["reasons"][0]["rule"]


def test_who_asks_too_often_waits_and_nobody_else(
    area: Area, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Throttle, "rate", "3/min")
    hasty, other = signed_in(Role.COORDINATOR), signed_in(Role.COORDINATOR)
    answers = [hasty.get("/api/nominals/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert other.get("/api/nominals/").status_code == 200


def test_an_action_may_need_another_permission(area: Area, signed_in: SignedIn) -> None:
    person = nominal(area)
    assert signed_in(Role.SPOC).post(f"/api/nominals/{person.pk}/").status_code == 403


@pytest.mark.parametrize(("sent", "title"), [({}, "Refused by a rule"), ({"conflict": "1"}, "Changed meanwhile")])
def test_a_refusal_is_409_and_undoes_what_was_written(
    visitor: Client, area: Area, sent: dict[str, str], title: str
) -> None:
    person = nominal(area)
    answer = visitor.post(f"/api/nominals/{person.pk}/", sent, content_type="application/json")
    body = answer.json()
    assert (answer.status_code, body["title"], answer["Content-Type"]) == (409, title, "application/problem+json")
    if not sent:
        assert body["reasons"] == [{"rule": "R51", "text": "The panel has not sat."}]
    assert not LocalHousingAuthority.objects.exists()


def test_faulty_input_names_the_fields(visitor: Client) -> None:
    answer = visitor.post("/api/nominals/", {"family_name": "a\x00b"}, content_type="application/json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["family_name"]


def test_nobody_signed_in_gets_nothing(area: Area) -> None:
    answer = Client().get("/api/nominals/")
    assert answer.status_code in (401, 403)
    assert answer.json()["title"] == "Not done"
