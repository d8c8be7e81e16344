"""The machine interface of the register: nominals, their grounds, their levels. Same guards, services and twins."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.roles import Perm
from pages.base import fetch, show
from pages.drf import BoundedDateField, GuardedViewSet
from pages.keyed import once_by_key
from pages.lists import ListContext
from rules.bounds import LONGEST_TERM_MONTHS
from rules.categories import category_of
from rules.levels import DECIDED_BY_PEOPLE, LevelChange, LevelCriteria
from rules.vocabulary import (
    Category,
    DecidingBody,
    Disposal,
    GroundKind,
    Level,
    OffenceOutcome,
    OrderKind,
    Whereabouts,
    choices,
)

from .models import Alias, Ground, Identifier, LevelSpan, Nominal, QualifyingOffence
from .models.corrected import TEXT_LENGTH
from .queries import with_derived
from .records import GroundRecord
from .services.ground_corrections import correct_ground_start
from .services.grounds import record_ground
from .services.levels import set_level
from .stamps import stamp_of
from .views.register import EVERYONE, LISTING, under_mappa

# Filters of the register that take several values.
MANY = ("category", "level")

# What a ground is made of, named alike in the record, the model and the interface.
GROUND_FACTS = (
    "starts_on",
    "ends_on",
    "offence_text",
    "outcome_on",
    "service_court",
    "terrorist_offence",
    "order_ends_on",
    "disposal_on",
    "term_months",
    "term_days",
    "total_of_consecutive_terms",
    "legal_confirmation",
    "finding_capacity",
    "finding_current",
    "end_confirmed",
)


class IdentifierSerializer(serializers.ModelSerializer[Identifier]):
    """A number: as typed, in its canonical form, and whether it is valid (R2, R3)."""

    class Meta:
        model = Identifier
        fields = ("kind", "value", "normalised", "valid")


class AliasSerializer(serializers.ModelSerializer[Alias]):
    """Another name."""

    class Meta:
        model = Alias
        fields = ("kind", "family_name", "given_names")


class NominalSerializer(serializers.ModelSerializer[Nominal]):
    """A person of the register with what is derived for today: category, level, whereabouts, lead agency."""

    identifiers = IdentifierSerializer(many=True, read_only=True)
    aliases = AliasSerializer(many=True, read_only=True)
    category = serializers.ChoiceField(choices=choices(Category), read_only=True, allow_null=True)
    level = serializers.ChoiceField(choices=choices(Level), read_only=True, allow_null=True)
    whereabouts = serializers.ChoiceField(
        source="whereabouts_kind", choices=choices(Whereabouts), read_only=True, allow_null=True
    )
    lead_agency = serializers.CharField(source="lead_agency_name", read_only=True, allow_null=True)
    panel_area = serializers.CharField(source="panel_area_name", read_only=True, allow_null=True)
    ground_ends_on = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = Nominal
        fields = (
            "id",
            "family_name",
            "given_names",
            "date_of_birth",
            "sex",
            "identifiers",
            "aliases",
            "category",
            "level",
            "whereabouts",
            "lead_agency",
            "panel_area",
            "ground_ends_on",
            "version",
        )


class CriteriaSerializer(serializers.Serializer[Any]):
    """What the deciding body found when it chose Level 2 or 3 (R33 to R35)."""

    meetings_add_value = serializers.BooleanField(default=False)
    value_reasons = serializers.CharField(default="", allow_blank=True)
    high_or_very_high_risk = serializers.BooleanField(default=False)
    coordination_need = serializers.CharField(default="", allow_blank=True)
    step_down_from_3 = serializers.BooleanField(default=False)
    senior_need = serializers.CharField(default="", allow_blank=True)
    lower_level_answer = serializers.CharField(default="", allow_blank=True)


class LevelDecisionSerializer(serializers.Serializer[Any]):
    """A decision on the level, from the day it was made."""

    level = serializers.ChoiceField(choices=choices(Level))
    starts_on = BoundedDateField()
    decided_by = serializers.ChoiceField(choices=[(body.value, body.label) for body in DECIDED_BY_PEOPLE])
    criteria = CriteriaSerializer(required=False)
    backdating_reason = serializers.CharField(default="", allow_blank=True, max_length=300)
    reason = serializers.CharField(default="", allow_blank=True)
    decision = serializers.CharField(default="", allow_blank=True, max_length=60)


class NewLevelSerializer(LevelDecisionSerializer):
    """A decision that takes the place of what stands: ``version`` as it was read with the levels, 0 where none was.

    When they have been changed since, it is a conflict (409). Without a version nothing is compared.
    """

    version = serializers.IntegerField(min_value=0, required=False)


class LevelSerializer(serializers.ModelSerializer[LevelSpan]):
    """One level from a day to a day, both included; an empty end is open. ``version`` is that of all the levels."""

    version = serializers.SerializerMethodField()

    class Meta:
        model = LevelSpan
        fields = ("id", "level", "starts_on", "ends_on", "decided_by", "decision", "reason", "version")

    def get_version(self, span: LevelSpan) -> int:  # noqa: ARG002 - they change together, so they have it together
        return int(self.context["version"])


class GroundSerializer(serializers.ModelSerializer[Ground]):
    """One legal ground. Its kind gives its category; ``first_level`` comes with a ground that is itself a decision."""

    serializer_field_mapping: ClassVar[dict[Any, Any]] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateField: BoundedDateField,
    }
    offence: "serializers.SlugRelatedField[QualifyingOffence]" = serializers.SlugRelatedField(
        slug_field="code", queryset=QualifyingOffence.objects.all(), required=False, allow_null=True
    )
    category = serializers.SerializerMethodField()
    first_level = LevelDecisionSerializer(write_only=True, required=False)

    class Meta:
        model = Ground
        fields = (
            "id",
            "kind",
            "category",
            "offence",
            "outcome",
            "order",
            "disposal",
            *GROUND_FACTS,
            "end_reason",
            "voided_on",
            "corrected_on",
            "correction",
            "version",
            "first_level",
        )
        read_only_fields = ("end_reason", "voided_on", "corrected_on", "correction", "version")
        extra_kwargs: ClassVar[dict[str, dict[str, Any]]] = {"term_months": {"max_value": LONGEST_TERM_MONTHS}}

    def get_category(self, ground: Ground) -> str:
        return category_of(GroundKind(ground.kind)).value


class StartCorrectionSerializer(serializers.Serializer[Any]):
    """Another first day, with the reason. ``version`` as it was read: a later one is a conflict (409)."""

    starts_on = BoundedDateField()
    reason = serializers.CharField(max_length=TEXT_LENGTH)
    version = serializers.IntegerField(min_value=1)


@extend_schema_view(
    list=extend_schema(
        summary="The register of today, with the filters of its page",
        description="Everybody under MAPPA today whom the principal may see; with `status=everyone`, everybody on "
        "record. A parameter or value that is not known is an error.",
        parameters=[OpenApiParameter(each.name, str, many=each.name in MANY) for each in LISTING.filters],
    ),
    retrieve=extend_schema(summary="One person"),
)
class NominalViewSet(GuardedViewSet[Nominal]):
    """People of the register."""

    permission = Perm.NOMINAL_VIEW
    model = Nominal
    queryset = Nominal.objects.none()
    serializer_class = NominalSerializer
    lookup_value_regex = "[0-9]+"
    parameters = frozenset(each.name for each in LISTING.filters)

    def rows(self) -> QuerySet[Nominal]:
        rows = with_derived(Nominal.objects.all(), on=self.today)
        return rows.prefetch_related("identifiers", "aliases").order_by("pk")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The filters of the register's page, which is of those under MAPPA today unless everyone is asked for."""
        context, asked = ListContext(self.principal, self.today), self.request.query_params
        form = LISTING.form(asked, context)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors.get_json_data())
        if asked.get("status") != EVERYONE:
            queryset = under_mappa(queryset, self.today)
        return LISTING.filtered(queryset, form.cleaned_data, context)


