"""The agencies' own sign-ins: set up by the system administrator, linked to a person at their first use."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from agencies import sessions
from agencies.models import Agency, Membership, User
from agencies.models.accounts import ProviderLink, SignInProvider
from agencies.openid import is_safe
from agencies.principal import Kind, Principal
from agencies.providers import demands_provider, works_for
from agencies.sealing import Purpose, seal
from agencies.services import may_edit_account
from audit.boundary import record_event, service
from rules.core import Decision, Reason

from .partners import may_edit_in_area

_RULE = "people and agencies"


@dataclass(frozen=True)
class ProviderRecord:
    """What an administrator says about a provider. An empty secret leaves the one there is."""

    issuer: str
    client_id: str
    client_secret: str = ""
    is_active: bool = True
    demanded: bool = False
    trusts_second_factor: bool = False
    second_factor_values: str = ""


def _no(refused: bool, text: str) -> Decision:
    return Decision.no(Reason(text, _RULE)) if refused else Decision.yes()


def vouches_anew(agency: Agency, record: ProviderRecord) -> bool:
    """Somebody else than today would say who the agency's people are: a first provider, another issuer or client."""
    provider = SignInProvider.objects.filter(agency=agency).first()
    return provider is None or (provider.issuer, provider.client_id) != (record.issuer, record.client_id)


def may_set_provider(agency: Agency, *, by: Principal, record: ProviderRecord | None = None) -> Decision:
    """What one administrator may: its use and secret. Who vouches takes two (``agencies.services.two_persons``).

    Whoever chose the provider alone could come in as anybody of the agency who has no second factor here yet.
    """
    allowed = may_propose_provider(agency, by=by, record=record)
    anew = record is not None and by.kind is not Kind.SYSTEM and vouches_anew(agency, record)
    text = (
        "A new sign-in, another issuer or another client number takes two persons: another administrator confirms it."
    )
    return allowed & (Decision.no(Reason(text, "two persons")) if anew else Decision.yes())


def may_propose_provider(agency: Agency, *, by: Principal, record: ProviderRecord | None = None) -> Decision:
    """For an agency of the administrator's area. Without a record: whether any may be, for the button."""
    allowed = may_edit_in_area(agency.area_id, by=by)
    if not allowed or record is None:
        return allowed
    known = SignInProvider.objects.filter(agency=agency).exists()
    allowed &= _no(not is_safe(record.issuer), "The address of the issuer must begin with https://.")
    allowed &= _no(not known and not record.client_secret, "Enter the secret that the agency has given.")
    allowed &= _no(record.demanded and not record.is_active, "What is demanded must be in use.")
    return allowed & _no(
        record.trusts_second_factor and not record.second_factor_values.split(),
        "Say which values mean a second factor, or do not trust the agency's.",
    )


@service("sign_in_provider_set", asks=may_set_provider)
def set_provider(*, by: Principal, agency: Agency, record: ProviderRecord) -> SignInProvider:
    """Change an agency's own sign-in. Once it is demanded, whoever came in otherwise is signed out.

    A changed issuer forgets who was linked: its subjects mean others. Raises ``Refused``.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    may_set_provider(agency, by=by, record=record).or_refuse()
    provider = put_provider(agency, by=by, values=values_of(record))
    record_event(provider, root=None, agency=agency.pk, demanded=record.demanded, trusted=record.trusts_second_factor)
    return provider


def values_of(record: ProviderRecord) -> dict[str, object]:
    """The record as columns, the secret sealed; no secret where none was given."""
    values: dict[str, object] = {
        "issuer": record.issuer,
        "client_id": record.client_id,
        "is_active": record.is_active,
        "demanded": record.demanded,
        "trusts_second_factor": record.trusts_second_factor,
        "second_factor_values": " ".join(record.second_factor_values.split()),
    }
    if record.client_secret:
        values["client_secret"] = seal(Purpose.PROVIDER, record.client_secret)
    return values


def put_provider(agency: Agency, *, by: Principal, values: Mapping[str, object]) -> SignInProvider:
    """Write the agency's provider, within the service that calls this and has locked the agency."""
    before = SignInProvider.objects.filter(agency=agency).first()
    provider, _ = SignInProvider.objects.update_or_create(agency=agency, defaults=values)
    if before is not None and before.issuer != provider.issuer:
        provider.links.all().delete()
    if provider.demanded and (before is None or not before.demanded):
        _sign_out_others(agency, by)
    return provider


def _sign_out_others(agency: Agency, by: Principal) -> None:
    held = Membership.objects.on(by.on)
    users = held.filter(agency=agency).values("user").union(held.filter(agency__part_of=agency).values("user"))
    for user in User.objects.filter(pk__in=users).order_by("pk"):
        if demands_provider(user, on=by.on):
            sessions.end_all(user.pk)


def may_link_provider(user: User, *, by: Principal, provider: SignInProvider, subject: str = "") -> Decision:
    """The person themselves, as they come in by it for the first time, while they work for the agency."""
    settled = provider.links.filter(Q(user=user) | Q(subject=subject)) if subject else provider.links.filter(user=user)
    allowed = _no(by.kind is not Kind.SYSTEM and by.user_id != user.pk, "Only the person themselves links a sign-in.")
    allowed &= _no(settled.exists(), "It is settled already whom the agency means.")
    return allowed & _no(
        not user.is_active or not works_for(user, provider.agency, on=by.on), "The person does not work for the agency."
    )


@service("sign_in_linked", asks=may_link_provider)
def link_provider(*, by: Principal, user: User, provider: SignInProvider, subject: str) -> ProviderLink:
    """Settle that the provider means this person by this subject: once, whoever comes at the same moment.

    Raises ``Refused``.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    locked = SignInProvider.objects.select_for_update(no_key=True, of=("self",)).select_related("agency")
    provider = locked.get(pk=provider.pk)
    may_link_provider(user, by=by, provider=provider, subject=subject).or_refuse()
    link = ProviderLink.objects.create(provider=provider, user=user, subject=subject)
    record_event(link, root=None, user=user.pk, provider=provider.pk)
    return link


def may_unlink_provider(link: ProviderLink, *, by: Principal) -> Decision:
    """Accounts of the administrator's own area."""
    return may_edit_account(link.user, by=by)


@service("sign_in_unlinked", asks=may_unlink_provider)
def unlink_provider(*, by: Principal, link: ProviderLink) -> None:
    """Forget which subject the provider means: the person is signed out, and linked anew at their next sign-in."""
    may_unlink_provider(link, by=by).or_refuse()
    record_event(link, root=None, user=link.user_id, provider=link.provider_id)
    sessions.end_all(link.user_id)
    ProviderLink.objects.filter(pk=link.pk).delete()
