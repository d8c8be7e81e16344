"""Adding a ground, ending it, voiding it. The form asks for what its kind of ground needs; the rules judge it."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms

from cases.models import QualifyingOffence
from pages.forms import DateField3, GovForm, LongText, Section
from rules.eligibility import TERRORIST_ORDERS
from rules.endings import END_REASONS
from rules.levels import DECIDED_BY_PEOPLE, ENTRY, LevelChange
from rules.vocabulary import DecidingBody, Disposal, EndReason, GroundKind, Level, OffenceOutcome, OrderKind, choices

from .level import CRITERIA, CriteriaForm
from .referral import TEXT_LENGTH

FINDING_LENGTH = 2000
LONGEST_TERM_MONTHS = 1200
DAYS_BESIDE_MONTHS = 400

_OFFENCE = ("offence_text", "outcome", "outcome_on")
_TABLED = ("offence", "outcome", "outcome_on", "service_court")
_TERM = (
    "disposal",
    "disposal_on",
    "term_months",
    "term_days",
    "total_of_consecutive_terms",
    "legal_confirmation",
)
_DAYS = ("starts_on", "ends_on", "end_confirmed")
_LEVEL = Section(
    "The level from that day",
    ("level", "level_decided_by", "backdating_reason", *CRITERIA),
    hint="This ground is a decision, so the person is at Level 2 or 3 from its first day. "
    "Leave this part empty if they are at one of them already.",
)

FIRST_LEVEL_BODIES = tuple(body for body in DECIDED_BY_PEOPLE if body in ENTRY)
TERRORISM_BELIEF = "Why the Responsible Authority believes they may become involved in terrorism-related activity"
_NOT_FACTS = frozenset({"kind", "offence", "level", "level_decided_by", "backdating_reason", *CRITERIA})

# What each kind of ground is asked about, in the order of the page.
ASKED: Mapping[GroundKind, tuple[Section, ...]] = {
    GroundKind.NOTIFICATION: (
        Section("The offence or order", ("offence_text", "outcome", "outcome_on", "order", "order_ends_on")),
        Section("The sentence or other disposal", ("disposal", "disposal_on", "term_months", "term_days")),
        Section("The notification period", _DAYS),
    ),
    GroundKind.QUALIFYING_DISPOSAL: (
        Section("The offence", _TABLED),
        Section("The sentence or other disposal", _TERM),
        Section("Licence or order", _DAYS),
    ),
    GroundKind.OTHER_DANGEROUS: (
        Section("The offence", _OFFENCE),
        Section("The two findings", ("finding_capacity", "finding_current")),
        Section("From when", ("starts_on",)),
        _LEVEL,
    ),
    GroundKind.TERRORIST_NOTIFICATION: (
        Section("The offence or order", (*_OFFENCE, "terrorist_offence", "order", "order_ends_on")),
        Section("The sentence or other disposal", ("disposal", "disposal_on", "term_months", "term_days")),
        Section("The notification period", _DAYS),
    ),
    GroundKind.TERRORIST_DISPOSAL: (
        Section("The offence", (*_OFFENCE, "terrorist_offence", "service_court")),
        Section("The sentence or other disposal", _TERM),
        Section("Licence or order", _DAYS),
    ),
    GroundKind.TERRORISM_RISK: (
        Section("The offence", _OFFENCE),
        Section("The decision", ("finding_current",)),
        Section("From when", ("starts_on",)),
        _LEVEL,
    ),
}

KIND_HINTS: Mapping[str, str] = {
    GroundKind.NOTIFICATION: "Category 1. A conviction, caution, finding or order that brings notification.",
    GroundKind.QUALIFYING_DISPOSAL: "Category 2. Murder, or an offence of Schedule 15 or section 327(4A), with "
    "12 months or more, a hospital order or guardianship.",
    GroundKind.OTHER_DANGEROUS: "Category 3. A decision: an offence shows a capacity for serious harm, and they may "
    "now cause serious harm that needs several agencies. Level 2 or 3 only.",
    GroundKind.TERRORIST_NOTIFICATION: "Category 4, automatic.",
    GroundKind.TERRORIST_DISPOSAL: "Category 4, automatic.",
    GroundKind.TERRORISM_RISK: "Category 4, by decision. Level 2 or 3 only.",
}


class GroundKindForm(GovForm):
    """First question of a new ground: which kind."""

    kind = forms.ChoiceField(
        label="What makes this person a MAPPA nominal?",
        choices=choices(GroundKind),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what makes this person a MAPPA nominal."},
    )
    option_hints: ClassVar[Mapping[str, Mapping[str, str]]] = {"kind": KIND_HINTS}

    def __init__(self, *args: Any, kinds: Iterable[GroundKind], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]


class GroundForm(CriteriaForm):
    """The facts of one ground. Only its first day is required here: what else is missing, the rules say and cite."""

    kind = forms.ChoiceField(choices=choices(GroundKind), widget=forms.HiddenInput)
    offence: "forms.ModelChoiceField[QualifyingOffence]" = forms.ModelChoiceField(
        label="Offence",
        queryset=QualifyingOffence.objects.all(),
        to_field_name="code",
        required=False,
        empty_label="Choose an offence",
        help_text="The offences that can bring Category 2. The one you choose must have been among them on the day of "
        "conviction.",
    )
    offence_text = LongText(label="Offence, in words", max_length=TEXT_LENGTH, rows=2, required=False)
    outcome = forms.ChoiceField(
        label="Outcome", choices=choices(OffenceOutcome), widget=forms.RadioSelect, required=False
    )
    outcome_on = DateField3(label="Date of conviction, caution, finding or order", required=False)
    service_court = forms.BooleanField(label="Convicted by a service court", required=False)
    terrorist_offence = forms.BooleanField(
        label="A terrorist offence, or a court found a terrorist connection", required=False
    )
    order = forms.ChoiceField(label="Order", choices=choices(OrderKind), required=False)
    order_ends_on = DateField3(label="The order ends on", required=False, help_text="Leave empty if it has no end.")
    disposal = forms.ChoiceField(
        label="Sentence or disposal", choices=[("", "Not known or none"), *choices(Disposal)], required=False
    )
    disposal_on = DateField3(label="Date of sentence or disposal", required=False)
    term_months = forms.IntegerField(
        label="Length in months",
        min_value=0,
        max_value=LONGEST_TERM_MONTHS,
        required=False,
        help_text="The length imposed for this offence. For a suspended sentence too.",
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
    )
    term_days = forms.IntegerField(
        label="and in days",
        min_value=0,
        max_value=DAYS_BESIDE_MONTHS,
        required=False,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
    )
    total_of_consecutive_terms = forms.BooleanField(
        label="The length is reached only by adding consecutive shorter terms", required=False
    )
    legal_confirmation = forms.CharField(
        label="Who confirmed in law that added terms count: name and role",
        max_length=150,
        required=False,
        help_text="Only for added terms.",
    )
    finding_capacity = LongText(
        label="Why the offence shows a capacity for serious harm", max_length=FINDING_LENGTH, required=False
    )
    finding_current = LongText(
        label="Why they may now cause serious harm that needs several agencies",
        max_length=FINDING_LENGTH,
        required=False,
    )
    starts_on = DateField3(
        label="The ground starts on", error_messages={"required": "Enter the day on which the ground starts."}
    )
    ends_on = DateField3(
        label="The ground ends on", required=False, help_text="The last day. Leave empty if it has no end date."
    )
    end_confirmed = forms.BooleanField(
        label="An officer has confirmed the end date", required=False, help_text="A date of the court or of ViSOR wins."
    )
    level = forms.ChoiceField(
        label="Level",
        choices=[(level.value, level.label) for level in Level if level.is_multi_agency],
        widget=forms.RadioSelect,
        required=False,
    )
    level_decided_by = forms.ChoiceField(
        label="Who decided the level",
        choices=[(body.value, body.label) for body in FIRST_LEVEL_BODIES],
        widget=forms.RadioSelect,
        required=False,
    )
    periods: ClassVar[tuple[tuple[str, str], ...]] = (("starts_on", "ends_on"),)

    def __init__(self, *args: Any, kind: GroundKind, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ground_kind = kind
        self.sections = ASKED[kind]  # type: ignore[misc]
        self.fields["kind"].initial = kind.value
        if kind is GroundKind.TERRORISM_RISK:
            self.fields["finding_current"].label = TERRORISM_BELIEF
        if kind is GroundKind.TERRORIST_NOTIFICATION:
            offered = [OrderKind.NONE, *sorted(TERRORIST_ORDERS)]
            self.fields["order"].choices = [(order.value, order.label) for order in offered]  # type: ignore[attr-defined]
        asked = {"kind", *(name for section in self.sections for name in section.fields)}
        for name in set(self.fields) - asked:
            del self.fields[name]

    def facts(self) -> dict[str, Any]:
        """What was said, as plain values in the names of a ground; what was not asked is left out."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in _NOT_FACTS}
        offence = self.cleaned_data.get("offence")
        coded = {"outcome": OffenceOutcome, "disposal": Disposal}
        for name, words in coded.items():
            if name in said:
                said[name] = words(said[name]) if said[name] else None
        if "order" in said:
            said["order"] = OrderKind(said["order"])
        return {"kind": self.ground_kind, **({"offence_code": offence.code} if offence else {}), **said}

    @property
    def kind_label(self) -> str:
        return str(self.ground_kind.label)

    def first_level(self) -> LevelChange | None:
        """The decision on the level that comes with a ground that is itself a decision, if one was entered."""
        said = self.cleaned_data
        if not said.get("level"):
            return None
        return LevelChange(
            level=Level(said["level"]),
            starts_on=said["starts_on"],
            body=DecidingBody(said["level_decided_by"] or DecidingBody.MEETING),
            criteria=self.criteria(),
            backdating_reason=said["backdating_reason"],
        )


