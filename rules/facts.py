"""The facts that rules take: frozen, complete, without behaviour beyond what the words mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.core import Period
from rules.vocabulary import (
    DecidingBody,
    Disposal,
    EndReason,
    GroundKind,
    IdentifierKind,
    Level,
    OffenceOutcome,
    OrderKind,
    Whereabouts,
)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Who the person is, as far as a rule asks. `surname` holds the only name of a person with one name.

    `born_on` None means that the date of birth is unknown (R1).
    """

    surname: str = ""
    born_on: date | None = None
    identifiers: tuple[IdentifierKind, ...] = ()
    died_on: date | None = None


@dataclass(frozen=True, slots=True)
class OffenceFacts:
    """The offence behind a ground. `code` is a code of `rules/data/schedule_15.json`, or "" for any other offence."""

    code: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class GroundFacts:
    """One reason in law, or one decision, for which a person is managed under MAPPA. Days are inclusive.

    `disposal_on` is the day the disposal was passed; None means the day the ground starts.
    `term_months` and `term_days` add up. `total_of_consecutive_terms`: the length is reached only by adding shorter
    terms, and `legal_confirmation` names who confirmed that this counts (R16). `finding_capacity` and
    `finding_current` are the recorded reasons of the two findings of R17; for the terrorism-risk ground the second
    holds the belief of R19. `terrorist_offence`: the offence is a terrorist one, or a court found a terrorist
    connection (R19).
    """

    kind: GroundKind
    starts_on: date
    ends_on: date | None = None
    key: int | None = None
    outcome: OffenceOutcome | None = None
    outcome_on: date | None = None
    offence: OffenceFacts | None = None
    disposal: Disposal | None = None
    disposal_on: date | None = None
    term_months: int = 0
    term_days: int = 0
    total_of_consecutive_terms: bool = False
    legal_confirmation: str = ""
    service_court: bool = False
    terrorist_offence: bool = False
    order: OrderKind = OrderKind.NONE
    order_ends_on: date | None = None
    finding_capacity: str = ""
    finding_current: str = ""
    voided: bool = False
    end_reason: EndReason | None = None

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    def is_open_on(self, day: date) -> bool:
        """Whether the ground stands on the day. A voided ground never stood (R29)."""
        return not self.voided and self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """One span of management at a level. Days are inclusive."""

    level: Level
    starts_on: date
    ends_on: date | None = None
    body: DecidingBody | None = None
    reason: str = ""
    key: int | None = None

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    def is_open_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class WhereaboutsFacts:
    """One span of where the person was. Days are inclusive."""

    whereabouts: Whereabouts
    starts_on: date
    ends_on: date | None = None

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    def is_open_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """One person of a register, as the counts see them. `key` is whatever the caller knows the person by."""

    key: int
    grounds: tuple[GroundFacts, ...] = ()
    levels: tuple[LevelFacts, ...] = ()
    whereabouts: tuple[WhereaboutsFacts, ...] = ()
