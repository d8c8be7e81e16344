"""The referral panel: its members, their votes, and what is decided (R46 to R49)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from dataclasses import replace
from datetime import date

from django.db.models import QuerySet

from agencies.access import can, can_in_area
from agencies.models import Area, Membership, User
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm, Role
from audit.boundary import record_event, service
from cases.facts import facts_of
from cases.models import Nominal, PanelSeat, PanelVote, Referral
from cases.panel_standing import seat_of, standing_of, voters_of, votes_of
from cases.records import GroundRecord
from cases.referral_mail import tell_author
from cases.referrals import free_numbers, next_number, parts_of, round_of
from rules.categories import open_grounds
from rules.core import FEWEST_WORDS, IN_WORDS, Decision, Reason
from rules.eligibility import category_3_may_start_on
from rules.levels import LevelChange, LevelCriteria, level_on, meets_criteria
from rules.referrals import may_decline, may_vote
from rules.transitions import may_move_referral
from rules.vocabulary import (
    Category,
    DecidingBody,
    DeclineReason,
    GroundKind,
    Level,
    OffenceOutcome,
    PanelStanding,
    ReferralState,
    ReferralVerb,
    RiskLevel,
    Vote,
)

from .grounds import may_record_ground, record_ground
from .levels import may_set_level, set_level
from .locking import locked, locked_referral
from .obligations import bring_in_line
from .panel_standing import note_standing
from .referral_readers import follow_readers, hold_panel
from .referrals import moved


def may_name_seat(area_id: int, *, by: Principal, today: date) -> Decision:
    """Whether seats of the area's panel may be named or ended."""
    return can_in_area(by, Perm.PANEL_NAME, area_id)


@service(event="panel_seat_named", asks=may_name_seat)
def name_seat(
    *,
    by: Principal,
    today: date,
    area_id: int,
    member_id: int,
    starts_on: date,
    substitute_id: int | None = None,
    number: int | None = None,
) -> PanelSeat:
    """Name a member of the panel, with a substitute, from a day on (R46, R47): from then on they read the records
    behind what the panel has.

    With the ``number`` of a seat that is free from then on they take that seat, and what has been voted in it stays its
    vote. Without, they have the seat that they had before, or one more. Raises ``Refused``, and ``Conflict`` when the
    panel has been given a referral meanwhile.
    """  # fmt: skip
    people = hold_panel(area_id)
    area = Area.objects.get(pk=area_id)
    decision = may_name_seat(area_id, by=by, today=today)
    for user_id in (member_id, substitute_id):
        if user_id is not None and user_id not in members_to_name(area_id, on=starts_on).values_list("pk", flat=True):
            decision &= Decision.no(
                Reason("Choose people who hold the role of referral panel member in this area.", "R46")
            )
    if substitute_id == member_id:
        decision &= Decision.no(Reason("Nobody is their own substitute.", "R47"))
    taken = PanelSeat.objects.filter(area=area_id, member=member_id).exclude(ends_on__lt=starts_on)
    if taken.exists():
        decision &= Decision.no(Reason("This person has a seat then.", "R46"))
    free = free_numbers(area_id, starts_on)
    if number is not None and number not in free:
        decision &= Decision.no(Reason("This seat is not free then.", "R46"))
    decision.or_refuse()
    if number is None:
        own = PanelSeat.objects.filter(area=area_id, member=member_id, number__in=free).order_by("starts_on").last()
        number = own.number if own else next_number(area_id)
    seat = PanelSeat.objects.create(
        area=area, number=number, member_id=member_id, substitute_id=substitute_id, starts_on=starts_on
    )
    for nominal_id in people:
        follow_readers(nominal_id, by=by, today=today)
    record_event(seat, root=None, member=member_id, starts_on=starts_on)
    return seat


@service(event="panel_seat_ended", asks=may_name_seat)
def end_seat(*, by: Principal, today: date, seat_id: int, ends_on: date) -> PanelSeat:
    """End a seat on a day; votes given stay, and what the panel has is read until then.

    Raises ``Refused`` and ``Conflict``.
    """
    people = hold_panel(PanelSeat.objects.values_list("area_id", flat=True).get(pk=seat_id))
    seat = PanelSeat.objects.select_for_update(no_key=True).get(pk=seat_id)
    decision = may_name_seat(seat.area_id, by=by, today=today)
    if ends_on < seat.starts_on:
        decision &= Decision.no(Reason("A seat cannot end before it starts.", "R46"))
    decision.or_refuse()
    seat.ends_on = ends_on
    seat.save(update_fields=["ends_on"])
    for nominal_id in people:
        follow_readers(nominal_id, by=by, today=today)
    record_event(seat, root=None, ends_on=ends_on)
    return seat


