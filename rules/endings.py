"""How a ground ends, and how it does not (R23 to R25, R28, R29)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from rules.core import Answer, Decision, Reason, cites, long_date
from rules.facts import GroundFacts, PersonFacts
from rules.notification import may_revoke_notification
from rules.parameters import Parameters
from rules.vocabulary import EndReason, GroundKind, OrderKind

_ANY_GROUND = frozenset({EndReason.DEATH, EndReason.TRANSFERRED, EndReason.OTHER})
_DISPOSAL = frozenset({EndReason.LICENCE_ENDED, EndReason.ORDER_ENDED, EndReason.DISCHARGED_HOSPITAL})
_NOTIFICATION = frozenset({EndReason.NOTIFICATION_EXPIRED, EndReason.NOTIFICATION_REVOKED, EndReason.ORDER_ENDED})
_DECISION = frozenset({EndReason.LEVEL_2_3_ENDED, EndReason.SUPERSEDED})

END_REASONS = {
    GroundKind.NOTIFICATION: _NOTIFICATION | _ANY_GROUND,
    GroundKind.QUALIFYING_DISPOSAL: _DISPOSAL | _ANY_GROUND,
    GroundKind.OTHER_DANGEROUS: _DECISION | _ANY_GROUND,
    # The review of R22 is one of sexual offence notification.
    GroundKind.TERRORIST_NOTIFICATION: (_NOTIFICATION - {EndReason.NOTIFICATION_REVOKED}) | _ANY_GROUND,
    GroundKind.TERRORIST_DISPOSAL: _DISPOSAL | _ANY_GROUND,
    GroundKind.TERRORISM_RISK: _DECISION | _ANY_GROUND,
}


@cites("R22", "R24", "R25", "R28")
def may_end_ground(
    ground: GroundFacts,
    on: date | None,
    why: EndReason,
    *,
    person: PersonFacts,
    params: Parameters,
    superintendent: str = "",
) -> Decision:
    """Whether the ground may end on the day for that reason: events of law end one, never custody or recall.

    `on` None takes a recorded end away again; the reason then says nothing. Death ends a ground on its day, and no
    ground outlives the person (R28). An indefinite notification does not expire: it is revoked on review, by the
    `superintendent` named (R22).
    """
    refusals = []
    if ground.voided:
        refusals.append(Reason("A voided ground never stood: it cannot end", "R29"))
    if person.died_on is not None and (on is None or on > person.died_on):
        text = "The person is recorded as dead, and this ground would last longer: if that is wrong, correct the death"
        refusals.append(Reason(text, "R28"))
    if on is None:
        return Decision.of(refusals)
    if on < ground.starts_on:
        refusals.append(Reason(f"The ground starts on {long_date(ground.starts_on)}: it cannot end before", "R24"))
    if why not in END_REASONS[ground.kind]:
        refusals.append(Reason(f"This does not end such a ground: {why.label.lower()}", "R24"))
    if why is EndReason.DEATH and person.died_on is None:
        refusals.append(Reason("No death is recorded: record it under whereabouts, and every ground ends", "R28"))
    elif why is EndReason.DEATH and on != person.died_on:
        refusals.append(Reason("Death ends a ground on the day of death", "R28"))
    decision = Decision.of(refusals)
    if ground.kind is GroundKind.NOTIFICATION:
        decision &= _notification_ends(ground, on, why, superintendent, person, params)
    return decision


def _notification_ends(
    ground: GroundFacts, on: date, why: EndReason, superintendent: str, person: PersonFacts, params: Parameters
) -> Decision:
    # What was revoked had no end before: its recorded end may be corrected, under the same conditions.
    indefinite = ground.ends_on is None or ground.end_reason is EndReason.NOTIFICATION_REVOKED
    if why is EndReason.NOTIFICATION_REVOKED:
        as_imposed = replace(ground, ends_on=None, end_reason=None) if indefinite else ground
        return may_revoke_notification(as_imposed, on, superintendent=superintendent, person=person, params=params)
    if why is EndReason.NOTIFICATION_EXPIRED and indefinite:
        text = "Indefinite notification does not expire: it ends when it is revoked on review"
        return Decision.no(Reason(text, "R22"))
    if why is EndReason.ORDER_ENDED and ground.order is OrderKind.NONE:
        return Decision.no(Reason("No order is recorded behind this notification requirement", "R24"))
    return Decision.yes()


@cites("R23")
def qualifying_disposal_ends_on(
    licence_ends_on: date | None, order_ends_on: date | None, supervision_ends_on: date | None = None
) -> Answer[date | None]:
    """The last day of a Category 2 ground: the later of licence and order. Post-sentence supervision never extends it.

    None when neither has an end yet.
    """
    ends = [day for day in (licence_ends_on, order_ends_on) if day is not None]
    if not ends:
        return Answer(None, (Reason("Neither licence nor order has an end date yet", "R23"),))
    last = max(ends)
    reasons = [Reason(f"Category 2 ends with the licence or order, on {long_date(last)}", "R23")]
    if supervision_ends_on is not None and supervision_ends_on > last:
        reasons.append(
            Reason(f"Post-sentence supervision to {long_date(supervision_ends_on)} does not extend it", "R23")
        )
    return Answer(last, tuple(reasons))


@cites("R23", params=("supervision_repealed_on",))
def may_record_supervision(starts_on: date, params: Parameters) -> Decision:
    """Post-sentence supervision is kept as history only: none that starts on or after the day of its repeal."""
    repealed_on = params.day("supervision_repealed_on", starts_on)
    if repealed_on is not None and starts_on >= repealed_on:
        return Decision.no(Reason(f"Post-sentence supervision was abolished on {long_date(repealed_on)}", "R23"))
    return Decision.yes()


@cites("R28")
def may_be_somewhere(until: date, *, died_on: date | None) -> Decision:
    """Whether somebody who died on `died_on`, if they did, may be recorded as anywhere until that day at least.

    A recorded death gives way to nothing from its day on: it ended every ground, so it is corrected or it stands.
    """
    if died_on is None or until < died_on:
        return Decision.yes()
    text = f"The person is recorded as dead from {long_date(died_on)}. If that is wrong, correct it, with the reason"
    return Decision.no(Reason(text, "R28"))


@cites("R28")
def ended_by_death(grounds: Iterable[GroundFacts], died_on: date) -> tuple[GroundFacts, ...]:
    """The grounds as they stand after a death: those open on the day, or due to end later, end on it."""
    return tuple(
        replace(ground, ends_on=died_on, end_reason=EndReason.DEATH)
        if not ground.voided and ground.starts_on <= died_on < ground.period.last_day
        else ground
        for ground in grounds
    )


@cites("R29")
def may_void_ground(ground: GroundFacts, *, reason: str) -> Decision:
    """Whether a ground may be voided (quashed on appeal, or recorded by mistake): once, with a reason."""
    refusals = []
    if ground.voided:
        refusals.append(Reason("The ground is void already", "R29"))
    if not reason.strip():
        refusals.append(Reason("Say why the ground never stood", "R29"))
    return Decision.of(refusals)
