"""The machine interface of a person's circumstances: hospital orders, connected people, other processes, warnings."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.roles import Perm, scope_of
from pages.drf import BoundedDateField
from pages.keyed import once_by_key
from rules.vocabulary import ContactAllowed, ProcessKind, WarningKind

from .api import OfNominalViewSet
from .models import ConnectedPerson, HospitalOrder, OrderStage, ParallelProcess, StaffWarning
from .records import ConnectedPersonRecord, ProcessRecord, StaffWarningRecord
from .services.circumstances import record_connected_person, record_process, record_warning


class Bounded(serializers.ModelSerializer[Any]):
    """A serializer whose days lie within the years a case can have."""

    serializer_field_mapping: ClassVar[dict[Any, Any]] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateField: BoundedDateField,
    }


class StageSerializer(serializers.ModelSerializer[OrderStage]):
    """Leave, discharge or recall, from a day to a day."""

    class Meta:
        model = OrderStage
        fields = ("id", "kind", "starts_on", "ends_on", "note", "corrected_on", "correction")


class HospitalOrderSerializer(serializers.ModelSerializer[HospitalOrder]):
    """A hospital or guardianship order with its stages. ``ground`` is the id of the ground it stands on."""

    stages = StageSerializer(many=True, read_only=True)

    class Meta:
        model = HospitalOrder
        fields = (
            "id",
            "ground",
            "section",
            "court",
            "restriction_ended_on",
            "responsible_clinician",
            "social_supervisor",
            "ministry_reference",
            "stages",
            "version",
        )


class ConnectedPersonSerializer(Bounded):
    """Somebody about the person. Victims are never among them (R82)."""

    class Meta:
        model = ConnectedPerson
        fields = ("id", "name", "relationship", "child", "at_risk", "contact", "note", "ended_on", "version")
        read_only_fields = ("version",)


class ProcessSerializer(Bounded):
    """A process beside MAPPA: its reference and dates. ``agency_id`` is who runs it and is invited for it."""

    agency_id = serializers.IntegerField(min_value=1, required=False, allow_null=True)

    class Meta:
        model = ParallelProcess
        fields = ("id", "kind", "agency_id", "reference", "starts_on", "ends_on", "next_on", "note", "version")
        read_only_fields = ("version",)


class StaffWarningSerializer(Bounded):
    """What staff must know before they meet the person."""

    class Meta:
        model = StaffWarning
        fields = ("id", "kind", "text", "starts_on", "ends_on", "version")
        read_only_fields = ("version",)


@extend_schema_view(
    list=extend_schema(summary="Hospital and guardianship orders of a person"),
    retrieve=extend_schema(summary="One hospital order"),
)
class HospitalOrderViewSet(OfNominalViewSet):
    """Hospital orders, read."""

    permission = Perm.NOMINAL_VIEW
    model = HospitalOrder
    queryset = HospitalOrder.objects.none()
    serializer_class = HospitalOrderSerializer

    def rows(self) -> QuerySet[HospitalOrder]:
        stages = Prefetch("stages", OrderStage.objects.order_by("starts_on"))
        orders = HospitalOrder.objects.filter(nominal=self.kwargs["nominal_pk"])
        return orders.prefetch_related(stages).order_by("pk")


class RecordedViewSet(OfNominalViewSet, abstract=True):
    """Rows that are listed, and recorded by the service that the pages call."""

    permissions: ClassVar[Mapping[str, Perm]] = {"create": Perm.CIRCUMSTANCES_RECORD}

    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(nominal=self.kwargs["nominal_pk"]).order_by("pk")

    @abstractmethod
    def record(self, nominal_id: int, said: Mapping[str, Any]) -> Any:
        """The row that the service has made of what was sent."""

    @once_by_key
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal = self.nominal()
        row = self.record(nominal.pk, self.accepted(request.data))
        return Response(self.get_serializer(row).data, status=201)


@extend_schema_view(
    list=extend_schema(summary="People about a person, never victims"),
    retrieve=extend_schema(summary="One connected person"),
    create=extend_schema(summary="Record a connected person; refused by a rule: 409 with reasons"),
)
class ConnectedPersonViewSet(RecordedViewSet):
    """Connected people."""

    permission = Perm.NOMINAL_VIEW
    model = ConnectedPerson
    queryset = ConnectedPerson.objects.none()
    serializer_class = ConnectedPersonSerializer

    def record(self, nominal_id: int, said: Mapping[str, Any]) -> ConnectedPerson:
        person = ConnectedPersonRecord(**{**said, **as_word(ContactAllowed, "contact", said)})
        return record_connected_person(by=self.principal, today=self.today, nominal_id=nominal_id, person=person)


@extend_schema_view(
    list=extend_schema(summary="Processes that run beside MAPPA"),
    retrieve=extend_schema(summary="One process"),
    create=extend_schema(summary="Record a process; refused by a rule: 409 with reasons"),
)
class ProcessViewSet(RecordedViewSet):
    """Other processes."""

    permission = Perm.NOMINAL_VIEW
    model = ParallelProcess
    queryset = ParallelProcess.objects.none()
    serializer_class = ProcessSerializer

    def rows(self) -> QuerySet[Any]:
        """That there is victim contact is for those who record it (R82)."""
        rows = super().rows()
        if scope_of(self.principal.role, Perm.CIRCUMSTANCES_RECORD) is not None:
            return rows
        return rows.exclude(kind=ProcessKind.VICTIM_CONTACT)

    def record(self, nominal_id: int, said: Mapping[str, Any]) -> ParallelProcess:
        process = ProcessRecord(**{**said, **as_word(ProcessKind, "kind", said)})
        return record_process(by=self.principal, today=self.today, nominal_id=nominal_id, process=process)


@extend_schema_view(
    list=extend_schema(summary="Warnings to staff"),
    retrieve=extend_schema(summary="One warning"),
    create=extend_schema(summary="Warn staff; refused by a rule: 409 with reasons"),
)
class StaffWarningViewSet(RecordedViewSet):
    """Warnings to staff."""

    permission = Perm.NOMINAL_VIEW
    model = StaffWarning
    queryset = StaffWarning.objects.none()
    serializer_class = StaffWarningSerializer

    def record(self, nominal_id: int, said: Mapping[str, Any]) -> StaffWarning:
        warning = StaffWarningRecord(**{**said, **as_word(WarningKind, "kind", said)})
        return record_warning(by=self.principal, today=self.today, nominal_id=nominal_id, warning=warning)


def as_word(words: Any, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The code that was sent under the name, as a word of the vocabulary; nothing when it was left out."""
    return {name: words(said[name])} if name in said else {}
