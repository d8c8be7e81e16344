"""The same guards for the machine interface: a view without ``permission`` cannot be written, rows come through the
access engine, and what is shown is told to the evidence.

Errors are JSON with ``title``, ``status``, ``detail`` and ``request_id``; a refusal adds ``reasons`` (rule and text), a
faulty input ``errors`` by field. Refused by a rule or changed meanwhile: 409. A key of a client's that was used for
something else (``pages.keyed``): 422. What does not exist and what may not be known: the same 404.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar, cast

from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import ResolverMatch, reverse
from rest_framework import exceptions, serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.settings import api_settings
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView
from rest_framework.views import exception_handler as rest_exception_handler
from rest_framework.viewsets import GenericViewSet

from agencies.access import can, visible
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.sessions import is_fresh
from audit.reads import AccessKind
from rules.bounds import FIRST_DAY, LAST_DAY, within_bounds
from rules.core import Decision, Refused

from .base import Forbidden, Moved, Restricted, fetch, show
from .conflicts import Conflict
from .errors import PROBLEM
from .keyed import refuse_useless_key
from .step_up import TOO_LONG_AGO
from .submissions import SentBefore

M = TypeVar("M", bound=Model)


class BoundedDateField(serializers.DateField):
    """A day within the years a case can have; the forms ask the same."""

    default_error_messages = {"out_of_bounds": f"The year must be from {FIRST_DAY.year} to {LAST_DAY.year}."}

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not within_bounds(day):
            self.fail("out_of_bounds")
        return day


class ReasonOfRuleSerializer(serializers.Serializer[Any]):
    """A sentence and the rule behind it."""

    rule = serializers.CharField()
    text = serializers.CharField()


class Pages(PageNumberPagination):
    """Pages of a list, by number."""

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 200


class Throttle(UserRateThrottle):
    """Reading the register through the interface is not a way to copy it quickly."""

    rate = "240/min"


class Guarded(APIView):
    """Checks who asks before anything else. ``permissions`` names another permission for an action (by its name);
    ``proved`` names the actions that ask for a fresh proof of who one is, as a page does that is ``SteppedUp``.
    """

    permission: ClassVar[Perm]
    # A base of others: nothing leads to it.
    is_abstract: ClassVar[bool]
    permissions: ClassVar[Mapping[str, Perm]] = {}
    proved: ClassVar[frozenset[str]] = frozenset()
    permission_classes = (IsAuthenticated,)
    throttle_classes = (Throttle,)

    def __init_subclass__(cls, *, abstract: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.is_abstract = abstract
        if not abstract and not isinstance(getattr(cls, "permission", None), Perm):
            raise TypeError(f"{cls.__module__}.{cls.__qualname__} has no permission: name a Perm.")

    @property
    def principal(self) -> Principal:
        if (acting := getattr(self.request, "principal", None)) is None:
            raise exceptions.PermissionDenied("Choose the role in which you act, on the pages.")
        return cast("Principal", acting)

    @property
    def needed(self) -> Perm:
        """The permission of the action asked for."""
        return self.permissions.get(getattr(self, "action", None) or "", self.permission)

    @property
    def today(self) -> date:
        """The day of the request."""
        return self.principal.on

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not (decision := can(self.principal, self.needed)):
            raise Forbidden(decision)
        if getattr(self, "action", None) in self.proved and not is_fresh(self.principal.stepped_up_at):
            raise Forbidden(TOO_LONG_AGO)
        refuse_useless_key(self, request)

    def moved(self, moved: Moved) -> str:
        """The address of the same of the record into which this one was merged."""
        values = {name: moved.new if str(value) == str(moved.old) else value for name, value in self.kwargs.items()}
        return reverse(cast("ResolverMatch", self.request.resolver_match).view_name, kwargs=values)

    def get_authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        """Nobody signed in is told so by 401, and by what one signs in: the session of the pages."""
        return 'Session realm="MAPPA case management"'

    def get_exception_handler(self) -> Any:
        return problem


class GuardedViewSet(Guarded, GenericViewSet[Any], Generic[M], abstract=True):
    """Lists and reads rows of ``model`` that the principal may see; writes are added by calling one service each."""

    model: ClassVar[type[Model]]
    seen_by: ClassVar[Perm] = Perm.NOMINAL_VIEW
    pagination_class = Pages
    # Parameters of a list's address beside those of paging; any other is an error, never left out in silence.
    parameters: ClassVar[frozenset[str]] = frozenset()
    # Anything else in the address is no id, and not found.
    lookup_value_regex = "[0-9]+"

    def rows(self) -> QuerySet[M]:
        """Rows with what the serializer needs beside them, in the order of the list. Access is added by the base."""
        return cast("QuerySet[M]", self.model._default_manager.order_by("pk"))

    def get_queryset(self) -> QuerySet[M]:
        if getattr(self, "swagger_fake_view", False):
            # The description of the interface is made without anybody asking.
            return self.rows().none()
        return visible(self.principal, self.rows(), self.needed)

    def get_object(self) -> M:
        found = fetch(
            self.principal, self.rows().filter(pk=self.kwargs["pk"]), permission=self.needed, seen_by=self.seen_by
        )
        show([found])
        return found

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        self.refuse_unknown(request)
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        show(page, AccessKind.LIST)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        return Response(self.get_serializer(self.get_object()).data)

    def refuse_unknown(self, request: Request) -> None:
        """Raises a validation error (400) for each parameter that this list does not know."""
        known = {Pages.page_query_param, Pages.page_size_query_param, *self.parameters}
        if unknown := sorted(set(request.query_params) - known):
            said = f"There is no such parameter. There are: {', '.join(sorted(known))}."
            raise exceptions.ValidationError({name: [said] for name in unknown})

    def accepted(self, data: Any) -> dict[str, Any]:
        """The input, if its shape is right; raises a validation error (400) that names each field."""
        serializer: BaseSerializer[Any] = self.get_serializer(data=data)
        serializer.is_valid(raise_exception=True)
        return cast("dict[str, Any]", serializer.validated_data)


def problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """An error as JSON. None for what is no known kind: ``pages.errors`` answers it, a 500 with the request id."""
    request = context.get("request")
    request_id = getattr(request, "request_id", "")
    if isinstance(error, Refused):
        return _answer(409, "Refused by a rule", request_id, reasons=_reasons(error.decision))
    if isinstance(error, SentBefore):
        said = "With this key something else was sent before, and carried out. Send this with a key of its own."
        return _answer(422, "Key used before", request_id, detail=said)
    if isinstance(error, Conflict):
        return _answer(409, "Changed meanwhile", request_id, detail="Read it again, then send your change.")
    if isinstance(error, Forbidden):
        return _answer(403, "Not allowed", request_id, reasons=_reasons(error.decision))
    if isinstance(error, Restricted):
        return _answer(403, "Restricted record", request_id, detail="Contact the MAPPA unit of the area.")
    if isinstance(error, Moved):
        return _elsewhere(error, context["view"], request_id)
    if isinstance(error, (Http404, exceptions.NotFound)):
        return _answer(404, "Not found", request_id)
    answer = rest_exception_handler(error, dict(context))
    if answer is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {api_settings.NON_FIELD_ERRORS_KEY: error.detail}
        return _answer(400, "Input not accepted", request_id, errors=fields)
    detail = error.detail if isinstance(error, exceptions.APIException) else ""
    given = _answer(answer.status_code, "Not done", request_id, detail=str(detail))
    for name, value in answer.headers.items():
        given.headers.setdefault(name, value)
    return given


def _answer(status: int, title: str, request_id: str, **more: Any) -> Response:
    body = {
        "title": title,
        "status": status,
        "request_id": request_id,
        **{key: each for key, each in more.items() if each},
    }
    return Response(body, status=status, content_type=PROBLEM)


def _elsewhere(moved: Moved, view: Guarded, request_id: str) -> Response:
    """Where the record is read into which this one was merged. What was sent is not carried out there."""
    reads = view.request.method in SAFE_METHODS
    answer = _answer(308 if reads else 409, "Merged into another record", request_id)
    answer.headers["Location"] = view.moved(moved)
    return answer


def _reasons(decision: Decision) -> list[dict[str, str]]:
    return [{"rule": reason.rule, "text": reason.text} for reason in decision.reasons]
