"""The machine interface of who leads and who is the named officer: read, named, put right, taken away (R97)."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.models import Agency, User
from agencies.queries import agencies_of, leading_agencies_of, officers_of
from agencies.roles import Perm
from pages.drf import BoundedDateField
from pages.keyed import once_by_key

from .api_corrections import TakenAwayViewSet, seen_version
from .models import LeadAgencySpan, NamedOfficerSpan, Nominal
from .models.corrected import TEXT_LENGTH
from .services.participation import name_officer, set_lead_agency
from .services.who_leads_corrections import (
    correct_lead_agency,
    correct_named_officer,
    take_lead_agency_away,
    take_named_officer_away,
)
from .stamps import stamp_of

Leads = LeadAgencySpan | NamedOfficerSpan


class _WhoLeadsSerializer(serializers.ModelSerializer[Any]):
    """What both kinds of span have in common."""

    agency_name = serializers.CharField(source="agency.name")
    version = serializers.SerializerMethodField()

    def get_version(self, span: Leads) -> int:  # noqa: ARG002 - they change together, so they share it
        return int(self.context["version"])


class LeadAgencySerializer(_WhoLeadsSerializer):
    """An agency that leads or led the case, from a day to a day, both included; an empty end is open. ``version`` is
    that of all the person's lead agencies.
    """

    class Meta:
        model = LeadAgencySpan
        fields = ("id", "agency", "agency_name", "starts_on", "ends_on", "corrected_on", "correction", "version")


class NamedOfficerSerializer(_WhoLeadsSerializer):
    """The officer whom an agency has or had for the person, from a day to a day, both included; an empty end is open.
    ``version`` is that of all the person's named officers.
    """

    officer_name = serializers.CharField(source="officer.name")

    class Meta:
        model = NamedOfficerSpan
        fields = (
            "id",
            "officer",
            "officer_name",
            "agency",
            "agency_name",
            "starts_on",
            "ends_on",
            "corrected_on",
            "correction",
            "version",
        )


class _LeadingAgency(serializers.PrimaryKeyRelatedField[Agency]):
    """An agency of the area that can lead a case; of a correction, the recorded one too. Others do not exist."""

    def get_queryset(self) -> QuerySet[Agency]:
        may = leading_agencies_of(self.context["view"].principal)
        return _with_recorded(Agency.objects.all(), may, getattr(self.root.instance, "agency_id", None))


class _OfficersAgency(serializers.PrimaryKeyRelatedField[Agency]):
    """An agency of the area that takes part."""

    def get_queryset(self) -> QuerySet[Agency]:
        return agencies_of(self.context["view"].principal)


class _Officer(serializers.PrimaryKeyRelatedField[User]):
    """Somebody who can be named as an officer in the person's area today; of a correction, on the last day of its time,
    and the recorded one too. Others do not exist.
    """

    def get_queryset(self) -> QuerySet[User]:
        view, span = self.context["view"], self.root.instance
        area_id = Nominal.objects.values_list("area_id", flat=True).get(pk=view.kwargs["nominal_pk"])
        on = min(view.today, getattr(span, "ends_on", None) or view.today)
        return _with_recorded(User.objects.all(), officers_of(area_id, on=on), getattr(span, "officer_id", None))


def _with_recorded(rows: QuerySet[Any], may: QuerySet[Any], recorded: int | None) -> QuerySet[Any]:
    return rows.filter(Q(pk__in=may.values("pk")) | Q(pk=recorded))


class _FromADaySerializer(serializers.Serializer[Any]):
    """From which day, and what was read."""

    starts_on = BoundedDateField()
    version = seen_version()


class NewLeadAgencySerializer(_FromADaySerializer):
    """The agency that leads from a day on; the one before ends the day before. ``version`` is as it was read with the
    lead agencies, 0 where there were none: when they have been changed since, it is a conflict (409); without a version
    nothing is compared.
    """

    agency = _LeadingAgency(queryset=Agency.objects.all())


class NewNamedOfficerSerializer(_FromADaySerializer):
    """The officer of an agency from a day on; the agency's one before ends the day before. ``version`` is as it was
    read with the named officers, 0 where there were none: when they have been changed since, it is a conflict (409);
    without a version nothing is compared.
    """

    officer = _Officer(queryset=User.objects.all())
    agency = _OfficersAgency(queryset=Agency.objects.all())


class _CorrectionSerializer(_FromADaySerializer):
    """From which day, and why it was recorded wrongly."""

    reason = serializers.CharField(max_length=TEXT_LENGTH)


class LeadAgencyCorrectionSerializer(_CorrectionSerializer):
    """Which agency led, from which day, and why it was recorded wrongly. ``version`` is as it was read."""

    agency = _LeadingAgency(queryset=Agency.objects.all())


class NamedOfficerCorrectionSerializer(_CorrectionSerializer):
    """Which officer of the agency was named, from which day, and why it was recorded wrongly. ``version`` is as it was
    read.
    """

    officer = _Officer(queryset=User.objects.all())


class WhoLeadsViewSet(TakenAwayViewSet, abstract=True):
    """Spans of who leads, listed with the earlier ones; a subclass names the services that write them."""

    permission = Perm.NOMINAL_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {
        "create": Perm.NOMINAL_EDIT,
        "partial_update": Perm.NOMINAL_EDIT,
        "away": Perm.NOMINAL_EDIT,
    }
    new_class: ClassVar[type[serializers.BaseSerializer[Any]]]
    # What stands beside the days of a span: who leads or is named, first.
    beside: ClassVar[tuple[str, ...]]
    naming: ClassVar[Callable[..., Leads]]
    correcting: ClassVar[Callable[..., Leads]]
    taking_away: ClassVar[Callable[..., None]]

    def get_serializer_context(self) -> dict[str, Any]:
        """With the version of the person's spans, once for all of them."""
        return {**super().get_serializer_context(), "version": stamp_of(self.rows())}

    def rows(self) -> QuerySet[Any]:
        spans = self.model._default_manager.filter(nominal=self.kwargs.get("nominal_pk"))
        return spans.select_related(*self.beside).order_by("starts_on", "pk")

    @once_by_key
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal = self.nominal()
        sent: Any = self.new_class(data=request.data, context=super().get_serializer_context())
        sent.is_valid(raise_exception=True)
        said = dict(sent.validated_data)
        # By their keys, as the services take them.
        keys = {f"{name}_id": said.pop(name).pk for name in self.beside if name in said}
        span = self.naming(by=self.principal, today=self.today, nominal_id=nominal.pk, **keys, **said)
        return Response(self.get_serializer(span).data, status=201)

    def correct(self, row: Any, said: dict[str, Any], reason: str) -> Leads:
        who = self.beside[0]
        return self.correcting(
            by=self.principal,
            today=self.today,
            span_id=row.pk,
            starts_on=said.get("starts_on", row.starts_on),
            reason=reason,
            version=self.sent_version,
            **{f"{who}_id": said.get(who, getattr(row, who)).pk},
        )

    def take_away(self, row: Any, reason: str) -> None:
        self.taking_away(by=self.principal, today=self.today, span_id=row.pk, reason=reason, version=self.sent_version)


