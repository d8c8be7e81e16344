"""Changing who may read a record: how it is handled, who is let in by name, and who is kept out (R97 to R100)."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.urls import reverse

from agencies.access import Holder, can, who_can
from agencies.roles import Perm
from cases.forms.access import HandlingForm
from cases.models import Nominal
from cases.services.participation import may_set_handling, set_handling
from cases.stamps import stamp_of_said
from pages.submissions import SentBefore
from pages.writing import CHANGED_MEANWHILE
from rules.vocabulary import Handling

from .about import ChangedFirstPage, NominalFormPage

TITLES = {
    Handling.ORDINARY: "Make the record ordinary again",
    Handling.RESTRICTED: "Restrict the record",
    Handling.CATEGORY_4: "Put the record behind the Category 4 wall",
}
BUTTONS = {
    Handling.ORDINARY: "Make it ordinary",
    Handling.RESTRICTED: "Restrict it",
    Handling.CATEGORY_4: "Put it behind the wall",
}


class AccessFormPage(NominalFormPage, abstract=True):
    """A form that changes who may read the record, and leads back to the page that says who does."""

    template_name = "cases/access_form.html"

    def back(self) -> str:
        """The page of who has access; the register, for whoever may not read the record any more."""
        messages.success(self.request, self.done)
        if not can(self.principal, Perm.ACCESS_VIEW, self.object):
            return reverse("register")
        return self.get_cancel_url()

    def get_cancel_url(self) -> str:
        return reverse("nominal-access", args=[self.object.pk]) + (f"#{self.part}" if self.part else "")


class HandlingSet(ChangedFirstPage[Nominal], AccessFormPage):
    """Restrict a record, lift that, or put it behind the Category 4 wall: first, who loses sight of it and who stays.

    What is confirmed is what was shown: when other people would lose or gain it by then, it is shown anew.
    """

    permission = Perm.ACCESS_RESTRICT
    form_class = HandlingForm
    template_name = "cases/handling_set.html"
    submit_style = "warning"
    part = "handling"
    done = "The handling has been changed."

    @cached_property
    def handling(self) -> Handling:
        wanted = self.kwargs["handling"]
        if wanted not in set(Handling):
            raise Http404
        return Handling(wanted)

    def get_title(self) -> str:
        return TITLES[self.handling]

    @cached_property
    def before(self) -> Sequence[Holder]:
        return who_can(Perm.NOMINAL_VIEW, self.object, on=self.today)

    @cached_property
    def after(self) -> Sequence[Holder]:
        """Who can open it then; whoever restricts it becomes a named reader."""
        holders = who_can(Perm.NOMINAL_VIEW, self.object, on=self.today, handling=self.handling)
        if self.handling is not Handling.RESTRICTED:
            return holders
        known = {holder.membership_id for holder in holders}
        own = [each for each in self.before if each.user_id == self.principal.user_id]
        return [*holders, *(each for each in own if each.membership_id not in known)]

    @property
    def stored_version(self) -> int | None:
        said = [sorted(each.membership_id for each in holders) for holders in (self.before, self.after)]
        return stamp_of_said([self.object.handling, *said])

    def conflict(self, form: forms.BaseForm, sent_before: SentBefore | None = None) -> HttpResponseBase:
        """The page as it is by now, with the reason that was typed, to look at again before it binds."""
        if sent_before is not None:
            return super().conflict(form, sent_before)
        return self.page(status=CHANGED_MEANWHILE, form=form, hidden=self.hidden(fresh=True), looks_new=True)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may = may_set_handling(self.object, by=self.principal, today=self.today, handling=self.handling)
        kept, left = ({each.membership_id for each in holders} for holders in (self.before, self.after))
        return super().get_context_data(
            stopped=may.reasons if not may else (),
            handling=self.handling,
            restricts=self.handling is Handling.RESTRICTED,
            walls=self.handling is Handling.CATEGORY_4,
            losing=[each for each in self.before if each.membership_id not in left],
            staying=[each for each in self.after if each.membership_id in kept],
            gaining=[each for each in self.after if each.membership_id not in kept],
            **{"submit_label": BUTTONS[self.handling], **context},
        )

    def act(self, form: Any) -> str:
        set_handling(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            handling=self.handling,
            reason=form.cleaned_data["reason"],
        )
        return self.back()
