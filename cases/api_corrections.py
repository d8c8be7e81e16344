"""What was recorded by mistake, put right or taken away by the machine interface: one shape for every kind of row."""

from abc import abstractmethod
from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from .api import OfNominalViewSet
from .models.corrected import TEXT_LENGTH
from .stamps import version_of


def seen_version() -> serializers.IntegerField:
    """The field for the version that was read: when the row was changed since, it is a conflict (409). Without a
    version nothing is compared.
    """
    return serializers.IntegerField(min_value=0, required=False)


class RowVersionField(serializers.IntegerField):
    """The version of the row itself, worked out from what it says."""

    def __init__(self) -> None:
        super().__init__(read_only=True, source="*")

    def to_representation(self, value: Any) -> int:
        return version_of(value)


class WhyCorrectedSerializer(serializers.Serializer[Any]):
    """Why it was recorded wrongly. It stays in the person's history, with what stood before. ``version`` is as it was
    read: when the row was changed since, it is a conflict (409); without a version nothing is compared.
    """

    reason = serializers.CharField(max_length=TEXT_LENGTH)
    version = seen_version()


class CorrectedViewSet(OfNominalViewSet, abstract=True):
    """Rows that are put right: what is not sent stays as it was, and the service asks for the reason.

    A subclass names the permission of ``partial_update`` and of whatever else it does.
    """

    correction_class: ClassVar[type[serializers.BaseSerializer[Any]]]
    # The field that holds the reason; of rows that have a reason of their own, another one.
    reason_field: ClassVar[str] = "reason"
    # The version that was read before, for the service to compare under its lock.
    sent_version: int | None = None

    @abstractmethod
    def correct(self, row: Any, said: dict[str, Any], reason: str) -> Model:
        """The row that the service has put right by what was sent."""

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        """Put right what was recorded."""
        self.nominal()
        row = self.get_object()
        context = self.get_serializer_context()
        sent: Any = self.correction_class(row, data=request.data, partial=True, context=context)
        sent.is_valid(raise_exception=True)
        said = dict(sent.validated_data)
        reason, self.sent_version = said.pop(self.reason_field, ""), said.pop("version", None)
        return Response(self.get_serializer(self.correct(row, said, reason)).data)


class TakenAwayViewSet(CorrectedViewSet, abstract=True):
    """The same, of rows that may be taken away altogether. A subclass names the permission of ``away``."""

    @abstractmethod
    def take_away(self, row: Any, reason: str) -> None:
        """Call the service that takes the row away."""

    @extend_schema(
        summary="Take it away as recorded by mistake, with the reason; refused by a rule: 409 with reasons",
        request=WhyCorrectedSerializer,
        responses={204: None},
    )
    @action(detail=True, methods=["post"])
    def away(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        self.nominal()
        row = self.get_object()
        sent = WhyCorrectedSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        self.sent_version = sent.validated_data.get("version")
        self.take_away(row, sent.validated_data["reason"])
        return Response(status=204)
