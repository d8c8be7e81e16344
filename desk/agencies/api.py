"""The machine interface of agencies: read, by the rows, filters and guards of their pages. Changes are made there."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.agreements import Signed
from agencies.kinds import AgencyKind, Duty
from agencies.models import Absence, Agency, Contact
from agencies.queries import agencies_in_area
from agencies.roles import Perm
from pages.drf import GuardedViewSet
from pages.lists import ListContext
from rules.vocabulary import AgreementKind, AgreementState, choices

from .lists import LISTING, AgencyRow, known_by_status, rows_of


class ContactSerializer(serializers.Serializer[Any]):
    """Who speaks for the agency, since when, and until when they are away."""

    name = serializers.CharField()
    since = serializers.DateField()
    away_until = serializers.DateField(allow_null=True)


class AgreementSerializer(serializers.Serializer[Signed]):
    """What has become of one kind of agreement today (R96), with the latest signature."""

    kind = serializers.ChoiceField(choices=choices(AgreementKind))
    state = serializers.ChoiceField(choices=choices(AgreementState))
    asked = serializers.BooleanField(help_text="Whether it is asked of this agency.")
    signed_on = serializers.DateField(source="latest.signed_on", default=None, allow_null=True)
    last_day = serializers.DateField(source="latest.expires_on", default=None, allow_null=True)


class AgencySerializer(serializers.Serializer[Any]):
    """An agency, and how it stands today: whom it is reached through, and what it has signed."""

    id = serializers.IntegerField(source="agency.pk")
    name = serializers.CharField(source="agency.name")
    kind = serializers.ChoiceField(source="agency.kind", choices=choices(AgencyKind))
    duty = serializers.ChoiceField(source="agency.duty", choices=choices(Duty), allow_blank=True)
    part_of = serializers.IntegerField(source="agency.part_of_id", allow_null=True)
    takes_part_from = serializers.DateField(source="agency.starts_on", allow_null=True)
    takes_part_to = serializers.DateField(source="agency.ends_on", allow_null=True)
    contact = serializers.SerializerMethodField()
    deputy = serializers.SerializerMethodField()
    reached_through = serializers.CharField(
        source="standing.reached.name", default=None, allow_null=True, help_text="Whom to ask today."
    )
    agreements = AgreementSerializer(source="signed", many=True)

    @extend_schema_field(ContactSerializer(allow_null=True))
    def get_contact(self, row: AgencyRow) -> Mapping[str, Any] | None:
        return _contact(row.standing.spoc, row.standing.spoc_away)

    @extend_schema_field(ContactSerializer(allow_null=True))
    def get_deputy(self, row: AgencyRow) -> Mapping[str, Any] | None:
        return _contact(row.standing.deputy, row.standing.deputy_away)


def _contact(contact: Contact | None, away: Absence | None) -> Mapping[str, Any] | None:
    if contact is None:
        return None
    said = {"name": contact.user.name, "since": contact.starts_on, "away_until": away.ends_on if away else None}
    return ContactSerializer(said).data


@extend_schema_view(
    list=extend_schema(
        summary="The agencies of the area, with the filters of their page",
        description="Those that take part today; with `status=every`, all that are known. A parameter or value that "
        "is not known is an error.",
        parameters=[OpenApiParameter(each.name, str) for each in LISTING.filters],
        responses=AgencySerializer(many=True),
    ),
    retrieve=extend_schema(summary="One agency of the area", responses=AgencySerializer),
)
class AgencyViewSet(GuardedViewSet[Agency]):
    """Agencies of the area the principal acts in; another area's do not exist."""

    permission = Perm.AGENCIES_VIEW
    seen_by = Perm.AGENCIES_VIEW
    model = Agency
    queryset = Agency.objects.none()
    serializer_class = AgencySerializer
    lookup_value_regex = "[0-9]+"
    parameters = frozenset(each.name for each in LISTING.filters)

    @property
    def context(self) -> ListContext:
        return ListContext(self.principal, self.today)

    def rows(self) -> QuerySet[Agency]:
        return agencies_in_area(self.principal).order_by("pk")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The filters of the page, which is of those that take part today unless another status is asked for."""
        asked = self.request.query_params
        form = LISTING.form(asked, self.context)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors.get_json_data())
        queryset = known_by_status(queryset, asked.get("status", ""), self.today)
        return LISTING.filtered(queryset, form.cleaned_data, self.context)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        self.refuse_unknown(request)
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        rows: Any = rows_of(page, self.context)
        return self.get_paginated_response(AgencySerializer(rows, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        (row,) = rows_of([self.get_object()], self.context)
        return Response(AgencySerializer(row).data)
