"""Components and error pages."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from agencies.principal import Kind, Principal
from agencies.roles import Role
from pages import errors
from rules.core import Decision, Reason

from .test_forms import Tags

TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
OWN = [path for folder in ("components", "layouts", "forms", "errors") for path in (TEMPLATES / folder).rglob("*.html")]

pytestmark = pytest.mark.urls("tests.pages.site")


@pytest.fixture
def request_() -> HttpRequest:
    """Somebody signed in; no database behind it."""
    request = RequestFactory().get("/nominals/")
    request.principal = Principal(  # type: ignore[attr-defined]
        Kind.USER, 1, "Rosalind O'Hara", 1, Role.COORDINATOR, 1, 1, False, date(2026, 3, 27)
    )
    request.membership = SimpleNamespace(agency=SimpleNamespace(name="Derbyshire unit"))  # type: ignore[attr-defined]
    request.request_id = "0f8b2c1d"  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize("path", OWN, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_template_compiles(path: Path) -> None:
    get_template(str(path.relative_to(TEMPLATES)))


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_says_what_it_is_for_and_draws_without_values(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("{# ")
    render_to_string(f"components/{path.name}", {})


@pytest.mark.parametrize("path", OWN, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_carries_script_or_style_of_its_own(path: Path) -> None:
    """The policy of the site forbids both."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500, 503])
def test_error_pages_ask_the_database_nothing(request_: HttpRequest, status: int) -> None:
    """This test has no database: a query would raise."""
    response = errors.error_page(request_, status)
    html = response.content.decode()
    assert response.status_code == status
    assert "OFFICIAL-SENSITIVE" in html
    assert "0f8b2c1d" in html
    assert html.count("<h1") == 1


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500, 503])
def test_error_pages_draw_without_a_request(status: int) -> None:
    assert "<h1" in render_to_string(f"errors/{status}.html", {})


def test_a_refusal_says_why_and_cites_the_rule(request_: HttpRequest) -> None:
    refusal = Decision.no(Reason("The review is not due.", "R51"))
    html = errors.forbidden_page(request_, refusal).content.decode()
    assert "The review is not due." in html
    assert "Rule R51" in html


def test_the_card_gives_no_detail_and_is_always_the_same(request_: HttpRequest) -> None:
    response = errors.card_page(request_)
    assert response.status_code == 403
    assert "contact the MAPPA unit" in response.content.decode()
    main = [each.content.split(b"<main")[1] for each in (response, errors.card_page(request_))]
    assert main[0] == main[1]


def test_a_form_sent_too_late_says_what_to_do(request_: HttpRequest) -> None:
    response = errors.csrf_failure(request_)
    assert response.status_code == 403
    assert "open too long" in response.content.decode()


def test_the_head_says_who_acts_and_where_they_may_go(request_: HttpRequest) -> None:
    html = render_to_string("layouts/page.html", {"title": "Register"}, request=request_)
    assert "Rosalind O&#x27;Hara" in html
    assert "MAPPA coordinator, Derbyshire unit" in html
    assert "Register – MAPPA case management" in html
    current = [attrs["href"] for attrs in Tags(html).all("a") if attrs.get("aria-current")]
    assert current == ["/nominals/"]


def test_signing_out_is_a_post(request_: HttpRequest) -> None:
    tags = Tags(render_to_string("layouts/page.html", {}, request=request_))
    (form,) = tags.all("form")
    assert (form["method"], form["action"]) == ("post", "/sign-out/")


def test_nobody_signed_in_has_no_navigation() -> None:
    html = render_to_string("layouts/page.html", {}, request=RequestFactory().get("/"))
    assert "<nav" not in html
    assert "Sign out" not in html


@pytest.mark.parametrize("demo", [True, False])
def test_a_demonstration_says_so_on_every_page(settings: Any, demo: bool) -> None:
    settings.MAPPA_DEMO = demo
    said = "Demonstration. Organisations are real, people, cases and all figures after March 2023 are invented."
    assert (said in render_to_string("layouts/page.html", {})) is demo
