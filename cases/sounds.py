"""How a name may sound: spellings that English speakers would hear alike, for the sound index to be asked with.

The index holds Daitch-Mokotoff codes, which forgive vowels and doubled letters (Galena, Galina, Gallena; Shale,
Shayle). They keep a written R that English speech drops before a consonant or at the end, so "Marl" and "Maule" would
differ. Asking for a few more spellings bridges that, and leaves the index alone.
"""

import re

VOWELS = "aeiouy"
MOST = 8
_SILENT_R = re.compile(rf"(?<=[{VOWELS}])r(?![{VOWELS}r])")
_ROOM_FOR_R = re.compile(rf"(?<=[{VOWELS}])(?=[^{VOWELS}r\W])")


def spellings(word: str) -> list[str]:
    """The word, without its silent R, and with an R where one could be silent; at most ``MOST``, the word first."""
    plain = word.lower()
    found = [plain, _SILENT_R.sub("", plain)]
    found += [plain[: place.start()] + "r" + plain[place.start() :] for place in _ROOM_FOR_R.finditer(plain)]
    return list(dict.fromkeys(each for each in found if each))[:MOST]
