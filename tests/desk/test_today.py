import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from agencies.kinds import AgencyKind, Duty
from agencies.models import Area
from agencies.roles import Role
from cases.models import KeyDate
from exchange.words import ExtractState
from letters.states import State
from mappa import clock
from rules.vocabulary import Handling, KeyDateKind, Level, Whereabouts
from tests.factories import lists
from tests.factories.agencies import AgencyFactory, AreaFactory
from tests.factories.cases import LONG_AGO, TODAY, at_level, meeting, nominal, notification, stay
from tests.factories.letters import message_to
from tests.factories.visits import text_of, visitor

NOUN = "(?:person|people|lines?|lists?|agency|agencies)"


def at(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def register(area: Area) -> None:
    """Somebody for every number of the page."""
    level_2 = (at_level(Level.TWO),)
    nominal(area, family_name="Overdue", levels=level_2, meetings=(meeting(at(-113)),))
    nominal(area, family_name="Soon", levels=level_2, meetings=(meeting(at(-100)),))
    custody = (stay(Whereabouts.COMMUNITY, LONG_AGO, at(-41)), stay(Whereabouts.CUSTODY, at(-40)))
    nominal(area, family_name="Paused", levels=level_2, meetings=(meeting(at(-100)),), whereabouts=custody)
    waiting = nominal(area, family_name="Waiting", levels=(), whereabouts=(stay(Whereabouts.CUSTODY),))
    KeyDate.objects.create(nominal=waiting, kind=KeyDateKind.EARLIEST_RELEASE, falls_on=at(20))
    nominal(area, family_name="Ending", grounds=(notification(LONG_AGO, at(28)),))
    nominal(area, family_name="Later", grounds=(notification(LONG_AGO, at(29)),))
    nominal(area, family_name="Hidden", handling=Handling.CATEGORY_4, levels=level_2, meetings=(meeting(at(-200)),))


def cards(page: str) -> dict[str, tuple[int, str]]:
    """Number and address of each card, by its label."""
    found = re.findall(r'app-card__number">(\d+)</p>\s*<p class="app-card__label"><a[^>]*href="([^"]*)">([^<]*)<', page)
    return {label: (int(number), url.replace("&amp;", "&")) for number, url, label in found}


@pytest.mark.usefixtures("register")
class TestToday:
    def test_counts_what_waits(self, coordinator: Client) -> None:
        numbers = {label: number for label, (number, _) in cards(coordinator.get("/").content.decode()).items()}
        assert numbers["overdue"] == 1
        assert numbers["due within 28 days"] == 1
        assert numbers["paused: in custody or hospital"] == 1
        assert numbers["brought forward from before the start"] == 0
        assert numbers["level not yet set"] == 1
        assert numbers["level should have been set by now"] == 1
        assert numbers["at Level 2"] == 3
        assert numbers["at Level 3"] == 0

    def test_grounds_and_releases_by_horizon(self, coordinator: Client) -> None:
        page = coordinator.get("/").content.decode()
        ending = page[page.index("Grounds ending") :]
        assert [number for number, _ in re.findall(r'app-card__number">(\d+)</p>()', ending)][:3] == ["1", "2", "2"]
        ahead = page[page.index("Releases and discharges ahead") :]
        assert [number for number, _ in re.findall(r'app-card__number">(\d+)</p>()', ahead)][:2] == ["1", "1"]

    def test_every_number_is_that_of_the_list_behind_it(self, coordinator: Client) -> None:
        page = coordinator.get("/").content.decode()
        for label, (number, url) in cards(page).items():
            shown = re.search(
                r"<strong>(\d+)</strong> (?:person|people|lines?|lists?|agency|agencies|messages?|referrals?"
                r"|pieces? of advice|sittings?|actions?|pairs?)",
                coordinator.get(url).content.decode(),
            )
            assert shown is not None, label
            assert int(shown[1]) == number, label


@pytest.mark.parametrize(
    ("role", "words"),
    [
        pytest.param(Role.SMB_MEMBER, "reads figures about the register, never a person's record", id="figures only"),
        pytest.param(Role.LAY_ADVISER, "reads figures about the register", id="figures for an adviser"),
    ],
)
def test_roles_without_records_get_a_plain_sentence(area: Area, role: Role, words: str) -> None:
    response = visitor(area, role)[0].get("/")
    assert response.status_code == 200
    assert words in text_of(response)
    assert "app-card" not in response.content.decode()


class TestWorkBesideTheCases:
    def test_whoever_brings_in_lists_sees_those_to_work_through(self, area: Area) -> None:
        for state in (ExtractState.READY, ExtractState.HEADINGS, ExtractState.STOPPED):
            lists.extract(area, state)
        lists.extract(AreaFactory.create(), ExtractState.READY)
        client, _ = visitor(area, Role.ADMINISTRATOR)
        number, url = cards(client.get("/").content.decode())["to work through"]
        assert number == 2
        assert "<strong>2</strong> lists" in client.get(url).content.decode()

    def test_a_system_administrator_sees_letters_acts_and_agencies(self, area: Area) -> None:
        client, member = visitor(area, Role.SYSTEM_ADMINISTRATOR)
        message_to(member.user, State.MAYBE_SENT, settled_at=clock.now())
        AgencyFactory.create(area=area, kind=AgencyKind.POLICE, duty=Duty.RESPONSIBLE_AUTHORITY)
        found = cards(client.get("/").content.decode())
        assert found["maybe sent, to decide on"][0] == 1
        assert found["not sent, to decide on"][0] == 0
        assert found["waiting for a second person"] == (0, reverse("two-person-acts"))
        for label, (number, url) in found.items():
            page = client.get(url).content.decode()
            if "agreement" in label or "contact" in label:
                assert number > 0
                assert f"<strong>{number}</strong> agenc" in page
        assert "overdue" not in found
        # On another page, the way there stands in the navigation once.
        page = client.get("/agencies/").content.decode()
        assert page.count('class="govuk-service-navigation__link" href="/"') == 1

    def test_the_letter_of_one_area_is_no_work_of_a_practitioner(self, area: Area) -> None:
        found = cards(visitor(area, Role.PRACTITIONER)[0].get("/").content.decode())
        assert "to work through" not in found
        assert not [label for label in found if label.startswith(("with an agreement", "without", "maybe"))]


def test_not_signed_in_goes_to_the_sign_in_page(db: None) -> None:
    assert Client().get("/").status_code == 302
