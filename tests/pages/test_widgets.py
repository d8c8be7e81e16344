"""Dates as people type them, and text of several lines."""

from datetime import UTC, date, datetime, time

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from pages.dates import british_date, british_moment, british_time, month_number
from pages.widgets import DateField3, DateParts, LongText, TimeOfDay, TypedDate


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        pytest.param(("27", "3", "2026"), date(2026, 3, 27), id="numbers"),
        pytest.param(("07", "03", "2026"), date(2026, 3, 7), id="leading noughts"),
        pytest.param(("7", "March", "2026"), date(2026, 3, 7), id="month in words"),
        pytest.param(("7", "sept", "2026"), date(2026, 9, 7), id="month shortened"),
        pytest.param(("28", "2", "2026"), date(2026, 2, 28), id="last of February"),
        pytest.param(("29", "2", "2026"), None, id="not a leap year"),
        pytest.param(("29", "2", "2028"), date(2028, 2, 29), id="leap year"),
        pytest.param(("31", "4", "2026"), None, id="April has 30 days"),
        pytest.param(("0", "3", "2026"), None, id="day nought"),
        pytest.param(("1", "0", "2026"), None, id="month nought"),
        pytest.param(("1", "13", "2026"), None, id="month thirteen"),
        pytest.param(("1", "ma", "2026"), None, id="March or May"),
        pytest.param(("1", "3", "26"), None, id="year of two digits"),
        pytest.param(("1", "3", "02026"), None, id="year of five digits"),
        pytest.param(("1", "3", "0000"), None, id="year nought"),
        pytest.param(("１", "3", "2026"), None, id="digits of another script"),
        pytest.param(("²", "3", "2026"), None, id="superscript"),
        pytest.param(("1", "3", "2026\x00"), None, id="NUL"),
        pytest.param(("9" * 5000, "3", "2026"), None, id="very long"),
        pytest.param(("1", "9" * 5000, "2026"), None, id="very long month"),
    ],
)
def test_reading_a_day(typed: tuple[str, str, str], day: date | None) -> None:
    assert TypedDate(*typed).read() == day


WRONG = [
    pytest.param(("27", "3", ""), "enter the year too.", ["year"], id="no year"),
    pytest.param(("", "3", ""), "enter the day and the year too.", ["day", "year"], id="month alone"),
    pytest.param(("27", "3", "84"), "the year must have 4 numbers.", ["year"], id="short year"),
    pytest.param(
        ("31", "2", "1984"), "enter a real date, for example 27 3 1980.", ["day", "month", "year"], id="no such day"
    ),
    pytest.param(("1", "Smarch", "1984"), "enter a real date, for example 27 3 1980.", ["month"], id="no such month"),
    pytest.param(("1", "3", "1066"), "the year must be from 1900 to 2200.", ["year"], id="long ago"),
]


@pytest.mark.parametrize(("typed", "message", "wrong"), WRONG)
def test_what_is_wrong_is_said_and_marked(typed: tuple[str, str, str], message: str, wrong: list[str]) -> None:
    value = TypedDate(*typed)
    assert value.wrong() == wrong
    for label, said in (("Date of birth", f"Date of birth: {message}"), ("From", f"From: {message}")):
        with pytest.raises(ValidationError) as refused:
            DateField3(label=label).clean(value)
        assert refused.value.messages == [said]


@pytest.mark.parametrize(("typed", "message", "wrong"), WRONG)
def test_a_label_that_asks_is_followed_by_a_sentence(
    typed: tuple[str, str, str], message: str, wrong: list[str]
) -> None:
    with pytest.raises(ValidationError) as refused:
        DateField3(label="Which day is it about?").clean(TypedDate(*typed))
    assert refused.value.messages == [f"Which day is it about? {message[0].upper()}{message[1:]}"]


def test_nothing_typed_is_lost() -> None:
    class Form(forms.Form):
        born = DateField3(label="Born")

    form = Form(QueryDict("born_day=31&born_month=Feb&born_year=1984"))
    assert not form.is_valid()
    html = str(form["born"])
    for typed in ('value="31"', 'value="Feb"', 'value="1984"'):
        assert typed in html


@pytest.mark.parametrize("query", ["born=2026-03-27", "born_day=27&born_month=3&born_year=2026"])
def test_a_day_comes_in_three_boxes_or_as_one_value(query: str) -> None:
    widget = DateParts()
    value = widget.value_from_datadict(QueryDict(query), {}, "born")
    assert DateField3().clean(value) == date(2026, 3, 27)
    assert not widget.value_omitted_from_data(QueryDict(query), {}, "born")


def test_a_hidden_date_keeps_its_value() -> None:
    class Form(forms.Form):
        born = DateField3(label="Born")

    bound = Form(QueryDict("born_day=7&born_month=March&born_year=2026"))
    assert 'value="2026-03-07"' in bound["born"].as_hidden()
    assert 'name="born"' in bound["born"].as_hidden()


def test_an_empty_date_is_none_when_it_may_be() -> None:
    assert DateField3(required=False).clean(None) is None


@pytest.mark.parametrize(
    ("typed", "changed"), [("27 3 2026", False), ("27 March 2026", False), ("28 3 2026", True), ("x 3 2026", True)]
)
def test_a_date_has_changed_only_when_the_day_has(typed: str, changed: bool) -> None:
    value = TypedDate(*typed.split())
    assert DateField3().has_changed(date(2026, 3, 27), value) is changed


@pytest.mark.parametrize(("typed", "fine"), [("1234\r\n6789", True), ("123456789", True), ("1234\r\n67890", False)])
def test_a_line_break_counts_once(typed: str, fine: bool) -> None:
    field = LongText(max_length=9)
    if fine:
        assert "\r" not in str(field.clean(typed))
    else:
        with pytest.raises(ValidationError):
            field.clean(typed)


def test_nul_is_refused_in_text() -> None:
    with pytest.raises(ValidationError):
        LongText(max_length=20).clean("a\x00b")
    with pytest.raises(ValidationError):
        forms.CharField().clean("a\x00b")


def test_days_are_written_as_people_write_them() -> None:
    assert british_date(date(2026, 3, 7)) == "7 March 2026"
    assert british_date(None) == ""


def test_months_by_name_and_number() -> None:
    assert [month_number(text) for text in ("1", "12", "13", "jan", "December", "Ju", "")] == [
        1,
        12,
        None,
        1,
        12,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("hour", "minute", "written"),
    [
        pytest.param(0, 0, "midnight", id="not 12am"),
        pytest.param(0, 1, "12:01am", id="a minute past"),
        pytest.param(11, 59, "11:59am", id="a minute before"),
        pytest.param(12, 0, "midday", id="not 12pm"),
        pytest.param(12, 30, "12:30pm", id="half past"),
        pytest.param(9, 30, "9:30am", id="any other"),
    ],
)
def test_times_are_written_as_people_write_them_and_read_so(hour: int, minute: int, written: str) -> None:
    assert british_time(time(hour, minute)) == written
    assert TimeOfDay().clean(written) == time(hour, minute)


def test_a_moment_is_written_in_londons_time() -> None:
    assert british_moment(datetime(2026, 7, 1, 11, 0, 40, tzinfo=UTC)) == "1 July 2026 at midday"
    assert british_moment(datetime(2026, 6, 30, 23, 0, tzinfo=UTC)) == "1 July 2026 at midnight"
    assert TimeOfDay().clean(" Midday ") == time(12)
