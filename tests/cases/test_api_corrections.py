"""The machine interface puts right what was recorded by mistake: same services, same refusals as the pages."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Area, LocalHousingAuthority
from agencies.roles import Role
from audit.reads import access_by_user
from cases.models import Address, Nominal, WhereaboutsSpan
from cases.records import AddressRecord, PersonalGrantRecord
from cases.services.obligations import drifting_everywhere
from mappa import clock
from rules.vocabulary import Handling, Level, Tenure, Whereabouts
from tests.factories.agencies import AreaFactory, LocalHousingAuthorityFactory, principal_for
from tests.factories.cases import LONG_AGO, TODAY, at_level, nominal, qualifying, stay
from tests.factories.visits import text_of, visitor

DAY = timedelta(days=1)
MOVED = TODAY - 10 * DAY
WHY = {"reason": "Misread"}


@pytest.fixture
def client(area: Area) -> Client:
    clock.pretend(TODAY)
    return visitor(area)[0]


def known(area: Area, **more: Any) -> Nominal:
    """At home, then in prison; with an address that is a council's, and one at a partner's."""
    return nominal(
        area,
        whereabouts=(
            stay(Whereabouts.COMMUNITY, LONG_AGO, MOVED - DAY),
            stay(Whereabouts.CUSTODY, MOVED),
        ),
        addresses=(
            AddressRecord(LONG_AGO, lines="7 Toadstone Terrace", postcode="ZZ99 3AB", tenure=Tenure.COUNCIL),
            AddressRecord(MOVED, lines="Her mother's"),
        ),
        **more,
    )


@pytest.fixture
def person(area: Area) -> Nominal:
    return known(area)


@pytest.fixture
def prison(person: Nominal) -> WhereaboutsSpan:
    return person.whereabouts.get(kind=Whereabouts.CUSTODY)


@pytest.fixture
def home(person: Nominal) -> Address:
    return person.addresses.get(starts_on=LONG_AGO)


def path_of(row: WhereaboutsSpan | Address, person: Nominal | None = None) -> str:
    part = "addresses" if isinstance(row, Address) else "whereabouts"
    return f"/api/v1/nominals/{person.pk if person else row.nominal_id}/{part}/{row.pk}/"


def patch(client: Client, path: str, data: dict[str, Any]) -> Any:
    return client.patch(path, data, content_type="application/json")


def away(client: Client, path: str, data: dict[str, Any]) -> Any:
    return client.post(f"{path}away/", data, content_type="application/json")


def test_a_stay_is_put_right_and_the_one_before_follows(client: Client, prison: WhereaboutsSpan) -> None:
    path = path_of(prison)
    before = client.get(path).json()
    said = {"place": "HMP Peak", "starts_on": (MOVED + 2 * DAY).isoformat()}
    answer = patch(client, path, {**said, **WHY})
    assert answer.status_code == 200, "what is not sent stays: it is still prison"
    told = {**before, **said, "corrected_on": TODAY.isoformat(), "correction": "Misread"}
    assert {**answer.json(), "version": 0} == {**told, "version": 0}
    assert answer.json()["version"] != before["version"], "what somebody else has read is no longer so"
    assert answer.json() == client.get(path).json()
    ends = prison.nominal.whereabouts.order_by("starts_on").values_list("kind", "ends_on")
    assert list(ends) == [("community", MOVED + DAY), ("custody", None)]


def test_an_address_is_put_right_alone(client: Client, home: Address) -> None:
    answer = patch(client, path_of(home), {"lines": "9 Toadstone Terrace", "postcode": "zz99 4cd ", **WHY})
    assert answer.status_code == 200
    row = answer.json()
    assert (row["lines"], row["postcode"], row["tenure"]) == ("9 Toadstone Terrace", "ZZ99 4CD", "council")
    assert (row["corrected_on"], row["correction"], "reason" in row) == (TODAY.isoformat(), "Misread", False)
    assert row == client.get(path_of(home)).json()
    other = home.nominal.addresses.exclude(pk=home.pk).get()
    assert (other.lines, other.corrected_on) == ("Her mother's", None)


def test_an_address_becomes_no_fixed_abode_and_back(client: Client, area: Area, home: Address) -> None:
    """What the other answer asks for is sent empty, or said to be in the way; nothing falls away in silence."""
    council: LocalHousingAuthority = LocalHousingAuthorityFactory.create(area=area)
    elsewhere = LocalHousingAuthorityFactory.create(area=AreaFactory.create())
    path, none = path_of(home), {"no_fixed_abode": True, "closest_links": council.pk, **WHY}
    empty = {"lines": "", "postcode": "", "tenure": ""}
    assert list(patch(client, path, none).json()["errors"]) == ["postcode"]
    refused = patch(client, path, {**none, "postcode": ""})
    assert [each["text"] for each in refused.json()["reasons"]] == ["No fixed abode: leave the address empty"]
    wrong = patch(client, path, {**none, **empty, "closest_links": elsewhere.pk})
    assert list(wrong.json()["errors"]) == ["closest_links"], "another area's council does not exist"
    row = patch(client, path, {**none, **empty}).json()
    assert (row["no_fixed_abode"], row["lines"], row["closest_links"]) == (True, "", council.pk)
    back = {"no_fixed_abode": False, "lines": "7 Toadstone Terrace", **WHY}
    assert list(patch(client, path, back).json()["errors"]) == ["closest_links"]
    assert patch(client, path, {**back, "closest_links": None}).json()["lines"] == "7 Toadstone Terrace"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        pytest.param({"starts_on": "2026-10-01"}, ["R52"], id="no reason (R52)"),
        pytest.param(WHY, ["R52"], id="what stands already (R52)"),
        pytest.param({"starts_on": "2027-01-01", **WHY}, ["R52"], id="ahead of the day (R52)"),
        pytest.param({"kind": "dead", **WHY}, ["R28"], id="a death (R28)"),
        pytest.param({"kind": "the_moon", **WHY}, ["kind"], id="no such whereabouts"),
        pytest.param({"starts_on": "0001-01-01", **WHY}, ["starts_on"], id="a year that cannot be"),
        pytest.param({"place": "x" * 201, **WHY}, ["place"], id="longer than a place"),
        pytest.param({"place": "HMP Peak", "reason": "x" * 301}, ["reason"], id="longer than a reason"),
    ],
)
def test_what_is_wrong_with_a_stay_is_said(
    client: Client, prison: WhereaboutsSpan, sent: dict[str, Any], said: Sequence[str]
) -> None:
    refused(client, path_of(prison), sent, said)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        pytest.param({"lines": "9 Toadstone Terrace"}, ["R6"], id="no reason (R6)"),
        pytest.param(WHY, ["R6"], id="what stands already (R6)"),
        pytest.param({"lines": " ", **WHY}, ["R6"], id="neither address nor none (R6)"),
        pytest.param({"ends_on": "2019-01-01", **WHY}, ["R6"], id="ends before it starts (R6)"),
        pytest.param({"closest_links": 1, **WHY}, ["closest_links"], id="no such council"),
        pytest.param({"tenure": "the_moon", **WHY}, ["tenure"], id="nobody's answer"),
        pytest.param({"lines": "9 Toadstone Terrace", "reason": " "}, ["reason"], id="a reason of nothing"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(
    client: Client, home: Address, sent: dict[str, Any], said: Sequence[str]
) -> None:
    refused(client, path_of(home), sent, said)


def refused(client: Client, path: str, sent: dict[str, Any], said: Sequence[str]) -> None:
    """By a rule: 409 with its code; by the shape of the input: 400 with the field. Nothing is written."""
    before = client.get(path).json()
    response = patch(client, path, sent)
    told = response.json()
    if response.status_code == 409:
        assert [each["rule"] for each in told["reasons"]] == list(said)
    else:
        assert (response.status_code, list(told["errors"])) == (400, list(said))
    assert client.get(path).json() == before


def test_an_address_is_taken_away_and_the_history_keeps_why(client: Client, home: Address) -> None:
    path = path_of(home)
    assert list(away(client, path, {}).json()["errors"]) == ["reason"]
    assert client.get(path).status_code == 200
    answer = away(client, path, {"reason": "Of another person"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert [client.get(path).status_code, away(client, path, WHY).status_code] == [404, 404]
    assert [row.lines for row in home.nominal.addresses.all()] == ["Her mother's"]
    assert "Of another person" in text_of(client.get(f"/nominals/{home.nominal_id}/history/"))


def test_a_screening_with_its_level_and_a_review_are_taken_away(client: Client, area: Area) -> None:
    """What they met is due again, as if they had not been."""
    man = nominal(area, grounds=(qualifying(LONG_AGO),), levels=(at_level(Level.NOT_SET, LONG_AGO),))
    part = f"/api/v1/nominals/{man.pk}/"
    screened = {"screened_on": MOVED.isoformat(), "outcome": "level_1", "reason": "Low risk, one agency"}
    review = {
        "held_on": TODAY.isoformat(), "form": "paper", "contributors": "Probation", "decision": "Stays at Level 1",
        "risk": "medium", "next_on": (TODAY + 60 * DAY).isoformat(),
    }  # fmt: skip
    for name, sent in (("screenings", screened), ("level-1-reviews", review)):
        made = client.post(f"{part}{name}/", sent, content_type="application/json")
        assert made.status_code == 201, made.content
    assert man.levels.filter(level=Level.ONE).exists()
    for name, row in (("level-1-reviews", man.level_1_reviews.get()), ("screenings", man.screenings.get())):
        path = f"{part}{name}/{row.pk}/"
        assert list(away(client, path, {"reason": " "}).json()["errors"]) == ["reason"]
        assert (away(client, path, WHY).status_code, client.get(path).status_code) == (204, 404)
    assert not man.levels.filter(level=Level.ONE).exists()
    assert not drifting_everywhere(today=TODAY)


def test_is_as_closed_as_the_pages(client: Client, area: Area, person: Nominal, home: Address) -> None:
    """A hidden person's row, one below another person, one that is not: the same answer. Who reads changes nothing."""
    unseen = known(area, handling=Handling.CATEGORY_4)
    theirs = (unseen.addresses.earliest("pk"), unseen.whereabouts.earliest("pk"))
    paths = [path_of(row) for row in theirs] + [path_of(row, person) for row in theirs]
    paths += [f"/api/v1/nominals/{person.pk}/{part}/999999/" for part in ("addresses", "whereabouts")]
    answers = [patch(client, path, {"starts_on": "2026-10-01", **WHY}) for path in paths]
    answers += [away(client, path, WHY) for path in paths]
    assert {response.status_code for response in answers} == {404}
    assert len({str({**response.json(), "request_id": ""}) for response in answers}) == 1

    reader, member = visitor(area, Role.CHAIR)
    shown = known(area, personal_grants=(PersonalGrantRecord(member.user_id, LONG_AGO),))
    for row in (shown.addresses.earliest("pk"), shown.whereabouts.earliest("pk")):
        assert reader.get(path_of(row)).status_code == 200
        assert patch(reader, path_of(row), WHY).status_code == 403
        assert away(reader, path_of(row), WHY).status_code == 403


def test_the_evidence_says_whose_it_was(area: Area, home: Address) -> None:
    clock.pretend(TODAY)
    client, member = visitor(area)
    asks: Sequence[Callable[[], Any]] = (
        lambda: patch(client, path_of(home), {"ends_on": MOVED.isoformat(), **WHY}),
        lambda: away(client, path_of(home), WHY),
    )
    for ask, status in zip(asks, (200, 204), strict=True):
        ask()
        row = access_by_user(principal_for(member, on=TODAY), member.user_id, size=1)[0]
        assert (row.root_ids, row.status) == ([home.nominal_id], status)
