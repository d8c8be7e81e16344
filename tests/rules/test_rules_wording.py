"""What the managed person is called (R30)."""

from datetime import date

import pytest

from rules.vocabulary import PersonWord
from rules.wording import word_for

BIRTHDAY = date(2008, 11, 22)
EIGHTEEN = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("word", "born_on", "on", "expected"),
    [
        pytest.param(PersonWord.OFFENDER, BIRTHDAY, date(2026, 11, 21), PersonWord.CHILD, id="the day before 18 (R30)"),
        pytest.param(PersonWord.OFFENDER, BIRTHDAY, EIGHTEEN, PersonWord.OFFENDER, id="18 today (R30)"),
        pytest.param(PersonWord.OFFENDER, BIRTHDAY, date(2026, 11, 23), PersonWord.OFFENDER, id="the day after (R30)"),
        pytest.param(PersonWord.OFFENDER, None, EIGHTEEN, PersonWord.OFFENDER, id="age not known (R30)"),
        pytest.param(PersonWord.NOMINAL, BIRTHDAY, date(2020, 1, 1), PersonWord.NOMINAL, id="another word stays (R30)"),
        pytest.param(PersonWord.OFFENDER, EIGHTEEN, BIRTHDAY, PersonWord.OFFENDER, id="before birth: no age (R30)"),
    ],
)
def test_the_word(word: PersonWord, born_on: date | None, on: date, expected: PersonWord) -> None:
    assert word_for(word, born_on=born_on, on=on) is expected


@pytest.mark.parametrize("word", PersonWord)
def test_several_are_not_one(word: PersonWord) -> None:
    assert word.plural != word.value
