"""Referrals: one that came as a document, the sections of one written here, and what is done with them."""

from collections.abc import Collection
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from agencies.models import Agency, User
from cases.models.referral import HOSPITAL_FACTS, RISK_GROUPS
from cases.referral_sections import ReferralSection
from letters.received.looking import LARGEST, kind_of
from letters.received.unfit import Unfit, sentence
from pages.forms import DateField3, GovForm, LongText, Section
from rules.referrals import risk_fits
from rules.vocabulary import (
    Category,
    Detention,
    HospitalSection,
    Level,
    OffenceOutcome,
    RiskLevel,
    choices,
)

from .about import AboutForm

TEXT_LENGTH = 6000
NOTE_LENGTH = 2000
# Cases of terrorism are managed at national level and referred there, not to a panel.
CATEGORIES = [(each.value, each.label) for each in Category if each is not Category.FOUR]
RISKS = [("", "Not assessed"), *choices(RiskLevel)]
LEVELS = [(level.value, level.label) for level in Level if level.is_multi_agency]

_KINDS = (
    f"PDF or Word (.docx), at most {LARGEST // 1_000_000} MB, without password, macros, attached files or links. "
    "Save a document with links as PDF."
)


class DocumentField(forms.FileField):
    """A file that is chosen again when the form comes back: a browser does not keep it."""

    def __init__(self, **options: Any) -> None:
        messages = {"empty": "The document is empty.", "missing": "Choose the document again."}
        super().__init__(**{**options, "error_messages": messages | options.get("error_messages", {})})


def checked(file: UploadedFile | None) -> UploadedFile | None:
    """The file, when it is of a kind that is taken in. Raises ``ValidationError``."""
    if file is None:
        return None
    try:
        kind_of(file.read(16), file.size or 0)
    except Unfit as unfit:
        raise forms.ValidationError(sentence(unfit.reason)) from None
    file.seek(0)
    return file


WHOM = (
    Section("Somebody of the register", ("about", "person")),
    Section("Or somebody who is not in it", ("given_names", "family_name", "born_on")),
)


class WhomForm(AboutForm):
    """Whom a referral is about: somebody of the register, or a name typed."""

    says_optional: ClassVar[bool] = False
    family_name = forms.CharField(
        label="Surname, or only name",
        max_length=100,
        required=False,
    )
    given_names = forms.CharField(label="Given names, if they have any", max_length=100, required=False)
    born_on = DateField3(label="Date of birth", required=False, help_text="Leave it empty if it is not known.")
    agency: "forms.ModelChoiceField[Agency]" = forms.ModelChoiceField(
        label="Agency that refers",
        queryset=Agency.objects.none(),
        empty_label="Choose an agency",
        error_messages={"required": "Choose the agency that refers."},
    )
    field_order = ("about", "person", "family_name", "given_names", "born_on", "agency")
    not_found = "No person is found. Enter a number or the name again, or leave this empty and enter their name below."

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not said.get("about") and not (said.get("family_name") or "").strip():
            self.add_error("about", "Enter a number or a name of the register, or a surname below.")
        return said


class RegisterReceivedForm(WhomForm):
    """A referral that came as a document: six things are typed, the panel reads the rest."""

    sections: ClassVar[tuple[Section, ...]] = (
        *WHOM,
        Section("Who refers", ("agency", "referrer", "endorsed_by", "received_on")),
        Section("What is asked for", ("category", "level_asked", "document")),
    )
    referrer = forms.CharField(
        label="Who refers", max_length=120, error_messages={"required": "Enter the name of who refers."}
    )
    endorsed_by = forms.CharField(
        label="Manager who endorses", max_length=120, required=False, help_text="As the document says, if it does."
    )
    received_on = DateField3(
        label="Received on", error_messages={"required": "Enter the day on which it reached the unit."}
    )
    category = forms.ChoiceField(
        label="Category",
        choices=CATEGORIES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the category that the document names."},
    )
    level_asked = forms.ChoiceField(
        label="Level asked for",
        choices=LEVELS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the level that is asked for."},
    )

    document = DocumentField(
        label="The document",
        required=False,
        help_text=f"{_KINDS} It can also be added later.",
    )

    def clean_document(self) -> UploadedFile | None:
        """A PDF or a Word document, said beside the field."""
        return checked(self.cleaned_data["document"])


