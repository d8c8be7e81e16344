"""One transaction a request, and no page without its evidence.

The outer middleware opens the transaction and writes the request's row in the access log as the
last thing in it: when that fails, all is rolled back and the answer is 503. The inner one, last
in the list, undoes what a failed view wrote, so that a failed request leaves its access row and
nothing else. Between the two, sessions and sign-in keep what they wrote.
"""

from collections.abc import Callable
from datetime import date
from typing import cast

from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template import loader
from django.urls import get_resolver

from audit.context import (
    EvidenceNotWritten,
    HasPrincipal,
    Reading,
    begin_request,
    collecting,
    new_request_id,
    use_principal,
)
from audit.reads import FAILED, outcome_of, write_access

__all__ = ["AuditedRequest", "InnerMiddleware", "OuterMiddleware", "use_principal"]

Handler = Callable[[HttpRequest], HttpResponseBase]
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
RETRY_AFTER_SECONDS = 30


class AuditedRequest(HttpRequest):
    """A request behind the outer middleware, on its day (and behind the one of agencies, which says who asks)."""

    request_id: str
    today: date
    principal: HasPrincipal | None
    view_failed: bool


class OuterMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reading = Reading(request_id=new_request_id())
        cast(AuditedRequest, request).request_id = reading.request_id
        with collecting(reading):
            response = self._respond(request, reading)
        response.headers["X-Request-ID"] = reading.request_id
        return response

    def _respond(self, request: HttpRequest, reading: Reading) -> HttpResponseBase:
        response: HttpResponseBase | None = None
        try:
            with transaction.atomic():
                cast(AuditedRequest, request).today = begin_request()
                response = self.get_response(request)
                if _is_evidence(request, reading, response):
                    _write(request, reading, response.status_code)
        except EvidenceNotWritten:
            if response is None or response.status_code < 500:
                response = unavailable(request)
        except (DatabaseError, InterfaceError):
            # Without a response the database could not be reached; with one, the commit failed.
            response = unavailable(request) if response is None else _server_error(request)
        else:
            return response
        return response if self._write_alone(request, reading, response.status_code) else unavailable(request)

    @staticmethod
    def _write_alone(request: HttpRequest, reading: Reading, status: int) -> bool:
        """The first transaction is lost: say in another that the request failed."""
        try:
            with transaction.atomic():
                _write(request, reading, status, outcome=FAILED)
        except (EvidenceNotWritten, DatabaseError, InterfaceError):
            return False
        return True


class InnerMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with transaction.atomic():
            response = self.get_response(request)
            if _view_failed(request, response):
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        # Only marked here: other middlewares make answers of their own from some exceptions
        # (signing in again, for one), and those must come through.
        cast(AuditedRequest, request).view_failed = True
        return unavailable(request) if isinstance(exception, EvidenceNotWritten) else None


def _view_failed(request: HttpRequest, response: HttpResponseBase) -> bool:
    # Not every 4xx: a refused sign-in keeps what it counted. DRF turns exceptions into responses
    # before Django sees them, and marks those.
    return (
        getattr(request, "view_failed", False) or response.status_code >= 500 or getattr(response, "exception", False)
    )


def _is_evidence(request: HttpRequest, reading: Reading, response: HttpResponseBase) -> bool:
    """Not the sign-in page opened by nobody: else anyone could fill the log without an account."""
    return (
        reading.principal is not None
        or not reading.is_empty
        or request.method not in SAFE_METHODS
        or response.status_code >= 500
    )


def _write(request: HttpRequest, reading: Reading, status: int, *, outcome: str | None = None) -> None:
    write_access(
        reading,
        method=(request.method or "")[:10],
        route=_route(request),
        status=status,
        outcome=outcome or outcome_of(reading, status),
    )


def _route(request: HttpRequest) -> str:
    """The page's name, or the pattern of its address: never the address, which may hold what somebody typed."""
    match = request.resolver_match
    return "" if match is None else (match.view_name or match.route)[:200]


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: nothing was shown and nothing was changed, because it could not be recorded."""
    request_id = getattr(request, "request_id", "")
    if request.accepts("text/html"):
        page = loader.select_template(["errors/503.html", "audit/503.html"])
        response = HttpResponse(page.render({"request_id": request_id}), status=503)
    else:
        response = JsonResponse({"detail": "Unavailable: nothing was changed.", "request_id": request_id}, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def _server_error(request: HttpRequest) -> HttpResponseBase:
    handler = get_resolver().resolve_error_handler(500)
    return cast(HttpResponseBase, handler(request))
