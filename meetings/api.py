"""The machine interface of a person's actions: listed, and closed by the service that the pages call."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.roles import Perm
from cases.api import OfNominalViewSet
from pages.drf import BoundedDateField
from rules.vocabulary import ActionOutcome, choices

from .models import LONGEST_ACTION, Action
from .services.actions import close_action


class ActionSerializer(serializers.ModelSerializer[Action]):
    """What an agency has to do. ``closed_on``, ``outcome`` and ``note`` stay empty while it is open."""

    class Meta:
        model = Action
        fields = (
            "id",
            "number",
            "agency",
            "responsible",
            "what",
            "given_on",
            "due_on",
            "brought_in",
            "closed_on",
            "outcome",
            "note",
        )
        read_only_fields = fields


class ActionCloseSerializer(serializers.Serializer[Any]):
    """What came of an action. ``note`` is needed unless it was done."""

    outcome = serializers.ChoiceField(choices=choices(ActionOutcome))
    closed_on = BoundedDateField()
    note = serializers.CharField(max_length=LONGEST_ACTION, required=False, default="", allow_blank=True)


@extend_schema_view(
    list=extend_schema(summary="Actions about a person"),
    retrieve=extend_schema(summary="One action"),
    close=extend_schema(
        summary="Close an action; refused by a rule: 409 with reasons",
        request=ActionCloseSerializer,
        responses=ActionSerializer,
    ),
)
class ActionViewSet(OfNominalViewSet):
    """Actions."""

    permission = Perm.NOMINAL_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {"close": Perm.ACTION_CLOSE}
    model = Action
    queryset = Action.objects.none()
    serializer_class = ActionSerializer

    def rows(self) -> QuerySet[Action]:
        return Action.objects.filter(nominal=self.kwargs["nominal_pk"]).order_by("number")

    def get_serializer_class(self) -> Any:
        return ActionCloseSerializer if self.action == "close" else ActionSerializer

    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        self.nominal()
        row = self.get_object()
        said = self.accepted(request.data)
        closed = close_action(
            by=self.principal,
            today=self.today,
            action_id=row.pk,
            outcome=ActionOutcome(said["outcome"]),
            closed_on=said["closed_on"],
            note=said["note"],
        )
        return Response(ActionSerializer(closed).data)
