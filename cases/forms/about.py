"""The question about whom: a number or a name is typed, and the register answers with the people it may mean."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from pages.forms import GovForm

MOST = 10


@dataclass(frozen=True)
class Known:
    """People whom a text may mean, best first, by id and in words; and how many there are, shown or not.

    ``at_least``: so many were likely that not all were looked at.
    """

    people: Sequence[tuple[int, str]] = ()
    total: int = 0
    at_least: bool = False

    @property
    def is_cut(self) -> bool:
        """More people fit, or may, than a form offers."""
        return self.at_least or self.total > MOST

    @property
    def offered(self) -> Sequence[tuple[int, str]]:
        return self.people[:MOST]


class AboutForm(GovForm):
    """``look_up`` answers what was typed about the person with the people it may mean: one is taken, several are
    offered.
    """

    about = forms.CharField(
        label="About whom",
        max_length=100,
        required=False,
        help_text="A number, or a name as it is spelt.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    not_found = "No person is found. Enter a number or the name again."

    def __init__(self, *args: Any, look_up: Callable[[str], Known], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = self.data.get(self.add_prefix("about"), "").strip() if self.is_bound else ""
        self.known = look_up(text) if text else Known()
        if len(self.known.people) > 1:
            self.fields["person"] = forms.ChoiceField(
                label="Which of them?",
                choices=[(str(pk), label) for pk, label in self.known.offered],
                help_text=self._cut(),
                widget=forms.RadioSelect,
                error_messages={"required": "Choose which of them is meant, or enter a number."},
            )
            self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("about") and not self.known.people:
            self.add_error("about", self.not_found)
        return said

    @property
    def nominal_id(self) -> int | None:
        """The person that is meant; None when nobody was named."""
        chosen = self.cleaned_data.get("person")
        if chosen:
            return int(chosen)
        return self.known.people[0][0] if len(self.known.people) == 1 else None

    def _cut(self) -> str:
        """Says that there are more than stand to choose from; nothing when there are not."""
        if not self.known.is_cut:
            return ""
        total = f"at least {self.known.total:,}" if self.known.at_least else f"{self.known.total:,}"
        return (
            f"The {len(self.known.offered)} best of {total} people found. If it is none of them, enter above a number "
            "or more of the name."
        )
