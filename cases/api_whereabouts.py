"""The machine interface of where a person is and lives, and of the dates ahead, by the services that the pages call."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.models import LocalHousingAuthority
from agencies.roles import Perm
from pages.drf import BoundedDateField
from pages.keyed import once_by_key
from rules.vocabulary import KeyDateKind, Tenure, Whereabouts, choices

from .api_circumstances import Bounded, RecordedViewSet, as_word
from .api_corrections import RowVersionField, TakenAwayViewSet, seen_version
from .models import Address, KeyDate, WhereaboutsSpan
from .models.corrected import TEXT_LENGTH
from .queries import councils_of
from .records import AddressRecord
from .services.address_corrections import as_recorded, correct_address, take_address_away
from .services.corrections import Stay, correct_whereabouts, take_whereabouts_away
from .services.dates import set_key_date
from .services.people import record_address
from .services.whereabouts import record_whereabouts
from .stamps import stamp_of


class WhereaboutsSerializer(serializers.ModelSerializer[WhereaboutsSpan]):
    """Where the person is from a day to a day, both included; an empty end is open. ``version`` is that of them all."""

    version = serializers.SerializerMethodField()

    class Meta:
        model = WhereaboutsSpan
        fields = ("id", "kind", "place", "starts_on", "ends_on", "corrected_on", "correction", "version")

    def get_version(self, span: WhereaboutsSpan) -> int:  # noqa: ARG002 - they change together, so they share it
        return int(self.context["version"])


class NewWhereaboutsSerializer(serializers.Serializer[Any]):
    """Where the person is from a day on. What stands for those days gives way: ``version`` is as it was read with the
    whereabouts, 0 where there were none. When they have been changed since, it is a conflict (409); without a version
    nothing is compared.
    """

    kind = serializers.ChoiceField(choices=choices(Whereabouts))
    place = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="Prison, hospital or premises; empty for the community."
    )
    starts_on = BoundedDateField()
    version = serializers.IntegerField(min_value=0, required=False)


class WhereaboutsCorrectionSerializer(NewWhereaboutsSerializer):
    """What is put right of a stay: its kind, its place, its first day. What stands before it ends the day before.
    ``version`` is as it was read with the whereabouts: when they have been changed since, it is a conflict (409).
    """

    reason = serializers.CharField(max_length=TEXT_LENGTH)


class _Council(serializers.PrimaryKeyRelatedField[LocalHousingAuthority]):
    """A housing authority of the area that the principal acts in; another area's do not exist."""

    def get_queryset(self) -> QuerySet[LocalHousingAuthority]:
        return councils_of(self.context["view"].principal)


class AddressSerializer(Bounded):
    """An address, or no fixed abode with the id of the housing authority of closest links (R6)."""

    version = RowVersionField()
    closest_links = _Council(queryset=LocalHousingAuthority.objects.all(), required=False, allow_null=True)
    beside_others = serializers.BooleanField(
        default=False,
        write_only=True,
        help_text="They live at another recorded address too; else the open ones end the day before this one starts.",
    )

    class Meta:
        model = Address
        fields: tuple[str, ...] = (
            "id",
            "lines",
            "postcode",
            "tenure",
            "no_fixed_abode",
            "closest_links",
            "starts_on",
            "ends_on",
            "corrected_on",
            "correction",
            "version",
            "beside_others",
        )
        read_only_fields = ("corrected_on", "correction")

    def validate_postcode(self, value: str) -> str:
        return value.upper()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What the other answer asks for is no part of this one; the page asks it with that answer only."""

        def said(name: str) -> Any:
            return attrs.get(name, getattr(self.instance, name, None))

        without = said("no_fixed_abode")
        foreign = "postcode" if without else "closest_links"
        if said(foreign):
            text = "No fixed abode has no postcode." if without else "Closest links are asked of no fixed abode only."
            raise serializers.ValidationError({foreign: text})
        return attrs


class AddressCorrectionSerializer(AddressSerializer):
    """What is put right of an address. No other address moves with it. ``version`` is as it was read."""

    version = seen_version()  # type: ignore[assignment]
    beside_others = None  # type: ignore[assignment]  # leaves the field out
    reason = serializers.CharField(max_length=TEXT_LENGTH, write_only=True)

    class Meta(AddressSerializer.Meta):
        fields = (*(name for name in AddressSerializer.Meta.fields if name != "beside_others"), "reason")


class KeyDateSerializer(Bounded):
    """A date ahead. ``certain``: it is confirmed."""

    class Meta:
        model = KeyDate
        fields = ("id", "kind", "falls_on", "certain", "note")


@extend_schema_view(
    list=extend_schema(summary="Where a person was and is"),
    retrieve=extend_schema(summary="Where the person is from a day to a day"),
    create=extend_schema(
        summary="Record where a person is; refused by a rule or changed meanwhile: 409",
        description="A death ends every ground and the level on its day, and with them what is due: the page shows it "
        "and asks first, this does not. Another stay recorded from the same day is not written over: correct that one.",
        request=NewWhereaboutsSerializer,
        responses={201: WhereaboutsSerializer},
    ),
    partial_update=extend_schema(
        summary="Correct a stay, with the reason; refused by a rule: 409 with reasons",
        description="What is not sent stays as it was. The one before ends the day before the first day; with the day "
        "of a death, the ends of the grounds that ended with it move; where it was no death, they stand as before it.",
        request=WhereaboutsCorrectionSerializer,
        responses={200: WhereaboutsSerializer},
    ),
)
class WhereaboutsViewSet(TakenAwayViewSet):
    """Whereabouts: listed, recorded, put right and taken away by the services that the pages call."""

    permission = Perm.NOMINAL_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {
        "create": Perm.WHEREABOUTS_RECORD,
        "partial_update": Perm.WHEREABOUTS_RECORD,
        "away": Perm.WHEREABOUTS_RECORD,
    }
    model = WhereaboutsSpan
    queryset = WhereaboutsSpan.objects.none()
    correction_class = WhereaboutsCorrectionSerializer

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return NewWhereaboutsSerializer if self.action == "create" else WhereaboutsSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        """With the version of the person's whereabouts, once for all of them."""
        version = stamp_of(WhereaboutsSpan.objects.filter(nominal=self.kwargs.get("nominal_pk")))
        return {**super().get_serializer_context(), "version": version}

    def rows(self) -> QuerySet[WhereaboutsSpan]:
        return WhereaboutsSpan.objects.filter(nominal=self.kwargs["nominal_pk"]).order_by("starts_on")

    @once_by_key
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal = self.nominal()
        said = self.accepted(request.data)
        said["kind"] = Whereabouts(said["kind"])
        span = record_whereabouts(by=self.principal, today=self.today, nominal_id=nominal.pk, **said)
        return Response(WhereaboutsSerializer(span, context=self.get_serializer_context()).data, status=201)

    def correct(self, row: WhereaboutsSpan, said: dict[str, Any], reason: str) -> WhereaboutsSpan:
        stands = Stay(Whereabouts(row.kind), row.starts_on, row.place)
        stay = replace(stands, **{**said, **as_word(Whereabouts, "kind", said)})
        return correct_whereabouts(
            by=self.principal, today=self.today, span_id=row.pk, stay=stay, reason=reason, version=self.sent_version
        )

    def take_away(self, row: WhereaboutsSpan, reason: str) -> None:
        take_whereabouts_away(
            by=self.principal, today=self.today, span_id=row.pk, reason=reason, version=self.sent_version
        )


