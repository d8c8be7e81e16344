"""What takes two administrators: what waits, asked for, confirmed, refused. Each page makes one service call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.access import can
from agencies.models.accounts import Act, TwoPersonAct
from agencies.queries import agencies_of
from agencies.roles import Perm
from agencies.services.two_persons import (
    acts_of,
    ask_two_persons,
    confirm_two_persons,
    may_confirm_two_persons,
    may_withdraw_two_persons,
    open_acts,
    withdraw_two_persons,
)
from pages.guards import ActionPage, DetailPage, Offer, SteppedUp, TemplatePage

from .forms import AskAdministratorForm, AskForm
from .pages import UserFormPage, user_url


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a second person, and whether this one may be it."""

    act: TwoPersonAct
    confirm: Sequence[Offer]


def waiting_for(view: TemplatePage | DetailPage[Any], acts: Iterable[TwoPersonAct]) -> list[Waiting]:
    """The acts with their buttons, drawn from the services' twins."""
    by = view.principal
    access = can(by, Perm.USERS_EDIT)
    return [
        Waiting(
            act,
            [
                Offer("Confirm", reverse("two-person-confirm", args=[act.pk]),
                      may_confirm_two_persons(act, by=by), access=access, post=True, style="primary"),
                Offer("Refuse or take back", reverse("two-person-withdraw", args=[act.pk]),
                      may_withdraw_two_persons(act, by=by), access=access, post=True),
            ],
        )
        for act in acts
    ]  # fmt: skip


class TwoPersonActs(TemplatePage):
    """Everything in the area that waits for a second person."""

    permission = Perm.USERS_EDIT
    template_name = "desk/people/two_person_acts.html"
    title = "Waiting for a second person"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(waiting=waiting_for(self, open_acts(self.principal)), **context)


class TwoPersonAsk(UserFormPage):
    """Ask for what another administrator must confirm. Which it is stands in the address table."""

    form_class: ClassVar[type[forms.BaseForm]] = AskForm
    kind: Act = Act.SECOND_FACTOR_RESET
    submit_label = "Ask a second person"
    done = "Asked. Another administrator must confirm it within a day."

    def get_title(self) -> str:
        return self.kind.label

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        ask_two_persons(
            by=self.principal, user=self.object, kind=self.kind, reason=said["reason"], agency=said.get("agency")
        )
        return self.back()


class AdministratorAsk(TwoPersonAsk):
    """Ask for the role of system administrator, for one of the agencies."""

    form_class = AskAdministratorForm
    kind = Act.ADMINISTRATOR_ROLE

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": agencies_of(self.principal)}


class TwoPersonPage(SteppedUp, ActionPage[TwoPersonAct], abstract=True):
    """A button about something that waits for a second person."""

    permission = Perm.USERS_EDIT
    model = TwoPersonAct

    def get_queryset(self) -> QuerySet[TwoPersonAct]:
        return acts_of(self.principal).select_related("agency")

    def get_cancel_url(self) -> str:
        return reverse("providers") if self.object.user_id is None else user_url(self.object.user_id)


class TwoPersonConfirm(TwoPersonPage):
    """Be the second person: it is done."""

    def act(self) -> str:
        confirm_two_persons(by=self.principal, act=self.object)
        messages.success(self.request, f"Confirmed and done: {self.object.get_kind_display()}.")
        return self.get_cancel_url()


class TwoPersonWithdraw(TwoPersonPage):
    """Refuse it, or take it back."""

    def act(self) -> str:
        withdraw_two_persons(by=self.principal, act=self.object)
        messages.success(self.request, f"Not done: {self.object.get_kind_display()}.")
        return self.get_cancel_url()
