"""A small site whose views write a row and then end in every possible way."""

from collections.abc import Callable

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.boundary import record_event, service
from audit.context import HasPrincipal, use_principal
from audit.reads import AccessKind, denied, noted, searched, showed

from .conftest import Actor


class ActorMiddleware:
    """Says who asks: nobody when the request carries `?as=nobody`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.GET.get("as") != "nobody":
            use_principal(Actor(request_id=request.request_id))  # type: ignore[attr-defined]
        if "broken" in request.GET:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
        return self.get_response(request)


class StepUpError(Exception):
    """Raised by a view, answered by a middleware further out."""


class StepUpMiddleware(ActorMiddleware):
    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return HttpResponse("sign in again", status=302) if isinstance(exception, StepUpError) else None


def write() -> None:
    Group.objects.create(name="written")


def fine(request: HttpRequest) -> HttpResponse:
    write()
    showed(AccessKind.VIEW, [5, None])
    return HttpResponse("Ann")


def answers(request: HttpRequest, status: int) -> HttpResponse:
    write()
    return HttpResponse(status=status)


def raises(request: HttpRequest, what: str) -> HttpResponse:
    write()
    raise {"error": ValueError, "missing": Http404, "forbidden": PermissionDenied, "step_up": StepUpError}[what]


def swallows(request: HttpRequest) -> HttpResponse:
    """A view that hides a database error leaves a transaction in which nothing can be written."""
    write()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
    except Exception:
        return HttpResponse("as if nothing had happened")
    raise AssertionError


def late(request: HttpRequest) -> HttpResponse:
    """Breaks a constraint that is looked at when the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO probe_ground (person_id) VALUES (404)")
    return HttpResponse("saved")


def search(request: HttpRequest) -> HttpResponse:
    searched(["  Smith ", "smith"], 2)
    showed(AccessKind.LIST, [9, 3, 9])
    return HttpResponse()


def refuses(request: HttpRequest, number: int) -> HttpResponse:
    denied([11], rule="R100")
    return HttpResponse(status=404)


def sign_in(request: HttpRequest) -> HttpResponse:
    noted(AccessKind.SIGN_IN, failed=True, reason="password")
    return HttpResponse()


@service("group_written")
def write_group(*, by: HasPrincipal) -> None:
    group = Group.objects.create(name="written")
    record_event(group, root=5)


def serves(request: HttpRequest) -> HttpResponse:
    write_group(by=Actor(request_id=request.request_id))  # type: ignore[attr-defined]
    return HttpResponse()


class Api(APIView):
    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request, what: str) -> Response:
        write()
        if what == "raise":
            raise ValidationError("no")
        return Response({"detail": "no"}, status=400)


urlpatterns = [
    path("fine/", fine, name="fine"),
    path("answers/<int:status>/", answers),
    path("raises/<slug:what>/", raises, name="raises"),
    path("swallows/", swallows),
    path("late/", late),
    path("search/", search, name="search"),
    path("refuses/<int:number>/", refuses, name="refuses"),
    path("sign-in/", sign_in),
    path("serves/", serves),
    path("api/<slug:what>/", Api.as_view()),
]
