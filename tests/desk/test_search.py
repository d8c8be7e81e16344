from datetime import date

import pytest
from django.test import Client

from agencies.models import Area
from agencies.roles import Role
from audit.reads import access_by_user, digest_of
from cases.models import Nominal
from cases.records import AddressRecord, AliasRecord
from rules.vocabulary import Handling
from tests.factories.agencies import principal_for
from tests.factories.cases import LONG_AGO, TODAY, nominal, pnc
from tests.factories.visits import day, queries, text_of, visitor


@pytest.fixture
def galena(area: Area) -> Nominal:
    return nominal(
        area,
        family_name="Galena",
        given_names="Marcus",
        identifiers=(pnc(9_000_001),),
        aliases=(AliasRecord("Whitlock", "Mark"),),
    )


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("Galena", id="as it is spelt"),
        pytest.param("Gallina", id="misspelt"),
        pytest.param("marcus galena", id="both names, small letters"),
        pytest.param("Whitlok", id="another name, misspelt"),
        pytest.param(pnc(9_000_001).value, id="by number"),
    ],
)
def test_finds_a_person(coordinator: Client, galena: Nominal, asked: str) -> None:
    response = coordinator.post("/search/", {"text": asked})
    assert f'href="/nominals/{galena.pk}/"' in response.content.decode()
    assert "Marcus Galena" in text_of(response)


def test_what_was_asked_stands_in_no_address(coordinator: Client, galena: Nominal) -> None:
    assert coordinator.get("/search/?text=Galena").content.decode().count("Galena") == 0


def test_the_access_row_holds_digests_and_ids_but_no_words(area: Area, galena: Nominal) -> None:
    client, membership = visitor(area)
    client.post("/search/", {"text": "Galena"})
    row = access_by_user(principal_for(membership, on=TODAY), membership.user_id, size=1)[0]
    assert (row.kind, row.hits, row.root_ids) == ("search", 1, [galena.pk])
    assert [bytes(term) for term in row.terms] == [digest_of("Galena")]


def test_a_restricted_match_is_a_card_without_detail(area: Area, coordinator: Client) -> None:
    hidden = nominal(area, family_name="Ochre", given_names="Warren", handling=Handling.RESTRICTED)
    response = coordinator.post("/search/", {"text": "Ochre"})
    words = text_of(response)
    assert "contact the MAPPA unit" in words
    assert "Warren" not in words
    assert f"/nominals/{hidden.pk}/" not in response.content.decode()


def test_a_category_4_match_is_nothing_at_all(area: Area, coordinator: Client) -> None:
    empty = text_of(coordinator.post("/search/", {"text": "Gypsum"}))
    nominal(area, family_name="Gypsum", handling=Handling.CATEGORY_4)
    assert text_of(coordinator.post("/search/", {"text": "Gypsum"})) == empty


def test_nothing_asked_is_said_beside_the_field(coordinator: Client) -> None:
    response = coordinator.post("/search/", {"text": "  "})
    assert response.status_code == 422
    assert "Enter a name, a number, an address or a date of birth." in text_of(response)


def test_figures_only_roles_do_not_search(area: Area) -> None:
    assert visitor(area, Role.SMB_MEMBER)[0].get("/search/").status_code == 403


def test_results_cost_the_same_for_one_and_for_three(area: Area, coordinator: Client) -> None:
    counts = []
    for number in (1, 3):
        for each in range(number - len(counts)):
            nominal(
                area, family_name="Feldspar", given_names=f"Ryan {number}{each}", identifiers=(pnc(number * 10 + each),)
            )
        coordinator.post("/search/", {"text": "Feldspar"})
        with queries() as asked:
            coordinator.post("/search/", {"text": "Feldspar"})
        counts.append(len(asked))
    assert counts[0] == counts[1]


class TestByAddressAndBirth:
    @pytest.fixture
    def spar(self, area: Area) -> Nominal:
        home = AddressRecord(LONG_AGO, lines="7 Toadstone Terrace", postcode="ZZ99 3AB")
        return nominal(area, family_name="Spar", date_of_birth=date(1996, 9, 18), addresses=(home,))

    @pytest.mark.parametrize(
        ("asked", "by"),
        [
            pytest.param({"address": "toadstone terrace"}, "Address", id="street"),
            pytest.param({"address": "zz993"}, "Address", id="beginning of a postcode"),
            pytest.param(
                {**day("date_of_birth", "1998-09-18"), "slack": "2", "slack_unit": "years"},
                "Date of birth, about",
                id="two years off",
            ),
        ],
    )
    def test_finds_a_person(self, coordinator: Client, spar: Nominal, asked: dict[str, str], by: str) -> None:
        words = text_of(coordinator.post("/search/", asked))
        assert "1 person found" in words
        assert by in words

    def test_the_access_row_holds_a_digest_of_the_address(self, area: Area, spar: Nominal) -> None:
        client, membership = visitor(area)
        client.post("/search/", {"address": "ZZ99 3AB"})
        row = access_by_user(principal_for(membership, on=TODAY), membership.user_id, size=1)[0]
        assert (row.kind, row.hits, row.root_ids) == ("search", 1, [spar.pk])
        assert [bytes(term) for term in row.terms] == [digest_of("ZZ99 3AB")]

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            pytest.param({"address": "12"}, "three letters or more", id="a house number alone"),
            pytest.param({**day("date_of_birth", "1998-09-18"), "slack": "61"}, "60 days or fewer", id="too many days"),
            pytest.param(
                {**day("date_of_birth", "1998-09-18"), "slack": "11", "slack_unit": "years"},
                "10 years or fewer",
                id="too many years",
            ),
            pytest.param(
                {"text": "Spar", "slack": "2"}, "Enter the date of birth that may be off.", id="off from what"
            ),
        ],
    )
    def test_what_cannot_be_looked_for_is_said_beside_the_field(
        self, coordinator: Client, asked: dict[str, str], said: str
    ) -> None:
        response = coordinator.post("/search/", asked)
        assert response.status_code == 422
        assert said in text_of(response)