@extend_schema_view(
    list=extend_schema(summary="Lead agencies of a person over time"),
    retrieve=extend_schema(summary="One lead agency, from a day to a day"),
    create=extend_schema(
        summary="Name the agency that leads from a day on; refused by a rule or changed meanwhile: 409",
        description="Who may open the record follows, and what is due by who leads.",
        request=NewLeadAgencySerializer,
        responses={201: LeadAgencySerializer},
    ),
    partial_update=extend_schema(
        summary="Correct a lead agency, with the reason; refused by a rule: 409 with reasons",
        description="What is not sent stays as it was. The one before ends the day before the first day, and who may "
        "open the record follows.",
        request=LeadAgencyCorrectionSerializer,
        responses={200: LeadAgencySerializer},
    ),
)
class LeadAgencyViewSet(WhoLeadsViewSet):
    """Lead agencies."""

    model = LeadAgencySpan
    queryset = LeadAgencySpan.objects.none()
    serializer_class = LeadAgencySerializer
    new_class = NewLeadAgencySerializer
    correction_class = LeadAgencyCorrectionSerializer
    beside = ("agency",)
    naming = staticmethod(set_lead_agency)
    correcting = staticmethod(correct_lead_agency)
    taking_away = staticmethod(take_lead_agency_away)


@extend_schema_view(
    list=extend_schema(summary="Named officers of a person over time"),
    retrieve=extend_schema(summary="One named officer, from a day to a day"),
    create=extend_schema(
        summary="Name an agency's officer from a day on; refused by a rule or changed meanwhile: 409",
        description="The record is open to the officer for that time.",
        request=NewNamedOfficerSerializer,
        responses={201: NamedOfficerSerializer},
    ),
    partial_update=extend_schema(
        summary="Correct a named officer, with the reason; refused by a rule: 409 with reasons",
        description="What is not sent stays as it was; the agency always does. The agency's one before ends the day "
        "before the first day, and who may open the record follows.",
        request=NamedOfficerCorrectionSerializer,
        responses={200: NamedOfficerSerializer},
    ),
)
class NamedOfficerViewSet(WhoLeadsViewSet):
    """Named officers."""

    model = NamedOfficerSpan
    queryset = NamedOfficerSpan.objects.none()
    serializer_class = NamedOfficerSerializer
    new_class = NewNamedOfficerSerializer
    correction_class = NamedOfficerCorrectionSerializer
    beside = ("officer", "agency")
    naming = staticmethod(name_officer)
    correcting = staticmethod(correct_named_officer)
    taking_away = staticmethod(take_named_officer_away)