class GroundEndForm(GovForm):
    """The last day of a ground, and why it ends."""

    ends_on = DateField3(
        label="Last day of the ground", error_messages={"required": "Enter the last day of the ground."}
    )
    end_reason = forms.ChoiceField(
        label="Why it ends",
        choices=[],
        error_messages={"required": "Choose why it ends."},
    )
    superintendent = forms.CharField(
        label="Superintendent who decided",
        max_length=150,
        required=False,
        help_text="Only when indefinite notification is revoked on review.",
    )
    end_confirmed = forms.BooleanField(label="An officer has confirmed this date", required=False)

    def __init__(self, *args: Any, kind: GroundKind, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [reason for reason in EndReason if reason in END_REASONS[kind]]
        self.fields["end_reason"].choices = [  # type: ignore[attr-defined]
            ("", "Choose a reason"),
            *((reason.value, reason.label) for reason in offered),
        ]
        if EndReason.NOTIFICATION_REVOKED not in offered:
            del self.fields["superintendent"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            cleaned.get("end_reason") == EndReason.NOTIFICATION_REVOKED
            and not cleaned.get("superintendent", "").strip()
        ):
            self.add_error("superintendent", "Name the Superintendent who decided.")
        return cleaned


class GroundVoidForm(GovForm):
    """A ground that never was: a conviction quashed, or a record made by mistake."""

    reason = forms.CharField(
        label="Why it is void",
        max_length=300,
        help_text="For example, conviction quashed by the Court of Appeal. Do not write names here.",
        error_messages={"required": "Say why the ground is void."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
