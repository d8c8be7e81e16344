"""Other people and other processes around the person, and what they say about themselves (R5, R82)."""

from __future__ import annotations

import re

from rules.core import Decision, Reason, cites
from rules.vocabulary import Immigration, ProcessKind

# From what says least to what asks for most.
_GRAVER = (
    Immigration.NOT_ASKED, Immigration.NONE, Immigration.IN_WORDS, Immigration.FOREIGN, Immigration.REMOVAL,
)  # fmt: skip
_VICTIM = re.compile(r"\b(victims?|complainants?|survivors?)\b", re.IGNORECASE)


@cites("R82")
def may_record_connection(*words: str) -> Decision:
    """Whether somebody may stand among the connected people, as far as the words say: victims never do.

    Only what is written can be seen: that somebody is a victim and nobody says so, no rule can know.
    """
    if any(_VICTIM.search(text) for text in words):
        text = "Victims are never recorded among connected people: tell the victim liaison officer"
        return Decision.no(Reason(text, "R82"))
    return Decision.yes()


@cites("R82")
def may_record_words(kind: ProcessKind, *words: str) -> Decision:
    """Whether a process may be recorded with these words: of victim contact only that it applies, from when to when.

    Whoever the victims are, and what they asked for, is in the compartment of the victim liaison officer alone.
    """
    if kind is ProcessKind.VICTIM_CONTACT and any(text.strip() for text in words):
        text = "Of victim contact only the days and the agency are recorded here: no reference, no note"
        return Decision.no(Reason(text, "R82"))
    return Decision.yes()


@cites("R5")
def may_record_equality(**answers: str) -> Decision:
    """Whether what somebody says about themselves may be recorded: each answer empty or in words, never a code."""
    coded = [name for name, words in answers.items() if words.strip() and not re.search(r"[^\W\d_]{3}", words)]
    refusals = [Reason(f"Give the {name.replace('_', ' ')} in words, not only as a code", "R5") for name in coded]
    return Decision.of(refusals)


@cites("R57")
def may_record_immigration(answer: Immigration, words: str) -> Decision:
    """Whether this answer goes with these words: whoever writes words of the status also answers."""
    if answer is Immigration.IN_WORDS or (answer is Immigration.NOT_ASKED and words.strip()):
        text = "Say whether the immigration status makes them a foreign national or liable to removal, or neither"
        return Decision.no(Reason(text, "R57"))
    return Decision.yes()


@cites("R57")
def immigration_of_both(one: Immigration, other: Immigration) -> Immigration:
    """What holds of one person of whom two records answer differently: whatever asks for more."""
    return max(one, other, key=_GRAVER.index)
