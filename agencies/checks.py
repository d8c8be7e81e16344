"""What would make signing in dangerous in production."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

E001 = Error(
    "A second factor is not required, and this is no demonstration.",
    hint="Leave MAPPA_SECOND_FACTOR_REQUIRED as the settings make it: only a demonstration may do without.",
    id="agencies.E001",
)
E002 = Error(
    "A code of an authenticator app would hold longer than its thirty seconds.",
    hint="MFA_TOTP_TOLERANCE must be 0: used codes are remembered for one period only.",
    id="agencies.E002",
)
E003 = Error(
    "A fixed code would pass as a second factor.", hint="Remove MFA_TOTP_INSECURE_BYPASS_CODE.", id="agencies.E003"
)
E004 = Error(
    "Limits on signing in would be forgotten.",
    hint="The default cache must be the database, and ACCOUNT_RATE_LIMITS must not be switched off.",
    id="agencies.E004",
)


@register("security")
def sign_in_is_safe(**_: Any) -> list[Error]:
    """Faults in the settings of signing in. The demonstration alone may do without a second factor."""
    faults = []
    if not settings.MAPPA_SECOND_FACTOR_REQUIRED and not settings.MAPPA_DEMO and not settings.TESTING:
        faults.append(E001)
    if getattr(settings, "MFA_TOTP_TOLERANCE", 0) != 0:
        faults.append(E002)
    if getattr(settings, "MFA_TOTP_INSECURE_BYPASS_CODE", None):
        faults.append(E003)
    in_database = settings.CACHES["default"]["BACKEND"].endswith(".DatabaseCache")
    if not in_database or getattr(settings, "ACCOUNT_RATE_LIMITS", None) is False:
        faults.append(E004)
    return faults
