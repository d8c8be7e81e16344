"""What the browser tests work with: people at their desks, and a watch over everything their browsers say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, WebError

from agencies.models import Membership, User
from agencies.roles import Role
from cases.models import Nominal
from rules.vocabulary import IdentifierKind
from tests.factories.agencies import sign_in

# A desktop, a small phone, and a page at 400 %: 1280 pixels seen through four times the size.
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 812}
NARROWEST = {"width": 320, "height": 640}
LONGEST_WAIT_MS = 10_000


@dataclass
class Watch:
    """Collects what must not happen in any browser: errors of scripts, refused contents, foreign addresses, faults."""

    site: str
    complaints: list[str] = field(default_factory=list)
    _expected: set[int] = field(default_factory=set)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)

    @contextmanager
    def expecting(self, status: int) -> Iterator[None]:
        """A fault that the test makes on purpose."""
        self._expected.add(status)
        yield
        self._expected.discard(status)

    def _console(self, message: ConsoleMessage) -> None:
        # A browser calls every answer of 400 and more an error; which of them are right is for the tests to say.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{message.type} at {message.page and message.page.url}: {message.text}")

    def _error(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:", "blob:", "about:")):
            self.complaints.append(f"asked {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 and response.status not in self._expected:
            self.complaints.append(f"{response.status} at {response.url}")
        if "/static/" in response.url and response.status >= 400:
            self.complaints.append(f"{response.status} at {response.url}")


class Desks:
    """Opens browsers for people of the demonstration, each with cookies of its own."""

    def __init__(self, browser: Browser, site: str, watch: Watch) -> None:
        self._browser = browser
        self._watch = watch
        self._open: list[BrowserContext] = []
        self.site = site

    def nobody(self, **options: Any) -> Page:
        """A browser in which nobody has signed in."""
        given: dict[str, Any] = {"viewport": DESKTOP, "locale": "en-GB", "timezone_id": "Europe/London", **options}
        context = self._browser.new_context(base_url=self.site, **given)
        context.set_default_timeout(LONGEST_WAIT_MS)
        self._watch.over(context)
        self._open.append(context)
        return context.new_page()

    def of(self, name: str, role: Role | None = None, **options: Any) -> Page:
        """The browser of this person, signed in; acting in their first role unless another is asked for.

        The session is made as a row: the real form with its second factor has tests of its own.
        """
        page = self.nobody(**options)
        client = Client()
        sign_in(client, user(name), acting=post(name, role))
        page.context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                    "url": self.site,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
        return page

    def close(self) -> None:
        for context in self._open:
            context.close()


def user(name: str) -> User:
    """A person of the demonstration by full name."""
    given, family = name.split(" ")
    return User.objects.get(given_name=given, family_name=family)


def post(name: str, role: Role | None) -> Membership:
    posts = Membership.objects.filter(user=user(name)).order_by("pk")
    return (posts.filter(role=role) if role else posts)[:1].get()


def nominal(name: str) -> Nominal:
    """A managed person of the demonstration by full name."""
    given, family = name.split(" ")
    return Nominal.objects.get(given_names=given, family_name=family)


def number_of(name: str, kind: IdentifierKind = IdentifierKind.PNC) -> str:
    """One of a managed person's numbers, as it was recorded."""
    return nominal(name).identifiers.get(kind=kind).value


def fill_date(page: Page, legend: str, day: int | str, month: int | str, year: int | str) -> None:
    """Type a day into the three boxes under this legend."""
    group = page.get_by_role("group", name=legend)
    for label, value in (("Day", day), ("Month", month), ("Year", year)):
        group.get_by_label(label).fill(str(value))
