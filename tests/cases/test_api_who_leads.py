"""The machine interface of lead agencies and named officers: same services, same refusals as the pages (R97)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.access import can
from agencies.kinds import AgencyKind
from agencies.models import Agency, Area, Membership, User
from agencies.roles import Perm, Role
from audit.reads import access_by_user
from cases.models import LeadAgencySpan, NamedOfficerSpan, Nominal
from cases.records import LeadAgencyRecord, NamedOfficerRecord, PersonalGrantRecord
from mappa import clock
from rules.vocabulary import Handling
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory, principal_for
from tests.factories.cases import LONG_AGO, TODAY, nominal
from tests.factories.visits import text_of, visitor

DAY = timedelta(days=1)
HANDED = TODAY - 10 * DAY
WHY = {"reason": "Misread"}
PARTS = ("lead-agencies", "named-officers")


@pytest.fixture
def client(area: Area) -> Client:
    clock.pretend(TODAY)
    return visitor(area)[0]


@pytest.fixture
def probation(area: Area) -> Agency:
    return AgencyFactory.create(area=area, kind=AgencyKind.PROBATION)


@pytest.fixture
def police(area: Area) -> Agency:
    return AgencyFactory.create(area=area, kind=AgencyKind.POLICE)


@pytest.fixture
def officers(probation: Agency) -> list[Membership]:
    return [officer(probation) for _ in range(3)]


@pytest.fixture
def man(area: Area, probation: Agency, police: Agency, officers: list[Membership]) -> Nominal:
    return led(area, probation, police, officers)


def led(area: Area, one: Agency, other: Agency, officers: list[Membership], **more: Any) -> Nominal:
    """Led by one agency and then by the other; two officers of the first, one after the other."""
    first, second, _ = officers
    return nominal(
        area,
        lead_agencies=(LeadAgencyRecord(one.pk, LONG_AGO, HANDED - DAY), LeadAgencyRecord(other.pk, HANDED)),
        named_officers=(
            NamedOfficerRecord(first.user_id, one.pk, LONG_AGO, HANDED - DAY),
            NamedOfficerRecord(second.user_id, one.pk, HANDED),
        ),
        **more,
    )


def officer(agency: Agency, role: Role = Role.PRACTITIONER) -> Membership:
    return MembershipFactory.create(area=agency.area, agency=agency, role=role)


def sees(member: Membership, man: Nominal) -> bool:
    return bool(can(principal_for(member, on=TODAY), Perm.NOMINAL_VIEW, man))


def path_of(man: Nominal, part: str, row: LeadAgencySpan | NamedOfficerSpan | None = None) -> str:
    return f"/api/v1/nominals/{man.pk}/{part}/{f'{row.pk}/' if row else ''}"


def spans_of(man: Nominal, part: str) -> Any:
    return man.lead_agencies if part == "lead-agencies" else man.named_officers


def send(client: Client, path: str, data: dict[str, Any]) -> Any:
    return client.post(path, data, content_type="application/json")


def patch(client: Client, path: str, data: dict[str, Any]) -> Any:
    return client.patch(path, data, content_type="application/json")


def rows(client: Client, man: Nominal, part: str, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in client.get(path_of(man, part)).json()["results"]]


def test_both_are_read_with_the_earlier_ones(
    client: Client, man: Nominal, probation: Agency, police: Agency, officers: list[Membership]
) -> None:
    ended, began = (HANDED - DAY).isoformat(), HANDED.isoformat()
    assert rows(client, man, "lead-agencies", "agency", "agency_name", "starts_on", "ends_on") == [
        (probation.pk, probation.name, LONG_AGO.isoformat(), ended),
        (police.pk, police.name, began, None),
    ]
    names = ("officer", "officer_name", "agency_name", "starts_on", "ends_on")
    assert rows(client, man, "named-officers", *names) == [
        (officers[0].user_id, officers[0].user.name, probation.name, LONG_AGO.isoformat(), ended),
        (officers[1].user_id, officers[1].user.name, probation.name, began, None),
    ]
    for part in PARTS:
        (one, _) = client.get(path_of(man, part)).json()["results"]
        assert client.get(path_of(man, part, spans_of(man, part).earliest("starts_on"))).json() == one


def test_one_is_named_from_a_day_and_compares_what_was_read(
    client: Client, man: Nominal, probation: Agency, officers: list[Membership]
) -> None:
    new = officer(AgencyFactory.create(area=man.area, kind=AgencyKind.PROBATION), Role.SPOC)
    for part, sent, whom in (
        ("lead-agencies", {"agency": new.agency_id}, new),
        ("named-officers", {"agency": probation.pk, "officer": officers[2].user_id}, officers[2]),
    ):
        path = path_of(man, part)
        read = client.get(path).json()["results"][0]["version"]
        assert not sees(whom, man)
        made = send(client, path, {**sent, "starts_on": TODAY.isoformat(), "version": read})
        assert (made.status_code, made.json()["ends_on"]) == (201, None)
        assert made.json() == client.get(path).json()["results"][-1]
        assert rows(client, man, part, "ends_on")[1] == ((TODAY - DAY).isoformat(),), "the one before ends"
        assert sees(whom, man), "whose grant follows"
        late = send(client, path, {**sent, "starts_on": TODAY.isoformat(), "version": read})
        assert (late.status_code, late.json()["title"]) == (409, "Changed meanwhile")


def test_one_is_put_right_and_taken_away(client: Client, man: Nominal, officers: list[Membership]) -> None:
    """What is not sent stays; the one before moves along, and goes on when this one never was."""
    right = officer(AgencyFactory.create(area=man.area, kind=AgencyKind.PROBATION), Role.SPOC)
    moved = HANDED - 5 * DAY
    for part, sent, whom in (
        ("lead-agencies", {"agency": right.agency_id}, right),
        ("named-officers", {"officer": officers[2].user_id}, officers[2]),
    ):
        path = path_of(man, part, spans_of(man, part).get(ends_on=None))
        before = client.get(path).json()
        assert patch(client, path, {"starts_on": moved.isoformat(), **WHY}).status_code == 200
        row = patch(client, path, {**sent, "reason": "The other team"}).json()
        assert row.items() >= {**sent, "starts_on": moved.isoformat(), "correction": "The other team"}.items()
        assert (row["version"] != before["version"], row == client.get(path).json()) == (True, True)
        assert rows(client, man, part, "ends_on")[0] == ((moved - DAY).isoformat(),)
        assert sees(whom, man)
        assert list(send(client, f"{path}away/", {}).json()["errors"]) == ["reason"]
        assert send(client, f"{path}away/", {"reason": f"Never of {part}"}).status_code == 204
        assert rows(client, man, part, "ends_on") == [(None,)]
        assert not sees(whom, man)
        assert f"Never of {part}" in text_of(client.get(f"/nominals/{man.pk}/history/"))


@pytest.mark.parametrize(
    ("part", "sent", "said"),
    [
        pytest.param("lead-agencies", {"starts_on": "2026-11-01"}, "R97", id="no reason (R97)"),
        pytest.param("named-officers", WHY, "R97", id="what stands already (R97)"),
        pytest.param("lead-agencies", {"starts_on": "2019-01-01", **WHY}, "R97", id="the one before has no day (R97)"),
        pytest.param("named-officers", {"starts_on": "0001-01-01", **WHY}, "starts_on", id="no such year"),
        pytest.param("lead-agencies", {"agency": 999_999, **WHY}, "agency", id="no such agency"),
        pytest.param("named-officers", {"officer": 999_999, **WHY}, "officer", id="no such officer"),
        pytest.param("named-officers", {"officer": None, **WHY}, "officer", id="nobody"),
    ],
)
def test_what_is_wrong_with_a_correction_is_said(
    client: Client, man: Nominal, part: str, sent: dict[str, Any], said: str
) -> None:
    path = path_of(man, part, spans_of(man, part).get(ends_on=None))
    before = client.get(path).json()
    told = patch(client, path, sent).json()
    assert [*(each["rule"] for each in told.get("reasons", ())), *told.get("errors", ())] == [said]
    assert client.get(path).json() == before


def test_who_cannot_lead_or_be_named(client: Client, man: Nominal, probation: Agency, police: Agency) -> None:
    """An agency or officer of another area, or that cannot lead, does not exist; who is another agency's is refused."""
    elsewhere = officer(AgencyFactory.create(area=AreaFactory.create(), kind=AgencyKind.PROBATION))
    council = AgencyFactory.create(area=man.area, kind=AgencyKind.HOUSING_AUTHORITY)
    spoc: User = MembershipFactory.create(area=man.area, agency=probation, role=Role.SPOC).user
    theirs, since = officer(police), {"starts_on": TODAY.isoformat()}
    told = {
        str(send(client, path_of(man, "lead-agencies"), {"agency": key, **since}).json()["errors"]).replace(
            str(key), ""
        )
        for key in (elsewhere.agency_id, council.pk, 999_999)
    }
    assert len(told) == 1, "in the same words"
    for wrong in (elsewhere.user_id, spoc.pk, 999_999):
        sent = {"officer": wrong, "agency": probation.pk, **since}
        assert list(send(client, path_of(man, "named-officers"), sent).json()["errors"]) == ["officer"]
    sent = {"officer": theirs.user_id, "agency": probation.pk, **since}
    refused = send(client, path_of(man, "named-officers"), sent)
    assert (refused.status_code, [each["rule"] for each in refused.json()["reasons"]]) == (409, ["R97"])
    assert list(send(client, path_of(man, "named-officers"), {}).json()["errors"]) == ["starts_on", "officer", "agency"]


