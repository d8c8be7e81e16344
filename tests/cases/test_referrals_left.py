"""Referrals of people who leave: handed over, fallen to the agency's contact, gone over with the agency (R44, R47)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from structlog.testing import capture_logs

from agencies.handover import HandOver, preview
from agencies.models import Contact, Membership, User
from agencies.principal import Principal
from agencies.roles import Role
from agencies.services.handover import hand_over
from agencies.services.succession import plan_succession
from agencies.succession import open_work
from cases.models import Nominal, PanelSeat, PersonalGrant, Referral, ReferralChange
from cases.panel_standing import seat_of, standing_of
from cases.records import ExclusionRecord
from cases.referral_mail import PASSED_ON, still_to_vote
from cases.referral_waiting import Waiting, waiting_counts, waiting_for
from cases.referrals import asked_for, left_seats, parts_of, stamps_of
from cases.services.panel import cast_vote, end_seat, may_vote_on, name_seat
from cases.services.referral_upkeep import watch_referrals
from cases.services.referrals import ask_endorsement, return_referral, send_back, write_referral
from cases.tasks import reconcile_obligations_task
from letters.models import Message
from mappa import clock
from rules.core import Refused
from rules.vocabulary import FirstNotificationState, PanelStanding, ReferralState, ReferralVerb, Vote
from tests.factories import referrals as factories
from tests.factories.agencies import AgencyFactory, MembershipFactory
from tests.factories.cases import LONG_AGO, TODAY, system
from tests.factories.referrals import first_notification

from .test_referrals import Unit, principal, unit

__all__ = ["unit"]

DAY = timedelta(days=1)
THEN = TODAY + 5 * DAY
WATCH = Principal.system("watch_referrals", on=TODAY)


def member(unit: Unit, role: Role = Role.PRACTITIONER, **more: object) -> Membership:
    return MembershipFactory.create(area=unit.area, agency=unit.agency, role=role, **more)


def give(leaver: Principal, colleague: Membership, on: date = THEN) -> None:
    hand_over(by=system(), today=TODAY, membership_id=leaver.membership_id or 0, to_user_id=colleague.user_id, on=on)


def to_me(by: Principal) -> set[Referral]:
    return set(waiting_for(Referral.objects.all(), Waiting.TO_ME, by=by, on=TODAY))


def test_open_ones_land_with_the_colleague(unit: Unit) -> None:
    """Returned, sent back, still with the unit; who referred once is barred from voting for good."""
    colleague = member(unit)
    back, sent_back, drafted, with_unit = unit.submitted(unit.man()), unit.draft(), unit.draft(), unit.submitted()
    return_referral(by=unit.coordinator, today=TODAY, referral_id=back.pk, note="Who is at risk?")
    asked = {"today": TODAY, "referral_id": sent_back.pk}
    ask_endorsement(by=unit.author, endorser_id=unit.manager.user_id or 0, **asked)
    send_back(by=unit.manager, note="Say more", **asked)
    hidden = unit.submitted(unit.man(exclusions=(ExclusionRecord("A neighbour", LONG_AGO, user_id=colleague.user_id),)))
    leaver = Membership.objects.get(pk=unit.author.membership_id)
    assert ("referrals they wrote that are open", 5) in [
        (line.label, line.count) for line in preview(HandOver(leaver, THEN))
    ]
    give(unit.author, colleague)
    assert to_me(unit.author) == {back, sent_back}, "the leaver goes on until the day"
    assert watch_referrals(by=replace(WATCH, on=THEN - DAY), today=THEN - DAY) == 0
    assert watch_referrals(by=replace(WATCH, on=THEN), today=THEN) == 4
    assert to_me(principal(colleague)) == {back, sent_back}
    assert Message.objects.filter(kind=PASSED_ON, recipient=colleague.user).count() == 4
    assert set(Referral.objects.filter(author=colleague.user)) == {back, sent_back, drafted, with_unit}
    assert Referral.objects.get(pk=hidden.pk).author_id == unit.author.user_id, "they are kept out of it"
    back.refresh_from_db()
    write_referral(
        by=replace(principal(colleague), on=THEN), today=THEN, referral_id=back.pk, section="plan",
        values={"plan": "Weekly visits"}, version=back.version,
    )  # fmt: skip
    assert parts_of(back, TODAY).referrers == {unit.author.user_id, colleague.user_id}
    Referral.objects.filter(pk=back.pk).update(state=ReferralState.UNDER_PANEL)
    factories.seat(unit.area, member_id=unit.author.user_id)
    voting = replace(principal(member(unit, Role.PANEL_MEMBER, user_id=unit.author.user_id)), on=TODAY)
    assert Waiting.MY_VOTE in waiting_counts(by=voting, on=TODAY)
    assert waiting_counts(by=voting, on=TODAY)[Waiting.MY_VOTE] == 0


def test_a_manager_and_a_panel_member_hand_over_what_waits_for_them(unit: Unit) -> None:
    """To a colleague who is marked, with the record; else it goes back to its author when the manager has gone."""
    man, other = unit.man(), unit.man()
    marked, plain = member(unit, manages=True), member(unit)
    waits, later = unit.draft(man), unit.draft(other)
    for each in (waits, later):
        ask_endorsement(by=unit.author, today=TODAY, referral_id=each.pk, endorser_id=unit.manager.user_id or 0)
    Membership.objects.filter(pk__in=[unit.manager.membership_id, marked.pk]).update(starts_on=LONG_AGO)
    give(unit.manager, marked, TODAY)
    assert set(Referral.objects.filter(endorser=marked.user)) == {waits, later}
    reading = PersonalGrant.objects.filter(source="referral").exclude(ends_on__lte=TODAY)
    assert set(reading.values_list("user", "content_object")) == {(marked.user_id, man.pk), (marked.user_id, other.pk)}
    give(principal(marked), plain)
    assert not Referral.objects.filter(endorser=plain.user).exists()
    assert watch_referrals(by=replace(WATCH, on=THEN), today=THEN) == 2
    assert {row.state for row in (waits, later) if row.refresh_from_db() is None} == {ReferralState.DRAFT}

    panel = replace(unit, manager=principal(marked)).with_panel(man)
    seated = Membership.objects.get(pk=unit.panel[0].membership_id)
    successor = MembershipFactory.create(area=unit.area, agency=seated.agency, role=Role.PANEL_MEMBER)
    give(unit.panel[0], successor)
    seats = PanelSeat.objects.filter(area=unit.area, member__in=[seated.user_id, successor.user_id])
    substitute = unit.substitute.user_id if unit.substitute else None
    assert list(seats.values_list("member", "substitute", "starts_on", "ends_on")) == [
        (seated.user_id, substitute, TODAY, THEN - DAY), (successor.user_id, substitute, THEN, None),
    ]  # fmt: skip
    grants = PersonalGrant.objects.filter(
        content_object=man, reason=f"referral {panel.pk}", user__in=seats.values("member")
    )
    assert set(grants.values_list("user", "starts_on", "ends_on")) == {
        (seated.user_id, TODAY, THEN - DAY), (successor.user_id, THEN, None),
    }  # fmt: skip


@pytest.mark.parametrize("who_votes", ["the member", "the substitute"])
@pytest.mark.parametrize("way", ["handed over", "handed over at once", "substitute handed over", "named anew"])
def test_a_seat_that_has_voted_votes_no_second_time(unit: Unit, who_votes: str, way: str) -> None:
    """Whoever has it next is refused, is not waited for, and has nothing on their list, in this round (R46, R47)."""
    stored = unit.with_panel(unit.man())
    leaver, substitute = unit.panel[0], unit.substitute
    assert substitute is not None
    voter = leaver if who_votes == "the member" else substitute
    cast_vote(by=voter, today=TODAY, referral_id=stored.pk, vote=Vote.LEVEL_2, reasons="Agencies must meet")
    leaver = substitute if way == "substitute handed over" else leaver
    on = TODAY if way == "handed over at once" else THEN
    seated = Membership.objects.get(pk=leaver.membership_id)
    next_one = MembershipFactory.create(area=unit.area, agency=seated.agency, role=Role.PANEL_MEMBER)
    if way == "named anew":
        held = PanelSeat.objects.get(member=leaver.user_id)
        end_seat(by=unit.coordinator, today=TODAY, seat_id=held.pk, ends_on=THEN - DAY)
        assert [row.member_id for row in left_seats(unit.area.pk, TODAY)] == [leaver.user_id]
        named = {"by": unit.coordinator, "today": TODAY, "area_id": unit.area.pk, "member_id": next_one.user_id}
        with pytest.raises(Refused, match="not free"):
            name_seat(**named, starts_on=TODAY, number=held.number)
        name_seat(**named, starts_on=THEN, number=held.number)
        assert not left_seats(unit.area.pk, TODAY)
    else:
        Membership.objects.filter(pk=seated.pk).update(starts_on=LONG_AGO)
        hand_over(
            by=system(), today=TODAY, membership_id=seated.pk, to_user_id=next_one.user_id, on=on
        )  # fmt: skip
    by = replace(principal(next_one), on=THEN)
    everything = Referral.objects.all()
    assert seat_of(stored, next_one.user_id, THEN) is not None
    with pytest.raises(Refused, match="The vote of this seat has been given"):
        cast_vote(by=by, today=THEN, referral_id=stored.pk, vote=Vote.DECLINE, reasons="Nothing is gained")
    assert not waiting_for(everything, Waiting.MY_VOTE, by=by, on=THEN).exists()
    assert not still_to_vote(stored.pk, next_one.user, THEN)
    assert ("Still to vote", "2") in standing_of(stored, THEN).reasons[0].facts
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.vote(stored, Vote.DECLINE, seat=PanelSeat.objects.filter(area=unit.area).latest("pk"))
    # In a new round the seat is theirs to vote in.
    ReferralChange.objects.create(
        referral=stored, verb=ReferralVerb.TAKE_TO_PANEL, state=ReferralState.UNDER_PANEL, happened_on=THEN
    )
    assert may_vote_on(stored, by=by, today=THEN)


def test_who_comes_back_to_the_panel_has_the_seat_they_had(unit: Unit) -> None:
    """Ended and named anew, with another substitute: the vote they gave is the seat's (R47)."""
    stored = unit.vote(unit.with_panel(unit.man()), Vote.LEVEL_2)
    held = PanelSeat.objects.get(member=unit.panel[0].user_id)
    end_seat(by=unit.coordinator, today=TODAY, seat_id=held.pk, ends_on=TODAY)
    other = member(unit, Role.PANEL_MEMBER)
    again = name_seat(
        by=unit.coordinator, today=TODAY, area_id=unit.area.pk, member_id=held.member_id, starts_on=TODAY + DAY,
        substitute_id=other.user_id,
    )  # fmt: skip
    assert again.number == held.number
    refused = may_vote_on(stored, by=replace(principal(other), on=THEN), today=THEN)
    assert [reason.rule for reason in refused.reasons] == ["R47"]


