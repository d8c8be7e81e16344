"""Mail about an account: a link at most, never a name, and only after what it tells of is saved."""

from collections.abc import Mapping
from functools import partial

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from .models import User


def tell(user: User, notice: str, subject: str, values: Mapping[str, str] | None = None) -> None:
    """Send ``agencies/email/<notice>.txt`` to the person once the transaction is committed.

    A mail server that does not answer undoes nothing: what happened is on record, and the page says how to tell again.
    """
    text = render_to_string(f"agencies/email/{notice}.txt", dict(values or {}))
    transaction.on_commit(partial(send_mail, subject, text, None, [user.email]), robust=True)
