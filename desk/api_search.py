"""The machine interface of search: what is looked for travels in the body, as on the page, and stands nowhere else."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.roles import Perm
from audit.reads import AccessKind
from cases.api import AliasSerializer
from cases.forms.search import SearchForm
from cases.search import LIMIT, SlackUnit
from pages.base import show
from pages.drf import BoundedDateField, Guarded
from rules.vocabulary import Category, IdentifierKind, Level, choices

from .searching import Hit, hits_of, look_for


class SearchTermsSerializer(serializers.Serializer[Any]):
    """A name or a number, an address or postcode, a date of birth give or take: one of them, or several together."""

    text = serializers.CharField(required=False, allow_blank=True, help_text="A name however it is spelt, or a number.")
    address = serializers.CharField(
        required=False, allow_blank=True, help_text="Where they live or once lived, or how a postcode begins."
    )
    date_of_birth = BoundedDateField(required=False, allow_null=True)
    slack = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="How far the date of birth may be off. Left out: not at all, but for dates easily taken for it.",
    )
    slack_unit = serializers.ChoiceField(choices=[each.value for each in SlackUnit], required=False)


class QuotedNumberSerializer(serializers.Serializer[Any]):
    """A number by which people quote somebody."""

    kind = serializers.ChoiceField(choices=choices(IdentifierKind))
    value = serializers.CharField()


class HitSerializer(serializers.Serializer[Hit]):
    """A person found, by what, and how they stand today."""

    id = serializers.IntegerField(source="nominal.pk")
    family_name = serializers.CharField(source="nominal.family_name")
    given_names = serializers.CharField(source="nominal.given_names")
    date_of_birth = serializers.DateField(source="nominal.date_of_birth", allow_null=True)
    other_names = AliasSerializer(many=True)
    category = serializers.ChoiceField(choices=choices(Category), allow_null=True)
    level = serializers.ChoiceField(choices=choices(Level), allow_null=True)
    numbers = serializers.SerializerMethodField()
    found_by = serializers.CharField(source="by")

    @extend_schema_field(QuotedNumberSerializer(many=True))
    def get_numbers(self, hit: Hit) -> list[dict[str, str]]:
        return [{"kind": IdentifierKind[name].value, "value": number} for name, number in hit.numbers]


class FoundSerializer(serializers.Serializer[Any]):
    """Who fits, best first, how many do in all, and how many restricted records do: for those, contact the MAPPA unit
    (R100)."""

    results = HitSerializer(many=True)
    total = serializers.IntegerField(help_text="How many people fit. More than are in the results: narrow the search.")
    at_least = serializers.BooleanField(help_text="The total is a least number: too many were likely to look at all.")
    cards = serializers.IntegerField()


class SearchView(Guarded):
    """Search by any number, a name however it is spelt, an address, a birth date give or take."""

    permission = Perm.SEARCH

    @extend_schema(
        summary="Find a person; what is looked for is sent in the body only",
        description=f"At most {LIMIT} people, the best of `total`. The access log keeps digests of what was looked for "
        "and how many were found. A faulty or empty search: 400 with the fields.",
        request=SearchTermsSerializer,
        responses=FoundSerializer,
    )
    def post(self, request: Request) -> Response:
        said = SearchTermsSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        form = SearchForm({name: str(value) for name, value in said.validated_data.items() if value is not None})
        if not form.is_valid():
            raise serializers.ValidationError({name: [str(each) for each in form.errors[name]] for name in form.errors})
        found = look_for(form, by=self.principal, on=self.today)
        rows = [match.nominal for match in found.matches]
        show(rows, AccessKind.SEARCH)
        results = hits_of(rows, found, on=self.today)
        counts = {"total": found.total, "at_least": found.at_least, "cards": found.cards}
        return Response(FoundSerializer({"results": results, **counts}).data)
