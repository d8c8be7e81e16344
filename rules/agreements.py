"""Memoranda and information sharing agreements of an agency, and the people by whom it is reached (R96)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rules.core import Answer, Decision, Reason, cites, long_date
from rules.parameters import Parameters
from rules.vocabulary import AgreementState


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """One signature: from `signed_on` to `expires_on`, both included; without an end while `expires_on` is None."""

    signed_on: date
    expires_on: date | None = None


@cites("R96", params=("agreement_ending_alert",))
def agreement_state(signed: Iterable[AgreementFacts], params: Parameters, *, today: date) -> Answer[AgreementState]:
    """What has become of an agency's agreements of one kind on a day, with the reason.

    The one that runs longest decides; what is signed later than the day says nothing yet.
    """
    known = [each for each in signed if each.signed_on <= today]
    if not known:
        return Answer(AgreementState.NEVER_SIGNED, (Reason("No agreement of this kind has ever been signed", "R96"),))
    if any(each.expires_on is None for each in known):
        return Answer(AgreementState.IN_FORCE, (Reason("It has no end date", "R96"),))
    last_day = max(each.expires_on for each in known if each.expires_on is not None)
    if last_day < today:
        return Answer(AgreementState.EXPIRED, (Reason(f"It ran to {long_date(last_day)}", "R96"),))
    alert = timedelta(days=params.number("agreement_ending_alert", today))
    state = AgreementState.RUNNING_OUT if last_day <= today + alert else AgreementState.IN_FORCE
    return Answer(state, (Reason(f"It runs to {long_date(last_day)}", "R96"),))


@cites("R96")
def may_sign_agreement(signed_on: date, expires_on: date | None, *, today: date) -> Decision:
    """Whether a signature may be recorded: signed already, and not over before it was signed."""
    refusals = []
    if signed_on > today:
        refusals.append(Reason("It is not signed yet on that day", "R96"))
    if expires_on is not None and expires_on < signed_on:
        refusals.append(Reason("It would expire before it was signed", "R96"))
    return Decision.of(refusals)


@cites("R96")
def contacts_missing(*, has_spoc: bool, has_deputy: bool) -> tuple[Reason, ...]:
    """What an agency of the Responsible Authority, or with the duty to co-operate, lacks to be reached."""
    missing = []
    if not has_spoc:
        missing.append(Reason("No single point of contact is named", "R96"))
    if not has_deputy:
        missing.append(Reason("No deputy is named", "R96"))
    return tuple(missing)
