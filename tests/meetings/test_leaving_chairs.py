"""Sittings ahead of a chair who leaves: the colleague chairs them, where they may, else nobody yet (R56)."""

from datetime import timedelta

from agencies.handover import HandOver, preview
from agencies.models import Absence, Membership, User
from agencies.roles import Role
from agencies.services.handover import hand_over
from cases.models import PersonalGrant
from cases.records import NamedOfficerRecord
from meetings.models import Booking, CalendarEntry, Chair, Sitting
from meetings.services.panels import end_chair
from meetings.services.sittings import cancel_sitting
from meetings.sitting_list import LISTING, NOBODY
from meetings.tasks import look_after_invitations_task
from rules.vocabulary import BookingPart, Level
from tests.factories import meetings as plan
from tests.factories.agencies import MembershipFactory
from tests.factories.cases import LONG_AGO, TODAY

from .test_invitations import BY, World, world

__all__ = ["world"]

DAY = timedelta(days=1)
THEN = TODAY + 5 * DAY


def entry(sitting: Sitting, user: User) -> str:
    found = CalendarEntry.objects.filter(sitting=sitting, user=user).first()
    last = found.issues.last() if found is not None else None
    return "" if last is None else str(last.method)


def test_a_hand_over_takes_the_chair_along_or_leaves_it_empty(world: World) -> None:
    leaver = Membership.objects.get(user=world.chair)
    to: User = MembershipFactory.create(area=world.area, agency=leaver.agency, role=Role.CHAIR).user
    plan.may_chair(world.area, world.chair)
    plan.may_chair(world.area, to)

    def chaired(days: int, **more: object) -> Sitting:
        day = plan.SOON + days * DAY
        return plan.sitting(world.area, chair=world.chair, starts_at=plan.at(on=day), **more)

    goes, empty = world.sitting, chaired(1)
    own, away, before = chaired(2), chaired(6), plan.sitting(
        world.area, chair=world.chair, starts_at=plan.at(on=TODAY + 2 * DAY)
    )  # fmt: skip
    slot = world.placed(world.person())
    managed = world.placed(
        world.person("Marl", named_officers=(NamedOfficerRecord(to.pk, leaver.agency_id, LONG_AGO),)), sitting=own
    )
    Absence.objects.create(user=to, starts_on=away.sits_on, ends_on=away.sits_on)
    lines = {line.label: line.count for line in preview(HandOver(leaver, THEN))}
    assert lines["sittings ahead that they chair"] == 4
    hand_over(membership_id=leaver.pk, to_user_id=to.pk, on=THEN, **BY)
    for row in (goes, empty, own, away, before):
        row.refresh_from_db()
    assert [row.chair for row in (goes, empty, own, away, before)] == [to, to, None, None, world.chair]
    assert list(Booking.objects.filter(part=BookingPart.CHAIR).values_list("slot", "user")) == [(slot.pk, to.pk)]
    assert (entry(goes, to), entry(goes, world.chair), entry(own, world.chair)) == ("request", "cancel", "cancel")
    reading = PersonalGrant.objects.filter(source="meeting").exclude(ends_on__lte=TODAY)
    assert set(reading.values_list("user", "content_object")) == {(to.pk, slot.nominal_id)}
    assert Chair.objects.get(user=world.chair).ends_on == THEN - DAY
    rows = next(each for each in LISTING.filters if each.name == "chair").apply(Sitting.objects.all(), NOBODY, None)  # type: ignore[arg-type]
    assert set(rows) == {own, away}
    assert managed.bookings.count() == 0


def test_who_stops_chairing_otherwise_leaves_no_sitting_with_their_name(world: World) -> None:
    """Ended among the chairs, out of the role, or disabled; a single meeting and Level 3 alike; past ones stay."""
    later = plan.sitting(world.area, chair=world.chair, level=Level.THREE, starts_at=plan.at(on=plan.SOON + DAY))
    cancelled = plan.sitting(world.area, chair=world.chair, starts_at=plan.at(on=plan.SOON + 2 * DAY))
    cancel_sitting(sitting_id=cancelled.pk, version=1, reason="Nobody to hear", **BY)
    slot = world.placed(world.person())
    end_chair(chair_id=Chair.objects.get(user=world.chair).pk, ends_on=world.sitting.sits_on, **BY)
    look_after_invitations_task()
    chairs = dict(Sitting.objects.values_list("pk", "chair"))
    assert chairs == {world.sitting.pk: world.chair.pk, later.pk: None, cancelled.pk: world.chair.pk}
    User.objects.filter(pk=world.chair.pk).update(is_active=False)
    for _ in range(2):
        look_after_invitations_task()
    world.sitting.refresh_from_db()
    assert (world.sitting.chair, world.sitting.version) == (None, 2)
    assert not slot.bookings.filter(part=BookingPart.CHAIR).exists()
