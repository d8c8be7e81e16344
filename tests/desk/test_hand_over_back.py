"""Calling a hand-over off before its day: all it wrote ahead goes back, but for what somebody has changed since."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.journal import RISES, as_text
from agencies.models import Membership, PlannedHandOver
from agencies.models.journal import HandOverLine
from agencies.roles import Role
from agencies.services.contacts import put_in_place
from agencies.services.hand_over_day import call_off_hand_over, carry_out_hand_over, change_successor
from agencies.services.handover import hand_over
from audit.presenters import history_of
from cases.models import NamedOfficerSpan, Nominal, PanelSeat, PersonalGrant
from cases.records import ExclusionRecord, NamedOfficerRecord, PersonalGrantRecord
from cases.services.obligations import bring_in_line
from cases.services.participation import name_officer
from letters.models import Message
from letters.states import State
from meetings.models import Booking, Invitation, Sitting
from meetings.services.inviting import follow_invitations
from rules.vocabulary import BookingPart, ContactPart, InvitationAnswer, ParticipationSource
from tests.cases.test_referrals import Unit, principal, unit
from tests.desk.test_hand_over_day import DAY, THEN, does, give, member, send
from tests.factories import cases as make
from tests.factories import meetings as plan
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory
from tests.factories.cases import LONG_AGO, TODAY, system
from tests.factories.visits import text_of, visitor

__all__ = ["unit"]

# Accounts, evidence and letters: they say that it was said and called off.
_ACCOUNTS = {
    "agencies_plannedhandover", "agencies_handoverline", "letters_message", "meetings_calendarentry",
    "meetings_calendarissue", "django_content_type", "auth_permission",
}  # fmt: skip


def world() -> dict[str, Counter[tuple[tuple[str, Any], ...]]]:
    """Every row that is no account, but for versions, and for keys of rows that others are worked out from."""
    found: dict[str, Counter[tuple[tuple[str, Any], ...]]] = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if not model._meta.managed or model._meta.proxy or table.startswith("audit_") or table in _ACCOUNTS:
            continue
        drop = {RISES}
        if model is PersonalGrant:
            drop.add("id")
        found[table] = Counter(
            tuple(sorted((name, str(value)) for name, value in as_text(row).items() if name not in drop))
            for row in model._base_manager.all()
            if not _began_and_ended(row)
        )
    return found


def _began_and_ended(row: Any) -> bool:
    """A colleague read of a meeting until it was called off: that stays true."""
    meeting = isinstance(row, PersonalGrant) and row.source == ParticipationSource.MEETING
    return meeting and row.starts_on == row.ends_on == TODAY


def planned(leaver: Membership) -> PlannedHandOver:
    return PlannedHandOver.objects.get(leaver=leaver.user, cancelled_on=None)


def off(leaver: Membership) -> PlannedHandOver:
    return call_off_hand_over(by=system(), today=TODAY, planned_id=planned(leaver).pk)


def everything(unit: Unit, leaver: Membership, colleague: Membership, deputy: Membership) -> None:
    """A bit of all that a hand-over writes ahead, in every role."""
    own = (NamedOfficerRecord(leaver.user_id, unit.agency.pk, LONG_AGO),)
    unit.man(named_officers=own, personal_grants=(PersonalGrantRecord(leaver.user_id, LONG_AGO),))
    # The colleague has it already from a later day, and the leaver in between.
    unit.man(
        named_officers=(
            NamedOfficerRecord(leaver.user_id, unit.agency.pk, LONG_AGO, THEN + 9 * DAY),
            NamedOfficerRecord(colleague.user_id, unit.agency.pk, THEN + 10 * DAY, THEN + 12 * DAY),
            NamedOfficerRecord(leaver.user_id, unit.agency.pk, THEN + 13 * DAY),
        ),
        personal_grants=(
            PersonalGrantRecord(leaver.user_id, LONG_AGO),
            PersonalGrantRecord(colleague.user_id, THEN + 3 * DAY, THEN + 5 * DAY),
        ),
    )
    unit.man(named_officers=own, exclusions=(ExclusionRecord("A neighbour", LONG_AGO, user_id=colleague.user_id),))
    replace(unit, author=principal(leaver)).draft(unit.man(named_officers=own))
    does(leaver, unit.man(), "Visit")
    for place, (to, answer) in enumerate(((leaver, InvitationAnswer.ATTENDING), (colleague, InvitationAnswer.NONE))):
        held = plan.sitting(unit.area, starts_at=plan.at(9 + place, on=plan.SOON))
        slot = plan.slot(unit.man(), held)
        said = {"attends": to.user, "answer": answer, "answered_on": TODAY} if place == 0 else {}
        plan.invitation(slot, unit.agency, **said)
        if place == 0:
            Booking.objects.create(
                slot=slot, part=BookingPart.REPRESENTATIVE, user=to.user, agency=unit.agency,
                starts_at=slot.starts_at, ends_at=slot.ends_at,
            )  # fmt: skip
        follow_invitations(slot.nominal, today=TODAY)
    # Read on for a meeting that was held: worked out from its slot.
    held = plan.slot(unit.man(), plan.sitting(unit.area, starts_at=plan.at(9, on=TODAY - 2 * DAY)))
    plan.invitation(held, unit.agency, attends=leaver.user, answer=InvitationAnswer.ATTENDING, answered_on=TODAY)
    follow_invitations(held.nominal, today=TODAY)
    bring_in_line(Nominal.objects.values_list("pk", flat=True), today=TODAY)


def test_all_that_one_person_does_comes_back(unit: Unit) -> None:
    leaver, colleague, deputy = member(unit), member(unit), member(unit)
    everything(unit, leaver, colleague, deputy)
    before = world()
    give(leaver, colleague)
    assert world() != before
    row = off(leaver)
    assert world() == before
    assert (row.brought_back, HandOverLine.objects.count()) == (True, 0)


def test_contact_seat_and_chair_come_back(unit: Unit) -> None:
    spoc, seated, chair = (
        [member(unit, role) for _ in range(2)] for role in (Role.SPOC, Role.PANEL_MEMBER, Role.COORDINATOR)
    )
    put_in_place(unit.agency.pk, spoc[0].user_id, ContactPart.SPOC, LONG_AGO)
    put_in_place(unit.agency.pk, spoc[1].user_id, ContactPart.DEPUTY, LONG_AGO)
    PanelSeat.objects.create(area=unit.area, number=90, member=seated[0].user, starts_on=LONG_AGO)
    PanelSeat.objects.create(area=unit.area, number=91, member=seated[1].user, starts_on=THEN + 5 * DAY)
    for each in chair:
        plan.may_chair(unit.area, each.user)
    held = plan.sitting(unit.area, plan.panel(unit.area), chair=chair[0].user)
    slot = plan.slot(unit.man(), held)
    Booking.objects.create(
        slot=slot, part=BookingPart.CHAIR, user=chair[0].user, starts_at=slot.starts_at, ends_at=slot.ends_at
    )
    follow_invitations(slot.nominal, today=TODAY)
    bring_in_line(Nominal.objects.values_list("pk", flat=True), today=TODAY)
    before = world()
    for posts in (spoc, seated, chair):
        give(*posts)
    assert Sitting.objects.get(pk=held.pk).chair == chair[1].user
    for posts in (chair, seated, spoc):
        off(posts[0])
    assert world() == before


def test_what_somebody_changed_since_stays_and_is_named(unit: Unit) -> None:
    """Each kind with its page; the rest goes back, and the leaver's role with it."""
    leaver, colleague, third = Membership.objects.get(pk=unit.author.membership_id), member(unit), member(unit)
    own = (NamedOfficerRecord(leaver.user_id, unit.agency.pk, LONG_AGO),)
    changed, kept_out, same = (
        unit.man(family_name=name, named_officers=own) for name in ("Barytes", "Galena", "Umber")
    )
    slots = [
        plan.slot(unit.man(family_name=name), plan.sitting(unit.area, starts_at=plan.at(hour)))
        for name, hour in (("Ochre", 9), ("Fluorite", 11))
    ]
    for slot in slots:
        plan.invitation(slot, unit.agency, attends=leaver.user, answer=InvitationAnswer.ATTENDING, answered_on=TODAY)
    give(leaver, colleague)
    name_officer(
        by=system(), today=TODAY, nominal_id=changed.pk, officer_id=third.user_id, agency_id=unit.agency.pk,
        starts_on=THEN + DAY,
    )  # fmt: skip
    kept_out.exclusions.create(user=leaver.user, reason="A relation", starts_on=TODAY)
    # What is worked out again in between does not count as a change of the case.
    heard = plan.slot(same, plan.sitting(unit.area, starts_at=plan.at(14)))
    plan.invitation(heard, unit.agency, attends=third.user, answer=InvitationAnswer.ATTENDING, answered_on=TODAY)
    follow_invitations(same, today=TODAY)
    Invitation.objects.filter(slot=slots[0]).update(answer=InvitationAnswer.APOLOGIES, attends=None)
    row = off(leaver)
    assert list(same.named_officers.values_list("officer", "ends_on")) == [(leaver.user_id, None)]
    assert set(changed.named_officers.values_list("officer", "starts_on", "ends_on")) == {
        (leaver.user_id, LONG_AGO, THEN - DAY), (colleague.user_id, THEN, THEN), (third.user_id, THEN + DAY, None),
    }  # fmt: skip
    assert NamedOfficerSpan.objects.filter(nominal=kept_out, officer=colleague.user).exists()
    assert Invitation.objects.get(slot=slots[1]).attends == leaver.user
    leaver.refresh_from_db()
    assert leaver.ends_on is None
    helen, kit = visitor(unit.area)[0], visitor(unit.area, Role.SYSTEM_ADMINISTRATOR)[0]
    page = reverse("planned-hand-over", args=[row.pk])
    read = helen.get(page).content.decode().partition('id="dated"')[2]
    assert [name in read for name in ("Barytes", "Galena", "Ochre", "Umber", "Fluorite")] == [True] * 3 + [False] * 2
    for url in [reverse("nominal", args=[changed.pk]), reverse("slot", args=[slots[0].pk])]:
        assert f'href="{url}"' in read
    counted = text_of(kit.get(page))
    assert "What stayed as it is" in counted
    assert "People whose named officer they were 2 that you may not open" in counted
    assert "Barytes" not in counted


