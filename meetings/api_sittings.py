"""The machine interface of panels, sittings and slots: the rows of their pages, the same services and twins."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.parameters import parameters_for
from agencies.roles import Perm
from cases.api import OfNominalViewSet
from pages.base import show
from pages.drf import GuardedViewSet
from pages.lists import ListContext
from rules.bounds import within_bounds
from rules.vocabulary import MeetingKind, SittingState, choices

from .models import Panel, Sitting, Slot
from .models.sitting import REASON_LENGTH
from .queries import panels_of, sittings_of, slots_of, with_heard
from .records import Placing
from .services.sittings import cancel_sitting, move_sitting, plan_sitting
from .services.slots import cancel_slot, move_slot, place_person
from .sitting_lines import state_of
from .sitting_list import LISTING, PAST, sitting_rows
from .sitting_views import planned_by


class Moment(serializers.DateTimeField):
    """A moment within the years a case can have; one without a zone is of England and Wales."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=timezone.get_default_timezone(), **options)

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        if not within_bounds(moment.date()):
            raise serializers.ValidationError("There is no such day in a case.")
        return moment


class ReasonSerializer(serializers.Serializer[Any]):
    """Why it is done, in a few words."""

    reason = serializers.CharField(max_length=REASON_LENGTH)


class PanelSerializer(serializers.ModelSerializer[Panel]):
    """A panel. ``weekday`` is 0 for Monday; ``ordinals`` which of the month, 5 for the last, none by arrangement."""

    members = serializers.SerializerMethodField(help_text="Agencies that are standing members today.")

    class Meta:
        model = Panel
        fields = (
            "id",
            "name",
            "level",
            "panel_area",
            "weekday",
            "ordinals",
            "begins",
            "slot_minutes",
            "capacity",
            "room",
            "join_link",
            "starts_on",
            "ends_on",
            "members",
        )
        read_only_fields = fields

    def get_members(self, panel: Panel) -> list[int]:
        today = self.context["today"]
        rows = [row for row in panel.members.all() if row.starts_on <= today]
        return [row.agency_id for row in rows if row.ends_on is None or row.ends_on >= today]


class SlotSerializer(serializers.ModelSerializer[Slot]):
    """One person's time in a sitting."""

    class Meta:
        model = Slot
        fields = (
            "id",
            "nominal",
            "sitting",
            "starts_at",
            "ends_at",
            "kind",
            "why",
            "out_of_time_because",
            "cancelled_on",
            "cancelled_because",
        )
        read_only_fields = fields


class PlacingSerializer(serializers.Serializer[Any]):
    """A person placed in a sitting at a time. ``out_of_time_because`` is asked for beyond the limit (R54)."""

    sitting = serializers.IntegerField(min_value=1)
    starts_at = Moment()
    kind = serializers.ChoiceField(choices=choices(MeetingKind))
    why = serializers.CharField(max_length=REASON_LENGTH, default="", allow_blank=True)
    out_of_time_because = serializers.CharField(max_length=REASON_LENGTH, default="", allow_blank=True)


class SlotMoveSerializer(ReasonSerializer):
    """Another time for a person, in the same sitting or another."""

    sitting = serializers.IntegerField(min_value=1)
    starts_at = Moment()
    out_of_time_because = serializers.CharField(max_length=REASON_LENGTH, default="", allow_blank=True)


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


class SittingCancelSerializer(ReasonSerializer):
    """Why it is cancelled. ``version`` as it was read."""

    version = serializers.IntegerField(min_value=1)


@extend_schema_view(
    list=extend_schema(summary="The panels of the area"), retrieve=extend_schema(summary="One panel of the area")
)
class PanelViewSet(GuardedViewSet[Panel]):
    """Panels."""

    permission = Perm.PANEL_SET
    seen_by = Perm.PANEL_SET
    model = Panel
    queryset = Panel.objects.none()
    serializer_class = PanelSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "today": self.today}

    def rows(self) -> QuerySet[Panel]:
        return panels_of(self.principal).prefetch_related("members").order_by("pk")


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
        "cancel": Perm.SITTING_PLAN,
    }
    seen_by = Perm.SITTING_VIEW
    model = Sitting
    queryset = Sitting.objects.none()
    serializer_class = SittingSerializer
    parameters = frozenset(each.name for each in LISTING.filters)

    def get_serializer_class(self) -> Any:
        asked = {"create": NewSittingSerializer, "move": SittingMoveSerializer, "cancel": SittingCancelSerializer}
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


@extend_schema_view(
    list=extend_schema(summary="A person's places in sittings, cancelled ones included"),
    retrieve=extend_schema(summary="One place in a sitting"),
    create=extend_schema(
        summary="Place a person in a sitting; refused by a rule: 409 with reasons",
        request=PlacingSerializer,
        responses={201: SlotSerializer},
    ),
    move=extend_schema(
        summary="Move a person to another time; refused by a rule: 409 with reasons",
        request=SlotMoveSerializer,
        responses=SlotSerializer,
    ),
    cancel=extend_schema(
        summary="Take a person out of a sitting; refused by a rule: 409 with reasons",
        request=ReasonSerializer,
        responses=SlotSerializer,
    ),
)
class SlotViewSet(OfNominalViewSet):
    """A person's times in sittings."""

    permission = Perm.SITTING_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {
        "create": Perm.SITTING_PLAN,
        "move": Perm.SITTING_PLAN,
        "cancel": Perm.SITTING_PLAN,
    }
    model = Slot
    queryset = Slot.objects.none()
    serializer_class = SlotSerializer

    def get_serializer_class(self) -> Any:
        asked = {"create": PlacingSerializer, "move": SlotMoveSerializer, "cancel": ReasonSerializer}
        return asked.get(self.action, SlotSerializer)

    def rows(self) -> QuerySet[Slot]:
        return Slot.objects.filter(nominal=self.kwargs["nominal_pk"]).order_by("starts_at", "pk")

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal = self.nominal()
        said = self.accepted(request.data)
        slot = place_person(
            by=self.principal,
            today=self.today,
            nominal_id=nominal.pk,
            sitting_id=self._sitting(said["sitting"]),
            placing=Placing(said["starts_at"], MeetingKind(said["kind"]), said["why"], said["out_of_time_because"]),
        )
        return Response(SlotSerializer(slot).data, status=201)

    @action(detail=True, methods=["post"])
    def move(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        self.nominal()
        slot = self.get_object()
        said = self.accepted(request.data)
        moved = move_slot(
            by=self.principal,
            today=self.today,
            slot_id=slot.pk,
            sitting_id=self._sitting(said["sitting"]),
            starts_at=said["starts_at"],
            reason=said["reason"],
            out_of_time_because=said["out_of_time_because"],
        )
        return Response(SlotSerializer(moved).data)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        self.nominal()
        slot = self.get_object()
        said = self.accepted(request.data)
        done = cancel_slot(by=self.principal, today=self.today, slot_id=slot.pk, reason=said["reason"])
        return Response(SlotSerializer(done).data)

    def _sitting(self, pk: int) -> int:
        """The key of a sitting that the principal may know of; any other does not exist."""
        if not sittings_of(self.principal).filter(pk=pk).exists():
            raise serializers.ValidationError({"sitting": ["There is no such sitting."]})
        return pk
