"""Forms about one sitting: planned, moved, given a chair, cancelled."""

from collections.abc import Mapping
from typing import Any

from django import forms

from meetings.models.sitting import REASON_LENGTH
from pages.forms import DateField3, GovForm, TimeOfDay

from .panel_forms import Choices, chosen, link_field


def _why(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=REASON_LENGTH,
        help_text="In a few words, without names: those invited are told.",
        error_messages={"required": "Say why."},
    )


class PlanForm(GovForm):
    """One sitting beside the usual days. What is left empty is as the panel has it."""

    panel = forms.ChoiceField(label="Panel", error_messages={"required": "Choose a panel."})
    on = DateField3(label="Day", error_messages={"required": "Enter the day."})
    begins = TimeOfDay(label="Begins at", required=False, help_text="Leave empty for the panel's usual hour.")
    chair = forms.ChoiceField(label="Chair", required=False)
    room = forms.ChoiceField(label="Room", required=False)
    join_link = link_field("Leave empty for the panel's own.")

    def __init__(self, *args: Any, panels: Choices, chairs: Choices, rooms: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen(self.fields["panel"], panels, "Choose a panel")
        chosen(self.fields["chair"], chairs, "Nobody yet")
        chosen(self.fields["room"], rooms, "The panel's own")


class MoveForm(GovForm):
    """Another day, hour or place, for everybody who is heard in the sitting."""

    on = DateField3(label="Day", error_messages={"required": "Enter the day."})
    begins = TimeOfDay(label="Begins at", help_text="Everybody moves with it, in the same order.")
    room = forms.ChoiceField(label="Room", required=False)
    join_link = link_field()
    reason = _why("Why is it moved?")
    out_of_time_because = forms.CharField(
        label="Why is somebody heard out of time, if so?",
        max_length=REASON_LENGTH,
        required=False,
        help_text="Asked for when the new day is after somebody's limit (R54).",
    )

    def __init__(self, *args: Any, rooms: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen(self.fields["room"], rooms, "No room: online only")


class CancelForm(GovForm):
    """Why a sitting is cancelled."""

    reason = _why("Why is it cancelled?")


class NameChairForm(GovForm):
    """Who chairs, of those who may; beside whoever cannot stands why."""

    chair = forms.ChoiceField(
        label="Who chairs?", widget=forms.RadioSelect, error_messages={"required": "Choose who chairs."}
    )

    def __init__(self, *args: Any, chairs: Choices, hints: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["chair"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(chairs)
        self.option_hints = {"chair": dict(hints)}  # type: ignore[misc]
