import re
from datetime import date, timedelta

import pytest
from django.test import Client

from agencies.models import Area
from agencies.roles import Role
from cases.models import KeyDate
from rules.vocabulary import Handling, KeyDateKind, Level, Whereabouts
from tests.factories.cases import LONG_AGO, TODAY, at_level, meeting, nominal, notification, stay
from tests.factories.visits import text_of, visitor


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
        assert numbers["level to be set before release by now"] == 1
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
            shown = re.search(r"<strong>(\d+)</strong> (?:person|people|lines?)", coordinator.get(url).content.decode())
            assert shown is not None, label
            assert int(shown[1]) == number, label


@pytest.mark.parametrize(
    ("role", "words"),
    [
        pytest.param(Role.SMB_MEMBER, "reads figures about the register, never a person's record", id="figures only"),
        pytest.param(Role.SYSTEM_ADMINISTRATOR, "does not open records of people", id="no case at all"),
    ],
)
def test_roles_without_records_get_a_plain_sentence(area: Area, role: Role, words: str) -> None:
    response = visitor(area, role)[0].get("/")
    assert response.status_code == 200
    assert words in text_of(response)
    assert "app-card" not in response.content.decode()


def test_not_signed_in_goes_to_the_sign_in_page(db: None) -> None:
    assert Client().get("/").status_code == 302
