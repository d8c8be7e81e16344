"""How a referral stands with the panel today: who can still vote, in which seat, and what the votes amount to (R46)."""

from dataclasses import replace
from datetime import date

from agencies.access import who_can
from agencies.models import Absence
from agencies.parameters import parameters_for
from agencies.roles import Perm
from agencies.spans import open_on
from rules.referrals import PanelResult, Parts, may_vote, panel_result, seats_to_come, votes_due_by
from rules.vocabulary import PanelStanding, ReferralVerb, Vote

from .models import PanelSeat, PanelVote, Referral
from .referrals import parts_of, round_of, seats_on


def votes_of(referral: Referral) -> list[PanelVote]:
    """The votes of this round, in their order."""
    return list(PanelVote.objects.filter(referral=referral, round=round_of(referral)))


def standing_of(referral: Referral, today: date) -> PanelResult:
    """What the votes of this round amount to.

    A seat counts as still to vote while somebody who is here, and may, can vote in it; no seat does after the day by
    which votes were due.
    """
    votes = votes_of(referral)
    params = parameters_for(referral.area_id)
    given_on = referral.changes.filter(verb=ReferralVerb.TAKE_TO_PANEL).values_list("happened_on", flat=True).last()
    due = votes_due_by(given_on or referral.received_on or today, params)
    over = today > due.value
    left = 0 if over else seats_to_come(_who_can_vote(referral, votes, today))
    quorum = params.number("panel_quorum", referral.received_on or today)
    result = panel_result([Vote(vote.vote) for vote in votes], left, quorum)
    if over and result.standing is PanelStanding.ESCALATED:
        return replace(result, reasons=(*result.reasons, *due.reasons))
    return result


def seat_of(referral: Referral, voter: int, today: date) -> PanelSeat | None:
    """The seat in which this person votes: one that has not, their own first, then that of a member who cannot."""
    voted = {vote.seat_number for vote in votes_of(referral)}
    parts = parts_of(referral, today)

    def place(seat: PanelSeat) -> tuple[bool, bool, bool, int]:
        return seat.number in voted, seat.member_id != voter, bool(may_vote(seat.member_id, parts)), seat.pk

    seats = [seat for seat in seats_on(referral.area_id, today) if voter in (seat.member_id, seat.substitute_id)]
    return min(seats, key=place, default=None)


def voters_of(referral: Referral, today: date) -> frozenset[int]:
    """Who may vote by their role and by the walls round the record, whether they have a seat or not."""
    return frozenset(holder.user_id for holder in who_can(Perm.REFERRAL_VOTE, referral, on=today))


def _who_can_vote(referral: Referral, votes: list[PanelVote], today: date) -> list[frozenset[int]]:
    """For each seat that has not voted: who can vote in it today."""
    voted = {vote.seat_number for vote in votes}
    seats = [seat for seat in seats_on(referral.area_id, today) if seat.number not in voted]
    people = {user_id for seat in seats for user_id in (seat.member_id, seat.substitute_id) if user_id is not None}
    away = set(Absence.objects.filter(open_on(today), user__in=people).values_list("user", flat=True))
    parts: Parts = parts_of(referral, today)
    voters = {vote.voter_id for vote in votes}
    able = {user_id for user_id in (people - away) & voters_of(referral, today) if may_vote(user_id, parts, voters)}
    return [frozenset(able & {seat.member_id, seat.substitute_id}) for seat in seats]