class DocumentForm(GovForm):
    """One more document of a referral."""

    what = forms.CharField(
        label="What is it?",
        max_length=80,
        help_text="Such as “referral form” or “pre-sentence report”. No name.",
        error_messages={"required": "Say what it is."},
    )
    document = DocumentField(
        label="The document", help_text=_KINDS, error_messages={"required": "Choose the document."}
    )

    def clean_document(self) -> UploadedFile | None:
        """A PDF or a Word document, said beside the field."""
        return checked(self.cleaned_data["document"])


class StartForm(WhomForm):
    """The first question of a referral written here."""

    sections: ClassVar[tuple[Section, ...]] = (*WHOM, Section("Who refers", ("agency",)))


class SectionForm(GovForm):
    """One section of a referral. Nothing is required while it is written: what is missing, the task list says (R44)."""

    says_optional: ClassVar[bool] = False
    referrer = forms.CharField(label="Who refers", max_length=120, required=False)
    category = forms.ChoiceField(label="Category", choices=CATEGORIES, widget=forms.RadioSelect, required=False)
    level_asked = forms.ChoiceField(label="Level asked for", choices=LEVELS, widget=forms.RadioSelect, required=False)
    offence = LongText(label="Offence and sentence, in short", max_length=TEXT_LENGTH, rows=4, required=False)
    outcome = forms.ChoiceField(
        label="Outcome of the offence",
        choices=[("", "Choose an outcome"), *choices(OffenceOutcome)],
        required=False,
    )
    outcome_on = DateField3(label="Date of the outcome", required=False)
    sentenced_on = DateField3(
        label="Community disposal passed on",
        required=False,
        help_text="Only for a sentence in the community: the first meeting is reckoned from it.",
    )
    release_on = DateField3(label="Expected release or discharge", required=False)
    previous = LongText(label="Previous related offences", max_length=TEXT_LENGTH, rows=4, required=False)
    detained = forms.ChoiceField(
        label="Detained in hospital",
        choices=choices(Detention),
        initial=Detention.NO.value,
        widget=forms.RadioSelect,
        required=False,
        help_text="Mental health services complete this section.",
    )
    hospital = forms.CharField(label="Hospital", max_length=200, required=False)
    hospital_section = forms.ChoiceField(
        label="Section or order", choices=[("", "Choose a section"), *choices(HospitalSection)], required=False
    )
    clinician = forms.CharField(label="Responsible clinician", max_length=150, required=False)
    review_on = DateField3(label="Next review or tribunal", required=False)
    leave = forms.CharField(
        label="Leave", max_length=300, required=False, help_text="What has been granted or asked for, with its dates."
    )
    value_reasons = LongText(
        label="What meetings of several agencies would add", max_length=TEXT_LENGTH, rows=4, required=False
    )
    coordination_need = LongText(
        label="An exceptional need to co-ordinate agencies, if there is one",
        max_length=TEXT_LENGTH,
        rows=3,
        required=False,
    )
    senior_need = LongText(
        label="Level 3 only: why senior people must take part",
        max_length=TEXT_LENGTH,
        rows=3,
        required=False,
        help_text="Resources, media or public interest.",
    )
    risk_children = forms.ChoiceField(label="Risk to children", choices=RISKS, required=False)
    risk_known_adult = forms.ChoiceField(label="Risk to a known adult", choices=RISKS, required=False)
    risk_public = forms.ChoiceField(label="Risk to the public", choices=RISKS, required=False)
    risk_staff = forms.ChoiceField(label="Risk to staff", choices=RISKS, required=False)
    risk_prisoners = forms.ChoiceField(label="Risk to prisoners", choices=RISKS, required=False)
    risk_level = forms.ChoiceField(
        label="Risk of serious harm, overall",
        choices=choices(RiskLevel),
        widget=forms.RadioSelect,
        required=False,
        help_text="The highest of those above: left empty, it is worked out from them.",
    )
    risk = LongText(
        label="The risk",
        max_length=TEXT_LENGTH,
        rows=6,
        required=False,
        help_text="To whom, of what nature, when, what raises and what lowers it.",
    )
    victims = LongText(
        label="Victims and potential victims",
        max_length=TEXT_LENGTH,
        rows=5,
        required=False,
        help_text="Without names: “victim A”, “the new partner”.",
    )
    plan = LongText(label="Current risk management plan", max_length=TEXT_LENGTH, rows=6, required=False)
    lower_level = LongText(label="Why a lower level is not enough", max_length=TEXT_LENGTH, rows=4, required=False)
    diversity = LongText(
        label="Diversity", max_length=TEXT_LENGTH, rows=4, required=False, help_text="What the plan must allow for."
    )
    disclosure = LongText(label="Disclosure considered", max_length=TEXT_LENGTH, rows=4, required=False)
    invite = LongText(
        label="Agencies to invite",
        max_length=TEXT_LENGTH,
        rows=5,
        required=False,
        help_text="One on each line, with whom to reach there.",
    )
    finding_capacity = LongText(
        label="How the offence shows a capacity for serious harm", max_length=NOTE_LENGTH, rows=4, required=False
    )
    finding_current = LongText(
        label="Why they may now cause serious harm that needs several agencies",
        max_length=NOTE_LENGTH,
        rows=4,
        required=False,
    )

    def __init__(self, *args: Any, section: ReferralSection, filled: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {name: self.fields[name] for name in section.fields}
        for name in self.fields.keys() & set(filled):
            field = self.fields[name]
            field.help_text = f"{field.help_text} Filled in from the register: check it.".strip()

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        groups = [RiskLevel(said[name]) for name in RISK_GROUPS if said.get(name)]
        if said.get("risk_level"):
            # Left empty it is worked out when the section is saved.
            for reason in risk_fits(RiskLevel(said["risk_level"]), groups).reasons:
                self.add_error("risk_level", f"{reason.text} (rule {reason.rule}).")
        return said


class HospitalForm(SectionForm):
    """Whether the person is detained in hospital; the rest is asked for, and kept, only if they are."""

    reveals: ClassVar[dict[str, dict[str, tuple[str, ...]]]] = {"detained": {Detention.YES.value: HOSPITAL_FACTS}}


class NoteForm(GovForm):
    """Why something is done with the referral."""

    note = LongText(
        label="Why", max_length=NOTE_LENGTH, rows=4, error_messages={"required": "Say why."}
    )  # fmt: skip


class ToPanelForm(GovForm):
    """Given to the panel; why without the document, where that is not here."""

    note = LongText(
        label="Why does the panel go without the document?",
        max_length=NOTE_LENGTH,
        rows=4,
        help_text=(
            "No document of it can be read here. Better go back and add one, or type what it says: the panel reads "
            "nothing else."
        ),
        error_messages={"required": "Say why the panel goes without the document, or add it first."},
    )

    def __init__(self, *args: Any, without_document: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not without_document:
            del self.fields["note"]


class ReturnForm(GovForm):
    """What the referrer is asked for."""

    note = LongText(
        label="What is missing",
        max_length=NOTE_LENGTH,
        rows=4,
        help_text="The author reads this.",
        error_messages={"required": "Say what is missing."},
    )


class EndorserForm(GovForm):
    """The manager who is asked."""

    endorser: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label="Manager who endorses it",
        queryset=User.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        help_text="They can read the referral, and the record behind it, from then on.",
        error_messages={"required": "Choose a manager."},
    )

    def __init__(self, *args: Any, endorsers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["endorser"]
        field.queryset, field.label_from_instance = endorsers, _name_of


class LinkForm(AboutForm):
    """Which record of the register is meant."""

    field_order = ("about", "person")

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not said.get("about") and not self.errors:
            self.add_error("about", "Enter a number or a name.")
        return said


def _name_of(user: User) -> str:
    return user.name
