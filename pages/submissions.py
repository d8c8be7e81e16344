"""One form, one effect: however often the same form arrives, it is carried out once.

A crash can commit what was never acknowledged, and people press twice. The key of the form is written in the same
transaction as its effect, so both are there or neither is.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models.functions import Now
from django.http import QueryDict
from django.utils.crypto import constant_time_compare, salted_hmac

from .conflicts import Conflict
from .models import SubmittedForm

KEY_FIELD = "_key"
TOKEN_FIELD = "csrfmiddlewaretoken"  # noqa: S105  the name of a field
KEPT = timedelta(hours=24)
SWEPT_AT_ONCE = 100


def new_key() -> str:
    """A fresh key for a form about to be shown."""
    return str(uuid4())


def read_key(text: str | None) -> UUID | None:
    """The key that came back with the form; None when it is missing or no key."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


@dataclass
class SentBefore(Conflict):
    """The form with this key was carried out before, with other content: nothing of the second was saved."""

    location: str


def digest_of(data: QueryDict) -> str:
    """What a form says, as a keyed digest: two forms with the same answers have the same."""
    return _digest(sorted((name, values) for name, values in data.lists() if name not in (KEY_FIELD, TOKEN_FIELD)))


def digest_of_sent(address: str, data: Any) -> str:
    """The same of what a client has sent to an address."""
    return _digest([address, data])


def once(*, user_id: int, key: UUID, digest: str, act: Callable[[], str]) -> str:
    """Run ``act`` unless this person's form with this key was carried out before; the address to go to next.

    A second copy arriving at the same moment waits for the first and is then sent to its result. When ``act`` raises,
    nothing is remembered and the form can be sent again. Raises :class:`SentBefore` when the key was used for a form
    with other content (another ``digest``): somebody went back, changed it, and sent it again.
    """
    with transaction.atomic():
        _forget_old()
        row, created = SubmittedForm.objects.get_or_create(user_id=user_id, key=key, defaults={"digest": digest})
        if not created and not constant_time_compare(row.digest, digest):
            raise SentBefore(row.location)
        if not created:
            return row.location
        location = act()
        SubmittedForm.objects.filter(pk=row.pk).update(location=location)
        return location


def was_sent_before(*, user_id: int | None, key: UUID) -> bool:
    """Whether this person's form with this key was carried out."""
    return SubmittedForm.objects.filter(user=user_id, key=key).exists()


def _digest(said: Any) -> str:
    return salted_hmac("pages.submissions", json.dumps(said, sort_keys=True), algorithm="sha256").hexdigest()


def _forget_old() -> None:
    old = SubmittedForm.objects.filter(submitted_at__lt=Now() - KEPT).order_by("pk")
    SubmittedForm.objects.filter(pk__in=old.select_for_update(skip_locked=True).values("pk")[:SWEPT_AT_ONCE]).delete()
