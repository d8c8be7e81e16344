"""What was recorded by mistake is put right, with a reason. The change log keeps both; the ledger follows the facts."""

from dataclasses import dataclass
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import facts_of, whereabouts_facts
from cases.models import WhereaboutsSpan
from rules.core import Decision, Reason
from rules.corrections import may_correct_whereabouts as rules_may_correct_whereabouts
from rules.corrections import may_take_whereabouts_away as rules_may_take_whereabouts_away
from rules.facts import WhereaboutsFacts
from rules.vocabulary import Whereabouts

from .corrected import take_away
from .locking import locked_row
from .obligations import bring_in_line
from .splice import give_to_before, move_end_before
from .whereabouts import end_all, undo_ends


@dataclass(frozen=True, slots=True)
class Stay:
    """Where the person was, from which day, as it should have been recorded."""

    kind: Whereabouts
    starts_on: date
    place: str = ""


def may_correct_whereabouts(
    span: WhereaboutsSpan, *, by: Principal, today: date, stay: Stay | None = None, reason: str = ""
) -> Decision:
    """Whether this stay may be corrected; without what it should be, whether any correction may be, for the button."""
    nominal = span.nominal
    allowed = can(by, Perm.WHEREABOUTS_RECORD, nominal)
    if not allowed or stay is None:
        return allowed
    facts, wrong = facts_of(nominal), whereabouts_facts(span)
    refusals = []
    if (span.kind, span.starts_on, span.place) == (stay.kind, stay.starts_on, stay.place.strip()):
        refusals.append(Reason("This is what stands recorded already.", "R52"))
    decision = rules_may_correct_whereabouts(
        wrong, WhereaboutsFacts(stay.kind, stay.starts_on, span.ends_on), facts.whereabouts,
        born_on=nominal.date_of_birth, today=today, reason=reason,
    )  # fmt: skip
    return allowed & Decision.of(refusals) & decision


@service(event="whereabouts_corrected", asks=may_correct_whereabouts)
def correct_whereabouts(
    *, by: Principal, today: date, span_id: int, stay: Stay, reason: str, version: int | None = None
) -> WhereaboutsSpan:
    """Put right the kind, the place or the first day of a stay; the one before it ends the day before.

    With the day of a death, the ends of the grounds that ended with it move; where it was no death, they stand as
    before it (R28). Raises ``Refused`` and ``Conflict``.
    """
    nominal, span = locked_row(WhereaboutsSpan, span_id, version)
    may_correct_whereabouts(span, by=by, today=today, stay=stay, reason=reason).or_refuse()
    was, died = span.starts_on, span.kind == Whereabouts.DEAD
    move_end_before(nominal.whereabouts.all(), was, stay.starts_on)
    span.kind, span.place, span.starts_on = stay.kind, stay.place.strip(), stay.starts_on
    span.corrected_on, span.correction = today, reason.strip()
    span.save(update_fields=["kind", "place", "starts_on", "corrected_on", "correction"])
    if died and (stay.kind is not Whereabouts.DEAD or stay.starts_on != was):
        undo_ends(nominal, was)
        if stay.kind is Whereabouts.DEAD:
            end_all(nominal, stay.starts_on, today)
    bring_in_line([nominal.pk], today=today)
    record_event(span, root=nominal.pk, kind=stay.kind, starts_on=stay.starts_on, instead_of=was)
    return span


def may_take_whereabouts_away(
    span: WhereaboutsSpan, *, by: Principal, today: date, reason: str | None = None
) -> Decision:
    """Whether this stay may be taken away as never so; without a reason, for the button."""
    allowed = may_correct_whereabouts(span, by=by, today=today)
    if not allowed or reason is None:
        return allowed
    stays = facts_of(span.nominal).whereabouts
    return allowed & rules_may_take_whereabouts_away(whereabouts_facts(span), stays, reason=reason)


@service(event="whereabouts_taken_away", asks=may_take_whereabouts_away)
def take_whereabouts_away(*, by: Principal, today: date, span_id: int, reason: str, version: int | None = None) -> None:
    """Take away a stay that never was: the one before goes on to its last day. Where it was a death, the grounds that
    it ended stand as before it (R28). The change log keeps it and the reason. Raises ``Refused`` and ``Conflict``.
    """
    nominal, span = locked_row(WhereaboutsSpan, span_id, version)
    may_take_whereabouts_away(span, by=by, today=today, reason=reason).or_refuse()
    take_away(span, root=nominal.pk, today=today, reason=reason, kind=span.kind, starts_on=span.starts_on)
    give_to_before(nominal.whereabouts.all(), span.starts_on, span.ends_on)
    if span.kind == Whereabouts.DEAD:
        undo_ends(nominal, span.starts_on)
    bring_in_line([nominal.pk], today=today)
