"""Pages that ask once more who one is: opened only within five minutes of a proof, by password, code or passkey."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from agencies import sessions
from agencies.models import User
from agencies.providers import only_way_of
from rules.core import Decision, Reason

from .base import GuardedView
from .writing import NOT_ACCEPTED, ActionPage, FormPage

TOO_LONG_AGO = Decision.no(
    Reason(
        "It is more than five minutes since you proved who you are. Prove it again, then send this again.", "step-up"
    )
)


def proof_url(request: HttpRequest, onward: str) -> str:
    """Where the person proves again who they are, and is then sent on."""
    user = cast("User", request.user)
    where = reverse("account_reauthenticate" if user.has_usable_password() else "mfa_reauthenticate")
    if not user.has_usable_password() and (provider := only_way_of(user)) is not None:
        where = reverse("provider-begin", args=[provider.agency_id])
    return f"{where}?{urlencode({REDIRECT_FIELD_NAME: onward})}"


class SteppedUp(GuardedView, abstract=True):
    """Stands before ``FormPage`` or ``ActionPage`` among the bases of a page.

    Opening the page without a fresh proof leads to the proof and back. Sending it without one saves nothing and loses
    nothing: the form comes back as it was typed, with a link that proves in another tab.
    """

    @property
    def is_proved(self) -> bool:
        return sessions.is_stepped_up(self.request.session)

    def stopped(self) -> HttpResponseBase | None:
        elsewhere = super().stopped()
        if elsewhere is not None or self.is_proved or self.request.method not in ("GET", "HEAD"):
            return elsewhere
        if not hasattr(self, "get"):
            return None
        return redirect(proof_url(self.request, self.request.get_full_path()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What the page does, or what it asks for first."""
        page: Any = self
        if self.is_proved:
            return cast("HttpResponseBase", cast("Any", super()).post(request, *args, **kwargs))
        if isinstance(self, FormPage):
            return self.again(self.get_form(data=request.POST, files=request.FILES), TOO_LONG_AGO)
        onward = page.get_cancel_url() if isinstance(self, ActionPage) else "/"
        context = {"reasons": TOO_LONG_AGO.reasons, "proof_url": proof_url(request, onward)}
        return render(request, "errors/proof.html", context, status=NOT_ACCEPTED)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        shown = super().get_context_data(**context)
        if not self.is_proved:
            # In another tab: where it ends, the account's page says to go back to this one.
            shown["proof_url"] = proof_url(self.request, f"{reverse('account')}?{urlencode({sessions.PROVED: 'yes'})}")
        return shown
