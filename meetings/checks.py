"""What a placing amounts to, said before it is done: time, chair, agencies, child, beside what the twin itself says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from agencies.agreements import signed_by
from agencies.kinds import AgencyKind
from agencies.models import Absence, Agency, Contact
from agencies.parameters import parameters_for
from agencies.spans import open_on
from cases.models import Nominal
from rules.ahead import is_child
from rules.core import Reason
from rules.sittings import is_late
from rules.suggestions import timing
from rules.vocabulary import AgreementState, InviteReason

from .chairs import is_free
from .models import Sitting, Slot
from .placing import placement_of
from .services.slots import may_be_chaired
from .wanted import Gap, wanted_for

FINE, LOOK = "Fine", "Look at this"


@dataclass(frozen=True)
class Check:
    """One thing to know: what it is about, what is found, and whether somebody should look at it."""

    about: str
    found: Sequence[Reason]
    look: bool = False

    @property
    def tag(self) -> str:
        return LOOK if self.look else FINE


def checks_of(nominal: Nominal, sitting: Sitting, starts_at: datetime, *, today: date) -> list[Check]:
    """What is to be known of hearing this person in this sitting at this time. Refusals are the twin's."""
    on = sitting.sits_on
    placement = placement_of(nominal, on)
    invited = invited_to(nominal, sitting, starts_at, today=today)
    agencies = [agency for agency, _ in invited.agencies]
    found = [
        Check("In time", [timing(placement.limit, on, placement.answers)], is_late(placement)),
        _chair(nominal, sitting, starts_at, today),
        *_child(nominal, invited, on, sitting.area_id),
    ]
    cannot = [*invited.to_choose, *_cannot(agencies, on)]
    found.append(Check("Agencies", [Reason(invited.in_words, "R57"), *cannot], look=bool(cannot)))
    if unsigned := _unsigned(agencies, sitting.area_id, today):
        found.append(Check("Agreements", unsigned, look=True))
    return found


@dataclass(frozen=True)
class Invited:
    """Whom the table of invitations asks for, each with why; and whom it asks for in vain, each with why not."""

    agencies: Sequence[tuple[Agency, str]]
    gaps: Sequence[Gap]

    @property
    def in_words(self) -> str:
        named = "; ".join(f"{agency.name} ({why})" for agency, why in self.agencies)
        return f"Invited: {named}" if named else "No agency is invited by rule"

    @property
    def to_choose(self) -> list[Reason]:
        """Whom the rule asks for and who is not invited by it: to be settled on the page of the meeting."""
        return [Reason(f"{gap.whom} ({gap.because}): {gap.why[0].lower()}{gap.why[1:]}", "R57") for gap in self.gaps]


def invited_to(nominal: Nominal, sitting: Sitting, starts_at: datetime, *, today: date) -> Invited:
    """Who will be invited when this person is heard then: the same table that invites them."""
    ends_at = starts_at + timedelta(minutes=sitting.slot_minutes)
    wanted = wanted_for(Slot(nominal=nominal, sitting=sitting, starts_at=starts_at, ends_at=ends_at), today=today)
    rows = Agency.objects.filter(pk__in=wanted.agencies).order_by("name")
    return Invited(
        [(row, _reasons(wanted.agencies[row.pk])) for row in rows],
        wanted.gaps,
    )


def _reasons(found: Iterable[InviteReason]) -> str:
    return ", ".join(reason.label for reason in found)


def _chair(nominal: Nominal, sitting: Sitting, starts_at: datetime, today: date) -> Check:
    """Who chairs, and whether they are free then and may chair this person (R56)."""
    chair = sitting.chair
    if chair is None:
        return Check("Chair", [Reason("No chair is named yet", "R56")], look=True)
    times = [(starts_at, starts_at + timedelta(minutes=sitting.slot_minutes))]
    said = is_free(chair, times, on=sitting.sits_on, sitting_id=sitting.pk)
    said &= may_be_chaired(nominal, sitting, chair, today=today)
    found = [*said.reasons, *said.warnings]
    return Check("Chair", [Reason(f"{chair.name} chairs{'' if found else ' and is free'}", "R56"), *found], bool(found))


def _child(nominal: Nominal, invited: Invited, on: date, area_id: int) -> list[Check]:
    answer = is_child(nominal.date_of_birth, on, parameters_for(area_id))
    if not answer.value:
        return []
    there = any(agency.kind == AgencyKind.CHILDREN_SERVICES for agency, _ in invited.agencies)
    text = "Children's social care is invited" if there else "Children's social care must be there, and is not yet"
    return [Check("Child", [*answer.reasons, Reason(text, "R30")], look=not there)]


def _cannot(agencies: Sequence[Agency], on: date) -> list[Reason]:
    """Agencies all of whose contacts are away on the day."""
    away = Absence.objects.filter(open_on(on)).values("user")
    contacts = Contact.objects.filter(open_on(on), agency__in=agencies)
    reached = set(contacts.filter(~Q(user__in=away)).values_list("agency", flat=True))
    named = set(contacts.values_list("agency", flat=True))
    return [
        Reason(f"{each.name}: its contacts are away on that day", "R96")
        for each in agencies
        if each.pk in named and each.pk not in reached
    ]


def _unsigned(agencies: Sequence[Agency], area_id: int, today: date) -> list[Reason]:
    """Agencies whose agreement is asked for and is over or missing (R96)."""
    missing = (AgreementState.EXPIRED, AgreementState.NEVER_SIGNED)
    rows = signed_by(agencies, parameters_for(area_id), today=today)
    return [
        Reason(f"{each.name}, {signed.kind.label.lower()}: {signed.answer.reasons[0].text.lower()}", "R96")
        for each in agencies
        for signed in rows[each.pk]
        if signed.asked and signed.state in missing
    ]
