"""The main job, step by step, in a real browser, each step as the people concerned.

Each test builds its own beginning by services; none reads what another left.
"""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from agencies.models import Agency
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import Nominal, Obligation, Referral, ReferralDraft
from cases.records import KeyDateRecord, NamedOfficerRecord
from cases.services.panel import cast_vote
from cases.services.referrals import (
    Subject,
    ask_endorsement,
    endorse_referral,
    give_to_panel,
    start_referral,
    write_referral,
)
from letters.models import Message
from meetings.models import Invitation, Slot
from rules.vocabulary import (
    Category,
    Detention,
    InvitationAnswer,
    KeyDateKind,
    Level,
    ObligationKind,
    ReferralState,
    RiskLevel,
    Vote,
    Whereabouts,
)
from tests.conftest import TODAY
from tests.factories import cases as make

from .desk import DESKTOP, PHONE, Desks, post, user
from .test_every_page import violations

pytestmark = pytest.mark.browser

RELEASED_ON = date(2027, 4, 22)
SIZES = [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")]
VALUE = "Housing, police and probation must agree where he lives and who watches"
WRITTEN: dict[str, dict[str, Any]] = {
    "person": {"referrer": "Priya Dunnock", "category": Category.TWO, "level_asked": Level.TWO},
    "offence": {"offence": "Wounding with intent; five years in prison"},
    "level": {"value_reasons": VALUE},
    "risk": {"risk_level": RiskLevel.HIGH, "risk": "To men he owes money, when he drinks"},
    "victims": {"victims": "Victim A lives near the release address"},
    "plan": {
        "plan": "Weekly reporting, curfew, alcohol tag",
        "lower_level": "No agency alone holds the risk to his mother's street",
    },
    "diversity": {"diversity": "Reads with difficulty"},
    "invite": {"invite": "Housing\nHealth"},
}


def acting(name: str) -> Principal:
    """A person of the demonstration in their first role."""
    return Principal.for_membership(post(name, None), on=TODAY)


def a_man_in_prison() -> Nominal:
    """Category 2, level not yet set, to be released in five months; Priya's case."""
    priya = post("Priya Dunnock", None)
    return make.nominal(
        priya.area,
        today=TODAY,
        family_name="Chalcedony",
        given_names="Ivor",
        grounds=(make.qualifying(),),
        levels=(),
        whereabouts=(make.stay(Whereabouts.CUSTODY),),
        key_dates=(KeyDateRecord(KeyDateKind.RELEASE, RELEASED_ON),),
        named_officers=(NamedOfficerRecord(priya.user_id, priya.agency_id, make.LONG_AGO),),
    )


def referred(man: Nominal) -> Referral:
    """Written by Priya, endorsed by her manager, given to the panel."""
    priya, manager = acting("Priya Dunnock"), acting("Wendy Waxwing")
    agency = Agency.objects.get(pk=priya.agency_id or 0)
    stored = start_referral(by=priya, today=TODAY, agency_id=agency.pk, subject=Subject(nominal_id=man.pk))
    for section, values in WRITTEN.items():
        version = Referral.objects.values_list("version", flat=True).get(pk=stored.pk)
        write_referral(by=priya, today=TODAY, referral_id=stored.pk, section=section, values=values, version=version)
    ask_endorsement(by=priya, today=TODAY, referral_id=stored.pk, endorser_id=user("Wendy Waxwing").pk)
    endorse_referral(by=manager, today=TODAY, referral_id=stored.pk)
    return give_to_panel(by=acting("Jo Wagtail"), today=TODAY, referral_id=stored.pk)


def accepted(man: Nominal) -> Referral:
    """Two of the panel have accepted: a first meeting is due."""
    stored = referred(man)
    for name in ("Helen Curlew", "Karen Merlin"):
        voter = Principal.for_membership(post(name, Role.PANEL_MEMBER), on=TODAY)
        cast_vote(by=voter, today=TODAY, referral_id=stored.pk, vote=Vote.LEVEL_2, reasons="Agencies must agree a plan")
    return stored


def write(page: Page, **texts: str) -> None:
    """Fill the boxes of a section, and go on to the next."""
    for label, text in texts.items():
        page.get_by_label(label.replace("_", " ").capitalize()).fill(text)
    page.get_by_role("button", name="Save and continue").click()


@pytest.mark.parametrize("size", SIZES)
def test_step_1_a_practitioner_refers_a_man_due_for_release(desks: Desks, size: Any) -> None:
    """Typed on the way, in a browser that is killed, endorsed by the manager, and with the unit the same day."""
    man = a_man_in_prison()
    page = desks.of("Priya Dunnock", viewport=size)
    page.goto(f"/nominals/{man.pk}/")
    page.get_by_role("button", name="Refer to Level 2 or 3").click()
    expect(page.get_by_text("Not started")).to_have_count(8)
    assert not violations(page)
    referral = Referral.objects.get(nominal=man)
    page.get_by_role("link", name="Person and ground").click()
    page.get_by_role("radio", name="Category 2").check()
    page.get_by_role("radio", name="Level 2").check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Offence"))
    expect(page.locator("#known")).to_contain_text("22 April 2027")
    write(page, Offence_and_sentence="Wounding with intent; five years in prison")
    # Whoever is in no hospital says so in one press.
    expect(page.get_by_role("radio", name="Not detained")).to_be_checked()
    page.get_by_role("button", name="Save and continue").click()

    # What is typed survives the browser.
    page.get_by_label("What meetings of several agencies would add").fill(VALUE)
    with page.expect_response(lambda answer: answer.url.endswith("/keep/")):
        page.evaluate(
            "() => { Object.defineProperty(document, 'visibilityState', { value: 'hidden' });"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )
    expect(page.get_by_text("What you typed is kept, not yet saved.")).to_be_visible()
    assert ReferralDraft.objects.get(referral=referral).values["value_reasons"] == VALUE
    page.context.close()
    page = desks.of("Priya Dunnock", viewport=size)
    page.goto(f"/referrals/{referral.pk}/sections/level/")
    page.get_by_role("link", name="Show what you typed").click()
    expect(page.get_by_label("What meetings of several agencies would add")).to_have_value(VALUE)
    assert not violations(page)
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Risk to a known adult").select_option("High")
    page.get_by_label("Risk to the public").select_option("Medium")
    write(page, The_risk="To men he owes money, when he drinks")
    write(page, Victims_and_potential_victims="Victim A lives near the release address")
    write(
        page,
        Current_risk_management_plan="Weekly reporting, curfew, alcohol tag",
        Why_a_lower_level="No agency alone holds the risk to his mother's street",
    )
    write(page, Diversity="Reads with difficulty")
    write(page, Agencies_to_invite="Housing\nHealth")
    page.get_by_role("button", name="Check and send to a manager").click()
    page.get_by_role("radio", name="Wendy Waxwing").check()
    page.get_by_role("button", name="Send to the manager").click()
    expect(page.get_by_role("alert")).to_contain_text("sent to be endorsed")

    manager = desks.of("Wendy Waxwing", viewport=size)
    manager.goto(f"/referrals/{referral.pk}/")
    manager.get_by_role("button", name="Endorse and submit").click()
    expect(manager.get_by_role("alert")).to_contain_text("submitted")
    referral.refresh_from_db()
    assert (referral.state, referral.received_on, referral.level_asked) == (ReferralState.SUBMITTED, TODAY, Level.TWO)
    assert (referral.risk_level, referral.detained) == (RiskLevel.HIGH, Detention.NO)
    unit = desks.of("Jo Wagtail", viewport=size)
    unit.goto("/referrals/")
    expect(unit.get_by_role("row").filter(has_text="Chalcedony")).to_contain_text("Submitted")


@pytest.mark.parametrize("size", SIZES)
def test_step_2_two_of_three_accept_and_a_first_meeting_is_due(desks: Desks, size: Any) -> None:
    """The second accepting vote settles it: the level begins, and a first meeting is due before the release."""
    man = a_man_in_prison()
    referral = referred(man)
    for name in ("Helen Curlew", "Karen Merlin"):
        page = desks.of(name, Role.PANEL_MEMBER, viewport=size)
        page.goto(f"/referrals/{referral.pk}/")
        page.get_by_role("button", name="Vote", exact=True).click()
        page.get_by_role("radio", name="Accept at Level 2").check()
        page.get_by_label("Reasons").fill("Several agencies must agree a plan before he is released.")
        assert not violations(page)
        page.get_by_role("button", name="Vote", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("vote has been recorded")
    referral.refresh_from_db()
    assert (referral.state, referral.level_given) == (ReferralState.ACCEPTED, Level.TWO)
    due = Obligation.objects.get(nominal=man, kind=ObligationKind.FIRST_MEETING)
    assert due.due_on == RELEASED_ON - timedelta(days=1)
    unit = desks.of("Jo Wagtail", viewport=size)
    unit.goto(f"/nominals/{man.pk}/due/")
    expect(unit.get_by_text("First meeting after a referral").first).to_be_visible()
    expect(unit.get_by_text("21 April 2027").first).to_be_visible()
    assert not violations(unit)


@pytest.mark.parametrize("size", SIZES)
def test_step_3_he_is_placed_and_the_agencies_invited_answer(desks: Desks, size: Any) -> None:
    """One press places him; who is invited follows from the table; a contact answers on a phone, the unit sees it."""
    man = a_man_in_prison()
    accepted(man)
    unit = desks.of("Jo Wagtail", viewport=size)
    unit.goto(f"/nominals/{man.pk}/place/")
    expect(unit.get_by_role("heading", name="Best times")).to_be_visible()
    assert not violations(unit)
    unit.goto("/scheduling/?q=Chalcedony")
    unit.get_by_role("row").filter(has_text="Chalcedony").get_by_role("button", name=re.compile("^Place on")).click()
    slot = Slot.objects.get(nominal=man)
    assert slot.held_on < RELEASED_ON
    invited = Invitation.objects.filter(slot=slot, withdrawn_on=None)
    assert invited.count() >= 5
    assert Message.objects.filter(kind="meeting_invitation").exists()

    health = desks.of("Nia Chough", viewport=size)
    health.goto("/meetings/answers/")
    part = health.get_by_role("region").filter(has_text="Chalcedony")
    part.get_by_role("radio", name="Attending").check()
    assert not violations(health)
    health.get_by_role("button", name="Save answers").click()
    expect(health.get_by_role("alert")).to_be_visible()
    answer = invited.get(agency__slug="healthcare-trust")
    assert answer.answer == InvitationAnswer.ATTENDING
    unit.goto(f"/slots/{slot.pk}/")
    expect(unit.get_by_role("row").filter(has_text="Healthcare")).to_contain_text("Attending")
    assert not violations(unit)