def test_the_role_that_was_given_again_stays_as_it_is(unit: Unit) -> None:
    """The work goes back all the same: the leaver has the role."""
    leaver, colleague = Membership.objects.get(pk=unit.author.membership_id), member(unit)
    man = unit.man(named_officers=(NamedOfficerRecord(leaver.user_id, unit.agency.pk, LONG_AGO),))
    give(leaver, colleague)
    member(unit, user=leaver.user, starts_on=THEN)
    row = off(leaver)
    assert list(man.named_officers.values_list("officer", flat=True)) == [leaver.user_id]
    leaver.refresh_from_db()
    assert leaver.ends_on == THEN - DAY
    helen, _ = visitor(unit.area)
    assert "The leaver’s role" in text_of(helen.get(reverse("planned-hand-over", args=[row.pk])))


def test_said_anew_or_given_to_another_it_goes_back_as_a_whole(unit: Unit) -> None:
    leaver, colleague, other = (member(unit) for _ in range(3))
    own = (NamedOfficerRecord(leaver.user_id, unit.agency.pk, LONG_AGO),)
    unit.man(named_officers=own)
    bring_in_line(Nominal.objects.values_list("pk", flat=True), today=TODAY)
    before = world()
    give(leaver, colleague)
    give(leaver, other, on=THEN - 2 * DAY)
    change_successor(by=system(), today=TODAY, planned_id=planned(leaver).pk, to_user_id=colleague.user_id)
    assert world() != before
    off(leaver)
    assert world() == before


