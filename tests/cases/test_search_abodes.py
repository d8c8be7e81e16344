"""Finding people by address, by postcode, and by a birth date give or take; hidden people stay hidden."""

from collections.abc import Callable
from datetime import date

import pytest

from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Role
from cases.abodes import Abode, abode_of
from cases.models import Nominal
from cases.queries import find
from cases.records import AddressRecord
from cases.search import GiveOrTake, SlackUnit
from rules.vocabulary import Handling
from tests.factories import cases as make
from tests.factories.cases import LONG_AGO, TODAY

BORN = date(1984, 5, 17)


def living(area: Area, name: str, lines: str, postcode: str = "", **more: object) -> Nominal:
    ends_on = more.pop("ends_on", None)
    home = AddressRecord(LONG_AGO, ends_on, lines=lines, postcode=postcode)  # type: ignore[arg-type]
    return make.nominal(area, family_name=name, addresses=(home,), **more)


@pytest.fixture
def street(area: Area) -> None:
    living(area, "Galena", "12 Toadstone Terrace, Chesterfield", "ZZ99 3AB")
    living(area, "Barytes", "48 Toadstone Terrace, Chesterfield", "ZZ99 3CD")
    living(area, "Feldspar", "12 Millstone Row, Erewash", "ZZ99 4AB")
    living(area, "Tufa", "12 Toadstone Terrace, Chesterfield", "ZZ99 3AB", ends_on=date(2021, 4, 1))


def found(by: Principal, **asked: object) -> list[str]:
    return [match.nominal.family_name for match in find(by, on=TODAY, **asked).matches]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("zz99 3ab", Abode("", "ZZ993AB"), id="a postcode"),
        pytest.param("ZZ993AB", Abode("", "ZZ993AB"), id="a postcode without its space"),
        pytest.param("ZZ99", Abode("", "ZZ99"), id="the first half"),
        pytest.param("ZZ99 3", Abode("", "ZZ993"), id="the first half and a figure"),
        pytest.param("12 Toadstone Terrace, ZZ99 3AB", Abode("12 TOADSTONE TERRACE", "ZZ993AB"), id="both"),
        pytest.param("Flat A1 Lodge", Abode("FLAT A1 LODGE", ""), id="what looks like half a postcode within words"),
        pytest.param("12", Abode(), id="no three letters"),
        pytest.param(" \x00 ", Abode(), id="nothing"),
    ],
)
def test_text_is_taken_apart(text: str, expected: Abode) -> None:
    assert abode_of(text) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param("12 Toadstone Terrace", ["Galena", "Tufa", "Barytes"], id="present, past, another house"),
        pytest.param("todstone terrace", ["Barytes", "Galena", "Tufa"], id="misspelt"),
        pytest.param("ZZ99 3", ["Barytes", "Galena", "Tufa"], id="beginning of a postcode"),
        pytest.param("zz993cd", ["Barytes"], id="postcode without its space"),
        pytest.param("Terrace, ZZ99 3CD", ["Barytes"], id="words and postcode together"),
        pytest.param("Terrace ZZ99 4AB", [], id="a street that has not this postcode"),
        pytest.param("Basalt Avenue", [], id="nobody's"),
        pytest.param("99", [], id="a house number alone"),
    ],
)
def test_people_are_found_by_where_they_live(
    street: None, coordinator: Principal, asked: str, expected: list[str]
) -> None:
    names = found(coordinator, address=asked)
    assert sorted(names) == sorted(expected)
    if "Tufa" in expected:
        assert names[-1] == "Tufa" or asked.startswith("12"), "who lives there now comes before who once did"


def test_it_says_whether_they_live_there_now(street: None, coordinator: Principal) -> None:
    said = {each.nominal.family_name: each.by for each in find(coordinator, on=TODAY, address="ZZ99 3AB").matches}
    assert said == {"Galena": "address", "Tufa": "past address"}


def test_an_address_narrows_a_name_and_a_birth_date(area: Area, street: None, coordinator: Principal) -> None:
    living(area, "Galena", "1 Basalt Avenue", "ZZ99 9ZZ", date_of_birth=date(1950, 1, 1))
    assert len(found(coordinator, text="Galena")) == 2
    assert found(coordinator, text="Galena", address="Basalt Avenue") == ["Galena"]
    assert found(coordinator, date_of_birth=date(1950, 1, 1), address="Toadstone") == []
    assert found(coordinator, date_of_birth=date(1950, 1, 1), address="Basalt") == ["Galena"]


