"""Saved views: one's own and the area's; opened, renamed, deleted; never a right, never a name in an address."""

import pytest
from django.test import Client

from agencies.models import Membership
from agencies.roles import Role
from exchange.models import SavedView
from exchange.saved.services import delete_view, rename_view
from rules.core import Refused
from tests.factories.agencies import MembershipFactory

from .taking_out import REGISTER, browser_of, principal, stored

pytestmark = pytest.mark.django_db
VIEWS = "/saved-views/"
OVERDUE = f"{REGISTER}?level=3&review=overdue&sort=-name"


@pytest.fixture
def member() -> Membership:
    return MembershipFactory.create(role=Role.COORDINATOR)


@pytest.fixture
def browser(member: Membership) -> Client:
    return browser_of(member)


def saved(browser: Client, name: str = "Level 3, overdue", of: str = OVERDUE, **more: str) -> SavedView:
    response = browser.post(VIEWS, {"of": of, "name": name, **more})
    assert response.status_code == 302, response.content.decode()[-3000:]
    return SavedView.objects.latest("pk")


def page(browser: Client, of: str = "") -> str:
    response = browser.get(VIEWS, {"of": of} if of else {})
    assert response.status_code == 200
    return response.content.decode()


def test_a_view_is_saved_and_opened(browser: Client, member: Membership) -> None:
    """Page number and what is no filter are not kept."""
    view = saved(browser, of=f"{OVERDUE}&page=3&q=Smith")
    assert (view.owner, view.area, view.list_name) == (member.user, None, "register")
    assert view.address == "/nominals/?level=3&review=overdue&sort=-name"
    assert f'href="{view.address.replace("&", "&amp;")}"' in page(browser)
    assert browser.get(view.address).status_code == 200


def test_the_list_leads_to_its_views_and_back(browser: Client) -> None:
    text = browser.get(OVERDUE).content.decode()
    assert "/saved-views/?of=%2Fnominals%2F%3Flevel%3D3%26review%3Doverdue%26sort%3D-name" in text
    assert "Level: Level 3" in page(browser, OVERDUE)


def test_nobody_else_sees_ones_own_view(browser: Client, member: Membership) -> None:
    view = saved(browser)
    other = browser_of(MembershipFactory.create(area=member.area))
    assert view.name not in page(other)
    assert other.get(f"{VIEWS}{view.pk}/rename/").status_code == 404
    assert other.post(f"{VIEWS}{view.pk}/delete/").status_code == 404
    with pytest.raises(Refused, match="not yours"):
        delete_view(by=principal(MembershipFactory.create(area=member.area)), view_id=view.pk)


def test_a_coordinator_shares_with_the_area(browser: Client, member: Membership) -> None:
    view = saved(browser, shared="on")
    assert view.area == member.area
    administrator = browser_of(MembershipFactory.create(area=member.area, role=Role.ADMINISTRATOR))
    assert view.name in page(administrator)
    assert administrator.get(f"{VIEWS}{view.pk}/rename/").status_code == 404, "shown, but not theirs to change"
    assert view.name not in page(browser_of(MembershipFactory.create()))
    colleague = MembershipFactory.create(area=member.area)
    rename_view(by=principal(colleague), view_id=view.pk, name="Overdue")
    assert "Overdue" in page(browser)


def test_who_may_not_share_is_not_offered_it_and_does_not(member: Membership) -> None:
    browser = browser_of(MembershipFactory.create(area=member.area, role=Role.ADMINISTRATOR))
    assert "Share with everybody" not in page(browser, REGISTER)
    assert saved(browser, shared="on").area is None


def test_a_shared_view_shows_each_reader_their_own_rows(browser: Client, member: Membership) -> None:
    stored(member, "Quartz")
    view = saved(browser, of=REGISTER, shared="on")
    spoc = browser_of(MembershipFactory.create(area=member.area, role=Role.SPOC))
    assert view.name in page(spoc)
    assert "Quartz" in browser.get(view.address).content.decode()
    assert "Quartz" not in spoc.get(view.address).content.decode()


def test_a_view_of_a_list_that_is_closed_to_somebody_is_not_shown(browser: Client, member: Membership) -> None:
    view = saved(browser, shared="on")
    assert view.name not in page(browser_of(MembershipFactory.create(area=member.area, role=Role.SYSTEM_ADMINISTRATOR)))


def test_names_are_taken_once_for_a_list(browser: Client) -> None:
    first = saved(browser)
    response = browser.post(VIEWS, {"of": REGISTER, "name": first.name.upper()})
    assert response.status_code == 422
    assert "with that name already" in response.content.decode()
    assert saved(browser, shared="on").name == first.name, "the area's views have names of their own"
    second = saved(browser, "Another")
    response = browser.post(f"{VIEWS}{second.pk}/rename/", {"name": first.name})
    assert response.status_code == 422


def test_a_view_is_renamed_and_deleted(browser: Client) -> None:
    view = saved(browser)
    assert browser.post(f"{VIEWS}{view.pk}/rename/", {"name": "Overdue"}).headers["Location"] == VIEWS
    assert "Overdue" in page(browser)
    assert browser.post(f"{VIEWS}{view.pk}/delete/").headers["Location"] == VIEWS
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("of", ["", "/search/", "/exports/", "/no/such/"])
def test_only_a_list_has_views(browser: Client, of: str) -> None:
    assert browser.post(VIEWS, {"of": of, "name": "Mine"}).status_code == (404 if of else 422)
    assert not SavedView.objects.exists()


def test_there_is_an_end_to_them(browser: Client, member: Membership) -> None:
    SavedView.objects.bulk_create(
        SavedView(owner=member.user, list_name="register", name=f"View {number}") for number in range(50)
    )
    response = browser.post(VIEWS, {"of": REGISTER, "name": "One more"})
    assert response.status_code == 422
    assert "delete one first" in response.content.decode()
