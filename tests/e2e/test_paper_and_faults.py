"""Pages on paper, and the pages for what goes wrong."""

import pytest
from playwright.sync_api import Page, expect

from .desk import Desks, Watch, nominal
from .evidence import no_evidence
from .paper import sheets
from .test_every_page import too_wide, unmarked, violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("address", ["/", "/nominals/", "person/", "person/history/", "person/edit/"])
def test_every_sheet_of_paper_is_marked(desks: Desks, address: str) -> None:
    page = desks.of("Helen Curlew")
    page.goto(address.replace("person/", f"/nominals/{nominal('Victor Obsidian').pk}/"))
    printed = sheets(page.pdf(format="A4", prefer_css_page_size=True))
    assert printed
    for number, text in enumerate(printed, start=1):
        assert text.startswith(f"OFFICIAL-SENSITIVEPage {number} of {len(printed)}OFFICIAL-SENSITIVE"), text[:200]
    page.emulate_media(media="print")
    for hidden in (page.get_by_role("navigation", name="Main"), page.get_by_role("button", name="Sign out")):
        expect(hidden).to_be_hidden()


def fault(page: Page, status: int, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert [*violations(page), *unmarked(page), *too_wide(page)] == [], status


def test_fault_of_the_server_has_a_page(desks: Desks, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    page = desks.of("Helen Curlew")
    monkeypatch.setattr("desk.views.parts_for", broken)
    with watch.expecting(500):
        page.goto("/")
    fault(page, 500, "Sorry, something went wrong")
    expect(page.get_by_text("Reference for support")).to_be_visible()


def test_page_whose_evidence_cannot_be_written_is_not_served(desks: Desks, watch: Watch) -> None:
    """The function that writes the access log is taken away from under the application."""
    page = desks.of("Helen Curlew")
    with no_evidence(), watch.expecting(503):
        page.goto(f"/nominals/{nominal('Victor Obsidian').pk}/")
    expect(page.get_by_text("Obsidian")).to_have_count(0)
    fault(page, 503, "Sorry, the service is not available just now")
