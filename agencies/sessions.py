"""What a signed-in session holds, and how long it lasts. Times are real ones, whatever day a demonstration shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

ACTING = "acting_membership"
SIGNED_IN_AT = "signed_in_at"
PASSWORD_DUE = "password_due"  # noqa: S105 - the name of a mark, not a password
SECOND_FACTOR_SET_UP = "second_factor_set_up"

SEEN_AT = "seen_at"

# How often the session notes that it is in use. A row written for every page cost more than reading most pages; for
# this, somebody may be signed out so much earlier than the idle limit says, never later.
SEEN_EVERY = timedelta(minutes=1)

# The idle limit is the age of the session row (SESSION_COOKIE_AGE); this one holds however busy the session is.
LONGEST = timedelta(hours=10)

# In the address of the account's page: a form waits in another tab for the proof that led here.
PROVED = "proved"

_AGENCY_SIGN_IN = "agency_sign_in"
# From leaving for the agency's sign-in to coming back.
_AWAY_AT_MOST = timedelta(minutes=10)


def begin(session: SessionBase) -> None:
    """Mark the moment of signing in."""
    session[SIGNED_IN_AT] = timezone.now().timestamp()


def note_use(session: SessionBase) -> bool:
    """Note that the session is in use, if that was not noted a short while ago. Returns whether it was noted now."""
    now = timezone.now().timestamp()
    if 0 <= now - float(session.get(SEEN_AT, 0)) < SEEN_EVERY.total_seconds():
        return False
    session[SEEN_AT] = now
    return True


def is_over(session: SessionBase) -> bool:
    """The session is older than any may be. One without a beginning gets it now."""
    began = session.get(SIGNED_IN_AT)
    if began is None:
        begin(session)
        return False
    return timezone.now().timestamp() - float(began) > LONGEST.total_seconds()


def used_second_factor(session: SessionBase) -> bool:
    """The person gave a second factor in this session, or set it up here."""
    return SECOND_FACTOR_SET_UP in session or any(record.get("method") == "mfa" for record in _records(session))


def stepped_up_at(session: SessionBase) -> datetime | None:
    """When the person last proved who they are: at sign-in or since."""
    times = [float(record["at"]) for record in _records(session) if "at" in record]
    return datetime.fromtimestamp(max(times), tz=UTC) if times else None


def is_stepped_up(session: SessionBase) -> bool:
    """The person proved who they are a short while ago (``ACCOUNT_REAUTHENTICATION_TIMEOUT``, seconds)."""
    return is_fresh(stepped_up_at(session))


def is_fresh(proved: datetime | None) -> bool:
    """The proof was given a short while ago. A principal carries the moment as ``stepped_up_at``."""
    if proved is None:
        return False
    return (timezone.now() - proved).total_seconds() < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def leave_for_agency(session: SessionBase, provider_id: int, kept: dict[str, str]) -> None:
    """Keep what must come back from the agency's sign-in. Leaving again forgets the time before."""
    session[_AGENCY_SIGN_IN] = {"provider": provider_id, "at": timezone.now().timestamp(), **kept}


def back_from_agency(session: SessionBase, provider_id: int) -> dict[str, str] | None:
    """What was kept, once: gone after this. None when it was another provider, nothing, or too long ago."""
    kept = session.pop(_AGENCY_SIGN_IN, None)
    if kept is None or kept["provider"] != provider_id:
        return None
    away = timezone.now().timestamp() - float(kept["at"])
    return kept if away <= _AWAY_AT_MOST.total_seconds() else None


def is_fresh_proof(at: int | None) -> bool:
    """The moment (seconds since 1970) lies no further back than a proof may; a minute ahead is a clock that differs."""
    if at is None:
        return False
    return -60 <= timezone.now().timestamp() - at <= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def end_all(user_id: int) -> None:
    """Sign the person out everywhere, at once."""
    for session in UserSession.objects.filter(user_id=user_id):
        session.end()


def _records(session: SessionBase) -> list[dict[str, Any]]:
    records = session.get("account_authentication_methods")
    return records if isinstance(records, list) else []
