"""The gallery is complete: every component, everything it takes, every word a tag has a colour for, every field."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from typing import Any

import pytest
from django import forms, template
from django.test import Client

from agencies.models import Membership
from mappa.env import read
from pages.forms import _CLASSES, DateParts, GovBoundField
from pages.gallery import COLOURS, PARTS, SampleForm, samples
from rules.vocabulary import Category, DeadlineStatus, Level
from tests.factories.agencies import MembershipFactory, sign_in

from .source import ROOT

TEMPLATES = ROOT / "templates"
COMPONENTS = {path.stem.replace("_", "-"): path for path in sorted((TEMPLATES / "components").glob("*.html"))}
# Tags of templates that draw no piece of a page of their own: addresses, the frame, lines whose rows bring their cells.
NO_PIECES = {
    "address", "asset", "frame", "headings", "lines", "navigation", "person_word", "submission_fields",
}  # fmt: skip
ADD = "show it in templates/pages/gallery"


@cache
def drawn() -> str:
    """The gallery's templates."""
    paths = [TEMPLATES / "pages" / "gallery.html", *(TEMPLATES / part.template for part in PARTS)]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def uses(name: str) -> Iterator[str]:
    """What is given to the component, each time it is used."""
    yield from re.findall(rf"<c-{name}((?:\s[^<>]*?)?)/?>", drawn())


def taken(name: str) -> set[str]:
    """The values that the component can be given."""
    declared = re.search(r"<c-vars(.*?)/>", COMPONENTS[name].read_text(encoding="utf-8"), re.DOTALL)
    return set(re.findall(r":?(\w+)=", declared[1])) if declared else set()


@pytest.fixture
def gallery(db: None, client: Client) -> str:
    member: Membership = MembershipFactory.create()
    sign_in(client, member.user, acting=member)
    response = client.get("/gallery/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_component_is_shown_with_everything_it_takes(name: str) -> None:
    given = {found for use in uses(name) for found in re.findall(r"[\s:](\w+)=", use)}
    assert list(uses(name)), ADD
    # A heading is drawn once a page, and the pages have one size of it.
    assert taken(name) - given - ({"size"} if name == "heading" else set()) == set(), ADD


def test_every_component_has_its_place_in_the_index(gallery: str) -> None:
    named = [name for part in PARTS for name in part.components]
    assert sorted(named) == sorted(COMPONENTS)
    assert [name for name in named if f'id="{name}"' not in gallery] == []


def test_every_tag_that_draws_is_shown() -> None:
    library = template.engines["django"].engine.template_libraries["pages"]  # type: ignore[attr-defined]
    pieces = set(library.tags) - NO_PIECES
    assert pieces
    assert [name for name in pieces if f"{{% {name} " not in drawn() and not drawn_by_component(name)] == [], ADD


def drawn_by_component(name: str) -> bool:
    """Whether the component of the same name draws it, and is shown."""
    component = COMPONENTS.get(name.replace("_", "-"))
    return component is not None and f"{{% {name} " in component.read_text(encoding="utf-8") and any(uses(name))


def test_every_word_and_colour_is_shown(gallery: str) -> None:
    for word in (*Category, *Level, *DeadlineStatus):
        assert f">{word.label}<" in gallery, word
    assert [colour for colour in COLOURS if f"govuk-tag--{colour}" not in gallery] == []


def test_every_colour_of_the_tag_is_known_to_the_gallery() -> None:
    said = COMPONENTS["tag"].read_text(encoding="utf-8")
    listed = re.search(r"colour \(([^)]*)\)", said)
    assert listed is not None
    assert set(listed[1].split(", ")) == set(COLOURS)


def test_every_shape_of_field_is_shown_empty_filled_and_wrong(gallery: str) -> None:
    fields = list(SampleForm())
    assert {field.shape for field in fields if isinstance(field, GovBoundField)} == {
        "box", "checkbox", "checkboxes", "count", "radios",
    }  # fmt: skip
    widgets = [field.field.widget for field in fields]
    for kind in (*(kind for kind, _ in _CLASSES), forms.RadioSelect, forms.CheckboxSelectMultiple, DateParts):
        assert any(isinstance(widget, kind) for widget in widgets), kind
    wrong: Any = samples()["wrong_form"]
    # An answer that reveals a field stands, so that the field below it can be wrong.
    assert [field.name for field in wrong if not field.errors] == ["kind"]
    for prefix in ("empty", "filled", "wrong"):
        assert [field.name for field in fields if f'id="id_{prefix}-{field.name}' not in gallery] == []


def test_no_mark_is_given_twice(gallery: str) -> None:
    """Links within the page, and what describes a field, lead to one thing."""
    ids = re.findall(r'\sid="([^"]*)"', gallery)
    assert sorted({each for each in ids if ids.count(each) > 1}) == []
    described = {each for found in re.findall(r'aria-describedby="([^"]*)"', gallery) for each in found.split()}
    assert described <= set(ids)


def test_what_is_long_is_long(gallery: str) -> None:
    assert unescape(gallery).count(samples()["long_text"]) > 10


def test_no_installation_has_it(client: Client, db: None, settings: Any) -> None:
    member: Membership = MembershipFactory.create()
    sign_in(client, member.user, acting=member)
    settings.MAPPA_ENVIRONMENT = replace(read(), demo=False, testing=False)
    for someone in (client, Client()):
        assert someone.get("/gallery/").status_code == 404
