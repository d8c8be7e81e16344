"""What inputs of the machine interface of meetings have in common: moments, and the reason for a change."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from rules.bounds import within_bounds

from .models.sitting import REASON_LENGTH


class Moment(serializers.DateTimeField):
    """A moment within the years a case can have; one without a zone is of England and Wales."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=timezone.get_default_timezone(), **options)

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        if not within_bounds(moment.date()):
            raise serializers.ValidationError("There is no such day in a case.")
        return moment


class ReasonSerializer(serializers.Serializer[Any]):
    """Why it is done, in a few words."""

    reason = serializers.CharField(max_length=REASON_LENGTH)
