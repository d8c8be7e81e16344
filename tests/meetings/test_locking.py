"""Sittings, slots, invitations and calendar entries changed at the same moment: whoever comes second finds it so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from time import monotonic, sleep
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import QuerySet

from agencies.models import Membership, User
from agencies.services.handover import hand_over
from cases.models import CaseParticipation, Nominal
from meetings.models import Booking, CalendarIssue, Invitation, Panel, Sitting, Slot
from meetings.records import PanelRecord, Placing
from meetings.services.invitations import AnswerRecord, answer_invitation, invite_agency
from meetings.services.panels import change_panel
from meetings.services.sittings import cancel_sitting, move_sitting, name_chair
from meetings.services.slots import cancel_slot, move_slot, place_person
from rules.core import Refused
from rules.vocabulary import CalendarMethod, InvitationAnswer, Level, MeetingKind
from tests.factories import meetings as plan
from tests.factories.agencies import MembershipFactory, UserFactory
from tests.factories.cases import TODAY

from .test_invitations import BY, World

LONGEST = 10  # seconds until the last of them waits, on a busy machine


def behind(rows: QuerySet[Any], *acts: Callable[[], object]) -> list[str]:
    """What each says as it refuses, all of them having come to the rows one after the other while these were held."""

    def run(act: Callable[[], object]) -> str:
        try:
            act()
        except Refused as refused:
            return str(refused)
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        with transaction.atomic():
            list(rows.order_by().select_for_update(of=("self",)))
            begun = []
            for number, act in enumerate(acts, start=1):
                begun.append(pool.submit(run, act))
                until_waiting(number)
        return [each.result() for each in begun]


def until_waiting(number: int) -> None:
    """So many connections to this database wait for a lock."""
    last = monotonic() + LONGEST
    while monotonic() < last:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] >= number:
                return
        sleep(0.01)
    raise AssertionError(f"{number} should wait by now")


def test_a_sitting_and_its_slots_change_one_after_the_other(own_database: object) -> None:
    world = World()
    other = plan.sitting(world.area, chair=UserFactory.create(), starts_at=plan.at(14))
    slot = world.placed(world.person())
    this = Slot.objects.filter(pk=slot.pk)
    cancel = {"sitting_id": world.sitting.pk, "version": 1, "reason": "Nobody to chair", **BY}
    to = {"slot_id": slot.pk, "sitting_id": other.pk, "starts_at": plan.at(14), "reason": "The room floods", **BY}
    assert behind(this, lambda: move_slot(**to), lambda: cancel_sitting(**cancel)) == ["", ""]
    slot.refresh_from_db()
    assert (slot.sitting_id, slot.cancelled_on) == (other.pk, None), "whoever was moved away is not cancelled"
    assert slot.bookings.count() == 1
    assert Sitting.objects.get(pk=world.sitting.pk).cancelled_on == TODAY

    moved = {"sitting_id": other.pk, "version": 1, "starts_at": plan.at(15), "reason": "The room floods", **BY}
    end = {"slot_id": slot.pk, "reason": "The person has died", **BY}
    assert behind(this, lambda: cancel_slot(**end), lambda: move_sitting(**moved)) == ["", ""]
    slot.refresh_from_db()
    assert (slot.cancelled_on, slot.starts_at) == (TODAY, plan.at(14))
    assert not Booking.objects.exists(), "a cancelled slot keeps nobody busy"
    assert Sitting.objects.get(pk=other.pk).starts_at == plan.at(15)


def test_nobody_is_invited_to_what_is_cancelled(own_database: object) -> None:
    world = World()
    first, second = (
        plan.sitting(world.area, world.panel, starts_at=plan.at(10, on=date(2026, 12, n))) for n in (9, 10)
    )
    slot, later = world.placed(world.person(), sitting=first), world.placed(world.person("Marl"), sitting=second)
    invitation = slot.invitations.get(agency=world.housing)
    answer = AnswerRecord(InvitationAnswer.ATTENDING, attends_id=world.deputy.pk)
    said = behind(
        Invitation.objects.filter(pk=invitation.pk),
        lambda: answer_invitation(
            by=world.by(world.spoc), today=TODAY, invitation_id=invitation.pk, answer=answer
        ),
        lambda: cancel_sitting(sitting_id=first.pk, version=1, reason="Nobody to chair", **BY),
    )  # fmt: skip
    assert said == ["", ""]
    said = behind(
        Slot.objects.filter(pk=later.pk),
        lambda: cancel_sitting(sitting_id=second.pk, version=1, reason="Nobody to chair", **BY),
        lambda: invite_agency(slot_id=later.pk, agency_id=world.police.pk, because="They know him well", **BY),
    )
    assert said[0] == ""
    assert "was cancelled" in said[1]
    assert not Booking.objects.exists()
    assert not Invitation.objects.filter(withdrawn_on=None).exists()
    groups = [world.housing.group_id, world.police.group_id]
    assert not CaseParticipation.objects.filter(group__in=groups, ends_on__gt=TODAY).exists()


def test_answers_and_chairs_at_once_leave_what_each_alone_would(own_database: object) -> None:
    world = World()
    slots = [world.placed(world.person(), 10), world.placed(world.person("Marl"), 11)]
    rows = Invitation.objects.filter(slot__in=slots, agency=world.housing)
    by, no = world.by(world.spoc), AnswerRecord(InvitationAnswer.APOLOGIES)

    def excuse(key: int) -> Callable[[], object]:
        return lambda: answer_invitation(by=by, today=TODAY, invitation_id=key, answer=no)

    assert behind(rows, *(excuse(row.pk) for row in rows)) == ["", ""]
    issues = CalendarIssue.objects.filter(entry__user=world.spoc).order_by("sequence")
    assert issues.last().method == CalendarMethod.CANCEL  # type: ignore[union-attr]

    chair: User = UserFactory.create()
    plan.may_chair(world.area, world.chair)
    other = plan.sitting(world.area, chair=chair, starts_at=plan.at(15))
    said = behind(
        User.objects.filter(pk__in=[chair.pk, world.chair.pk]),
        lambda: name_chair(sitting_id=world.sitting.pk, version=1, chair_id=chair.pk, **BY),
        lambda: name_chair(sitting_id=other.pk, version=1, chair_id=world.chair.pk, **BY),
    )
    assert said == ["", ""], "each takes the other's chair, and neither waits for ever"


def test_a_panel_is_what_it_was_when_somebody_was_placed_in_it(own_database: object) -> None:
    world = World()
    man = world.person()
    placing = Placing(plan.at(10), MeetingKind.REVIEW)
    kept = {"begins": world.panel.begins, "starts_on": world.panel.starts_on}
    record = PanelRecord(name="Elsewhere", level=Level.TWO, national_security=True, **kept)
    said = behind(
        Panel.objects.filter(pk=world.panel.pk),
        lambda: place_person(nominal_id=man.pk, sitting_id=world.sitting.pk, placing=placing, **BY),
        lambda: change_panel(panel_id=world.panel.pk, record=record, **BY),
    )
    assert said[0] == ""
    assert "place them elsewhere" in said[1]


def test_a_hand_over_locks_people_before_users(own_database: object) -> None:
    """Whoever names a chair holds the people who are heard, and waits for the chair: neither waits for ever."""
    world = World()
    slot = world.placed(world.person())
    leaver = Membership.objects.get(user=world.chair)
    to: User = MembershipFactory.create(area=world.area, agency=leaver.agency, role=leaver.role).user
    chair: User = UserFactory.create()
    for user in (to, chair):
        plan.may_chair(world.area, user)
    said = behind(
        Nominal.objects.filter(pk=slot.nominal_id),
        lambda: name_chair(sitting_id=world.sitting.pk, version=1, chair_id=chair.pk, **BY),
        lambda: hand_over(membership_id=leaver.pk, to_user_id=to.pk, on=TODAY, **BY),
    )
    assert said == ["", ""]
    assert Sitting.objects.get(pk=world.sitting.pk).chair == chair
