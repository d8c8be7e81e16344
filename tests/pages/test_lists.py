"""Lists: filter, sort, page, count; the address is the state, and long lists cost what short ones cost."""

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import Area, Membership
from cases.models import Nominal
from pages.lists import Column, Found, ListContext, Listing, Sort, _pages_near
from rules.vocabulary import Handling, Sex
from tests.factories.agencies import principal_for

from .conftest import looks_at, nominal
from .site import Nominals
from .test_forms import Tags

DAY = date(2026, 3, 27)


@pytest.fixture
def people(area: Area) -> list[Nominal]:
    return [
        nominal(area, "Ash", date_of_birth=date(1980, 1, 1), sex=Sex.MALE),
        nominal(area, "Birch", date_of_birth=None, sex=Sex.FEMALE),
        nominal(area, "Cedar", date_of_birth=date(1970, 1, 1), sex=Sex.MALE),
        nominal(area, "Dogwood", date_of_birth=date(1990, 1, 1), sex=Sex.UNKNOWN),
        nominal(area, "Elm", date_of_birth=date(1960, 1, 1), sex=Sex.FEMALE),
    ]


def read(member: Membership, query: str, listing: Listing = Nominals.listing) -> Found[Nominal]:
    context = ListContext(principal_for(member, on=DAY), DAY)
    return listing.read(Nominal.objects.all(), QueryDict(query), context, "/nominals/")


def names(found: Found[Nominal]) -> list[str]:
    return [person.family_name for person in found.rows]


@pytest.mark.parametrize(
    ("query", "expected", "total"),
    [
        pytest.param("", ["Ash", "Birch"], 5, id="first page"),
        pytest.param("page=2", ["Cedar", "Dogwood"], 5, id="second page"),
        pytest.param("page=3", ["Elm"], 5, id="last page"),
        pytest.param("page=4", ["Elm"], 5, id="beyond the last is the last"),
        pytest.param("page=0", ["Ash", "Birch"], 5, id="page nought"),
        pytest.param("page=-1", ["Ash", "Birch"], 5, id="page below nought"),
        pytest.param("page=x", ["Ash", "Birch"], 5, id="page that is no number"),
        pytest.param("page=99999999999999999999", ["Ash", "Birch"], 5, id="page too large to be one"),
        pytest.param("sort=-name", ["Elm", "Dogwood"], 5, id="backwards"),
        pytest.param("sort=born", ["Elm", "Cedar"], 5, id="by birth"),
        pytest.param("sort=born&page=3", ["Birch"], 5, id="unknown comes last"),
        pytest.param("sort=-born&page=3", ["Birch"], 5, id="unknown comes last backwards too"),
        pytest.param("sort=password", ["Ash", "Birch"], 5, id="an order that is not offered"),
        pytest.param("sex=female", ["Birch", "Elm"], 2, id="one choice"),
        pytest.param("sex=female&sex=male", ["Ash", "Birch"], 4, id="several choices"),
        pytest.param("sex=%00", ["Ash", "Birch"], 5, id="a choice that is not offered"),
        pytest.param("born=1975-01-01", ["Cedar", "Elm"], 2, id="a day in one"),
        pytest.param("born_day=1&born_month=1&born_year=1975", ["Cedar", "Elm"], 2, id="a day in three"),
        pytest.param("born_day=1&born_month=1", ["Ash", "Birch"], 5, id="half a day"),
    ],
)
def test_reading_a_list(
    coordinator: Membership, people: list[Nominal], query: str, expected: list[str], total: int
) -> None:
    found = read(coordinator, query)
    assert (names(found), found.total) == (expected, total)
    along = read(coordinator, query, replace(Nominals.listing, counts_along=True))
    for each in ("total", "number", "pages", "first", "last", "heads", "chips", "links", "clear_url"):
        assert getattr(along, each) == getattr(found, each), each
    assert names(along) == expected


