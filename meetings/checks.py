"""What a placing amounts to, said before it is done: time, chair, agencies, child, beside what the twin itself says."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agencies.agreements import signed_by
from agencies.kinds import AgencyKind
from agencies.models import Absence, Agency, Contact
from agencies.parameters import parameters_for
from cases.models import Nominal
from rules.ahead import is_child
from rules.core import Reason, mid_sentence
from rules.invitations import reasons_in_words
from rules.parameters import Parameters
from rules.sittings import Placement, is_late
from rules.suggestions import timing
from rules.vocabulary import AgreementState

from .chairs import is_free
from .models import Sitting, Slot
from .placing import placements_of
from .records import Choice
from .services.slots import may_be_chaired
from .wanted import Gap, wanted_for

FINE, LOOK = "Fine", "Look at this"
INVITED, CHILD = "Invited", "Child"
_BY_TABLE, _NOBODY = "By the table of invitations", "No agency is invited by rule"


@dataclass(frozen=True)
class Check:
    """One thing to know: what it is about, what is found, and whether somebody should look at it; ``names`` are those
    of whom it is found.
    """

    about: str
    found: Sequence[Reason]
    look: bool = False
    names: Sequence[str] = ()

    @property
    def tag(self) -> str:
        return LOOK if self.look else FINE


@dataclass(frozen=True)
class CheckLine:
    """One thing to know of several times: what is found, by the time for which it is; an empty text for all of them."""

    about: str
    found: Sequence[tuple[str, Sequence[Reason]]]
    look: bool
    names: Sequence[str] = ()

    @property
    def tag(self) -> str:
        return LOOK if self.look else FINE


def lines_of(checks: Sequence[tuple[str, Sequence[Check]]]) -> list[CheckLine]:
    """The checks of several times, each named by its text: once what holds for all of them, else time by time."""
    found: dict[str, list[tuple[str, Check]]] = defaultdict(list)
    for when, each in checks:
        for check in each:
            found[check.about].append((when, check))
    lines = []
    for about, rows in found.items():
        alike = len(rows) == len(checks) and all(list(row.found) == list(rows[0][1].found) for _, row in rows)
        said = [("", rows[0][1].found)] if alike else [(when, row.found) for when, row in rows]
        lines.append(CheckLine(about, said, any(row.look for _, row in rows), rows[0][1].names))
    return lines


def checks_of(nominal: Nominal, sitting: Sitting, starts_at: datetime, *, today: date) -> list[Check]:
    """What is to be known of hearing this person in this sitting at this time. Refusals are the twin's."""
    invited = invited_to(nominal, sitting, starts_at, today=today)
    return checks_of_each(nominal, [(sitting, starts_at)], invited, today=today)[0]


def checks_of_each(
    nominal: Nominal, times: Sequence[tuple[Sitting, datetime]], invited: "Invited", *, today: date
) -> list[list[Check]]:
    """The same of several times for one person, with whom is invited to any of them. What is due, who is away, what is
    signed is asked once for all; who chairs, of each time.
    """
    agencies = [agency for agency, _ in invited.agencies]
    days = {sitting.sits_on for sitting, _ in times}
    placements, away = placements_of(nominal, days), _away(agencies, days)
    params = parameters_for(nominal.area_id)
    unsigned = _unsigned(agencies, params, today)
    found = []
    for sitting, starts_at in times:
        on = sitting.sits_on
        cannot = [*invited.to_choose, *away[on]]
        found.append(
            [
                _in_time(placements[on], on),
                _chair(nominal, sitting, starts_at, today),
                *_child(nominal, invited, on, params),
                Check(INVITED, [Reason(_BY_TABLE if invited.agencies else _NOBODY, "R57")], names=invited.in_words),
                *([Check("Not reached", cannot, look=True)] if cannot else []),
                *([Check("Agreements", unsigned, look=True)] if unsigned else []),
            ]
        )
    return found


