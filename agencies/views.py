"""Pages about oneself: the choice of role, the account, and the sign-in library's pages in our words."""

from typing import Any, ClassVar, cast

from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from audit.reads import AccessKind, noted

from . import sessions
from .access import can
from .contacts import parts_held, roles_awaited
from .handover import handovers_about, stands
from .middleware import ActingRequest
from .models import User
from .roles import Perm
from .services.role_offers import open_offers


def _onward(request: HttpRequest) -> str:
    """The page that was asked for first, if it is one of ours; otherwise the first page of the role."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


@method_decorator(never_cache, name="dispatch")
class RoleChoose(LoginRequiredMixin, TemplateView):
    """The roles a person holds today. Choosing is one press of a button."""

    permission: ClassVar[Perm] = Perm.ACCOUNT
    template_name = "agencies/role_choose.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        request = cast("ActingRequest", self.request)
        return super().get_context_data(
            title="Choose the role to act in",
            memberships=request.memberships,
            acting=request.membership,
            next=_onward(request),
            **context,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        """Act in the chosen role from the next page on. One that is not held today is simply not chosen."""
        chosen = request.POST.get("membership", "")
        for membership in cast("ActingRequest", request).memberships:
            if str(membership.pk) == chosen:
                request.session[sessions.ACTING] = membership.pk
                return HttpResponseRedirect(_onward(request))
        return self.render_to_response(self.get_context_data(not_held=True), status=422)


@method_decorator(never_cache, name="dispatch")
class AccountDetail(LoginRequiredMixin, TemplateView):
    """One's own account: who one is here, the roles held, and the way to password, second factor and sessions."""

    permission: ClassVar[Perm] = Perm.ACCOUNT
    template_name = "agencies/account_detail.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        request = cast("ActingRequest", self.request)
        return super().get_context_data(
            title="Your account",
            proved=sessions.PROVED in request.GET and sessions.is_stepped_up(request.session),
            memberships=request.memberships,
            acting=request.membership,
            offered=open_offers().filter(user=request.user.pk).exists(),
            reads_calendar=request.principal is not None and bool(can(request.principal, Perm.SITTING_VIEW)),
            awaited_as=[role.label for role in roles_awaited(cast("User", request.user), on=request.today)],
            hand_overs=[(row, stands(row)) for row in handovers_about(request.user.pk or 0, request.today)],
            contact_for=[each.agency.name for each in parts_held(cast("User", request.user), on=request.today)],
            **context,
        )


class SecondFactorActivate(ActivateTOTPView):  # type: ignore[misc]  # the library has no types
    """Sets up an authenticator app; the code just given counts as this session's second factor."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session[sessions.SECOND_FACTOR_SET_UP] = True
        return cast("HttpResponse", response)


class PasskeyAdd(AddWebAuthnView):  # type: ignore[misc]  # the library has no types
    """Makes a passkey that is password and second factor in one; having made it here counts as the second factor."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = cast("dict[str, Any]", super().get_context_data(**context))
        return {**found, "js_data": {"creation_options": begin_registration(self.request.user, True)}}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session[sessions.SECOND_FACTOR_SET_UP] = True
        return cast("HttpResponse", response)


class PasskeySignIn(LoginWebAuthnView):  # type: ignore[misc]
    """Signs in with a passkey. Whatever is wrong with one, the answer is the same."""

    def form_invalid(self, form: Any) -> HttpResponse:  # noqa: ARG002 - every fault has one answer
        noted(AccessKind.SIGN_IN, failed=True, reason="passkey")
        messages.error(self.request, "We could not sign you in with that passkey.")
        return HttpResponseRedirect(reverse("account_login"))
