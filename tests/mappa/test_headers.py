"""What every answer says to the browser, errors and redirects included."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "status"),
    [
        pytest.param("/account/sign-in/", 200, id="a page"),
        pytest.param("/nominals/", 302, id="a page for those who have signed in"),
        pytest.param("/nowhere/", 404, id="no page"),
        pytest.param("/api/v1/nominals/", 401, id="the machine interface"),
    ],
)
def test_every_answer_forbids_what_no_page_needs(client: Client, address: str, status: int) -> None:
    response = client.get(address)
    assert response.status_code == status
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert {policy[name] for name in ("default-src", "base-uri", "frame-ancestors", "object-src")} == {"'none'"}
    assert {policy[name] for name in ("script-src", "style-src", "form-action")} == {"'self'"}
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