def test_another_colleague_gets_what_was_dated_ahead_for_the_first(unit: Unit) -> None:
    """Nothing goes to the first, who may be gone, but what has been changed since: that is kept with their hand-over
    and named; the first is not told, or told that it does not come.
    """
    leaver, first, other, third = Membership.objects.get(pk=unit.author.membership_id), *(member(unit) for _ in "123")
    own = (NamedOfficerRecord(leaver.user_id, unit.agency.pk, LONG_AGO),)
    kept, changed = (unit.man(family_name=name, named_officers=own) for name in ("Umber", "Barytes"))
    give(leaver, first)
    name_officer(
        by=system(), today=TODAY, nominal_id=changed.pk, officer_id=third.user_id, agency_id=unit.agency.pk,
        starts_on=THEN + DAY,
    )  # fmt: skip
    row = planned(leaver)
    admin, _ = visitor(unit.area, Role.SYSTEM_ADMINISTRATOR)
    changed_to = send(admin, reverse("hand-over-change", args=[row.pk]), to=other.user_id)
    with_first = PlannedHandOver.objects.get(leaver=leaver.user, to=first.user)
    assert changed_to.url == reverse("planned-hand-over", args=[with_first.pk])
    assert planned(leaver) == row
    assert set(kept.named_officers.values_list("officer", "starts_on", "ends_on")) == {
        (leaver.user_id, LONG_AGO, THEN - DAY), (other.user_id, THEN, None),
    }  # fmt: skip
    assert changed.named_officers.filter(officer=first.user, starts_on=THEN, ends_on=THEN).exists()
    leaver.refresh_from_db()
    assert leaver.ends_on == THEN - DAY
    helen, _ = visitor(unit.area)
    read = helen.get(changed_to.url).content.decode().partition('id="dated"')[2]
    assert ("Barytes" in read, "Umber" in read) == (True, False)
    letters = Message.objects.filter(kind="work_handed_over").values_list("recipient", "state")
    assert set(letters) == {(first.user_id, State.WITHDRAWN), (other.user_id, State.WAITING)}
    change_successor(by=system(), today=TODAY, planned_id=row.pk, to_user_id=first.user_id)
    assert kept.named_officers.get(starts_on=THEN).officer == first.user
    assert Message.objects.filter(recipient=first.user, kind="work_handed_over", state=State.WAITING).count() == 1
    give(leaver, other, on=THEN - DAY)
    assert set(kept.named_officers.values_list("officer", "starts_on", "ends_on")) == {
        (leaver.user_id, LONG_AGO, THEN - 2 * DAY), (other.user_id, THEN - DAY, None),
    }  # fmt: skip


