"""What a layer above has booked for a person and nobody has cancelled, said to whoever ends what it rests on."""

from collections.abc import Callable, Iterable
from datetime import date

from agencies.principal import Principal

from .models import Nominal

Ask = Callable[[Nominal, Principal, date], Iterable[str]]
_ASKED: list[Ask] = []


def register_booked(ask: Ask) -> None:
    """Let a layer above say, in sentences, what of its own still stands for a person for whom there is no reason left;
    nothing that the principal may not read.
    """
    _ASKED.append(ask)


def still_booked(nominal: Nominal, by: Principal, today: date) -> list[str]:
    """What stands, for whoever has just changed a ground, a level or where the person is."""
    return [text for ask in _ASKED for text in ask(nominal, by, today)]
