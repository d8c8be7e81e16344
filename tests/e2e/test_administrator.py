"""The system administrator's day: somebody is invited and lets themselves in; somebody is disabled and is out."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from agencies.roles import Role
from tests.conftest import TODAY

from .desk import Desks, fill_date, user
from .test_every_page import too_wide, unmarked, violations
from .test_sign_in import code, give_code

pytestmark = pytest.mark.browser

PASSWORD = "harrier lantern feldspar"


def fine(page: Page) -> None:
    assert [*violations(page), *unmarked(page), *too_wide(page)] == []


def invite(page: Page) -> None:
    page.goto("/people/")
    page.get_by_role("main").get_by_role("button", name="Invite somebody").click()
    page.get_by_label("Given name").fill("Wyn")
    page.get_by_label("Family name").fill("Dipper")
    page.get_by_label("Work e-mail address").fill("wyn.dipper@example.org")
    page.get_by_label("Agency", exact=True).select_option(label="Probation Service East Midlands")
    page.get_by_label("Role").select_option(label=Role.ADMINISTRATOR.label)
    day = TODAY - timedelta(days=1)
    fill_date(page, "From", day.day, day.month, day.year)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("The invitation is on its way by e-mail.")).to_be_visible()
    expect(page.get_by_role("main").get_by_text("Invited", exact=True)).to_be_visible()


def test_invited_person_lets_themselves_in_and_is_put_out(desks: Desks) -> None:
    kit = desks.of("Kit Swift")
    invite(kit)
    (message,) = mail.outbox
    link = re.search(r"http://\S+/account/invitation/\S+", message.body)
    assert link

    wyn = desks.nobody()
    wyn.goto(link[0])
    expect(wyn.get_by_role("heading", level=1)).to_have_text("Open your account")
    assert "key" not in wyn.url
    fine(wyn)
    wyn.get_by_label("Password", exact=True).fill(PASSWORD)
    wyn.get_by_label("Password again").fill(PASSWORD)
    wyn.get_by_role("button", name="Set the password").click()
    expect(wyn.get_by_role("heading", level=1)).to_have_text("Set up your authenticator app")
    wyn.goto("/nominals/")
    expect(wyn.get_by_role("heading", level=1)).to_have_text("Set up your authenticator app")
    give_code(wyn, code(wyn.get_by_role("main").locator(".app-code").first.inner_text().strip()))
    wyn.get_by_role("link", name="Go on").click()
    expect(wyn.get_by_text("MAPPA unit administrator, Probation Service East Midlands")).to_be_visible()

    kit.reload()
    expect(kit.get_by_role("main").get_by_text("Active", exact=True)).to_be_visible()
    fine(kit)
    kit.get_by_role("button", name="Disable the account").click()
    expect(kit.get_by_role("heading", level=1)).to_have_text("Disable the account")
    fine(kit)
    kit.get_by_role("button", name="Disable the account").click()
    expect(kit.get_by_text("The account is disabled, and the person is signed out everywhere")).to_be_visible()
    wyn.goto("/nominals/")
    expect(wyn).to_have_title(re.compile("Sign in"))
    again = desks.nobody()
    again.goto(link[0])
    expect(again.get_by_role("heading", level=1)).to_have_text("This link does not work")


def test_second_factor_is_reset_by_two_persons(desks: Desks) -> None:
    kit, robin, imran = desks.of("Kit Swift"), desks.of("Robin Kite"), desks.of("Imran Lapwing")
    imran.goto("/account/")
    expect(imran.get_by_role("heading", level=1)).to_have_text("Your account")
    kit.goto(f"/people/{user('Imran Lapwing').pk}/")
    kit.get_by_role("link", name="Reset the second factor").click()
    kit.get_by_label("Why?").fill("The telephone was lost on a train.")
    kit.get_by_role("button", name="Ask a second person").click()
    expect(kit.get_by_text("Another person than you must confirm it.")).to_be_visible()
    fine(kit)
    robin.goto("/people/")
    robin.get_by_role("link", name="1 waiting for a second person").click()
    fine(robin)
    robin.get_by_role("button", name="Confirm").click()
    expect(robin.get_by_text("Confirmed and done: Reset the second factor.")).to_be_visible()
    imran.goto("/account/")
    expect(imran).to_have_title(re.compile("Sign in"))
