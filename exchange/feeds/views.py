"""One's own calendar feed: the page on which it is made, shown once and revoked; and the file that programs ask for."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, ClassVar, cast

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from agencies.models import User
from agencies.principal import Principal
from agencies.queries import memberships_of
from agencies.roles import Perm
from audit.context import use_principal
from audit.reads import AccessKind, noted
from exchange.models import FeedToken
from letters.calendar import CONTENT_TYPE, Event, Method, calendar_text
from mappa import clock
from meetings.queries import coming, sittings_of, with_heard
from pages.errors import page_not_found
from pages.guards import PUBLIC, ActionPage, GuardedView, Offer, TemplatePage

from .services import feed_of, make_feed, may_make_feed, may_revoke_feed, open_feed, revoke_feed, use_feed

SHOWN_ONCE = "feed_address"
LIMIT = "feed"


class OwnFeed(TemplatePage):
    """What one's own feed is, whether there is one, and, straight after it was made, its address."""

    permission = Perm.SITTING_VIEW
    template_name = "exchange/own_feed.html"
    title = "Your calendar feed"

    def offers(self) -> Iterable[Offer]:
        by, user = self.principal, cast("User", self.request.user)
        feed = feed_of(by.user_id)
        label = "Make a new address" if feed else "Make an address"
        yield Offer(label, reverse("own-feed-make"), may_make_feed(user, by=by), post=True)
        if feed is not None:
            yield Offer("Revoke the address", reverse("own-feed-revoke"), may_revoke_feed(feed, by=by), post=True,
                        style="warning")  # fmt: skip

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            feed=feed_of(self.principal.user_id), address=self.request.session.pop(SHOWN_ONCE, ""), **context
        )


class OwnFeedAction(ActionPage[FeedToken], abstract=True):
    """A button about one's own feed."""

    permission: ClassVar[Perm] = Perm.SITTING_VIEW

    def get_cancel_url(self) -> str:
        return reverse("own-feed")


class OwnFeedMake(OwnFeedAction):
    """Make the address of one's feed, in place of the one before."""

    permission = Perm.SITTING_VIEW

    def act(self) -> str:
        key = make_feed(by=self.principal, user=cast("User", self.request.user))
        self.request.session[SHOWN_ONCE] = self.request.build_absolute_uri(reverse("calendar-feed", args=[key]))
        return self.get_cancel_url()


class OwnFeedRevoke(OwnFeedAction):
    """Let the address stop working."""

    permission = Perm.SITTING_VIEW

    def act(self) -> str:
        if (feed := feed_of(self.principal.user_id)) is not None:
            revoke_feed(by=self.principal, feed_id=feed.pk)
            messages.success(self.request, "The address does not work any more.")
        return self.get_cancel_url()


class CalendarFeed(GuardedView):
    """The feed that a key opens: times and references of the sittings its owner may know of today, in all their roles.

    Keys that open nothing are counted: whoever tries many is told to wait.
    """

    permission = PUBLIC

    def get(self, request: HttpRequest, key: str) -> HttpResponseBase:
        if not _may_try(request, dry_run=True):
            return cast("HttpResponseBase", ratelimit.respond_429(request))
        feed = open_feed(key)
        if feed is None:
            _may_try(request)
            # Not raised: what was counted stays.
            return page_not_found(request, None)
        by = Principal.for_user(feed.user, on=self.today, request_id=getattr(request, "request_id", ""))
        use_principal(by)
        noted(AccessKind.EXPORT, reason=LIMIT)
        if feed.last_used_on != self.today:
            use_feed(by=by, today=self.today, feed_id=feed.pk)
        text = calendar_text(events_of(feed.user, on=self.today), method=Method.PUBLISH, name="MAPPA sittings")
        return HttpResponse(text, content_type=f"{CONTENT_TYPE}; charset=utf-8", headers={"Cache-Control": "no-store"})


def _may_try(request: HttpRequest, *, dry_run: bool = False) -> bool:
    """Whether this address has not asked for too many that are not there; counted unless it is only asked."""
    limits = {LIMIT: settings.MAPPA_FEED_MISSES}
    found = ratelimit.consume(request, app="exchange", action=LIMIT, config=limits, dry_run=dry_run, limit_get=True)
    return found is not None


def events_of(user: User, *, on: date) -> Iterator[Event]:
    """The sittings to come in which somebody is heard: a reference, a link, the time. Nothing says about whom."""
    found: dict[int, Any] = {}
    for membership in memberships_of(user, on=on):
        principal = Principal.for_membership(membership, on=on)
        rows = with_heard(principal, coming(sittings_of(principal), on)).filter(cancelled_on=None, heard__gt=0)
        found.update({row.pk: row for row in rows})
    host = settings.MAPPA_ADDRESS.partition("://")[2]
    for row in sorted(found.values(), key=lambda row: (row.starts_at, row.pk)):
        link = settings.MAPPA_ADDRESS + reverse("sitting", args=[row.pk])
        yield Event(
            uid=f"sitting-{row.pk}@{host}",
            stamp=clock.moment(),
            starts_at=row.starts_at,
            ends_at=row.starts_at + timedelta(minutes=row.slot_minutes * row.capacity),
            summary=f"MAPPA sitting {row.pk}",
            sequence=row.version,
            description=link,
            url=link,
        )
