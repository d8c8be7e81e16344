"""What the managed person is called: the area's own word, and never "offender" of a child (R30)."""

from __future__ import annotations

from datetime import date

from rules.calendar import age_on
from rules.core import cites
from rules.parameters import Parameters
from rules.vocabulary import PersonWord


@cites("R30", params=("adult_age",))
def word_for(word: PersonWord, *, born_on: date | None, on: date, params: Parameters | None = None) -> PersonWord:
    """The word for this person on a day. Of somebody whose age is not known it is the area's word."""
    adult_age = (params or Parameters()).number("adult_age", on)
    is_child = born_on is not None and born_on <= on and age_on(born_on, on) < adult_age
    return PersonWord.CHILD if is_child and word is PersonWord.OFFENDER else word
