"""The coordinator's way through what is on record: Today, the register, search, a person's page."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from cases.models import Alias

from .desk import Desks, nominal, number_of
from .stops import searching

pytestmark = pytest.mark.browser


def total(page: Page) -> int:
    return whole(page.get_by_role("status").locator("strong"))


def whole(number: Locator) -> int:
    """A number as it is written for people: 2,088."""
    return int(number.inner_text().replace(",", ""))


def column(page: Page, heading: str) -> list[str]:
    """The cells of one column, as they are read."""
    page.wait_for_load_state()
    heads = [each.strip() for each in page.locator("thead th").all_inner_texts()]
    place = next(number for number, text in enumerate(heads) if text.startswith(heading))
    return [row.locator("th, td").nth(place).inner_text().strip() for row in page.locator("tbody tr").all()]


def find(page: Page, text: str) -> Locator:
    """Search for this; the names found, the best first."""
    page.goto("/search/")
    searching(text)(page)
    return page.locator("tbody th a")


def test_numbers_of_today_are_the_lengths_of_their_lists(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    page.goto("/")
    cards = [
        (whole(card.locator(".app-card__number")), card.get_by_role("link").get_attribute("href") or "")
        for card in page.locator('.app-card:has(a[href^="/nominals/?"])').all()
    ]
    assert len(cards) >= 10
    for number, address in cards:
        page.goto(address)
        assert total(page) == number, address
        expect(page.get_by_role("link", name="Clear filters").first).to_be_visible()


def test_today_shows_what_the_demonstration_is_made_to_show(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    page.goto("/")
    page.locator('a[href*="review=overdue"]').click()
    expect(page.locator("tbody th a")).to_have_text(["Barytes, Peter"])
    page.go_back()
    page.get_by_role("link", name="at Level 3").click()
    expect(page.locator("tbody th a")).to_have_text(["Hematite, Dean", "Obsidian, Victor"])


@pytest.mark.parametrize(
    ("filters", "heading", "shown"),
    [
        pytest.param({"Category 3": True}, "Category", "Category 3", id="category"),
        pytest.param({"Level 3": True}, "Level", "Level 3", id="level"),
        pytest.param({"Where they are": "Detained in hospital"}, "Where", "Detained in hospital", id="whereabouts"),
        pytest.param({"Panel area": "High Peak", "Level 2": True}, "Where", "High Peak", id="panel area"),
        pytest.param({"Lead agency": "Derby City Youth Justice Service"}, "Lead agency", "Youth Justice", id="lead"),
        pytest.param({"A ground ends within": "28 days"}, "Next end", "2026", id="ground ending"),
    ],
)
def test_register_is_filtered(desks: Desks, filters: dict[str, Any], heading: str, shown: str) -> None:
    page = desks.of("Helen Curlew")
    page.goto("/nominals/")
    everybody = total(page)
    panel = page.get_by_role("form", name="Filters")
    for label, value in filters.items():
        if value is True:
            panel.get_by_role("checkbox", name=label, exact=True).check()
        else:
            panel.get_by_label(label).select_option(label=value)
    panel.get_by_role("button", name="Apply filters").click()
    assert 0 < total(page) < everybody
    cells = column(page, heading)
    assert cells
    assert all(shown in cell for cell in cells), cells
    page.get_by_role("link", name="Clear filters").first.click()
    assert total(page) == everybody


def test_filters_and_order_survive_paging(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    page.goto("/nominals/?category=2")
    filtered = total(page)
    page.get_by_role("columnheader").get_by_role("link", name="Name").click()
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")
    first = column(page, "Name")
    assert first[0] > first[-1]
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Next").click()
    assert total(page) == filtered
    assert {text.splitlines()[0] for text in column(page, "Category")} == {"Category 2"}
    second = column(page, "Name")
    assert second[0] < first[-1]
    expect(page.get_by_role("checkbox", name="Category 2")).to_be_checked()
    page.get_by_role("link", name="Remove the filter Category").click()
    assert total(page) > filtered


def test_person_is_found_by_any_way_of_writing_the_number(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    number = number_of("Marcus Galena")
    assert re.fullmatch(r"\d{4}/\d{7}[A-Z]", number)
    for written in (number, number[2:], number.replace("/", ""), number.lower()):
        expect(find(page, written)).to_have_text(["Marcus Galena"])
        assert number[:9] not in page.url


@pytest.mark.parametrize("written", ["Galina", "Gallena", "Galena", "galenna", "Marcus Galina"])
def test_person_is_found_however_the_name_is_spelt(desks: Desks, written: str) -> None:
    page = desks.of("Helen Curlew")
    names = find(page, written)
    expect(names.filter(has_text="Marcus Galena").first).to_be_visible()
    assert "Marcus Galena" in names.all_inner_texts()[:8]


def test_person_is_found_by_another_name(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    alias = Alias.objects.exclude(family_name="").select_related("nominal").order_by("pk")[0]
    names = find(page, f"{alias.given_names} {alias.family_name}".strip())
    expect(names.filter(has_text=alias.nominal.name).first).to_be_visible()


def test_search_for_nobody_says_what_to_try(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    expect(find(page, "Xyzzyx Qqwrt")).to_have_count(0)
    expect(page.get_by_role("heading", name="Nobody found")).to_be_in_viewport()
    expect(page.get_by_text("Try another spelling")).to_be_visible()


def test_page_of_a_person_says_what_is_known(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    find(page, "Marcus Galena").first.click()
    bar = page.get_by_role("region", name="Person")
    for text in ("Marcus Galena", "Category 2", "Level not yet set", "In custody", "aged 34"):
        expect(bar).to_contain_text(text)
    whereabouts = page.get_by_role("region", name="Where they are")
    expect(whereabouts.get_by_role("row").nth(1)).to_contain_text("HMP Nottingham")
    expect(page.get_by_role("region", name="Dates ahead")).to_contain_text("21 April 2027")


def test_why_is_opened_by_the_keyboard_and_cites_the_rules(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    page.goto(f"/nominals/{nominal('Victor Obsidian').pk}/")
    status = page.get_by_role("region", name="Category and level")
    for fact, rules, said in (
        ("Category", r"Rule R(7|8|10)\b", "Category 1"),
        ("Level", r"Rule R3\d\b", "Level 3"),
        ("Next review", r"Rule R5\d\b", "56"),
    ):
        key = page.locator("dt", has_text=re.compile(rf"^\s*{fact}\s*$"))
        row = status.locator(".govuk-summary-list__row").filter(has=key)
        summary = row.locator("summary")
        reasons = row.locator(".app-reasons")
        expect(reasons).to_be_hidden()
        summary.focus()
        page.keyboard.press("Enter")
        expect(reasons).to_be_visible()
        expect(reasons).to_contain_text(re.compile(rules))
        expect(row).to_contain_text(said)


def test_keyboard_reaches_the_content_first(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    page.goto("/nominals/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_history_and_who_has_access(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    page.goto(f"/nominals/{nominal('Victor Obsidian').pk}/")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Level added").first).to_be_visible()
    page.get_by_role("link", name="Who has access").click()
    can_open = page.get_by_role("region", name="Who can open this record today")
    for name in ("Helen Curlew", "Laura Plover", "Frances Heron"):
        expect(can_open.get_by_role("rowheader", name=name)).to_be_visible()
    page.get_by_role("link", name="Who has looked").click()
    looked = page.get_by_role("region", name="Who has looked")
    expect(looked.get_by_role("row").filter(has_text="Helen Curlew").first).to_contain_text("Opened")