def test_on_the_day_it_came_or_was_done_nothing_goes_back(unit: Unit) -> None:
    """Once its day has come what was dated ahead holds; carried out, the journal is gone."""
    first, second, colleague = (member(unit) for _ in range(3))
    men = [
        unit.man(named_officers=(NamedOfficerRecord(each.user_id, unit.agency.pk, LONG_AGO),))
        for each in (first, second)
    ]
    for each in (first, second):
        give(each, colleague)
    carry_out_hand_over(by=system(), today=THEN, planned_id=planned(first).pk)
    assert not HandOverLine.objects.filter(hand_over__leaver=first.user).exists()
    row = call_off_hand_over(by=system(), today=THEN, planned_id=planned(second).pk)
    assert (row.brought_back, HandOverLine.objects.exists()) == (False, False)
    assert NamedOfficerSpan.objects.filter(nominal=men[1], officer=colleague.user).exists()


def test_whoever_was_told_is_told_that_it_is_called_off(unit: Unit) -> None:
    """A letter that waits for the day does not go out; said again, it is told again."""
    leaver, colleague = member(unit), member(unit)
    give(leaver, colleague)
    off(leaver)
    assert list(Message.objects.values_list("kind", "state")) == [("work_handed_over", State.WITHDRAWN)]
    give(leaver, colleague)
    assert Message.objects.filter(kind="work_handed_over", state=State.WAITING).count() == 1
    Message.objects.filter(state=State.WAITING).update(state=State.SENT, settled_at="2026-01-05T00:00Z")
    off(leaver)
    told = Message.objects.get(kind="work_stays")
    assert (told.recipient, told.state, told.subject_id) == (colleague.user, State.WAITING, leaver.pk)


def changes_of(man: Nominal) -> int:
    return sum(len(entry.changes) for entry in history_of(system(), man.pk))


def test_both_stand_in_the_history_of_the_person(unit: Unit) -> None:
    leaver, colleague = member(unit), member(unit)
    man = unit.man(named_officers=(NamedOfficerRecord(leaver.user_id, unit.agency.pk, LONG_AGO),))
    length = changes_of(man)
    give(leaver, colleague)
    said = changes_of(man)
    off(leaver)
    assert length < said < changes_of(man)
    reader, _ = visitor(unit.area, Role.INFORMATION_GOVERNANCE)
    log = text_of(reader.get(reverse("change-log")))
    assert "Hand over called off" in log


starts = st.integers(-8, 16).map(lambda shift: TODAY + shift * DAY)
spans = st.builds(
    lambda start, length: (start, None if length is None else start + length * DAY),
    starts,
    st.none() | st.integers(0, 20),
)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), spans, st.lists(st.tuples(st.booleans(), spans), max_size=2), st.booleans()),
        min_size=1, max_size=4,
    ),
    st.integers(1, 12),
)  # fmt: skip
@pytest.mark.django_db
def test_planned_and_called_off_every_row_is_as_before(
    drawn: list[tuple[int, tuple[date, date | None], list[Any], bool]], ahead: int
) -> None:
    """Whatever spans the leaver, the colleague and a bystander have, also where they meet or share days."""
    with transaction.atomic():
        agency = AgencyFactory.create(area=AreaFactory.create())
        officers = [MembershipFactory.create(area=agency.area, agency=agency) for _ in range(3)]
        leaver, colleague, _ = officers
        for number, span, opened, kept_out in drawn:
            grants: dict[int, PersonalGrantRecord] = {}
            for theirs, days in opened:
                grants[int(theirs)] = PersonalGrantRecord(officers[int(theirs)].user_id, *days)
            make.nominal(
                agency.area,
                named_officers=(NamedOfficerRecord(officers[number].user_id, agency.pk, *span),),
                personal_grants=tuple(grants.values()),
                exclusions=(ExclusionRecord("A relation", LONG_AGO, user_id=colleague.user_id),) if kept_out else (),
            )
        bring_in_line(Nominal.objects.values_list("pk", flat=True), today=TODAY)
        before = world()
        hand_over(
            by=system(), today=TODAY, membership_id=leaver.pk, to_user_id=colleague.user_id, on=TODAY + ahead * DAY
        )
        off(leaver)
        assert world() == before
        assert not HandOverLine.objects.exists()
        transaction.set_rollback(True)
