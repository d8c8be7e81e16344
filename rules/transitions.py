"""How a state may change: one table for each thing that has states. Services and buttons ask it."""

from __future__ import annotations

from dataclasses import dataclass

from rules.core import Decision, Reason, cites
from rules.vocabulary import ReferralState, ReferralVerb, Word


@dataclass(frozen=True, slots=True)
class Transition:
    """What a verb makes of a state, and the rule that says so."""

    verb: ReferralVerb
    before: ReferralState
    after: ReferralState
    rule: str


def _from(
    verb: ReferralVerb, before: tuple[ReferralState, ...], after: ReferralState, rule: str
) -> tuple[Transition, ...]:
    return tuple(Transition(verb, state, after, rule) for state in before)


_STATE, _VERB = ReferralState, ReferralVerb

# Returned and withdrawn referrals stay countable: no verb removes one (R45).
REFERRAL: tuple[Transition, ...] = (
    *_from(_VERB.ASK_ENDORSEMENT, (_STATE.DRAFT, _STATE.RETURNED), _STATE.AWAITING_ENDORSEMENT, "R44"),
    *_from(_VERB.SEND_BACK, (_STATE.AWAITING_ENDORSEMENT,), _STATE.DRAFT, "R44"),
    *_from(_VERB.ENDORSE, (_STATE.AWAITING_ENDORSEMENT,), _STATE.SUBMITTED, "R44"),
    *_from(_VERB.REGISTER, (_STATE.RETURNED,), _STATE.SUBMITTED, "R44"),
    *_from(_VERB.RETURN, (_STATE.SUBMITTED, _STATE.UNDER_PANEL), _STATE.RETURNED, "R44"),
    *_from(_VERB.TAKE_TO_PANEL, (_STATE.SUBMITTED,), _STATE.UNDER_PANEL, "R46"),
    *_from(_VERB.ACCEPT, (_STATE.UNDER_PANEL,), _STATE.ACCEPTED, "R46"),
    *_from(_VERB.DECLINE, (_STATE.UNDER_PANEL,), _STATE.DECLINED, "R48"),
    *_from(
        _VERB.WITHDRAW,
        (_STATE.DRAFT, _STATE.AWAITING_ENDORSEMENT, _STATE.SUBMITTED, _STATE.RETURNED, _STATE.UNDER_PANEL),
        _STATE.WITHDRAWN,
        "R45",
    ),
)


def _named(word: Word) -> str:
    return word.label.lower()


@cites("R45")
def referral_after(state: ReferralState, verb: ReferralVerb) -> ReferralState | None:
    """The state that the verb makes of this one; None when it cannot be done from it."""
    found = [row.after for row in REFERRAL if row.verb is verb and row.before is state]
    return found[0] if found else None


@cites("R45")
def may_move_referral(state: ReferralState, verb: ReferralVerb) -> Decision:
    """Whether the verb can be done in this state, and if not, in which it can."""
    if referral_after(state, verb) is not None:
        return Decision.yes()
    possible = " or ".join(f"“{_named(row.before)}”" for row in REFERRAL if row.verb is verb)
    text = f"This referral is “{_named(state)}”. To {_named(verb)} it must be {possible}"
    return Decision.no(Reason(text, "R45"))


def verbs_of(state: ReferralState) -> tuple[ReferralVerb, ...]:
    """What can be done in this state; nothing in an end."""
    return tuple(row.verb for row in REFERRAL if row.before is state)
