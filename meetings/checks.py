"""What a placing amounts to, said before it is done: time, chair, agencies, child, beside what the twin itself says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from agencies.agreements import signed_by
from agencies.kinds import AgencyKind
from agencies.models import Absence, Agency, Contact
from agencies.parameters import parameters_for
from agencies.spans import open_on
from cases.models import Nominal
from rules.ahead import is_child
from rules.core import Reason
from rules.suggestions import timing
from rules.vocabulary import AgreementState

from .models import Sitting
from .placing import placement_of

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


def checks_of(nominal: Nominal, sitting: Sitting, *, today: date) -> list[Check]:
    """What is to be known of hearing this person in this sitting. Refusals are the twin's."""
    on = sitting.sits_on
    placement = placement_of(nominal, on)
    late = placement.limit is not None and on > placement.limit
    chair = sitting.chair
    named = f"{chair.name} chairs and is free" if chair is not None else "No chair is named yet"
    agencies = needed_agencies(nominal, sitting)
    found = [
        Check("In time", [timing(placement.limit, on)], late),
        Check("Chair", [Reason(named, "R56")], chair is None),
        *_child(nominal, agencies, on, sitting.area_id),
    ]
    listed = ", ".join(each.name for each in agencies) or "No agency sits in this meeting by rule"
    found.append(Check("Agencies", [Reason(listed, "R56"), *_cannot(agencies, on)], bool(_cannot(agencies, on))))
    if unsigned := _unsigned(agencies, sitting.area_id, today):
        found.append(Check("Agreements", unsigned, look=True))
    return found


def needed_agencies(nominal: Nominal, sitting: Sitting) -> list[Agency]:
    """Standing members of the panel on the day, and the agency that leads the case."""
    on = sitting.sits_on
    members = Agency.objects.filter(
        pk__in=sitting.panel.members.filter(open_on(on)).values("agency") if sitting.panel is not None else []
    )
    leads = Agency.objects.filter(pk__in=nominal.lead_agencies.filter(open_on(on)).values("agency"))
    return sorted({*members, *leads}, key=lambda each: each.name)


def _child(nominal: Nominal, agencies: Iterable[Agency], on: date, area_id: int) -> list[Check]:
    answer = is_child(nominal.date_of_birth, on, parameters_for(area_id))
    if not answer.value:
        return []
    there = any(each.kind == AgencyKind.CHILDREN_SERVICES for each in agencies)
    text = "Children's social care sits in it" if there else "Children's social care must be there, and is not yet"
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
