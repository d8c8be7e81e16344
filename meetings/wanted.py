"""Which agencies the table asks for in somebody's meeting, and for what nobody could be found (R57, R99)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from agencies.kinds import AgencyKind, may_be_invited_by_kind
from agencies.models import Agency, Contact, FormerHomes, LocalHousingAuthority
from agencies.spans import open_on
from cases.models import (
    CaseParticipation,
    LeadAgencySpan,
    NamedOfficerSpan,
    WhereaboutsSpan,
)
from rules.invitations import CASEWORK, INVITED, InviteFacts, deals_with, reasons_to_invite
from rules.vocabulary import (
    InviteReason,
    ProcessKind,
)

from .invite_facts import district_of, invite_facts, processes_of, table_of
from .invited import inside_the_wall
from .models import Invitation, PanelAgency, Slot

# What runs beside MAPPA and asks for whoever runs it; who that is may stand with it.
_RUN_BY = {
    ProcessKind.TAG: InviteReason.TAG,
    ProcessKind.WORK: InviteReason.WORK,
    ProcessKind.VICTIM_CONTACT: InviteReason.VICTIM_CONTACT,
    ProcessKind.MARAC: InviteReason.DOMESTIC_ABUSE,
}
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
        return ", ".join(reason.label for reason in self.reasons)


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
    search = _Search(slot, today)
    found = search.wanted()
    inside = inside_the_wall(slot.nominal, found.agencies, today=today)
    for key, reasons in found.agencies.items():
        if key not in inside:
            why = "It is kept out of this case, or nobody who works for it may open the record"
            found.gaps.append(Gap(search.agencies[key].name, tuple(reasons), why, Mend.WALL, (key,)))
    found.agencies = {key: reasons for key, reasons in found.agencies.items() if key in inside}
    return found


class _Search:
    """The agencies of one slot, found in a handful of queries."""

    def __init__(self, slot: Slot, today: date) -> None:
        self.slot, self.nominal, self.on, self.today = slot, slot.nominal, slot.held_on, today
        here = Agency.objects.on(self.on).filter(area=self.nominal.area_id)
        self.agencies = {agency.pk: agency for agency in here}
        with_contact = Contact.objects.filter(open_on(self.on), agency__in=self.agencies)
        self.reached = set(with_contact.values_list("agency", flat=True))
        self.table = table_of(self.nominal.area_id)

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

    @cached_property
    def facts(self) -> InviteFacts:
        return invite_facts(self.nominal, on=self.on)

    @cached_property
    def known(self) -> dict[InviteReason, list[int]]:
        """Those who stand in the panel or in the case, team by team."""
        members = PanelAgency.objects.filter(open_on(self.on), panel=self.slot.sitting.panel_id)
        leads = LeadAgencySpan.objects.filter(open_on(self.on), nominal=self.nominal)
        officers = NamedOfficerSpan.objects.filter(open_on(self.on), nominal=self.nominal)
        rows = {
            InviteReason.STANDING: members.values_list("agency", flat=True),
            InviteReason.LEAD: leads.values_list("agency", flat=True),
            InviteReason.OFFICER: officers.values_list("agency", flat=True),
        }
        return {reason: [key for key in ids if key in self.agencies] for reason, ids in rows.items()}

    @cached_property
    def taking_part(self) -> set[int]:
        """Those that take part in the case today, for whatever reason."""
        parts = CaseParticipation.objects.filter(open_on(self.today), content_object=self.nominal)
        return set(parts.filter(group__agency__in=self.agencies).values_list("group__agency", flat=True))

    @cached_property
    def named(self) -> dict[InviteReason, list[int]]:
        """Who is recorded as running what asks for them: no other of the kind is."""
        found: dict[InviteReason, list[int]] = defaultdict(list)
        rows = processes_of(self.nominal, on=self.on).filter(agency__in=self.agencies, kind__in=_RUN_BY)
        for kind, agency_id in rows.order_by("agency").values_list("kind", "agency"):
            found[_RUN_BY[ProcessKind(kind)]].append(agency_id)
        return found

    def reachable(self, agency_id: int) -> int:
        """The agency, or for a team without contacts of its own the body that has some; never in Category 4, where
        the body above the division is another one.
        """
        if self.facts.category_4:
            return agency_id
        above: Agency | None = self.agencies[agency_id]
        seen: set[int] = set()
        while above is not None and above.pk not in seen:
            if above.pk in self.reached:
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
        ties |= {self.top(key) for key in self.taking_part}
        if own & ties:
            return sorted(own & ties)
        area_id = self.nominal.panel_area_id
        if area_id is not None:
            serving = set(Agency.objects.filter(pk__in=own, serves=area_id).values_list("pk", flat=True))
            if len(serving) == 1:
                return sorted(serving)
            panels = PanelAgency.objects.filter(open_on(self.on), panel__panel_area=area_id, agency__in=self.agencies)
            sitting = own & {self.top(key) for key in panels.values_list("agency", flat=True)}
            if len(sitting) == 1:
                return sorted(sitting)
        before = Invitation.objects.live().filter(slot__nominal=self.nominal, slot__starts_at__lt=self.slot.starts_at)
        last = before.filter(agency__in=own).order_by("-slot__starts_at").values_list("agency", flat=True)[:1]
        return list(last)

    def top(self, agency_id: int) -> int:
        seen: set[int] = set()
        while (above := self.agencies[agency_id].part_of_id) in self.agencies and above not in seen:
            seen.add(agency_id)
            agency_id = above or agency_id
        return agency_id

    def landlords(self, kind: AgencyKind, rows: Sequence[Agency]) -> list[int] | Gap:
        """The council of the district, and whoever holds its former homes."""
        district = self.district
        council = kind == AgencyKind.HOUSING_AUTHORITY
        reason = (InviteReason.HOUSING,)
        if district is None:
            every = tuple(sorted(row.pk for row in rows))
            why = "The register does not know their district"
            return Gap(kind.label, reason, why, Mend.CHOOSE if every else Mend.GUEST, every, kind) if council else []
        homes = FormerHomes.objects.filter(open_on(self.on), authority=district).values_list("landlord", flat=True)
        holders = set(homes)
        found = sorted(row.pk for row in rows if row.housing_authority_id == district.pk or row.pk in holders)
        if council and not found:
            return Gap(kind.label, reason, f"No agency is the council of {district.name}", Mend.GUEST, kind=kind)
        return found

    @cached_property
    def district(self) -> LocalHousingAuthority | None:
        return district_of(self.nominal, on=self.on)

    def no_unit(self, rows: Sequence[Agency]) -> Gap:
        """Why no unit of a prison could be told: nobody wrote which prison, or none has its name."""
        every = tuple(sorted(row.pk for row in rows if row.part_of_id is not None))
        where = self.whereabouts
        if where is None or not where.place.strip():
            return Gap("The prison", (InviteReason.CUSTODY,), "The whereabouts name no prison", Mend.PLACE, every)
        why = f"No unit has the name of {where.place}"
        return Gap("The prison", (InviteReason.CUSTODY,), why, Mend.CHOOSE if every else Mend.GUEST, every)

    @cached_property
    def whereabouts(self) -> WhereaboutsSpan | None:
        return WhereaboutsSpan.objects.filter(open_on(self.on), nominal=self.nominal).first()

    def at_the_place(self, rows: Iterable[Agency]) -> list[int]:
        """Those in whose name the place stands where the person is: its offender management unit."""
        where = self.whereabouts
        words = _words(where.place) if where is not None else frozenset()
        return sorted(row.pk for row in rows if words and words <= _words(row.name))


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w']+", name.casefold())) - _ANY_PLACE
