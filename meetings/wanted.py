"""Which agencies the table asks for in somebody's meeting, and for what nobody could be found (R57, R99)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from agencies.kinds import AgencyKind, may_be_invited_by_kind
from agencies.models import Agency
from cases.models import WhereaboutsSpan
from rules.invitations import CASEWORK, INVITED, InviteFacts, deals_with, reasons_in_words, reasons_to_invite
from rules.vocabulary import InviteReason

from .invite_known import Known
from .invited import inside_the_walls
from .models import Slot

# What says nothing of which place it is.
_ANY_PLACE = frozenset({"hmp", "yoi", "hmyoi", "omu", "the", "of", "and"})


class Mend(StrEnum):
    """What mends it when nobody could be invited."""

    CHOOSE = "choose"
    TABLE = "table"
    PLACE = "place"
    CONTACT = "contact"
    GUEST = "guest"
    WALL = "wall"


@dataclass(frozen=True)
class Gap:
    """Somebody whom the table asks for and who is not invited, or not told: who, for which reasons, why not, and what
    mends it. ``of`` are the agencies among which somebody chooses, or the one that it is about.
    """

    whom: str
    reasons: tuple[InviteReason, ...]
    why: str
    mend: Mend
    of: tuple[int, ...] = ()
    kind: str = ""

    @property
    def because(self) -> str:
        """Its reasons in words."""
        return reasons_in_words(self.reasons)


@dataclass
class Wanted:
    """Agencies to invite with their reasons, and what is asked for without one."""

    agencies: dict[int, list[InviteReason]] = field(default_factory=lambda: defaultdict(list))
    gaps: list[Gap] = field(default_factory=list)

    def add(self, agency_id: int, reason: InviteReason) -> None:
        if reason not in self.agencies[agency_id]:
            self.agencies[agency_id].append(reason)

    def miss(self, gap: Gap) -> None:
        """One gap for each kind, with all its reasons."""
        for at, known in enumerate(self.gaps):
            if (known.whom, known.why) == (gap.whom, gap.why):
                self.gaps[at] = replace(known, reasons=(*known.reasons, *gap.reasons))
                return
        self.gaps.append(gap)


def wanted_for(slot: Slot, *, today: date) -> Wanted:
    """Which agencies the table asks for in this meeting; those on the wrong side of a wall are gaps."""
    return wanted_for_each([slot], today=today)[0]


def wanted_for_each(slots: Sequence[Slot], *, today: date) -> list[Wanted]:
    """The same for many meetings, in their order: those of one area on one day cost as many queries as one of them."""
    together: dict[tuple[int, date], list[Slot]] = defaultdict(list)
    for slot in slots:
        together[slot.nominal.area_id, slot.held_on].append(slot)
    known = {key: Known(rows, today=today) for key, rows in together.items()}
    searches = [_Search(slot, known[slot.nominal.area_id, slot.held_on]) for slot in slots]
    found = [search.wanted() for search in searches]
    walls = inside_the_walls(
        [(each.nominal, wanted.agencies) for each, wanted in zip(searches, found, strict=True)], today=today
    )
    for search, wanted in zip(searches, found, strict=True):
        _behind_the_wall(search, wanted, walls[search.nominal.pk])
    return found


def _behind_the_wall(search: "_Search", found: Wanted, inside: set[int]) -> None:
    for key, reasons in found.agencies.items():
        if key not in inside:
            why = "It is kept out of this case, or nobody who works for it may open the record"
            found.gaps.append(Gap(search.agencies[key].name, tuple(reasons), why, Mend.WALL, (key,)))
    found.agencies = {key: reasons for key, reasons in found.agencies.items() if key in inside}


class _Search:
    """The agencies of one slot, found among what is known."""

    def __init__(self, slot: Slot, known: Known) -> None:
        self.slot, self.nominal, self.read = slot, slot.nominal, known
        self.agencies, self.table = known.agencies, known.table

    def wanted(self) -> Wanted:
        found = Wanted()
        for reason, agency_ids in self.known.items():
            for agency_id in agency_ids:
                found.add(self.reachable(agency_id), reason)
        for reason in reasons_to_invite(self.facts):
            for agency_id in sorted(self.table.agencies[reason] & set(self.agencies)):
                found.add(self.reachable(agency_id), reason)
            if named := self.named.get(reason):
                for agency_id in named:
                    found.add(self.reachable(agency_id), reason)
                continue
            for kind in sorted(each for each in self.table.kinds[reason] if deals_with(each, self.facts)):
                fitting = self.of_kind(AgencyKind(kind), reason)
                if isinstance(fitting, Gap):
                    found.miss(fitting)
                    continue
                for agency_id in fitting:
                    found.add(self.reachable(agency_id), reason)
            for gap in self.unnamed(reason):
                found.miss(gap)
        return found

    def unnamed(self, reason: InviteReason) -> Iterator[Gap]:
        """Whom only the table can name: a domestic abuse service, and the Ministry's casework where the area left it
        out for a restricted patient.
        """
        if self.table.agencies[reason]:
            return
        if not INVITED[reason] and not self.table.kinds[reason]:
            why = "The table of invitations names no agency for it"
            yield Gap(f"{reason.label}: a service", (reason,), why, Mend.TABLE)
        if reason is InviteReason.PATIENT and self.facts.restricted and CASEWORK not in self.table.kinds[reason]:
            why = "The table of invitations names nobody for restricted patients"
            yield Gap(AgencyKind.MENTAL_HEALTH_CASEWORK.label, (reason,), why, Mend.TABLE)

    @property
    def facts(self) -> InviteFacts:
        return self.read.facts[self.nominal.pk]

    @cached_property
    def known(self) -> dict[InviteReason, list[int]]:
        """Those who stand in the panel or in the case, team by team."""
        of = self.read
        return {
            InviteReason.STANDING: of.panels[self.slot.sitting.panel_id or 0],
            InviteReason.LEAD: of.leads[self.nominal.pk],
            InviteReason.OFFICER: of.officers[self.nominal.pk],
        }

    @property
    def named(self) -> dict[InviteReason, list[int]]:
        """Who is recorded as running what asks for them: no other of the kind is."""
        return self.read.runs[self.nominal.pk]

    def reachable(self, agency_id: int) -> int:
        """The agency, or for a team without contacts of its own the body that has some; never in Category 4, where
        the body above the division is another one.
        """
        if self.facts.category_4:
            return agency_id
        above: Agency | None = self.agencies[agency_id]
        seen: set[int] = set()
        while above is not None and above.pk not in seen:
            if above.pk in self.read.reached:
                return above.pk
            seen.add(above.pk)
            above = self.agencies.get(above.part_of_id or 0)
        return agency_id

    def of_kind(self, kind: AgencyKind, reason: InviteReason) -> list[int] | Gap:
        """The agencies of the kind that this person's case asks for, or why none can be told."""
        rows = [row for row in self.agencies.values() if row.kind == kind]
        if reason is InviteReason.HOUSING:
            return self.landlords(kind, rows)
        if reason in (InviteReason.CUSTODY, InviteReason.APPROVED_PREMISES) and (at := self.at_the_place(rows)):
            return at
        if reason is InviteReason.CUSTODY:
            return self.no_unit(rows)
        fitting = [row for row in rows if may_be_invited_by_kind(kind, row.duty)]
        bodies = [row for row in fitting if row.part_of_id is None]
        if reason is InviteReason.CATEGORY_4 and fitting:
            # The division may be recorded as part of a service. Who of them is cleared is for the wall to say.
            own = {row.pk for row in fitting}
            return sorted(row.pk for row in fitting if row.part_of_id not in own)
        if not bodies:
            mend = Mend.TABLE if reason is InviteReason.CATEGORY_4 else Mend.GUEST
            return Gap(kind.label, (reason,), "No agency of this kind stands in the register", mend, kind=kind)
        return self.one_of(bodies) or Gap(
            kind.label, (reason,), "Several fit, and nothing in the register says which", Mend.CHOOSE,
            tuple(sorted(row.pk for row in bodies)), kind,
        )  # fmt: skip

    def one_of(self, bodies: Sequence[Agency]) -> list[int]:
        """Those of the case; else the one of the person's panel area; else the one invited before; else none."""
        if len(bodies) == 1:
            return [bodies[0].pk]
        own = {row.pk for row in bodies}
        ties = {top for ids in self.known.values() for key in ids for top in (key, self.top(key))}
        ties |= {self.top(key) for key in self.read.taking_part[self.nominal.pk]}
        if own & ties:
            return sorted(own & ties)
        area_id = self.nominal.panel_area_id
        if area_id is not None:
            serving = own & self.read.serving[area_id]
            if len(serving) == 1:
                return sorted(serving)
            sitting = own & {self.top(key) for key in self.read.panels_of_area[area_id]}
            if len(sitting) == 1:
                return sorted(sitting)
        before = self.read.invited_before[self.nominal.pk]
        return next(([key] for at, key in before if at < self.slot.starts_at and key in own), [])

    def top(self, agency_id: int) -> int:
        seen: set[int] = set()
        while (above := self.agencies[agency_id].part_of_id) in self.agencies and above not in seen:
            seen.add(agency_id)
            agency_id = above or agency_id
        return agency_id

    def landlords(self, kind: AgencyKind, rows: Sequence[Agency]) -> list[int] | Gap:
        """The council of the district, and whoever holds its former homes."""
        district = self.read.districts[self.nominal.pk]
        council = kind == AgencyKind.HOUSING_AUTHORITY
        reason = (InviteReason.HOUSING,)
        if district is None:
            every = tuple(sorted(row.pk for row in rows))
            why = "The register does not know their district"
            return Gap(kind.label, reason, why, Mend.CHOOSE if every else Mend.GUEST, every, kind) if council else []
        holders = self.read.landlords[district.pk]
        found = sorted(row.pk for row in rows if row.housing_authority_id == district.pk or row.pk in holders)
        if council and not found:
            return Gap(kind.label, reason, f"No agency is the council of {district.name}", Mend.GUEST, kind=kind)
        return found

    def no_unit(self, rows: Sequence[Agency]) -> Gap:
        """Why no unit of a prison could be told: nobody wrote which prison, or none has its name."""
        every = tuple(sorted(row.pk for row in rows if row.part_of_id is not None))
        where = self.whereabouts
        if where is None or not where.place.strip():
            return Gap("The prison", (InviteReason.CUSTODY,), "The whereabouts name no prison", Mend.PLACE, every)
        why = f"No unit has the name of {where.place}"
        return Gap("The prison", (InviteReason.CUSTODY,), why, Mend.CHOOSE if every else Mend.GUEST, every)

    @property
    def whereabouts(self) -> WhereaboutsSpan | None:
        return self.read.whereabouts.get(self.nominal.pk)

    def at_the_place(self, rows: Iterable[Agency]) -> list[int]:
        """Those in whose name the place stands where the person is: its offender management unit."""
        where = self.whereabouts
        words = _words(where.place) if where is not None else frozenset()
        return sorted(row.pk for row in rows if words and words <= _words(row.name))


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w']+", name.casefold())) - _ANY_PLACE
