"""Who is invited to the meeting about somebody and why, what an agency may answer, and when it is asked once more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from rules.core import Answer, Decision, Reason, cites, long_date, mid_sentence
from rules.parameters import Parameters
from rules.vocabulary import Immigration, InvitationAnswer, InviteReason, Tenure


@dataclass(frozen=True, slots=True)
class InviteFacts:
    """What the register knows of somebody that asks for an agency. What it does not know is no reason.

    ``restricted``: a patient under a restriction or under none; None when no order is recorded that would say so.
    """

    category_4: bool = False
    child: bool = False
    child_near: bool = False
    immigration: bool = False
    tagged: bool = False
    patient: bool = False
    work_restricted: bool = False
    victim_contact: bool = False
    domestic_abuse: bool = False
    housed: bool = False
    in_custody: bool = False
    approved_premises: bool = False
    restricted: bool | None = None


# Homes that are no business of the council's, nor of a social landlord.
_OTHERS_HOMES = (Tenure.PRIVATE, Tenure.OWNED, Tenure.FAMILY)

# The Ministry of Justice's casework of patients.
CASEWORK = "mental_health_casework"

# Kinds of agency by their codes, unless an area says otherwise. Who leads, whose officer is named, which panel members
# stand, is no matter of kinds; a domestic abuse service is one that the area names.
INVITED: Mapping[InviteReason, tuple[str, ...]] = MappingProxyType(
    {
        InviteReason.RESPONSIBLE: ("police", "probation"),
        InviteReason.CHILD: ("children_services", "education", "youth_justice"),
        InviteReason.CHILD_NEAR: ("children_services",),
        InviteReason.IMMIGRATION: ("immigration",),
        InviteReason.TAG: ("electronic_monitoring",),
        InviteReason.PATIENT: ("health_trust", CASEWORK),
        InviteReason.WORK: ("dwp",),
        InviteReason.VICTIM_CONTACT: ("probation",),
        InviteReason.DOMESTIC_ABUSE: (),
        InviteReason.HOUSING: ("housing_authority", "social_landlord"),
        InviteReason.CUSTODY: ("prison",),
        InviteReason.APPROVED_PREMISES: ("probation",),
        InviteReason.CATEGORY_4: ("national_security",),
    }
)

# By whom an area's housing is represented: the council, or a landlord that holds its homes.
HOUSING: tuple[str, ...] = INVITED[InviteReason.HOUSING]


@cites("R57", "R30", "R99")
def reasons_to_invite(facts: InviteFacts) -> tuple[InviteReason, ...]:
    """Every reason that these facts give, in the order of the table. Category 4 is the only reason where it holds."""
    if facts.category_4:
        return (InviteReason.CATEGORY_4,)
    held = {
        InviteReason.RESPONSIBLE: True,
        InviteReason.CHILD: facts.child,
        InviteReason.CHILD_NEAR: facts.child_near,
        InviteReason.IMMIGRATION: facts.immigration,
        InviteReason.TAG: facts.tagged,
        InviteReason.PATIENT: facts.patient,
        InviteReason.WORK: facts.work_restricted,
        InviteReason.VICTIM_CONTACT: facts.victim_contact,
        InviteReason.DOMESTIC_ABUSE: facts.domestic_abuse,
        InviteReason.HOUSING: facts.housed,
        InviteReason.CUSTODY: facts.in_custody,
        InviteReason.APPROVED_PREMISES: facts.approved_premises,
    }
    return tuple(reason for reason, holds in held.items() if holds)


# Words that keep their capital wherever they stand.
_NAMES = frozenset({InviteReason.RESPONSIBLE, InviteReason.CATEGORY_4})


@cites("R57")
def reasons_in_words(reasons: Iterable[InviteReason], because: str = "") -> str:
    """Why somebody is invited, as one line: ``Leads the case; electronic tag; Category 4``. ``because`` is what was
    said by hand, in whose place "added by the unit" says nothing.
    """
    known = [each for each in reasons if not (because and each is InviteReason.BY_HAND)]
    words = [each.label if each in _NAMES else mid_sentence(each.label) for each in known]
    line = "; ".join([*words, *([because] if because else [])])
    return line[:1].upper() + line[1:]


@cites("R57")
def asks_for_immigration(answer: Immigration) -> bool:
    """Whether the answer asks for Immigration Enforcement. Words that nobody has answered yet do, as before."""
    return answer in (Immigration.FOREIGN, Immigration.REMOVAL, Immigration.IN_WORDS)


@cites("R57")
def asks_for_housing(tenures: Collection[Tenure], *, no_fixed_abode: bool) -> bool:
    """Whether the council and the landlord of its former homes are asked for, by all homes of the day.

    A tenancy of a council or a social landlord, a place that does not last, and no fixed abode do. So does what the
    register does not know: no home at all, as inside, or one of which nobody has said whose it is.
    """
    return no_fixed_abode or not tenures or any(each not in _OTHERS_HOMES for each in tenures)


@cites("R57")
def deals_with(kind: str, facts: InviteFacts) -> bool:
    """Whether agencies of this kind deal with such a person at all, for whatever reason they are asked for.

    The Ministry's casework is about patients under a restriction: it hears nothing of who is known to be under none.
    """
    return kind != CASEWORK or facts.restricted is not False


@cites("R59")
def may_answer(
    answer: InvitationAnswer, *, deputy: str, why: str, is_live: bool, received_on: date, today: date
) -> Decision:
    """Whether an invitation may be answered like this: a deputy by name, "not needed" with the reason."""
    refusals = []
    if not is_live:
        refusals.append(Reason("This invitation was withdrawn, or the meeting was cancelled", "R59"))
    if answer is InvitationAnswer.DEPUTY and not deputy.strip():
        refusals.append(Reason("Say who comes as deputy", "R59"))
    if answer is InvitationAnswer.NOT_NEEDED and not why.strip():
        refusals.append(Reason("Say why the agency is not needed", "R59"))
    if received_on > today:
        refusals.append(Reason("An answer cannot have come on a day to come", "R59"))
    return Decision.of(refusals)


@cites("R108")
def may_write_down(*, received_from: str) -> Decision:
    """Whether the unit may write an answer down for an agency: with the name of whoever gave it."""
    if received_from.strip():
        return Decision.yes()
    return Decision.no(Reason("Say who gave the answer", "R108"))


@cites("R59", params=("first_chaser", "last_chaser"))
def chaser_due(held_on: date, params: Parameters, *, today: date) -> int | None:
    """At which stage an agency that has not answered is asked once more today: 1, then 2 nearer the day; or None."""
    if today > held_on:
        return None
    left = (held_on - today).days
    if left <= params.number("last_chaser", today):
        return 2
    return 1 if left <= params.number("first_chaser", today) else None


@cites("R57", params=("meeting_access_kept",))
def meeting_open_to(held_on: date, params: Parameters) -> Answer[date]:
    """The last day of an agency's part in a case by a meeting that is held on this day."""
    days = params.number("meeting_access_kept", held_on)
    last = held_on + timedelta(days=days)
    return Answer(last, (Reason(f"Open for {days} days after the meeting: to {long_date(last)}", "R57"),))