def _in_time(placement: Placement, on: date) -> Check:
    return Check("In time", [timing(placement.limit, on, placement.answers)], is_late(placement))


@dataclass(frozen=True)
class Invited:
    """Whom the table of invitations asks for, each with why; and whom it asks for in vain, each with why not."""

    agencies: Sequence[tuple[Agency, str]]
    gaps: Sequence[Gap]

    def but(self, choice: Choice) -> "Invited":
        """The same with what was chosen otherwise; a gap that an added agency fills is none any more."""
        added = {each.agency_id: each for each in choice.added}
        rows = Agency.objects.filter(pk__in=added).order_by("name") if added else ()
        return Invited(
            [
                *((agency, why) for agency, why in self.agencies if agency.pk not in choice.left_out),
                *((row, added[row.pk].because) for row in rows),
            ],
            [gap for gap in self.gaps if not added.keys() & set(gap.of)],
        )

    @property
    def in_words(self) -> list[str]:
        """Whom, each with why."""
        return [f"{agency.name} ({why})" for agency, why in self.agencies]

    @property
    def to_choose(self) -> list[Reason]:
        """Whom the rule asks for and who is not invited by it: to be settled on the page of the meeting."""
        return [Reason(f"{gap.whom} ({gap.because}): {mid_sentence(gap.why)}", "R57") for gap in self.gaps]


def invited_to(nominal: Nominal, sitting: Sitting, starts_at: datetime, *, today: date) -> Invited:
    """Who will be invited when this person is heard then: the same table that invites them."""
    ends_at = starts_at + timedelta(minutes=sitting.slot_minutes)
    wanted = wanted_for(Slot(nominal=nominal, sitting=sitting, starts_at=starts_at, ends_at=ends_at), today=today)
    rows = Agency.objects.filter(pk__in=wanted.agencies).order_by("name")
    return Invited(
        [(row, reasons_in_words(wanted.agencies[row.pk])) for row in rows],
        wanted.gaps,
    )


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


def _child(nominal: Nominal, invited: Invited, on: date, params: Parameters) -> list[Check]:
    answer = is_child(nominal.date_of_birth, on, params)
    if not answer.value:
        return []
    there = any(agency.kind == AgencyKind.CHILDREN_SERVICES for agency, _ in invited.agencies)
    text = "Children's social care is invited" if there else "Children's social care must be there, and is not yet"
    return [Check(CHILD, [*answer.reasons, Reason(text, "R30")], look=not there)]


def _away(agencies: Sequence[Agency], days: Collection[date]) -> Mapping[date, list[Reason]]:
    """For each day the agencies all of whose contacts are away on it."""
    contacts: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(agency__in=agencies):
        contacts[contact.agency_id].append(contact)
    users = {contact.user_id for rows in contacts.values() for contact in rows}
    absences = list(Absence.objects.filter(user__in=users))
    return {
        on: [
            Reason(f"{each.name}: its contacts are away on that day", "R96")
            for each in agencies
            if (there := [row.user_id for row in contacts[each.pk] if _holds(row, on)])
            and {row.user_id for row in absences if _holds(row, on)}.issuperset(there)
        ]
        for on in days
    }


def _holds(row: Contact | Absence, on: date) -> bool:
    return row.starts_on <= on and (row.ends_on is None or on <= row.ends_on)


def _unsigned(agencies: Sequence[Agency], params: Parameters, today: date) -> list[Reason]:
    """Agencies whose agreement is asked for and is over or missing (R96)."""
    missing = (AgreementState.EXPIRED, AgreementState.NEVER_SIGNED)
    rows = signed_by(agencies, params, today=today)
    return [
        Reason(f"{each.name}, {signed.kind.label.lower()}: {signed.answer.reasons[0].text.lower()}", "R96")
        for each in agencies
        for signed in rows[each.pk]
        if signed.asked and signed.state in missing
    ]
