"""A visitor in a role, and what a page told them."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import Area, Membership
from agencies.roles import Role

from .agencies import MembershipFactory, sign_in


def visitor(area: Area, role: Role = Role.COORDINATOR, **more: Any) -> tuple[Client, Membership]:
    """A signed-in person acting in this role in the area, and their membership."""
    membership = MembershipFactory(area=area, role=role, **more)
    client = Client()
    sign_in(client, membership.user, acting=membership)
    return client, membership


def text_of(response: HttpResponse) -> str:
    """The words of a page, without its tags, white space made one."""
    main = response.content.decode()
    main = main[main.index("<main") :] if "<main" in main else main
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def hidden(response: HttpResponse) -> dict[str, str]:
    """The hidden fields of the page's form, as a browser would send them back."""
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode())
    return {name: html.unescape(value) for name, value in inputs if name != "csrfmiddlewaretoken"}


def day(name: str, text: str) -> dict[str, str]:
    """The three boxes of a date, from ``2026-11-23``."""
    year, month, number = text.split("-")
    return {f"{name}_day": number, f"{name}_month": month, f"{name}_year": year}


@contextmanager
def queries() -> Iterator[list[dict[str, str]]]:
    """The queries of the body."""
    with CaptureQueriesContext(connection) as captured:
        found: list[dict[str, str]] = []
        yield found
    found.extend(captured.captured_queries)
