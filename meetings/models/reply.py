"""Messages that came to the mailbox of calendar replies: each read once; what a person has to look at is the tray."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from agencies.roots import GLOBAL
from rules.vocabulary import CalendarAnswer, ReplyState, choices

from .invitation import CalendarEntry

_CLOSED = [ReplyState.BY_HAND, ReplyState.NOTHING]
REASONS_LENGTH = 500
TEXT_LENGTH = 2_000


class CalendarReply(models.Model):
    """One message, by the digest of its octets, and what became of it.

    ``entry`` is what it answers, ``area`` whose unit looks at it; without one every unit does, for nothing is kept of
    what a stranger wrote. ``sender`` is the address of somebody known, ``text`` what they wrote: only while the message
    waits to be looked at, for those who plan the area's meetings.
    """

    access_root: ClassVar[str] = GLOBAL

    digest = models.CharField(max_length=64, unique=True, editable=False)
    entry = models.ForeignKey(CalendarEntry, on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sender = models.EmailField(blank=True)
    said = models.CharField(max_length=10, choices=choices(CalendarAnswer), blank=True)
    said_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=choices(ReplyState))
    why = models.CharField(max_length=REASONS_LENGTH, blank=True)
    text = models.CharField(max_length=TEXT_LENGTH, blank=True)
    read_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "calendar replies"
        constraints = [
            models.CheckConstraint(name="calendar_reply_state_known", condition=Q(state__in=list(ReplyState))),
            models.CheckConstraint(
                name="calendar_reply_waits_for_a_reason", condition=Q(state=ReplyState.COUNTED) | ~Q(why="")
            ),
            models.CheckConstraint(
                name="calendar_reply_text_while_it_waits", condition=Q(text="") | Q(state=ReplyState.WAITING)
            ),
            models.CheckConstraint(
                name="calendar_reply_closed_on_a_day",
                condition=Q(state__in=_CLOSED, closed_on__isnull=False)
                | ~Q(state__in=_CLOSED) & Q(closed_on__isnull=True, closed_by__isnull=True),
            ),
            models.CheckConstraint(
                name="calendar_reply_of_a_stranger_says_nothing",
                condition=Q(area__isnull=False) | Q(entry__isnull=True, sender="", text=""),
            ),
            models.CheckConstraint(
                name="calendar_reply_said_at_a_time", condition=Q(said="") | Q(said_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["area"], name="calendar_reply_waiting", condition=Q(state=ReplyState.WAITING))]

    def __str__(self) -> str:
        return f"calendar reply {self.pk}"
