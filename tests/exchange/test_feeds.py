"""A person's own calendar feed: made, shown once, asked for without signing in, revoked; references and no name."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Area
from agencies.roles import Role
from audit.reads import access_by_user
from exchange.models import FeedToken
from mappa import clock
from mappa.logs import without_keys
from rules.vocabulary import Handling, Level
from tests.factories import cases as make
from tests.factories import meetings as factory
from tests.factories.agencies import AreaFactory, MembershipFactory
from tests.factories.cases import TODAY, at_level
from tests.factories.meetings import at
from tests.factories.visits import text_of, visitor


@pytest.fixture
def area(db: None) -> Area:
    clock.pretend(TODAY)
    return AreaFactory()


def heard(area: Area, name: str, hour: int, **more: Any) -> int:
    """Somebody in a single meeting at this hour; its key."""
    man = make.nominal(area, family_name=name, levels=(at_level(Level.TWO),), **more)
    return factory.slot(man, factory.sitting(area, starts_at=at(hour))).sitting_id


def made(client: Client) -> str:
    """Make an address; what the page says it is."""
    client.post(reverse("own-feed-make"))
    found = re.search(r"http[^<]*/feeds/[^<]*\.ics", client.get(reverse("own-feed")).content.decode())
    assert found
    return found[0].partition("testserver")[2]


def test_it_shows_times_and_references_of_what_its_owner_may_know_and_no_name(area: Area) -> None:
    client, member = visitor(area)
    seen = heard(area, "Flintwick", 10)
    hidden = heard(area, "Gypsum", 14, handling=Handling.CATEGORY_4)
    elsewhere = AreaFactory.create()
    other = heard(elsewhere, "Marlstone", 9)
    factory.sitting(area, factory.panel(area), starts_at=at(16))
    url = made(client)
    assert "testserver" not in text_of(client.get(reverse("own-feed"))), "shown once"

    answer = Client().get(url)
    text = answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert re.findall(r"SUMMARY:(.*)\r", text) == [f"MAPPA sitting {seen}"]
    assert "DTSTART;TZID=Europe/London:20261208T100000" in text
    assert reverse("sitting", args=[seen]) in text
    assert not [word for word in ("Flintwick", "Gypsum", f"sitting {hidden}") if word in text]
    row = access_by_user(make.system(), member.user_id)[0]
    assert (row.kind, row.route, row.root_ids) == ("export", "calendar-feed", [])

    MembershipFactory.create(user=member.user, area=elsewhere, role=Role.COORDINATOR)
    assert f"MAPPA sitting {other}\r" in Client().get(url).content.decode(), "all roles of today"
    feed = FeedToken.objects.get()
    assert feed.last_used_on == TODAY
    assert feed.token_digest not in url


def test_what_is_revoked_replaced_or_of_a_disabled_account_is_not_there(area: Area) -> None:
    client, member = visitor(area)
    first, second = made(client), made(client)
    assert [Client().get(url).status_code for url in (first, second)] == [404, 200]
    member.user.is_active = False
    member.user.save()
    assert Client().get(second).status_code == 404
    member.user.is_active = True
    member.user.save()
    client.post(reverse("own-feed-revoke"))
    assert Client().get(second).status_code == 404
    assert "You have no feed" in text_of(client.get(reverse("own-feed")))


def test_no_key_stands_in_the_log() -> None:
    line = without_keys(None, "warning", {"event": "Not Found: /feeds/a-key_1.ics"})
    assert line["event"] == "Not Found: /feeds/KEY.ics"


def test_whoever_tries_keys_is_told_to_wait(area: Area, settings: Any) -> None:
    settings.MAPPA_FEED_MISSES = "2/m/ip"
    url = made(visitor(area)[0])
    tries = [Client().get("/feeds/no-such-key.ics").status_code for _ in range(3)]
    assert tries == [404, 404, 429]
    assert Client().get(url).status_code == 429
