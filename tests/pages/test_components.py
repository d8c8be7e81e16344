"""Components whose output is more than layout."""

from datetime import date
from typing import Any

import pytest
from django.test import RequestFactory
from django_cotton import render_component

from pages.offers import Offer, shown
from pages.templatetags.pages import identifier, nhs_number, pnc_number
from rules.core import Decision, Reason

from .test_forms import Tags

WORDS = '<i>"'
NO = Decision.no(Reason("The panel has not sat.", "R51"))


def component(name: str, /, **values: Any) -> str:
    return str(render_component(RequestFactory().get("/"), name, values))


def buttons(*offers: Offer) -> str:
    return component("buttons", offers=shown(offers))


def test_an_allowed_offer_is_a_link_or_a_form_of_its_own() -> None:
    tags = Tags(buttons(Offer("Open", "/a/", Decision.yes()), Offer("Close", "/b/", Decision.yes(), post=True)))
    assert [attrs["href"] for attrs in tags.all("a")] == ["/a/"]
    assert [(attrs["action"], attrs["method"]) for attrs in tags.all("form")] == [("/b/", "post")]
    assert {"csrfmiddlewaretoken", "_key"} <= {attrs["name"] for attrs in tags.all("input")}


def test_an_offer_refused_by_a_rule_is_disabled_and_says_why() -> None:
    html = buttons(Offer("Close", "/b/", NO))
    (button,) = Tags(html).all("button")
    assert "disabled" in button
    assert button["aria-describedby"] in Tags(html).ids()
    assert "The panel has not sat." in html
    assert "R51" in html
    assert "/b/" not in html


def test_an_offer_refused_by_access_is_not_shown() -> None:
    assert "Close" not in buttons(Offer("Close", "/b/", Decision.yes(), access=NO))


def test_why_opens_the_reasons_with_rule_and_facts() -> None:
    reasons = (Reason("A ground runs from 4 May 2019.", "R51", (("Ground", "notification"),)),)
    html = component("why", reasons=reasons, label="Category")
    for said in ("Why?", "A ground runs from 4 May 2019.", "Rule R51", "Ground", "notification"):
        assert said in html


def test_sentences_that_rest_on_one_rule_name_it_once() -> None:
    said = [("One", "R44"), ("Two", "R44"), ("Three", "R33"), ("Four", "R44")]
    html = component("reasons", reasons=[Reason(*each) for each in said])
    items = [each.split("</li>")[0] for each in html.split("<li>")[1:]]
    assert ["Rule" in each for each in items] == [False, True, True, True]
    with_facts = [Reason("One", "R44", (("Ground", "notification"),)), Reason("Two", "R44")]
    assert component("reasons", reasons=with_facts).count("Rule R44") == 2, "what was used belongs to its own sentence"


def test_a_status_is_said_in_words() -> None:
    assert "Level not yet set" in component("level_tag", value="not_set")
    assert "Level 3" in component("level_tag", value="3")
    assert "No category" in component("category_tag", value="")
    assert "Category 4" in component("category_tag", value="4")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("tag", {"text": WORDS, "colour": WORDS}),
        ("due_tag", {"status": WORDS, "label": WORDS}),
        ("panel", {"title": WORDS, "id": WORDS, "link": WORDS, "link_text": WORDS}),
        ("identity_bar", {"name": WORDS, "born": WORDS, "facts": [(WORDS, WORDS)]}),
        ("tabs", {"items": [(WORDS, WORDS, True)], "label": WORDS}),
        ("back_link", {"href": WORDS, "text": WORDS}),
        ("table", {"heads": [WORDS], "caption": WORDS}),
    ],
)
def test_words_that_are_given_stay_words(name: str, values: dict[str, Any]) -> None:
    html = component(name, **values)
    assert WORDS not in html
    assert html.count("&lt;i&gt;&quot;") >= len(values) - (name == "due_tag")


def test_a_day_is_readable_by_people_and_machines() -> None:
    html = component("date", on=date(2026, 3, 27))
    assert ">27 March 2026<" in html
    assert 'datetime="2026-03-27"' in html


@pytest.mark.parametrize(
    ("number", "written"), [("9434765919", "943 476 5919"), ("943 476 5919", "943 476 5919"), ("12", "12"), ("", "")]
)
def test_nhs_numbers_are_grouped(number: str, written: str) -> None:
    assert nhs_number(number) == written


@pytest.mark.parametrize(
    ("number", "written"), [("20040612345H", "2004/0612345H"), ("2004/0612345H", "2004/0612345H"), ("04/12", "04/12")]
)
def test_pnc_numbers_have_their_stroke(number: str, written: str) -> None:
    assert pnc_number(number) == written
    assert identifier(number, "pnc") == written
    assert identifier(number, "crn") == number
