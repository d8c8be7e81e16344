"""Addresses of signing in and of one's own account. The library's other pages are closed: nobody signs up."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as usersessions
from django.urls import path, re_path

from . import views


def _words(title: str, submit: str = "") -> dict[str, str]:
    return {"title": title, "submit_label": submit}


urlpatterns = [
    path("account/", views.AccountDetail.as_view(), name="account"),
    path("account/role/", views.RoleChoose.as_view(), name="role-choose"),
    path(
        "account/sign-in/",
        account.LoginView.as_view(extra_context=_words("Sign in", "Sign in")),
        name="account_login",
    ),
    path(
        "account/sign-out/",
        account.LogoutView.as_view(extra_context=_words("Sign out", "Sign out")),
        name="account_logout",
    ),
    path(
        "account/confirm/",
        account.ReauthenticateView.as_view(extra_context=_words("Confirm who you are", "Confirm")),
        name="account_reauthenticate",
    ),
    path(
        "account/password/",
        account.PasswordChangeView.as_view(extra_context=_words("Change your password", "Change password")),
        name="account_change_password",
    ),
    path(
        "account/password/reset/",
        account.PasswordResetView.as_view(extra_context=_words("Reset your password", "Send the link")),
        name="account_reset_password",
    ),
    path(
        "account/password/reset/sent/",
        account.PasswordResetDoneView.as_view(extra_context=_words("Check your e-mail")),
        name="account_reset_password_done",
    ),
    re_path(
        r"^account/password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.PasswordResetFromKeyView.as_view(extra_context=_words("Set a new password", "Set password")),
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/reset/done/",
        account.PasswordResetFromKeyDoneView.as_view(extra_context=_words("Your password is set")),
        name="account_reset_password_from_key_done",
    ),
    path(
        "account/second-factor/",
        second_factor.IndexView.as_view(extra_context=_words("Second factor")),
        name="mfa_index",
    ),
    path(
        "account/second-factor/sign-in/",
        second_factor.AuthenticateView.as_view(extra_context=_words("Enter your code", "Continue")),
        name="mfa_authenticate",
    ),
    path(
        "account/second-factor/confirm/",
        second_factor.ReauthenticateView.as_view(extra_context=_words("Confirm who you are", "Confirm")),
        name="mfa_reauthenticate",
    ),
    path(
        "account/second-factor/app/",
        views.SecondFactorActivate.as_view(extra_context=_words("Set up your authenticator app", "Continue")),
        name="mfa_activate_totp",
    ),
    path(
        "account/second-factor/app/remove/",
        totp.DeactivateTOTPView.as_view(extra_context=_words("Remove your authenticator app", "Remove the app")),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/second-factor/recovery-codes/",
        recovery_codes.ViewRecoveryCodesView.as_view(extra_context=_words("Your recovery codes")),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/second-factor/recovery-codes/new/",
        recovery_codes.GenerateRecoveryCodesView.as_view(
            extra_context=_words("Make new recovery codes", "Make new codes")
        ),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/second-factor/recovery-codes/file/",
        recovery_codes.DownloadRecoveryCodesView.as_view(),
        name="mfa_download_recovery_codes",
    ),
    path(
        "account/passkeys/",
        passkeys.ListWebAuthnView.as_view(extra_context=_words("Your passkeys")),
        name="mfa_list_webauthn",
    ),
    path(
        "account/passkeys/add/",
        views.PasskeyAdd.as_view(extra_context=_words("Add a passkey", "Add the passkey")),
        name="mfa_add_webauthn",
    ),
    path(
        "account/passkeys/confirm/",
        passkeys.ReauthenticateWebAuthnView.as_view(extra_context=_words("Confirm who you are", "Use a passkey")),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/passkeys/sign-in/", views.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path(
        "account/passkeys/<int:pk>/name/",
        passkeys.EditWebAuthnView.as_view(extra_context=_words("Rename a passkey", "Save the name")),
        name="mfa_edit_webauthn",
    ),
    path(
        "account/passkeys/<int:pk>/remove/",
        passkeys.RemoveWebAuthnView.as_view(extra_context=_words("Remove a passkey", "Remove the passkey")),
        name="mfa_remove_webauthn",
    ),
    path(
        "account/sessions/",
        usersessions.ListUserSessionsView.as_view(
            extra_context=_words("Where you are signed in", "Sign out the others")
        ),
        name="usersessions_list",
    ),
]