def test_without_a_hand_over_they_fall_to_the_contact(unit: Unit) -> None:
    """When the author's account is closed, or their last role at the agency has ended; told, and on their list."""
    stored = unit.submitted(unit.man())
    return_referral(by=unit.coordinator, today=TODAY, referral_id=stored.pk, note="Who is at risk?")
    User.objects.filter(pk=unit.author.user_id).update(is_active=False)
    assert watch_referrals(by=WATCH, today=TODAY) == 0, "nobody is there to take it"
    contact = member(unit, Role.SPOC)
    Contact.objects.create(agency=unit.agency, user=contact.user, part="spoc", starts_on=TODAY)
    assert [watch_referrals(by=WATCH, today=TODAY) for _ in range(2)] == [1, 0]
    assert to_me(principal(contact)) == {stored}
    assert Message.objects.get(kind=PASSED_ON).recipient == contact.user


def test_open_ones_go_over_with_their_agency(unit: Unit) -> None:
    stored, closed = unit.submitted(unit.man()), unit.submitted()
    return_referral(by=unit.coordinator, today=TODAY, referral_id=stored.pk, note="Who is at risk?")
    Referral.objects.filter(pk=closed.pk).update(state=ReferralState.WITHDRAWN)
    waiting = first_notification(unit.area, agency=unit.agency)
    refused = first_notification(unit.area, agency=unit.agency, state=FirstNotificationState.REFUSED, answer="No")
    successor = AgencyFactory.create(area=unit.area, kind=unit.agency.kind, duty=unit.agency.duty)
    lines = {line.label: line.count for line in open_work([unit.agency], on=TODAY)}
    assert (lines["open referrals"], lines["first notifications that wait"]) == (1, 1)
    plan_succession(
        by=system(), today=TODAY, area_id=unit.area.pk, predecessor_ids=[unit.agency.pk], successor_id=successor.pk,
        happens_on=TODAY, reason="They have merged",
    )  # fmt: skip
    for row, agency in ((stored, successor), (closed, unit.agency), (waiting, successor), (refused, unit.agency)):
        row.refresh_from_db()
        assert row.agency == agency
    author = Membership.objects.get(user=unit.author.user_id, agency=successor)
    write_referral(
        by=principal(author), today=TODAY, referral_id=stored.pk, section="plan", values={"plan": "Weekly visits"},
        version=stored.version,
    )  # fmt: skip


