"""Who is to be invited to somebody's meeting, who may be, and who is told of it for an agency (R57, R96, R99, R100)."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256

from django.db.models import Q, QuerySet

from agencies.access import who_can
from agencies.contacts import standings
from agencies.kinds import AgencyKind, has_part_in_law
from agencies.models import Agency, Contact, FormerHomes, LocalHousingAuthority, Membership, User
from agencies.parameters import parameters_for
from agencies.roles import Perm
from agencies.spans import open_on
from cases.facts import facts_of
from cases.models import (
    Address,
    Background,
    ConnectedPerson,
    LeadAgencySpan,
    NamedOfficerSpan,
    Nominal,
    ParallelProcess,
    PersonalGrant,
    WhereaboutsSpan,
)
from rules.ahead import is_child
from rules.categories import category_on
from rules.invitations import INVITED, InviteFacts, reasons_to_invite
from rules.vocabulary import Category, Handling, InvitationAnswer, InviteReason, ProcessKind, Whereabouts

from .models import InviteRule, PanelAgency, Sitting, Slot

_INSIDE = (Whereabouts.CUSTODY, Whereabouts.REMAND, Whereabouts.RECALLED)
# What runs beside MAPPA and asks for whoever runs it; who that is may stand with it.
_RUN_BY = {
    ProcessKind.TAG: InviteReason.TAG,
    ProcessKind.WORK: InviteReason.WORK,
    ProcessKind.VICTIM_CONTACT: InviteReason.VICTIM_CONTACT,
    ProcessKind.MARAC: InviteReason.DOMESTIC_ABUSE,
}
_PATIENT = (Whereabouts.HOSPITAL, Whereabouts.HOSPITAL_LEAVE)
Span = tuple[datetime, datetime]
# What says nothing of which place it is.
_ANY_PLACE = frozenset({"hmp", "yoi", "hmyoi", "omu", "the", "of", "and"})


@dataclass(frozen=True)
class Table:
    """Whom an area invites for each reason: kinds of agency, and agencies by name."""

    kinds: Mapping[InviteReason, frozenset[str]]
    agencies: Mapping[InviteReason, frozenset[int]]


@dataclass
class Wanted:
    """Agencies to invite with their reasons; and kinds for which several fit, and somebody has to choose."""

    agencies: dict[int, list[InviteReason]] = field(default_factory=lambda: defaultdict(list))
    unclear: dict[str, list[InviteReason]] = field(default_factory=lambda: defaultdict(list))

    def add(self, agency_id: int, reason: InviteReason) -> None:
        if reason not in self.agencies[agency_id]:
            self.agencies[agency_id].append(reason)


def table_of(area_id: int) -> Table:
    """The table in force: what the area has set, and the usual one for reasons it has not."""
    kinds = {reason: frozenset(INVITED.get(reason, ())) for reason in INVITED}
    agencies: dict[InviteReason, frozenset[int]] = {reason: frozenset() for reason in INVITED}
    rows = list(InviteRule.objects.filter(area=area_id))
    for reason in {InviteReason(row.reason) for row in rows}:
        own = [row for row in rows if row.reason == reason and row.invited]
        kinds[reason] = frozenset(row.kind for row in own if row.kind)
        agencies[reason] = frozenset(row.agency_id for row in own if row.agency_id is not None)
    return Table(kinds, agencies)


def invite_facts(nominal: Nominal, *, on: date) -> InviteFacts:
    """What the register knows of the person that asks for an agency."""
    where = WhereaboutsSpan.objects.filter(open_on(on), nominal=nominal).first()
    kind = Whereabouts(where.kind) if where is not None else None
    running = set(processes_of(nominal, on=on).values_list("kind", flat=True))
    background = Background.objects.filter(nominal=nominal).first()
    parameters = parameters_for(nominal.area_id)
    return InviteFacts(
        category_4=nominal.handling == Handling.CATEGORY_4
        or category_on(facts_of(nominal).grounds, on).value is Category.FOUR,
        child=is_child(nominal.date_of_birth, on, parameters).value,
        child_near=ConnectedPerson.objects.filter(nominal=nominal, child=True, ended_on=None).exists(),
        immigration=kind is Whereabouts.IMMIGRATION_DETENTION
        or (background is not None and background.immigration_status != ""),
        patient=kind in _PATIENT,
        tagged=ProcessKind.TAG in running,
        work_restricted=ProcessKind.WORK in running,
        victim_contact=ProcessKind.VICTIM_CONTACT in running,
        domestic_abuse=ProcessKind.MARAC in running,
        housed=district_of(nominal, on=on) is not None,
        in_custody=kind in _INSIDE,
        approved_premises=kind is Whereabouts.APPROVED_PREMISES,
    )


def processes_of(nominal: Nominal, *, on: date) -> QuerySet[ParallelProcess]:
    """What runs beside MAPPA on the day: a tag, a restriction, a conference."""
    return ParallelProcess.objects.filter(open_on(on), nominal=nominal)


def district_of(nominal: Nominal, *, on: date) -> LocalHousingAuthority | None:
    """The district of the person: of closest links when they have no fixed abode, else that of their panel area."""
    homeless = Address.objects.filter(open_on(on), nominal=nominal, no_fixed_abode=True)
    links = homeless.select_related("closest_links").first()
    if links is not None:
        return links.closest_links
    return nominal.panel_area.housing_authority if nominal.panel_area is not None else None


def wanted_for(slot: Slot, *, today: date) -> Wanted:
    """Which agencies the table asks for in this meeting; those on the wrong side of a wall are not among them."""
    found = _Search(slot).wanted()
    inside = inside_the_wall(slot.nominal, found.agencies, today=today)
    found.agencies = {key: reasons for key, reasons in found.agencies.items() if key in inside}
    return found


def inside_the_wall(nominal: Nominal, agencies: Collection[int], *, today: date) -> set[int]:
    """Those of the agencies that may be invited: not kept out, and with somebody who may open the record at all."""
    lasting = Q(ends_on=None) | Q(ends_on__gte=today)
    kept_out = nominal.exclusions.filter(lasting, agency__isnull=False).values_list("agency", flat=True)
    inside = set(agencies) - set(kept_out)
    members = Membership.objects.on(today).filter(agency__in=inside)
    if nominal.handling == Handling.RESTRICTED:
        readers = PersonalGrant.objects.filter(open_on(today), content_object=nominal, named_reader=True)
        members = members.filter(user__in=readers.values("user"))
    elif nominal.handling == Handling.CATEGORY_4:
        members = members.filter(user__category_4=True)
    else:
        return inside
    return set(members.values_list("agency", flat=True))


def told_for(nominal: Nominal, agencies: Iterable[Agency], *, on: date) -> dict[int, User]:
    """Who is written to for each agency: its contact, or the deputy while the contact is away or may not know.

    Nobody who cannot open the record: an exclusion, of one of them or of the agency, beats the invitation.
    """
    holders = readers_of(nominal, on=on)
    kept_out = set(nominal.exclusions.filter(open_on(on), agency__isnull=False).values_list("agency", flat=True))
    found = {}
    for agency_id, standing in standings([each for each in agencies if each.pk not in kept_out], on=on).items():
        for contact, away in ((standing.spoc, standing.spoc_away), (standing.deputy, standing.deputy_away)):
            if contact is not None and away is None and contact.user_id in holders:
                found[agency_id] = contact.user
                break
    return found


def readers_of(nominal: Nominal, *, on: date) -> set[int]:
    """Everybody who may read of the person's meetings on the day."""
    return {holder.user_id for holder in who_can(Perm.SITTING_VIEW, nominal, on=on)}


