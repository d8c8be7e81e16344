"""The invited person opens their account: by the key in the mail, once."""

from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from agencies.models import User
from agencies.models.accounts import Invitation
from agencies.principal import Principal
from agencies.services.invitations import accept_invitation, open_invitation
from pages.guards import PUBLIC, FormPage, GuardedView

from .forms import FirstPasswordForm

KEY = "invitation_key"


class InvitationOpen(GuardedView):
    """The address in the mail. The key moves into the session, so that it stands in no address any more."""

    permission = PUBLIC

    def get(self, request: HttpRequest, key: str) -> HttpResponseBase:
        request.session[KEY] = key
        return redirect("invitation-accept")


class InvitationAccept(FormPage[User]):
    """Set the first password. What follows is the second factor; nothing else opens before."""

    permission = PUBLIC
    form_class = FirstPasswordForm
    template_name = "desk/people/invitation_accept.html"
    title = "Open your account"
    submit_label = "Set the password"
    invitation: Invitation | None = None

    def load(self) -> None:
        if not self.request.user.is_authenticated:
            self.invitation = open_invitation(str(self.request.session.get(KEY, "")))

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"user": self.invitation.user if self.invitation else None}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.invitation is None:
            return self.page(status=422)
        return super().post(request, *args, **kwargs)

    def act(self, form: Any) -> str:
        if self.invitation is None:
            return reverse("account_login")
        by = Principal.for_user(self.invitation.user, on=self.today)
        user = accept_invitation(by=by, invitation=self.invitation, password=form.cleaned_data["password1"])
        self.request.session.pop(KEY, None)
        response = perform_password_login(self.request, {"email": user.email}, Login(user=user))
        return str(response["Location"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            invitation=self.invitation, somebody=self.request.user.is_authenticated, **context
        )
