"""How well a person's name fits the words that were asked for: spelt alike, heard alike, or half typed."""

import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz

from .sounds import heard

WHOLLY = 100.0
# Sounding the same says a little less than being spelt the same, one part of a double name less than all of it.
BY_EAR, PART = 0.95, 0.85
# A first name alone says less than a surname, and the right surname is worth showing with any first name.
FIRST_NAME_ALONE = 0.93
SURNAME_WEIGHT = 0.77
BEGINNING, INITIAL = 80.0, 90.0
_SHORTEST = 3
_WORD = re.compile(r"[^\W\d_]+")
# More words than this are not somebody's name.
_MOST_WORDS = 8


def words_of(text: str) -> list[str]:
    """The words of a name in small plain letters, without accents, marks and figures."""
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return _WORD.findall(text.lower().replace("'", "").replace("’", ""))[:_MOST_WORDS]


def alike(asked: str, known: str) -> float:
    """How alike two words are, 0 to 100."""
    if asked == known:
        return WHOLLY
    if len(asked) == 1:
        return INITIAL if known.startswith(asked) else 0.0
    best = max(fuzz.ratio(asked, known), BY_EAR * fuzz.ratio(heard(asked), heard(known)))
    return max(best, BEGINNING) if len(asked) >= _SHORTEST and known.startswith(asked) else best


def fit(asked: Sequence[str], family_name: str, given_names: str) -> float:
    """How well a name fits words in any order, 0 to 100.

    Any run of the words may be the surname, and what is left a given name: the surname must carry the fit, a middle
    name too many does no harm. Given names alone fit when every word is one.
    """
    family, given = words_of(family_name), words_of(given_names)
    scores = [0.0]
    for first in range(len(asked)):
        for last in range(first + 1, len(asked) + 1):
            surname = _surname("".join(asked[first:last]), family)
            rest = [*asked[:first], *asked[last:]]
            if rest and given:
                surname = SURNAME_WEIGHT * surname + (1 - SURNAME_WEIGHT) * _best(rest, given)
            if surname == WHOLLY:
                return WHOLLY
            scores.append(surname)
    if asked and given:
        scores.append(FIRST_NAME_ALONE * sum(_best([word], given) for word in asked) / len(asked))
    return max(scores)


def _surname(asked: str, family: Sequence[str]) -> float:
    parts = [part for part in family if len(part) >= _SHORTEST] if len(family) > 1 else []
    return max([alike(asked, "".join(family)), *(PART * alike(asked, part) for part in parts)])


def _best(asked: Sequence[str], known: Sequence[str]) -> float:
    return max(alike(word, other) for word in asked for other in known)
