"""The machine interface of people's times: placed, arranged as a single meeting, moved, cancelled (R54 to R57)."""

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
from pages.keyed import once_by_key
from rules.vocabulary import Level, MeetingKind, choices

from .api_words import Moment, ReasonSerializer
from .models import Slot
from .models.panel import LONGEST_SLOT
from .models.sitting import REASON_LENGTH
from .panel_forms import LEVELS, LINK_LENGTH, SHORTEST_SLOT
from .queries import sittings_of
from .records import Added, Choice, Placing, SittingRecord
from .services.plans import arrange_meeting
from .services.slots import cancel_slot, keep_slot, move_slot, place_person


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


class AddedSerializer(serializers.Serializer[Any]):
    """An agency invited by hand, with the reason in a few words (R57)."""

    agency = serializers.IntegerField(min_value=1)
    because = serializers.CharField(max_length=REASON_LENGTH)


class ArrangeSerializer(serializers.Serializer[Any]):
    """A single meeting for one person, no panel needed. ``left_out``: agencies that the table asks for and that are not
    invited; ``added``: others that are. ``out_of_time_because`` is asked for beyond the limit (R54).
    """

    starts_at = Moment()
    kind = serializers.ChoiceField(choices=choices(MeetingKind))
    level = serializers.ChoiceField(choices=LEVELS)
    minutes = serializers.IntegerField(min_value=SHORTEST_SLOT, max_value=LONGEST_SLOT, default=60)
    chair = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    room = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    join_link = serializers.URLField(max_length=LINK_LENGTH, default="", allow_blank=True)
    why = serializers.CharField(max_length=REASON_LENGTH, default="", allow_blank=True)
    out_of_time_because = serializers.CharField(max_length=REASON_LENGTH, default="", allow_blank=True)
    left_out = serializers.ListField(child=serializers.IntegerField(min_value=1), default=list, max_length=200)
    added = AddedSerializer(many=True, default=list)


@extend_schema_view(
    list=extend_schema(summary="A person's places in sittings, cancelled ones included"),
    retrieve=extend_schema(summary="One place in a sitting"),
    create=extend_schema(
        summary="Place a person in a sitting; refused by a rule: 409 with reasons",
        request=PlacingSerializer,
        responses={201: SlotSerializer},
    ),
    arrange=extend_schema(
        summary="Arrange a single meeting for a person; refused by a rule: 409 with reasons",
        request=ArrangeSerializer,
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
    keep=extend_schema(
        summary="Keep a meeting for which there is nobody to hear any more; refused by a rule: 409 with reasons",
        request=ReasonSerializer,
        responses=SlotSerializer,
    ),
)
class SlotViewSet(OfNominalViewSet):
    """A person's times in sittings."""

    permission = Perm.SITTING_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {
        "create": Perm.SITTING_PLAN,
        "arrange": Perm.SITTING_PLAN,
        "move": Perm.SITTING_PLAN,
        "cancel": Perm.SITTING_PLAN,
        "keep": Perm.SITTING_PLAN,
    }
    model = Slot
    queryset = Slot.objects.none()
    serializer_class = SlotSerializer

    def get_serializer_class(self) -> Any:
        asked: dict[str, Any] = {"create": PlacingSerializer, "arrange": ArrangeSerializer}
        asked |= {"move": SlotMoveSerializer, "cancel": ReasonSerializer, "keep": ReasonSerializer}
        return asked.get(self.action, SlotSerializer)

    def rows(self) -> QuerySet[Slot]:
        return Slot.objects.filter(nominal=self.kwargs["nominal_pk"]).order_by("starts_at", "pk")

    @once_by_key
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

    @action(detail=False, methods=["post"])
    @once_by_key
    def arrange(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal = self.nominal()
        said = self.accepted(request.data)
        slot = arrange_meeting(
            by=self.principal,
            today=self.today,
            nominal_id=nominal.pk,
            sitting=SittingRecord(
                Level(said["level"]), said["starts_at"], said["minutes"], 1, chair_id=said.get("chair"),
                room_id=said.get("room"), join_link=said["join_link"],
            ),
            placing=Placing(said["starts_at"], MeetingKind(said["kind"]), said["why"], said["out_of_time_because"]),
            choice=Choice(
                frozenset(said["left_out"]),
                tuple(Added(each["agency"], each["because"]) for each in said["added"]),
            ),
        )  # fmt: skip
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

    @action(detail=True, methods=["post"])
    def keep(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        self.nominal()
        slot = self.get_object()
        said = self.accepted(request.data)
        done = keep_slot(by=self.principal, today=self.today, slot_id=slot.pk, reason=said["reason"])
        return Response(SlotSerializer(done).data)

    def _sitting(self, pk: int) -> int:
        """The key of a sitting that the principal may know of; any other does not exist."""
        if not sittings_of(self.principal).filter(pk=pk).exists():
            raise serializers.ValidationError({"sitting": ["There is no such sitting."]})
        return pk
