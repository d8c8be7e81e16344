"""Forms of signing in and of one's own account: shape and words only."""

from typing import Any, cast

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms

from rules.core import mid_sentence

from .models import User
from .passwords import LengthByRoleValidator

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


def _plain(field: forms.Field, label: str, *, help_text: str = "", **attrs: str) -> None:
    """The library's field in our words: a label that stays, and no placeholder."""
    field.label = label
    field.error_messages["required"] = f"Enter your {mid_sentence(label)}."
    field.help_text = help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class SignInForm(account_forms.LoginForm):  # type: ignore[misc]  # the library has no types
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["login"], "E-mail address", autocomplete="username", spellcheck="false")
        _plain(self.fields["password"], "Password", autocomplete="current-password")


class ReauthenticateForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password"], "Password", autocomplete="current-password")


class ChangePasswordForm(account_forms.ChangePasswordForm):  # type: ignore[misc]
    """The old password, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["oldpassword"], "Current password", autocomplete="current-password")
        _new_password(self)


class ResetPasswordForm(account_forms.ResetPasswordForm):  # type: ignore[misc]
    """Where to send the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["email"], "E-mail address", autocomplete="username", spellcheck="false")

    def clean_email(self) -> str:
        """Whoever has no password yet gets none this way: an invitation or their agency lets them in."""
        address: str = super().clean_email()
        found: list[User] = self.users  # type: ignore[has-type]
        self.users = [user for user in found if user.has_usable_password()]
        return address


class ResetPasswordKeyForm(account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _new_password(self)


class SecondFactorForm(mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """A code from the app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], "Code", help_text=_WHICH_CODE, **_CODE)


class SecondFactorAgainForm(mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The same, to prove again who one is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], "Code", help_text=_WHICH_CODE, **_CODE)


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], "Code", help_text="The six figures that the app shows now.", **_CODE)


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A name for the new passkey; the browser adds what the device has made. It asks for finger, face or PIN."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["name"], "Name", help_text=_WHICH_NAME, maxlength="60", autocomplete="off")
        self.fields["credential"].error_messages["required"] = "No passkey was made. Try again."
        del self.fields["passwordless"]

    def clean(self) -> dict[str, Any]:
        # Always one that proves its holder by itself: the library then checks that it did.
        self.cleaned_data["passwordless"] = True
        return cast("dict[str, Any]", super().clean())


class RenamePasskeyForm(webauthn_forms.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["name"], "Name", help_text=_WHICH_NAME, maxlength="60", autocomplete="off")


_WHICH_NAME = "By which you will know it again, like the device it is on."
_WHICH_CODE = "The six figures that your authenticator app shows now, or one of your recovery codes."


def _new_password(form: forms.Form) -> None:
    advice = LengthByRoleValidator().get_help_text()
    _plain(form.fields["password1"], "New password", help_text=advice, autocomplete="new-password")
    _plain(form.fields["password2"], "New password again", autocomplete="new-password")
