"""What leaves the system: copies with their numbers."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.access import GLOBAL


class Copy(models.Model):
    """One copy that was printed or exported; its key is the copy number (R102).

    Whom it shows stands in the access log, under the same request as the event `copy_taken`.
    """

    access_root: ClassVar[str] = GLOBAL

    what = models.SlugField("what was copied", max_length=40)
    taken_at = models.DateTimeField("taken at")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField("role", max_length=40, blank=True)

    class Meta:
        verbose_name_plural = "copies"
        constraints = [models.CheckConstraint(name="copy_says_what", condition=~Q(what=""))]

    def __str__(self) -> str:
        return f"copy {self.pk}"
