"""Saved views: the filters and order of a list under a name."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from agencies.access import GLOBAL
from agencies.models import Area

from .lists import ListAddress


class SavedView(ListAddress):
    """A list as somebody keeps it: their own, or, with an ``area``, shared with everybody who acts in it.

    What it shows is worked out for whoever opens it: a view carries no right to see anything.
    """

    access_root: ClassVar[str] = GLOBAL

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                "owner", "list_name", Lower("name"), name="saved_view_once", condition=Q(area__isnull=True)
            ),
            models.UniqueConstraint(
                "area", "list_name", Lower("name"), name="saved_view_once_shared", condition=Q(area__isnull=False)
            ),
            models.CheckConstraint(name="saved_view_has_name", condition=~Q(name="") & ~Q(list_name="")),
        ]

    def __str__(self) -> str:
        return self.name
