"""How the sign-in library behaves here: nobody signs up, errors reveal no account, seeds are encrypted."""

from datetime import date
from typing import TYPE_CHECKING, Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from . import sessions
from .models import User
from .passwords import is_too_short
from .providers import demands_provider
from .sealing import Purpose, seal, unseal

if TYPE_CHECKING:
    from .middleware import ActingRequest

# Marks of a request in which an agency's provider has vouched for somebody: set by ``desk.people.providers`` only.
SIGNED_IN_BY_AGENCY = "signed_in_by_agency"
SECOND_FACTOR_VOUCHED = "second_factor_vouched"


def _today(request: HttpRequest) -> date:
    return cast("ActingRequest", request).today


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Accounts are made by the system administrators, and a disabled one looks like none at all."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "incorrect_password": "The password is not right.",
        "enter_current_password": "Enter your current password.",
        "incorrect_code": "The code is not right, or it has been used already. Wait for the next one.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, then try again.",
        "rate_limited": "Too many attempts. Wait a minute, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The person, if the credentials are right and they may sign in; otherwise one answer for every cause."""
        user = super().authenticate(request, **credentials)
        if not isinstance(user, User) or not user.is_active:
            return None
        # Who is signed in already only proves it again.
        if not request.user.is_authenticated and demands_provider(user, on=_today(request)):
            return None
        if "password" in credentials and is_too_short(user, credentials["password"]):
            request.session[sessions.PASSWORD_DUE] = True
        return user

    def get_login_stages(self) -> list[str]:
        """The steps after the password. A demonstration may leave out the code of the authenticator app.

        Seeds of its invented people are printed at its start; production cannot leave it out (mappa.E checks).
        """
        stages: list[str] = super().get_login_stages()
        if getattr(self.request, SECOND_FACTOR_VOUCHED, False):
            return [stage for stage in stages if not stage.startswith("allauth.mfa.")]
        if settings.MAPPA_SECOND_FACTOR_REQUIRED or not settings.MAPPA_DEMO:
            return stages
        return [stage for stage in stages if not stage.startswith("allauth.mfa.")]

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        """Whose agency demands its own sign-in comes in by no other way."""
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        by_agency = getattr(request, SIGNED_IN_BY_AGENCY, False)
        if response is None and not by_agency and demands_provider(cast("User", user), on=_today(request)):
            return HttpResponseRedirect(reverse("account_login"))
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not again within five minutes of signing in."""
        if sessions.is_stepped_up(context.request.session):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:  # noqa: ARG002
        return HttpResponseRedirect(reverse("account_login"))

    def get_user_search_fields(self) -> list[str]:
        return ["email"]


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    """Seeds and recovery codes rest encrypted with a key derived from the secret key."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "The code is not right, or it has been used already. Wait for the next one.",
        "cannot_generate_recovery_codes": "Set up your authenticator app first.",
    }

    def encrypt(self, text: str) -> str:
        return seal(Purpose.SECOND_FACTOR, text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ``ValueError`` when no key that this installation knows can open it."""
        return unseal(Purpose.SECOND_FACTOR, encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """The picture as an element of the page: without the declaration of a file of its own, and with a name."""
        picture: str = super().build_totp_svg(url)
        _, _, drawing = picture.rpartition("?>")
        return drawing.strip().replace("<svg ", '<svg role="img" aria-label="QR code for your authenticator app" ', 1)
