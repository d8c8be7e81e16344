"""A drawn table read back: text as seen, days as days, numbers as numbers, and nothing of the markup."""

from datetime import date, datetime

import pytest

from pages.cells import Value, tables_of


def cell(inner: str, attributes: str = 'class="govuk-table__cell" data-label="Name"') -> Value:
    ((row,),) = tables_of(
        f"<table><thead><tr><th>Head</th></tr></thead><tbody><tr><td {attributes}>{inner}</td></tr></tbody></table>"
    )
    (found,) = row
    return found.value


NUMERIC = 'class="govuk-table__cell govuk-table__cell--numeric" data-label="Lines"'


@pytest.mark.parametrize(
    ("inner", "value"),
    [
        pytest.param("Quartz", "Quartz", id="text"),
        pytest.param("\n   Quartz,\n   Ann \t", "Quartz, Ann", id="white space of the template"),
        pytest.param('<a href="/nominals/1/">Quartz</a>', "Quartz", id="a link is its text"),
        pytest.param("<div>Community<br><span>Amber Valley</span></div>", "Community; Amber Valley", id="lines"),
        pytest.param("<ul><li>One</li><li>Two</li></ul>", "One; Two", id="a list"),
        pytest.param("&lt;b&gt;x&lt;/b&gt; &amp; y", "<b>x</b> & y", id="what was typed stays as it was typed"),
        pytest.param("=1+1", "=1+1", id="what looks like a formula is text"),
        pytest.param('<time datetime="2026-03-31">31 March 2026</time>', date(2026, 3, 31), id="a day"),
        pytest.param(
            '<div><time datetime="2026-03-31T14:05:00+00:00">then</time></div>',
            datetime.fromisoformat("2026-03-31T14:05:00+00:00"),
            id="a moment",
        ),
        pytest.param(
            '<time datetime="2026-03-31">31 March 2026</time> (late)', "31 March 2026 (late)", id="a day and words"
        ),
        pytest.param('<time datetime="soon">Soon</time>', "Soon", id="a day that is none"),
        pytest.param(
            '<time datetime="2026-03-31">31 March</time> <time datetime="2026-04-01">1 April</time>',
            "31 March 1 April",
            id="two days",
        ),
        pytest.param(
            "Quartz<span class='govuk-visually-hidden'> opens</span>", "Quartz", id="words for screen readers"
        ),
        pytest.param('Up<span aria-hidden="true">▲</span>', "Up", id="ornaments"),
        pytest.param(
            '<details class="app-folded"><summary>3 records</summary><div>1, 2, 3</div></details> and 4 more',
            "1, 2, 3; and 4 more",
            id="a long list folded",
        ),
        pytest.param(
            "1 day<details><summary>Why?</summary><p>Since<br>then</p></details> late", "1 day late", id="why"
        ),
        pytest.param("<form><input><button>Send</button></form>", None, id="buttons"),
        pytest.param("", None, id="nothing"),
        pytest.param("a\x00b\x0bc\ud800d￾e", "abcde", id="what no file can hold"),
        pytest.param("1,234", "1,234", id="a number in a column of text"),
        pytest.param("007", "007", id="noughts"),
    ],
)
def test_a_cell(inner: str, value: Value) -> None:
    assert cell(inner) == value


@pytest.mark.parametrize(
    ("inner", "value"),
    [("1,234", 1234), ("0", 0), ("-7", -7), ("007", "007"), ("1,23", "1,23"), ("12 of 30", "12 of 30"), ("5%", "5%")],
)
def test_a_cell_of_a_column_of_numbers(inner: str, value: Value) -> None:
    assert cell(inner, NUMERIC) == value


@pytest.mark.parametrize(
    ("inner", "moment", "rest"),
    [
        ('<time datetime="2026-03-31">31 March 2026</time> <strong>Overdue</strong>', date(2026, 3, 31), "Overdue"),
        (
            '<a><time datetime="2026-03-31">31 March 2026</time></a><br><span>10am to 2pm, Erewash</span>',
            date(2026, 3, 31), "10am to 2pm, Erewash",
        ),
        ('<time datetime="2026-03-31">31 March 2026</time>', date(2026, 3, 31), ""),
        ("No date yet <strong>Paused</strong>", None, ""),
        ('<time datetime="2026-03-31"></time> to <time datetime="2026-04-01"></time>', None, ""),
    ],
)  # fmt: skip
def test_a_day_and_what_stands_beside_it(inner: str, moment: date | None, rest: str) -> None:
    (((found,),),) = tables_of(f"<table><tbody><tr><td>{inner}</td></tr></tbody></table>")
    assert (found.moment, found.rest) == (moment, rest)


def test_every_table_of_the_page_in_order() -> None:
    first = "<table><tbody><tr><td>a</td></tr></tbody></table>"
    second = "<table><tbody><tr><th>b</th><td>c</td></tr><tr><td>d</td></tr></tbody></table>"
    said = [[[each.value for each in row] for row in table] for table in tables_of(f"{first}<p>x</p>{second}")]
    assert said == [[["a"]], [["b", "c"], ["d"]]]


def test_the_name_of_the_column_is_kept() -> None:
    (((found,),),) = tables_of('<table><tbody><tr><td data-label="Next end">x</td></tr></tbody></table>')
    assert found.label == "Next end"
