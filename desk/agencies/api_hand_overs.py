"""The machine interface of hand-overs: read first what would move, then said for a day, changed, called off."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.handover import HandOver, colleagues_of, preview, stands, waiting_handovers, with_standing
from agencies.models import Membership, PlannedHandOver, User
from agencies.queries import agencies_in_area, users_of
from agencies.roles import MEMBERSHIP_ROLES, Perm
from agencies.services.hand_over_day import call_off_hand_over, change_successor
from agencies.services.handover import hand_over, may_hand_over
from agencies.succession import Line
from pages.drf import BoundedDateField, GuardedViewSet, ReasonOfRuleSerializer


class _Colleague(serializers.PrimaryKeyRelatedField[User]):
    """An account of the area; another area's do not exist. Whether they may take over is the service's to say."""

    def get_queryset(self) -> QuerySet[User]:
        return users_of(self.context["view"].principal)


class SuccessorSerializer(serializers.Serializer[Any]):
    """Who takes over."""

    to = _Colleague(queryset=User.objects.all())


class NewHandOverSerializer(SuccessorSerializer):
    """Who takes over, and the colleague's first day: the leaver's role ends the day before."""

    on = BoundedDateField()


class _AskedSerializer(serializers.Serializer[Any]):
    """The day that is asked of, and to whom it would go; left out, today and whoever it may be."""

    on = BoundedDateField(required=False)
    to = _Colleague(queryset=User.objects.all(), required=False)


class HandOverSerializer(serializers.Serializer[Any]):
    """All that somebody does in a role goes to a colleague on a day. ``id`` is null when it was done at once.

    ``reasons`` say what keeps one that waits from being carried out, and what is to be done.
    """

    id = serializers.IntegerField(allow_null=True)
    leaver = serializers.IntegerField(source="leaver_id")
    leaver_name = serializers.CharField(source="leaver.name")
    role = serializers.ChoiceField(choices=[(role.value, role.label) for role in MEMBERSHIP_ROLES])
    agency = serializers.IntegerField(source="agency_id")
    agency_name = serializers.CharField(source="agency.name")
    to = serializers.IntegerField(source="to_id")
    to_name = serializers.CharField(source="to.name")
    on = serializers.DateField(source="happens_on")
    done_on = serializers.DateField(allow_null=True)
    cancelled_on = serializers.DateField(allow_null=True)
    reasons = serializers.SerializerMethodField()

    @extend_schema_field(ReasonOfRuleSerializer(many=True))
    def get_reasons(self, row: Any) -> Any:
        waits = row.done_on is None and row.cancelled_on is None
        return ReasonOfRuleSerializer(stands(row).reasons if waits else (), many=True).data


class ColleagueSerializer(serializers.ModelSerializer[User]):
    """Somebody who holds the same role for the same agency on the day."""

    name = serializers.CharField()

    class Meta:
        model = User
        fields = ("id", "name")


class MovingSerializer(serializers.Serializer[Line]):
    """How much of something goes over. Category 4 is in no count."""

    what = serializers.CharField(source="label")
    count = serializers.IntegerField()


class HandOverPreviewSerializer(serializers.Serializer[Any]):
    """What a hand-over on the day would move, who could take over, and whether it may be."""

    on = serializers.DateField()
    allowed = serializers.BooleanField()
    reasons = ReasonOfRuleSerializer(many=True)
    colleagues = ColleagueSerializer(many=True)
    moves = MovingSerializer(many=True)


class HandOverOfRoleViewSet(GuardedViewSet[Membership]):
    """Everything of one role, handed over."""

    permission = Perm.USERS_EDIT
    seen_by = Perm.USERS_EDIT
    proved = frozenset({"preview", "create"})
    model = Membership
    queryset = Membership.objects.none()
    serializer_class = HandOverSerializer
    parameters = frozenset({"on", "to"})

    def rows(self) -> QuerySet[Membership]:
        rows = Membership.objects.select_related("user", "agency", "area")
        return rows.filter(area=self.principal.area_id, agency__in=agencies_in_area(self.principal))

    @extend_schema(
        summary="What handing over everything of a role would move, and who could take it over",
        description="`id` is that of a role as it stands with its account. Nothing is changed. Asks for a proof of who "
        "one is, given on the pages within the last five minutes.",
        parameters=[OpenApiParameter("on", date), OpenApiParameter("to", int)],
        responses=HandOverPreviewSerializer,
    )
    def preview(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        held = self.get_object()
        self.refuse_unknown(request)
        asked = _AskedSerializer(data=request.query_params, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        on, to = asked.validated_data.get("on", self.today), asked.validated_data.get("to")
        decision = may_hand_over(held, by=self.principal, today=self.today, to=to, on=on)
        found = {
            "on": on,
            "allowed": bool(decision),
            "reasons": decision.reasons,
            "colleagues": colleagues_of(held, on=on).order_by("family_name", "given_name", "pk"),
            "moves": preview(HandOver(held, on, to)),
        }
        return Response(HandOverPreviewSerializer(found).data)

    @extend_schema(
        summary="Hand over everything of a role to a colleague from a day on; refused by a rule: 409 with reasons",
        description="Of a day ahead, what has days of its own is written now and the rest waits for the day; said "
        "again before it, what was written goes back first, but for what somebody has changed since. Asks for a proof "
        "of who one is, given on the pages within the last five minutes.",
        request=NewHandOverSerializer,
        responses={201: HandOverSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        held = self.get_object()
        sent = NewHandOverSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        to, on = sent.validated_data["to"], sent.validated_data["on"]
        hand_over(by=self.principal, today=self.today, membership_id=held.pk, to_user_id=to.pk, on=on)
        role = {"leaver": held.user, "agency": held.agency, "role": held.role, "area": held.area}
        done = PlannedHandOver(**role, to=to, happens_on=on, done_on=self.today)
        waits = with_standing(waiting_handovers().filter(**role), self.today).select_related("leaver", "to", "agency")
        return Response(HandOverSerializer(waits.get() if on > self.today else done).data, status=201)


@extend_schema_view(
    list=extend_schema(summary="Work of the area that changes hands on a day ahead, the nearest first"),
    retrieve=extend_schema(summary="One hand-over, also when it is done or called off"),
    partial_update=extend_schema(
        summary="Let what waits go to another colleague; refused by a rule: 409 with reasons",
        description="Before its day, what was written for the days from it on goes back first, but for what somebody "
        "has changed since: that stays with the first, and is named on the page of their hand-over, which is kept as "
        "called off. Asks for a proof of who one is, given on the pages within the last five minutes.",
        request=SuccessorSerializer,
    ),
    destroy=extend_schema(
        summary="Call a hand-over off: what waits stays where it is; refused by a rule: 409 with reasons",
        description="Before its day, what was written for the days from it on, and the end of the role, go back as "
        "they were, but for what somebody has changed since; the hand-over's page names that. Asks for a proof of "
        "who one is, given on the pages within the last five minutes.",
        responses={200: HandOverSerializer},
    ),
)
class HandOverViewSet(GuardedViewSet[PlannedHandOver]):
    """Hand-overs of the area the principal acts in; another area's do not exist."""

    permission = Perm.SETTINGS_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {"partial_update": Perm.USERS_EDIT, "destroy": Perm.USERS_EDIT}
    seen_by = Perm.SETTINGS_VIEW
    proved = frozenset({"partial_update", "destroy"})
    model = PlannedHandOver
    queryset = PlannedHandOver.objects.none()
    serializer_class = HandOverSerializer

    def rows(self) -> QuerySet[Any]:
        rows = with_standing(PlannedHandOver.objects.filter(area=self.principal.area_id), self.today)
        return rows.select_related("leaver", "to", "agency").order_by("happens_on", "pk")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Of the list, those that wait."""
        return queryset.filter(pk__in=waiting_handovers())

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        """Name another colleague."""
        row = self.get_object()
        sent = SuccessorSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        to = sent.validated_data["to"]
        change_successor(by=self.principal, today=self.today, planned_id=row.pk, to_user_id=to.pk)
        return Response(HandOverSerializer(self.get_object()).data)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        """Call it off."""
        row = self.get_object()
        call_off_hand_over(by=self.principal, today=self.today, planned_id=row.pk)
        return Response(HandOverSerializer(self.get_object()).data)
