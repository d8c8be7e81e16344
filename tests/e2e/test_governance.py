"""Information governance: who looked at whom is found, taken out, and what stands out is looked at and answered."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from exchange.demo.looks import neighbours
from tests.conftest import TODAY

from .desk import Desks, nominal, number_of, user
from .stops import searching
from .test_every_page import too_wide, unmarked, violations

pytestmark = pytest.mark.browser

FOUND = "Three visits of one campaign letter; his manager confirms it."


def fine(page: Page) -> None:
    assert [*violations(page), *unmarked(page), *too_wide(page)] == []


def find(page: Page, text: str) -> None:
    page.get_by_role("link", name="Find a managed person or a user").click()
    searching(text)(page)
    expect(page).to_have_url(re.compile(r"/logs/search/$"))


def test_logs_are_read_by_person_and_by_user_and_taken_out(desks: Desks) -> None:
    helen, olu = desks.of("Helen Curlew"), desks.of("Olu Sandpiper")
    number = nominal("Victor Obsidian").pk
    helen.goto(f"/nominals/{number}/")
    expect(helen.get_by_role("heading", level=1)).to_contain_text("Victor Obsidian")

    olu.goto("/")
    olu.get_by_role("link", name="Access log").click()
    find(olu, number_of("Victor Obsidian"))
    olu.get_by_role("link", name=f"Who looked at record {number}").click()
    expect(olu.get_by_role("heading", level=1)).to_have_text(f"Access log: record {number}")
    row = olu.get_by_role("row").filter(has_text="Helen Curlew").first
    expect(row).to_contain_text("Opened")
    expect(olu.get_by_role("main")).not_to_contain_text("Obsidian")

    find(olu, "Siskin")
    found = olu.get_by_role("row").filter(has_text="Ben Siskin")
    found.get_by_role("link", name="What they looked at").click()
    expect(olu.get_by_role("heading", level=1)).to_have_text("Access log: Ben Siskin")
    expect(olu.get_by_role("row").filter(has_text="Opened")).to_have_count(3)
    olu.get_by_label("Export this list as").select_option("csv")
    olu.get_by_role("button", name="Export", exact=True).click()
    fine(olu)
    with olu.expect_download() as download:
        olu.get_by_role("button", name="Fetch the file").click()
    lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"), newline="")))
    assert [lines[0], lines[1]] == [["Access log: Ben Siskin"], ["OFFICIAL-SENSITIVE"]]
    people = neighbours(nominal("Victor Obsidian").area, TODAY)
    heads = next(number for number, line in enumerate(lines) if len(line) > 4)
    assert lines[heads][4] == "Records"
    assert {line[4] for line in lines[heads + 1 :]} == {str(each) for each in people}

    olu.goto(f"/logs/access/users/{user('Olu Sandpiper').pk}/")
    expect(olu.get_by_role("row").filter(has_text="Exported").first).to_be_visible()


def test_what_stands_out_is_looked_at_and_answered(desks: Desks) -> None:
    olu = desks.of("Olu Sandpiper")
    olu.goto("/")
    olu.get_by_role("link", name="stand out and wait for you").click()
    expect(olu.get_by_role("heading", level=1)).to_have_text("What stands out")
    for name, because in (("Ben Siskin", "Neighbours"), ("Gary Stonechat", "Their own surname")):
        expect(olu.get_by_role("row").filter(has_text=name)).to_contain_text(because)
        expect(olu.get_by_role("row").filter(has_text=name)).to_contain_text("Waits")
    olu.get_by_role("link", name="Ben Siskin").click()
    expect(olu.get_by_role("main")).to_contain_text("3 people who share a postcode")
    olu.get_by_role("button", name="Save what you found").click()
    expect(olu.get_by_role("alert")).to_contain_text("Enter what you found.")
    olu.get_by_label("Looked at, because").fill(FOUND)
    olu.get_by_role("button", name="Save what you found").click()
    expect(olu.get_by_role("row").filter(has_text="Ben Siskin")).to_contain_text("Looked at")
    olu.get_by_role("link", name="Ben Siskin").click()
    expect(olu.get_by_text(FOUND)).to_be_visible()
    fine(olu)
    olu.get_by_role("link", name="Everything in the access log of this day").click()
    expect(olu.get_by_role("row").filter(has_text="Opened")).to_have_count(3)
    olu.goto("/")
    expect(olu.get_by_role("main").locator(".app-card").filter(has_text="stand out")).to_contain_text("1")
