"""First notifications of youth justice and mental health services, and the day on which a case was identified."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from agencies.roots import Owned
from rules.vocabulary import FirstNotificationState, GroundKind, ReceivedBy, choices

from .corrected import Corrected, corrected_with_reason
from .nominal import Nominal

# Terrorism is notified at national level; the other grounds are decisions, for which an agency refers.
GROUNDS = (GroundKind.NOTIFICATION, GroundKind.QUALIFYING_DISPOSAL)
NUMBER_LENGTH = 40
COMPARTMENT = "first_notification"


class FirstNotification(Corrected):
    """What an agency tells the unit of a new case, apart from any referral (R43). It is never removed.

    ``nominal`` is the person whom the sender found in the register and meant; empty, the name says who is meant, and
    stays all that the row tells: with which record it was taken over, that record's ``Identification`` says, so that
    its sender reads the answer and learns of no record. ``author`` wrote it here. What came otherwise the unit recorded
    for the agency, and ``received_by`` says how it came (R108). Until it is answered, its agency may correct it.
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("agency", ", notified notified_on", ", state")
    access_unrooted: ClassVar[Owned] = Owned("area", "agency", ("author",))

    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    nominal = models.ForeignKey(
        Nominal, on_delete=models.CASCADE, null=True, blank=True, related_name="first_notifications"
    )
    family_name = models.CharField("surname or only name", max_length=100, blank=True)
    given_names = models.CharField(max_length=100, blank=True)
    born_on = models.DateField("date of birth", null=True, blank=True)
    pnc = models.CharField("PNC ID", max_length=NUMBER_LENGTH, blank=True)
    noms = models.CharField("prison (NOMS) number", max_length=NUMBER_LENGTH, blank=True)
    crn = models.CharField("probation case reference (CRN)", max_length=NUMBER_LENGTH, blank=True)
    nhs = models.CharField("NHS number", max_length=NUMBER_LENGTH, blank=True)
    visor = models.CharField("ViSOR reference", max_length=NUMBER_LENGTH, blank=True)
    ground = models.CharField("ground believed", max_length=22, choices=[(kind.value, kind.label) for kind in GROUNDS])
    offence = models.CharField("offence, and sentence or order", max_length=300)
    sentenced_on = models.DateField("sentence or order passed on")
    release_on = models.DateField("earliest release or discharge", null=True, blank=True)
    notifier = models.CharField("who notifies", max_length=120)
    notified_on = models.DateField()
    author = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    received_by = models.CharField("received", max_length=6, choices=choices(ReceivedBy), blank=True)
    state = models.CharField(
        max_length=10, choices=choices(FirstNotificationState), default=FirstNotificationState.WAITING
    )
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.TextField("why refused", blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "first notification"
        ordering = ["-notified_on", "-id"]
        constraints = [
            corrected_with_reason("first_notification_corrected_with_reason"),
            models.CheckConstraint(
                name="first_notification_state_known", condition=Q(state__in=list(FirstNotificationState))
            ),
            models.CheckConstraint(name="first_notification_ground_known", condition=Q(ground__in=list(GROUNDS))),
            models.CheckConstraint(
                name="first_notification_about_somebody", condition=Q(nominal__isnull=False) | ~Q(family_name="")
            ),
            models.CheckConstraint(
                name="first_notification_after_sentence", condition=Q(notified_on__gte=F("sentenced_on"))
            ),
            models.CheckConstraint(
                name="first_notification_by_agency_or_unit",
                condition=Q(received_by="") | Q(author__isnull=True, received_by__in=list(ReceivedBy)),
            ),
            models.CheckConstraint(
                name="first_notification_answered_with_day",
                condition=Q(state=FirstNotificationState.WAITING, answered_on__isnull=True)
                | (~Q(state=FirstNotificationState.WAITING) & Q(answered_on__gte=F("notified_on"))),
            ),
            models.CheckConstraint(
                name="first_notification_refused_with_reason",
                condition=(Q(state=FirstNotificationState.REFUSED) & ~Q(answer=""))
                | (~Q(state=FirstNotificationState.REFUSED) & Q(answer="")),
            ),
        ]
        indexes = [models.Index(fields=["area", "state"], name="first_notification_of_area")]

    def __str__(self) -> str:
        return f"first notification {self.pk}"


class Identification(Corrected):
    """The managing agency knew, from a day, that the sentence made the person a MAPPA case (R42). One a sentence.

    ``notification`` is the first notification by which the unit knew.
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("agency", ", known known_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="identifications")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    sentenced_on = models.DateField("sentenced on")
    known_on = models.DateField("identified on")
    notification = models.ForeignKey(
        FirstNotification, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-sentenced_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["nominal", "sentenced_on"], name="identification_one_a_sentence"),
            models.CheckConstraint(name="identification_after_sentence", condition=Q(known_on__gte=F("sentenced_on"))),
            corrected_with_reason("identification_corrected_with_reason"),
        ]

    def __str__(self) -> str:
        return f"identification of nominal {self.nominal_id} on {self.known_on}"
