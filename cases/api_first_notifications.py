"""The machine interface of first notifications: listed and sent, by the services that the pages call."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.parameters import parameters_for
from agencies.roles import Perm
from pages.drf import BoundedDateField, GuardedViewSet
from pages.keyed import once_by_key
from rules.vocabulary import GroundKind

from .models import FirstNotification
from .services.first_notifications import NUMBERS, Notified, send_first_notification
from .views.first_notifications import lateness_of

SAID = ("family_name", "given_names", "born_on", *NUMBERS.values(), "ground", "offence", "sentenced_on", "release_on")


class FirstNotificationSerializer(serializers.ModelSerializer[FirstNotification]):
    """A first notification (R43). ``nominal`` is the person whom the sender found in the register, if they did.

    ``late`` is worked out from the day of the sentence or order (R42). What it was taken over with is not told.
    """

    nominal_id = serializers.IntegerField(required=False, allow_null=True)
    born_on = BoundedDateField(required=False, allow_null=True)
    sentenced_on = BoundedDateField()
    release_on = BoundedDateField(required=False, allow_null=True)
    late = serializers.SerializerMethodField()

    class Meta:
        model = FirstNotification
        fields = (
            "id",
            "agency",
            "nominal_id",
            *SAID,
            "notifier",
            "notified_on",
            "received_by",
            "late",
            "state",
            "answered_on",
            "answer",
        )
        read_only_fields = ("agency", "notified_on", "received_by", "state", "answered_on", "answer")

    def get_late(self, notification: FirstNotification) -> bool:
        return lateness_of(notification, self.context["parameters_for"](notification.area_id)).value


@extend_schema_view(
    list=extend_schema(summary="First notifications, the newest first"),
    retrieve=extend_schema(summary="One first notification"),
    create=extend_schema(
        summary="Notify the unit of a new case, for the agency one acts for; refused by a rule: 409 with reasons"
    ),
)
class FirstNotificationViewSet(GuardedViewSet[FirstNotification]):
    """First notifications of youth justice and mental health services."""

    permission = Perm.FIRST_NOTIFICATION_VIEW
    permissions: ClassVar[Mapping[str, Perm]] = {"create": Perm.FIRST_NOTIFICATION_SEND}
    seen_by = Perm.FIRST_NOTIFICATION_VIEW
    model = FirstNotification
    queryset = FirstNotification.objects.none()
    serializer_class = FirstNotificationSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        """With the numbers of each area, asked for once a request."""
        return {**super().get_serializer_context(), "parameters_for": cache(parameters_for)}

    def rows(self) -> QuerySet[FirstNotification]:
        return FirstNotification.objects.order_by("-notified_on", "-pk")

    @once_by_key
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        said = self.accepted(request.data)
        said["ground"] = GroundKind(said["ground"])
        row = send_first_notification(
            by=self.principal, today=self.today, agency_id=self.principal.agency_id or 0, said=Notified(**said)
        )
        return Response(self.get_serializer(row).data, status=201)
