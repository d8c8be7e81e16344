"""A row of a list of open actions: what it gives to whom to do, beside the actions that the register has of the person.

An action is recognised by its agency, the day on which it was given and its words. A list brings actions in; it changes
none that is known, and closes none by leaving it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from agencies.models import Area, Membership
from cases.records import PersonRecord
from meetings.models import Action
from meetings.records import ActionRecord
from meetings.services.actions import record_of
from rules.actions import is_vague, may_give_action
from rules.core import long_date

from .checking import Checked
from .columns import Block
from .differences import Change, Fact, Names
from .entries import Entry, Person
from .problems import Kind, Problem, Report
from .reference import Reference

KnownBy = tuple[int, date, str]


@dataclass(frozen=True)
class Beside:
    """What rows of actions are held against: the actions of the people recognised, and who works for which agency."""

    actions: Mapping[tuple[int, KnownBy], date]
    staff: Mapping[tuple[int, str], int]

    @classmethod
    def of(cls, area: Area, ids: list[int], *, today: date) -> "Beside":
        """At two queries, whatever the number of rows."""
        members = Membership.objects.on(today).filter(agency__area=area)
        return cls(
            {(row.nominal_id, record_of(row).known_by): row.due_on for row in Action.objects.filter(nominal__in=ids)},
            {
                (agency_id, email.casefold()): user_id
                for agency_id, email, user_id in members.values_list("agency", "user__email", "user")
            },
        )

    def due_on(self, nominal_id: int, action: ActionRecord) -> date | None:
        """By when the register has this action of the person; None when it is not known."""
        return self.actions.get((nominal_id, action.known_by))


def as_checked(person: Person, area: Area) -> Checked:
    """Who the row speaks of: names and numbers serve to recognise the person, and change nothing."""
    values = person.values
    record = PersonRecord(area_id=area.pk, family_name=values["family_name"], date_of_birth=values.get("date_of_birth"))
    return Checked(person.line, record, tuple(name for name, _, _ in person.identifiers))


def action_of(
    person: Person, reference: Reference, beside: Beside, *, today: date, report: Report, note: Report
) -> ActionRecord | None:
    """The action of the row; None when anything of it is wrong, which has then been reported."""
    entry = next(iter(person.entries(Block.ACTION)), None)
    if entry is None:
        reason = "nothing in this row says what is to be done"
        report(Problem(person.line, "action", Kind.MISSING, reason, "Fill in the action, or take the row out", "R69"))
        return None
    if not entry.good:
        return None
    agency_id = reference.agency(entry.values["agency"])
    if agency_id is None:
        right = f"{reference.near('lead_agency', entry.values['agency'])}Give the name in the settings of the area"
        report(Problem(entry.line, "agency", Kind.AGENCY_UNKNOWN, "there is no such agency in this area", right, "R69"))
        return None
    refused = may_give_action(entry.values["action"], entry.values["given_on"], entry.values["due_on"], today=today)
    if not refused:
        for reason_why in refused.reasons:
            report(
                Problem(
                    entry.line, _where(entry, today), Kind.RULE, reason_why.text, "Correct the day", reason_why.rule
                )
            )
        return None
    responsible_id = _responsible(entry, agency_id, beside, report)
    if entry.get("responsible") and responsible_id is None:
        return None
    if is_vague(entry.values["action"]):
        reason = "this says neither what is to be done nor when it is done"
        note(Problem(entry.line, "action", Kind.RULE, reason, "See whether the agency can say it better", "R69"))
    return ActionRecord(
        agency_id, entry.values["action"], entry.values["given_on"], entry.values["due_on"], responsible_id
    )


def other_day(line: int, due_on: date) -> Problem:
    """Said of an action that is known with another day by which it is done."""
    reason = f"the register has this action as due on {long_date(due_on)}"
    return Problem(line, "due_on", Kind.RULE, reason, "A list changes no action that is known already", "R69")


def as_change(action: ActionRecord, names: Names) -> Change:
    """The action as something new about the person."""
    agency = names.agencies.get(action.agency_id, f"agency {action.agency_id}")
    days = f"given on {long_date(action.given_on)}, due on {long_date(action.due_on)}"
    return Change(Fact.ACTIONS, "Action", "", f"{agency}: {action.what} ({days})")


def _where(entry: Entry, today: date) -> str:
    return "given_on" if entry.values["given_on"] > today else "due_on"


def _responsible(entry: Entry, agency_id: int, beside: Beside, report: Report) -> int | None:
    email = entry.get("responsible")
    if not email:
        return None
    found = beside.staff.get((agency_id, email.casefold()))
    if found is None:
        reason = "nobody with a role in this agency today has this e-mail address"
        right = "Correct the address, or leave the cell empty: the agency's single point of contact then sees to it"
        report(Problem(entry.line, "responsible", Kind.NOT_KNOWN, reason, right, "R69"))
    return found
