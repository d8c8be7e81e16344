"""Pages that change something: a form, or a single button. One service call each, carried out once."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from rules.core import Decision, Refused

from .base import ObjectPage
from .conflicts import Conflict, differences
from .offers import Style
from .submissions import KEY_FIELD, SentBefore, digest_of, new_key, once, read_key, was_sent_before

VERSION_FIELD = "_version"
NOT_ACCEPTED = 422
CHANGED_MEANWHILE = 409

M = TypeVar("M", bound=Model)


class WritingPage(ObjectPage[M], ABC, abstract=True):
    """What form pages and action pages share: the key that makes a repeat harmless, and the version seen."""

    cancel_url: ClassVar[str] = ""

    def get_cancel_url(self) -> str:
        return self.cancel_url

    @property
    def sent_version(self) -> int | None:
        """The version of the record that the person had before them; the service compares it under its lock."""
        text = self.request.POST.get(VERSION_FIELD, "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    @property
    def was_carried_out(self) -> bool:
        """Whether this form was carried out before: sent again, it goes where the first one went."""
        key = read_key(self.request.POST.get(KEY_FIELD))
        return key is not None and was_sent_before(user_id=self.request.user.pk, key=key)

    @property
    def stored_version(self) -> int | None:
        return cast("int | None", getattr(getattr(self, "object", None), "version", None))

    def hidden(self, *, fresh: bool) -> dict[str, str]:
        """Hidden fields of the form: its key, and the version. ``fresh`` when this is not what was just posted."""
        posted = None if fresh else read_key(self.request.POST.get(KEY_FIELD))
        values = {KEY_FIELD: str(posted) if posted else new_key()}
        version = self.stored_version if fresh else self.sent_version
        if version is not None:
            values[VERSION_FIELD] = str(version)
        return values

    def carry_out(self, act: Callable[[], str]) -> HttpResponseRedirect:
        """Run the one service call, once for this form, and go where it says."""
        if self.sent_version is not None and self.sent_version != self.stored_version:
            # Unless it is a repeat of a form already carried out, which was the one that raised the version.
            act = _changed
        key = read_key(self.request.POST.get(KEY_FIELD))
        user_id = self.request.user.pk
        if key is None or user_id is None:
            with transaction.atomic():
                return HttpResponseRedirect(act())
        return HttpResponseRedirect(once(user_id=user_id, key=key, digest=digest_of(self.request.POST), act=act))


def _changed() -> str:
    raise Conflict


class FormPage(WritingPage[M], abstract=True):
    """A form and the one service call it makes. With a ``model``, ``self.object`` is what the form is about.

    Refused or invalid input shows the form again with everything that was typed, status 422.
    """

    form_class: ClassVar[type[forms.BaseForm]]
    template_name: ClassVar[str] = "layouts/form.html"
    submit_label: ClassVar[str] = "Save"
    submit_style: ClassVar[Style] = "primary"
    # The way back without doing it: where the form itself cancels something, "Cancel" would say both.
    cancel_label: ClassVar[str] = "Cancel"

    @abstractmethod
    def act(self, form: Any) -> str:
        """Call one service with the cleaned form; the address to go to next."""

    def get_initial(self) -> Mapping[str, Any]:
        """What the form shows at first; for an edit, the values now saved."""
        return {}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {}

    def get_form(self, **data: Any) -> forms.BaseForm:
        return self.form_class(initial=dict(self.get_initial()), **self.get_form_kwargs(), **data)

    def get_saved_form(self) -> forms.BaseForm:
        """The form with what is saved now, to be shown beside what was posted."""
        return self.get_form()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        return self.page(form=self.get_form(), hidden=self.hidden(fresh=True))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        form = self.get_form(data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.again(form)
        try:
            return self.carry_out(lambda: self.act(form))
        except Refused as refusal:
            return self.again(form, refusal.decision)
        except SentBefore as before:
            return self.conflict(form, sent_before=before)
        except Conflict:
            return self.conflict(form)

    def again(self, form: forms.BaseForm, refusal: Decision | None = None) -> HttpResponseBase:
        """The form once more, with what was typed and what is wrong."""
        return self.page(status=NOT_ACCEPTED, form=form, refusal=refusal, hidden=self.hidden(fresh=False))

    def conflict(self, form: forms.BaseForm, sent_before: SentBefore | None = None) -> HttpResponseBase:
        """409: both versions side by side; the person may save theirs over the other, or leave it.

        With ``sent_before``, the first sending was saved and this one was not: it may be saved as well.
        """
        self.load()
        context = self.get_context_data(
            form=form,
            differences=differences(self.get_saved_form(), form),
            hidden=self.hidden(fresh=True),
            saved_url=sent_before.location if sent_before else "",
            request_id=getattr(self.request, "request_id", ""),
        )
        return render(self.request, "errors/409.html", context, status=CHANGED_MEANWHILE)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        drawn = {
            "submit_label": self.submit_label,
            "submit_style": self.submit_style,
            "cancel_label": self.cancel_label,
            "cancel_url": self.get_cancel_url(),
        }
        return super().get_context_data(**drawn | context)


class ActionPage(WritingPage[M], abstract=True):
    """A single button: POST only, one service call. Refused: a page that says why, status 422."""

    http_method_names = ["post", "options"]
    template_name: ClassVar[str] = "errors/refused.html"

    @abstractmethod
    def act(self) -> str:
        """Call one service; the address to go to next."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        try:
            return self.carry_out(self.act)
        except Refused as refusal:
            return self.page(status=NOT_ACCEPTED, refusal=refusal.decision, cancel_url=self.get_cancel_url())
        except Conflict:
            return self.page(status=CHANGED_MEANWHILE, changed=True, cancel_url=self.get_cancel_url())


def safe_next(request: HttpRequest, fallback: str) -> str:
    """The ``next`` address of the request when it is one of ours, else ``fallback``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else fallback


def ticked(request: HttpRequest) -> set[int]:
    """The keys of the lines that were ticked on a list, from its address or from the form they went on to."""
    sent = request.POST.getlist("rows") or request.GET.getlist("rows")
    return {int(each) for each in sent if each.isascii() and each.isdecimal() and len(each) < 19}
