"""The kinds of letter there are. The app that knows what a letter is about registers it when the apps start.

A letter says that there is something to read, and where: a reference and a link. Its subject line is the same for
everybody, and its templates (`templates/emails/<code>.txt` and `.html`) are given the reference and the link and, of a
kind that encloses something, a standing text and a calendar part, which are about a day and a place: so no letter can
hold the name of a managed person.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from agencies.models import User
from agencies.roles import Perm

_CODE = re.compile(r"[a-z][a-z_]{1,39}")

StillWanted = Callable[[int, User, date], bool]
"""Whether this person should still be told of the subject with this id, on this day."""

GuestWanted = Callable[[int, date], bool]
"""The same for a guest without an account: whether whoever was invited by this subject should still be told of it."""


@dataclass(frozen=True)
class Enclosure:
    """What goes with a letter: a standing text, and a part for the calendar with what is to be done with it.

    ``reference``: what the letter is about, where that is not its subject's own id.
    """

    reference: str = ""
    words: str = ""
    calendar: str = ""
    method: str = ""


Enclosing = Callable[[int, str], Enclosure]
"""What goes with the letter about this subject to this e-mail address."""


@dataclass(frozen=True)
class LetterKind:
    """One kind of letter.

    `reference` names the subject for a reader, with its id: "record {id}". `url_name` is the page the link opens, of
    which the id is the only argument, or which takes none (`link_takes_id`). Whoever holds one of `posted_with` may
    have it posted. `still_wanted` is asked once more at the moment of sending: access may have ended since. With
    `guest_wanted` it may also go to a guest: without a link, as guests cannot sign in. `compartment` is that of a
    record's history in which it stands that the letter was posted. One that is not ``listed`` is kept off the outbox
    page and out of its numbers: that there is such a letter already says what only its reader may know.
    """

    code: str
    label: str
    subject_line: str
    reference: str
    url_name: str
    posted_with: tuple[Perm, ...]
    still_wanted: StillWanted
    link_takes_id: bool = True
    guest_wanted: GuestWanted | None = None
    encloses: Enclosing | None = None
    compartment: str = "case"
    listed: bool = True

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise ValueError("The code of a letter is small letters and underscores.")
        if "{" in self.subject_line or "\n" in self.subject_line:
            raise ValueError("The subject line of a letter is one line and the same for everybody.")


_KINDS: dict[str, LetterKind] = {}


def register_letter(kind: LetterKind) -> None:
    """Called in `AppConfig.ready()`. Registering the same letter again changes nothing."""
    _KINDS[kind.code] = kind


def letter_kind(code: str) -> LetterKind:
    """Raises `KeyError` for a letter nobody has registered."""
    return _KINDS[code]


def letter_kinds() -> Iterable[LetterKind]:
    return sorted(_KINDS.values(), key=lambda kind: kind.code)
