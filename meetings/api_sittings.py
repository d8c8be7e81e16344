"""The machine interface of sittings: listed, planned, moved, given a chair, cancelled (R55, R56)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.parameters import parameters_for
from agencies.roles import Perm
from pages.base import show
from pages.drf import GuardedViewSet
from pages.keyed import once_by_key
from pages.lists import ListContext
from rules.vocabulary import SittingState, choices

from .api_slots import SlotSerializer
from .api_words import Moment, ReasonSerializer
from .chairs import chairs_to_choose
from .models import Sitting
from .models.sitting import REASON_LENGTH
from .queries import panels_of, sittings_of, slots_of, with_heard
from .services.sittings import cancel_sitting, move_sitting, name_chair, plan_sitting
from .sitting_lines import state_of
from .sitting_list import LISTING, PAST, sitting_rows
from .sitting_views import planned_by


class SittingSerializer(serializers.ModelSerializer[Sitting]):
    """A sitting. ``heard``: places taken, as far as the reader may know; ``state``: what has become of it."""

    heard = serializers.IntegerField(read_only=True)
    state = serializers.SerializerMethodField()

    class Meta:
        model = Sitting
        fields = (
            "id",
            "panel",
            "level",
            "starts_at",
            "slot_minutes",
            "capacity",
            "chair",
            "room",
            "join_link",
            "heard",
            "state",
            "cancelled_on",
            "cancelled_because",
            "version",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=choices(SittingState)))
    def get_state(self, sitting: Sitting) -> str:
        params = self.context["params"](sitting.area_id)
        return state_of(sitting, params, today=self.context["today"]).value.value


class NewSittingSerializer(serializers.Serializer[Any]):
    """A sitting of a panel beside its usual days; what is left out is as the panel has it."""

    panel = serializers.IntegerField(min_value=1)
    starts_at = Moment()
    chair = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    room = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    join_link = serializers.URLField(max_length=500, required=False)


class SittingMoveSerializer(ReasonSerializer):
    """Another time or place. ``version`` as it was read: a later one is a conflict (409)."""

    version = serializers.IntegerField(min_value=1)
    starts_at = Moment()
    room = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    join_link = serializers.URLField(max_length=500, required=False)
    out_of_time_because = serializers.CharField(max_length=REASON_LENGTH, default="", allow_blank=True)


class ChairSerializer(serializers.Serializer[Any]):
    """Who chairs, of those who may. ``version`` as it was read."""

    version = serializers.IntegerField(min_value=1)
    chair = serializers.IntegerField(min_value=1)


class SittingCancelSerializer(ReasonSerializer):
    """Why it is cancelled. ``version`` as it was read."""

    version = serializers.IntegerField(min_value=1)


@extend_schema_view(
    list=extend_schema(
        summary="Sittings that one may know of, with the filters of their page",
        description="Of today and later; with `time=past`, of before.",
        parameters=[OpenApiParameter(each.name, str) for each in LISTING.filters],
    ),
    retrieve=extend_schema(summary="One sitting"),
    create=extend_schema(
        summary="Plan a sitting of a panel; refused by a rule: 409 with reasons",
        request=NewSittingSerializer,
        responses={201: SittingSerializer},
    ),
    move=extend_schema(
        summary="Move a sitting with everybody in it; refused by a rule or changed meanwhile: 409",
        request=SittingMoveSerializer,
        responses=SittingSerializer,
    ),
    chair=extend_schema(
        summary="Name who chairs a sitting; refused by a rule or changed meanwhile: 409",
        request=ChairSerializer,
        responses=SittingSerializer,
    ),
    cancel=extend_schema(
        summary="Cancel a sitting; refused by a rule or changed meanwhile: 409",
        request=SittingCancelSerializer,
        responses=SittingSerializer,
    ),
    slots=extend_schema(summary="Who is heard in it, of those one may know of", responses=SlotSerializer(many=True)),
)
class SittingViewSet(GuardedViewSet[Any]):
    """Sittings."""

    permission = Perm.SITTING_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {
        "create": Perm.SITTING_PLAN,
        "move": Perm.SITTING_PLAN,
        "chair": Perm.SITTING_PLAN,
        "cancel": Perm.SITTING_PLAN,
    }
    seen_by = Perm.SITTING_VIEW
    model = Sitting
    queryset = Sitting.objects.none()
    serializer_class = SittingSerializer
    parameters = frozenset(each.name for each in LISTING.filters)

    def get_serializer_class(self) -> Any:
        asked: dict[str, Any] = {"create": NewSittingSerializer, "move": SittingMoveSerializer}
        asked |= {"chair": ChairSerializer, "cancel": SittingCancelSerializer}
        return asked.get(self.action, SittingSerializer)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "today": self.today, "params": cache(parameters_for)}

    def rows(self) -> QuerySet[Any]:
        return with_heard(self.principal, sittings_of(self.principal)).order_by("starts_at", "pk")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - the list has its own rows
        asked: QueryDict = self.request.query_params
        context = ListContext(self.principal, self.today)
        form = LISTING.form(asked, context)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors.get_json_data())
        rows = sitting_rows(context, past=asked.get("time") == PAST).order_by("starts_at", "pk")
        return LISTING.filtered(rows, form.cleaned_data, context)

    @once_by_key
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        said = self.accepted(request.data)
        panel = panels_of(self.principal).filter(pk=said["panel"]).first()
        if panel is None:
            raise serializers.ValidationError({"panel": ["There is no such panel."]})
        usual = planned_by(panel, said["starts_at"])
        sitting = plan_sitting(
            by=self.principal,
            today=self.today,
            area_id=panel.area_id,
            sitting=replace(
                usual,
                chair_id=said.get("chair"),
                room_id=said.get("room", usual.room_id),
                join_link=said.get("join_link", usual.join_link),
            ),
        )
        return self._answer(sitting, status=201)

    @action(detail=True, methods=["post"])
    def move(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        sitting = self.get_object()
        said = self.accepted(request.data)
        moved = move_sitting(
            by=self.principal,
            today=self.today,
            sitting_id=sitting.pk,
            version=said["version"],
            starts_at=said["starts_at"],
            reason=said["reason"],
            room_id=said.get("room", sitting.room_id),
            join_link=said.get("join_link", sitting.join_link),
            out_of_time_because=said["out_of_time_because"],
        )
        return self._answer(moved)

    @action(detail=True, methods=["post"])
    def chair(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        sitting = self.get_object()
        said = self.accepted(request.data)
        people = chairs_to_choose(sitting.area_id, sitting.panel_id, on=sitting.sits_on)
        if not people.filter(pk=said["chair"]).exists():
            raise serializers.ValidationError({"chair": ["There is nobody of this number who may chair it."]})
        named = name_chair(
            by=self.principal,
            today=self.today,
            sitting_id=sitting.pk,
            version=said["version"],
            chair_id=said["chair"],
        )
        return self._answer(named)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        sitting = self.get_object()
        said = self.accepted(request.data)
        done = cancel_sitting(
            by=self.principal,
            today=self.today,
            sitting_id=sitting.pk,
            version=said["version"],
            reason=said["reason"],
        )
        return self._answer(done)

    @action(detail=True, methods=["get"], pagination_class=None)
    def slots(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        rows = list(slots_of(self.principal).filter(sitting=self.get_object()))
        show(rows)
        return Response(SlotSerializer(rows, many=True).data)

    def _answer(self, sitting: Sitting, *, status: int = 200) -> Response:
        row = self.rows().get(pk=sitting.pk)
        return Response(SittingSerializer(row, context=self.get_serializer_context()).data, status=status)
