"""How a name may sound: spellings that English speakers would hear alike, for the sound index to be asked with.

The index holds Daitch-Mokotoff codes, which forgive vowels and doubled letters (Galena, Galina, Gallena; Shale,
Shayle). They keep a written R that English speech drops before a consonant or at the end, so "Marl" and "Maule" would
differ. Asking for a few more spellings bridges that, and leaves the index alone. The codes are coarse (Galina and
Kaolin share one), so what the index finds is weighed once more, by ``heard``.
"""

import re
from functools import lru_cache

VOWELS = "aeiouy"
MOST = 8
_SILENT_R = re.compile(rf"(?<=[{VOWELS}])r(?![{VOWELS}r])")
_ROOM_FOR_R = re.compile(rf"(?<=[{VOWELS}])(?=[^{VOWELS}r\W]|$)")
# In this order: what is written, and how it is heard.
_HEARD = tuple(
    (re.compile(written), sound)
    for written, sound in (
        ("ph", "f"),
        ("ck", "k"),
        ("gh(?=t)", ""),
        ("^kn", "n"),
        ("^wr", "r"),
        ("c(?=[eiy])", "s"),
        ("c(?!h)|qu?", "k"),
        ("x", "ks"),
        ("z", "s"),
        (_SILENT_R.pattern, ""),
        (r"(.)\1+", r"\1"),
        (f"(?<=[^{VOWELS}])e$", ""),
        (f"(?<=[{VOWELS}])[{VOWELS}]+", ""),
        ("y", "i"),
    )
)


def spellings(word: str) -> list[str]:
    """The word, without its silent R, and with an R where one could be silent; at most ``MOST``, the word first."""
    plain = word.lower()
    found = [plain, _SILENT_R.sub("", plain)]
    found += [plain[: place.start()] + "r" + plain[place.start() :] for place in _ROOM_FOR_R.finditer(plain)]
    return list(dict.fromkeys(each for each in found if each))[:MOST]


@lru_cache(maxsize=4096)
def heard(word: str) -> str:
    """The word as it is heard, so that words that sound alike are written alike: Marl and Maule are both "mal"."""
    plain = word.lower()
    for written, sound in _HEARD:
        plain = written.sub(sound, plain)
    return plain
