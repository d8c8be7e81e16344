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


class SlotKeepForm(GovForm):
    """A meeting held all the same."""

    reason = forms.CharField(
        label="Why is it held all the same?",
        max_length=REASON_LENGTH,
        help_text="Those invited stay invited, and nothing is sent to them.",
        error_messages={"required": "Say why it is held all the same."},
    )


class WhenForm(GovForm):
    """One of the times proposed, or another."""

    at = forms.ChoiceField(label="When?", widget=forms.RadioSelect, error_messages={"required": "Choose a time."})
    day = DateField3(label="On which day?")
    hour = TimeOfDay(label="At what time?")

    reveals = {"at": {ANOTHER: ("day", "hour")}}

    def __init__(self, *args: Any, times: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = dict(self.fields)
        fields["at"].choices = [*times, (ANOTHER, "Another time")]


class ArrangeForm(WhenForm):
    """A single meeting for one person: one of the times proposed or another, who chairs, where, who is invited.

    ``invited`` are the agencies that the table asks for, each with its key, name and why; ``shown_otherwise`` when they
    are others than those that were shown.
    """

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
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    invited = forms.MultipleChoiceField(
        label="Who is invited?",
        widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
        help_text="Nothing is sent to an agency that you untick.",
        error_messages={"required": "Tick at least one agency."},
    )
    added = forms.ChoiceField(label="Another agency", required=False)
    added_because = forms.CharField(
        label="Why is the other agency invited?",
        max_length=REASON_LENGTH,
        required=False,
        help_text="In a few words. It is not in any e-mail. More can be invited on the meeting's page.",
    )
    out_of_time_because = _out_of_time("Why is it out of time, if it is?")

    def __init__(
        self,
        *args: Any,
        chairs: Sequence[tuple[str, str]] = (),
        rooms: Sequence[tuple[str, str]] = (),
        invited: Sequence[tuple[str, str, str]] = (),
        others: Sequence[tuple[str, str]] = (),
        shown_otherwise: bool = False,
        late: bool = False,
        emergency: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.shown_otherwise = shown_otherwise
        fields: dict[str, Any] = dict(self.fields)
        fields["chair"].choices = [("", "Whoever is named beside the time"), *chairs]
        fields["room"].choices = [("", "No room"), *rooms]
        fields["invited"].choices = [(key, name) for key, name, _ in invited]
        fields["added"].choices = [("", "Nobody else"), *others]
        self.option_hints = {"invited": {key: why for key, _, why in invited}}  # type: ignore[misc]
        dropped = {
            "kind": emergency,
            "shown": emergency,
            "invited": emergency or not invited,
            "added": emergency or not others,
            "added_because": emergency or not others,
            "out_of_time_because": not late,
            "room": not rooms,
        }
        for name in [name for name, is_dropped in dropped.items() if is_dropped]:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if self.shown_otherwise:
            text = "At this time others are asked for: look at who is invited, then send it again."
            self.add_error("invited" if "invited" in self.fields else None, text)
        if values.get("added") and not values.get("added_because"):
            self.add_error("added_because", "Say why the other agency is invited.")
        if values.get("added_because") and not values.get("added") and "added" not in self.errors:
            self.add_error("added", "Choose the other agency.")
        return values


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
