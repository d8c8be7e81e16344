"""What a client sends again with the same key is carried out once, and answered with what stands now."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from django.test import Client

from agencies.kinds import AgencyKind
from agencies.models import Agency, Area, Membership
from agencies.roles import Role
from audit.reads import access_by_user
from cases.models import Nominal, Referral
from mappa import clock
from meetings.models import Slot
from pages.models import SubmittedForm
from rules.vocabulary import Handling
from tests.agencies.test_at_once import at_once
from tests.factories import meetings as plan
from tests.factories.agencies import AgencyFactory, AreaFactory, principal_for
from tests.factories.cases import OFFENCE, TODAY, nominal, offences
from tests.factories.visits import visitor
from tests.meetings.test_pages_sittings import at_level_2
from tests.meta.addresses import guarded

SINCE = (TODAY - timedelta(days=10)).isoformat()
HOME = {"lines": "7 Toadstone Terrace", "postcode": "ZZ99 3AB", "starts_on": SINCE, "beside_others": True}
GROUND = {
    "kind": "qualifying_disposal", "offence": OFFENCE, "outcome": "conviction", "outcome_on": "2026-03-02",
    "disposal": "imprisonment", "term_months": 60, "starts_on": "2026-03-02",
}  # fmt: skip
KEY = "3f0c7f5e-6f0e-4d39-9a55-2b1f6a6f0001"


@pytest.fixture
def acting(area: Area) -> tuple[Client, Membership]:
    clock.pretend(TODAY)
    return visitor(area)


@pytest.fixture
def client(acting: tuple[Client, Membership]) -> Client:
    return acting[0]


@pytest.fixture
def man(area: Area) -> Nominal:
    return nominal(area, family_name="Feldspar", date_of_birth=TODAY.replace(year=1980))


@pytest.fixture
def path(man: Nominal) -> str:
    return f"/api/v1/nominals/{man.pk}/addresses/"


def send(client: Client, path: str, data: Any = HOME, key: str | None = KEY) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(path, data, content_type="application/json", headers=headers)


def test_sent_again_it_is_made_once_and_answered_again(
    acting: tuple[Client, Membership], man: Nominal, path: str
) -> None:
    client, member = acting
    first = send(client, path)
    # The same said in another order, and with the key in quotes, is the same.
    again = send(client, path, dict(reversed(HOME.items())), f'"{KEY}"')
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert man.addresses.count() == 1
    row = access_by_user(principal_for(member, on=TODAY), member.user_id, size=1)[0]
    assert (row.root_ids, row.status) == ([man.pk], 201), "whose it is that the repeat has shown"
    assert [send(client, path, key=each).status_code for each in (None, None, str(uuid4()))] == [201] * 3
    assert man.addresses.count() == 4, "without a key, or with another, each is carried out"


def test_answered_with_what_stands_now_to_whoever_may_read_it(client: Client, man: Nominal, path: str) -> None:
    """Nothing of what was sent or answered is kept beside the key."""
    row = send(client, path).json()
    (kept,) = SubmittedForm.objects.values_list("location", flat=True)
    assert kept == f"{path}{row['id']}/"
    man.addresses.update(lines="9 Toadstone Terrace")
    now = send(client, path).json()
    assert (now["id"], now["lines"]) == (row["id"], "9 Toadstone Terrace")
    Nominal.objects.filter(pk=man.pk).update(handling=Handling.CATEGORY_4)
    assert send(client, path).json().keys() == {"title", "status", "request_id"}
    assert send(client, path).status_code == 404


def test_the_same_key_with_anything_else_is_refused(client: Client, area: Area, man: Nominal, path: str) -> None:
    """Another text, another person, another kind of row: nothing of it is written."""
    other = nominal(area)
    send(client, path)
    for where, sent in (
        (path, {**HOME, "lines": "9 Toadstone Terrace"}),
        (f"/api/v1/nominals/{other.pk}/addresses/", HOME),
        (f"/api/v1/nominals/{man.pk}/warnings/", {"kind": "dogs", "text": "Ask first.", "starts_on": SINCE}),
    ):
        answer = send(client, where, sent)
        assert (answer.status_code, answer.json()["title"]) == (422, "Key used before")
        assert "with a key of its own" in answer.json()["detail"]
    assert [man.addresses.count(), other.addresses.count(), man.staff_warnings.count()] == [1, 0, 0]
    assert send(client, path).status_code == 201, "the first is answered as before"


def test_another_persons_key_is_not_mine(client: Client, area: Area, man: Nominal, path: str) -> None:
    send(client, path)
    assert send(visitor(area)[0], path, {**HOME, "lines": "9 Toadstone Terrace"}).status_code == 201
    assert man.addresses.count() == 2


def test_what_is_refused_is_not_remembered(client: Client, man: Nominal, path: str) -> None:
    assert send(client, path, {**HOME, "lines": " "}).status_code == 409
    assert send(client, path, {**HOME, "starts_on": "soon"}).status_code == 400
    assert not SubmittedForm.objects.exists()
    assert send(client, path).status_code == 201


def test_sent_thrice_at_the_same_moment_it_is_made_once(own_database: object) -> None:
    """The second waits for the first, and both hear of the same row."""
    clock.pretend(TODAY)
    area: Area = AreaFactory.create()
    client, man = visitor(area)[0], nominal(area)
    answers: list[Any] = at_once(*(lambda: send(client, f"/api/v1/nominals/{man.pk}/addresses/"),) * 3)
    assert [each.status_code for each in answers] == [201] * 3
    assert {each.json()["id"] for each in answers} == {man.addresses.get().pk}


@pytest.mark.parametrize("key", ["", "once", "1", "%00"])
def test_a_key_that_is_none_is_refused(client: Client, man: Nominal, path: str, key: str) -> None:
    answer = send(client, path, key=key)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Idempotency-Key"])
    assert not man.addresses.exists()


def test_where_nothing_is_remembered_a_key_is_refused(client: Client, man: Nominal, path: str) -> None:
    """Nobody is left to believe that it may be sent again."""
    row = send(client, path).json()
    for where, sent in ((f"{path}{row['id']}/away/", {"reason": "Misread"}), ("/api/v1/search/", {"text": "Feldspar"})):
        answer = send(client, where, sent, str(uuid4()))
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Idempotency-Key"])
    assert man.addresses.count() == 1
    assert client.get(path, headers={"Idempotency-Key": "once"}).status_code == 200, "reading asks for none"


def test_where_nothing_can_be_sent_a_key_changes_no_answer(client: Client) -> None:
    answers = [send(client, "/api/v1/nominals/", {}, key) for key in (None, str(uuid4()), "once")]
    assert [each.status_code for each in answers] == [405] * 3


def test_whatever_is_made_and_read_at_an_address_of_its_own_takes_a_key() -> None:
    detail = {each.name.removesuffix("-detail") for each in guarded() if each.name.endswith("-detail")}
    made = {
        each.name.removesuffix("-list"): getattr(each.view, "create", None)
        for each in guarded()
        if each.is_interface and each.actions.get("post") == "create"
    }
    found = {name for name, create in made.items() if getattr(create, "keyed", False)}
    assert found == made.keys() & detail
    assert len(found) >= 15


def test_a_sitting_and_a_place_in_it(client: Client, area: Area) -> None:
    panel, heard = plan.panel(area), at_level_2(area)
    moment = "2026-12-08T10:00:00"
    held, again = (send(client, "/api/v1/sittings/", {"panel": panel.pk, "starts_at": moment}) for _ in range(2))
    assert (held.status_code, again.status_code, again.json()) == (201, 201, held.json())
    place = {"sitting": held.json()["id"], "kind": "review", "starts_at": moment}
    placed, again = (send(client, f"/api/v1/nominals/{heard.pk}/slots/", place, str(UUID(int=7))) for _ in range(2))
    assert (placed.status_code, again.status_code, again.json()) == (201, 201, placed.json())


def test_what_is_made_beside_the_list_is_read_in_it(client: Client, area: Area) -> None:
    received = {
        "agency": AgencyFactory.create(area=area).pk, "family_name": "Shale", "referrer": "Priya Dunnock",
        "received_on": TODAY.isoformat(), "category": "2", "level_asked": "2",
    }  # fmt: skip
    single = {"starts_at": "2026-12-02T10:00:00", "kind": "review", "level": "2"}
    for path, sent in (
        ("/api/v1/referrals/received/", received),
        (f"/api/v1/nominals/{at_level_2(area).pk}/slots/arrange/", single),
    ):
        first, again = (send(client, path, sent, str(uuid5(NAMESPACE_URL, path))) for _ in range(2))
        assert first.status_code == 201, first.content
        assert (again.status_code, again.json()) == (201, first.json())
    assert (Referral.objects.count(), Slot.objects.count()) == (1, 1)


def of_person(part: str, **sent: Any) -> Callable[[Nominal, Agency], tuple[str, dict[str, Any]]]:
    def asked(man: Nominal, agency: Agency) -> tuple[str, dict[str, Any]]:
        return f"/api/v1/nominals/{man.pk}/{part}/", sent | ({"agency": agency.pk} if "agency" in sent else {})

    return asked


def of_agency(part: str, **sent: Any) -> Callable[[Nominal, Agency], tuple[str, dict[str, Any]]]:
    return lambda _, agency: (f"/api/v1/{part}/", {**sent, "agency": agency.pk})


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(of_person("grounds", **GROUND), id="ground"),
        pytest.param(of_person("whereabouts", kind="custody", place="HMP Peak", starts_on=SINCE), id="stay"),
        pytest.param(of_person("key-dates", kind="release", falls_on="2027-03-01"), id="key date"),
        pytest.param(of_person("connected-people", name="Ivy Rowan", relationship="Mother"), id="connected person"),
        pytest.param(of_person("processes", kind="marac", starts_on=SINCE), id="process"),
        pytest.param(of_person("lead-agencies", starts_on=SINCE, agency=None), id="lead agency"),
        pytest.param(of_agency("referrals", family_name="Shale", given_names="Declan"), id="referral"),
    ],
)
def test_each_is_answered_again_as_it_was(
    area: Area, man: Nominal, asked: Callable[[Nominal, Agency], tuple[str, dict[str, Any]]]
) -> None:
    clock.pretend(TODAY)
    offences()
    agency = AgencyFactory.create(area=area, kind=AgencyKind.PROBATION)
    role = Role.PRACTITIONER if "referrals" in asked(man, agency)[0] else Role.COORDINATOR
    client = visitor(area, role, agency=agency)[0]
    path, sent = asked(man, agency)
    first, again = (send(client, path, sent) for _ in range(2))
    assert first.status_code == 201, first.content
    assert (again.status_code, again.json()) == (201, first.json())
    made = client.get(path).json()["results"]
    assert [row["id"] for row in made].count(first.json()["id"]) == 1
    assert SubmittedForm.objects.count() == 1
