"""The page on which an agency answers for all its coming meetings at once, and its form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.urls import reverse
from django.utils import timezone

from agencies.models import User
from agencies.roles import Perm
from pages.forms import GovForm
from pages.guards import FormPage, show
from rules.vocabulary import InvitationAnswer, ReceivedHow

from .models import Invitation
from .models.invitation import NAME_LENGTH
from .models.sitting import REASON_LENGTH
from .queries import invitations_of
from .services.invitations import AnswerRecord, answer_invitations, people_of
from .words import from_to

ANSWERS = [(each.value, each.label) for each in InvitationAnswer if each is not InvitationAnswer.NONE]


@dataclass(frozen=True)
class AnswerLine:
    """One invitation with its field."""

    invitation: Invitation
    field: BoundField

    @property
    def by_calendar(self) -> bool:
        return self.invitation.received_how == ReceivedHow.CALENDAR

    @property
    def hours(self) -> str:
        return from_to(self.invitation.slot.starts_at, self.invitation.slot.ends_at)


class AnswersForm(GovForm):
    """One question for each invitation; what stays untouched stays as it is."""

    def __init__(
        self, *args: Any, invitations: Sequence[Invitation], people: Sequence[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.invitations = invitations
        reveals: dict[str, Mapping[str, tuple[str, ...]]] = {}
        for each in invitations:
            key = each.pk
            self.fields[f"answer_{key}"] = forms.ChoiceField(
                label="Your answer", choices=ANSWERS, widget=forms.RadioSelect(attrs={"small": True}), required=False
            )
            self.fields[f"attends_{key}"] = forms.ChoiceField(
                label="Who comes", choices=[("", "Not settled yet"), *people], required=False
            )
            self.fields[f"deputy_{key}"] = forms.CharField(
                label="Who comes as deputy", max_length=NAME_LENGTH, required=False
            )
            self.fields[f"why_{key}"] = forms.CharField(
                label="Why you are not needed", max_length=REASON_LENGTH, required=False
            )
            reveals[f"answer_{key}"] = {
                InvitationAnswer.ATTENDING.value: (f"attends_{key}",),
                InvitationAnswer.DEPUTY.value: (f"deputy_{key}",),
                InvitationAnswer.NOT_NEEDED.value: (f"why_{key}",),
            }
        # Of this form, as its fields are.
        self.reveals = reveals  # type: ignore[misc]

    def lines(self) -> Iterator[AnswerLine]:
        for each in self.invitations:
            yield AnswerLine(each, self[f"answer_{each.pk}"])

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for each in self.invitations:
            said = values.get(f"answer_{each.pk}")
            if said == InvitationAnswer.DEPUTY and not values.get(f"deputy_{each.pk}"):
                self.add_error(f"deputy_{each.pk}", "Say who comes as deputy.")
            if said == InvitationAnswer.NOT_NEEDED and not values.get(f"why_{each.pk}"):
                self.add_error(f"why_{each.pk}", "Say why you are not needed.")
        if not self.errors and not self.answers():
            raise forms.ValidationError("Choose an answer that is not yet saved.")
        return values

    def answers(self) -> dict[int, AnswerRecord]:
        """What was chosen anew, by the key of its invitation."""
        found = {}
        for each in self.invitations:
            said = self.cleaned_data.get(f"answer_{each.pk}")
            if not said:
                continue
            record = AnswerRecord(
                InvitationAnswer(said),
                deputy=self.cleaned_data.get(f"deputy_{each.pk}") or "",
                why_not=self.cleaned_data.get(f"why_{each.pk}") or "",
                attends_id=int(self.cleaned_data.get(f"attends_{each.pk}") or 0) or None,
            )
            if record != saved(each):
                found[each.pk] = record
        return found


def saved(invitation: Invitation) -> AnswerRecord:
    """The answer that stands, as the form asks it."""
    return AnswerRecord(
        InvitationAnswer(invitation.answer), invitation.deputy, invitation.why_not, invitation.attends_id
    )


class MyInvitations(FormPage[Invitation]):
    """All coming meetings to which one's agency is invited, each with its answer: saved all at once (R59)."""

    permission = Perm.INVITATION_ANSWER
    form_class = AnswersForm
    template_name = "meetings/my_invitations.html"
    title = "Meetings to answer"
    submit_label = "Save answers"

    @cached_property
    def invitations(self) -> list[Invitation]:
        rows = invitations_of(self.principal).filter(slot__ends_at__gte=_beginning_of(self.today))
        rows = rows.select_related("agency", "slot__nominal__panel_area", "slot__sitting__room")
        found = list(rows.order_by("slot__starts_at", "slot_id"))
        show(found)
        return found

    @cached_property
    def people(self) -> list[User]:
        return people_of(self.principal.agency_id, on=self.today) if self.principal.agency_id else []

    def get_form_kwargs(self) -> Mapping[str, Any]:
        people = [(str(user.pk), user.name) for user in self.people]
        return {"invitations": self.invitations, "people": people}

    def get_initial(self) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for each in self.invitations:
            answered = each.answer != InvitationAnswer.NONE
            found |= {
                f"answer_{each.pk}": each.answer if answered else None,
                f"attends_{each.pk}": each.attends_id or "",
                f"deputy_{each.pk}": each.deputy,
                f"why_{each.pk}": each.why_not,
            }
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = sum(each.answer == InvitationAnswer.NONE for each in self.invitations)
        return super().get_context_data(waiting=waiting, **context)

    def act(self, form: Any) -> str:
        answers = form.answers()
        answer_invitations(by=self.principal, today=self.today, answers=answers)
        count = "1 answer is" if len(answers) == 1 else f"{len(answers)} answers are"
        messages.success(self.request, f"{count} saved.")
        return reverse("my-invitations")


def _beginning_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
