"""The machine interface of who may read a record: how it is handled, who takes part, who reads it by name, who is kept
out. Read by whoever may see who has access; the same services and refusals as the pages (R97, R99, R100).
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.models import Agency, User
from agencies.queries import agencies_of
from agencies.roles import Perm
from pages.drf import BoundedDateField
from pages.keyed import once_by_key
from rules.vocabulary import Handling, ParticipationSource, choices

from .api import OfNominalViewSet
from .models import CaseParticipation, Exclusion, HandlingChange, Nominal, PersonalGrant
from .models.corrected import TEXT_LENGTH
from .readers import about_them, readers_for, readers_in
from .services.participation import (
    close_participation,
    close_personal_grant,
    end_exclusion,
    exclude,
    grant_to_person,
    open_participation,
    set_handling,
)

_DAYS = ("starts_on", "ends_on", "reason", "end_reason")


class HandlingChangeSerializer(serializers.ModelSerializer[HandlingChange]):
    """How a record is handled from a day on, by whom and why."""

    class Meta:
        model = HandlingChange
        fields = ("id", "handling", "reason", "changed_on", "changed_by")


class ParticipationSerializer(serializers.ModelSerializer[CaseParticipation]):
    """An agency that takes part in the case, from a day to a day, both included, and because of what."""

    agency = serializers.IntegerField(source="group.agency.pk")
    agency_name = serializers.CharField(source="group.agency.name")

    class Meta:
        model = CaseParticipation
        fields = ("id", "agency", "agency_name", "source", *_DAYS, "granted_by")


class PersonalGrantSerializer(serializers.ModelSerializer[PersonalGrant]):
    """A person who reads the case by name, from a day to a day, both included, and because of what."""

    person = serializers.IntegerField(source="user_id")
    person_name = serializers.CharField(source="user.name")

    class Meta:
        model = PersonalGrant
        fields = ("id", "person", "person_name", "source", "named_reader", *_DAYS, "granted_by")


class ExclusionSerializer(serializers.ModelSerializer[Exclusion]):
    """A person or an agency that is kept out, from a day to a day, both included."""

    person = serializers.IntegerField(source="user_id", allow_null=True)

    class Meta:
        model = Exclusion
        fields = ("id", "person", "agency", *_DAYS)


class _Agency(serializers.PrimaryKeyRelatedField[Agency]):
    """An agency of the area that takes part. Others do not exist."""

    def get_queryset(self) -> QuerySet[Agency]:
        return agencies_of(self.context["view"].principal)


class _Person(serializers.PrimaryKeyRelatedField[User]):
    """Somebody with a role in the person's area that reads cases. Others do not exist."""

    def get_queryset(self) -> QuerySet[User]:
        view = self.context["view"]
        nominal = Nominal.objects.get(pk=view.kwargs["nominal_pk"])
        if view.model is Exclusion:
            return readers_in(nominal.area_id, on=view.today)
        return readers_for(nominal, on=view.today)


class NewHandlingSerializer(serializers.Serializer[Any]):
    """How the record is handled from today on, and why."""

    handling = serializers.ChoiceField(choices=choices(Handling))
    reason = serializers.CharField(max_length=TEXT_LENGTH)


class _NewSerializer(serializers.Serializer[Any]):
    """From a day to a day, and why; without a last day, until it is ended."""

    starts_on = BoundedDateField()
    ends_on = BoundedDateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=TEXT_LENGTH)


class NewParticipationSerializer(_NewSerializer):
    """An agency that takes part."""

    agency = _Agency(queryset=Agency.objects.all())


class NewPersonalGrantSerializer(_NewSerializer):
    """A person who reads the case by name; a named reader also while it is restricted."""

    person = _Person(queryset=User.objects.all())
    named_reader = serializers.BooleanField(default=False)


class NewExclusionSerializer(_NewSerializer):
    """A person or an agency, one of the two, that is kept out."""

    person = _Person(queryset=User.objects.all(), required=False, allow_null=True, default=None)
    agency = _Agency(queryset=Agency.objects.all(), required=False, allow_null=True, default=None)


class EndSerializer(serializers.Serializer[Any]):
    """The last day, and why it ends."""

    ends_on = BoundedDateField()
    reason = serializers.CharField(max_length=TEXT_LENGTH)


