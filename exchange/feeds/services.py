"""A person's own calendar feed: made, revoked, used (security design: a feed carries references and links, no name)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

import hashlib
import secrets
from datetime import date

from django.db.models.functions import Now

from agencies.access import can
from agencies.models import User
from agencies.principal import Kind, Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from exchange.models import FeedToken
from rules.core import Decision, Reason

_RULE = "calendar feed"


def open_feed(key: str) -> FeedToken | None:
    """The feed that this key opens: not revoked, of an account that is not disabled."""
    rows = FeedToken.objects.select_related("user")
    return rows.filter(token_digest=_digest(key), revoked_at__isnull=True, user__is_active=True).first()


def feed_of(user_id: int | None) -> FeedToken | None:
    """The feed that a person has now."""
    return FeedToken.objects.filter(user=user_id, revoked_at__isnull=True).first()


def may_make_feed(user: User, *, by: Principal) -> Decision:
    """A feed is made by its owner, in a role that reads the calendar."""
    return can(by, Perm.SITTING_VIEW) & _own(user.pk, by)


@service("feed_made", asks=may_make_feed)
def make_feed(*, by: Principal, user: User) -> str:
    """Make the address of a feed; the one before stops working. The key it returns is not kept. Raises ``Refused``."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    may_make_feed(user, by=by).or_refuse()
    user.feed_tokens.filter(revoked_at__isnull=True).update(revoked_at=Now())
    key = secrets.token_urlsafe(32)
    feed = FeedToken.objects.create(user=user, token_digest=_digest(key))
    record_event(feed, root=None)
    return key


def may_revoke_feed(feed: FeedToken, *, by: Principal) -> Decision:
    """Whoever owns it may."""
    decision = can(by, Perm.SITTING_VIEW) & _own(feed.user_id, by)
    if feed.revoked_at is not None:
        decision &= Decision.no(Reason("This address does not work any more", _RULE))
    return decision


@service("feed_revoked", asks=may_revoke_feed)
def revoke_feed(*, by: Principal, feed_id: int) -> FeedToken:
    """Let the address stop working. Raises ``Refused``."""
    feed = FeedToken.objects.select_for_update(no_key=True).get(pk=feed_id)
    may_revoke_feed(feed, by=by).or_refuse()
    feed.revoked_at = Now()
    feed.save(update_fields=["revoked_at"])
    record_event(feed, root=None)
    return feed


def may_use_feed(feed: FeedToken, *, by: Principal, today: date) -> Decision:
    """Whoever has the key of a feed that stands acts as its owner, for reading the calendar and for nothing else."""
    decision = _own(feed.user_id, by)
    if feed.revoked_at is not None or not feed.user.is_active:
        decision &= Decision.no(Reason("This address does not work any more", _RULE))
    return decision


@service("feed_used", asks=may_use_feed)
def use_feed(*, by: Principal, today: date, feed_id: int) -> FeedToken:
    """Note the day on which a program asked. Raises ``Refused``."""
    feed = FeedToken.objects.select_for_update(no_key=True, of=("self",)).select_related("user").get(pk=feed_id)
    may_use_feed(feed, by=by, today=today).or_refuse()
    feed.last_used_on = today
    feed.save(update_fields=["last_used_on"])
    record_event(feed, root=None, used_on=today)
    return feed


def _own(user_id: int, by: Principal) -> Decision:
    if by.kind is Kind.SYSTEM or by.user_id == user_id:
        return Decision.yes()
    return Decision.no(Reason("This calendar feed is somebody else's.", _RULE))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