def test_a_list_that_counts_along_knows_that_there_is_nobody(coordinator: Membership, area: Area) -> None:
    for query in ("", "page=2"):
        found = read(coordinator, query, replace(Nominals.listing, counts_along=True))
        assert (found.rows, found.total, found.number, found.first, found.last) == ([], 0, 1, 0, 0)


def test_every_link_keeps_the_filters_and_drops_the_rest(coordinator: Membership, people: list[Nominal]) -> None:
    found = read(coordinator, "sex=male&sex=female&sort=-name&page=2&family_name=Ash")
    assert parse_qs(urlsplit(found.previous_url).query) == {"sex": ["male", "female"], "sort": ["-name"]}
    assert [(chip.label, chip.value) for chip in found.chips] == [("Sex", "Male, Female")]
    assert parse_qs(urlsplit(found.chips[0].remove_url).query) == {"sort": ["-name"]}
    assert found.clear_url == "/nominals/?sort=-name"
    assert "family_name" not in "".join([found.clear_url, found.previous_url, *(link.url for link in found.links)])


def test_headings_turn_the_order_round(coordinator: Membership, people: list[Nominal]) -> None:
    name, born, sex = read(coordinator, "sort=name").heads
    assert (name.direction, name.url) == ("ascending", "/nominals/?sort=-name")
    assert (born.direction, born.url) == ("none", "/nominals/?sort=born")
    assert sex.url == ""


def test_a_list_says_how_many(visitor: Client, people: list[Nominal]) -> None:
    html = visitor.get("/nominals/").content.decode()
    assert "<strong>5</strong> people, showing 1 to 2" in html
    assert "<strong>1</strong> person" in visitor.get("/nominals/?born=1965-01-01").content.decode()


def test_an_empty_list_says_so_and_a_filtered_one_how_to_go_back(visitor: Client, area: Area) -> None:
    assert "There is nothing here yet." in visitor.get("/nominals/").content.decode()
    html = visitor.get("/nominals/?sex=male").content.decode()
    assert "Nothing matches these filters." in html
    assert "/nominals/" in [attrs.get("href") for attrs in Tags(html).all("a")]


def test_the_list_names_in_evidence_whom_it_shows_and_no_one_else(
    visitor: Client, coordinator: Membership, people: list[Nominal]
) -> None:
    visitor.get("/nominals/?page=2")
    assert [len(looks_at(coordinator, person)) for person in people] == [0, 0, 1, 1, 0]


def test_a_list_holds_only_what_may_be_seen(visitor: Client, area: Area, people: list[Nominal]) -> None:
    nominal(area, "Aspen", handling=Handling.CATEGORY_4)
    nominal(area, "Acer", handling=Handling.RESTRICTED)
    assert "<strong>5</strong> people" in visitor.get("/nominals/").content.decode()


def test_a_list_costs_the_same_for_one_row_and_for_many(visitor: Client, area: Area) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert visitor.get("/nominals/").status_code == 200
        return len(queries)

    nominal(area, "Ash")
    cost()
    one = cost()
    for number in range(5):
        nominal(area, f"Birch {number}")
    assert cost() == one


@pytest.mark.parametrize(
    ("number", "pages", "near"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 9, [1, 2, 0, 9]),
        (4, 9, [1, 2, 3, 4, 5, 0, 9]),
        (5, 9, [1, 0, 4, 5, 6, 0, 9]),
        (9, 9, [1, 0, 8, 9]),
    ],
)
def test_the_pager_shows_the_ends_and_the_neighbours(number: int, pages: int, near: list[int]) -> None:
    assert _pages_near(number, pages) == near


def test_a_list_whose_columns_name_an_unknown_order_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="order"):
        Listing(sorts=(Sort("name", "Name", ("family_name",)),), columns=(Column("Born", sort="born"),))
    with pytest.raises(ValueError, match="order"):
        Listing(sorts=())
