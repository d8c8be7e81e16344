"""One form, one effect: however often the same form arrives, it is carried out once.

A crash can commit what was never acknowledged, and people press twice. The key of the form is written in the same
transaction as its effect, so both are there or neither is.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models.functions import Now

from .models import SubmittedForm

KEY_FIELD = "_key"
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


def once(*, user_id: int, key: UUID, act: Callable[[], str]) -> str:
    """Run ``act`` unless this person's form with this key was carried out before; the address to go to next.

    A second copy arriving at the same moment waits for the first and is then sent to its result. When ``act`` raises,
    nothing is remembered and the form can be sent again.
    """
    with transaction.atomic():
        _forget_old()
        row, created = SubmittedForm.objects.get_or_create(user_id=user_id, key=key)
        if not created:
            return row.location
        location = act()
        SubmittedForm.objects.filter(pk=row.pk).update(location=location)
        return location


def _forget_old() -> None:
    old = SubmittedForm.objects.filter(submitted_at__lt=Now() - KEPT).order_by("pk")
    SubmittedForm.objects.filter(pk__in=old.select_for_update(skip_locked=True).values("pk")[:SWEPT_AT_ONCE]).delete()
