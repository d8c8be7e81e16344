"""Two records compared: which is kept, which values win, why; and how a merge is undone."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from pages.forms import GovForm

FIRST, SECOND = "first", "second"
LENGTH = 300


class OtherRecordForm(GovForm):
    """Another record to compare, found by its number or name."""

    text = forms.CharField(
        label="Number or full name of the other record",
        max_length=150,
        help_text="When it is not among those above.",
        error_messages={"required": "Enter a number or a name."},
    )


class MergeForm(GovForm):
    """Which record is kept, whose values win where they differ, and why it is one person."""

    kept = forms.ChoiceField(
        label="Which record is kept?",
        widget=forms.RadioSelect,
        help_text="Where both say something about one day, the kept record stands.",
        error_messages={"required": "Choose the record that is kept."},
    )

    def __init__(
        self,
        *args: Any,
        records: Sequence[tuple[str, str]],
        details: Mapping[str, tuple[str, Sequence[tuple[str, str]]]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["kept"].choices = list(records)  # type: ignore[attr-defined]
        for name, (label, values) in details.items():
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=list(values),
                widget=forms.RadioSelect,
                error_messages={"required": f"Choose: {label.lower()}"},
            )
        self.fields["reason"] = reason_field("How do you know that they are one person?")


class ReasonForm(GovForm):
    """One reason."""

    question: ClassVar[str] = "How do you know that they are two people?"
    reason = forms.CharField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"] = reason_field(self.question)


class UndoForm(ReasonForm):
    """Why the merge is undone, and which of the rows that were changed since go back."""

    goes_back = forms.MultipleChoiceField(
        label="Changed since the merge: which of these go back to the other record?",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="What you leave unticked stays with this record.",
    )

    since_is_theirs = forms.BooleanField(
        label="All that was recorded since the merge is about the person whose record this is",
        help_text="It stays here, where more people may read it. If some is not, take that away first.",
        error_messages={"required": "Say whether what was recorded since is about this person."},
    )

    def __init__(
        self, *args: Any, changed: Sequence[tuple[str, str]], ticked: bool, decides_since: bool, **options: Any
    ) -> None:
        """``ticked``: the rows changed since go back unless somebody says otherwise. ``decides_since``: it has to be
        said whose the rows recorded since are.
        """
        super().__init__(*args, **options)
        if changed:
            self.fields["goes_back"].choices = list(changed)  # type: ignore[attr-defined]
            self.fields["goes_back"].initial = [key for key, _ in changed] if ticked else []
        else:
            del self.fields["goes_back"]
        if not decides_since:
            del self.fields["since_is_theirs"]


class AnotherPersonForm(ReasonForm):
    """Why a person is added although the register may know them."""

    question = "Still a new person, because"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["another_because"] = self.fields.pop("reason")


class StillAnotherForm(AnotherPersonForm):
    """Why a person's details are saved although another record may be theirs."""

    question = "Still two people, because"


def reason_field(question: str) -> forms.CharField:
    """A reason in the person's own words."""
    return forms.CharField(
        label=question,
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say how you know."},
    )
