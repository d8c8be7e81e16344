"""An action as it is brought in: plain, before it is a row."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """What an agency was given to do, on which day, by which day; where it is known, by whom."""

    agency_id: int
    what: str
    given_on: date
    due_on: date
    responsible_id: int | None = None

    @property
    def known_by(self) -> tuple[int, date, str]:
        """By what the same action of the same person is recognised."""
        return self.agency_id, self.given_on, " ".join(self.what.casefold().split())
