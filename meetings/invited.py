"""Who is to be invited to somebody's meeting, who may be, and who is told of it for an agency (R57, R96, R99, R100)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db.models import Prefetch, Q

from agencies.access import users_who_can
from agencies.contacts import Standing, standings
from agencies.models import Agency, Membership, User
from agencies.roles import Perm
from agencies.spans import open_on
from cases.models import Exclusion, Nominal, PersonalGrant
from rules.vocabulary import Handling, InvitationAnswer

from .models import Invitation, Sitting, Slot

Span = tuple[datetime, datetime]


def inside_the_wall(nominal: Nominal, agencies: Collection[int], *, today: date) -> set[int]:
    """Those of the agencies that may be invited: not kept out, and with somebody who may open the record at all."""
    return inside_the_walls([(nominal, agencies)], today=today)[nominal.pk]


def inside_the_walls(asked: Iterable[tuple[Nominal, Collection[int]]], *, today: date) -> dict[int, set[int]]:
    """The same for many people, each with agencies of their own, by nominal: as many queries for many as for one."""
    wanted: dict[int, set[int]] = defaultdict(set)
    nominals = {}
    for nominal, agencies in asked:
        wanted[nominal.pk] |= set(agencies)
        nominals[nominal.pk] = nominal
    lasting = Q(ends_on=None) | Q(ends_on__gte=today)
    kept_out = Exclusion.objects.filter(lasting, nominal__in=nominals, agency__isnull=False)
    for key, agency in kept_out.values_list("nominal", "agency"):
        wanted[key].discard(agency)
    walled = {key for key, nominal in nominals.items() if nominal.handling != Handling.ORDINARY}
    if not walled:
        return wanted
    readers: dict[int, set[int]] = defaultdict(set)
    named = PersonalGrant.objects.filter(open_on(today), content_object__in=walled, named_reader=True)
    for key, user in named.values_list("content_object", "user"):
        readers[key].add(user)
    those = {agency for key in walled for agency in wanted[key]}
    members = list(Membership.objects.on(today).filter(agency__in=those).select_related("user"))
    for key in walled:
        restricted = nominals[key].handling == Handling.RESTRICTED
        wanted[key] &= {
            each.agency_id for each in members if (each.user_id in readers[key] if restricted else each.user.category_4)
        }
    return wanted


def told_for(nominal: Nominal, agencies: Iterable[Agency], *, on: date) -> dict[int, User]:
    """Who is written to for each agency: its contact, or the deputy while the contact is away or may not know.

    Nobody who cannot open the record: an exclusion, of one of them or of the agency, beats the invitation.
    """
    return told_for_each([(nominal, agencies)], on=on)[nominal.pk]


def told_for_each(asked: Iterable[tuple[Nominal, Iterable[Agency]]], *, on: date) -> dict[int, dict[int, User]]:
    """The same for many people, each with agencies of their own, by nominal: as many queries for many as for one."""
    wanted: dict[int, dict[int, Agency]] = defaultdict(dict)
    nominals = {}
    for nominal, agencies in asked:
        wanted[nominal.pk] |= {each.pk: each for each in agencies}
        nominals[nominal.pk] = nominal
    return _told(wanted, users_who_can(Perm.SITTING_VIEW, list(nominals.values()), on=on), on)


def _told(
    wanted: dict[int, dict[int, Agency]], readers: Mapping[int, Collection[int]], on: date
) -> dict[int, dict[int, User]]:
    """The same by the keys of people, with who may read of each of them."""
    kept_out = Exclusion.objects.filter(open_on(on), nominal__in=list(readers), agency__isnull=False)
    for key, agency in kept_out.values_list("nominal", "agency"):
        wanted.get(key, {}).pop(agency, None)
    standing = standings({key: each for found in wanted.values() for key, each in found.items()}.values(), on=on)
    return {
        key: {
            each: user for each in wanted.get(key, ()) if (user := _reached(standing[each], readers[key])) is not None
        }
        for key in readers
    }


def _reached(standing: Standing, readers: Collection[int]) -> User | None:
    for contact, away in ((standing.spoc, standing.spoc_away), (standing.deputy, standing.deputy_away)):
        if contact is not None and away is None and contact.user_id in readers:
            return contact.user
    return None


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

    rows = Slot.objects.filter(sitting=sitting, cancelled_on=None).select_related("nominal__area")
    invited = Invitation.objects.live().select_related("agency")
    slots: list[Any] = list(rows.prefetch_related(Prefetch("invitations", invited, to_attr="invited")))
    who_reads = users_who_can(Perm.SITTING_VIEW, [slot.nominal for slot in slots], on=today)
    wanted: dict[int, dict[int, Agency]] = defaultdict(dict)
    coming = {slot.pk: [each for each in slot.invited if InvitationAnswer(each.answer).comes] for slot in slots}
    for slot in slots:
        for invitation in coming[slot.pk]:
            if invitation.agency is not None:
                wanted[slot.nominal_id][invitation.agency.pk] = invitation.agency
    told = _told(wanted, who_reads, today)
    for slot in slots:
        readers = who_reads[slot.nominal_id]
        needed(sitting.chair_id if sitting.chair_id in readers else None, slot)
        for invitation in coming[slot.pk]:
            if invitation.agency is None:
                needed(invitation.guest_email.lower(), slot)
                continue
            contact = told[slot.nominal_id].get(invitation.agency.pk)
            needed(contact.pk if contact is not None else None, slot)
            needed(invitation.attends_id if invitation.attends_id in readers else None, slot)
    return found
