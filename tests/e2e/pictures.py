"""Takes the pictures of the README: `make pictures`.

No test run collects this file by itself; it is named to pytest, whose fixtures make the site.
The demonstration behind them is loaded with `--neutral-names`: no real organisation is seen in a picture.
"""

import pytest
from playwright.sync_api import Page

from exchange.demo.places import AGENCIES, DISTRICTS
from mappa.env import BASE_DIR

from .desk import DESKTOP, PHONE, Desks, nominal

FOLDER = BASE_DIR / "docs" / "images"
LARGEST_BYTES = 300_000
ALSO_REAL = ("Derby", "HMP ", "Home Office", "NHS ")

# What can be read without scrolling: the text of everything that reaches into the window.
IN_SIGHT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    const holder = walker.currentNode.parentElement;
    const read = holder.checkVisibility() && !holder.closest(".govuk-visually-hidden");
    if (read && box.width && box.top < window.innerHeight) texts.push(walker.currentNode.textContent);
  }
  return texts.join(" ");
}"""


@pytest.fixture(scope="session")
def neutral_names() -> bool:
    return True


@pytest.fixture(autouse=True)
def _banner_that_is_true_here(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Demonstration. People, organisations, cases and figures are invented."
    monkeypatch.setattr("pages.templatetags.pages.DEMONSTRATION", text)


def take(page: Page, name: str) -> None:
    """Keep what is in sight as a picture, unless it names anybody real."""
    seen = page.evaluate(IN_SIGHT)
    real = [row.name for row in AGENCIES if row.name != row.neutral] + [district.name for district in DISTRICTS]
    assert [seen[max(0, seen.find(each) - 40) :][:80] for each in (*real, *ALSO_REAL) if each in seen] == []
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    assert path.stat().st_size < LARGEST_BYTES


def test_register(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    page.goto("/nominals/?level=2&level=3")
    take(page, "register")


def test_nominal(desks: Desks) -> None:
    page = desks.of("Helen Curlew", viewport={**DESKTOP, "height": 1000})
    page.goto(f"/nominals/{nominal('Victor Obsidian').pk}/")
    page.locator("details.app-why summary").nth(1).click()
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    take(page, "nominal")


def test_phone(desks: Desks) -> None:
    page = desks.of("Mo Pipit", viewport=PHONE, device_scale_factor=2)
    page.goto("/nominals/")
    take(page, "phone")