class OfNominalViewSet(GuardedViewSet[Any], abstract=True):
    """Rows of one nominal: the nominal is fetched first, so that absent, restricted and forbidden answer alike."""

    lookup_value_regex = "[0-9]+"

    def nominal(self) -> Nominal:
        rows = Nominal.objects.select_related("area").filter(pk=self.kwargs["nominal_pk"])
        found = fetch(self.principal, rows, permission=self.needed, seen_by=Perm.NOMINAL_VIEW)
        show([found])
        return found

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.nominal()
        return super().list(request, *args, **kwargs)


@extend_schema_view(
    list=extend_schema(summary="Legal grounds of a person"),
    retrieve=extend_schema(summary="One ground"),
    create=extend_schema(summary="Record a ground; refused by a rule: 409 with reasons"),
    partial_update=extend_schema(
        summary="Correct the first day of a ground, with the reason; refused by a rule or changed meanwhile: 409",
        request=StartCorrectionSerializer,
        responses={200: GroundSerializer},
    ),
)
class GroundViewSet(OfNominalViewSet):
    """Legal grounds: listed, and recorded by the service that the pages call."""

    permission = Perm.NOMINAL_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {"create": Perm.GROUND_RECORD, "partial_update": Perm.GROUND_EDIT}
    model = Ground
    queryset = Ground.objects.none()
    serializer_class = GroundSerializer

    def rows(self) -> QuerySet[Ground]:
        return Ground.objects.filter(nominal=self.kwargs["nominal_pk"]).select_related("offence").order_by("pk")

    @once_by_key
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal = self.nominal()
        said = self.accepted(request.data)
        first = said.get("first_level")
        ground = record_ground(
            by=self.principal,
            today=self.today,
            nominal_id=nominal.pk,
            ground=_ground(said),
            level=_change(first) if first else None,
        )
        return Response(self.get_serializer(ground).data, status=201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        """Put right the day from which the ground held."""
        self.nominal()
        ground = self.get_object()
        said = StartCorrectionSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        corrected = correct_ground_start(
            by=self.principal, today=self.today, ground_id=ground.pk, **said.validated_data
        )
        return Response(self.get_serializer(corrected).data)


@extend_schema_view(
    list=extend_schema(summary="Levels of a person over time"),
    retrieve=extend_schema(summary="One level"),
    create=extend_schema(
        summary="Record a decision on the level; refused by a rule: 409 with reasons",
        request=NewLevelSerializer,
        responses={201: LevelSerializer},
    ),
)
class LevelViewSet(OfNominalViewSet):
    """Levels: listed, and decided by the service that the pages call."""

    permission = Perm.NOMINAL_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {"create": Perm.LEVEL_RECORD}
    model = LevelSpan
    queryset = LevelSpan.objects.none()

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return NewLevelSerializer if self.action == "create" else LevelSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        """With the version of the person's levels, once for all of them."""
        version = stamp_of(LevelSpan.objects.filter(nominal=self.kwargs.get("nominal_pk")))
        return {**super().get_serializer_context(), "version": version}

    def rows(self) -> QuerySet[LevelSpan]:
        return LevelSpan.objects.filter(nominal=self.kwargs["nominal_pk"]).order_by("starts_on")

    @once_by_key
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal = self.nominal()
        said = self.accepted(request.data)
        span = set_level(
            by=self.principal,
            today=self.today,
            nominal_id=nominal.pk,
            level=Level(said["level"]),
            starts_on=said["starts_on"],
            decided_by=DecidingBody(said["decided_by"]),
            criteria=LevelCriteria(**said.get("criteria", {})),
            reason=said["reason"],
            decision=said["decision"],
            backdating_reason=said["backdating_reason"],
            version=said.get("version"),
        )
        return Response(LevelSerializer(span, context=self.get_serializer_context()).data, status=201)


def _ground(said: Mapping[str, Any]) -> GroundRecord:
    facts = {name: said[name] for name in GROUND_FACTS if name in said}
    offence = said.get("offence")
    return GroundRecord(
        kind=GroundKind(said["kind"]),
        offence_code=offence.code if offence else "",
        outcome=OffenceOutcome(said["outcome"]) if said.get("outcome") else None,
        order=OrderKind(said.get("order", "")),
        disposal=Disposal(said["disposal"]) if said.get("disposal") else None,
        **facts,
    )


def _change(said: Mapping[str, Any]) -> LevelChange:
    return LevelChange(
        level=Level(said["level"]),
        starts_on=said["starts_on"],
        body=DecidingBody(said["decided_by"]),
        criteria=LevelCriteria(**said.get("criteria", {})),
        backdating_reason=said["backdating_reason"],
        reason=said["reason"],
        decision=said["decision"],
    )
