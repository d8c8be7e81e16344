"""Whom an agency's own sign-in lets in, and who may come in by no other way."""

from collections.abc import Iterable
from datetime import date

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet

from .models import Agency, Membership, User
from .models.accounts import ProviderLink, SignInProvider
from .openid import Identity
from .roles import Role


def providers_in_use() -> QuerySet[SignInProvider]:
    """The agencies' own sign-ins that may be used today, by the names of area and agency."""
    rows = SignInProvider.objects.filter(is_active=True)
    return rows.select_related("agency__area").order_by("agency__area__name", "agency__name")


def own_sign_ins(agencies: Iterable[Agency]) -> QuerySet[SignInProvider]:
    """Those of these agencies that are in use."""
    return providers_in_use().filter(agency__in=[each.pk for each in agencies])


def works_for(user: User, agency: Agency, *, on: date) -> bool:
    """The person holds a role for the agency, or for one of its teams, on the day."""
    rows = Membership.objects.on(on).filter(user=user)
    return rows.filter(Q(agency=agency) | Q(agency__part_of=agency)).exists()


def person_of(provider: SignInProvider, identity: Identity, *, on: date) -> User | None:
    """Whom the provider means: by its subject; at the first time by the address it has verified.

    None for everybody it may not vouch for: no account, a disabled one, nobody of the agency today, or an account that
    the provider has called by another subject.
    """
    link = ProviderLink.objects.select_related("user").filter(provider=provider, subject=identity.subject).first()
    user = link.user if link else None
    if link is None and identity.email:
        user = User.objects.filter(email=identity.email).exclude(provider_links__provider=provider).first()
    if user is None or not user.is_active or not works_for(user, provider.agency, on=on):
        return None
    return user


def is_linked(provider: SignInProvider, user: User) -> bool:
    return ProviderLink.objects.filter(provider=provider, user=user).exists()


def has_second_factor(user: User) -> bool:
    """The person has set up a second factor of their own here."""
    return bool(Authenticator.objects.filter(user=user).exists())


def only_way_of(user: User) -> SignInProvider | None:
    """The agency's sign-in by which somebody comes who has no password and no second factor of their own here."""
    if user.has_usable_password() or has_second_factor(user):
        return None
    return providers_in_use().filter(links__user=user).first()


def demands_provider(user: User, *, on: date) -> bool:
    """An agency the person works for on the day lets its people in by its own sign-in only.

    System administrators are left their password: somebody must be able to mend a provider that fails.
    """
    held = Membership.objects.on(on).filter(user=user)
    demanding = held.filter(_DEMANDED)
    return demanding.exists() and not held.filter(role=Role.SYSTEM_ADMINISTRATOR).exists()


_DEMANDED = Q(agency__sign_in_provider__demanded=True) | Q(agency__part_of__sign_in_provider__demanded=True)