@dataclass
class OwnTimes:
    """The slots of a sitting in which somebody is needed."""

    slots: dict[int, Span] = field(default_factory=dict)

    @property
    def starts_at(self) -> datetime:
        """When the first begins."""
        return min(begins for begins, _ in self.slots.values())

    @property
    def ends_at(self) -> datetime:
        """When the last ends."""
        return max(ends for _, ends in self.slots.values())

    @property
    def order(self) -> str:
        """Which slots at which times, as a short text that differs when any of them does."""
        rows = sorted((begins.timestamp(), ends.timestamp(), key) for key, (begins, ends) in self.slots.items())
        return sha256(repr(rows).encode()).hexdigest()


def own_times(sitting: Sitting, *, today: date) -> dict[int | str, OwnTimes]:
    """In which slots of a sitting each person, or guest by address, is needed.

    The chair, who is reached for each agency that has not sent its apologies, and who attends for it. Nobody who may
    not read of it.
    """
    found: dict[int | str, OwnTimes] = defaultdict(OwnTimes)

    def needed(whom: int | str | None, slot: Slot) -> None:
        if whom is not None:
            found[whom].slots[slot.pk] = (slot.starts_at, slot.ends_at)

    slots = Slot.objects.filter(sitting=sitting, cancelled_on=None).select_related("nominal__area")
    for slot in slots:
        readers = readers_of(slot.nominal, on=today)
        needed(sitting.chair_id if sitting.chair_id in readers else None, slot)
        coming = [
            invitation
            for invitation in slot.invitations.filter(withdrawn_on=None).select_related("agency")
            if InvitationAnswer(invitation.answer).comes
        ]
        told = told_for(slot.nominal, [each.agency for each in coming if each.agency is not None], on=today)
        for invitation in coming:
            if invitation.agency is None:
                needed(invitation.guest_email.lower(), slot)
                continue
            contact = told.get(invitation.agency.pk)
            needed(contact.pk if contact is not None else None, slot)
            needed(invitation.attends_id if invitation.attends_id in readers else None, slot)
    return found