@pytest.mark.parametrize(
    ("off", "expected"),
    [
        pytest.param(GiveOrTake(0, SlackUnit.DAYS), ["Same"], id="that day only"),
        pytest.param(GiveOrTake(9, SlackUnit.DAYS), ["Same"], id="the day before the tenth"),
        pytest.param(GiveOrTake(10, SlackUnit.DAYS), ["Same", "Tendays"], id="the tenth day"),
        pytest.param(GiveOrTake(1, SlackUnit.YEARS), ["Same", "Tendays"], id="a year short of the second"),
        pytest.param(GiveOrTake(2, SlackUnit.YEARS), ["Same", "Tendays", "Twoyears"], id="two years to the day"),
    ],
)
def test_a_birth_date_give_or_take_finds_the_nearest_first(
    area: Area, coordinator: Principal, off: GiveOrTake, expected: list[str]
) -> None:
    for name, born in (("Twoyears", date(1986, 5, 17)), ("Tendays", date(1984, 5, 27)), ("Same", BORN)):
        make.nominal(area, family_name=name, date_of_birth=born)
    assert found(coordinator, date_of_birth=BORN, give_or_take=off) == expected


def test_29_february_give_or_take_a_year() -> None:
    assert GiveOrTake(1, SlackUnit.YEARS).around(date(1984, 2, 29)) == (date(1983, 2, 28), date(1985, 2, 28))


@pytest.mark.parametrize("handling", [Handling.RESTRICTED, Handling.CATEGORY_4])
def test_an_address_or_birth_date_betrays_nobody_hidden(area: Area, coordinator: Principal, handling: Handling) -> None:
    """Who tries addresses one after the other must not learn where a restricted person lives (R99, R100)."""
    living(area, "Ochre", "5 Hidden Lane", "ZZ99 8HH", handling=handling)
    for asked in ({"address": "5 Hidden Lane"}, {"address": "ZZ99 8HH"},
                  {"date_of_birth": BORN, "give_or_take": GiveOrTake(10, SlackUnit.YEARS)}):  # fmt: skip
        answer = find(coordinator, on=TODAY, **asked)  # type: ignore[arg-type]
        assert (answer.matches, answer.cards) == ([], 0)


def test_a_card_says_nothing_of_the_address(area: Area, coordinator: Principal) -> None:
    living(area, "Ochre", "5 Hidden Lane", "ZZ99 8HH", handling=Handling.RESTRICTED)
    right = find(coordinator, on=TODAY, text="Ochre", address="ZZ99 8HH")
    wrong = find(coordinator, on=TODAY, text="Ochre", address="ZZ99 1AA")
    assert (right.cards, right.matches) == (wrong.cards, wrong.matches) == (1, [])


def test_only_records_of_one_s_own_scope(street: None, acting: Callable[..., Principal]) -> None:
    assert found(acting(Role.PRACTITIONER), address="Toadstone Terrace") == []


class TestMoreThanAreShown:
    """A search shows the best of those who fit, and says how many there are."""

    MANY = 310

    @pytest.fixture
    def crowd(self, area: Area) -> None:
        misspelt = AddressRecord(LONG_AGO, lines="4 Todstone Terrace", postcode="ZZ99 3AB")
        born = {"family_name": "Galena", "date_of_birth": BORN}
        make.people(*(make.person(area, addresses=(misspelt,), **born) for _ in range(self.MANY)))
        right = AddressRecord(LONG_AGO, lines="4 Toadstone Terrace", postcode="ZZ99 3AB")
        make.nominal(area, addresses=(right,), **born | {"family_name": "Galina"})
        make.nominal(area, addresses=(right,), handling=Handling.RESTRICTED, **born)

    def test_the_best_of_all_comes_first_however_many_there_are(self, crowd: None, coordinator: Principal) -> None:
        answer = find(coordinator, on=TODAY, address="4 Toadstone Terrace")
        assert answer.matches[0].nominal.family_name == "Galina"
        assert (len(answer.matches), answer.total, answer.at_least) == (50, self.MANY + 1, False)
        assert answer.counted == "The 50 best of 311 people found"

    def test_all_of_a_birth_date_are_counted(self, crowd: None, coordinator: Principal) -> None:
        answer = find(coordinator, on=TODAY, date_of_birth=BORN)
        assert (len(answer.matches), answer.counted) == (50, "The 50 best of 311 people found")

    def test_of_names_at_least_those_that_were_ranked(self, crowd: None, coordinator: Principal) -> None:
        answer = find(coordinator, on=TODAY, text="Galena")
        assert (len(answer.matches), answer.at_least, answer.is_cut) == (50, True, True)
        assert answer.counted == "The 50 best of at least 301 people found"
        alone = find(coordinator, on=TODAY, text="Galena", address="4 Toadstone Terrace ZZ99 3AB", limit=400)
        assert (len(alone.matches), alone.at_least) == (301, True)

    def test_few_are_counted_plainly(self, street: None, coordinator: Principal) -> None:
        answer = find(coordinator, on=TODAY, address="Millstone Row")
        assert (answer.counted, answer.is_cut) == ("1 person found", False)
        assert find(coordinator, on=TODAY, text="Galena").counted == "1 person found"
