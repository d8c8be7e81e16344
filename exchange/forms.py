"""Forms about lists that agencies send."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from agencies.models import Agency
from pages.forms import GovForm, offer_ticked
from rules.core import mid_sentence
from rules.vocabulary import choices

from .columns import Column
from .models import LONGEST_REASON
from .words import Answer, ListKind

WHOLE, PART = "whole", "part"


class ExtractForm(GovForm):
    """A file with whose it is, what it speaks of, and whether it is all of it."""

    agency: "forms.ModelChoiceField[Agency]" = forms.ModelChoiceField(
        label="Which agency sent it?", queryset=Agency.objects.none(), empty_label="Choose an agency"
    )
    kind = forms.ChoiceField(
        label="What does it list?",
        choices=choices(ListKind),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it lists."},
    )
    extent = forms.ChoiceField(
        label="Is it the whole list?",
        choices=[
            (WHOLE, "Everybody whom the agency has"),
            (PART, "Only some of them, such as those of one month"),
        ],
        widget=forms.RadioSelect,
        help_text="Who was on the last whole list and is not on this one is shown to you. It ends nobody.",
        error_messages={"required": "Choose whether it is the whole list."},
    )
    file = forms.FileField(
        label="The file",
        help_text="CSV in UTF-8 or XLSX, at most 25 MB, with the names of the columns in the first line.",
        error_messages={
            "required": "Choose the file.",
            "empty": "The file is empty.",
            "missing": "Choose the file again.",
        },
    )

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class HeadingsForm(GovForm):
    """For each heading of a file, the column it stands for."""

    says_optional: ClassVar[bool] = False

    def __init__(
        self, *args: Any, headings: Sequence[str], known: Sequence[Column], found: Sequence[str | None], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        offered = [("", "Leave this column out"), *((each.name, _said(each)) for each in known)]
        for place, heading in enumerate(headings):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=heading or f"Column {place + 1}, without a heading",
                choices=offered,
                required=False,
                initial=found[place] or "",
                help_text="Nobody has said yet what this stands for." if found[place] is None else "",
            )

    @property
    def columns(self) -> list[str]:
        """The column of each heading, in order; empty for those left out."""
        return [self.cleaned_data[name] for name in self.fields]


def _said(column: Column) -> str:
    meaning = column.meaning.partition(".")[0].partition(";")[0]
    return f"{column.name}: {mid_sentence(meaning)}"


class AbsenceForm(GovForm):
    """What becomes of somebody who is no longer on the list."""

    answer = forms.ChoiceField(
        label="What do you know?",
        choices=choices(Answer),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you know."},
    )
    reason = forms.CharField(
        label="Why, and who says so",
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Needed unless a ground is to be ended: then the reason is given with its end.",
    )
    option_hints: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "answer": {
            Answer.END: "You are taken to the person's record, to end the ground with its day and reason.",
            Answer.ASK: "The question stays open here until it is answered.",
        }
    }


class AbsencesForm(GovForm):
    """One answer, which ends nobody, about the people who were ticked."""

    answer = forms.ChoiceField(
        label="What do you know of all of them?",
        choices=[(each.value, each.label) for each in Answer if each is not Answer.END],
        widget=forms.RadioSelect,
        help_text="Where a status has ended, answer for that person alone.",
        error_messages={"required": "Choose what you know."},
    )
    reason = forms.CharField(
        label="Why, and who says so",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For all the people chosen.",
    )
    rows = forms.TypedMultipleChoiceField(coerce=int, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, rows: Sequence[int], **options: Any) -> None:
        super().__init__(*args, **options)
        offer_ticked(self.fields["rows"], rows)


class CloseForm(GovForm):
    """Closing a list ends what could still be decided of it; asked where something is left."""

    sure = forms.BooleanField(label="Close the list and leave these rows undecided. They cannot be decided afterwards.")

    def __init__(self, *args: Any, asks: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not asks:
            del self.fields["sure"]


class CancelForm(GovForm):
    """Giving a list up cannot be undone."""

    sure = forms.BooleanField(label="Delete the list and its rows. What has been written to the register stays.")