class _Search:
    """The agencies of one slot, found in a handful of queries."""

    def __init__(self, slot: Slot) -> None:
        self.slot, self.nominal, self.on = slot, slot.nominal, slot.held_on
        here = Agency.objects.on(self.on).filter(area=self.nominal.area_id)
        self.agencies = {agency.pk: agency for agency in here}
        with_contact = Contact.objects.filter(open_on(self.on), agency__in=self.agencies)
        self.reached = set(with_contact.values_list("agency", flat=True))
        self.table = table_of(self.nominal.area_id)

    def wanted(self) -> Wanted:
        found = Wanted()
        facts = invite_facts(self.nominal, on=self.on)
        if not facts.category_4:
            for reason, agency_ids in self.known.items():
                for agency_id in agency_ids:
                    found.add(self.reachable(agency_id), reason)
        for reason in reasons_to_invite(facts):
            for agency_id in sorted(self.table.agencies[reason] & set(self.agencies)):
                found.add(self.reachable(agency_id), reason)
            if named := self.named.get(reason):
                for agency_id in named:
                    found.add(self.reachable(agency_id), reason)
                continue
            for kind in sorted(self.table.kinds[reason]):
                fitting = self.of_kind(AgencyKind(kind), reason)
                if not fitting and reason is not InviteReason.HOUSING:
                    found.unclear[kind].append(reason)
                for agency_id in fitting:
                    found.add(self.reachable(agency_id), reason)
        return found

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
    def named(self) -> dict[InviteReason, list[int]]:
        """Who is recorded as running what asks for them: no other of the kind is."""
        found: dict[InviteReason, list[int]] = defaultdict(list)
        rows = processes_of(self.nominal, on=self.on).filter(agency__in=self.agencies, kind__in=_RUN_BY)
        for kind, agency_id in rows.order_by("agency").values_list("kind", "agency"):
            found[_RUN_BY[ProcessKind(kind)]].append(agency_id)
        return found

    def reachable(self, agency_id: int) -> int:
        """The agency, or for a team without contacts of its own the body that has some."""
        above: Agency | None = self.agencies[agency_id]
        seen: set[int] = set()
        while above is not None and above.pk not in seen:
            if above.pk in self.reached:
                return above.pk
            seen.add(above.pk)
            above = self.agencies.get(above.part_of_id or 0)
        return agency_id

    def of_kind(self, kind: AgencyKind, reason: InviteReason) -> list[int]:
        """The agencies of the kind that this person's case asks for; none when nothing says which of several."""
        rows = [row for row in self.agencies.values() if row.kind == kind]
        if reason is InviteReason.HOUSING:
            return self.landlords(rows)
        if reason in (InviteReason.CUSTODY, InviteReason.APPROVED_PREMISES) and (at := self.at_the_place(rows)):
            return at
        if reason is InviteReason.CUSTODY:
            return []
        bodies = {row.pk for row in rows if row.part_of_id is None and has_part_in_law(row.duty)}
        if reason is InviteReason.CATEGORY_4:
            # Who of them is cleared is for the wall to say.
            return sorted(bodies)
        tied = {top for ids in self.known.values() for key in ids for top in (key, self.top(key))}
        fitting = bodies & tied or bodies
        return sorted(fitting) if fitting & tied or len(fitting) == 1 else []

    def top(self, agency_id: int) -> int:
        seen: set[int] = set()
        while (above := self.agencies[agency_id].part_of_id) in self.agencies and above not in seen:
            seen.add(agency_id)
            agency_id = above or agency_id
        return agency_id

    def landlords(self, rows: Iterable[Agency]) -> list[int]:
        """The council of the district, and whoever holds its former homes."""
        district = district_of(self.nominal, on=self.on)
        if district is None:
            return []
        homes = FormerHomes.objects.filter(open_on(self.on), authority=district).values_list("landlord", flat=True)
        holders = set(homes)
        return sorted(row.pk for row in rows if row.housing_authority_id == district.pk or row.pk in holders)

    def at_the_place(self, rows: Iterable[Agency]) -> list[int]:
        """Those in whose name the place stands where the person is: its offender management unit."""
        where = WhereaboutsSpan.objects.filter(open_on(self.on), nominal=self.nominal).first()
        words = _words(where.place) if where is not None else frozenset()
        return sorted(row.pk for row in rows if words and words <= _words(row.name))


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w']+", name.casefold())) - _ANY_PLACE
