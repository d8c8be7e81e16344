"""What is remembered so that a form posted twice, or what a client sends again, has one effect."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from agencies.access import GLOBAL


class SubmittedForm(models.Model):
    """One form that was carried out: a repeat of the same key by the same person is sent to the first result.

    Or what a client of the machine interface sent with a key of its own (``pages.keyed``).

    Holds no fact about a case, only a random key, a keyed digest and a path without personal data; forgotten after 24
    hours.
    """

    access_root: ClassVar[str] = GLOBAL
    history_exempt: ClassVar[str] = "A random key, a digest and a path, kept 24 hours; the write has its own evidence."

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    digest = models.CharField(
        max_length=64, blank=True, help_text="Keyed digest of what was sent: tells a repeat from another form."
    )
    location = models.CharField(max_length=500, blank=True)
    submitted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="submitted_form_once")]
        indexes = [models.Index(fields=["submitted_at"], name="submitted_form_age")]

    def __str__(self) -> str:
        return f"submission {self.key}"
