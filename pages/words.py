"""What the pages call a managed person: the word of the area one acts in, and never "offender" of a child (R30).

The area is at hand with the role that one acts in, so asking costs no query.
"""

from datetime import date
from typing import Any

from django.http import HttpRequest

from rules.vocabulary import PersonWord
from rules.wording import word_for


def person_word(request: HttpRequest | None, *, born_on: date | None = None) -> PersonWord:
    """The word for a managed person, or for the one born on this day; "nominal" where no area is at hand."""
    membership: Any = getattr(request, "membership", None)
    if membership is None:
        return PersonWord.NOMINAL
    word = PersonWord(membership.area.person_word)
    today: date | None = getattr(request, "today", None)
    return word if today is None else word_for(word, born_on=born_on, on=today)
