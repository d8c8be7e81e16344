"""Signing in and out, as it is told to the access log. The sign-in library offers signals and no other hook."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.http import HttpRequest

from audit.context import current_reading, use_principal
from audit.reads import AccessKind, noted
from rules.core import Refused

from . import sessions
from .middleware import ActingRequest
from .models import User
from .models.accounts import SignInProvider
from .principal import Principal
from .services.providers import link_provider, may_link_provider

# What the sign-in carries of an agency's provider until the person's own second factor has proved who they are.
AGENCY_LINK = "agency_link"


def connect() -> None:
    """Listen, from the start of the process on."""
    user_logged_in.connect(signed_in, dispatch_uid="agencies.signed_in")
    user_login_failed.connect(sign_in_failed, dispatch_uid="agencies.sign_in_failed")
    authentication_failed.connect(second_factor_failed, dispatch_uid="agencies.second_factor_failed")
    user_logged_out.connect(signed_out, dispatch_uid="agencies.signed_out")
    password_changed.connect(password_was_changed, dispatch_uid="agencies.password_changed")


def signed_in(request: ActingRequest, user: User, agency_link: Mapping[str, Any] | None = None, **_: Any) -> None:
    """The person is in: the page's row in the access log is theirs, and the provider that sent them knows them now."""
    sessions.begin(request.session)
    by = Principal.for_user(user, on=request.today)
    use_principal(by)
    noted(AccessKind.SIGN_IN)
    if agency_link is None:
        return
    provider = SignInProvider.objects.select_related("agency").get(pk=agency_link["provider"])
    if not may_link_provider(user, by=by, provider=provider):
        return
    # Another sign-in of the same moment may have settled it since: the person is in all the same.
    with suppress(Refused):
        link_provider(by=by, user=user, provider=provider, subject=agency_link["subject"])


def sign_in_failed(**_: Any) -> None:
    """An e-mail address or password that is not right. Neither is kept."""
    noted(AccessKind.SIGN_IN, failed=True, reason="password")


def second_factor_failed(request: ActingRequest, user: User, **_: Any) -> None:
    """A wrong code after a right password: worth knowing whose password somebody has."""
    use_principal(Principal.for_user(user, on=request.today))
    noted(AccessKind.SIGN_IN, failed=True, reason="second factor")


def signed_out(**_: Any) -> None:
    """The person has left. Outside a page nobody signs out of anything that was shown."""
    if current_reading() is not None:
        noted(AccessKind.SIGN_OUT)


def password_was_changed(request: HttpRequest, **_: Any) -> None:
    """A new password has the length that the roles ask for."""
    request.session.pop(sessions.PASSWORD_DUE, None)