@cites("R57")
def housing_represented(present: Collection[str]) -> Answer[bool]:
    """Whether housing was represented in a meeting, for coverage: the council or a landlord attended, or a deputy did.

    ``present`` are the kinds of the agencies that attended. A report instead is no representation.
    """
    there = any(kind in HOUSING for kind in present)
    text = "The council or a landlord attended" if there else "Neither the council nor a landlord attended"
    return Answer(there, (Reason(text, "R57"),))


@cites("R57", "R59")
def housing_expected(answers: Collection[tuple[str, InvitationAnswer]]) -> Answer[bool | None]:
    """Whether housing will be represented as far as the answers say, by kind of agency: None while it may still be."""
    of_housing = [answer for kind, answer in answers if kind in HOUSING]
    coming = [kind for kind, answer in answers if answer in (InvitationAnswer.ATTENDING, InvitationAnswer.DEPUTY)]
    if housing_represented(coming).value:
        return Answer(True, (Reason("The council or a landlord will come", "R57"),))
    if InvitationAnswer.NONE in of_housing:
        return Answer(None, (Reason("Nobody of housing has said yet that they come", "R59"),))
    text = "Neither the council nor a landlord comes" if of_housing else "Nobody of housing is invited"
    return Answer(False, (Reason(text, "R57"),))
