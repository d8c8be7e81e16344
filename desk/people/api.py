"""The machine interface of people and their roles, read: rows and filters of their page, for whoever reads those."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from agencies.models import Membership, User
from agencies.queries import users_of
from agencies.roles import MEMBERSHIP_ROLES, Perm
from pages.drf import GuardedViewSet
from pages.lists import ListContext

from .lists import LISTING, STATES, state_of, with_roles


class HeldRoleSerializer(serializers.ModelSerializer[Membership]):
    """A role held today for an agency of the area. ``manages``: they may endorse referrals (R44)."""

    role = serializers.ChoiceField(choices=[(role.value, role.label) for role in MEMBERSHIP_ROLES])
    agency_name = serializers.CharField(source="agency.name")

    class Meta:
        model = Membership
        fields = ("id", "role", "agency", "agency_name", "manages", "starts_on", "ends_on")


class AccountSerializer(serializers.ModelSerializer[User]):
    """An account of the area: whose it is, whether it is in use, and the roles of the day."""

    state = serializers.SerializerMethodField()
    roles = HeldRoleSerializer(source="roles_today", many=True, read_only=True)

    class Meta:
        model = User
        fields = ("id", "given_name", "family_name", "email", "state", "roles")

    @extend_schema_field(serializers.ChoiceField(choices=STATES))
    def get_state(self, user: User) -> str:
        return state_of(user)


@extend_schema_view(
    list=extend_schema(
        summary="People with an account in the area and their roles of today, with the filters of their page",
        description="Names and e-mail addresses are no parameters: they stand in no address. A parameter or value "
        "that is not known is an error.",
        parameters=[OpenApiParameter(each.name, str) for each in LISTING.filters],
    ),
    retrieve=extend_schema(summary="One account, with its roles of today"),
)
class AccountViewSet(GuardedViewSet[User]):
    """Accounts of the area the principal acts in; another area's do not exist."""

    permission = Perm.SETTINGS_VIEW
    seen_by = Perm.SETTINGS_VIEW
    model = User
    queryset = User.objects.none()
    serializer_class = AccountSerializer
    parameters = frozenset(each.name for each in LISTING.filters)

    @property
    def context(self) -> ListContext:
        return ListContext(self.principal, self.today)

    def rows(self) -> QuerySet[User]:
        return with_roles(users_of(self.principal), self.context).order_by("pk")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The filters of the page."""
        form = LISTING.form(self.request.query_params, self.context)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors.get_json_data())
        return LISTING.filtered(queryset, form.cleaned_data, self.context)
