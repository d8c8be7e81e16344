"""Who asks, and in which role: settled before any page is made, so that pages and error pages need not look.

``request.principal`` is ``None`` when nobody has signed in. ``request.memberships`` are the roles the person holds
today, ``request.membership`` the one they act in. A role that has ended is dropped at the next request.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from audit.context import use_principal

from . import sessions
from .models import Membership, User
from .principal import Principal
from .queries import acting_membership, memberships_of

# What stays open while something is still owed: leaving, and the page on which it is done.
_LEAVING = frozenset({"account_login", "account_logout"})
_PROVING = _LEAVING | {
    "account_reauthenticate",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_login_webauthn",
}
# Only while there is no second factor: otherwise the password alone would add one.
_SETTING_UP = frozenset({"mfa_activate_totp", "mfa_add_webauthn"})
_PASSWORD = _LEAVING | {"account_change_password"}
# Open to everybody, whoever is signed in.
_PUBLIC = frozenset(
    {
        "invitation-open",
        "invitation-accept",
        "provider-choose",
        "provider-begin",
        "provider-return",
        "calendar-feed",
    }
)
_OWN_ACCOUNT = (
    _PROVING
    | _PASSWORD
    | _PUBLIC
    | _SETTING_UP
    | {
        "account",
        "role-choose",
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "usersessions_list",
    }
)
_SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class ActingRequest(HttpRequest):
    """A request behind this middleware."""

    request_id: str
    today: date
    principal: Principal | None
    membership: Membership | None
    memberships: list[Membership]


class ActivityMiddleware:
    """Keeps a session that is in use from ending, and its line in the person's own list of sessions up to date."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and sessions.note_use(request.session):
            UserSession.objects.create_from_request(request)
        return self.get_response(request)


class PrincipalMiddleware:
    """Sets the principal, ends sessions that are too old, and lets nobody on who still owes a proof or a choice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        acting = cast("ActingRequest", request)
        acting.principal, acting.membership, acting.memberships = None, None, []
        if isinstance(request.user, User):
            _identify(acting, request.user)
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],  # noqa: ARG002
        args: tuple[Any, ...],  # noqa: ARG002
        kwargs: dict[str, Any],  # noqa: ARG002
    ) -> HttpResponseBase | None:
        """Before the view: the page where something owed is done, instead of the one asked for."""
        acting = cast("ActingRequest", request)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if acting.principal is None or (owed := _owed(acting, name)) is None:
            return None
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": "Sign in on the pages first: something is still asked of you."}, status=403)
        onward = request.get_full_path() if request.method == "GET" else "/"
        return HttpResponseRedirect(f"{reverse(owed)}?{urlencode({REDIRECT_FIELD_NAME: onward})}")


def _identify(request: ActingRequest, user: User) -> None:
    if sessions.is_over(request.session):
        logout(request)
        return
    today = request.today
    request_id = getattr(request, "request_id", "")
    stepped_up_at = sessions.stepped_up_at(request.session)
    request.memberships = memberships_of(user, on=today)
    request.membership = acting_membership(request.memberships, request.session.get(sessions.ACTING))
    if request.membership is None:
        principal = Principal.for_user(user, on=today, request_id=request_id, stepped_up_at=stepped_up_at)
    else:
        principal = Principal.for_membership(
            request.membership, on=today, request_id=request_id, stepped_up_at=stepped_up_at
        )
    request.principal = principal
    use_principal(principal)


def _owed(request: ActingRequest, name: str) -> str | None:
    """The name of the page to go to first: second factor, then password, then role. ``None`` when nothing is owed."""
    if settings.MAPPA_SECOND_FACTOR_REQUIRED and not sessions.used_second_factor(request.session):
        if name in _PROVING:
            return None
        has_one = Authenticator.objects.filter(user_id=request.user.pk, type__in=_SECOND_FACTORS).exists()
        if not has_one and name in _SETTING_UP:
            return None
        return "mfa_reauthenticate" if has_one else "mfa_activate_totp"
    if sessions.PASSWORD_DUE in request.session:
        return None if name in _PASSWORD | _PROVING | _SETTING_UP else "account_change_password"
    if request.membership is None and name not in _OWN_ACCOUNT:
        return "role-choose"
    return None
