"""What the panel says of a referral, what is decided of it, and who sits on the panel."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from pages.forms import DateField3, GovForm, LongText
from rules.vocabulary import DeclineReason, Vote, choices

from .referral import LEVELS, NOTE_LENGTH


class VoteForm(GovForm):
    """What a member of the panel says, with reasons."""

    vote = forms.ChoiceField(
        label="Vote", choices=choices(Vote), widget=forms.RadioSelect, error_messages={"required": "Choose a vote."}
    )
    reasons = LongText(
        label="Reasons", max_length=NOTE_LENGTH, rows=4, error_messages={"required": "Give your reasons."}
    )


class VoteForMemberForm(VoteForm):
    """A vote that a member gave by phone or e-mail, written down by the unit (R108)."""

    voter = forms.ChoiceField(
        label="Whose vote",
        choices=[],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whose vote it is."},
    )
    field_order = ("voter", "vote", "reasons")

    def __init__(self, *args: Any, voters: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["voter"].choices = list(voters)  # type: ignore[attr-defined]


class DeclineForm(GovForm):
    """Why it is declined, and how the referrer can escalate (R48)."""

    reason = forms.ChoiceField(
        label="Why it is declined",
        choices=choices(DeclineReason),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why it is declined."},
    )
    text = LongText(
        label="Reasons, in words",
        max_length=NOTE_LENGTH,
        rows=4,
        error_messages={"required": "Say in a sentence why it is declined."},
    )
    route = forms.CharField(
        label="How the referrer can escalate",
        max_length=300,
        error_messages={"required": "Say how the referrer can escalate."},
    )


class AcceptForm(GovForm):
    """What was decided after the panel could not."""

    level = forms.ChoiceField(
        label="Level", choices=LEVELS, widget=forms.RadioSelect, error_messages={"required": "Choose the level."}
    )
    note = LongText(
        label="Who decided, and why",
        max_length=NOTE_LENGTH,
        rows=4,
        required=False,
        help_text="Not needed: the votes have settled it.",
    )

    def __init__(self, *args: Any, escalated: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if escalated:
            note = self.fields["note"]
            note.required, note.help_text = True, "The votes could not settle it."
            note.error_messages["required"] = "Say who decided after the panel could not, and why."


class ToldForm(GovForm):
    """The day on which the referrer was told."""

    told_on = DateField3(label="Referrer told on", error_messages={"required": "Enter the day."})


class SeatForm(GovForm):
    """A member of the panel, with a substitute."""

    member = forms.ChoiceField(label="Member", choices=[], error_messages={"required": "Choose a member."})
    substitute = forms.ChoiceField(label="Substitute", choices=[], required=False)
    starts_on = DateField3(label="From", error_messages={"required": "Enter the first day."})
    number = forms.ChoiceField(
        label="Whose seat they take",
        choices=[],
        widget=forms.RadioSelect,
        help_text="A seat votes once on a referral. What somebody has voted in it stays its vote.",
        error_messages={"required": "Choose whose seat they take."},
    )

    def __init__(self, *args: Any, people: Mapping[int, str], left: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = [  # type: ignore[attr-defined]
            *((str(key), name) for key, name in left.items()),
            ("new", "One more seat"),
        ]
        if not left:
            del self.fields["number"]
        offered = [(str(key), name) for key, name in people.items()]
        self.fields["member"].choices = [("", "Choose a person"), *offered]  # type: ignore[attr-defined]
        self.fields["substitute"].choices = [("", "Nobody"), *offered]  # type: ignore[attr-defined]


class SeatEndForm(GovForm):
    """The last day of a seat."""

    ends_on = DateField3(label="Last day", error_messages={"required": "Enter the last day."})