def test_is_as_closed_as_the_pages(
    client: Client, area: Area, probation: Agency, police: Agency, officers: list[Membership], man: Nominal
) -> None:
    unseen = led(area, probation, police, officers, handling=Handling.CATEGORY_4)
    reader, member = visitor(area, Role.CHAIR)
    grant = (PersonalGrantRecord(member.user_id, LONG_AGO),)
    shown = led(area, probation, police, officers, personal_grants=grant)
    for part in PARTS:
        hidden, open_ = (spans_of(each, part).earliest("starts_on") for each in (unseen, shown))
        nobody = f"/api/v1/nominals/999999/{part}/1/"
        paths = (path_of(unseen, part, hidden), path_of(man, part, hidden), nobody)
        answers = [patch(client, path, WHY) for path in paths]
        answers += [send(client, f"{path}away/", WHY) for path in paths]
        answers += [client.get(path) for path in (path_of(unseen, part), *paths)]
        assert {str({**each.json(), "request_id": ""}) for each in answers} == {
            "{'title': 'Not found', 'status': 404, 'request_id': ''}"
        }
        own = path_of(shown, part, open_)
        assert reader.get(own).status_code == 200
        asked = (patch(reader, own, WHY), send(reader, f"{own}away/", WHY), send(reader, path_of(shown, part), {}))
        assert [each.status_code for each in asked] == [403, 403, 403]


def test_the_evidence_says_whose_it_was(area: Area, man: Nominal) -> None:
    clock.pretend(TODAY)
    client, member = visitor(area)
    for part in PARTS:
        assert client.get(path_of(man, part)).status_code == 200
        assert access_by_user(principal_for(member, on=TODAY), member.user_id, size=1)[0].root_ids == [man.pk]
