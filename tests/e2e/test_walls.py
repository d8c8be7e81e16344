"""Walls as people meet them: what one person reads, another cannot tell from what is not there."""

import re

import pytest
from playwright.sync_api import Page, expect

from agencies.roles import Role

from .desk import Desks, nominal, number_of
from .stops import searching

pytestmark = pytest.mark.browser

NOBODY = "1999/9999999X"


def found(page: Page, text: str) -> list[str]:
    page.goto("/search/")
    searching(text)(page)
    return page.locator("tbody th a").all_inner_texts()


def answer_to(page: Page, text: str) -> str:
    """The whole page as it is read, without what was typed."""
    found(page, text)
    return page.get_by_role("main").inner_text()


def status_of(page: Page, name: str) -> int | None:
    response = page.goto(f"/nominals/{nominal(name).pk}/")
    return response.status if response else None


def without_reference(page: Page) -> str:
    return re.sub(r"Reference for support: \S+", "", page.get_by_role("main").inner_text())


def test_restricted_record_is_a_card_to_all_but_its_readers(desks: Desks) -> None:
    helen, imran = desks.of("Helen Curlew"), desks.of("Imran Lapwing")
    assert status_of(helen, "Warren Ochre") == 200
    expect(helen.get_by_role("region", name="Person")).to_contain_text("Warren Ochre")
    assert status_of(imran, "Warren Ochre") == 403
    expect(imran.get_by_role("heading", level=1)).to_have_text("Contact the MAPPA unit")
    expect(imran.get_by_text("Ochre")).to_have_count(0)
    assert found(imran, number_of("Warren Ochre")) == []
    expect(imran.get_by_text("Restricted record")).to_be_visible()
    assert found(helen, number_of("Warren Ochre")) == ["Warren Ochre"]
    imran.goto("/nominals/?category=1&sort=-name&page=40")
    expect(imran.get_by_text("Warren")).to_have_count(0)


def test_a_record_that_a_coordinator_restricts_is_a_card_to_the_other(desks: Desks) -> None:
    helen, imran = desks.of("Helen Curlew"), desks.of("Imran Lapwing")
    name, number = "Lee Anthracite", number_of("Lee Anthracite")
    assert found(imran, number) == [name]
    helen.goto(f"/nominals/{nominal(name).pk}/access/")
    helen.get_by_role("button", name="Restrict the record").click()
    expect(helen.get_by_role("heading", level=1)).to_contain_text("Restrict the record")
    expect(helen.get_by_role("main")).to_contain_text("Imran Lapwing, MAPPA coordinator")
    helen.get_by_label("Why?").fill("Details have leaked")
    helen.get_by_role("button", name="Restrict it").click()
    expect(helen.get_by_role("alert")).to_contain_text("The handling has been changed")
    expect(helen.get_by_role("main")).to_contain_text("because: Details have leaked")
    assert found(imran, number) == []
    assert status_of(imran, name) == 403
    expect(imran.get_by_role("heading", level=1)).to_have_text("Contact the MAPPA unit")
    assert found(helen, number) == [name]


def test_category_4_is_nowhere_but_for_those_cleared(desks: Desks) -> None:
    number = number_of("Nigel Gypsum")
    for name, role in (("Alex Crake", None), ("Pat Goshawk", None)):
        page = desks.of(name, role)
        assert found(page, number) == ["Nigel Gypsum"], name
        assert status_of(page, "Nigel Gypsum") == 200
    for name in ("Helen Curlew", "Laura Plover", "Frances Heron", "Mo Pipit"):
        page = desks.of(name)
        assert answer_to(page, number) == answer_to(page, NOBODY), name
        assert found(page, "Gypsum") == found(page, "Nigel Gypsum") or "Nigel Gypsum" not in found(page, "Gypsum")
        assert status_of(page, "Nigel Gypsum") == 404
        said = without_reference(page)
        page.goto("/nominals/999999999/")
        assert without_reference(page) == said


def test_adding_the_number_of_a_hidden_person_gives_no_hint(desks: Desks) -> None:
    """A coordinator who adds a person with the number of one who is hidden meets what anybody new meets."""
    page = desks.of("Helen Curlew")
    page.goto("/nominals/add/")
    page.get_by_label("Surname, or only name").fill("Chalcedony")
    page.get_by_label("The date of birth is not known").check()
    page.get_by_role("radio", name="Male", exact=True).check()
    page.get_by_label("PNC ID").fill(number_of("Nigel Gypsum"))
    page.get_by_role("button", name="Add to the register").click()
    expect(page.get_by_role("alert")).to_contain_text("Added to the register")


def test_excluded_person_never_finds_whom_the_deputy_finds(desks: Desks) -> None:
    chris, mo = desks.of("Chris Yaffle"), desks.of("Mo Pipit")
    assert "Graham Slate" in found(mo, "Graham Slate")
    assert status_of(mo, "Graham Slate") == 200
    for text in ("Graham Slate", "Slate", number_of("Graham Slate")):
        assert "Graham Slate" not in found(chris, text)
    assert status_of(chris, "Graham Slate") == 404
    for page, sees in ((mo, 1), (chris, 0)):
        page.goto("/nominals/?category=3")
        expect(page.get_by_role("link", name="Slate, Graham")).to_have_count(sees)


@pytest.mark.parametrize("name", ["Martin Osprey", "Margaret Bittern", "Olu Sandpiper", "Kit Swift"])
def test_some_roles_open_no_record(desks: Desks, name: str) -> None:
    page = desks.of(name)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    for name in ("Register", "Nominals", "Search", "What is due"):
        expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
    for address in ("/nominals/", "/search/", "/nominals/add/", f"/nominals/{nominal('Victor Obsidian').pk}/"):
        response = page.goto(address)
        assert response
        assert response.status == 403, address
        expect(page.get_by_role("heading", level=1)).to_have_text("You cannot do this")
        expect(page.get_by_text("Obsidian")).to_have_count(0)


def test_reviewer_reads_the_sample_and_changes_nothing(desks: Desks) -> None:
    page = desks.of("Frances Heron", Role.REVIEWER)
    page.goto("/nominals/")
    expect(page.get_by_role("status")).to_contain_text("20 people")
    expect(page.get_by_role("button", name="Add a nominal")).to_have_count(0)
    page.get_by_role("link", name="Obsidian, Victor").click()
    expect(page.get_by_role("region", name="Person")).to_contain_text("Victor Obsidian")
    expect(page.locator(".app-offer")).to_have_count(0)
    for form in ("edit", "level", "whereabouts", "grounds/add", "addresses", "key-dates"):
        response = page.goto(f"/nominals/{nominal('Victor Obsidian').pk}/{form}/")
        assert response
        assert response.status == 403, form
    assert status_of(page, "Marcus Galena") == 404
