"""Starts the provider, and goes the way of a browser between the two."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.http import HttpResponse
from django.test import Client

from agencies.models import Agency
from agencies.models.accounts import SignInProvider
from agencies.sealing import Purpose, seal

from .provider import CLIENT_ID, CLIENT_SECRET, PASSWORD


@contextmanager
def running(folder: Path, *return_to: str) -> Iterator[str]:
    """The provider in a process of its own; its issuer."""
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.openid.provider", str(folder), *return_to],
        cwd=root, stdout=subprocess.PIPE, text=True, env={"PATH": "", "PYTHONPATH": str(root)},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the provider did not start"
        yield f"{json.loads(line)['address']}/o"
    finally:
        process.terminate()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def register(agency: Agency, issuer: str, **more: Any) -> SignInProvider:
    """The provider as an agency's own sign-in."""
    return SignInProvider.objects.create(
        agency=agency, issuer=issuer, client_id=CLIENT_ID,
        client_secret=seal(Purpose.PROVIDER, CLIENT_SECRET), **more,
    )  # fmt: skip


def at_the_agency(leaving: HttpResponse, name: str) -> str:
    """Sign in at the agency as this person; the address to which the agency sends the browser back."""
    browser = requests.Session()
    url = leaving["Location"]
    for _ in range(6):
        answer = browser.get(url, allow_redirects=False)
        if answer.status_code == 200:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.text)
            assert token
            said = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
            answer = browser.post(url, said, allow_redirects=False)
        assert answer.status_code == 302, answer.text[:500]
        url = urljoin(url, answer.headers["Location"])
        if urlsplit(url).path.startswith("/account/"):
            return url
    raise AssertionError("the agency sends the browser round in circles")


def sign_in_by_agency(client: Client, provider: SignInProvider, name: str, onward: str = "/") -> Any:
    """The whole way: there, in, and back."""
    leaving = client.get(f"/account/agency/{provider.agency_id}/", {"next": onward})
    assert leaving.status_code == 302, leaving.status_code
    back = urlsplit(at_the_agency(leaving, name))
    return client.get(f"{back.path}?{back.query}")
