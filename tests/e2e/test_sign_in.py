"""Signing in by the real pages, with the second factor asked for; signing out; changing the role."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, User
from agencies.principal import Principal
from agencies.roles import Role
from agencies.services import add_membership, create_user
from exchange.demo.load import PASSWORD, seed_of
from exchange.demo.staff import STAFF
from tests.conftest import TODAY

from .desk import Desks, nominal
from .test_every_page import too_wide, unmarked, violations

pytestmark = pytest.mark.browser

NOT_RIGHT = "The code is not right, or it has been used already. Wait for the next one."
PERIOD_SECONDS = 30
SYSTEM = Principal.system("test", on=TODAY)


def seed(name: str) -> str:
    return next(seed_of(member) for member in STAFF if f"{member.given} {member.family}" == name)


def code(secret: str) -> str:
    """The code of this moment, when it will still hold for the seconds that typing it takes."""
    left = PERIOD_SECONDS - time.time() % PERIOD_SECONDS
    if left < 8:
        time.sleep(left + 0.1)
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD_SECONDS)))


def give_password(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/")
    page.get_by_label("E-mail address").fill(f"{name.lower().replace(' ', '.')}@example.org")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def give_code(page: Page, given: str) -> None:
    page.get_by_role("textbox", name="Code").fill(given)
    page.get_by_role("button", name="Continue").click()


def fine(page: Page) -> None:
    assert [*violations(page), *unmarked(page), *too_wide(page)] == []


def test_password_and_code_open_the_first_page(desks: Desks) -> None:
    page = desks.nobody()
    give_password(page, "Jo Wagtail")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    fine(page)
    page.goto("/nominals/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    give_code(page, "000000")
    expect(page.get_by_role("link", name=NOT_RIGHT)).to_be_visible()
    fine(page)
    give_code(page, code(seed("Jo Wagtail")))
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    expect(page.get_by_text("MAPPA unit administrator, Probation Service East Midlands")).to_be_visible()


def test_code_works_once(desks: Desks) -> None:
    given = code(seed("Jo Wagtail"))
    for page in (desks.nobody(), desks.nobody()):
        give_password(page, "Jo Wagtail")
        give_code(page, given)
    expect(page.get_by_role("link", name=NOT_RIGHT)).to_be_visible()


def test_wrong_password_says_no_more_than_that(desks: Desks) -> None:
    page = desks.nobody()
    for name in ("Jo Wagtail", "No Such"):
        give_password(page, name, "not the password")
        expect(page.get_by_text("The e-mail address or the password is not right.").first).to_be_visible()


def newcomer() -> User:
    user = create_user(
        by=SYSTEM, email="wyn.dipper@example.org", given_name="Wyn", family_name="Dipper", password=PASSWORD
    )
    add_membership(
        by=SYSTEM, user=user, agency=Agency.objects.get(slug="probation"), role=Role.ADMINISTRATOR, starts_on=TODAY
    )
    return user


def test_newcomer_sets_up_the_second_factor_and_uses_a_recovery_code(desks: Desks) -> None:
    newcomer()
    page = desks.nobody()
    give_password(page, "Wyn Dipper")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your authenticator app")
    expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    fine(page)
    page.goto("/nominals/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your authenticator app")
    give_code(page, "000000")
    expect(page.get_by_role("link", name=NOT_RIGHT)).to_be_visible()
    secret = page.get_by_role("main").locator(".app-code").first.inner_text().strip()
    give_code(page, code(secret))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    expect(page.locator("li.app-code")).to_have_count(10)
    codes = page.locator("li.app-code").all_inner_texts()
    fine(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a text file").click()
    assert codes[0] in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")

    elsewhere = desks.nobody()
    give_password(elsewhere, "Wyn Dipper")
    give_code(elsewhere, codes[0])
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Today")
    third = desks.nobody()
    give_password(third, "Wyn Dipper")
    give_code(third, codes[0])
    expect(third.get_by_role("link", name=NOT_RIGHT)).to_be_visible()


def test_after_signing_out_going_back_shows_nothing(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    page.goto(f"/nominals/{nominal('Marcus Galena').pk}/")
    expect(page.get_by_text("Marcus Galena").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title(re.compile("Sign in"))
    page.go_back()
    expect(page).to_have_title(re.compile("Sign in"))
    expect(page.get_by_text("Galena")).to_have_count(0)


def test_role_is_chosen_and_changed_by_one_click(desks: Desks) -> None:
    page = desks.nobody()
    give_password(page, "Simon Egret")
    give_code(page, code(seed("Simon Egret")))
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose the role to act in")
    fine(page)
    page.get_by_role("main").get_by_role("button", name="Act as Single point of contact").click()
    expect(page.get_by_role("link", name="Register")).to_be_visible()
    page.get_by_role("button", name="Act as Strategic management board member").click()
    expect(page.get_by_role("link", name="Register")).to_have_count(0)
    page.goto("/nominals/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You cannot do this")


def test_idle_session_ends(desks: Desks) -> None:
    """A quarter of an hour is not waited for: the row of the session is made that much older."""
    page = desks.of("Helen Curlew")
    page.goto("/nominals/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Register")
    Session.objects.update(expire_date=timezone.now())
    page.reload()
    expect(page).to_have_title(re.compile("Sign in"))
