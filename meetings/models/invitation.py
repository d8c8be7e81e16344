"""Invitations to slots with their answers, the table of who is invited, and the calendar entries that go out."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from agencies.kinds import AgencyKind
from agencies.roots import GLOBAL
from rules.invitations import reasons_in_words
from rules.vocabulary import CalendarMethod, InvitationAnswer, InviteReason, ReceivedHow, choices

from .panel import Room
from .sitting import REASON_LENGTH, Sitting, Slot

# Who is invited, what they answered and who comes: the unit's; an agency sees its own on the meeting's page.
COMPARTMENT = "invitation"
NAME_LENGTH = 150
LONGEST_JOINING_TEXT = 2_000


class InviteRule(models.Model):
    """What an area has set for one reason to invite: a kind of agency, or one agency, invited or not.

    A reason without rows goes by ``rules.invitations.INVITED``.
    """

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey("agencies.Area", on_delete=models.CASCADE, related_name="invite_rules")
    reason = models.CharField(max_length=20, choices=choices(InviteReason))
    kind = models.CharField(max_length=24, choices=choices(AgencyKind), blank=True)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    invited = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="invite_rule_reason_known", condition=Q(reason__in=list(InviteReason))),
            models.CheckConstraint(
                name="invite_rule_of_one_thing",
                condition=Q(kind="", agency__isnull=False) | (~Q(kind="") & Q(agency__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["area", "reason", "kind", "agency"], name="invite_rule_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} in area {self.area_id}"


class JoiningText(models.Model):
    """How one joins a meeting of the area and what is expected there: goes with everybody's first invitation."""

    access_root: ClassVar[str] = GLOBAL

    area = models.OneToOneField("agencies.Area", on_delete=models.CASCADE, related_name="joining_text")
    text = models.CharField(max_length=LONGEST_JOINING_TEXT, blank=True)

    def __str__(self) -> str:
        return f"joining text of area {self.area_id}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Filters of one line."""

    def live(self) -> "InvitationQuerySet":
        """Neither withdrawn, nor to a meeting that was cancelled."""
        return self.filter(withdrawn_on=None, slot__cancelled_on=None)

    def unanswered(self) -> "InvitationQuerySet":
        """Live, of an agency, and without an answer."""
        return self.live().filter(answer=InvitationAnswer.NONE, agency__isnull=False)


