"""The machine interface of Level 1: screenings and reviews, by the services that the pages call."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.roles import Perm
from pages.drf import BoundedDateField
from pages.keyed import once_by_key
from rules.vocabulary import ReviewForm, RiskLevel, ScreeningOutcome, choices

from .api_circumstances import as_word
from .api_corrections import RowVersionField, TakenAwayViewSet, seen_version
from .forms.level_1 import TEXT_LENGTH
from .models import Level1Review, Screening
from .models.corrected import TEXT_LENGTH as REASON_LENGTH
from .services.level_1 import record_level_1_review, record_screening
from .services.level_1_corrections import as_recorded, correct_level_1_review, take_level_1_review_away
from .services.screening_corrections import as_recorded as screening_as_recorded
from .services.screening_corrections import correct_screening, take_screening_away


class ScreeningSerializer(serializers.ModelSerializer[Screening]):
    """What the lead agency found when it screened the person (R41)."""

    version = RowVersionField()
    screened_on = BoundedDateField()
    reason = serializers.CharField(max_length=TEXT_LENGTH)

    class Meta:
        model = Screening
        fields: tuple[str, ...] = ("id", "screened_on", "outcome", "reason", "corrected_on", "correction", "version")
        read_only_fields: tuple[str, ...] = ("corrected_on", "correction")


class ScreeningCorrectionSerializer(ScreeningSerializer):
    """What is put right of a screening; ``correction`` says why it was recorded wrongly, ``version`` what was read."""

    version = seen_version()  # type: ignore[assignment]
    correction = serializers.CharField(max_length=REASON_LENGTH)

    class Meta(ScreeningSerializer.Meta):
        read_only_fields = ("corrected_on",)


class Level1ReviewSerializer(serializers.ModelSerializer[Level1Review]):
    """A Level 1 review, by meeting or on paper (R39, R40). ``risk``, of serious harm, is empty for old ones only."""

    version = RowVersionField()
    held_on = BoundedDateField()
    next_on = BoundedDateField()
    contributors = serializers.CharField(max_length=TEXT_LENGTH)
    decision = serializers.CharField(max_length=TEXT_LENGTH)
    risk = serializers.ChoiceField(choices=choices(RiskLevel))

    class Meta:
        model = Level1Review
        fields: tuple[str, ...] = (
            "id",
            "held_on",
            "form",
            "contributors",
            "decision",
            "risk",
            "next_on",
            "corrected_on",
            "correction",
            "version",
        )
        read_only_fields = ("corrected_on", "correction")


class Level1ReviewCorrectionSerializer(Level1ReviewSerializer):
    """What is put right of a Level 1 review, and why it was recorded wrongly. ``version`` is as it was read."""

    version = seen_version()  # type: ignore[assignment]
    reason = serializers.CharField(max_length=REASON_LENGTH, write_only=True)

    class Meta(Level1ReviewSerializer.Meta):
        fields = (*Level1ReviewSerializer.Meta.fields, "reason")


@extend_schema_view(
    list=extend_schema(summary="Screenings of a person"),
    retrieve=extend_schema(summary="One screening"),
    create=extend_schema(
        summary="Record a screening; refused by a rule: 409 with reasons",
        description="A second one for the same day that says otherwise is refused. One that finds Level 1 enough sets "
        "Level 1 where no level is set yet.",
    ),
    partial_update=extend_schema(
        summary="Correct a screening, with the reason; refused by a rule: 409 with reasons",
        description="What is not sent stays as it was. The level that it set follows.",
        request=ScreeningCorrectionSerializer,
        responses={200: ScreeningSerializer},
    ),
)
class ScreeningViewSet(TakenAwayViewSet):
    """Screenings."""

    permission = Perm.NOMINAL_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {
        "create": Perm.LEVEL_1_RECORD,
        "partial_update": Perm.LEVEL_1_RECORD,
        "away": Perm.LEVEL_1_RECORD,
    }
    model = Screening
    queryset = Screening.objects.none()
    serializer_class = ScreeningSerializer
    correction_class = ScreeningCorrectionSerializer
    reason_field = "correction"

    def rows(self) -> QuerySet[Screening]:
        return Screening.objects.filter(nominal=self.kwargs["nominal_pk"]).order_by("screened_on")

    @once_by_key
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal = self.nominal()
        said = self.accepted(request.data)
        said["outcome"] = ScreeningOutcome(said["outcome"])
        row = record_screening(by=self.principal, today=self.today, nominal_id=nominal.pk, **said)
        return Response(self.get_serializer(row).data, status=201)

    def correct(self, row: Screening, said: dict[str, Any], reason: str) -> Screening:
        screening = replace(screening_as_recorded(row), **{**said, **as_word(ScreeningOutcome, "outcome", said)})
        return correct_screening(
            by=self.principal,
            today=self.today,
            screening_id=row.pk,
            reason=reason,
            screening=screening,
            version=self.sent_version,
        )

    def take_away(self, row: Screening, reason: str) -> None:
        take_screening_away(
            by=self.principal, today=self.today, screening_id=row.pk, reason=reason, version=self.sent_version
        )


@extend_schema_view(
    list=extend_schema(summary="Level 1 reviews of a person"),
    retrieve=extend_schema(summary="One Level 1 review"),
    create=extend_schema(
        summary="Record a Level 1 review; refused by a rule: 409 with reasons",
        description="A second one for the same day that says otherwise is refused: the first is corrected.",
    ),
    partial_update=extend_schema(
        summary="Correct a Level 1 review, with the reason; refused by a rule: 409 with reasons",
        description="What is not sent stays as it was.",
        request=Level1ReviewCorrectionSerializer,
        responses={200: Level1ReviewSerializer},
    ),
)
class Level1ReviewViewSet(TakenAwayViewSet):
    """Level 1 reviews."""

    permission = Perm.NOMINAL_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {
        "create": Perm.LEVEL_1_RECORD,
        "partial_update": Perm.LEVEL_1_RECORD,
        "away": Perm.LEVEL_1_RECORD,
    }
    model = Level1Review
    queryset = Level1Review.objects.none()
    serializer_class = Level1ReviewSerializer
    correction_class = Level1ReviewCorrectionSerializer

    def rows(self) -> QuerySet[Level1Review]:
        return Level1Review.objects.filter(nominal=self.kwargs["nominal_pk"]).order_by("held_on")

    @once_by_key
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal = self.nominal()
        said = self.accepted(request.data)
        said["form"], said["risk"] = ReviewForm(said["form"]), RiskLevel(said["risk"])
        row = record_level_1_review(by=self.principal, today=self.today, nominal_id=nominal.pk, **said)
        return Response(self.get_serializer(row).data, status=201)

    def correct(self, row: Level1Review, said: dict[str, Any], reason: str) -> Level1Review:
        words = {**as_word(ReviewForm, "form", said), **as_word(RiskLevel, "risk", said)}
        review = replace(as_recorded(row), **{**said, **words})
        return correct_level_1_review(
            by=self.principal,
            today=self.today,
            review_id=row.pk,
            review=review,
            reason=reason,
            version=self.sent_version,
        )

    def take_away(self, row: Level1Review, reason: str) -> None:
        take_level_1_review_away(
            by=self.principal, today=self.today, review_id=row.pk, reason=reason, version=self.sent_version
        )