def members_to_name(area_id: int, *, on: date) -> QuerySet[User]:
    """Who may have a seat: people in the role of panel member in the area."""
    members = Membership.objects.on(on).filter(area=area_id, role=Role.PANEL_MEMBER)
    return User.objects.filter(pk__in=members.values("user"), is_active=True)


def may_vote_on(
    referral: Referral,
    *,
    by: Principal,
    today: date,
    vote: Vote | None = None,
    reasons: str = "",
    voter_id: int | None = None,
) -> Decision:
    """Whether the principal may vote on it; without a vote, whether any may be given, for the button.

    With ``voter_id``: whether the unit may write down the vote of that member, said by phone or e-mail (R108).
    """
    for_another = voter_id is not None and voter_id != by.user_id
    voter = voter_id if voter_id is not None else by.user_id or 0
    allowed = can(by, Perm.REFERRAL_HANDLE if for_another else Perm.REFERRAL_VOTE, referral)
    if not allowed:
        return allowed
    if ReferralState(referral.state) is not ReferralState.UNDER_PANEL:
        return Decision.no(Reason("The panel votes while it has the referral.", "R46"))
    seat = seat_of(referral, voter, today)
    if seat is None or voter not in voters_of(referral, today):
        # One sentence for all causes: who is kept out of the case is not told from who has left the panel.
        return Decision.no(Reason("This person has no seat in the panel today.", "R46"))
    given = votes_of(referral)
    decision = allowed & may_vote(
        voter,
        parts_of(referral, today),
        [row.voter_id for row in given],
        seat_has_voted=any(row.seat_number == seat.number for row in given),
    )
    if vote is None:
        return decision
    if len(reasons.split()) < FEWEST_WORDS:
        decision &= Decision.no(Reason(f"Give your reasons, {IN_WORDS}", "R46"))
    if vote.level is not None:
        fits = fits_to_accept(referral, vote.level, today)
        if not fits and referral.author_id is None:
            text = "The unit types what the document says of it, or corrects the record: then this vote can be given."
            fits &= Decision.no(Reason(text, "R44"))
        decision &= fits
    return decision


@service(event="panel_voted", asks=may_vote_on)
def cast_vote(
    *, by: Principal, today: date, referral_id: int, vote: Vote, reasons: str, voter_id: int | None = None
) -> PanelVote:
    """Vote, or write down the vote of a member. The one that makes the quorum to accept accepts the referral at once
    (R46). Raises ``Refused``.
    """
    referral = locked_referral(referral_id)
    may_vote_on(referral, by=by, today=today, vote=vote, reasons=reasons, voter_id=voter_id).or_refuse()
    voter = voter_id if voter_id is not None else by.user_id or 0
    seat = seat_of(referral, voter, today)
    assert seat is not None, "the twin has asked"  # noqa: S101
    stored = PanelVote.objects.create(
        referral=referral, round=round_of(referral), seat=seat, seat_number=seat.number, voter_id=voter, vote=vote,
        reasons=reasons.strip(), recorded_for_them=voter != by.user_id,
    )  # fmt: skip
    result = standing_of(referral, today)
    if result.standing is PanelStanding.ACCEPTED and result.level is not None:
        accept_referral(
            by=Principal.system("referral_panel", on=by.on, request_id=by.request_id),
            today=today, referral_id=referral.pk, level=result.level, note="",
        )  # fmt: skip
    else:
        note_standing(referral, by=by, today=today)
    record_event(stored, root=referral.nominal_id, vote=vote, standing=result.standing)
    return stored


