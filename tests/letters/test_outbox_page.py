"""The outbox page: ids, kinds, states and ages for the administrator, who settles what nobody knows."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client

from agencies.models import Area
from agencies.roles import Role
from letters.models import Message
from letters.queries import Backlog, backlog, outbox_age
from letters.states import State
from letters.views import in_words
from tests.factories.agencies import AreaFactory, UserFactory
from tests.factories.letters import message_to
from tests.factories.visits import text_of, visitor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def area() -> Area:
    return AreaFactory.create()


@pytest.fixture
def administrator(area: Area) -> Client:
    return visitor(area, Role.SYSTEM_ADMINISTRATOR)[0]


def age(message: Message, by: timedelta) -> None:
    Message.objects.filter(pk=message.pk).update(posted_at=Now() - by)


def test_says_how_it_stands_and_of_nobody(administrator: Client) -> None:
    somebody = UserFactory.create(family_name="Nightjar")
    waits = message_to(somebody)
    maybe = message_to(somebody, State.MAYBE_SENT, settled_at=Now(), fault="SMTPServerDisconnected")
    age(waits, 3 * HOUR)
    response = administrator.get("/outbox/")
    words = text_of(response)
    assert "1 on the way, the oldest for 3 hours. 1 to decide on" in words
    assert f"Send {maybe.pk} again" in words
    assert f"Send {waits.pk} again" not in words
    page = response.content.decode()
    assert "Nightjar" not in page
    assert somebody.email not in page


@pytest.mark.parametrize(("what", "state"), [("resend", State.WAITING), ("leave", State.LEFT)])
def test_a_press_settles(administrator: Client, what: str, state: State) -> None:
    message = message_to(UserFactory.create(), State.MAYBE_SENT, settled_at=Now())
    response = administrator.post(f"/outbox/{message.pk}/{what}/")
    assert response.status_code == 302
    assert Message.objects.get(pk=message.pk).state == state
    assert administrator.post(f"/outbox/{message.pk}/{what}/").status_code == 422, "it waits for nobody now"


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.INFORMATION_GOVERNANCE])
def test_it_is_the_system_administrators(area: Area, role: Role) -> None:
    assert visitor(area, role)[0].get("/outbox/").status_code == 403


class TestAge:
    def test_of_nothing(self) -> None:
        assert backlog() == Backlog(0, 0, None)

    def test_is_that_of_the_oldest_which_should_have_gone(self) -> None:
        somebody = UserFactory.create()
        age(message_to(somebody), 2 * HOUR)
        age(message_to(somebody, State.SENT, settled_at=Now()), 9 * HOUR)
        age(message_to(somebody, due_at=Now() + HOUR), 8 * HOUR)  # posted early, for a later day
        found = outbox_age()
        assert found is not None
        assert round(found / HOUR) == 2

    def test_does_not_fall_while_an_attempt_pauses(self) -> None:
        age(message_to(UserFactory.create(), due_at=Now() + HOUR, attempts=4), 5 * HOUR)
        found = outbox_age()
        assert found is not None
        assert round(found / HOUR) == 5

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(59, "less than a minute"), (60, "1 minute"), (3_599, "59 minutes"), (3_600, "1 hour"), (172_800, "2 days")],
    )
    def test_in_words(self, seconds: int, words: str) -> None:
        assert in_words(timedelta(seconds=seconds)) == words
