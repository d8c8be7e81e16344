"""Pages for what went wrong, drawn from templates that run no query: they work when the database does not.

The machine interface gets the same as JSON, also for what its own views did not expect.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from rules.core import Decision

MACHINES = "/api/"
PROBLEM = "application/problem+json"
TITLES = {
    400: "Input not accepted",
    403: "Not allowed",
    404: "Not found",
    500: "Something went wrong: nothing was saved",
    503: "Unavailable: nothing was saved",
}


def error_page(request: HttpRequest, status: int, context: Mapping[str, Any] | None = None) -> HttpResponse:
    """``errors/<status>.html`` with the request id, by which the unit's support finds the log line."""
    values = {"status": status, "request_id": getattr(request, "request_id", ""), **(context or {})}
    if request.path.startswith(MACHINES):
        said = {"title": TITLES[status], "status": status, "request_id": values["request_id"]}
        return JsonResponse(said, status=status, content_type=PROBLEM)
    return HttpResponse(render_to_string(f"errors/{status}.html", values, request=request), status=status)


def forbidden_page(request: HttpRequest, decision: Decision) -> HttpResponse:
    """403: may be seen, may not be done. Says why, with the rule."""
    return error_page(request, 403, {"reasons": decision.reasons})


def card_page(request: HttpRequest) -> HttpResponse:
    """403 for a restricted record: whom to ask, and no detail (R100). The same page for every restricted record."""
    values = {"status": 403, "request_id": getattr(request, "request_id", "")}
    return HttpResponse(render_to_string("errors/restricted.html", values, request=request), status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """``handler400``."""
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """``handler403``."""
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """``handler404``: what does not exist and what may not be known get the same words."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500``."""
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """``CSRF_FAILURE_VIEW``: mostly a page left open over a sign-out; says what to do."""
    return error_page(request, 403, {"stale": True})


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the evidence cannot be written, so the page is not served."""
    response = error_page(request, 503)
    response["Retry-After"] = "30"
    return response
