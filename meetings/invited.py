"""Who is to be invited to somebody's meeting, who may be, and who is told of it for an agency (R57, R96, R99, R100)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from django.db.models import Q

from agencies.access import who_can
from agencies.contacts import standings
from agencies.models import Agency, Membership, User
from agencies.roles import Perm
from agencies.spans import open_on
from cases.models import (
    Nominal,
    PersonalGrant,
)
from rules.vocabulary import Handling, InvitationAnswer

from .models import Sitting, Slot

Span = tuple[datetime, datetime]


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
