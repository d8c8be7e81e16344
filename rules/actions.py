"""Actions that a meeting gives to an agency: how one is worded and dated, how it ends, and what stays open with it."""

from __future__ import annotations

from datetime import date, timedelta

from rules.core import Answer, Decision, Reason, cites, long_date
from rules.deadlines import is_brought_forward, status_of
from rules.parameters import Parameters
from rules.vocabulary import ActionOutcome, DeadlineStatus

# Said of an action, these leave open what is to be done and when it is done.
VAGUE = frozenset({"monitor", "liaise", "ongoing", "continue", "review", "consider", "discuss", "keep"})


@cites("R69")
def is_vague(what: str) -> bool:
    """Whether the action begins with a word that says neither what is to be done nor when it is done: it warns."""
    first, *_ = what.casefold().replace(":", " ").split() or [""]
    return first.strip(".,;") in VAGUE


@cites("R69")
def may_give_action(what: str, given_on: date, due_on: date, *, today: date) -> Decision:
    """Whether an action may be worded and dated like this. Both days may be past: one that is brought in was given."""
    refusals = []
    if not what.strip():
        refusals.append(Reason("Say what is to be done, beginning with a verb", "R69"))
    if given_on > today:
        refusals.append(Reason("An action cannot have been given after today", "R69"))
    if due_on < given_on:
        refusals.append(Reason("An action cannot be due before it was given", "R69"))
    return Decision.of(refusals)


@cites("R69")
def may_close_action(
    *, is_open: bool, outcome: ActionOutcome, note: str, given_on: date, closed_on: date, today: date
) -> Decision:
    """Whether an action may end like this on the day: done, or, with the reason, not done or no longer needed."""
    refusals = []
    if not is_open:
        refusals.append(Reason("This action is closed already", "R69"))
    if outcome is not ActionOutcome.DONE and not note.strip():
        refusals.append(Reason("Say why it was not done, or is no longer needed", "R69"))
    if closed_on > today:
        refusals.append(Reason("An action cannot be closed on a day to come", "R69"))
    if closed_on < given_on:
        refusals.append(Reason("An action cannot be closed before it was given", "R69"))
    return Decision.of(refusals)


@cites("R69")
def may_reopen_action(*, is_open: bool, reason: str) -> Decision:
    """Whether an action that was closed by mistake may be opened again: with the reason."""
    refusals = []
    if is_open:
        refusals.append(Reason("This action is open", "R69"))
    if not reason.strip():
        refusals.append(Reason("Say why it was closed wrongly", "R69"))
    return Decision.of(refusals)


@cites("R69", "R106")
def action_status(
    given_on: date, due_on: date, closed_on: date | None, area_starts_on: date, *, today: date
) -> DeadlineStatus:
    """What has become of an action. One given before the area's start is brought forward: neither late nor chased."""
    return status_of(due_on, closed_on, today, brought_forward=is_brought_forward(given_on, area_starts_on))


@cites("R69", params=("action_access_kept",))
def case_open_to(last_closed_on: date, params: Parameters) -> Answer[date]:
    """The last day of an agency's part in a case when its last open action was closed on this day."""
    days = params.number("action_access_kept", last_closed_on)
    last = last_closed_on + timedelta(days=days)
    return Answer(
        last, (Reason(f"Open for {days} days after the last action was closed: to {long_date(last)}", "R69"),)
    )
