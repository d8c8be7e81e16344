"""The machine interface of the plan of the coming weeks: proposed, accepted line by line (R51, R54 to R57)."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.roles import Perm
from audit.reads import AccessKind
from pages.base import show
from pages.drf import Guarded, ReasonOfRuleSerializer

from .api_words import Moment
from .board import planned_lines, proposed_plan
from .services.plans import accept_plan


class PlanLineSerializer(serializers.Serializer[Any]):
    """A person heard in a sitting at a time."""

    nominal = serializers.IntegerField(min_value=1)
    sitting = serializers.IntegerField(min_value=1)
    starts_at = Moment()


class ProposedLineSerializer(PlanLineSerializer):
    """The same as it is proposed; ``days_late`` is 0 in time. A late one is placed by itself, with its reason (R54)."""

    days_late = serializers.IntegerField()


class LeftSerializer(serializers.Serializer[Any]):
    """Somebody whom the plan cannot place, and why."""

    nominal = serializers.IntegerField()
    reasons = ReasonOfRuleSerializer(many=True)


class PlanSerializer(serializers.Serializer[Any]):
    """A time for everybody who is due in the coming weeks and can be placed."""

    lines = ProposedLineSerializer(many=True)
    left = LeftSerializer(many=True)


class AcceptSerializer(serializers.Serializer[Any]):
    """The lines that are accepted."""

    lines = PlanLineSerializer(many=True, allow_empty=False)


class AcceptedSerializer(serializers.Serializer[Any]):
    """The slots that were made, and why others were refused meanwhile: nothing stops the others."""

    placed = serializers.ListField(child=serializers.IntegerField())
    refused = ReasonOfRuleSerializer(many=True)


class PlanView(Guarded):
    """The plan of the coming weeks."""

    permission: ClassVar[Perm] = Perm.SITTING_PLAN

    @extend_schema(summary="A time for everybody who is due in the coming weeks", responses=PlanSerializer)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        found = proposed_plan(self.principal, today=self.today)
        show(list(found.rows.values()), AccessKind.LIST)
        lines = [
            {"nominal": each.hearing, "sitting": each.sitting, "starts_at": each.starts_at, "days_late": each.days_late}
            for each in found.plan.lines
        ]
        left = [{"nominal": each.hearing, "reasons": each.reasons} for each in found.plan.left]
        return Response(PlanSerializer({"lines": lines, "left": left}).data)

    @extend_schema(
        summary="Accept lines of a plan: each is placed, or refused with its reason",
        request=AcceptSerializer,
        responses={201: AcceptedSerializer},
    )
    def post(self, request: Request) -> Response:
        said = AcceptSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        asked = [(each["nominal"], each["sitting"], each["starts_at"]) for each in said.validated_data["lines"]]
        done = accept_plan(
            by=self.principal,
            today=self.today,
            area_id=self.principal.area_id or 0,
            lines=planned_lines(self.principal, asked, today=self.today),
        )
        placed = [slot.pk for slot in done.placed]
        return Response(AcceptedSerializer({"placed": placed, "refused": done.refused}).data, status=201)
