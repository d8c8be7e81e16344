"""What is asked about accounts and roles: shape only."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet

from agencies.models import Agency, User
from agencies.passwords import LengthByRoleValidator
from agencies.roles import MEMBERSHIP_ROLES, Role
from pages.forms import DateField3, GovForm, Section

# The role of system administrator is given by two persons, on a page of its own.
GIVEN_BY_ONE = [(role.value, role.label) for role in MEMBERSHIP_ROLES if role is not Role.SYSTEM_ADMINISTRATOR]
_NEW = {"autocomplete": "new-password"}


class RoleForm(GovForm):
    """A role for an agency, from a day on, and whether they manage others in it."""

    agency = forms.ModelChoiceField(label="Agency", queryset=Agency.objects.none(), empty_label="Choose an agency")
    role = forms.ChoiceField(label="Role", choices=[("", "Choose a role"), *GIVEN_BY_ONE])
    starts_on = DateField3(label="From", error_messages={"required": "Enter the first day of the role."})
    ends_on = DateField3(label="Last day", required=False, help_text="Leave empty when no end is planned.")
    manages = forms.BooleanField(
        label="Manages others: may endorse referrals of the agency",
        required=False,
        help_text="For practitioners, single points of contact and panel members. It can be changed later.",
    )
    periods: ClassVar[tuple[tuple[str, str], ...]] = (("starts_on", "ends_on"),)

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class InviteForm(RoleForm):
    """Who is invited, and their first role."""

    given_name = forms.CharField(label="Given name", max_length=100, required=False)
    family_name = forms.CharField(label="Family name", max_length=100)
    email = forms.EmailField(
        label="Work e-mail address",
        help_text="The link goes here. Who has an account, in any area, is offered the role instead.",
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        error_messages={"invalid": "Enter an e-mail address like name@example.org."},
    )
    field_order = ["given_name", "family_name", "email"]
    sections: ClassVar[tuple[Section, ...]] = (
        Section("The person", ("given_name", "family_name", "email")),
        Section("Their first role", ("agency", "role", "starts_on", "ends_on", "manages")),
    )


class RoleEndForm(GovForm):
    """The last day of a role."""

    ends_on = DateField3(label="Last day", error_messages={"required": "Enter the last day of the role."})


class DisableForm(GovForm):
    """Nothing is asked: the page says what follows."""


class AskForm(GovForm):
    """Why something is asked for that takes two persons."""

    reason = forms.CharField(
        label="Why?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The second person decides by this. Name nobody who is managed.",
        error_messages={"required": "Enter the reason."},
    )


class AskAdministratorForm(AskForm):
    """The same, and for which agency the person administers."""

    agency = forms.ModelChoiceField(label="Agency", queryset=Agency.objects.none(), empty_label="Choose an agency")
    field_order = ["agency", "reason"]

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class UserSearchForm(GovForm):
    """Part of a name or an e-mail address."""

    text = forms.CharField(
        label="Name or e-mail address",
        max_length=200,
        error_messages={"required": "Enter a part of a name or e-mail address."},
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )


class FirstPasswordForm(GovForm):
    """The first password of an account, twice."""

    password1 = forms.CharField(
        label="Password",
        strip=False,
        help_text=LengthByRoleValidator().get_help_text(),
        widget=forms.PasswordInput(attrs=_NEW),
    )
    password2 = forms.CharField(label="Password again", strip=False, widget=forms.PasswordInput(attrs=_NEW))

    def __init__(self, *args: Any, user: User | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        first, second = values.get("password1"), values.get("password2")
        if first and second and first != second:
            self.add_error("password2", "The two passwords are not the same.")
        return values


class ProviderForm(GovForm):
    """An agency's own sign-in (OpenID Connect). The secret is asked for and never shown."""

    issuer = forms.CharField(
        label="Issuer",
        max_length=300,
        strip=True,
        help_text="The address by which the provider calls itself, letter by letter, like https://login.example.org.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    client_id = forms.CharField(
        label="Client number", max_length=200, widget=forms.TextInput(attrs={"spellcheck": "false"})
    )
    client_secret = forms.CharField(
        label="Client secret",
        max_length=500,
        required=False,
        help_text="Leave empty to keep the one there is. It is stored sealed and shown to nobody.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    is_active = forms.BooleanField(label="In use", required=False)
    demanded = forms.BooleanField(
        label="The agency's people sign in this way only",
        required=False,
        help_text="Whoever came in by another way is signed out. System administrators keep their password.",
    )
    trusts_second_factor = forms.BooleanField(
        label="The agency's second factor counts as ours",
        required=False,
        help_text="Only when the agency has shown that it asks everybody for one.",
    )
    second_factor_values = forms.CharField(
        label="Values that mean a second factor",
        max_length=200,
        required=False,
        help_text="What the provider writes in amr or acr, separated by spaces, like mfa hwk.",
    )
    reason = forms.CharField(
        label="Why?",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For a new sign-in, another issuer or client number: the second person decides by this.",
    )
    sections: ClassVar[tuple[Section, ...]] = (
        Section("The provider", ("issuer", "client_id", "client_secret", "reason")),
        Section("Its use", ("is_active", "demanded", "trusts_second_factor", "second_factor_values")),
    )
