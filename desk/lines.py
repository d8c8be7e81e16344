"""Lines of the nominal's page: a review, a ground, a date ahead, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cases.models import Ground
from pages.offers import Offer
from rules.core import Reason
from rules.vocabulary import Category, DeadlineStatus, IdentifierKind


def quoted(numbers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of somebody's numbers, given with their kinds, those by which people quote them, with their short names.

    Of several of one kind the first is quoted, and how many others there are.
    """
    kinds = (IdentifierKind.PNC, IdentifierKind.CRN, IdentifierKind.NOMS)
    known: dict[str, list[str]] = {}
    for kind, number in numbers:
        known.setdefault(kind, []).append(number)
    return [(kind.name, _first_of(known[kind])) for kind in kinds if kind in known]


def _first_of(numbers: Sequence[str]) -> str:
    others = len(numbers) - 1
    return numbers[0] if not others else f"{numbers[0]} and {others} other{'' if others == 1 else 's'}"


@dataclass(frozen=True)
class Review:
    """The review clock: when it is due, how it stands, and why (R51 to R53)."""

    due_on: date | None
    works_to: date | None
    status: DeadlineStatus
    reasons: Sequence[Reason]

    @property
    def overdue(self) -> bool:
        return self.status is DeadlineStatus.OVERDUE

    @property
    def tag(self) -> str:
        return {DeadlineStatus.OPEN: "due"}.get(self.status, self.status.value)


@dataclass(frozen=True)
class GroundLine:
    """A ground, the category it gives, whether it stands today, and what may be done with it."""

    ground: Ground
    category: Category
    state: str
    offers: Sequence[Offer]

    @property
    def colour(self) -> str:
        return {"Open": "green", "To come": "blue", "Void": "red"}.get(self.state, "grey")

    @property
    def offence(self) -> str:
        return self.ground.offence.title if self.ground.offence else self.ground.offence_text

    @property
    def outcome(self) -> str:
        """Outcome, order, disposal and length in one line."""
        ground = self.ground
        term = " ".join(
            f"{number} {unit}{'' if number == 1 else 's'}"
            for number, unit in ((ground.term_months, "month"), (ground.term_days, "day"))
            if number
        )
        said = (
            ground.get_outcome_display() if ground.outcome else "",
            ground.get_order_display() if ground.order else "",
            ground.get_disposal_display() if ground.disposal else "",
            term,
        )
        return ", ".join(filter(None, said))


@dataclass(frozen=True)
class Ahead:
    """A date to come."""

    on: date
    what: str
    note: str = ""
    overdue: bool = False
    reasons: Sequence[Reason] = ()