class Invitation(models.Model):
    """One agency, or one guest without an account, invited to one person's meeting, and what they answered (R59).

    A guest's answer is written down by the unit, as an agency's may be: then it stands here from whom it came, how and
    on which day (R108). ``attends`` is who comes for the agency: that slot keeps them busy. ``answered_at`` is when the
    answer that stands was given here, or said by calendar reply; ``remark`` what stood in that reply. ``perhaps_on``:
    whoever is reached replied "perhaps", which is no answer.
    """

    access_root: ClassVar[str] = "slot__nominal"
    heading: ClassVar[tuple[str, ...]] = ("agency", "guest_name", ", reasons")

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="invitations")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    guest_name = models.CharField("guest", max_length=NAME_LENGTH, blank=True)
    guest_email = models.EmailField("their e-mail address", blank=True)
    reasons = ArrayField(models.CharField(max_length=20, choices=choices(InviteReason)), verbose_name="why")
    because = models.CharField("why, in words", max_length=REASON_LENGTH, blank=True)
    invited_on = models.DateField()
    answer = models.CharField(max_length=12, choices=choices(InvitationAnswer), default=InvitationAnswer.NONE)
    deputy = models.CharField("who comes as deputy", max_length=NAME_LENGTH, blank=True)
    why_not = models.CharField("why not needed", max_length=REASON_LENGTH, blank=True)
    attends = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    received_from = models.CharField("from", max_length=NAME_LENGTH, blank=True)
    received_how = models.CharField("how", max_length=8, choices=choices(ReceivedHow), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField("what they wrote", max_length=REASON_LENGTH, blank=True)
    perhaps_on = models.DateField("said perhaps on", null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["agency__name", "guest_name", "id"]
        constraints = [
            models.CheckConstraint(
                name="invitation_of_agency_or_guest",
                condition=Q(agency__isnull=False, guest_name="", guest_email="")
                | (Q(agency__isnull=True, attends__isnull=True) & ~Q(guest_name="") & ~Q(guest_email="")),
            ),
            models.CheckConstraint(name="invitation_answer_known", condition=Q(answer__in=list(InvitationAnswer))),
            models.CheckConstraint(name="invitation_how_known", condition=Q(received_how__in=["", *ReceivedHow])),
            models.CheckConstraint(
                name="invitation_reasons_known",
                condition=Q(reasons__contained_by=list(InviteReason), reasons__len__gte=1),
            ),
            models.CheckConstraint(
                name="invitation_by_hand_in_words",
                condition=~Q(reasons__contains=[InviteReason.BY_HAND]) | ~Q(because=""),
            ),
            models.CheckConstraint(
                name="invitation_answered_on_a_day",
                condition=Q(answer=InvitationAnswer.NONE, answered_on__isnull=True, attends__isnull=True)
                | (~Q(answer=InvitationAnswer.NONE) & Q(answered_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="invitation_deputy_named",
                condition=Q(answer=InvitationAnswer.DEPUTY) & ~Q(deputy="")
                | ~Q(answer=InvitationAnswer.DEPUTY) & Q(deputy=""),
            ),
            models.CheckConstraint(
                name="invitation_not_needed_because",
                condition=Q(answer=InvitationAnswer.NOT_NEEDED) & ~Q(why_not="")
                | ~Q(answer=InvitationAnswer.NOT_NEEDED) & Q(why_not=""),
            ),
            models.CheckConstraint(
                name="invitation_received_from_somebody",
                condition=Q(received_from="", received_how="")
                | ~Q(received_from="") & ~Q(received_how="") & ~Q(answer=InvitationAnswer.NONE),
            ),
            models.CheckConstraint(
                name="invitation_perhaps_is_no_answer",
                condition=Q(perhaps_on__isnull=True) | Q(answer=InvitationAnswer.NONE),
            ),
            models.CheckConstraint(
                name="invitation_remark_with_a_reply",
                condition=Q(remark="") | Q(received_how=ReceivedHow.CALENDAR) | Q(perhaps_on__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_withdrawn_after_it_was_sent",
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("invited_on")),
            ),
            models.UniqueConstraint(
                fields=["slot", "agency"], name="invitation_once_an_agency", condition=Q(withdrawn_on__isnull=True)
            ),
            models.UniqueConstraint(
                "slot",
                Lower("guest_email"),
                name="invitation_once_a_guest",
                condition=Q(withdrawn_on__isnull=True, agency__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["agency", "answer"], name="invitation_of_agency")]

    def __str__(self) -> str:
        return f"invitation {self.pk} to slot {self.slot_id}"

    @property
    def whom(self) -> str:
        """The agency, or the guest."""
        return self.agency.name if self.agency is not None else self.guest_name

    @property
    def why(self) -> list[str]:
        """Its reasons in words."""
        words = [InviteReason(code).label for code in self.reasons if code != InviteReason.BY_HAND]
        return [*words, *([self.because] if self.because else [])]

    @property
    def why_in_words(self) -> str:
        """The same as one line."""
        reasons = [InviteReason(code) for code in self.reasons if code != InviteReason.BY_HAND]
        return reasons_in_words(reasons, self.because)


class CalendarEntry(models.Model):
    """What one person has of one sitting in their calendar: one entry, from their first to their last own slot.

    Everybody has one a sitting, by account or, a guest, by e-mail address. What went out stands in its issues.
    """

    access_root: ClassVar[str] = GLOBAL

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="calendar_entries")
    user = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    address = models.EmailField(blank=True)
    uid = models.UUIDField(default=uuid4, unique=True, editable=False)

    class Meta:
        verbose_name_plural = "calendar entries"
        constraints = [
            models.CheckConstraint(
                name="calendar_entry_of_one_person",
                condition=Q(user__isnull=False, address="") | Q(user__isnull=True) & ~Q(address=""),
            ),
            models.UniqueConstraint(
                fields=["sitting", "user"], name="calendar_entry_once_a_person", condition=Q(user__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["sitting", "address"], name="calendar_entry_once_a_guest", condition=Q(user__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"calendar entry {self.pk}"


class CalendarIssue(models.Model):
    """One sending of a calendar entry, as it went out; the next one has the next number. Only added.

    ``order`` says which slots at which times it covers (``meetings.invited.OwnTimes``): one of them may be put between
    others and leave the hours of the whole as they were.
    """

    access_root: ClassVar[str] = GLOBAL

    entry = models.ForeignKey(CalendarEntry, on_delete=models.CASCADE, related_name="issues")
    sequence = models.PositiveIntegerField()
    method = models.CharField(max_length=8, choices=choices(CalendarMethod))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    order = models.CharField(max_length=64, blank=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    join_link = models.URLField(blank=True, max_length=500)
    issued_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "sequence"], name="calendar_issue_once"),
            models.CheckConstraint(name="calendar_issue_in_order", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="calendar_issue_method_known", condition=Q(method__in=list(CalendarMethod))),
        ]

    def __str__(self) -> str:
        return f"issue {self.sequence} of calendar entry {self.entry_id}"
