"""A person's own calendar feed: an address that calendar programs ask without signing in."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from agencies.access import GLOBAL


class FeedToken(models.Model):
    """What opens a person's calendar feed, until it is revoked. Of the token itself only the digest is kept.

    ``last_used_on`` tells its owner whether a program still asks for it.
    """

    access_root: ClassVar[str] = GLOBAL

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="feed_tokens")
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="feed_token_one_open_a_user", fields=["user"], condition=Q(revoked_at__isnull=True)
            ),
            models.CheckConstraint(
                name="feed_token_in_order", condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"feed of user {self.user_id}"
