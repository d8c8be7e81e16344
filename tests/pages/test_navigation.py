"""The main navigation: few entries, groups in a second row, and always one that says where one is."""

from datetime import date

import pytest

from agencies.principal import Kind, Principal
from agencies.roles import MEMBERSHIP_ROLES, Role
from pages.navigation import NavItem, items_for

# At 1280 pixels one row holds about so many letters, with the space between entries reckoned as four of them.
ROW = 120


def items(role: Role, path: str = "/") -> tuple[NavItem, ...]:
    return items_for(Principal(Kind.USER, 1, "Rosalind O'Hara", 1, role, 1, 1, False, date(2026, 3, 27)), path)


@pytest.mark.parametrize("role", MEMBERSHIP_ROLES)
def test_the_main_row_is_one_row(role: Role) -> None:
    found = items(role)
    assert sum(len(item.label) + 4 for item in found) <= ROW
    assert len({item.label for item in found}) == len(found)


@pytest.mark.parametrize(
    ("path", "part", "page"),
    [
        pytest.param("/", "Today", "", id="the front page begins every address and is current by itself alone"),
        pytest.param("/scheduling/plan/", "Meetings", "Scheduling board", id="a page below an entry"),
        pytest.param("/calendar/week/2026-11-23/", "Meetings", "Calendar", id="a page below another of the group"),
        pytest.param("/slots/7/move/", "Meetings", "Sittings", id="an address that an entry covers"),
        pytest.param("/meetings/invited/child/", "Meetings", "Invitations", id="the settings of the invitations"),
        pytest.param("/meetings/replies/", "Meetings", "Invitations", id="the tray of calendar replies"),
        pytest.param("/advice/add/", "Referrals", "Advice log", id="the other group"),
        pytest.param("/not-screened/", "What is due", "", id="a worklist"),
        pytest.param("/account/", "", "", id="a page of no part"),
    ],
)
def test_where_one_is(path: str, part: str, page: str) -> None:
    current = [item for item in items(Role.COORDINATOR, path) if item.current]
    assert [item.label for item in current] == ([part] if part else [])
    assert [each.label for item in current for each in item.within if each.current] == ([page] if page else [])


def test_a_group_leads_to_its_first_page_and_one_of_one_page_is_that_page() -> None:
    answering = {item.label: item for item in items(Role.SPOC)}
    assert answering["Meetings"].url == "/meetings/answers/"
    assert [each.label for each in answering["Meetings"].within] == ["Meetings to answer", "Calendar", "Sittings"]
    voting = {item.label: item for item in items(Role.PANEL_MEMBER)}
    assert voting["Referrals"].url == "/referrals/"
    assert voting["Referrals"].within == ()


def test_nobody_signed_in_goes_nowhere() -> None:
    assert items_for(None, "/") == ()
