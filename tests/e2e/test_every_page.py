"""Every page for every kind of person: accessible, no wider than a phone, marked, with links that lead somewhere."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from pages.files import FilePage
from pages.writing import ActionPage
from tests.meta.addresses import addresses

from .desk import DESKTOP, NARROWEST, PHONE, Desks
from .stops import WALKS, Stop, Walk

pytestmark = pytest.mark.browser

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE = Axe().axe_script
AXE: dict[str, Any] = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}

# Not pages: answers for machines, a file, and pages met on the way of signing in (`test_sign_in` looks at them).
ELSEWHERE = {
    "mfa_download_recovery_codes", "mfa_authenticate", "mfa_activate_totp",
    # Pages about a passkey one has, and the answer to a browser that brings one (`test_passkeys`).
    "mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_reauthenticate_webauthn", "mfa_login_webauthn",
    # Every component several times over (`test_gallery`).
    "gallery",
    # A file for calendar programs (`tests/exchange/test_feeds.py`).
    "calendar-feed",
    # There and back by an agency's sign-in (`tests/agencies/test_openid.py`).
    "provider-begin", "provider-return",
}  # fmt: skip


# Contrast is most of what axe does, and follows from the looks of a text and of all that it stands in. A text whose
# looks were found right on an earlier page, by what it and its ancestors are and are painted with, is not asked again.
_LOOKS = """(known) => {
    const paint = new Map();
    const looks = (element) => {
        if (!element) return "";
        if (!paint.has(element)) {
            const style = getComputedStyle(element);
            const own = [element.tagName, element.getAttribute("class"), style.color, style.backgroundColor,
                style.backgroundImage, style.opacity, style.fontSize, style.fontWeight, style.position,
                style.visibility, style.textShadow];
            paint.set(element, looks(element.parentElement) + ">" + own.join("|"));
        }
        return paint.get(element);
    };
    const digest = (text) => {
        let one = 0, other = 7;
        for (let place = 0; place < text.length; place++) {
            one = Math.imul(one, 31) + text.charCodeAt(place) | 0;
            other = Math.imul(other, 37) ^ text.charCodeAt(place);
        }
        return one + ":" + other + ":" + text.length;
    };
    const seen = new Set(known), met = new Set();
    for (const element of document.body.querySelectorAll("*")) {
        const found = digest(looks(element));
        if (element.checkVisibility({opacityProperty: true, visibilityProperty: true})) met.add(found);
        element.toggleAttribute("data-looks-known", seen.has(found));
    }
    axe.configure({rules: [{id: "color-contrast", selector: "*:not([data-looks-known])"}]});
    return [...met];
}"""
_right: set[str] = set()


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, in lines."""
    page.wait_for_load_state()
    page.evaluate(_AXE)
    looks = page.evaluate(_LOOKS, list(_right))
    found = page.evaluate("(options) => axe.run(options)", AXE)["violations"]
    if not found:
        _right.update(looks)
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def too_wide(page: Page) -> list[str]:
    """What stands out of a phone's screen, and of one at 400 %."""
    found = []
    for size in (PHONE, NARROWEST):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            found.append(f"{width} pixels wide on a screen of {size['width']}")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    return found


def unmarked(page: Page) -> list[str]:
    """What every page carries: marking, title, one main heading, links that lead somewhere, errors that help."""
    page.wait_for_load_state()
    found = []
    if page.get_by_text("OFFICIAL-SENSITIVE", exact=True).count() < 2:
        found.append("no marking")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} main headings")
    if "MAPPA case management" not in page.title():
        found.append("no title")
    if page.get_by_text("This field is required").count():
        found.append("an error that does not say what to do")
    if page.locator('a[href=""], a:not([href])').count():
        found.append("a link that leads nowhere")
    return found


def arrive(page: Page, stop: Stop) -> Response:
    """Open the page and bring it into its state; the last answer for the page itself."""
    answers: list[Response] = []

    def note(response: Response) -> None:
        if response.request.is_navigation_request() and response.status != 302:
            answers.append(response)

    page.on("response", note)
    page.goto(stop.path())
    stop.act(page)
    page.wait_for_load_state()
    page.remove_listener("response", note)
    return answers[-1]


@pytest.mark.parametrize("walk", [pytest.param(walk, id=walk.title) for walk in WALKS])
def test_every_page(desks: Desks, walk: Walk) -> None:
    page = desks.of(walk.who, walk.role) if walk.who else desks.nobody()
    found = []
    for stop in walk.stops:
        answer = arrive(page, stop)
        if answer.status != stop.status:
            found.append(f"{stop.title}: {answer.status}")
        found += [f"{stop.title}: {each}" for each in (*violations(page), *unmarked(page), *too_wide(page))]
    assert not found, "\n".join(found)


def test_text_hard_to_read_is_found_where_all_was_right_before(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    for _ in range(2):
        page.goto("/")
        assert not violations(page)
    page.locator("h1").evaluate("(each) => { each.style.color = '#bbbbbb'; }")
    assert [each.partition(":")[0] for each in violations(page)] == ["color-contrast"]


def test_no_address_is_left_out() -> None:
    pages = {
        each.name
        for each in addresses()
        if not each.is_interface
        and not each.route.startswith("api/")
        and not issubclass(each.view, ActionPage | FilePage)
    }
    walked = {stop.name for walk in WALKS for stop in walk.stops}
    assert pages - walked == ELSEWHERE
