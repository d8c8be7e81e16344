"""Passkeys in a real browser with an authenticator of its own making, under the policy that allows no inline script."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .desk import Desks, Watch
from .test_administrator import fine
from .test_sign_in import give_password

pytestmark = pytest.mark.browser


@pytest.fixture
def site(site: str) -> str:
    """A passkey belongs to a host name: the same server, called by one."""
    return site.replace("127.0.0.1", "localhost")


def authenticator(page: Page) -> Any:
    """A device that keeps passkeys and knows its holder, as the browser's own tools make one."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    made = tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    return tools, made["authenticatorId"]


def add_passkey(page: Page) -> None:
    page.goto("/account/passkeys/add/")
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text("Your passkey is added.")).to_be_visible()


def test_passkey_is_added_signs_in_and_is_removed(desks: Desks, watch: Watch) -> None:
    page = desks.of("Jo Wagtail")
    authenticator(page)
    page.goto("/account/second-factor/")
    page.get_by_role("link", name="Add a passkey").click()
    fine(page)
    add_passkey(page)
    page.goto("/account/passkeys/")
    expect(page.get_by_role("rowheader", name="Work laptop")).to_be_visible()
    fine(page)
    page.get_by_role("link", name="Rename Work laptop").click()
    fine(page)
    page.get_by_label("Name").fill("Old laptop")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_role("rowheader", name="Old laptop")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")

    page.goto("/account/passkeys/confirm/?next=/account/")
    fine(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")

    page.goto("/account/passkeys/")
    page.get_by_role("link", name="Remove Old laptop").click()
    fine(page)
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("We could not sign you in with that passkey.")).to_be_visible()


def test_passkey_is_the_second_factor_after_a_password(desks: Desks) -> None:
    page = desks.of("Jo Wagtail")
    authenticator(page)
    add_passkey(page)
    page.get_by_role("button", name="Sign out").click()
    give_password(page, "Jo Wagtail")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    fine(page)
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")


def test_device_that_does_not_answer_leaves_the_other_ways(desks: Desks) -> None:
    page = desks.nobody()
    tools, device = authenticator(page)
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto("/account/sign-in/")
    failed = page.get_by_text("The passkey was not used. Try again, or take another way.")
    expect(failed).to_be_hidden()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(failed).to_be_visible()
    fine(page)


def test_nothing_failed_before_a_passkey_was_tried(desks: Desks) -> None:
    page = desks.of("Jo Wagtail")
    page.goto("/account/passkeys/add/")
    expect(page.get_by_role("button", name="Add the passkey")).to_be_visible()
    expect(page.get_by_text("The passkey was not used.")).to_be_hidden()


def test_without_scripts_the_page_says_so(desks: Desks) -> None:
    page = desks.nobody(java_script_enabled=False)
    page.goto("/account/sign-in/")
    expect(page.get_by_text("This browser cannot use passkeys here, or does not run scripts.")).to_be_visible()
    expect(page.get_by_text("The passkey was not used.")).to_be_hidden()
    expect(page.get_by_text("Sign in with a passkey", exact=True).and_(page.locator("button"))).to_be_hidden()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
