"""Writing to the register: people, grounds with the rules answering in place, levels, whereabouts."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from cases.models import Nominal
from rules.vocabulary import GroundKind

from .desk import Desks, fill_date, nominal, number_of

pytestmark = pytest.mark.browser

SCRIPTS = [pytest.param(True, id="with scripts"), pytest.param(False, id="without scripts")]


def summary(page: Page) -> Locator:
    """The box at the top that says what is wrong."""
    return page.locator(".govuk-error-summary")


def add_person(page: Page, given: str, family: str) -> None:
    page.goto("/nominals/")
    page.get_by_role("button", name="Add a nominal").click()
    page.get_by_label("Given names").fill(given)
    page.get_by_label("Surname, or only name").fill(family)


# --- People ---------------------------------------------------------------------------------------------------------


def test_errors_lose_nothing_and_lead_to_their_fields(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    add_person(page, "Ivor", "Chalcedony")
    fill_date(page, "Date of birth", 31, 2, 1984)
    page.get_by_label("PNC ID").fill("2004/0612345H")
    page.get_by_role("button", name="Add to the register").click()
    expect(page).to_have_title(re.compile("^Error: Add a nominal"))
    expect(summary(page)).to_be_focused()
    for label, typed in (("Given names", "Ivor"), ("Surname, or only name", "Chalcedony"), ("PNC ID", "2004/0612345H")):
        expect(page.get_by_label(label)).to_have_value(typed)
    expect(page.get_by_role("group", name="Date of birth").get_by_label("Day")).to_have_value("31")
    for link in summary(page).get_by_role("link").all():
        link.click()
        target = page.locator(link.get_attribute("href") or "")
        expect(target).to_be_focused()
    fill_date(page, "Date of birth", 29, 2, 1984)
    page.get_by_role("radio", name="Male", exact=True).check()
    page.get_by_role("button", name="Add to the register").click()
    expect(page.get_by_role("alert")).to_contain_text("Added to the register")
    expect(page.get_by_role("region", name="Person")).to_contain_text("Ivor Chalcedony")
    expect(page.get_by_text("no MAPPA status yet")).to_be_visible()


@pytest.mark.parametrize("scripts", SCRIPTS)
def test_possible_duplicate_is_shown_before_a_person_is_added_twice(desks: Desks, scripts: bool) -> None:
    page = desks.of("Helen Curlew", java_script_enabled=scripts)
    add_person(page, "Marcus", "Galina")
    born = nominal("Marcus Galena").date_of_birth
    assert born
    fill_date(page, "Date of birth", born.day, born.month, born.year)
    page.get_by_role("radio", name="Male", exact=True).check()
    page.get_by_role("button", name="Add to the register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it one of these?")
    expect(page.get_by_role("link", name="Marcus Galena")).to_be_visible()
    before = Nominal.objects.count()
    page.get_by_label("Still a new person, because").fill("Other prints")
    page.get_by_role("button", name=re.compile("^(Add to the register|None of these)")).click()
    expect(page.get_by_role("region", name="Person")).to_contain_text("Marcus Galina")
    assert Nominal.objects.count() == before + 1


def test_two_people_who_change_the_same_details(desks: Desks) -> None:
    """The second is shown both texts, and nothing is overwritten in silence."""
    first, second = desks.of("Helen Curlew"), desks.of("Jo Wagtail")
    for page in (first, second):
        page.goto(f"/nominals/{nominal('Marcus Galena').pk}/edit/")
    first.get_by_label("Given names").fill("Marcus Aurel")
    first.get_by_role("button", name="Save changes").click()
    expect(first.get_by_role("alert")).to_contain_text("saved")
    second.get_by_label("Given names").fill("Markus")
    with second.expect_response(lambda response: response.request.method == "POST") as answer:
        second.get_by_role("button", name="Save changes").click()
    assert answer.value.status == 409
    row = second.get_by_role("row").filter(has_text="Given names")
    expect(row).to_contain_text("Marcus Aurel")
    expect(row).to_contain_text("Markus")
    second.get_by_role("button", name="Save what I entered").click()
    expect(second.get_by_role("region", name="Person")).to_contain_text("Markus Galena")


def test_pressing_twice_adds_once(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    add_person(page, "Ivor", "Chalcedony")
    fill_date(page, "Date of birth", 29, 2, 1984)
    page.get_by_role("radio", name="Male", exact=True).check()
    # Two clicks in one breath, and the guard of the button taken away.
    button = page.get_by_role("button", name="Add to the register")
    button.evaluate("button => { button.removeAttribute('data-prevent-double-click'); button.dataset.module = ''; }")
    button.dblclick()
    expect(page.get_by_role("region", name="Person")).to_contain_text("Ivor Chalcedony")
    assert Nominal.objects.filter(family_name="Chalcedony").count() == 1


# --- Grounds --------------------------------------------------------------------------------------------------------


def ground_form(page: Page, name: str, kind: GroundKind) -> None:
    page.goto(f"/nominals/{nominal(name).pk}/grounds/add/")
    page.get_by_role("radio", name=kind.label).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(kind.label)


def answer(page: Page) -> Locator:
    return page.locator("#ground-answer")


@pytest.mark.parametrize("scripts", SCRIPTS)
def test_eleven_months_do_not_bring_category_2_and_twelve_do(desks: Desks, scripts: bool) -> None:
    page = desks.of("Helen Curlew", java_script_enabled=scripts)
    ground_form(page, "Victor Obsidian", GroundKind.QUALIFYING_DISPOSAL)
    page.get_by_label("Offence", exact=True).select_option("kidnapping")
    page.get_by_role("radio", name="Conviction").check()
    fill_date(page, "Date of conviction", 2, 11, 2026)
    page.get_by_label("Sentence or disposal", exact=True).select_option(label="Imprisonment")
    fill_date(page, "Date of sentence", 2, 11, 2026)
    fill_date(page, "The ground starts on", 2, 11, 2026)
    page.get_by_label("Length in months").fill("11")
    if scripts:
        page.keyboard.press("Tab")
    else:
        page.get_by_role("button", name="Check what the rules say").click()
    expect(answer(page)).to_contain_text("Would be refused")
    expect(answer(page)).to_contain_text("Rule R11")
    expect(answer(page)).to_contain_text("11 months is less than 12 months")
    page.get_by_role("button", name="Add this ground").click()
    expect(summary(page)).to_contain_text("This was not saved")
    expect(summary(page)).to_contain_text("Rule R11")
    expect(page.get_by_label("Length in months")).to_have_value("11")

    page.get_by_label("Length in months").fill("12")
    if scripts:
        page.keyboard.press("Tab")
    else:
        page.get_by_role("button", name="Check what the rules say").click()
    expect(answer(page)).to_contain_text("Can be added")
    page.get_by_role("button", name="Add this ground").click()
    expect(page.get_by_role("alert")).to_contain_text("The ground has been added")
    grounds = page.get_by_role("region", name="Grounds")
    expect(grounds).to_contain_text("Kidnapping")
    expect(grounds).to_contain_text("Conviction, Imprisonment, 12 months")


def test_category_3_does_not_stand_beside_category_1(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    ground_form(page, "Victor Obsidian", GroundKind.OTHER_DANGEROUS)
    page.get_by_label("Offence, in words").fill("Common assault")
    page.get_by_role("radio", name="Conviction").check()
    fill_date(page, "Date of conviction", 2, 11, 2026)
    page.get_by_label("Why the offence shows a capacity for serious harm").fill("Injury")
    page.get_by_label("Why they may now cause serious harm that needs several agencies").fill("Escalation")
    fill_date(page, "The ground starts on", 22, 11, 2026)
    page.get_by_role("radio", name="Level 2").check()
    page.get_by_role("radio", name="Meeting decision").check()
    page.get_by_label("Why multi-agency meetings would add value").fill("Several agencies must act together")
    page.get_by_role("checkbox", name="High or very high risk of serious harm").check()
    page.get_by_label("Would a lower level give a defensible plan?").fill("No")
    page.get_by_role("button", name="Add this ground").click()
    expect(summary(page)).to_contain_text("Category 3 is for people with no other category")
    expect(summary(page)).to_contain_text("Rule R18")
    expect(page.get_by_label("Offence, in words")).to_have_value("Common assault")


# --- Level and whereabouts ------------------------------------------------------------------------------------------


def test_level_is_set_with_what_was_found(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    page.goto(f"/nominals/{nominal('Marcus Galena').pk}/")
    page.get_by_role("link", name="Set the level").click()
    page.get_by_role("radio", name="Level 2").check()
    page.get_by_role("radio", name="Acceptance of a referral").check()
    fill_date(page, "Date of the decision", 22, 11, 2026)
    page.get_by_role("button", name="Save the decision").click()
    expect(summary(page)).to_contain_text(re.compile(r"Rule R3[34]"))
    expect(page.get_by_role("radio", name="Level 2")).to_be_checked()
    page.get_by_label("Why multi-agency meetings would add value").fill("Five agencies must act together")
    page.get_by_role("checkbox", name="High or very high risk of serious harm").check()
    page.get_by_label("Would a lower level give a defensible plan?").fill("No")
    page.get_by_role("button", name="Save the decision").click()
    expect(page.get_by_role("region", name="Person")).to_contain_text("Level 2")
    expect(page.get_by_role("region", name="Levels over time")).to_contain_text("22 November 2026")


def test_custody_pauses_the_review_clock(desks: Desks) -> None:
    page = desks.of("Helen Curlew")
    page.goto(f"/nominals/{nominal('Victor Obsidian').pk}/")
    status = page.get_by_role("region", name="Category and level")
    expect(status).to_contain_text("By 29 November 2026")
    page.get_by_role("link", name="Record where they are").click()
    page.get_by_role("radio", name="In custody", exact=True).check()
    page.get_by_label("Prison, hospital or premises").fill("HMP Nottingham")
    fill_date(page, "Since when", 20, 11, 2026)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Person")).to_contain_text("In custody")
    expect(status).to_contain_text("No date while the clock is paused")
    expect(page.get_by_role("region", name="Where they are").get_by_role("row").nth(2)).to_contain_text(
        "19 November 2026"
    )


@pytest.mark.parametrize("scripts", [pytest.param(False, id="without scripts")])
def test_list_and_search_need_no_scripts(desks: Desks, scripts: bool) -> None:
    page = desks.of("Helen Curlew", java_script_enabled=scripts, viewport={"width": 375, "height": 812})
    page.goto("/nominals/")
    page.get_by_role("checkbox", name="Level 3").check()
    page.get_by_role("button", name="Apply filters").click()
    expect(page.locator("tbody th a")).to_have_text(["Hematite, Dean", "Obsidian, Victor"])
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_label("Name or number").fill(number_of("Marcus Galena"))
    page.get_by_role("button", name="Search").click()
    page.locator("tbody th a").click()
    page.locator("details.app-why summary").first.click()
    expect(page.get_by_text("Rule R").first).to_be_visible()
