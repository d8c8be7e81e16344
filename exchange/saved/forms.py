"""Forms of saved views."""

from typing import Any

from django import forms

from exchange.exports.forms import OfListForm
from pages.forms import GovForm

NAME_HINT = "What the list shows, for example: Level 3, review overdue. Not a person's name."


class ViewNameForm(GovForm):
    name = forms.CharField(label="Name of the view", max_length=60, help_text=NAME_HINT)


class SaveViewForm(OfListForm, ViewNameForm):
    """The view of a list, under a name. Sharing is offered to whoever may share."""

    shared = forms.BooleanField(label="Share with everybody in the area", required=False)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["shared"]