def may_accept_referral(
    referral: Referral, *, by: Principal, today: date, level: Level | None = None, note: str = ""
) -> Decision:
    """Whether the referral is accepted: by the votes, or, when no majority can be reached, by who decides then."""
    decision = can(by, Perm.REFERRAL_DECIDE, referral) & may_move_referral(
        ReferralState(referral.state), ReferralVerb.ACCEPT
    )
    if not decision:
        return decision
    standing = standing_of(referral, today)
    escalated = standing.standing is PanelStanding.ESCALATED
    if not escalated and standing.standing is not PanelStanding.ACCEPTED:
        return Decision.no(*standing.reasons)
    if level is None:
        return decision
    if escalated and len(note.split()) < FEWEST_WORDS:
        decision &= Decision.no(Reason(f"Say who decided after the panel could not, and why, {IN_WORDS}", "R46"))
    if not escalated and level is not standing.level:
        decision &= Decision.no(Reason("Accept at the level that the votes came to.", "R46"), *standing.reasons)
    return decision & fits_to_accept(referral, level, today)


@service(event="referral_accepted", asks=may_accept_referral)
def accept_referral(*, by: Principal, today: date, referral_id: int, level: Level, note: str = "") -> Referral:
    """Accept at a level: Category 3 opens its ground with both findings, the level begins as the area has set, the
    first meeting becomes due (R17, R32, R49). Raises ``Refused``.
    """
    referral = locked_referral(referral_id)
    may_accept_referral(referral, by=by, today=today, level=level, note=note).or_refuse()
    nominal = locked(referral.nominal_id or 0)
    referral.level_given, referral.decided_on = level, today
    change_of_state = moved(referral, ReferralVerb.ACCEPT, by, today, note, "level_given", "decided_on")
    system = by if by.role is Role.SYSTEM else Principal.system("referral_panel", on=by.on, request_id=by.request_id)
    change = _level_change(referral, level, today)
    if _opens_ground(referral, nominal, today):
        ground, change_with_it = _category_3(referral, nominal, change, today)
        record_ground(by=system, today=today, nominal_id=nominal.pk, ground=ground, level=change_with_it)
    elif _level_begins_now(referral, today) and level_on(facts_of(nominal).levels, today).value is not level:
        set_level(
            by=system, today=today, nominal_id=nominal.pk, level=level, starts_on=today,
            decided_by=change.body, criteria=change.criteria, decision=change.decision,
        )  # fmt: skip
    bring_in_line([nominal.pk], today=today)
    follow_readers(referral.nominal_id, by=by, today=today)
    tell_author(referral, change_of_state, by=by, today=today)
    record_event(referral, root=nominal.pk, level=level)
    return referral


def may_decline_referral(
    referral: Referral,
    *,
    by: Principal,
    today: date,
    reason: DeclineReason | None = None,
    text: str | None = None,
    route: str = "",
) -> Decision:
    """Whether the decline may be recorded: by the votes, or after escalation; without a text, for the button."""
    decision = can(by, Perm.REFERRAL_DECIDE, referral) & may_move_referral(
        ReferralState(referral.state), ReferralVerb.DECLINE
    )
    if not decision:
        return decision
    standing = standing_of(referral, today)
    if standing.standing not in (PanelStanding.DECLINED, PanelStanding.ESCALATED):
        return Decision.no(*standing.reasons)
    return decision if text is None else decision & may_decline(reason, text, route)


@service(event="referral_declined", asks=may_decline_referral)
def decline_referral(
    *, by: Principal, today: date, referral_id: int, reason: DeclineReason, text: str, route: str
) -> Referral:
    """Record the decline with its code, reasons and the way to escalate; the referrer is then told (R48).

    Raises ``Refused``.
    """
    referral = locked_referral(referral_id)
    may_decline_referral(referral, by=by, today=today, reason=reason, text=text, route=route).or_refuse()
    referral.decline_reason, referral.decline_text, referral.route = reason, text.strip(), route.strip()
    referral.decided_on = today
    change = moved(
        referral, ReferralVerb.DECLINE, by, today, "", "decline_reason", "decline_text", "route", "decided_on"
    )
    follow_readers(referral.nominal_id, by=by, today=today)
    tell_author(referral, change, by=by, today=today)
    record_event(referral, root=referral.nominal_id, reason=reason)
    return referral


def may_note_told(referral: Referral, *, by: Principal, today: date, told_on: date | None = None) -> Decision:
    """Whether the day on which the referrer was told may be recorded."""
    decision = can(by, Perm.REFERRAL_HANDLE, referral)
    if not decision:
        return decision
    if ReferralState(referral.state) is not ReferralState.DECLINED:
        return Decision.no(Reason("The day is recorded for a declined referral.", "R48"))
    if told_on is not None and referral.decided_on is not None and not referral.decided_on <= told_on <= today:
        return Decision.no(Reason("Enter a day from the decision to today.", "R48"))
    return decision