@extend_schema_view(
    list=extend_schema(summary="Addresses of a person over time"),
    retrieve=extend_schema(summary="One address"),
    create=extend_schema(summary="Record an address, or no fixed abode; refused by a rule: 409 with reasons"),
    partial_update=extend_schema(
        summary="Correct an address, with the reason; refused by a rule: 409 with reasons",
        description="What is not sent stays as it was. From an address to no fixed abode, send what falls away empty: "
        "lines, postcode, tenure; the other way round, closest links as null.",
        request=AddressCorrectionSerializer,
        responses={200: AddressSerializer},
    ),
)
class AddressViewSet(RecordedViewSet, TakenAwayViewSet):
    """Addresses."""

    permission = Perm.NOMINAL_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {
        "create": Perm.NOMINAL_EDIT,
        "partial_update": Perm.NOMINAL_EDIT,
        "away": Perm.NOMINAL_EDIT,
    }
    model = Address
    queryset = Address.objects.none()
    serializer_class = AddressSerializer
    correction_class = AddressCorrectionSerializer

    def rows(self) -> QuerySet[Any]:
        return super().rows().order_by("starts_on", "pk")

    def record(self, nominal_id: int, said: Mapping[str, Any]) -> Address:
        return record_address(
            by=self.principal,
            today=self.today,
            nominal_id=nominal_id,
            ends_others=not said["beside_others"],
            **_address_facts(said),
        )

    def correct(self, row: Address, said: dict[str, Any], reason: str) -> Address:
        address = replace(as_recorded(row), **_address_facts(said))
        return correct_address(
            by=self.principal,
            today=self.today,
            address_id=row.pk,
            address=address,
            reason=reason,
            version=self.sent_version,
        )

    def take_away(self, row: Address, reason: str) -> None:
        take_address_away(
            by=self.principal, today=self.today, address_id=row.pk, reason=reason, version=self.sent_version
        )


@extend_schema_view(
    list=extend_schema(summary="Key dates of a person"),
    retrieve=extend_schema(summary="One key date"),
    create=extend_schema(
        summary="Record or move a key date",
        description="There is one of each kind: a new one takes the place of the old.",
    ),
)
class KeyDateViewSet(RecordedViewSet):
    """Key dates."""

    permission = Perm.NOMINAL_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {"create": Perm.KEY_DATE_RECORD}
    model = KeyDate
    queryset = KeyDate.objects.none()
    serializer_class = KeyDateSerializer

    def rows(self) -> QuerySet[Any]:
        return super().rows().order_by("falls_on", "pk")

    def record(self, nominal_id: int, said: Mapping[str, Any]) -> KeyDate:
        date_ahead = {**said, **as_word(KeyDateKind, "kind", said)}
        return set_key_date(by=self.principal, today=self.today, nominal_id=nominal_id, **date_ahead)


def _address_facts(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent of an address, by the names of its record."""
    facts = {name: said[name] for name in AddressRecord.__dataclass_fields__ if name in said}
    if "closest_links" in said:
        council = said["closest_links"]
        facts["closest_links_id"] = council.pk if council else None
    return {**facts, **as_word(Tenure, "tenure", said)}
