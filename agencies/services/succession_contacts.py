"""Contact and deputy when one agency takes the place of others: it has one of each, whoever is neither loses the part.

What becomes of whom is worked out once (:func:`settled`), for the page that asks and for the day itself (R96).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from agencies.contacts import speaking_posts
from agencies.models import Contact, User
from agencies.succession import Change, Going
from rules.core import DAY, Decision, Period
from rules.vocabulary import ContactPart

from .moving import without
from .partners import refuse_if


@dataclass(frozen=True)
class Settled:
    """What becomes of one span of a contact from the day on: the part, and its days for the successor."""

    row: Contact
    part: ContactPart
    days: tuple[Period, ...]

    def holds(self, day: date) -> bool:
        """Whether the part is held for the successor on the day."""
        return any(each.starts_on <= day and (each.ends_on is None or day <= each.ends_on) for each in self.days)


def settled(going: Going) -> list[Settled]:
    """Who is chosen comes first, then who holds the role, and then in the order in which the agencies were named; what
    the agency that takes over has itself stands before theirs. Later ones have the days that are left.
    """
    chosen = {going.spoc: ContactPart.SPOC, going.deputy: ContactPart.DEPUTY}
    found: list[Settled] = []
    for row in _in_turn(going):
        part = chosen.get(row.user_id) or ContactPart(row.part)
        taken = [days for each in found if each.part == part or each.row.user_id == row.user_id for days in each.days]
        own = Period(max(row.starts_on, going.on), row.ends_on)
        found.append(Settled(row, part, tuple(without(own, taken))))
    return found


def losing(going: Going) -> list[Contact]:
    """The spans whose part their holder does not have on its first day with the successor."""
    everything = settled(going)

    def goes_on(row: Contact) -> bool:
        first = max(row.starts_on, going.on)
        own = (each for each in everything if each.row.user_id == row.user_id and each.part == row.part)
        return any(each.holds(first) for each in own)

    return [each.row for each in everything if not goes_on(each.row)]


def losing_ids(going: Going) -> tuple[int, ...]:
    """Who is to be told, each once."""
    return tuple(dict.fromkeys(row.user_id for row in losing(going)))


def moving_ids(going: Going) -> set[int]:
    """Who is contact or deputy of an agency that goes, and of the successor afterwards."""
    gone = set(going.agency_ids)
    return {each.row.user_id for each in settled(going) if each.row.agency_id in gone and each.days}


def contacts_on_the_day(going: Going) -> dict[ContactPart, User]:
    """Contact and deputy of the successor on its first day."""
    return {each.part: each.row.user for each in settled(going) if each.holds(going.on)}


def candidates(going: Going) -> Sequence[Contact]:
    """Who can be chosen: contacts and deputies of the day who hold the role for it, each with their first part."""
    speaking = _speaking(going)
    rows = [row for row in _in_turn(going) if row.starts_on <= going.on and (row.user_id, row.agency_id) in speaking]
    return list({row.user_id: row for row in reversed(rows)}.values())[::-1]


def may_be_contacts(going: Going, spoc: User | None, deputy: User | None) -> Decision:
    """Whether these may be chosen as contact and deputy of the successor; nobody may be left to the order of names."""
    chosen = [each.pk for each in (spoc, deputy) if each is not None]
    known = {row.user_id for row in candidates(going)} if chosen else set()
    return refuse_if(
        not known.issuperset(chosen), "Choose somebody who is contact or deputy of one of the agencies.", "R96"
    ) & refuse_if(len(set(chosen)) < len(chosen), "Contact and deputy are two people.", "R96")


def move_contacts(change: Change) -> None:
    """End the parts with the agencies that go, and open those with the successor. The caller holds the agencies."""
    going, new = change.going, []
    for each in settled(going):
        row = each.row
        own = Period(max(row.starts_on, going.on), row.ends_on)
        if row.agency_id == change.successor.pk and row.part == each.part and each.days == (own,):
            continue
        rows = Contact.objects.filter(pk=row.pk)
        if row.starts_on >= going.on:
            rows.delete()
        else:
            rows.update(ends_on=going.on - DAY)
        new += [
            Contact(
                agency=change.successor, user_id=row.user_id, part=each.part, starts_on=days.starts_on,
                ends_on=days.ends_on,
            )
            for days in each.days
        ]  # fmt: skip
    Contact.objects.bulk_create(new)


def _in_turn(going: Going) -> list[Contact]:
    agencies = [*([going.to] if going.to is not None else []), *going.agencies]
    places = {agency.pk: place for place, agency in enumerate(agencies)}
    lasting = Q(ends_on=None) | Q(ends_on__gte=going.on)
    rows = Contact.objects.filter(lasting, agency__in=agencies).select_related("agency", "user")
    speaking, chosen = _speaking(going), (going.spoc, going.deputy)
    return sorted(
        rows,
        key=lambda row: (
            row.user_id not in chosen,
            (row.user_id, row.agency_id) not in speaking,
            places[row.agency_id],
            row.starts_on,
            row.pk,
        ),
    )


def _speaking(going: Going) -> Collection[tuple[int, int]]:
    """People and agencies: who holds the role by which they can be its contact on the day."""
    agencies = [*going.agency_ids, *([going.to.pk] if going.to is not None else [])]
    return set(speaking_posts(going.on).filter(agency__in=agencies).values_list("user", "agency"))
