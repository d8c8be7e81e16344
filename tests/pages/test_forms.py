"""What the renderer makes of a form: every box has its label, its hint and its error, and they point to each other."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import RequestFactory
from django_cotton import render_component

from pages.forms import GovForm, error_links

from .site import PersonForm

GOOD = "name=A&born_day=1&born_month=2&born_year=1980&sex=m&kind=other"


class Tags(HTMLParser):
    """The tags of a page, with what they carry."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, *names: str) -> list[dict[str, str]]:
        return [attrs for tag, attrs in self.found if tag in names]

    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.found if "id" in attrs]


def bound(query: str) -> PersonForm:
    return PersonForm(QueryDict(query))


@pytest.mark.parametrize("form", [PersonForm(), bound(""), bound(GOOD), bound("kind=notification")], ids=range(4))
def test_every_box_has_a_label_and_every_reference_leads_somewhere(form: PersonForm) -> None:
    tags = Tags(str(form))
    ids = tags.ids()
    assert len(ids) == len(set(ids))
    labelled = {attrs["for"] for attrs in tags.all("label")}
    boxes = [attrs["id"] for attrs in tags.all("input", "select", "textarea") if attrs.get("type") != "hidden"]
    assert set(boxes) == labelled
    for attrs in tags.all("input", "select", "textarea", "fieldset"):
        assert set(attrs.get("aria-describedby", "").split()) <= set(ids)


def test_errors_stand_beside_the_field_and_at_the_top_linked_to_it() -> None:
    form = bound("name=" + "x" * 21)
    html = str(form)
    summary = str(render_component(RequestFactory().get("/"), "error_summary", {"form": form}))
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets == [target for target, _ in error_links(form)] == ["id_name", "id_born_day", "id_sex_0", "id_kind_0"]
    assert set(targets) <= set(Tags(html).ids())
    for message in ("Name must be 20 characters or fewer.", "Enter date of birth.", "Choose sex."):
        assert message in html
        assert message in summary


def test_a_box_in_error_is_marked_for_eye_and_ear() -> None:
    (box,) = [attrs for attrs in Tags(str(bound(""))).all("input") if attrs.get("id") == "id_name"]
    assert box["aria-invalid"] == "true"
    assert "govuk-input--error" in box["class"].split()
    assert box["aria-describedby"] == "id_name_error"


def test_fields_stand_under_their_legends_and_no_field_is_lost() -> None:
    html = str(PersonForm())
    assert html.index("Who they are") < html.index('name="name"') < html.index("The ground") < html.index('name="kind"')
    for name in PersonForm.base_fields:
        assert re.search(rf'name="{name}(_day)?"', html), name
    assert html.count('name="order"') == 1


def test_a_revealed_field_is_asked_for_only_with_its_answer() -> None:
    assert bound(GOOD).is_valid()
    with_answer = bound(GOOD.replace("kind=other", "kind=notification"))
    assert not with_answer.is_valid()
    assert list(with_answer.errors) == ["order"]


def test_a_revealed_field_of_another_answer_is_not_kept() -> None:
    form = bound(GOOD + "&order=SHPO")
    assert form.is_valid()
    assert not form.cleaned_data["order"]


@pytest.mark.parametrize(
    ("end", "fine"), [("2", False), ("3", True), ("4", True)], ids=["day before", "same day", "day after"]
)
def test_a_period_does_not_end_before_it_starts(end: str, fine: bool) -> None:
    form = bound(
        f"{GOOD}&starts_on_day=3&starts_on_month=3&starts_on_year=2026"
        f"&ends_on_day={end}&ends_on_month=3&ends_on_year=2026"
    )
    assert form.is_valid() is fine
    if not fine:
        assert form.errors["ends_on"] == ["Ends on must not be before 3 March 2026."]


def test_what_is_typed_beyond_the_limit_is_kept_and_counted() -> None:
    form = bound(GOOD + "&notes=" + "y" * 11)
    html = str(form)
    assert "y" * 11 in html
    assert 'data-maxlength="10"' in html
    assert "maxlength" not in Tags(html).all("textarea")[0]
    assert form.errors["notes"] == ["Notes must be 10 characters or fewer."]


