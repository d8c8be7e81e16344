"""People who sign in, the areas and agencies they act for, and the numbers an area has set for itself."""

from datetime import date
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from agencies.kinds import AgencyKind, Duty
from agencies.models import accounts, journal, oversight  # noqa: F401 - tables of this app that have a module of their own
from agencies.roles import MEMBERSHIP_ROLES, Perm, roles_with
from agencies.roots import GLOBAL
from agencies.spans import in_order, no_overlap, open_on
from rules.vocabulary import PersonWord, choices

from .partners import Absence, Agreement, Contact, FormerHomes, PlannedHandOver, Succession, SuccessionPart

__all__ = [
    "Absence",
    "Agency",
    "AgencyQuerySet",
    "Agreement",
    "Area",
    "Contact",
    "FormerHomes",
    "LocalHousingAuthority",
    "Membership",
    "PanelArea",
    "ParameterOverride",
    "PlannedHandOver",
    "Succession",
    "SuccessionPart",
    "User",
]

_SLUG_LENGTH = 60


class Area(models.Model):
    """One of the 42 MAPPA areas of England and Wales."""

    access_root: ClassVar[str] = GLOBAL

    slug = models.SlugField(max_length=_SLUG_LENGTH, unique=True)
    name = models.CharField(max_length=100, unique=True)
    starts_on = models.DateField(
        "start date",
        help_text="From this day the area works with this system. What was triggered before is brought forward (R106).",
    )
    person_word = models.CharField(
        "word for a managed person", max_length=10, choices=choices(PersonWord), default=PersonWord.NOMINAL
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="area_has_name", condition=~Q(name="") & ~Q(slug="")),
            # "Child" is the word for a child, whatever the area says of others (R30).
            models.CheckConstraint(
                name="area_person_word_known",
                condition=Q(person_word__in=[word.value for word in PersonWord if word is not PersonWord.CHILD]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LocalHousingAuthorityQuerySet(models.QuerySet["LocalHousingAuthority"]):
    """Filters of one line."""

    def on(self, day: date) -> "LocalHousingAuthorityQuerySet":
        """Those that no other has replaced by the day."""
        return self.filter(Q(successor__isnull=True) | Q(replaced_on__gt=day))


class LocalHousingAuthority(models.Model):
    """A council that houses people. Districts are merged from time to time; the successor may not be known yet."""

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="housing_authorities")
    name = models.CharField(max_length=100)
    replaced_on = models.DateField("to be replaced on", null=True, blank=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = LocalHousingAuthorityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "local housing authorities"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="housing_authority_once_an_area"),
            models.CheckConstraint(name="housing_authority_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="housing_authority_successor_dated",
                condition=Q(successor__isnull=True) | Q(replaced_on__isnull=False),
            ),
            models.CheckConstraint(
                name="housing_authority_not_own_successor",
                condition=Q(successor__isnull=True) | ~Q(successor=F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PanelAreaQuerySet(models.QuerySet["PanelArea"]):
    """Filters of one line."""

    def on(self, day: date) -> "PanelAreaQuerySet":
        """Those that no other has replaced by the day."""
        return self.filter(Q(successor__isnull=True) | Q(replaced_on__gt=day))


class PanelArea(models.Model):
    """A part of an area with Level 2 panels of its own: mostly a district, sometimes no district at all."""

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="panel_areas")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=_SLUG_LENGTH)
    housing_authority = models.ForeignKey(
        LocalHousingAuthority, on_delete=models.PROTECT, null=True, blank=True, related_name="panel_areas"
    )
    replaced_on = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = PanelAreaQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="panel_area_name_once_an_area"),
            models.UniqueConstraint(fields=["area", "slug"], name="panel_area_slug_once_an_area"),
            models.CheckConstraint(name="panel_area_has_name", condition=~Q(name="") & ~Q(slug="")),
            models.CheckConstraint(
                name="panel_area_successor_dated",
                condition=Q(successor__isnull=True, replaced_on__isnull=True)
                | Q(successor__isnull=False, replaced_on__isnull=False),
            ),
            models.CheckConstraint(
                name="panel_area_not_own_successor", condition=Q(successor__isnull=True) | ~Q(successor=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Filters of one line."""

    def on(self, day: date) -> "AgencyQuerySet":
        """Those that take part on the day."""
        return self.filter(open_on(day))


class Agency(models.Model):
    """A body that takes part, in one area. Its group is the holder of its grants and has no members of its own.

    It takes part from ``starts_on`` to ``ends_on``; without a first day it is known, and has not begun to take part.
    ``serves``: the panel areas in which it works, where several of its kind share an area; none: all.
    """

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="agencies")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=_SLUG_LENGTH)
    kind = models.CharField(max_length=24, choices=choices(AgencyKind))
    duty = models.CharField(max_length=2, choices=choices(Duty), blank=True)
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="teams")
    housing_authority = models.ForeignKey(
        LocalHousingAuthority, on_delete=models.PROTECT, null=True, blank=True, related_name="agencies"
    )
    serves = models.ManyToManyField(PanelArea, blank=True, related_name="served_by")
    starts_on = models.DateField("takes part from", null=True, blank=True)
    ends_on = models.DateField("to", null=True, blank=True)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="agency")

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["name"]
        constraints = [
            in_order("agency_in_order"),
            models.CheckConstraint(
                name="agency_ends_if_it_began", condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=False)
            ),
            models.UniqueConstraint(fields=["area", "name"], name="agency_name_once_an_area"),
            models.UniqueConstraint(fields=["area", "slug"], name="agency_slug_once_an_area"),
            models.CheckConstraint(name="agency_has_name", condition=~Q(name="") & ~Q(slug="")),
            models.CheckConstraint(name="agency_kind_known", condition=Q(kind__in=[kind.value for kind in AgencyKind])),
            models.CheckConstraint(name="agency_duty_known", condition=Q(duty__in=[duty.value for duty in Duty])),
            models.CheckConstraint(
                name="agency_not_part_of_itself", condition=Q(part_of__isnull=True) | ~Q(part_of=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def takes_part_on(self, day: date) -> bool:
        """The day lies within its time, both ends included."""
        begun = self.starts_on is not None and self.starts_on <= day
        return begun and (self.ends_on is None or day <= self.ends_on)


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail, whatever the case of its letters. It makes none: ``agencies.services`` does."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person who signs in, by e-mail. There is no superuser: what a person may do comes from a membership."""

    access_root: ClassVar[str] = GLOBAL

    email = models.EmailField("e-mail address", unique=True)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100)
    is_active = models.BooleanField("can sign in", default=True)
    category_4 = models.BooleanField("cleared for Category 4", default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["family_name"]

    objects = UserManager()

    class Meta:
        ordering = ["family_name", "given_name", "id"]
        constraints = [
            models.CheckConstraint(name="user_email_in_lower_case", condition=Q(email=Lower("email")) & ~Q(email="")),
            models.CheckConstraint(name="user_has_name", condition=~Q(family_name="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Given name first, as people write them."""
        return f"{self.given_name} {self.family_name}".strip()


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Filters of one line."""

    def on(self, day: date) -> "MembershipQuerySet":
        """Those that hold on the day, of people who can sign in."""
        return self.filter(open_on(day), user__is_active=True)


class Membership(models.Model):
    """A person acts in a role, for an agency, in an area, from a day to a day.

    ``manages``: they manage others there, and may endorse the agency's referrals (R44); in roles that endorse only.
    """

    access_root: ClassVar[str] = GLOBAL

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=24, choices=[(role.value, role.label) for role in MEMBERSHIP_ROLES])
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="memberships")
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)
    manages = models.BooleanField("manager who may endorse referrals", default=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("membership_in_order"),
            no_overlap("membership_once", "user", "agency", "role", "area"),
            models.CheckConstraint(
                name="membership_role_known", condition=Q(role__in=[role.value for role in MEMBERSHIP_ROLES])
            ),
            models.CheckConstraint(
                name="membership_manages_where_it_endorses",
                condition=Q(manages=False) | Q(role__in=[role.value for role in roles_with(Perm.REFERRAL_ENDORSE)]),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "starts_on"], name="membership_user"),
            models.Index(fields=["area", "role"], name="membership_area_role"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} of user {self.user_id} from {self.starts_on}"

    def holds_on(self, day: date) -> bool:
        """The day lies within the span, both ends included."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class ParameterOverride(models.Model):
    """A number that an area has set for itself, from a day, with its reason. Read by ``agencies.parameters``."""

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="parameters")
    key = models.CharField(max_length=60)
    value = models.JSONField()
    holds_from = models.DateField()
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["key", "holds_from"]
        constraints = [
            models.UniqueConstraint(fields=["area", "key", "holds_from"], name="parameter_once_a_day"),
            models.CheckConstraint(name="parameter_with_reason", condition=~Q(reason="") & ~Q(key="")),
        ]

    def __str__(self) -> str:
        return f"{self.key} from {self.holds_from}"
