"""Error pages: drawn without the database, with the reference and the mark, and telling nothing about a record."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver

from agencies.models import Membership
from agencies.principal import Principal
from agencies.roles import Role
from audit.middleware import unavailable
from desk.views import Today
from pages import errors
from rules.core import Decision, Reason
from tests.factories.agencies import MembershipFactory
from tests.factories.cases import TODAY

from .walking import without_chance
from .world import MISSING, build

REFERENCE = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
REFUSAL = Decision.no(Reason("Not in this role.", "R97"))

Page = Callable[[HttpRequest], HttpResponse]
PAGES: dict[str, tuple[Page, int]] = {
    "400": (lambda request: errors.bad_request(request, ValueError("Canary")), 400),
    "403": (lambda request: errors.permission_denied(request, PermissionDenied("Canary")), 403),
    "403 with the reason": (lambda request: errors.forbidden_page(request, REFUSAL), 403),
    "403 of a form left open": (lambda request: errors.csrf_failure(request, "Canary"), 403),
    "card": (errors.card_page, 403),
    "404": (lambda request: errors.page_not_found(request, ValueError("Canary")), 404),
    "409": (lambda request: errors.error_page(request, 409), 409),
    "500": (errors.server_error, 500),
    "503": (errors.unavailable, 503),
    "503 of the middleware": (unavailable, 503),
}


@pytest.fixture
def broken() -> Iterator[None]:
    """Whoever asks the database now is told so."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise OperationalError("An error page asked the database.")

    with connection.execute_wrapper(refuse), connections["cache"].execute_wrapper(refuse):
        yield


def request_of(member: Membership | None) -> HttpRequest:
    """A request as the middlewares leave it: who acts is known before any page is drawn."""
    request: Any = RequestFactory().get("/nominals/1/")
    request.request_id = REFERENCE
    request.principal = None if member is None else Principal.for_membership(member, on=TODAY)
    request.membership, request.memberships = member, [] if member is None else [member]
    return request  # type: ignore[no-any-return]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "nobody"])
def test_an_error_page_asks_the_database_nothing(name: str, signed_in: bool, request: pytest.FixtureRequest) -> None:
    member = None
    if signed_in:
        made = MembershipFactory.create(role=Role.COORDINATOR)
        member = Membership.objects.select_related("user", "agency", "area").get(pk=made.pk)
    asked = request_of(member)
    request.getfixturevalue("broken")
    page, status = PAGES[name]
    response = page(asked)
    text = response.content.decode()
    assert response.status_code == status
    assert REFERENCE in text
    assert text.count("OFFICIAL-SENSITIVE") >= 1
    assert "Canary" not in text, "what an exception says is not shown"
    assert "<h1" in text
    assert '<html lang="en-GB"' in text


def test_every_error_of_the_resolver_has_a_page_of_ours() -> None:
    resolver = get_resolver()
    for status in (400, 403, 404, 500):
        assert resolver.resolve_error_handler(status).__module__ == "pages.errors"
    assert project.CSRF_FAILURE_VIEW == "pages.errors.csrf_failure"
    templates = {path.name for path in Path(project.BASE_DIR, "templates", "errors").glob("*.html")}
    assert {"400.html", "403.html", "404.html", "409.html", "500.html", "503.html"} <= templates


@pytest.mark.django_db
def test_a_page_that_breaks_is_a_500_with_the_reference_and_no_text_of_the_error(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:

    member = MembershipFactory.create(role=Role.COORDINATOR)

    def breaks(*_: Any, **__: Any) -> Any:
        raise RuntimeError("Canary Thornebeck")

    monkeypatch.setattr(Today, "get", breaks)
    client.raise_request_exception = False
    client.force_login(member.user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session.save()
    response: Any = client.get("/")
    assert response.status_code == 500
    assert response.headers["X-Request-ID"] in response.content.decode()
    assert "Canary" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/nominals/{}/", "/nominals/{}/edit/", "/nominals/{}/history/", "/api/v1/nominals/{}/"]
)
def test_hidden_and_not_there_answer_alike_in_every_respect(path: str) -> None:
    """Status, body, headers and cookies (R99)."""
    world = build()
    client = world.people["coordinator"].client()

    def answer(kind: str) -> tuple[int, str, list[str], list[str]]:
        nominal = world.nominals[kind]
        response: Any = client.get(path.format(nominal))
        text = without_chance(response).replace(path.format(nominal), "ADDRESS")
        return response.status_code, text, sorted(response.headers), sorted(response.cookies)

    answer(MISSING)  # the first page of a session notes that it is in use, whatever the page
    for kind in ("category_4", "excluded", "agency_excluded", "elsewhere"):
        assert answer(kind) == answer(MISSING), kind


@pytest.mark.django_db
def test_every_restricted_record_shows_the_same_card() -> None:
    """Not even its number is on it (R100)."""
    world = build()
    client = world.people["coordinator"].client()
    response: Any = client.get(f"/nominals/{world.nominals['restricted']}/")
    edit: Any = client.get(f"/nominals/{world.nominals['restricted']}/edit/")
    assert response.status_code == edit.status_code == 403
    assert without_chance(response) == without_chance(edit)
    assert str(world.nominals["restricted"]) not in without_chance(response)
