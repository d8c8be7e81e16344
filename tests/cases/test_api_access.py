"""The machine interface of who may read a record: same services, same refusals as the pages (R97, R99, R100)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Area
from agencies.roles import MEMBERSHIP_ROLES, Perm, Role, roles_with
from cases.models import Exclusion, Nominal
from cases.records import ExclusionRecord, ParticipationRecord, PersonalGrantRecord
from mappa import clock
from rules.vocabulary import Handling
from tests.factories.agencies import AgencyFactory, MembershipFactory
from tests.factories.cases import LONG_AGO, TODAY, nominal
from tests.factories.visits import visitor

DAY = timedelta(days=1)
FROM_TODAY = {"starts_on": TODAY.isoformat(), "reason": "Lives with them"}
END = {"ends_on": TODAY.isoformat(), "reason": "Over"}


@pytest.fixture(autouse=True)
def _day(db: None) -> None:
    clock.pretend(TODAY)


def path_of(man: Nominal, part: str, row: int | None = None, verb: str = "") -> str:
    return f"/api/v1/nominals/{man.pk}/{part}/" + (f"{row}/" if row else "") + verb


def sent(client: Client, path: str, **said: Any) -> Any:
    return client.post(path, said, content_type="application/json")


def test_an_agency_is_let_in_and_ended(area: Area) -> None:
    client, member = visitor(area)
    man, agency = nominal(area), AgencyFactory(area=area, name="Shale Council")
    made = sent(client, path_of(man, "participations"), agency=agency.pk, **FROM_TODAY)
    assert made.status_code == 201
    row = made.json()
    assert (row["agency"], row["agency_name"], row["source"]) == (agency.pk, "Shale Council", "grant")
    assert (row["starts_on"], row["ends_on"], row["granted_by"]) == (TODAY.isoformat(), None, member.user_id)
    again = sent(client, path_of(man, "participations"), agency=agency.pk, **FROM_TODAY)
    assert again.status_code == 409
    assert [reason["rule"] for reason in again.json()["reasons"]] == ["R97"]
    ended = sent(client, path_of(man, "participations", row["id"], "end/"), **END)
    assert (ended.json()["ends_on"], ended.json()["end_reason"]) == (TODAY.isoformat(), "Over")
    assert [each["id"] for each in client.get(path_of(man, "participations")).json()["results"]] == [row["id"]]


def test_a_reader_is_named_and_the_last_one_stays(area: Area) -> None:
    client, _ = visitor(area)
    man, officer = nominal(area), MembershipFactory(area=area, role=Role.PRACTITIONER)
    changed = sent(client, path_of(man, "handling"), handling="restricted", reason="Leaked")
    assert (changed.status_code, changed.json()["handling"], changed.json()["reason"]) == (201, "restricted", "Leaked")
    (own,) = client.get(path_of(man, "grants")).json()["results"]
    assert own["named_reader"] is True
    refused = sent(client, path_of(man, "grants", own["id"], "end/"), **END)
    assert (refused.status_code, refused.json()["reasons"][0]["rule"]) == (409, "R100")
    made = sent(client, path_of(man, "grants"), person=officer.user_id, named_reader=True, **FROM_TODAY)
    assert (made.status_code, made.json()["source"]) == (201, "named_reader")
    assert sent(client, path_of(man, "grants", own["id"], "end/"), **END).status_code == 200


def test_category_4_is_for_the_cleared(area: Area) -> None:
    man = nominal(area)
    refused = sent(visitor(area)[0], path_of(man, "handling"), handling="category_4", reason="Security")
    assert (refused.status_code, refused.json()["reasons"][0]["rule"]) == (409, "R99")
    cleared = visitor(area, user__category_4=True)[0]
    assert sent(cleared, path_of(man, "handling"), handling="category_4", reason="Security").status_code == 201
    man.refresh_from_db()
    assert man.handling == Handling.CATEGORY_4


def test_somebody_is_kept_out_and_let_in_again(area: Area) -> None:
    client, _ = visitor(area)
    other, member = visitor(area)
    man = nominal(area)
    record = f"/api/v1/nominals/{man.pk}/"
    made = sent(client, path_of(man, "exclusions"), person=member.user_id, **FROM_TODAY)
    assert made.status_code == 201
    assert other.get(record).status_code == other.get("/api/v1/nominals/999999999/").status_code == 404
    nobody = sent(client, path_of(man, "exclusions"), **FROM_TODAY)
    assert (nobody.status_code, nobody.json()["reasons"][0]["rule"]) == (409, "R100")
    assert sent(client, path_of(man, "exclusions", made.json()["id"], "end/"), **END).status_code == 200


def test_nobody_learns_of_an_exclusion_of_their_own(area: Area) -> None:
    client, member = visitor(area)
    about_me = ExclusionRecord("Kin", TODAY + DAY, user_id=member.user_id)
    about_us = ExclusionRecord("Their client", LONG_AGO, LONG_AGO, agency_id=member.agency_id)
    man = nominal(area, exclusions=(about_me, about_us))
    assert client.get(path_of(man, "exclusions")).json()["results"] == []
    for row in Exclusion.objects.all():
        assert client.get(path_of(man, "exclusions", row.pk)).status_code == 404
        assert sent(client, path_of(man, "exclusions", row.pk, "end/"), **END).status_code == 404


def test_whoever_has_no_role_that_reads_cases_does_not_exist(area: Area) -> None:
    client, _ = visitor(area)
    stranger = MembershipFactory(role=Role.PRACTITIONER)
    man = nominal(area)
    for part in ("grants", "exclusions"):
        response = sent(client, path_of(man, part), person=stranger.user_id, **FROM_TODAY)
        assert response.status_code == 400
        assert "does not exist" in str(response.json()["errors"]["person"])


@pytest.mark.parametrize("role", MEMBERSHIP_ROLES)
def test_is_read_by_those_who_may_see_who_has_access(area: Area, role: Role) -> None:
    client, member = visitor(area, role)
    agency = ParticipationRecord(AgencyFactory(area=area).pk, LONG_AGO)
    man = nominal(area, personal_grants=(PersonalGrantRecord(member.user_id, LONG_AGO),), participations=(agency,))
    for part in ("handling", "participations", "grants", "exclusions"):
        assert (client.get(path_of(man, part)).status_code == 200) is (role in roles_with(Perm.ACCESS_VIEW)), part
