"""What was done with a slot, written down as it happens."""

from datetime import date

from agencies.principal import Principal
from meetings.models import Slot, SlotChange
from rules.core import FEWEST_WORDS, IN_WORDS, Decision, Reason
from rules.vocabulary import SlotVerb


def note_change(slot: Slot, verb: SlotVerb, why: str, *, by: Principal, today: date) -> SlotChange:
    """Add to the slot's history. The caller is a service."""
    return SlotChange.objects.create(
        slot=slot, verb=verb, starts_at=slot.starts_at, why=why.strip(), happened_on=today, by_id=by.user_id
    )


def say_why(reason: str) -> Decision:
    """Whoever moves or cancels says why in a few words."""
    if len(reason.split()) >= FEWEST_WORDS:
        return Decision.yes()
    return Decision.no(Reason(f"Say why {IN_WORDS}: the people invited are told that it was moved or cancelled", "R55"))
