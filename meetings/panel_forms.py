"""Forms about panels: how one is described, who belongs to it, who chairs, where and until when it sits."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from meetings.models.panel import LONGEST_SLOT, MOST_SLOTS
from pages.forms import DateField3, GovForm, Section, TimeOfDay
from rules.vocabulary import ChairRole, Level, Weekday, choices

from .words import ORDINALS

Choices = Sequence[tuple[str, str]]
LEVELS = [(level.value, level.label) for level in Level if level.is_multi_agency]
NAME_LENGTH = 100
LINK_LENGTH = 500
SHORTEST_SLOT = 5


def link_field(hint: str = "") -> forms.URLField:
    """The address by which people join."""
    return forms.URLField(
        label="Link to join",
        max_length=LINK_LENGTH,
        required=False,
        assume_scheme="https",
        help_text=hint,
        error_messages={"invalid": "Enter a link that begins with https://."},
    )


def chosen(field: forms.Field, offered: Choices, empty: str) -> None:
    """Offer these, after a line that stands for none of them."""
    if isinstance(field, forms.ChoiceField):
        field.choices = [("", empty), *offered]


class PanelForm(GovForm):
    """A panel: its level and area, usual days and hours, place."""

    name = forms.CharField(label="Name", max_length=NAME_LENGTH)
    level = forms.ChoiceField(label="Level", choices=LEVELS, widget=forms.RadioSelect(attrs={"inline": True}))
    panel_area = forms.ChoiceField(label="Panel area", required=False)
    weekday = forms.ChoiceField(label="Usual day of the week", choices=choices(Weekday))
    ordinals = forms.TypedMultipleChoiceField(
        label="Which of the month",
        choices=[(str(number), f"{word.capitalize()} of the month") for number, word in ORDINALS.items()],
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
        required=False,
        help_text="Tick none if it sits by arrangement. A bank holiday moves to the next working day.",
    )
    begins = TimeOfDay(label="Begins at")
    slot_minutes = forms.IntegerField(
        label="Minutes a person",
        min_value=SHORTEST_SLOT,
        max_value=LONGEST_SLOT,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
    )
    capacity = forms.IntegerField(
        label="People in a sitting, at most",
        min_value=1,
        max_value=MOST_SLOTS,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
    )
    room = forms.ChoiceField(label="Room", required=False)
    join_link = link_field()
    starts_on = DateField3(label="Sits from", error_messages={"required": "Enter the first day of the panel."})
    ends_on = DateField3(label="To", required=False, help_text="Leave empty while it goes on.")
    national_security = forms.BooleanField(
        label="Category 4 only",
        required=False,
        help_text="Nobody without clearance sees the panel or its sittings (R99).",
    )

    sections: ClassVar[tuple[Section, ...]] = (
        Section("The panel", ("name", "level", "panel_area", "national_security")),
        Section("When it sits", ("weekday", "ordinals", "begins", "slot_minutes", "capacity", "starts_on", "ends_on")),
        Section("Where", ("room", "join_link")),
    )
    periods: ClassVar[tuple[tuple[str, str], ...]] = (("starts_on", "ends_on"),)

    def __init__(self, *args: Any, areas: Choices, rooms: Choices, cleared: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen(self.fields["panel_area"], areas, "The whole area")
        chosen(self.fields["room"], rooms, "No room: online only")
        if not cleared:
            del self.fields["national_security"]


class MemberForm(GovForm):
    """An agency that sits on the panel."""

    agency = forms.ChoiceField(label="Agency", error_messages={"required": "Choose an agency."})
    starts_on = DateField3(label="From", error_messages={"required": "Enter the first day."})

    def __init__(self, *args: Any, agencies: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen(self.fields["agency"], agencies, "Choose an agency")


class ChairForm(GovForm):
    """Somebody who may chair."""

    user = forms.ChoiceField(label="Who", error_messages={"required": "Choose who may chair."})
    role = forms.ChoiceField(
        label="As what",
        choices=choices(ChairRole),
        widget=forms.RadioSelect,
        help_text="The area's numbers say which of these may chair Level 2 and Level 3.",
        error_messages={"required": "Choose as what they chair."},
    )
    panel = forms.ChoiceField(label="Which panel", required=False)
    starts_on = DateField3(label="From", error_messages={"required": "Enter the first day."})

    def __init__(self, *args: Any, people: Choices, panels: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen(self.fields["user"], people, "Choose a person")
        chosen(self.fields["panel"], panels, "Any panel of the area, and single meetings")


class LastDayForm(GovForm):
    """The last day of a member or a chair."""

    ends_on = DateField3(label="Last day", error_messages={"required": "Enter the last day."})


class RoomForm(GovForm):
    """A room in which one meeting is held at a time."""

    name = forms.CharField(label="Name of the room", max_length=NAME_LENGTH)


class GenerateForm(GovForm):
    """Until when the usual days are written into the calendar."""

    until = DateField3(
        label="Until when",
        help_text="Days that are in the calendar already, cancelled ones too, stay as they are.",
        error_messages={"required": "Enter the last day to write down."},
    )
