"""Actions brought in, closed, and opened again when they were closed by mistake."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Max

from agencies.access import can, visible
from agencies.models import Agency, Membership
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.spans import open_on
from audit.boundary import record_event, service
from cases.models import CaseParticipation, Nominal
from cases.services.following import the_permission
from cases.services.locking import locked, locked_row
from meetings.models import Action
from meetings.queries import over_all
from meetings.records import ActionRecord
from rules.actions import case_open_to, may_give_action
from rules.actions import may_close_action as rules_may_close_action
from rules.actions import may_reopen_action as rules_may_reopen_action
from rules.core import Decision, Reason
from rules.vocabulary import ActionOutcome, ParticipationSource


def may_bring_in_actions(
    nominal: Nominal, *, by: Principal, today: date, actions: Sequence[ActionRecord] = ()
) -> Decision:
    """Whether actions given before this register may be brought in for the person; with actions, whether these."""
    decision = can(by, Perm.REGISTER_IMPORT, nominal)
    if not decision or not actions:
        return decision
    here = set(Agency.objects.filter(area=nominal.area_id).values_list("pk", flat=True))
    for each in actions:
        decision &= may_give_action(each.what, each.given_on, each.due_on, today=today)
        if each.agency_id not in here:
            decision &= Decision.no(Reason("The agency belongs to another MAPPA area.", "R97"))
        if each.responsible_id is not None:
            decision &= _of_the_agency(each, today)
    return decision


@service(event="actions_brought_in", asks=may_bring_in_actions)
def bring_in_actions(
    *, by: Principal, today: date, nominal_id: int, actions: Sequence[ActionRecord]
) -> Sequence[Action]:
    """Bring in open actions of a person; those that are there already are passed over. Returns the new ones.

    Nobody is written to about them: what was brought in is worked off by choice (R106). The agency takes part in the
    case from today while it has one open. Raises ``Refused``.
    """
    nominal = locked(nominal_id)
    may_bring_in_actions(nominal, by=by, today=today, actions=actions).or_refuse()
    rows = Action.objects.filter(nominal=nominal)
    known = {record_of(row).known_by for row in rows}
    number = rows.aggregate(last=Max("number"))["last"] or 0
    made = []
    for each in actions:
        if each.known_by in known:
            continue
        known.add(each.known_by)
        number += 1
        made.append(
            Action.objects.create(
                nominal=nominal, number=number, agency_id=each.agency_id, what=each.what.strip(),
                responsible_id=each.responsible_id, given_on=each.given_on, due_on=each.due_on, brought_in=True,
            )
        )  # fmt: skip
    for agency_id in sorted({row.agency_id for row in made}):
        follow_actions(nominal, agency_id, today=today)
    record_event(nominal, root=nominal.pk, actions=[row.pk for row in made])
    return made


def record_of(row: Action) -> ActionRecord:
    """The stored action as it is compared."""
    return ActionRecord(row.agency_id, row.what, row.given_on, row.due_on, row.responsible_id)


def may_close_action(
    action: Action,
    *,
    by: Principal,
    today: date,
    outcome: ActionOutcome | None = None,
    closed_on: date | None = None,
    note: str = "",
) -> Decision:
    """Whether the action may be closed, by the unit or its agency; with an outcome, whether like this."""
    allowed = can(by, Perm.ACTION_CLOSE, action) & _own(action, by)
    if not allowed:
        return allowed
    return allowed & rules_may_close_action(
        is_open=action.is_open,
        outcome=outcome or ActionOutcome.DONE,
        note=note,
        given_on=action.given_on,
        closed_on=closed_on or today,
        today=today,
    )


def may_settle_actions(actions: Sequence[Action], *, by: Principal) -> frozenset[int]:
    """Ids of those of many actions that may be closed, or opened again, by whoever asks: the twins' own answers about
    access, for a list, at one query.
    """
    rows = Action.objects.filter(pk__in=[each.pk for each in actions])
    reached = set(visible(by, rows, Perm.ACTION_CLOSE).values_list("pk", flat=True))
    return frozenset(each.pk for each in actions if each.pk in reached and _own(each, by))


@service(event="action_closed", asks=may_close_action)
def close_action(
    *, by: Principal, today: date, action_id: int, outcome: ActionOutcome, closed_on: date, note: str = ""
) -> Action:
    """Say what came of an action. After its last one the agency's part in the case runs out. Raises ``Refused``."""
    nominal, action = locked_row(Action, action_id)
    may_close_action(action, by=by, today=today, outcome=outcome, closed_on=closed_on, note=note).or_refuse()
    action.closed_on, action.outcome, action.note = closed_on, outcome, note.strip()
    action.save(update_fields=["closed_on", "outcome", "note"])
    follow_actions(nominal, action.agency_id, today=today)
    record_event(action, root=nominal.pk, number=action.number, outcome=outcome, closed_on=closed_on)
    return action


def may_reopen_action(action: Action, *, by: Principal, today: date, reason: str | None = None) -> Decision:  # noqa: ARG001
    """Whether a closed action may be opened again; without a reason, whether at all, for the button."""
    allowed = can(by, Perm.ACTION_CLOSE, action) & _own(action, by)
    if not allowed:
        return allowed
    return allowed & rules_may_reopen_action(is_open=action.is_open, reason="asked" if reason is None else reason)


@service(event="action_reopened", asks=may_reopen_action)
def reopen_action(*, by: Principal, today: date, action_id: int, reason: str) -> Action:
    """Open an action that was closed by mistake; what stood before stays in the history. Raises ``Refused``."""
    nominal, action = locked_row(Action, action_id)
    may_reopen_action(action, by=by, today=today, reason=reason).or_refuse()
    action.closed_on, action.outcome, action.note = None, "", ""
    action.corrected_on, action.correction = today, reason.strip()
    action.save(update_fields=["closed_on", "outcome", "note", "corrected_on", "correction"])
    follow_actions(nominal, action.agency_id, today=today)
    record_event(action, root=nominal.pk, number=action.number)
    return action


def follow_actions(nominal: Nominal, agency_id: int, *, today: date) -> None:
    """Let the agency take part in the case while it has an open action, and for the set days after the last one.

    The caller is a service that holds the lock. An exclusion beats the grant, as it beats every other.
    """
    group_id = Agency.objects.values_list("group_id", flat=True).get(pk=agency_id)
    grants = CaseParticipation.objects.filter(content_object=nominal, group=group_id, source=ParticipationSource.ACTION)
    standing = grants.filter(open_on(today))
    if Action.objects.filter(nominal=nominal, agency=agency_id).waiting().exists():
        if not standing.update(ends_on=None):
            CaseParticipation.objects.create(
                content_object=nominal, permission=the_permission(), group_id=group_id,
                source=ParticipationSource.ACTION, starts_on=today,
            )  # fmt: skip
        return
    standing.update(ends_on=case_open_to(today, parameters_for(nominal.area_id)).value)


def _of_the_agency(action: ActionRecord, today: date) -> Decision:
    """Whoever is responsible works for the agency that has the action."""
    if Membership.objects.on(today).filter(user=action.responsible_id, agency=action.agency_id).exists():
        return Decision.yes()
    return Decision.no(Reason("The person responsible has no role in that agency.", "R69"))


def _own(action: Action, by: Principal) -> Decision:
    """The unit closes any; an agency its own (R108: the unit may record it for the agency)."""
    if over_all(by) or action.agency_id == by.agency_id:
        return Decision.yes()
    return Decision.no(Reason("This action is another agency's: that agency or the MAPPA unit closes it.", "R69"))