@service(event="referrer_told", asks=may_note_told)
def note_told(*, by: Principal, today: date, referral_id: int, told_on: date) -> Referral:
    """Record the day on which the referrer was told of the decline (R48). Raises ``Refused``."""
    referral = locked_referral(referral_id)
    may_note_told(referral, by=by, today=today, told_on=told_on).or_refuse()
    referral.told_on = told_on
    referral.save(update_fields=["told_on"])
    record_event(referral, root=referral.nominal_id, told_on=told_on)
    return referral


def fits_to_accept(referral: Referral, level: Level, today: date) -> Decision:
    """Whether an acceptance at this level could stand: a record, a ground or both findings, what the level needs.

    The criteria are asked (R33, R34) also where the level stands already, or begins with the first meeting.
    """
    nominal = referral.nominal
    if nominal is None:
        return Decision.no(Reason("Link the referral to a record of the register before it is accepted.", "R44"))
    system = Principal.system("referral_panel", on=today)
    change = _level_change(referral, level, today)
    met = meets_criteria(level, change.criteria)
    if _opens_ground(referral, nominal, today):
        possible = category_3_may_start_on(facts_of(nominal).grounds, today)
        if possible.value is None:
            return Decision.no(*possible.reasons)
        ground, change_with_it = _category_3(referral, nominal, change, today)
        decision = may_record_ground(nominal, by=system, today=today, ground=ground, level=change_with_it)
        return decision & met if change_with_it is None else decision
    if not open_grounds(facts_of(nominal).grounds, today):
        return Decision.no(Reason("The person has no open ground: record it before the referral is accepted.", "R10"))
    if level_on(facts_of(nominal).levels, today).value is level or not _level_begins_now(referral, today):
        return met
    return may_set_level(nominal, by=system, today=today, change=change)


def _opens_ground(referral: Referral, nominal: Nominal, today: date) -> bool:
    """Whether acceptance makes a Category 3 ground: of a person who has none that is open or decided beforehand."""
    if referral.category != Category.THREE:
        return False
    own = [ground for ground in facts_of(nominal).grounds if ground.kind is GroundKind.OTHER_DANGEROUS]
    return not any(not ground.voided and ground.period.last_day >= today for ground in own)


def _category_3(
    referral: Referral, nominal: Nominal, change: LevelChange, today: date
) -> tuple[GroundRecord, LevelChange | None]:
    """The ground, from the day after the last ground of another category ends (R18), and the level that comes with it.

    None where the person is at that level by then: it goes on. Where the area lets a level begin with acceptance, it
    begins today under the ground that stands.
    """
    facts = facts_of(nominal)
    starts_on = category_3_may_start_on(facts.grounds, today).value or today
    record = GroundRecord(
        kind=GroundKind.OTHER_DANGEROUS, starts_on=starts_on, offence_text=referral.offence,
        outcome=OffenceOutcome(referral.outcome) if referral.outcome else None, outcome_on=referral.outcome_on,
        finding_capacity=referral.finding_capacity, finding_current=referral.finding_current,
    )  # fmt: skip
    if starts_on > today and level_on(facts.levels, today).value is change.level:
        return record, None
    begins_on = today if _level_begins_now(referral, today) else starts_on
    return record, replace(change, starts_on=begins_on)


def _level_change(referral: Referral, level: Level, today: date) -> LevelChange:
    criteria = LevelCriteria(
        meetings_add_value=bool(referral.value_reasons.strip()),
        value_reasons=referral.value_reasons,
        high_or_very_high_risk=bool(referral.risk_level) and RiskLevel(referral.risk_level).is_high,
        coordination_need=referral.coordination_need,
        senior_need=referral.senior_need,
        lower_level_answer=referral.lower_level,
    )
    return LevelChange(level, today, DecidingBody.REFERRAL_PANEL, criteria, decision=f"referral:{referral.pk}")


def _level_begins_now(referral: Referral, today: date) -> bool:
    """The area's choice: the level begins with acceptance, or with the first meeting (R32)."""
    return parameters_for(referral.area_id).choice("level_starts_on", today) == "acceptance"
