"""A form that says first what it would do: sent once it shows that, sent again it does it."""

from abc import ABC, abstractmethod
from typing import Any, TypeVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase

from agencies.succession import Line
from pages.guards import FormPage
from pages.models import SubmittedForm
from pages.submissions import KEY_FIELD, read_key
from rules.core import Decision

CONFIRMED = "confirmed"
M = TypeVar("M", bound=Model)


class PreviewedFormPage(FormPage[M], ABC, abstract=True):
    """What is refused is refused before the preview, by the twin that the service asks again."""

    @abstractmethod
    def may(self, form: Any) -> Decision:
        """The service's twin, with what the form says."""

    @abstractmethod
    def would(self, form: Any) -> list[Line]:
        """What would move, and how much of it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form(data=request.POST)
        if CONFIRMED in request.POST or self.was_carried_out or not form.is_valid():
            return super().post(request, *args, **kwargs)
        if not (decision := self.may(form)):
            return self.again(form, decision)
        return self.page(form=form, hidden=self.hidden(fresh=False), would=self.would(form), previewed=True)

    @property
    def was_carried_out(self) -> bool:
        """A form sent again goes where the first one went."""
        key = read_key(self.request.POST.get(KEY_FIELD))
        return key is not None and SubmittedForm.objects.filter(user=self.request.user.pk, key=key).exists()
