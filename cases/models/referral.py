"""Referrals to Level 2 or 3, from the first word of a draft to the decision; panel members, votes, the record of each
change of state.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from agencies.roots import GLOBAL, Kept, Owned
from agencies.spans import in_order, no_overlap
from rules.vocabulary import (
    Category,
    DeclineReason,
    Detention,
    HospitalSection,
    Level,
    OffenceOutcome,
    PanelStanding,
    ReferralHand,
    ReferralState,
    ReferralVerb,
    RiskLevel,
    Vote,
    choices,
)

from .nominal import Nominal

# Who reads a referral is said by its own page; no history of a person shows it.
COMPARTMENT = "referral"
_DECIDED = (ReferralState.ACCEPTED, ReferralState.DECLINED)
# Of whom the risk of serious harm is assessed, each by itself.
RISK_GROUPS = ("risk_children", "risk_known_adult", "risk_public", "risk_staff", "risk_prisoners")
HOSPITAL_FACTS = ("hospital", "hospital_section", "clinician", "review_on", "leave")
_MULTI = [level for level in Level if level.is_multi_agency]
_PEOPLE_OF_IT = ("referral__author", "referral__endorser")
OF_A_REFERRAL = Owned("referral__area", "referral__agency", _PEOPLE_OF_IT, "referral__family_name")
KEPT_WITH_IT = Kept("referral__received_on", "referral__agency", _PEOPLE_OF_IT)


def _highest_of_groups() -> Q:
    """The overall risk is the highest of the groups, where any was assessed."""
    fits, order = Q(**dict.fromkeys(RISK_GROUPS, "")), list(RiskLevel)
    for place, level in enumerate(order):
        one, none_higher = Q(), Q()
        for group in RISK_GROUPS:
            one |= Q(**{group: level})
            none_higher &= Q(**{f"{group}__in": ["", *order[: place + 1]]})
        fits |= Q(risk_level=level) & one & none_higher
    return fits


class Referral(models.Model):
    """One referral (R44, R45). It is never removed: returned, declined and withdrawn ones stay countable.

    ``nominal`` empty: the person is not in the register, or not yet found there; ``family_name``, ``given_names`` and
    ``born_on`` say who is meant, and stay when the unit finds the record: the agency that named them goes on reading
    and writing its referral, and is shown nothing of the record. ``author`` wrote it here; ``referrer`` is who refers,
    in words: a referral that came on paper has no author. ``received_on`` is the day it reached the unit: until then it
    is its writers' own.
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("agency", ", received received_on", ", state")
    access_unrooted: ClassVar[Owned] = Owned("area", "agency", ("author", "endorser"), "family_name")
    access_kept: ClassVar[Kept] = Kept("received_on", "agency", ("author", "endorser"))

    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, null=True, blank=True, related_name="referrals")
    family_name = models.CharField("surname or only name", max_length=100, blank=True)
    given_names = models.CharField(max_length=100, blank=True)
    born_on = models.DateField("date of birth", null=True, blank=True)
    author = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    endorser = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    endorsed_by = models.CharField("manager who endorses", max_length=120, blank=True)
    endorsed_on = models.DateField(null=True, blank=True)
    referrer = models.CharField("who refers", max_length=120, blank=True)
    received_on = models.DateField(null=True, blank=True)
    # The advice after which it came, for the unit to see what became of the call.
    from_advice = models.ForeignKey(
        "cases.Advice", on_delete=models.SET_NULL, null=True, blank=True, related_name="referrals", editable=False
    )
    # Somebody who goes on with it from a day: its author leaves, and their work was handed over ahead.
    passes_to = models.ForeignKey(
        "agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    passes_on = models.DateField(null=True, blank=True, editable=False)
    state = models.CharField(max_length=20, choices=choices(ReferralState), default=ReferralState.DRAFT)

    category = models.CharField(max_length=1, choices=choices(Category), blank=True)
    level_asked = models.CharField(max_length=10, choices=choices(Level), blank=True)
    offence = models.TextField("offence and sentence, in short", blank=True)
    outcome = models.CharField("outcome of the offence", max_length=25, choices=choices(OffenceOutcome), blank=True)
    outcome_on = models.DateField("on", null=True, blank=True)
    previous = models.TextField("previous related offences", blank=True)
    sentenced_on = models.DateField("community disposal passed on", null=True, blank=True)
    release_on = models.DateField("expected release or discharge", null=True, blank=True)
    detained = models.CharField("detained in hospital", max_length=3, choices=choices(Detention), blank=True)
    hospital = models.CharField(max_length=200, blank=True)
    hospital_section = models.CharField("section", max_length=16, choices=choices(HospitalSection), blank=True)
    clinician = models.CharField("responsible clinician", max_length=150, blank=True)
    review_on = models.DateField("next review or tribunal", null=True, blank=True)
    leave = models.CharField("leave", max_length=300, blank=True)
    value_reasons = models.TextField("what meetings of several agencies add", blank=True)
    lower_level = models.TextField("why a lower level is not enough", blank=True)
    coordination_need = models.TextField("exceptional need to co-ordinate", blank=True)
    senior_need = models.TextField("why senior representation is needed", blank=True)
    plan = models.TextField("current risk management plan", blank=True)
    risk_children = models.CharField("risk to children", max_length=10, choices=choices(RiskLevel), blank=True)
    risk_known_adult = models.CharField("risk to a known adult", max_length=10, choices=choices(RiskLevel), blank=True)
    risk_public = models.CharField("risk to the public", max_length=10, choices=choices(RiskLevel), blank=True)
    risk_staff = models.CharField("risk to staff", max_length=10, choices=choices(RiskLevel), blank=True)
    risk_prisoners = models.CharField("risk to prisoners", max_length=10, choices=choices(RiskLevel), blank=True)
    risk_level = models.CharField(
        "risk of serious harm, overall", max_length=10, choices=choices(RiskLevel), blank=True
    )
    risk = models.TextField("risk: who, nature, when, what raises and lowers it", blank=True)
    victims = models.TextField("victims and potential victims, without names", blank=True)
    diversity = models.TextField(blank=True)
    disclosure = models.TextField("disclosure considered", blank=True)
    invite = models.TextField("agencies to invite, with contacts", blank=True)
    finding_capacity = models.TextField("the offence shows capacity for serious harm", blank=True)
    finding_current = models.TextField("they may currently cause serious harm", blank=True)

    # What the rule says of the votes, kept for lists and Today: computed again as days pass, never a truth of its own.
    standing = models.CharField(max_length=10, choices=choices(PanelStanding), blank=True, editable=False)
    decided_on = models.DateField(null=True, blank=True)
    level_given = models.CharField(max_length=10, choices=choices(Level), blank=True)
    decline_reason = models.CharField(max_length=12, choices=choices(DeclineReason), blank=True)
    decline_text = models.TextField("reasons of the decline", blank=True)
    route = models.CharField("how to escalate", max_length=300, blank=True)
    told_on = models.DateField("referrer told on", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="referral_state_known", condition=Q(state__in=list(ReferralState))),
            models.CheckConstraint(
                name="referral_standing_under_panel",
                condition=Q(standing="") | Q(state=ReferralState.UNDER_PANEL, standing__in=list(PanelStanding)),
            ),
            models.CheckConstraint(
                name="referral_passes_to_somebody_on_a_day",
                condition=Q(passes_to__isnull=True, passes_on__isnull=True)
                | Q(passes_to__isnull=False, passes_on__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_received_unless_draft",
                condition=Q(received_on__isnull=False)
                | Q(state__in=[ReferralState.DRAFT, ReferralState.AWAITING_ENDORSEMENT, ReferralState.WITHDRAWN]),
            ),
            models.CheckConstraint(
                name="referral_decided_with_day",
                condition=(Q(decided_on__isnull=False) & Q(state__in=list(_DECIDED)))
                | (Q(decided_on__isnull=True) & ~Q(state__in=list(_DECIDED))),
            ),
            models.CheckConstraint(
                name="referral_accepted_at_level_with_person",
                condition=(Q(state=ReferralState.ACCEPTED, level_given__in=_MULTI, nominal__isnull=False))
                | (~Q(state=ReferralState.ACCEPTED) & Q(level_given="")),
            ),
            models.CheckConstraint(
                name="referral_declined_with_reason",
                condition=(Q(state=ReferralState.DECLINED) & ~Q(decline_reason="") & ~Q(decline_text="") & ~Q(route=""))
                | (~Q(state=ReferralState.DECLINED) & Q(decline_reason="", told_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="referral_told_after_decision",
                condition=Q(told_on__isnull=True) | Q(told_on__gte=F("decided_on")),
            ),
            models.CheckConstraint(name="referral_risk_highest_of_groups", condition=_highest_of_groups()),
            models.CheckConstraint(
                name="referral_hospital_when_detained",
                condition=Q(detained=Detention.YES, hospital_section__in=["", *HospitalSection])
                | Q(
                    detained__in=["", Detention.NO],
                    hospital="",
                    hospital_section="",
                    clinician="",
                    review_on__isnull=True,
                    leave="",
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["area", "state"], name="referral_of_area_by_state"),
            models.Index(fields=["area", "-received_on"], name="referral_of_area_by_day"),
        ]

    def __str__(self) -> str:
        return f"referral {self.pk}"


class ReferralChange(models.Model):
    """A change of state, or of hands, stamped: what was done, when, by whom, and why (R45). Rows are only added."""

    access_root: ClassVar[str] = "referral__nominal"
    heading: ClassVar[tuple[str, ...]] = ("verb", "on happened_on")
    access_unrooted: ClassVar[Owned] = OF_A_REFERRAL
    access_kept: ClassVar[Kept] = KEPT_WITH_IT

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="changes")
    verb = models.CharField(max_length=20, choices=[*choices(ReferralVerb), *choices(ReferralHand)])
    state = models.CharField("state after it", max_length=20, choices=choices(ReferralState))
    happened_on = models.DateField()
    by = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="referral_change_verb_known",
                condition=Q(verb__in=[each.value for each in (*ReferralVerb, *ReferralHand)]),
            ),
            models.CheckConstraint(name="referral_change_state_known", condition=Q(state__in=list(ReferralState))),
        ]

    def __str__(self) -> str:
        return f"{self.verb} of referral {self.referral_id}"

    @property
    def moves(self) -> bool:
        """It has changed the state, and not only whose it is."""
        return self.verb not in list(ReferralHand)

    @property
    def done(self) -> str:
        """What was done, in words."""
        return ReferralVerb(self.verb).done if self.moves else ReferralHand(self.verb).label


class ReferralDraft(models.Model):
    """What somebody has typed into a section and not yet saved: kept as they type, so that it survives the browser.

    Taken away when the section is saved. No history: it is nobody's decision.
    """

    access_root: ClassVar[str] = "referral__nominal"
    access_unrooted: ClassVar[Owned] = OF_A_REFERRAL
    access_kept: ClassVar[Kept] = KEPT_WITH_IT

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="drafts")
    section = models.CharField(max_length=20)
    user = models.ForeignKey("agencies.User", on_delete=models.CASCADE, null=True, related_name="+")
    values = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "section", "user"], name="referral_draft_one_each", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.section} of referral {self.referral_id}"


