"""What a form says, on the page that asks whether it is meant: openly, and sent along with the confirmation."""

from collections.abc import Sequence
from hashlib import sha256

from django import forms
from django.http import QueryDict

from rules.core import Decision, Reason

from .conflicts import in_words

# What the page that confirms sends: what it showed, by ``shown_as``, or that the answers are to be changed first.
CONFIRMED, CHANGE = "confirmed", "change_answers"
LOOK_AGAIN = Decision.no(
    Reason("Look again: what was confirmed is not what would be done. Confirm what stands here now.", "confirmation")
)


def answers_of(form: forms.BaseForm) -> Sequence[tuple[str, str]]:
    """The questions of a valid form that were answered, and the answers in words."""
    said = ((form[name].label, in_words(field, form.cleaned_data.get(name))) for name, field in form.fields.items())
    return [(str(label), words) for label, words in said if words]


def carried(form: forms.BaseForm, data: QueryDict) -> Sequence[tuple[str, str]]:
    """What was sent for the form's own questions, as it was typed: names and values for hidden fields."""
    names = tuple(form.add_prefix(name) for name in form.fields)
    parts = tuple(f"{name}_" for name in names)
    return [(key, value) for key in data for value in data.getlist(key) if key in names or key.startswith(parts)]


def shown_as(sent: Sequence[tuple[str, str]], shown: object) -> str:
    """What a confirmation carries of the answers that were sent and of what they would do, as its page shows it: when
    either is another by then, something else was confirmed.
    """
    return sha256(repr((sorted(sent), shown)).encode()).hexdigest()[:32]
