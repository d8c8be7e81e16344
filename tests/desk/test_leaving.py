"""Somebody stops at once: what they hold is said first, and found afterwards by whoever must give it to another."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.leaving import leavers
from agencies.models import Agency, Area, Membership
from agencies.roles import Role
from agencies.services import end_membership
from agencies.services.handover import hand_over
from cases.models import NamedOfficerSpan, Nominal
from cases.records import NamedOfficerRecord
from mappa import clock
from meetings.models import Action
from rules.core import Refused
from rules.vocabulary import Handling
from tests.desk.test_today import cards
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, MembershipFactory
from tests.factories.cases import LONG_AGO, TODAY, system
from tests.factories.visits import day, hidden, text_of, visitor
from tests.meetings.test_actions import brought

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
GONE, LEFT = "cases whose named officer has left", "people who have left and still hold work"


@pytest.fixture
def agency(area: Area) -> Agency:
    return AgencyFactory.create(area=area)


@pytest.fixture
def kit(area: Area) -> Client:
    return visitor(area, Role.SYSTEM_ADMINISTRATOR)[0]


def member(agency: Agency, role: Role = Role.PRACTITIONER, **more: Any) -> Membership:
    return MembershipFactory.create(area=agency.area, agency=agency, role=role, **more)


def case_of(holder: Membership, **more: Any) -> Nominal:
    officer = NamedOfficerRecord(holder.user_id, holder.agency_id, LONG_AGO)
    return make.nominal(holder.area, named_officers=(officer,), grounds=(make.notification(LONG_AGO),), **more)


def end(kit: Client, holder: Membership, on: date) -> Any:
    url = reverse("membership-end", args=[holder.pk])
    return kit.post(url, hidden(kit.get(url)) | day("ends_on", on.isoformat()))


def confirmed(kit: Client, url: str, said: dict[str, str]) -> Any:
    """The form sent, and what its page then shows confirmed."""
    shown = kit.post(url, hidden(kit.get(url)) | said)
    return kit.post(url, hidden(shown))


def number(client: Client, label: str) -> int:
    """The number of the card on Today, which is that of the list behind it."""
    found, url = cards(client.get("/").content.decode())[label]
    noun = ("person", "people") if label == GONE else ("account", "accounts")
    shown = client.get(url).content.decode()
    assert f"<strong>{found}</strong> {noun[found != 1]}" in shown
    return found


def test_what_is_held_is_said_confirmed_and_found_until_it_is_handed_over(kit: Client, agency: Agency) -> None:
    leaver, colleague = member(agency), member(agency)
    man = case_of(leaver)
    case_of(leaver)
    case_of(leaver, handling=Handling.CATEGORY_4)
    coordinator = visitor(agency.area, Role.COORDINATOR)[0]
    first = kit.get(reverse("membership-end", args=[leaver.pk]))
    assert "People whose named officer they are 2 " in text_of(first), "Category 4 is in no count (R99)"
    assert reverse("hand-over", args=[leaver.pk]) in first.text
    asked = end(kit, leaver, TODAY - DAY)
    assert "in the name of somebody who is there no more" in text_of(asked)
    leaver.refresh_from_db()
    assert leaver.ends_on is None
    assert (number(coordinator, GONE), number(kit, LEFT)) == (0, 0)
    done = kit.post(reverse("membership-end", args=[leaver.pk]), hidden(asked))
    assert done["Location"] == reverse("user", args=[leaver.user_id])
    assert (number(coordinator, GONE), number(kit, LEFT)) == (2, 1)
    record = coordinator.get(reverse("nominal", args=[man.pk]))
    assert "Has left" in text_of(record)
    assert reverse("named-officer-set", args=[man.pk]) in record.text
    page, own = kit.get(reverse("agency", args=[agency.pk])), kit.get(reverse("user", args=[leaver.user_id]))
    url = reverse("hand-over", args=[leaver.pk])
    assert "Has left, and still holds work" in text_of(page)
    assert (url in page.text, url in own.text) == (True, True)
    assert url not in coordinator.get(reverse("agency", args=[agency.pk])).text
    said = {"to": str(colleague.user_id)} | day("on", TODAY.isoformat())
    assert confirmed(kit, url, said).status_code == 302
    assert NamedOfficerSpan.objects.get(nominal=man, ends_on=None).officer_id == colleague.user_id
    assert (number(coordinator, GONE), number(kit, LEFT)) == (0, 0)


def test_what_is_confirmed_is_the_day_that_was_shown(kit: Client, agency: Agency) -> None:
    """Sent with another day, or when something has come meanwhile, it is shown anew and done when that is confirmed."""
    leaver, colleague = member(agency), member(agency)
    case_of(leaver)
    url, later = reverse("membership-end", args=[leaver.pk]), TODAY + 5 * DAY
    sent = hidden(end(kit, leaver, TODAY))
    other = kit.post(url, sent | day("ends_on", later.isoformat()))
    assert other.status_code == 422
    assert "Look again: what was confirmed is not what would be done" in text_of(other)
    assert "After 28 November 2026 this would be in the name of somebody who is there no more" in text_of(other)
    assert "People whose named officer they are 1 " in text_of(other)
    case_of(leaver)
    more = kit.post(url, hidden(other))
    assert (more.status_code, "People whose named officer they are 2 " in text_of(more)) == (422, True)
    leaver.refresh_from_db()
    assert leaver.ends_on is None
    # When nothing is left meanwhile it is shown as such, and done by sending it again.
    NamedOfficerSpan.objects.update(officer=colleague.user)
    none_left = kit.post(url, hidden(more))
    assert (none_left.status_code, "Look again" in text_of(none_left)) == (422, True)
    assert "They hold no open work by it." in text_of(none_left)
    leaver.refresh_from_db()
    assert leaver.ends_on is None
    assert kit.post(url, hidden(none_left) | day("ends_on", later.isoformat())).status_code == 302
    leaver.refresh_from_db()
    assert leaver.ends_on == later


def test_an_open_action_is_work_too_and_another_role_there_goes_on_with_it(kit: Client, agency: Agency) -> None:
    leaver, stayer = member(agency), member(agency)
    (action,) = brought(case_of(stayer), agency, "Visit the address")
    Action.objects.filter(pk=action.pk).update(responsible=leaver.user)
    end_membership(by=system(), membership=leaver, ends_on=TODAY - DAY)
    assert list(leavers(TODAY)) == [leaver]
    again = member(agency, Role.SPOC, user=leaver.user)
    assert not leavers(TODAY).exists()
    again.ends_on = TODAY - DAY
    again.save(update_fields=["ends_on"])
    assert {row.pk for row in leavers(TODAY)} == {leaver.pk, again.pk}
    url = reverse("hand-over", args=[leaver.pk])
    said = {"to": str(stayer.user_id)} | day("on", TODAY.isoformat())
    late = kit.post(url, hidden(kit.get(url)) | said | day("on", (TODAY + DAY).isoformat()))
    assert "This role has ended: hand over from today." in text_of(late)
    assert confirmed(kit, url, said).status_code == 302
    action.refresh_from_db()
    assert (action.responsible, leavers(TODAY).exists()) == (stayer.user, False)


def test_nothing_held_ends_in_one_press_and_is_no_work_to_hand_over(kit: Client, agency: Agency) -> None:
    leaver, colleague = member(agency), member(agency)
    assert "They hold no open work by it." in text_of(kit.get(reverse("membership-end", args=[leaver.pk])))
    assert end(kit, leaver, TODAY - DAY).status_code == 302
    url = reverse("hand-over", args=[leaver.pk])
    said = {"to": str(colleague.user_id)} | day("on", TODAY.isoformat())
    page = kit.post(url, hidden(kit.get(url)) | said)
    assert "nothing is left to hand over" in text_of(page)
    assert url not in kit.get(reverse("agency", args=[agency.pk])).text


def test_work_that_goes_over_on_the_day_after_needs_no_second_word(kit: Client, agency: Agency) -> None:
    leaver, colleague = member(agency), member(agency)
    (action,) = brought(case_of(leaver), agency, "Visit the address")
    Action.objects.filter(pk=action.pk).update(responsible=leaver.user)
    then = TODAY + 5 * DAY
    hand_over(by=system(), today=TODAY, membership_id=leaver.pk, to_user_id=colleague.user_id, on=then)
    assert end(kit, leaver, then - DAY).status_code == 302
    sooner = end(kit, leaver, TODAY)
    assert "Open actions they are responsible for 1 " in text_of(sooner)
    refused = text_of(end(kit, leaver, then))
    assert "call the hand-over off first, or choose an earlier day" in refused
    clock.pretend(then)
    assert not leavers(then).exists(), "it waits for background work, which carries it out"


def test_a_last_day_moves_later_while_it_lies_ahead(agency: Agency) -> None:
    held = member(agency, ends_on=TODAY + 3 * DAY)
    for last in (TODAY + 9 * DAY, TODAY):
        end_membership(by=system(), membership=held, ends_on=last)
        held.refresh_from_db()
        assert held.ends_on == last
    end_membership(by=system(), membership=held, ends_on=TODAY + DAY)
    member(agency, user=held.user, starts_on=TODAY + 4 * DAY)
    end_membership(by=system(), membership=held, ends_on=TODAY + 3 * DAY)
    with pytest.raises(Refused, match="holds this role again"):
        end_membership(by=system(), membership=held, ends_on=TODAY + 4 * DAY)
    end_membership(by=system(), membership=held, ends_on=TODAY - DAY)
    with pytest.raises(Refused, match="The role has ended"):
        end_membership(by=system(), membership=held, ends_on=TODAY)


def test_a_disabled_account_leaves_its_work_where_it_is_found(kit: Client, agency: Agency) -> None:
    leaver, idle = member(agency), member(agency)
    man = case_of(leaver)
    url = reverse("user-disable", args=[leaver.user_id])
    page = kit.get(url)
    assert "People whose named officer they are 1 " in text_of(page)
    assert reverse("hand-over", args=[leaver.pk]) in page.text
    assert "They hold no open work" in text_of(kit.get(reverse("user-disable", args=[idle.user_id])))
    assert kit.post(url, hidden(page)).status_code == 302
    leaver.user.refresh_from_db()
    assert not leaver.user.is_active
    coordinator = visitor(agency.area, Role.COORDINATOR)[0]
    assert (number(coordinator, GONE), number(kit, LEFT)) == (1, 1)
    assert "Has left" in text_of(coordinator.get(reverse("nominal", args=[man.pk])))
    shown = kit.get(reverse("agency", args=[agency.pk]))
    assert "Account disabled" in text_of(shown)
    assert reverse("hand-over", args=[leaver.pk]) in shown.text