class PanelSeat(models.Model):
    """A member of the referral panel of an area, with their substitute, from a day to a day (R46, R47).

    Rows of one ``number`` are one seat, which one member has after the other.
    """

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("number of the seat")
    member = models.ForeignKey("agencies.User", on_delete=models.PROTECT, related_name="+")
    substitute = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "seat of the referral panel"
        ordering = ["starts_on", "id"]
        constraints = [
            in_order("panel_seat_days_in_order"),
            models.CheckConstraint(
                name="panel_seat_two_people", condition=Q(substitute__isnull=True) | ~Q(substitute=F("member"))
            ),
            no_overlap("panel_seat_one_at_a_time", "area", "member"),
            no_overlap("panel_seat_one_member_at_a_time", "area", "number"),
            # What a vote says of its seat is that seat's: the pair is its foreign key, in the migration.
            models.UniqueConstraint(fields=["id", "number"], name="panel_seat_with_its_number"),
        ]

    def __str__(self) -> str:
        return f"seat {self.pk} of the panel of area {self.area_id}"


class PanelVote(models.Model):
    """What a member of the panel, or their substitute, says to a referral, with reasons (R46). One a seat a round,
    also when the seat has gone over to another member since (R47).

    A referral that was returned and submitted again is voted on anew: ``round`` counts how often it went to the panel.
    ``recorded_for_them``: the unit wrote down what the member said (R108).
    """

    access_root: ClassVar[str] = "referral__nominal"
    heading: ClassVar[tuple[str, ...]] = ("vote", ", voter", ", round round")
    access_unrooted: ClassVar[Owned] = OF_A_REFERRAL
    access_kept: ClassVar[Kept] = KEPT_WITH_IT

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="votes")
    round = models.PositiveSmallIntegerField()
    seat = models.ForeignKey(PanelSeat, on_delete=models.PROTECT, related_name="votes")
    seat_number = models.PositiveSmallIntegerField()
    voter = models.ForeignKey("agencies.User", on_delete=models.PROTECT, related_name="+")
    recorded_for_them = models.BooleanField("recorded by the unit", default=False)
    vote = models.CharField(max_length=10, choices=choices(Vote))
    reasons = models.TextField()
    voted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "vote of the panel"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "round", "seat_number"], name="panel_vote_one_a_seat"),
            models.UniqueConstraint(fields=["referral", "round", "voter"], name="panel_vote_one_a_person"),
            models.CheckConstraint(name="panel_vote_known", condition=Q(vote__in=list(Vote))),
            models.CheckConstraint(name="panel_vote_with_reasons", condition=~Q(reasons="")),
        ]

    def __str__(self) -> str:
        return f"vote {self.pk} on referral {self.referral_id}"
