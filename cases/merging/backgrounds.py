"""The background in a merge: a person has one, so that of the kept record is made to say what both say (R5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, DateField

from agencies.journal import columns
from cases.models import Background
from rules.circumstances import immigration_of_both
from rules.vocabulary import Immigration

from .participants import Step
from .walking import Link

JOIN = "; also recorded: "
_APART = frozenset({"id", "nominal_id", "version"})


@dataclass(frozen=True, slots=True)
class Together:
    """What two backgrounds say as one: the columns of the kept one that change, and by name what became of each."""

    changes: Mapping[str, Any]
    filled: Sequence[str]
    joined: Sequence[str]
    left: Sequence[str]
    graver: Sequence[str] = ()

    def in_words(self) -> str:
        """What becomes of it, for the preview."""
        said = ["the kept record has one"]
        if self.filled:
            said.append(f"what it leaves open is taken over: {', '.join(self.filled)}")
        if self.joined:
            said.append(f"where the two differ both are written there: {', '.join(self.joined)}")
        if self.graver:
            said.append(f"of two answers the one stands that asks for more: {', '.join(self.graver)}")
        if self.left:
            said.append(f"too long to be written beside the kept text, so it stays here: {', '.join(self.left)}")
        return "; ".join(said)


class BackgroundOfBoth:
    """A background moves to a record that has none; one that meets another is added to it."""

    def plan(self, link: Link, kept_id: int, absorbed_id: int) -> Iterator[Step]:
        own = Background.objects.filter(nominal=kept_id).first()
        for row in link.rows(absorbed_id):
            if own is None:
                yield Step(link, row)
            else:
                both = together(own, row)
                yield Step(link, row, moves=False, why=both.in_words(), to=own, gives=both.changes)


def together(kept: Background, other: Background) -> Together:
    """The kept one's words stand first; what it leaves open is filled, and what differs is added in words.

    A need that one of them tells of stands. Words that do not fit beside the others are left where they are.
    """
    changes: dict[str, Any] = {}
    filled, joined, left, graver = [], [], [], []
    for field in columns(Background):
        name, label = field.attname, str(field.verbose_name)
        own, said = getattr(kept, name), getattr(other, name)
        if name in _APART or not said or own == said:
            continue
        if isinstance(field, DateField) and own:
            # What became known last asks anew whether a threshold is met.
            changes |= {name: said} if said > own else {}
        elif isinstance(field, BooleanField) or not own:
            changes[name] = said
            filled.append(label)
        elif name == "immigration":
            answer = immigration_of_both(Immigration(own), Immigration(said))
            changes[name] = answer.value
            graver.append(f"{label} ({answer.label})")
        elif not _says(own, said):
            text = f"{own}{JOIN}{said}"
            if field.max_length is not None and len(text) > field.max_length:
                left.append(f"{label} ({said})")
            else:
                changes[name] = text
                joined.append(f"{label} ({text})")
    return Together(changes, filled, joined, left, graver)


def still_so(before: Mapping[str, Any], after: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that an undo sets back: those that are as the merge left them. All three as the journal tells them.

    A language stays where an interpreter has been asked for since: nobody interprets for no language. An answer about
    immigration stays beside the words that were changed since: words do not stand unanswered.
    """
    still = {name: old for name, old in before.items() if now[name] == after[name]}
    result = {**now, **still}
    if result["interpreter"] == str(True) and not result["language"]:
        still.pop("language", None)
    if result["immigration_status"] and not result["immigration"]:
        still.pop("immigration", None)
    return still


def _says(text: str, words: str) -> bool:
    """Whether the text says these words already, on its own or after an earlier merge."""
    return words.strip().casefold() in [part.strip().casefold() for part in text.split(JOIN)]
