"""The managed person and what identifies them (R1 to R6)."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Replace, Upper

from agencies.spans import in_order
from rules.vocabulary import AliasKind, Handling, IdentifierKind, Sex, Tenure, choices

from .corrected import Corrected, corrected_with_reason

SOUND_ARRAY = "daitch_mokotoff"


def full_name() -> Func:
    """``FAMILY GIVEN`` in capitals, the text that the trigram index holds."""
    return Upper(Func(F("family_name"), Value(" "), F("given_names"), arg_joiner=" || ", template="(%(expressions)s)"))


def squeezed_postcode() -> Replace:
    """The postcode without its space, as its index holds it."""
    return Replace(F("postcode"), Value(" "), Value(""))


HIDDEN = [each.value for each in Handling if each is not Handling.ORDINARY]
"""Handling that keeps a record from those who read the others of its area (R99, R100)."""


class Nominal(models.Model):
    """A person managed under MAPPA. Category and level are derived from grounds and spans, never stored here."""

    access_root: ClassVar[str] = ""
    heading: ClassVar[tuple[str, ...]] = ("given_names", "family_name", ", born date_of_birth")

    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="nominals")
    panel_area = models.ForeignKey(
        "agencies.PanelArea", on_delete=models.PROTECT, related_name="nominals", null=True, blank=True
    )
    family_name = models.CharField("surname or only name", max_length=100)
    given_names = models.CharField(max_length=100, blank=True)
    date_of_birth = models.DateField("date of birth", null=True, blank=True, help_text="Empty means unknown (R1).")
    sex = models.CharField(max_length=10, choices=choices(Sex), default=Sex.UNKNOWN)
    handling = models.CharField(max_length=12, choices=choices(Handling), default=Handling.ORDINARY)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="absorbed",
        help_text="The record that this one was merged into; hidden everywhere while it is.",
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, help_text="Rises with every change, so that no edit is lost.")

    class Meta:
        verbose_name = "nominal"
        indexes = [
            # With the area: of a common name there are thousands in the country, and a few dozen in an area. Written at
            # once: what waits to be sorted in is read by every search.
            GinIndex(
                F("area"), OpClass(full_name(), name="gin_trgm_ops"), name="nominal_area_trigram", fastupdate=False
            ),
            GinIndex(
                F("area"),
                Func(F("family_name"), function=SOUND_ARRAY),
                name="nominal_area_family_sound",
                fastupdate=False,
            ),
            GinIndex(
                F("area"),
                Func(F("given_names"), function=SOUND_ARRAY),
                name="nominal_area_given_sound",
                fastupdate=False,
            ),
            models.Index(fields=["area", "family_name", "given_names", "id"], name="nominal_area_name"),
            models.Index(fields=["date_of_birth"], name="nominal_birth"),
            models.Index(fields=["panel_area"], name="nominal_panel_area"),
            # They are few, and Today asks of all of them whether they stand in the register twice.
            models.Index(fields=["area"], name="nominal_hidden", condition=Q(handling__in=HIDDEN)),
        ]
        constraints = [
            # What an area is copied beside refers to both (another name, for its index).
            models.UniqueConstraint(fields=["id", "area"], name="nominal_with_its_area"),
            models.CheckConstraint(name="nominal_has_name", condition=~Q(family_name="")),
            models.CheckConstraint(name="nominal_handling_known", condition=Q(handling__in=list(Handling))),
            models.CheckConstraint(name="nominal_sex_known", condition=Q(sex__in=list(Sex))),
            models.CheckConstraint(
                name="nominal_not_merged_into_itself", condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk"))
            ),
        ]
        # The one codename of the grant tables (CaseParticipation, PersonalGrant).
        permissions = [("take_part", "Takes part in the case")]

    def __str__(self) -> str:
        return f"nominal {self.pk}"

    @property
    def name(self) -> str:
        """Given names first, as people write them."""
        return f"{self.given_names} {self.family_name}".strip()


class Identifier(models.Model):
    """One number under which an agency knows the person (R2, R3).

    Not unique across people: a clash is shown to those with the right to see it, and no constraint may betray a
    hidden person (R4).
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("kind", "value")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=8, choices=choices(IdentifierKind))
    value = models.CharField(max_length=40, help_text="As it was typed.")
    normalised = models.CharField(max_length=40, help_text="Canonical form, by which it is found.")
    valid = models.BooleanField(
        help_text="Its format and check character are right; otherwise shown as unverified (R2)."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nominal", "kind", "normalised"], name="identifier_once_a_person"),
            models.CheckConstraint(name="identifier_kind_known", condition=Q(kind__in=list(IdentifierKind))),
            models.CheckConstraint(name="identifier_not_empty", condition=~Q(normalised="")),
        ]
        indexes = [models.Index(fields=["normalised", "kind"], name="identifier_normalised")]

    def __str__(self) -> str:
        return f"{self.kind} of nominal {self.nominal_id}"


class Alias(models.Model):
    """Another name by which the person is or was known; a nickname counts (R5)."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("given_names", "family_name", ", kind")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="aliases")
    area = models.ForeignKey(
        "agencies.Area",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        editable=False,
        help_text="The person's, as the database holds it to: names are looked for within an area.",
    )
    kind = models.CharField(max_length=10, choices=choices(AliasKind), default=AliasKind.ALIAS)
    family_name = models.CharField("surname or only name", max_length=100)
    given_names = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "aliases"
        constraints = [
            models.UniqueConstraint(
                fields=["nominal", "kind", "family_name", "given_names"], name="alias_once_a_person"
            ),
            models.CheckConstraint(name="alias_has_name", condition=~Q(family_name="")),
            models.CheckConstraint(name="alias_kind_known", condition=Q(kind__in=list(AliasKind))),
        ]
        indexes = [
            GinIndex(F("area"), OpClass(full_name(), name="gin_trgm_ops"), name="alias_area_trigram", fastupdate=False),
            GinIndex(
                F("area"), Func(F("family_name"), function=SOUND_ARRAY), name="alias_area_sound", fastupdate=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of nominal {self.nominal_id}"


class Address(Corrected):
    """Where the person lives, from a day to a day. Several may run at once (a home and a partner's).

    ``tenure``: from whose home it is follows whether housing is invited (R57).
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("lines", ", postcode", ", no_fixed_abode", ", from starts_on", "to ends_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="addresses")
    no_fixed_abode = models.BooleanField(default=False)
    lines = models.CharField("address", max_length=300, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    tenure = models.CharField("whose home it is", max_length=9, choices=choices(Tenure), blank=True)
    closest_links = models.ForeignKey(
        "agencies.LocalHousingAuthority",
        verbose_name="area of closest links",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            in_order("address_in_order"),
            models.CheckConstraint(
                name="address_or_no_fixed_abode",
                condition=(Q(no_fixed_abode=True, lines="", closest_links__isnull=False))
                | (Q(no_fixed_abode=False) & ~Q(lines="")),
                violation_error_message="Give an address, or no fixed abode with the area of closest links (R6).",
            ),
            models.CheckConstraint(
                name="address_tenure_of_a_home",
                condition=Q(tenure=Tenure.UNKNOWN) | Q(no_fixed_abode=False, tenure__in=list(Tenure)),
            ),
            corrected_with_reason("address_corrected_with_reason"),
        ]
        indexes = [
            models.Index(OpClass(squeezed_postcode(), name="text_pattern_ops"), name="address_postcode_squeezed"),
            GinIndex(OpClass(Upper("lines"), name="gin_trgm_ops"), name="address_lines_trigram", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"address of nominal {self.nominal_id} from {self.starts_on}"
