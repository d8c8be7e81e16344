"""Headers that every response carries, errors included, beyond what Django sets."""

from collections.abc import Callable

from csp.constants import HEADER as CONTENT_SECURITY_POLICY
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]

# What Django draws for a developer, with styles of its own in the page.
DEBUG_PAGES = {404, 500}
# Features of a browser that these pages never use.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class HeadersMiddleware:
    """Isolation from other sites, and no copy of a page kept anywhere on the way or in the browser."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        # One policy for all pages, put together once: no page has a word of its own in it.
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in DEBUG_PAGES):
            response.headers.setdefault(CONTENT_SECURITY_POLICY, self.policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        # Static files are served before this and may be kept; a page holds what its reader may no longer see tomorrow.
        response.headers.setdefault("Cache-Control", "no-store")
        match = request.resolver_match
        if match is not None and match.view_name == "account_logout" and request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