def test_a_choice_that_is_not_offered_is_refused_without_repeating_it() -> None:
    form = bound(GOOD.replace("sex=m", "sex=%3Cscript%3E"))
    assert form.errors["sex"] == ["Sex: choose one of the options."]
    assert "<script>" not in str(form)


def test_typed_text_is_escaped() -> None:
    html = str(bound("name=%22%3E%3Cscript%3E"))
    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;" in html


def test_a_tick_box_says_what_to_tick() -> None:
    class Form(GovForm):
        seen = forms.BooleanField(label="I have seen it")

    assert Form(QueryDict("")).errors["seen"] == ["Tick “I have seen it”."]


def test_a_field_keeps_its_own_message() -> None:
    class Form(GovForm):
        name: Any = forms.CharField(error_messages={"required": "Say who."})

    assert Form(QueryDict("")).errors["name"] == ["Say who."]


def test_an_ordinary_form_is_drawn_in_the_same_way() -> None:
    class Form(forms.Form):
        secret = forms.CharField(widget=forms.PasswordInput, help_text="Twelve or more.")
        token = forms.CharField(widget=forms.HiddenInput)

    html = str(Form())
    assert 'class="govuk-input"' in html
    assert 'id="id_secret_helptext"' in html
    assert html.count('name="token"') == 1
    assert "optional" not in html


def test_a_question_that_offers_not_to_know_is_not_called_optional() -> None:
    class Form(GovForm):
        home = forms.ChoiceField(
            choices=[("", "Not known"), ("own", "Theirs")], required=False, widget=forms.RadioSelect
        )
        kind = forms.ChoiceField(choices=[("own", "Theirs")], required=False, widget=forms.RadioSelect)
        town = forms.ChoiceField(choices=[("", "Choose a town")], required=False)
        note = forms.CharField(required=False)

    form = Form()
    assert [name for name in form.fields if "(optional)" in form[name].as_field_group()] == ["kind", "town", "note"]


class Term(GovForm):
    months = forms.IntegerField(label="Length in months", min_value=1, max_value=9)
    days = forms.IntegerField(label="and in days", error_messages={"invalid": "Count the days."})
    email = forms.EmailField(label="E-mail address")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("two", "Length in months must be a whole number."),
        ("0", "Length in months must be 1 or more."),
        ("10", "Length in months must be 9 or less."),
    ],
)
def test_a_number_that_is_none_is_kept_and_said_plainly(typed: str, said: str) -> None:
    form = Term(QueryDict(f"months={typed}&days=few&email=ann"))
    assert form.errors == {
        "months": [said],
        "days": ["Count the days."],
        "email": ["E-mail address must be like name@example.org."],
    }
    (box,) = [attrs for attrs in Tags(str(form)).all("input") if attrs["name"] == "months"]
    assert (box["type"], box["inputmode"], box["value"]) == ("text", "numeric", typed)
    assert not {"min", "max", "step"} & set(box)


def test_a_field_s_message_is_its_own_in_every_form() -> None:
    """What one form says is not left behind for the next."""
    assert Term.base_fields["months"].error_messages["invalid"] != "Length in months must be a whole number."


def test_of_fields_drawn_once_nothing_typed_or_wrong_is_kept() -> None:
    """Whatever was asked before: a field is drawn as it is for the one who asks."""

    class Looked(GovForm):
        drawn_alike = True
        who = forms.CharField(required=False)
        number = forms.IntegerField(required=False)
        kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], required=False, widget=forms.RadioSelect)

    class Fresh(Looked):
        drawn_alike = False

    for typed in ({"who": "Garnet"}, {}, {"number": "seven", "kind": "b"}, {"kind": "<z>"}, {"who": " "}, {}):
        assert str(Looked(typed)) == str(Fresh(typed)), typed
    assert str(Looked()) == str(Fresh())
