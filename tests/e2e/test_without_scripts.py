"""The main job once more, from a referral's first word to the plan of the weeks ahead, in browsers without scripts."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from agencies.roles import Role
from cases.models import Referral
from meetings.models import Invitation, Slot
from rules.vocabulary import InvitationAnswer, Level, MeetingKind, ReferralState

from .desk import Desks, fill_date
from .test_journey import VALUE, a_man_in_prison

pytestmark = pytest.mark.browser

# The next working days but one after the day that the demonstration shows.
TUESDAY = (24, 11, 2026)


def press(page: Page, name: str) -> None:
    """A link or a button of the page itself."""
    main = page.locator("#main-content")
    main.get_by_role("link", name=name, exact=True).or_(main.get_by_role("button", name=name, exact=True)).first.click()
    page.wait_for_load_state()


def written(page: Page, **boxes: str) -> None:
    """Answer one section, by the names of its fields, and go on to the next."""
    for name, said in boxes.items():
        box = page.locator(f"#main-content [name={name}]")
        if box.first.get_attribute("type") == "radio":
            page.locator(f"#main-content [name={name}][value='{said}']").check()
        else:
            box.fill(said)
    press(page, "Save and continue")


def test_from_a_referral_to_the_calendar_without_scripts(desks: Desks) -> None:
    man = a_man_in_prison()

    def desk(name: str, role: Role | None = None, **options: Any) -> Page:
        return desks.of(name, role, java_script_enabled=False, **options)

    author = desk("Priya Dunnock")
    author.goto(f"/nominals/{man.pk}/")
    press(author, "Refer to Level 2 or 3")
    press(author, "Person and ground")
    written(author, category="2", level_asked=Level.TWO.value)
    written(author, offence="Wounding with intent; five years in prison")
    written(author, detained="no")
    written(author, value_reasons=VALUE)
    written(author, risk_level="high", risk="To men he owes money, when he drinks")
    written(author, victims="Victim A lives near the release address")
    written(
        author,
        plan="Weekly reporting, curfew, alcohol tag",
        lower_level="No agency alone holds the risk to his mother's street",
    )
    written(author, diversity="Reads with difficulty")
    written(author, invite="Housing")
    press(author, "Check and send to a manager")
    author.get_by_role("radio", name="Wendy Waxwing").check()
    press(author, "Send to the manager")
    referral = Referral.objects.get(nominal=man)

    manager, unit = desk("Wendy Waxwing"), desk("Jo Wagtail")
    manager.goto(f"/referrals/{referral.pk}/")
    press(manager, "Endorse and submit")
    unit.goto("/referrals/")
    press(unit, "Chalcedony, Ivor")
    press(unit, "Give to the panel")
    for name in ("Helen Curlew", "Karen Merlin"):
        member = desk(name, Role.PANEL_MEMBER)
        member.goto(f"/referrals/{referral.pk}/")
        press(member, "Vote")
        member.get_by_role("radio", name="Accept at Level 2").check()
        member.get_by_label("Reasons").fill("Several agencies must agree a plan before he is released.")
        press(member, "Vote")
    referral.refresh_from_db()
    assert referral.state == ReferralState.ACCEPTED

    # The second row of the navigation leads to every page of its part.
    unit.get_by_role("navigation", name="Main").get_by_role("link", name="Meetings").click()
    part = unit.get_by_role("navigation", name="Meetings")
    assert unit.get_by_role("navigation", name="Main").bounding_box()["height"] < 70, "one row"  # type: ignore[index]
    expect(part.get_by_role("link")).to_have_count(6)
    part.get_by_role("link", name="Scheduling board").click()
    unit.get_by_role("row").filter(has_text="Chalcedony").get_by_role("button", name=re.compile("^Place on")).click()
    slot = Slot.objects.get(nominal=man)

    health = desk("Nia Chough")
    health.goto("/meetings/answers/")
    answer = health.get_by_role("region").filter(has_text="Chalcedony")
    answer.get_by_role("radio", name="Apologies, with a report").check()
    press(health, "Save answers")
    invited = Invitation.objects.get(slot=slot, agency__slug="healthcare-trust")
    assert invited.answer == InvitationAnswer.REPORT

    unit.goto(f"/slots/{slot.pk}/")
    press(unit, "Move")
    other = unit.get_by_label("Another free time")
    other.select_option(index=other.locator("option").count() - 1)
    press(unit, "Show this time")
    unit.get_by_label("Why is it moved?").fill("The prison asks for it")
    if (late := unit.get_by_label("Why is it out of time?")).count():
        late.fill("No earlier time suits the prison")
    press(unit, "Move to this time")
    was = slot.starts_at
    slot.refresh_from_db()
    assert slot.starts_at > was
    press(unit, "Cancel the meeting")
    unit.get_by_label("Why is it cancelled?").fill("He is to be heard sooner")
    press(unit, "Cancel the meeting")

    unit.goto(f"/nominals/{man.pk}/arrange/")
    unit.get_by_role("radio", name="Another time").check()
    fill_date(unit, "On which day?", *TUESDAY)
    unit.get_by_label("At what time?").fill("3.30pm")
    unit.get_by_label("Chair (optional)").select_option(label="Imran Lapwing")
    if (late := unit.get_by_label(re.compile("Why is it out of time"))).count():
        late.fill("The date is his, and the prison can do no other")
    press(unit, "Arrange the meeting")
    arranged = Slot.objects.get(nominal=man, cancelled_on=None)
    assert (arranged.kind, f"{arranged.starts_at:%d %H:%M}") == (MeetingKind.INITIAL, "24 15:30")

    unit.goto("/scheduling/plan/")
    placed = Slot.objects.filter(cancelled_on=None).count()
    ticked = unit.get_by_role("checkbox", checked=True).count()
    press(unit, "Place those ticked")
    assert Slot.objects.filter(cancelled_on=None).count() == placed + ticked > placed
