"""A form that says first what it would do: sent once it shows that, sent again it does it.

The confirmation stands for what its page showed. Where that would be shown otherwise by then, because of other answers,
of what was chosen on the page that showed it or of what somebody changed meanwhile, it is shown anew before anything is
done.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase, QueryDict

from rules.core import Decision

from .answers import CHANGE, CONFIRMED, LOOK_AGAIN, answers_of, carried, shown_as
from .forms import GovForm
from .guards import FormPage
from .writing import NOT_ACCEPTED

M = TypeVar("M", bound=Model)


class PreviewedFormPage(FormPage[M], ABC, abstract=True):
    """What is refused is refused before the preview, by the twin that the service asks again.

    ``asked`` is the form of :meth:`asks` as it was sent, when anything is asked.
    """

    asked: GovForm | None = None

    @abstractmethod
    def may(self, form: Any) -> Decision:
        """The service's twin, with what the form says."""

    @abstractmethod
    def would(self, form: Any) -> Sequence[Any]:
        """What it would do, line by line, as the page's template draws it."""

    @abstractmethod
    def says(self, form: Any, would: Sequence[Any]) -> str:
        """What the button does that carries it out, for the button."""

    def asks(self, form: Any, data: QueryDict | None) -> GovForm | None:  # noqa: ARG002
        """What can be asked only when it is known what moves; asked on the page that shows it."""
        return None

    def told(self, form: Any) -> Sequence[str]:  # noqa: ARG002
        """What else is to be said of what moves, in sentences."""
        return ()

    def asks_first(self, form: Any) -> bool:  # noqa: ARG002 - a page may ask only when something moves
        """Whether what the form says is shown before it is done."""
        return True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form(data=request.POST)
        if self.was_carried_out or not form.is_valid():
            return super().post(request, *args, **kwargs)
        if CHANGE in request.POST:
            return self.page(form=form, hidden=self.hidden(fresh=False))
        confirmed = CONFIRMED in request.POST
        self.asked = self.asks(form, request.POST if confirmed else None)
        accepted = self.asked is None or self.asked.is_valid()
        if not (decision := self.may(form)):
            return self.again(form, decision)
        would, told, sent = self.would(form), self.told(form), carried(form, request.POST)
        confirms = shown_as(sent, (would, told))
        otherwise = confirmed and accepted and request.POST[CONFIRMED] != confirms
        if confirmed and accepted and not otherwise:
            return super().post(request, *args, **kwargs)
        if not self.asks_first(form):
            return self.again(form, LOOK_AGAIN) if confirmed else super().post(request, *args, **kwargs)
        return self.page(
            submit_label=self.says(form, would),
            status=NOT_ACCEPTED if confirmed else 200,
            refusal=LOOK_AGAIN if otherwise else None,
            form=self.asked or form,
            asked=self.asked,
            answers=answers_of(form),
            carried=sent,
            confirms=confirms,
            hidden=self.hidden(fresh=False),
            would=would,
            told=told,
            previewed=True,
        )
