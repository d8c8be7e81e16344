"""The machine interface of possible doubles: of the register and of one record, and two records told apart (R4)."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.roles import Perm
from audit.reads import AccessKind
from pages.base import show
from pages.drf import GuardedViewSet

from .api import OfNominalViewSet
from .api_merging import PairViewSet
from .doubles import Apart, Likeness, Pair, alike, apart_from, pairs
from .forms.merging import LENGTH
from .models import Nominal
from .services.two_people import take_back_mark, tell_apart


class OneOfTwoSerializer(serializers.ModelSerializer[Nominal]):
    """A record, by what tells people apart."""

    class Meta:
        model = Nominal
        fields = ("id", "family_name", "given_names", "date_of_birth")


class PairSerializer(serializers.Serializer[Pair]):
    """Two records that may be one person's, the older first, and by what they look so."""

    one = OneOfTwoSerializer()
    other = OneOfTwoSerializer()
    by = serializers.ListField(child=serializers.CharField())


class LikenessSerializer(serializers.Serializer[Likeness]):
    """Another record that may be of the same person, and by what it looks so."""

    other = OneOfTwoSerializer(source="nominal")
    by = serializers.ListField(child=serializers.CharField())


class TwoPeopleSerializer(serializers.Serializer[Apart]):
    """Another record that is known to be of somebody else, how that is known, and since when."""

    other = OneOfTwoSerializer()
    reason = serializers.CharField(source="mark.reason")
    marked_on = serializers.DateField(source="mark.marked_on")


class NewTwoPeopleSerializer(serializers.Serializer[Any]):
    """How they are known to be two people."""

    reason = serializers.CharField(max_length=LENGTH)


class DoublesViewSet(GuardedViewSet[Nominal]):
    """Pairs of the register."""

    permission = Perm.NOMINAL_MERGE
    model = Nominal
    queryset = Nominal.objects.none()
    serializer_class = PairSerializer

    @extend_schema(
        summary="Pairs of records that may be one person's, the latest first",
        description="Of the records that one may see and merge, both of a pair; not those told apart.",
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        self.refuse_unknown(request)
        found: Any = pairs(self.principal)
        page: Sequence[Pair] = self.paginate_queryset(found) or []
        show([row for pair in page for row in (pair.one, pair.other)], AccessKind.LIST)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class _OthersViewSet(OfNominalViewSet, abstract=True):
    """Other records beside one, each of which the reader may see and merge."""

    permission = Perm.NOMINAL_MERGE
    model = Nominal
    queryset = Nominal.objects.none()

    @abstractmethod
    def others(self, nominal: Nominal) -> Sequence[Any]:
        """The lines of the list."""

    @abstractmethod
    def record_of(self, line: Any) -> Nominal:
        """The other record of a line."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal = self.nominal()
        self.refuse_unknown(request)
        found: Any = self.others(nominal)
        page: Sequence[Any] = self.paginate_queryset(found) or []
        show([nominal, *(self.record_of(line) for line in page)], AccessKind.LIST)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


@extend_schema_view(list=extend_schema(summary="Records that may be of the same person as this one"))
class NominalDoublesViewSet(_OthersViewSet):
    """Who may be the same person as this one."""

    serializer_class = LikenessSerializer

    def others(self, nominal: Nominal) -> Sequence[Likeness]:
        prefetch_related_objects([nominal], "identifiers")
        return alike(self.principal, nominal, on=self.today)

    def record_of(self, line: Likeness) -> Nominal:
        return line.nominal


@extend_schema_view(list=extend_schema(summary="Records that are known to be of somebody else than this one"))
class ToldApartViewSet(_OthersViewSet):
    """Who is known not to be the same person as this one."""

    serializer_class = TwoPeopleSerializer

    def others(self, nominal: Nominal) -> Sequence[Apart]:
        return apart_from(self.principal, nominal)

    def record_of(self, line: Apart) -> Nominal:
        return line.other


class TwoPeopleViewSet(PairViewSet):
    """Two records told apart, and the mark taken back."""

    serializer_class = TwoPeopleSerializer

    @extend_schema(
        summary="Say that two records are of two people, and how that is known; refused by a rule: 409 with reasons",
        description="They are not shown as possible doubles any more.",
        request=NewTwoPeopleSerializer,
        responses={201: TwoPeopleSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal, other = self.nominal(), self.get_object()
        sent = NewTwoPeopleSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        mark = tell_apart(
            by=self.principal,
            today=self.today,
            one_id=nominal.pk,
            other_id=other.pk,
            reason=sent.validated_data["reason"],
        )
        return Response(TwoPeopleSerializer(Apart(mark, other)).data, status=201)

    @extend_schema(
        summary="Take the mark back: the two may be one person again; refused by a rule: 409 with reasons",
        responses={204: None},
    )
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        nominal, other = self.nominal(), self.get_object()
        take_back_mark(by=self.principal, today=self.today, one_id=nominal.pk, other_id=other.pk)
        return Response(status=204)
