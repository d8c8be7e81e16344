"""What ties an agency to the arrangements: signatures, contacts, former council homes, and who takes whose place."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from agencies.roles import MEMBERSHIP_ROLES
from agencies.roots import GLOBAL
from agencies.spans import in_order, no_overlap
from rules.vocabulary import AgreementKind, ContactPart, Word, choices


class SuccessionRole(Word):
    """An agency's part when one body takes the place of others."""

    PREDECESSOR = "predecessor", "Is replaced"
    BESIDE = "beside", "Follows beside it, and takes over no open work"


class FormerHomes(models.Model):
    """A landlord holds the homes that a council let before: who asks the council about a tenancy asks the landlord."""

    access_root: ClassVar[str] = GLOBAL

    landlord = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="former_homes")
    authority = models.ForeignKey(
        "agencies.LocalHousingAuthority", on_delete=models.PROTECT, related_name="homes_held_by_others"
    )
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)

    class Meta:
        verbose_name_plural = "former homes"
        constraints = [
            in_order("former_homes_in_order"),
            no_overlap("former_homes_once", "landlord", "authority"),
        ]

    def __str__(self) -> str:
        return f"homes of authority {self.authority_id} held by agency {self.landlord_id}"


class Contact(models.Model):
    """The single point of contact of an agency, or the deputy, from a day to a day (R96)."""

    access_root: ClassVar[str] = GLOBAL

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="contacts")
    user = models.ForeignKey("agencies.User", on_delete=models.PROTECT, related_name="contact_for")
    part = models.CharField(max_length=6, choices=choices(ContactPart))
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)

    class Meta:
        constraints = [
            in_order("contact_in_order"),
            no_overlap("contact_one_a_part", "agency", "part"),
            no_overlap("contact_one_part_a_person", "agency", "user"),
            models.CheckConstraint(
                name="contact_part_known", condition=Q(part__in=[each.value for each in ContactPart])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} of agency {self.agency_id} from {self.starts_on}"


class Absence(models.Model):
    """Somebody is away, from a day to a day; why is not recorded. The deputy takes over."""

    access_root: ClassVar[str] = GLOBAL

    user = models.ForeignKey("agencies.User", on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField("from")
    ends_on = models.DateField("to")

    class Meta:
        constraints = [
            models.CheckConstraint(name="absence_in_order", condition=Q(ends_on__gte=F("starts_on"))),
            no_overlap("absence_once", "user"),
        ]

    def __str__(self) -> str:
        return f"absence of user {self.user_id} from {self.starts_on}"


class Agreement(models.Model):
    """A memorandum or an information sharing agreement that the agency has signed (R96)."""

    access_root: ClassVar[str] = GLOBAL

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=12, choices=choices(AgreementKind))
    signed_on = models.DateField()
    expires_on = models.DateField("last day", null=True, blank=True)

    class Meta:
        ordering = ["kind", "signed_on"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "kind", "signed_on"], name="agreement_signed_once_a_day"),
            models.CheckConstraint(
                name="agreement_in_order", condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("signed_on"))
            ),
            models.CheckConstraint(
                name="agreement_kind_known", condition=Q(kind__in=[each.value for each in AgreementKind])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of agency {self.agency_id}, signed {self.signed_on}"


class Succession(models.Model):
    """From a day on, one agency takes the place of others: a merger, a new name, a contract that changes hands.

    Planned, it is a row and nothing more; on its day the open work moves. ``name`` is that of a new body, empty where
    the successor exists already; ``council`` that of a new housing authority and panel area beside it. ``spoc`` and
    ``deputy`` are chosen where more people hold the parts than there are parts (R96).
    """

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="successions")
    happens_on = models.DateField("day")
    name = models.CharField("new agency", max_length=120, blank=True)
    council = models.CharField("new council", max_length=100, blank=True)
    reason = models.CharField(max_length=300)
    successor = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="successions"
    )
    spoc = models.ForeignKey(
        "agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="single point of contact",
    )  # fmt: skip
    deputy = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_on = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["happens_on", "id"]
        constraints = [
            models.CheckConstraint(name="succession_with_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="succession_has_successor", condition=~Q(name="") | Q(successor__isnull=False)),
            models.CheckConstraint(
                name="succession_done_with_successor", condition=Q(done_on__isnull=True) | Q(successor__isnull=False)
            ),
            models.CheckConstraint(name="succession_two_contacts", condition=~Q(spoc=F("deputy"))),
            models.CheckConstraint(
                name="succession_done_or_cancelled", condition=Q(done_on__isnull=True) | Q(cancelled_on__isnull=True)
            ),
            models.CheckConstraint(
                name="succession_not_done_early", condition=Q(done_on__isnull=True) | Q(done_on__gte=F("happens_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"succession on {self.happens_on}"


class SuccessionPart(models.Model):
    """An agency that a succession replaces, or one that follows beside the successor when a body is split."""

    access_root: ClassVar[str] = GLOBAL

    succession = models.ForeignKey(Succession, on_delete=models.CASCADE, related_name="parts")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="succession_parts")
    role = models.CharField(max_length=12, choices=choices(SuccessionRole))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["succession", "agency"], name="succession_part_once"),
            models.CheckConstraint(
                name="succession_part_known", condition=Q(role__in=[each.value for each in SuccessionRole])
            ),
        ]

    def __str__(self) -> str:
        return f"agency {self.agency_id} in succession {self.succession_id}"


class PlannedHandOver(models.Model):
    """Everything that somebody does in a role goes to a colleague on a day that lay ahead when it was said.

    The role stands here by what it is, and not as a row of it, which a merger of agencies cuts in two.
    """

    access_root: ClassVar[str] = GLOBAL

    leaver = models.ForeignKey("agencies.User", on_delete=models.PROTECT, related_name="hand_overs")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="hand_overs")
    role = models.CharField(max_length=24, choices=[(role.value, role.label) for role in MEMBERSHIP_ROLES])
    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="hand_overs")
    to = models.ForeignKey("agencies.User", on_delete=models.PROTECT, related_name="hand_overs_taken")
    happens_on = models.DateField("first day of the colleague")
    done_on = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    brought_back = models.BooleanField("what was dated ahead went back when it was called off", default=False)

    class Meta:
        ordering = ["happens_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="hand_over_brought_back_if_cancelled",
                condition=Q(brought_back=False) | Q(cancelled_on__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["leaver", "agency", "role", "area"], name="hand_over_waits_once",
                condition=Q(done_on__isnull=True, cancelled_on__isnull=True),
            ),
            models.CheckConstraint(name="hand_over_to_another", condition=~Q(leaver=F("to"))),
            models.CheckConstraint(
                name="hand_over_done_or_cancelled", condition=Q(done_on__isnull=True) | Q(cancelled_on__isnull=True)
            ),
            models.CheckConstraint(
                name="hand_over_not_done_early", condition=Q(done_on__isnull=True) | Q(done_on__gte=F("happens_on"))
            ),
            models.CheckConstraint(
                name="hand_over_role_known", condition=Q(role__in=[role.value for role in MEMBERSHIP_ROLES])
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.role} of user {self.leaver_id} to user {self.to_id} on {self.happens_on}"
