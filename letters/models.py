"""What leaves the system: copies with their numbers, and messages."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from agencies.access import GLOBAL
from rules.vocabulary import choices

from .states import State


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


_ON_THE_WAY = [State.WAITING.value, State.CLAIMED.value]


class Message(models.Model):
    """One letter to one person, or to the address of a guest without an account: the outbox.

    These rows are the truth; a task only says "look now".

    `event_key` names what happened (such as ``personal_grant:12``): nobody is told of one event twice. `key` makes the
    Message-ID, the same at every attempt. A worker that takes the row holds a lease until `lease_ends_at`; `handed_at`
    is written just before the mail server is given the message, so a lease that ran out tells "not sent" from "maybe".
    `fault` is the code of the last failure, never a server's text, which may hold an address.
    """

    access_root: ClassVar[str] = GLOBAL

    kind = models.SlugField("kind", max_length=40)
    event_key = models.CharField("event", max_length=80)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    address = models.EmailField("address of a guest", blank=True)
    subject_id = models.BigIntegerField("about")
    key = models.UUIDField("key", default=uuid4, unique=True, editable=False)
    state = models.CharField("state", max_length=12, choices=choices(State), default=State.WAITING.value)
    attempts = models.PositiveSmallIntegerField("attempts", default=0)
    posted_at = models.DateTimeField("posted at", db_default=Now())
    due_at = models.DateTimeField("not before", db_default=Now())
    lease_ends_at = models.DateTimeField("claimed until", null=True)
    handed_at = models.DateTimeField("handed to the mail server at", null=True)
    settled_at = models.DateTimeField("settled at", null=True)
    fault = models.CharField("last failure", max_length=60, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["event_key", "recipient"], name="message_once_an_event"),
            models.UniqueConstraint(
                fields=["event_key", "address"], name="message_once_a_guest", condition=Q(recipient__isnull=True)
            ),
            models.CheckConstraint(
                name="message_to_one_person",
                condition=Q(recipient__isnull=False, address="") | (Q(recipient__isnull=True) & ~Q(address="")),
            ),
            models.CheckConstraint(name="message_state_known", condition=Q(state__in=[state.value for state in State])),
            models.CheckConstraint(
                name="message_claimed_with_lease",
                condition=Q(state=State.CLAIMED.value, lease_ends_at__isnull=False)
                | (~Q(state=State.CLAIMED.value) & Q(lease_ends_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_settled_with_time",
                condition=Q(state__in=_ON_THE_WAY, settled_at__isnull=True)
                | (~Q(state__in=_ON_THE_WAY) & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(name="message_names_its_event", condition=~Q(event_key="") & ~Q(kind="")),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="message_due", condition=Q(state__in=_ON_THE_WAY)),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def sent_to(self) -> str:
        """The e-mail address it goes to."""
        return self.address if self.recipient is None else self.recipient.email
