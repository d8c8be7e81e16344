"""The machine interface of panels: read, set up, described anew, their usual days put into the calendar (R55, R56)."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.roles import Perm
from pages.drf import BoundedDateField, GuardedViewSet
from pages.keyed import once_by_key
from rules.vocabulary import Level, Weekday

from .models import Panel
from .models.panel import LONGEST_SLOT, MOST_SLOTS
from .panel_forms import LEVELS, LINK_LENGTH, NAME_LENGTH, SHORTEST_SLOT
from .queries import panels_of
from .records import PanelRecord
from .services.panels import change_panel, set_up_panel
from .services.sittings import generate_sittings
from .words import ORDINALS


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


class PanelWriteSerializer(serializers.Serializer[Any]):
    """A panel as it is described. What is left out of a change stays; of a new panel, it is as usual."""

    name = serializers.CharField(max_length=NAME_LENGTH)
    level = serializers.ChoiceField(choices=LEVELS)
    begins = serializers.TimeField()
    starts_on = BoundedDateField()
    weekday = serializers.ChoiceField(choices=[(day.value, day.label) for day in Weekday], required=False)
    ordinals = serializers.ListField(
        child=serializers.ChoiceField(choices=list(ORDINALS)), required=False, max_length=len(ORDINALS)
    )
    slot_minutes = serializers.IntegerField(min_value=SHORTEST_SLOT, max_value=LONGEST_SLOT, required=False)
    capacity = serializers.IntegerField(min_value=1, max_value=MOST_SLOTS, required=False)
    panel_area = serializers.IntegerField(min_value=1, required=False, allow_null=True, source="panel_area_id")
    room = serializers.IntegerField(min_value=1, required=False, allow_null=True, source="room_id")
    join_link = serializers.URLField(max_length=LINK_LENGTH, required=False, allow_blank=True)
    ends_on = BoundedDateField(required=False, allow_null=True)
    national_security = serializers.BooleanField(required=False, help_text="Category 4 only: for who is cleared (R99).")


class GenerateSerializer(serializers.Serializer[Any]):
    """Until when the usual days are written into the calendar."""

    until = BoundedDateField()


class GeneratedSerializer(serializers.Serializer[Any]):
    """The sittings that were added; none where every usual day was there."""

    sittings = serializers.ListField(child=serializers.IntegerField())


@extend_schema_view(
    list=extend_schema(summary="The panels of the area"),
    retrieve=extend_schema(summary="One panel of the area"),
    create=extend_schema(
        summary="Set up a panel; refused by a rule: 409 with reasons",
        request=PanelWriteSerializer,
        responses={201: PanelSerializer},
    ),
    partial_update=extend_schema(
        summary="Describe a panel anew; its sittings stay as they are; refused by a rule: 409 with reasons",
        request=PanelWriteSerializer(partial=True),
        responses=PanelSerializer,
    ),
    generate=extend_schema(
        summary="Write the usual days of a panel into the calendar; refused by a rule: 409 with reasons",
        request=GenerateSerializer,
        responses={201: GeneratedSerializer},
    ),
)
class PanelViewSet(GuardedViewSet[Panel]):
    """Panels."""

    permission = Perm.PANEL_SET
    permissions: ClassVar[Mapping[str, Perm]] = {"generate": Perm.SITTING_PLAN}
    seen_by = Perm.PANEL_SET
    model = Panel
    queryset = Panel.objects.none()
    serializer_class = PanelSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "today": self.today}

    def rows(self) -> QuerySet[Panel]:
        return panels_of(self.principal).prefetch_related("members").order_by("pk")

    @once_by_key
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        said = PanelWriteSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        panel = set_up_panel(
            by=self.principal,
            today=self.today,
            area_id=self.principal.area_id or 0,
            panel=PanelRecord(**_values(said.validated_data)),
        )
        return self._answer(panel, status=201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        panel = self.get_object()
        said = PanelWriteSerializer(data=request.data, partial=True)
        said.is_valid(raise_exception=True)
        record = replace(_record(panel), **_values(said.validated_data))
        return self._answer(change_panel(by=self.principal, today=self.today, panel_id=panel.pk, record=record))

    @action(detail=True, methods=["post"])
    def generate(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        panel = self.get_object()
        said = GenerateSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        made = generate_sittings(
            by=self.principal, today=self.today, panel_id=panel.pk, until=said.validated_data["until"]
        )
        return Response({"sittings": [row.pk for row in made]}, status=201)

    def _answer(self, panel: Panel, *, status: int = 200) -> Response:
        row = self.rows().get(pk=panel.pk)
        return Response(PanelSerializer(row, context=self.get_serializer_context()).data, status=status)


def _record(panel: Panel) -> PanelRecord:
    """The panel as it is described now."""
    names = asdict(PanelRecord("", Level.TWO, panel.begins, panel.starts_on))
    return PanelRecord(**_values({name: getattr(panel, name) for name in names}))


def _values(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, as the service takes it."""
    found = dict(said)
    if "level" in found:
        found["level"] = Level(found["level"])
    if "weekday" in found:
        found["weekday"] = Weekday(found["weekday"])
    if "ordinals" in found:
        found["ordinals"] = tuple(sorted(set(found["ordinals"])))
    return found
