"""The values every rule speaks in."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.core import DAY, Decision, Period, Reason, Refused, long_date, merged, mid_sentence

DAYS = st.dates(date(2020, 1, 1), date(2020, 3, 31))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first = draw(DAYS)
    length = draw(st.one_of(st.none(), st.integers(0, 20)))
    return Period(first, None if length is None else date.fromordinal(first.toordinal() + length))


def test_a_decision_is_true_only_when_it_allows() -> None:
    assert Decision.yes()
    assert not Decision.no(Reason("No", "R1"))


def test_joined_decisions_keep_every_refusal_and_every_warning() -> None:
    warned = Decision.yes(Reason("fine", "R1"), warnings=[Reason("careful", "R2")])
    joined = warned & Decision.no(Reason("first", "R3")) & Decision.no(Reason("second", "R4"))
    assert [reason.rule for reason in joined.reasons] == ["R3", "R4"]
    assert [reason.rule for reason in joined.warnings] == ["R2"]


def test_joined_decisions_that_allow_keep_their_reasons() -> None:
    joined = Decision.yes(Reason("one", "R1")) & Decision.yes(Reason("two", "R2"))
    assert joined
    assert [reason.rule for reason in joined.reasons] == ["R1", "R2"]


def test_refused_says_text_and_rule() -> None:
    with pytest.raises(Refused, match=r"^Too late \(R54\); Too soon \(R32\)$"):
        Decision.no(Reason("Too late", "R54"), Reason("Too soon", "R32")).or_refuse()
    assert Decision.yes().or_refuse()


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Period(date(2024, 1, 2), date(2024, 1, 1))
    assert Period(date(2024, 1, 1), date(2024, 1, 1)).contains(date(2024, 1, 1))


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        pytest.param(date(2024, 2, 28), False, id="the day before the first"),
        pytest.param(date(2024, 2, 29), True, id="the first day"),
        pytest.param(date(2024, 3, 1), True, id="the last day"),
        pytest.param(date(2024, 3, 2), False, id="the day after the last"),
    ],
)
def test_a_period_holds_its_first_and_last_day(day: date, inside: bool) -> None:
    assert (day in Period(date(2024, 2, 29), date(2024, 3, 1))) is inside


def test_days_until_counts_inclusively_and_never_below_nought() -> None:
    period = Period(date(2024, 3, 10), date(2024, 3, 19))
    assert period.days_until(date(2024, 3, 9)) == 0
    assert period.days_until(date(2024, 3, 10)) == 1
    assert period.days_until(date(2030, 1, 1)) == 10


@given(periods(), periods(), DAYS)
def test_the_intersection_holds_the_days_both_have(one: Period, other: Period, day: date) -> None:
    shared = one.intersection(other)
    assert (shared is not None) is one.overlaps(other)
    assert (day in one and day in other) is (shared is not None and day in shared)


@given(st.lists(periods(), max_size=6), DAYS)
def test_merging_keeps_the_days_and_leaves_gaps_between(several: list[Period], day: date) -> None:
    joined = list(merged(several))
    assert any(day in period for period in several) is any(day in period for period in joined)
    for earlier, later in itertools.pairwise(joined):
        assert earlier.ends_on is not None
        assert later.starts_on > earlier.ends_on + DAY


def test_days_are_printed_without_leading_nought() -> None:
    assert long_date(date(2019, 5, 4)) == "4 May 2019"
    assert str(Period(date(2019, 5, 4))) == "from 4 May 2019, with no end date"


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        pytest.param("Date of birth", "date of birth", id="an ordinary first word"),
        pytest.param("A day", "a day", id="a word of one letter"),
        pytest.param("E-mail address", "e-mail address", id="a word with a hyphen"),
        pytest.param("PNC ID", "PNC ID", id="an abbreviation"),
        pytest.param("ViSOR reference", "ViSOR reference", id="an abbreviation with small letters in it"),
        pytest.param("Prison (NOMS) number", "prison (NOMS) number", id="an abbreviation further on"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_text_inside_a_sentence_keeps_its_abbreviations(text: str, inside: str) -> None:
    assert mid_sentence(text) == inside
