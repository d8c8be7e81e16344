"""Lists that agencies send: what absence from one may lead to, and how long its rows are kept."""

from datetime import date, timedelta

from rules.core import Answer, Decision, Reason, cites, long_date
from rules.parameters import Parameters


@cites("R109", params=("extract_rows_kept",))
def rows_kept_to(closed_on: date, params: Parameters) -> Answer[date]:
    """The last day on which the rows of a list that was closed on this day are kept; then they are blanked."""
    days = params.number("extract_rows_kept", closed_on)
    last = closed_on + timedelta(days=days)
    return Answer(last, (Reason(f"Rows are kept for {days} days after closing: to {long_date(last)}", "R109"),))


@cites("R109", params=("extract_open_kept",))
def open_list_kept_to(added_on: date, params: Parameters) -> Answer[date]:
    """The last day on which a list that was brought in on this day may stand open; then it is stopped, and cleared."""
    days = params.number("extract_open_kept", added_on)
    last = added_on + timedelta(days=days)
    return Answer(last, (Reason(f"A list that nobody closes is kept for {days} days: to {long_date(last)}", "R109"),))


@cites("R109")
def may_answer_absence(*, asked: bool, reason: str, ends: bool) -> Decision:
    """Whether somebody who is no longer on a list may be answered for: by a person, once, with a reason.

    ``asked``: still to be decided, or waiting for the agency. ``ends``: the answer is that a ground is to be ended,
    which is then done with its own date and reason on the person's page; every other answer gives its reason here.
    """
    refusals = []
    if not asked:
        refusals.append(Reason("This has been answered already", "R109"))
    if not ends and not reason.strip():
        refusals.append(Reason("Say why: absence from a list ends nobody and explains nothing", "R109"))
    return Decision.of(refusals)


@cites("R109")
def may_answer_absences_together(*, ends: bool) -> Decision:
    """Whether one answer may be given for several people at once: only one that ends nobody."""
    if ends:
        return Decision.no(Reason("That somebody's status has ended is answered for each person by itself", "R109"))
    return Decision.yes()