class AccessViewSet(OfNominalViewSet, abstract=True):
    """Rows of access, listed with those that are over; a subclass names the services that write them."""

    permission = Perm.ACCESS_VIEW
    new_class: ClassVar[type[serializers.BaseSerializer[Any]]]
    # The way from the row to its nominal.
    below: ClassVar[str] = "nominal"
    beside: ClassVar[tuple[str, ...]] = ()

    def rows(self) -> QuerySet[Any]:
        rows = self.model._default_manager.filter(**{self.below: self.kwargs.get("nominal_pk")})
        return rows.select_related(*self.beside).order_by("pk")

    @abstractmethod
    def add(self, nominal_id: int, said: dict[str, Any]) -> Model:
        """The row that the service has written."""

    @once_by_key
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal = self.nominal()
        sent = self.new_class(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        return Response(self.get_serializer(self.add(nominal.pk, dict(sent.validated_data))).data, status=201)


class EndedViewSet(AccessViewSet, abstract=True):
    """The same, of rows that end."""

    @abstractmethod
    def finish(self, row: Any, said: dict[str, Any]) -> Model:
        """The row that the service has ended."""

    @extend_schema(
        summary="Let it end on a day, with the reason; refused by a rule: 409 with reasons", request=EndSerializer
    )
    @action(detail=True, methods=["post"])
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        self.nominal()
        row = self.get_object()
        sent = EndSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        return Response(self.get_serializer(self.finish(row, dict(sent.validated_data))).data)


@extend_schema_view(
    list=extend_schema(summary="How a record was handled, change by change"),
    retrieve=extend_schema(summary="One change of handling"),
    create=extend_schema(
        summary="Restrict a record, lift that, or put it behind the Category 4 wall; refused by a rule: 409",
        description="Whoever restricts it becomes a named reader.",
        request=NewHandlingSerializer,
        responses={201: HandlingChangeSerializer},
    ),
)
class HandlingChangeViewSet(AccessViewSet):
    """How a record is handled."""

    permissions: ClassVar[Mapping[str, Perm]] = {"create": Perm.ACCESS_RESTRICT}
    model = HandlingChange
    queryset = HandlingChange.objects.none()
    serializer_class = HandlingChangeSerializer
    new_class = NewHandlingSerializer

    def add(self, nominal_id: int, said: dict[str, Any]) -> Model:
        handling = Handling(said["handling"])
        nominal = set_handling(
            by=self.principal, today=self.today, nominal_id=nominal_id, handling=handling, reason=said["reason"]
        )
        return nominal.handling_changes.latest("pk")


@extend_schema_view(
    list=extend_schema(summary="Agencies that take part in a case, and that took part"),
    retrieve=extend_schema(summary="One agency's part, from a day to a day"),
    create=extend_schema(
        summary="Let an agency take part; refused by a rule: 409 with reasons",
        request=NewParticipationSerializer,
        responses={201: ParticipationSerializer},
    ),
)
class ParticipationViewSet(EndedViewSet):
    """Agencies that take part."""

    permissions: ClassVar[Mapping[str, Perm]] = {"create": Perm.PARTICIPATION_RECORD, "end": Perm.PARTICIPATION_RECORD}
    model = CaseParticipation
    queryset = CaseParticipation.objects.none()
    serializer_class = ParticipationSerializer
    new_class = NewParticipationSerializer
    below = "content_object"
    beside = ("group__agency",)

    def add(self, nominal_id: int, said: dict[str, Any]) -> Model:
        agency_id = said.pop("agency").pk
        return open_participation(
            by=self.principal, today=self.today, nominal_id=nominal_id, agency_id=agency_id, **said
        )

    def finish(self, row: Any, said: dict[str, Any]) -> Model:
        return close_participation(by=self.principal, today=self.today, participation_id=row.pk, **said)


@extend_schema_view(
    list=extend_schema(summary="People who read a case by name, and who did"),
    retrieve=extend_schema(summary="One person's reading, from a day to a day"),
    create=extend_schema(
        summary="Let a person read the case, or name a reader; refused by a rule: 409 with reasons",
        description="They have a letter, without a name, that says there is a record for them.",
        request=NewPersonalGrantSerializer,
        responses={201: PersonalGrantSerializer},
    ),
)
class PersonalGrantViewSet(EndedViewSet):
    """People who read by name."""

    permissions: ClassVar[Mapping[str, Perm]] = {"create": Perm.PARTICIPATION_RECORD, "end": Perm.PARTICIPATION_RECORD}
    model = PersonalGrant
    queryset = PersonalGrant.objects.none()
    serializer_class = PersonalGrantSerializer
    new_class = NewPersonalGrantSerializer
    below = "content_object"
    beside = ("user",)

    def add(self, nominal_id: int, said: dict[str, Any]) -> Model:
        named, user_id = said.pop("named_reader"), said.pop("person").pk
        source = ParticipationSource.NAMED_READER if named else ParticipationSource.GRANT
        return grant_to_person(
            by=self.principal, today=self.today, nominal_id=nominal_id, user_id=user_id, source=source, **said
        )

    def finish(self, row: Any, said: dict[str, Any]) -> Model:
        return close_personal_grant(by=self.principal, today=self.today, grant_id=row.pk, **said)


@extend_schema_view(
    list=extend_schema(summary="Who is kept out of a case, and who was; never the one who asks"),
    retrieve=extend_schema(summary="One exclusion, from a day to a day"),
    create=extend_schema(
        summary="Keep a person or an agency out, with the reason; refused by a rule: 409 with reasons",
        description="It beats every role and every grant, and nobody is told.",
        request=NewExclusionSerializer,
        responses={201: ExclusionSerializer},
    ),
)
class ExclusionViewSet(EndedViewSet):
    """Who is kept out. Nobody learns of one about themselves or their agency."""

    permissions: ClassVar[Mapping[str, Perm]] = {"create": Perm.ACCESS_RESTRICT, "end": Perm.ACCESS_RESTRICT}
    model = Exclusion
    queryset = Exclusion.objects.none()
    serializer_class = ExclusionSerializer
    new_class = NewExclusionSerializer

    def rows(self) -> QuerySet[Any]:
        rows = super().rows()
        # The description of the interface is made without anybody asking.
        return rows if getattr(self, "swagger_fake_view", False) else rows.exclude(about_them(self.principal))

    def add(self, nominal_id: int, said: dict[str, Any]) -> Model:
        person, agency = said.pop("person"), said.pop("agency")
        return exclude(
            by=self.principal, today=self.today, nominal_id=nominal_id,
            user_id=None if person is None else person.pk, agency_id=None if agency is None else agency.pk, **said,
        )  # fmt: skip

    def finish(self, row: Any, said: dict[str, Any]) -> Model:
        return end_exclusion(by=self.principal, today=self.today, exclusion_id=row.pk, **said)
