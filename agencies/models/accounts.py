"""Tables around an account: how it is opened, what takes two persons, and who else may vouch for its holder."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from agencies.roles import Role
from agencies.roots import GLOBAL
from rules.vocabulary import Word, choices

_OPEN = Q(confirmed_at__isnull=True, withdrawn_at__isnull=True)


class Invitation(models.Model):
    """A link by which somebody sets the first password of their account: once, and for a few days only.

    The link's key is not kept, only its digest. A new link takes the place of the one before.
    """

    access_root: ClassVar[str] = GLOBAL

    user = models.ForeignKey("agencies.User", on_delete=models.PROTECT, related_name="invitations")
    token_digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="invitation_one_open_a_user",
                fields=["user"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="invitation_ends_one_way", condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(name="invitation_in_order", condition=Q(expires_at__gt=F("sent_at"))),
        ]

    def __str__(self) -> str:
        return f"invitation of user {self.user_id}"


class RoleOffer(models.Model):
    """A role offered to somebody who has an account already: it holds once they have taken it themselves.

    So an administrator learns nothing about an account of another area, and nobody is drawn into an area unasked.
    """

    access_root: ClassVar[str] = GLOBAL

    user = models.ForeignKey("agencies.User", on_delete=models.PROTECT, related_name="role_offers")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=24)
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)
    manages = models.BooleanField("manages others: may endorse referrals", default=False)
    offered_by = models.ForeignKey(
        "agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: a command"
    )
    offered_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_offer_ends_one_way", condition=Q(taken_at__isnull=True) | Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(
                name="role_offer_in_order", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(name="role_offer_of_a_role", condition=~Q(role="")),
            models.UniqueConstraint(
                name="role_offer_once",
                fields=["user", "agency", "role"],
                condition=Q(taken_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} offered to user {self.user_id}"

    def get_role_display(self) -> str:
        """The role in words."""
        return Role(self.role).label


class Act(Word):
    """What nobody does alone."""

    SECOND_FACTOR_RESET = "second_factor_reset", "Reset the second factor"
    CATEGORY_4_CLEARANCE = "category_4_clearance", "Clear for Category 4"
    ADMINISTRATOR_ROLE = "administrator_role", "Give the role of system administrator"
    SIGN_IN_PROVIDER = "sign_in_provider", "Set up an agency's own sign-in"


class TwoPersonAct(models.Model):
    """One administrator asks, with a reason; another confirms, in time. Neither is the person it is about.

    An agency's sign-in is about nobody in particular: it has an agency, a proposal and no person.
    """

    access_root: ClassVar[str] = GLOBAL

    kind = models.CharField(max_length=24, choices=choices(Act))
    user = models.ForeignKey(
        "agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="two_person_acts"
    )
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(
        "agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: a command"
    )
    asked_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        "agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: a command"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="two_person_act_known", condition=Q(kind__in=[act.value for act in Act])),
            models.CheckConstraint(name="two_person_act_with_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="two_person_act_not_asked_for_oneself",
                condition=Q(asked_by__isnull=True) | ~Q(asked_by=F("user")),
            ),
            models.CheckConstraint(
                name="two_person_act_by_two",
                condition=Q(confirmed_by__isnull=True)
                | (~Q(confirmed_by=F("user")) & (Q(asked_by__isnull=True) | ~Q(confirmed_by=F("asked_by")))),
            ),
            models.CheckConstraint(
                name="two_person_act_ends_one_way",
                condition=Q(confirmed_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="two_person_act_confirmed_in_time",
                condition=Q(confirmed_at__isnull=True) | Q(confirmed_at__lte=F("expires_at")),
            ),
            models.CheckConstraint(
                name="two_person_act_confirmer_dated",
                condition=Q(confirmed_by__isnull=True) | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="two_person_act_about",
                condition=Q(kind=Act.ADMINISTRATOR_ROLE.value, agency__isnull=False, user__isnull=False)
                | Q(kind=Act.SIGN_IN_PROVIDER.value, agency__isnull=False, user__isnull=True)
                | (
                    ~Q(kind__in=[Act.ADMINISTRATOR_ROLE.value, Act.SIGN_IN_PROVIDER.value])
                    & Q(agency__isnull=True, user__isnull=False)
                ),
            ),
            models.UniqueConstraint(name="two_person_act_asked_once", fields=["user", "kind"], condition=_OPEN),
            models.UniqueConstraint(
                name="two_person_act_once_an_agency", fields=["agency", "kind"], condition=_OPEN & Q(user__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of user {self.user_id}" if self.user_id else f"{self.kind} of agency {self.agency_id}"


class ProviderSettings(models.Model):
    """How this installation is known to an agency's own sign-in, and what the sign-in is trusted with."""

    issuer = models.CharField(max_length=300, help_text="As the provider itself writes it, letter by letter")
    client_id = models.CharField(max_length=200)
    client_secret = models.TextField(blank=True, help_text="Sealed (agencies.sealing); no page shows it")
    is_active = models.BooleanField("in use", default=True)
    demanded = models.BooleanField("the agency's people sign in by it only", default=False)
    trusts_second_factor = models.BooleanField("its second factor counts as ours", default=False)
    second_factor_values = models.CharField(
        max_length=200, blank=True, help_text="Values of amr or acr that mean a second factor, separated by spaces"
    )

    class Meta:
        abstract = True


class SignInProvider(ProviderSettings):
    """An agency's own sign-in, by OpenID Connect: it vouches for the agency's people and for nobody else."""

    access_root: ClassVar[str] = GLOBAL

    agency = models.OneToOneField("agencies.Agency", on_delete=models.PROTECT, related_name="sign_in_provider")

    class Meta:
        constraints = [
            models.CheckConstraint(name="sign_in_provider_complete", condition=~Q(issuer="") & ~Q(client_id="")),
            models.CheckConstraint(
                name="sign_in_provider_demanded_in_use", condition=Q(demanded=False) | Q(is_active=True)
            ),
            models.CheckConstraint(
                name="sign_in_provider_trust_is_named",
                condition=Q(trusts_second_factor=False) | ~Q(second_factor_values=""),
            ),
        ]

    def __str__(self) -> str:
        return f"sign-in of agency {self.agency_id}"


class ProviderProposal(ProviderSettings):
    """What a second person is asked to confirm about an agency's sign-in. An empty secret leaves the one there is."""

    access_root: ClassVar[str] = GLOBAL

    act = models.OneToOneField(TwoPersonAct, on_delete=models.PROTECT, related_name="proposal")

    class Meta:
        constraints = [
            models.CheckConstraint(name="provider_proposal_complete", condition=~Q(issuer="") & ~Q(client_id="")),
        ]

    def __str__(self) -> str:
        return f"proposal of act {self.act_id}"


class ProviderLink(models.Model):
    """Who a provider means by one of its subjects: settled at the first sign-in, and not by e-mail ever after."""

    access_root: ClassVar[str] = GLOBAL

    provider = models.ForeignKey(SignInProvider, on_delete=models.PROTECT, related_name="links")
    user = models.ForeignKey("agencies.User", on_delete=models.PROTECT, related_name="provider_links")
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="provider_subject_once", fields=["provider", "subject"]),
            models.UniqueConstraint(name="provider_user_once", fields=["provider", "user"]),
            models.CheckConstraint(name="provider_subject_given", condition=~Q(subject="")),
        ]

    def __str__(self) -> str:
        return f"link of user {self.user_id}"
