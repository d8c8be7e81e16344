"""A person of the demo as plain facts, before anything is written: so that the rules can count them first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cases.records import ChangeRecord, Level1ReviewRecord, ScreeningRecord
from rules.facts import GroundFacts, LevelFacts, RegisterFacts, WhereaboutsFacts
from rules.vocabulary import AliasKind, DecidingBody, Handling, KeyDateKind, Level, Sex, Whereabouts

BODY_OF_LEVEL = {
    Level.NOT_SET: DecidingBody.STATUS_OPENED,
    Level.ONE: DecidingBody.SCREENING,
    Level.TWO: DecidingBody.REFERRAL_PANEL,
    Level.THREE: DecidingBody.MEETING,
}


@dataclass(frozen=True)
class Stay:
    """Where the person was, from a day; it lasts until the next stay."""

    kind: Whereabouts
    since: date
    place: str = ""


@dataclass(frozen=True)
class Step:
    """A level, from the day of the decision; it lasts until the next step."""

    level: Level
    since: date
    reason: str = ""
    body: DecidingBody | None = None


@dataclass(frozen=True)
class Met:
    """A Level 2 or 3 meeting held, and the next date that the chair set."""

    on: date
    level: Level
    next_on: date | None = None


@dataclass(frozen=True)
class Dated:
    """A key date ahead."""

    kind: KeyDateKind
    on: date
    certain: bool = True


@dataclass(frozen=True)
class Opened:
    """The record opened by name: to a person (an e-mail address) or an agency (its key)."""

    holder: str
    since: date
    until: date | None = None
    reason: str = ""


@dataclass
class Person:
    """One invented person of the demo. ``panel`` is a panel area; ``lead`` and the named officer's agency are keys."""

    given: str
    family: str
    born: date | None
    panel: str
    lead: str
    grounds: list[GroundFacts]
    steps: list[Step]
    stays: list[Stay]
    sex: Sex = Sex.MALE
    handling: Handling = Handling.ORDINARY
    district: str = ""
    no_fixed_abode: bool = False
    officer: tuple[str, str] | None = None
    aliases: tuple[tuple[AliasKind, str, str], ...] = ()
    met: tuple[Met, ...] = ()
    dates: tuple[Dated, ...] = ()
    agencies: tuple[str, ...] = ()
    readers: tuple[Opened, ...] = ()
    excluded: tuple[tuple[str, str], ...] = ()
    void: tuple[date, str] | None = None
    has_pnc: bool = True
    named: bool = True
    area: str = "derbyshire"
    left_on: date | None = None
    screenings: tuple[ScreeningRecord, ...] = ()
    reviews: tuple[Level1ReviewRecord, ...] = ()
    changes: tuple[ChangeRecord, ...] = ()

    @property
    def opened_on(self) -> date:
        """First day of MAPPA status, or of the first stay for a person without it."""
        return min((ground.starts_on for ground in self.grounds), default=self.stays[0].since)

    @property
    def closed_on(self) -> date | None:
        """Last day of status when every ground has ended or will end; ``None`` while one is open without end."""
        ends = [ground.ends_on for ground in self.grounds if not ground.voided]
        known = [end for end in ends if end is not None]
        return max(known) if len(known) == len(ends) and known else None

    def levels(self) -> tuple[LevelFacts, ...]:
        """The steps as spans: each ends the day before the next, the last one with the status.

        Before the first step the level is not yet set.
        """
        if not any(not ground.voided for ground in self.grounds):
            return ()
        steps = list(self.steps)
        if not steps or steps[0].since > self.opened_on:
            steps.insert(0, Step(Level.NOT_SET, self.opened_on))
        ends = _ends([step.since for step in steps], self.closed_on)
        return tuple(
            LevelFacts(step.level, step.since, end, step.body or BODY_OF_LEVEL[step.level], step.reason)
            for step, end in zip(steps, ends, strict=True)
        )

    def whereabouts(self) -> tuple[WhereaboutsFacts, ...]:
        """The stays as spans; the last one stays open."""
        ends = _ends([stay.since for stay in self.stays], None)
        return tuple(WhereaboutsFacts(stay.kind, stay.since, end) for stay, end in zip(self.stays, ends, strict=True))

    def facts(self, key: int) -> RegisterFacts:
        """What the counting rules take."""
        return RegisterFacts(key, tuple(self.grounds), self.levels(), self.whereabouts())


def _ends(starts: Sequence[date], last: date | None) -> list[date | None]:
    return [*(start - timedelta(days=1) for start in starts[1:]), last]