def test_a_row_in_conflict_holds_up_no_other(unit: Unit) -> None:
    """A record was merged while its referral was looked at: it is logged by number, and the next is brought in line."""
    stuck, other = (unit.vote(unit.with_panel(unit.man()), Vote.LEVEL_2) for _ in range(2))
    assert stuck.pk < other.pk
    Nominal.objects.filter(pk=stuck.nominal_id).update(merged_into=unit.man().pk)
    later = TODAY + 30 * DAY
    clock.pretend(later)
    with capture_logs() as logs:
        reconcile_obligations_task()
    standings = dict(Referral.objects.filter(pk__in=[stuck.pk, other.pk]).values_list("pk", "standing"))
    assert standings == {stuck.pk: PanelStanding.OPEN, other.pk: PanelStanding.ESCALATED}
    [failed] = [line for line in logs if line["log_level"] == "error"]
    assert failed == {
        "event": "row failed", "work": "panels", "row": stuck.pk, "fault": "Conflict", "log_level": "error",
    }  # fmt: skip


def test_a_change_of_hands_is_no_change_of_state(unit: Unit) -> None:
    """What the author is asked for, and the days with the unit, are read off the changes of state alone."""
    stored = unit.draft(unit.man())
    back = ReferralChange.objects.create(
        referral=stored, verb=ReferralVerb.RETURN, state=ReferralState.RETURNED, happened_on=TODAY
    )
    give(unit.author, member(unit), TODAY)
    changes = list(stored.changes.all())
    assert [each.done for each in changes] == ["Returned as incomplete", "Passed on to another author"]
    assert asked_for(changes) == back
    assert stamps_of(changes) == ((TODAY, ReferralState.RETURNED),)
