"""How the sign-in library behaves here: nobody signs up, errors reveal no account, seeds are encrypted."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from . import sessions
from .models import User
from .passwords import is_too_short


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
        if "password" in credentials and is_too_short(user, credentials["password"]):
            request.session[sessions.PASSWORD_DUE] = True
        return user

    def get_login_stages(self) -> list[str]:
        """The steps after the password. A demonstration may leave out the code of the authenticator app.

        Seeds of its invented people are printed at its start; production cannot leave it out (mappa.E checks).
        """
        stages: list[str] = super().get_login_stages()
        if settings.MAPPA_SECOND_FACTOR_REQUIRED or not settings.MAPPA_DEMO:
            return stages
        return [stage for stage in stages if not stage.startswith("allauth.mfa.")]

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
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ``ValueError`` when no key that this installation knows can open it."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise ValueError("This second factor was sealed with another secret key.") from None

    def build_totp_svg(self, url: str) -> str:
        """The picture as an element of the page: without the declaration of a file of its own, and with a name."""
        picture: str = super().build_totp_svg(url)
        _, _, drawing = picture.rpartition("?>")
        return drawing.strip().replace("<svg ", '<svg role="img" aria-label="QR code for your authenticator app" ', 1)


def _cipher() -> MultiFernet:
    """The newest secret key seals; older ones (SECRET_KEY_FALLBACKS) still open."""
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"mappa second factor").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
