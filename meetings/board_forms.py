"""Forms of the scheduling board: a person placed, moved, taken out; a single meeting arranged; a plan accepted."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from pages.forms import DateField3, GovForm, TimeOfDay
from rules.vocabulary import Level, MeetingKind, choices

from .models.panel import LONGEST_SLOT
from .models.sitting import REASON_LENGTH

ANOTHER = "another"
_PLACE = re.compile(r"(\d{1,12})-(\d{9,11})")
_LINE = re.compile(r"(\d{1,12})-(\d{1,12})-(\d{9,11})")


def code_of(sitting_id: int, starts_at: datetime) -> str:
    """A time in a sitting, as it stands in an address and in a form: numbers of our own only."""
    return f"{sitting_id}-{int(starts_at.timestamp())}"


def read_code(text: str | None) -> tuple[int, datetime] | None:
    """The sitting and the time of a code; None for what is no code."""
    found = _PLACE.fullmatch(text or "")
    return (int(found[1]), _moment(found[2])) if found else None


def _moment(seconds: str) -> datetime:
    return timezone.localtime(datetime.fromtimestamp(int(seconds), tz=UTC))


class TimeChoice(forms.CharField):
    """A free time in a sitting, carried by the page."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text and read_code(text) is None:
            raise ValidationError("Choose a time.", code="invalid")
        return read_code(text)


def _out_of_time(label: str = "Why is it out of time?", *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=REASON_LENGTH,
        required=required,
        error_messages={"required": "Give the reason for being out of time (R54)."},
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="In a few words: it stands beside the meeting, which counts as missed (R54).",
    )


def _why(help_text: str = "") -> forms.CharField:
    return forms.CharField(label="What is it held for?", max_length=REASON_LENGTH, required=False, help_text=help_text)


class ByTime(GovForm):
    """A form about a time that the page has chosen: nothing is asked about lateness unless it is late."""

    def __init__(self, *args: Any, late: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if late:
            self.fields["out_of_time_because"] = _out_of_time(required=True)

    def clean(self) -> dict[str, Any]:
        if "at" in self.errors:
            del self.errors["at"]
            self.add_error(None, "Choose a time.")
        return super().clean()


class PlaceForm(ByTime):
    """A person placed at the time chosen."""

    at = TimeChoice()
    kind = forms.ChoiceField(label="Kind of meeting", choices=choices(MeetingKind))
    why = _why("Only what agencies may read.")


class MoveForm(ByTime):
    """A person moved to the time chosen."""

    at = TimeChoice()
    reason = forms.CharField(
        label="Why is it moved?",
        max_length=REASON_LENGTH,
        help_text="Those invited are told.",
        error_messages={"required": "Say why it is moved."},
    )


class SlotCancelForm(GovForm):
    """A person taken out of a sitting."""

    reason = forms.CharField(
        label="Why is it cancelled?",
        max_length=REASON_LENGTH,
        help_text="Those invited are told. The person is to be placed again while something is due.",
        error_messages={"required": "Say why it is cancelled."},
    )


class ArrangeForm(GovForm):
    """A single meeting for one person: one of the times proposed or another, who chairs, where."""

    at = forms.ChoiceField(label="When?", widget=forms.RadioSelect, error_messages={"required": "Choose a time."})
    day = DateField3(label="On which day?")
    hour = TimeOfDay(label="At what time?")
    kind = forms.ChoiceField(label="Kind of meeting", choices=choices(MeetingKind))
    level = forms.ChoiceField(
        label="Level", choices=[(level.value, level.label) for level in Level if level.is_multi_agency]
    )
    chair = forms.ChoiceField(label="Chair", required=False)
    minutes = forms.IntegerField(
        label="How many minutes?",
        min_value=5,
        max_value=LONGEST_SLOT,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
    )
    room = forms.ChoiceField(label="Room", required=False)
    join_link = forms.URLField(label="Link to join", max_length=500, required=False, assume_scheme="https")
    why = _why("Only what agencies may read.")
    out_of_time_because = _out_of_time("Why is it out of time, if it is?")

    reveals = {"at": {ANOTHER: ("day", "hour")}}

    def __init__(
        self,
        *args: Any,
        times: Sequence[tuple[str, str]] = (),
        chairs: Sequence[tuple[str, str]] = (),
        rooms: Sequence[tuple[str, str]] = (),
        late: bool = False,
        emergency: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = dict(self.fields)
        fields["at"].choices = [*times, (ANOTHER, "Another time")]
        fields["chair"].choices = [("", "Whoever is named beside the time"), *chairs]
        fields["room"].choices = [("", "No room"), *rooms]
        dropped = [*(["kind"] if emergency else []), *([] if late else ["out_of_time_because"])]
        for name in [*dropped, *([] if rooms else ["room"])]:
            del self.fields[name]


class PlanForm(GovForm):
    """The lines of a plan that are accepted."""

    lines = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Tick at least one line of the plan."}
    )

    def __init__(self, *args: Any, lines: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["lines"]
        field.choices = [(each, each) for each in lines]

    def clean_lines(self) -> list[tuple[int, int, datetime]]:
        found = [_LINE.fullmatch(each) for each in self.cleaned_data["lines"]]
        return [(int(each[1]), int(each[2]), _moment(each[3])) for each in found if each is not None]


def line_code(nominal_id: int, sitting_id: int, starts_at: datetime) -> str:
    """A line of a plan in a form."""
    return f"{nominal_id}-{code_of(sitting_id, starts_at)}"
