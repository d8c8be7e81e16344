"""Meetings ahead for which there is nobody to hear any more: they stand, and the unit cancels or keeps them (R26)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import QuerySet
from django.utils import timezone

from agencies.access import visible
from agencies.principal import Principal
from agencies.roles import Perm
from cases.facts import facts_for
from cases.models import Nominal, Obligation
from pages.dates import british_moment
from rules.core import Reason
from rules.sittings import still_to_be_heard
from rules.vocabulary import ObligationKind, SlotVerb

from .models import Slot, SlotChange


@dataclass(frozen=True)
class NoLonger:
    """A meeting ahead for which there is nobody to hear, why, and by what it was kept all the same."""

    slot: Slot
    reasons: tuple[Reason, ...]
    kept: SlotChange | None

    @property
    def said(self) -> str:
        """Why, in sentences."""
        return " ".join(f"{reason.text}." for reason in self.reasons)


def no_longer_heard(slots: Sequence[Slot], *, today: date) -> dict[int, NoLonger]:
    """Those of the slots, by key, that stand and are not over; it costs the same for one and for many."""
    ahead = [slot for slot in slots if slot.cancelled_on is None and slot.held_on >= today]
    if not ahead:
        return {}
    people = {slot.nominal_id for slot in ahead}
    facts = facts_for(people)
    first = Obligation.objects.filter(nominal__in=people, kind=ObligationKind.FIRST_MEETING).waiting()
    accepted = set(first.values_list("nominal", flat=True))
    found = {}
    for slot in ahead:
        decision = still_to_be_heard(
            facts[slot.nominal_id], slot.held_on, accepted=slot.nominal_id in accepted, today=today
        )
        if not decision:
            found[slot.pk] = decision.reasons
    if not found:
        return {}
    rows = SlotChange.objects.filter(slot__in=found, verb=SlotVerb.KEPT).select_related("by").order_by("pk")
    kept = {row.slot_id: row for row in rows}
    return {slot.pk: NoLonger(slot, found[slot.pk], kept.get(slot.pk)) for slot in ahead if slot.pk in found}


def to_settle(principal: Principal, *, today: date) -> list[NoLonger]:
    """Those that the principal may cancel or keep and that nobody has kept yet, the next first."""
    rows = visible(principal, _ahead(today), Perm.SITTING_PLAN)
    slots = list(rows.select_related("nominal", "sitting__panel").order_by("starts_at", "pk"))
    return [each for each in no_longer_heard(slots, today=today).values() if each.kept is None]


def booked_in_vain(nominal: Nominal, by: Principal, today: date) -> Iterator[str]:
    """The same of one person in sentences, as far as the principal may read of it."""
    slots = visible(by, _ahead(today).filter(nominal=nominal), Perm.SITTING_VIEW)
    for each in no_longer_heard(list(slots.order_by("starts_at", "pk")), today=today).values():
        stands = "It was kept, with a reason" if each.kept else "It stands until the unit cancels it, or keeps it"
        yield f"A meeting is booked for {british_moment(each.slot.starts_at)}. {each.said} {stands}."


def _ahead(today: date) -> QuerySet[Slot]:
    begins = timezone.make_aware(datetime.combine(today, time()))
    return Slot.objects.filter(cancelled_on=None, starts_at__gte=begins)
