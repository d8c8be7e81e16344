"""Referrals that nobody touches: an endorsement that does not come, readers whose days begin or end."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from datetime import date

from django.db.models import Q

from agencies.access import can
from agencies.models import Membership
from agencies.principal import Principal
from agencies.roles import Perm, roles_with
from audit.boundary import record_event, service
from audit.rows import one_by_one
from cases.models import Nominal, Referral
from cases.referral_mail import tell_author
from cases.referrals import endorsement_due
from rules.core import Decision, Reason
from rules.referrals import may_take_back
from rules.transitions import may_move_referral
from rules.vocabulary import ReferralState, ReferralVerb

from .locking import locked, locked_referral
from .referral_leaving import may_pass_on, pass_on, to_pass_on
from .referral_readers import follow_readers, readers_wrong_on
from .referrals import moved


def watch_referrals(*, by: Principal, today: date) -> int:
    """Take back what no manager has endorsed in time, pass on what its author has left, and bring readers in line.

    How many changed, each in a transaction of its own: one that fails holds up no other. Nothing is locked or recorded
    where it is right, so this may run often.
    """
    waiting = Referral.objects.filter(state=ReferralState.AWAITING_ENDORSEMENT).order_by("pk")
    lapsed = [row.pk for row in waiting if may_take_back_unendorsed(row, by=by, today=today)]
    done = one_by_one("endorsements", lapsed, lambda key: take_back_unendorsed(by=by, today=today, referral_id=key))
    passed = [row.pk for row in to_pass_on(today) if may_pass_on(row, by=by, today=today)]
    over = one_by_one("referrals", passed, lambda key: pass_on(by=by, today=today, referral_id=key))
    wrong = readers_wrong_on(today)
    read = one_by_one("readers", wrong, lambda key: bring_readers_in_line(by=by, today=today, nominal_id=key))
    return len(done.results) + len(over.results) + len(read.results)


def may_take_back_unendorsed(referral: Referral, *, by: Principal, today: date) -> Decision:
    """Only the task does it, once the manager is waited for no longer or can answer no more."""
    decision = can(by, Perm.DEADLINES_RECONCILE, referral) & may_move_referral(
        ReferralState(referral.state), ReferralVerb.SEND_BACK
    )
    due = endorsement_due(referral)
    if not decision:
        return decision
    if due is None:
        return Decision.no(Reason("Nobody knows when the manager was asked", "R44"))
    answers = still_there(referral, today)
    return may_take_back(due.value, today=today, answers=answers)


def still_there(referral: Referral, today: date) -> bool:
    """Whether the manager who was asked acts for the agency that refers, today or later, and can sign in."""
    lasting = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), agency=referral.agency_id)
    roles = roles_with(Perm.REFERRAL_ENDORSE)
    return lasting.filter(user=referral.endorser_id, user__is_active=True, role__in=roles).exists()


@service(event="referral_taken_back_unendorsed", asks=may_take_back_unendorsed)
def take_back_unendorsed(*, by: Principal, today: date, referral_id: int) -> Referral:
    """Give a referral back to its author, who reads why, and is told; the record closes for the manager (R44).

    Raises ``Refused``.
    """
    referral = locked_referral(referral_id)
    decision = may_take_back_unendorsed(referral, by=by, today=today)
    decision.or_refuse()
    note = " ".join(f"{reason.text}." for reason in decision.reasons)
    tell_author(referral, moved(referral, ReferralVerb.SEND_BACK, by, today, note), by=by, today=today)
    follow_readers(referral.nominal_id, by=by, today=today)
    record_event(referral, root=referral.nominal_id)
    return referral


def may_bring_readers_in_line(nominal: Nominal | None = None, *, by: Principal, today: date) -> Decision:
    """Only tasks compare by themselves; every step of a referral does it as it writes."""
    return can(by, Perm.DEADLINES_RECONCILE, nominal)


@service(event="referral_readers_followed", asks=may_bring_readers_in_line)
def bring_readers_in_line(*, by: Principal, today: date, nominal_id: int) -> bool:
    """Let those read the record who have work with a referral of it today. Whether anything changed.

    Raises ``Refused``, and ``Conflict`` when it was merged into another meanwhile.
    """
    nominal = locked(nominal_id)
    may_bring_readers_in_line(nominal, by=by, today=today).or_refuse()
    changed = follow_readers(nominal_id, by=by, today=today)
    record_event(nominal, root=nominal_id)
    return changed
