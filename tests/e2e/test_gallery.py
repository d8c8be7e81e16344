"""Every component in every state, photographed at the width of a desktop and of a phone."""

import pytest
from playwright.sync_api import Page

from mappa.env import DATA_DIR
from pages.gallery import HEADINGS

from .desk import DESKTOP, PHONE, Desks
from .test_every_page import too_wide, unmarked, violations

pytestmark = pytest.mark.browser

FOLDER = DATA_DIR / "pictures"
# A page has one list, one pager, one person: the gallery has several, which are not to be told apart.
OF_REAL_PAGES = "landmark-unique"


def photograph(page: Page, name: str) -> None:
    """The whole page, a chapter a picture, to be looked at by people."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for chapter in page.locator(".app-gallery").all():
        path = FOLDER / f"gallery-{chapter.get_attribute('id')}-{name}.png"
        chapter.screenshot(path=path, animations="disabled")
        assert path.stat().st_size


def faults(page: Page) -> list[str]:
    found = [each for each in violations(page) if not each.startswith(OF_REAL_PAGES)]
    return [*found, *unmarked(page), *too_wide(page)]


def test_every_component_in_every_state(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    page.goto("/gallery/")
    assert faults(page) == []
    for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        photograph(page, name)


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_heading(desks: Desks, heading: str) -> None:
    page = desks.of("Helen Curlew")
    page.goto(f"/gallery/?heading={heading}")
    assert page.get_by_role("heading", level=1).inner_text() == HEADINGS[heading][0]
    assert [*unmarked(page), *too_wide(page)] == []


def test_opened_it_leaves_the_keyboard_at_the_top(desks: Desks) -> None:
    """Of several messages none takes the keyboard for itself, so that links to a component lead there."""
    page = desks.of("Helen Curlew")
    page.goto("/gallery/#pager")
    assert page.evaluate("document.activeElement === document.body")


def test_without_scripts_nothing_is_hidden(desks: Desks) -> None:
    page = desks.of("Helen Curlew", java_script_enabled=False)
    page.goto("/gallery/")
    assert page.get_by_label("Name of the order").count() == 3
    assert page.get_by_role("form", name="Filters").count() == 2
