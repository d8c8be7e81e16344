"""Invited with the slot, answered, told by e-mail with a calendar part, kept out where a wall stands (R57 to R59)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from agencies.kinds import AgencyKind, Duty
from agencies.models import Absence, Agency, Area, FormerHomes, User
from agencies.principal import Principal
from agencies.roles import Role
from agencies.services.handover import hand_over
from agencies.services.succession import plan_succession
from agencies.succession import open_work
from cases.models import CaseParticipation, HospitalOrder, Nominal, PersonalGrant
from cases.records import (
    AddressRecord,
    BackgroundRecord,
    ConnectedPersonRecord,
    LeadAgencyRecord,
    ParticipationRecord,
    ProcessRecord,
    WhereaboutsRecord,
)
from cases.services.circumstances import record_process
from cases.services.obligations import bring_in_line
from cases.services.participation import exclude
from cases.services.whereabouts import record_whereabouts
from letters.delivery import send_what_is_due
from letters.models import Message
from letters.states import State
from mappa import clock
from meetings.gaps import gaps_of
from meetings.invite_facts import invite_facts, table_of
from meetings.invited import own_times
from meetings.letters import CHASER
from meetings.models import Booking, CalendarEntry, CalendarIssue, Invitation, PanelAgency, Sitting, Slot
from meetings.queries import invitations_of
from meetings.records import Placing
from meetings.services.invitations import (
    AnswerRecord,
    Guest,
    answer_invitation,
    answer_invitations,
    chase_invitations,
    invite_agency,
    invite_guest,
    refresh_entries,
    set_invite_rule,
    set_joining_text,
    withdraw_invitation,
)
from meetings.services.sittings import cancel_sitting, move_sitting
from meetings.services.slots import cancel_slot, move_slot, place_person
from meetings.tasks import look_after_invitations_task
from meetings.wanted import Mend, wanted_for
from rules.calendar import working_day_on_or_after
from rules.core import Refused
from rules.invitations import reasons_to_invite
from rules.vocabulary import (
    Handling,
    HospitalSection,
    InvitationAnswer,
    InviteReason,
    Level,
    MeetingKind,
    ParticipationSource,
    ProcessKind,
    ReceivedHow,
    Tenure,
    Whereabouts,
)
from tests.factories import cases as make
from tests.factories import meetings as plan
from tests.factories.agencies import (
    AgencyFactory,
    AreaFactory,
    ContactFactory,
    LocalHousingAuthorityFactory,
    MembershipFactory,
    PanelAreaFactory,
    UserFactory,
    principal_for,
    sign_in,
)
from tests.factories.cases import LONG_AGO, TODAY, system
from tests.factories.visits import day as day_of
from tests.factories.visits import queries, text_of
from tests.letters.test_calendar import plain, read

BY: dict[str, Any] = {"by": system(), "today": TODAY}
LAST = TODAY - timedelta(days=90)
SENDER = Principal.system("send_letters", on=TODAY)
CANARY = "Qzimvexite"
ADDRESS = "/meetings/answers/"


class World:
    """An area with a panel, police, housing with contact and deputy, probation that leads by a team, a chair."""

    def __init__(self) -> None:
        self.area: Area = AreaFactory.create()
        self.police = self.agency("Police", AgencyKind.POLICE, Duty.RESPONSIBLE_AUTHORITY)
        self.probation = self.agency("Probation", AgencyKind.PROBATION, Duty.RESPONSIBLE_AUTHORITY)
        self.team = self.agency("Team", AgencyKind.PROBATION, Duty.RESPONSIBLE_AUTHORITY, part_of=self.probation)
        self.housing = self.agency("Council", AgencyKind.HOUSING_AUTHORITY, Duty.D)
        self.spoc, self.deputy = self.contact(self.housing), self.contact(self.housing, "deputy")
        self.lead = self.contact(self.probation)
        self.panel = plan.panel(self.area)
        PanelAgency.objects.create(panel=self.panel, agency=self.housing, starts_on=LONG_AGO)
        self.chair: User = UserFactory.create()
        MembershipFactory.create(area=self.area, user=self.chair, role=Role.CHAIR)
        self.sitting = plan.sitting(self.area, self.panel, chair=self.chair)

    def agency(self, name: str, kind: AgencyKind, duty: Duty, **more: Any) -> Agency:
        return AgencyFactory.create(area=self.area, name=name, kind=kind, duty=duty, **more)

    def contact(self, agency: Agency, part: str = "spoc") -> User:
        user: User = UserFactory.create()
        MembershipFactory.create(area=self.area, agency=agency, user=user, role=Role.SPOC)
        ContactFactory.create(agency=agency, user=user, part=part)
        return user

    def person(self, name: str = "Feldspar", **more: Any) -> Nominal:
        level = (make.at_level(Level.TWO, LAST - timedelta(days=200)),)
        man = make.nominal(
            self.area, family_name=name, levels=level, meetings=(make.meeting(LAST),),
            lead_agencies=(LeadAgencyRecord(self.team.pk, LONG_AGO),), **more,
        )  # fmt: skip
        bring_in_line([man.pk], today=TODAY)
        return man

    def placed(self, man: Nominal, hour: int = 10, sitting: Sitting | None = None) -> Slot:
        held = sitting or self.sitting
        placing = Placing(plan.at(hour, on=held.sits_on), MeetingKind.REVIEW)
        return place_person(nominal_id=man.pk, sitting_id=held.pk, placing=placing, **BY)

    def by(self, user: User) -> Principal:
        return principal_for(user.memberships.get(), on=TODAY)


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def posted(world: World) -> Iterator[list[Any]]:
    mail.outbox.clear()
    yield mail.outbox
    mail.outbox.clear()


def send() -> int:
    return send_what_is_due(by=SENDER, today=TODAY)


def invited(slot: Slot) -> dict[str, list[str]]:
    return {row.whom: list(row.reasons) for row in slot.invitations.live()}


def of(slot: Slot, agency: Agency) -> Invitation:
    return slot.invitations.live().get(agency=agency)


def answer(invitation: Invitation, given: InvitationAnswer, *, by: Principal | None = None, **more: Any) -> Invitation:
    if by is None:
        more = {"received_from": "Ms Rowan", "received_how": ReceivedHow.PHONE} | more
    return answer_invitation(
        by=by or system(), today=TODAY, invitation_id=invitation.pk, answer=AnswerRecord(given, **more)
    )


def calendar_of(message: Any) -> dict[str, str]:
    """The calendar part of an e-mail as its reader sees it: checked line by line, by property."""
    [(text, kind)] = [each for each in message.alternatives if each[1].startswith("text/calendar")]
    found = dict(read(text))
    assert kind == f"text/calendar; method={found['METHOD']}"
    assert found["SUMMARY"].startswith("MAPPA meeting ")
    return found


def test_the_table_invites_by_what_the_register_knows(world: World) -> None:
    council = LocalHousingAuthorityFactory.create(area=world.area)
    district = PanelAreaFactory.create(area=world.area, housing_authority=council)
    world.housing.housing_authority = council
    world.housing.save()
    landlord = world.agency("Homes", AgencyKind.SOCIAL_LANDLORD, Duty.E)
    FormerHomes.objects.create(landlord=landlord, authority=council, starts_on=LONG_AGO)
    world.agency("OMU HMP Birch Lane", AgencyKind.PRISON, Duty.RESPONSIBLE_AUTHORITY)
    world.agency("OMU HMP Elm Lane", AgencyKind.PRISON, Duty.RESPONSIBLE_AUTHORITY)
    world.agency("City children", AgencyKind.CHILDREN_SERVICES, Duty.C)
    inside = WhereaboutsRecord(Whereabouts.CUSTODY, LONG_AGO, place="HMP Birch Lane")
    man = world.person(
        panel_area_id=district.pk, whereabouts=(inside,),
        connected_people=(ConnectedPersonRecord("Ash Rowan", "Son", child=True),),
    )  # fmt: skip
    slot = world.placed(man)
    expected = {
        "Police": [InviteReason.RESPONSIBLE],
        "Probation": [InviteReason.LEAD, InviteReason.RESPONSIBLE],
        "Council": [InviteReason.STANDING, InviteReason.HOUSING],
        "OMU HMP Birch Lane": [InviteReason.CUSTODY],
        "City children": [InviteReason.CHILD_NEAR],
        "Homes": [InviteReason.HOUSING],
    }
    assert invited(slot) == expected
    world.agency("County children", AgencyKind.CHILDREN_SERVICES, Duty.C)
    assert not wanted_for(slot, today=TODAY).gaps, "of two, the one that takes part already"
    set_invite_rule(area_id=world.area.pk, reason=InviteReason.CHILD_NEAR, kinds=[], agency_ids=[world.police.pk], **BY)
    assert wanted_for(slot, today=TODAY).agencies[world.police.pk] == [
        InviteReason.RESPONSIBLE, InviteReason.CHILD_NEAR,
    ]  # fmt: skip
    assert not wanted_for(slot, today=TODAY).gaps


def test_housing_comes_for_its_own_homes_for_the_homeless_and_while_nobody_knows(world: World) -> None:
    council = LocalHousingAuthorityFactory(area=world.area)
    homes = {
        "Chert": AddressRecord(LONG_AGO, lines="1 Tufa Rise", tenure=Tenure.FAMILY),
        "Flint": AddressRecord(LONG_AGO, lines="2 Tufa Rise", tenure=Tenure.SOCIAL),
        "Marl": AddressRecord(LONG_AGO, lines="3 Tufa Rise"),
        "Slate": AddressRecord(LONG_AGO, no_fixed_abode=True, closest_links_id=council.pk),
        "Tufa": AddressRecord(LONG_AGO, TODAY, lines="4 Tufa Rise", tenure=Tenure.OWNED),
    }
    slots = {
        name: plan.slot(world.person(name, addresses=(home,)), world.sitting, hour)
        for hour, (name, home) in enumerate(homes.items())
    }
    known = invite_facts([slot.nominal for slot in slots.values()], on=world.sitting.sits_on)
    asked = {name: reasons_to_invite(known[slot.nominal_id]) for name, slot in slots.items()}
    assert [name for name, reasons in asked.items() if InviteReason.HOUSING not in reasons] == ["Chert"]


def test_who_runs_a_tag_or_knows_the_victims_is_invited_and_no_other_of_the_kind(world: World) -> None:
    tagging = [world.agency(name, AgencyKind.ELECTRONIC_MONITORING, Duty.I) for name in ("Monitors", "Others")]
    world.agency("Jobcentre", AgencyKind.DWP, Duty.B)
    liaison = world.agency("Liaison", AgencyKind.PROBATION, Duty.RESPONSIBLE_AUTHORITY, part_of=world.probation)
    world.contact(liaison)
    runs = {
        ProcessKind.TAG: tagging[0].pk, ProcessKind.VICTIM_CONTACT: liaison.pk, ProcessKind.WORK: None,
    }  # fmt: skip
    rows = tuple(ProcessRecord(kind, LONG_AGO, agency_id=agency) for kind, agency in runs.items())
    over = ProcessRecord(ProcessKind.TAG, LONG_AGO, TODAY, agency_id=tagging[1].pk)
    slot = world.placed(world.person(parallel_processes=(*rows, over)))
    assert invited(slot) == {
        "Police": [InviteReason.RESPONSIBLE],
        "Probation": [InviteReason.LEAD, InviteReason.RESPONSIBLE],
        "Council": [InviteReason.STANDING],
        "Monitors": [InviteReason.TAG],
        "Liaison": [InviteReason.VICTIM_CONTACT],
        "Jobcentre": [InviteReason.WORK],
    }


def test_of_several_the_one_of_the_case_or_of_the_district_comes_and_every_gap_says_why(world: World) -> None:
    here, other = (PanelAreaFactory.create(area=world.area) for _ in range(2))
    kinds = ((AgencyKind.CHILDREN_SERVICES, Duty.C), (AgencyKind.EDUCATION, Duty.C), (AgencyKind.YOUTH_JUSTICE, Duty.A))
    rows = {
        (place, kind): world.agency(f"{place} {kind}", kind, duty)
        for place in ("City", "County") for kind, duty in kinds
    }  # fmt: skip
    rows["City", AgencyKind.CHILDREN_SERVICES].serves.set([here])
    rows["County", AgencyKind.CHILDREN_SERVICES].serves.set([other])
    child = world.person(
        date_of_birth=TODAY - timedelta(days=16 * 365), panel_area_id=here.pk,
        whereabouts=(WhereaboutsRecord(Whereabouts.CUSTODY, LONG_AGO),),
        participations=(ParticipationRecord(rows["County", AgencyKind.YOUTH_JUSTICE].pk, LONG_AGO),),
        backgrounds=(BackgroundRecord(abuse="Waits at her work", abuse_known_on=LONG_AGO),),
    )  # fmt: skip
    slot = world.placed(child)
    assert {"City children_services", "County youth_justice"} <= set(invited(slot))
    education = tuple(rows[place, AgencyKind.EDUCATION].pk for place in ("City", "County"))
    gaps = {gap.whom: gap for gap in gaps_of(slot, today=TODAY)}
    assert {whom: (gap.mend, gap.of) for whom, gap in gaps.items() if gap.mend is not Mend.CONTACT} == {
        "Education": (Mend.CHOOSE, education),
        "Housing authority": (Mend.CHOOSE, (world.housing.pk,)),
        "The prison": (Mend.PLACE, ()),
        "Domestic abuse: a service": (Mend.TABLE, ()),
    }
    assert gaps["City children_services"].mend is Mend.CONTACT, "invited, and nobody is told"
    chosen = {"because": "Chosen for: Under 18", "reasons": [InviteReason.CHILD]}
    invite_agency(slot_id=slot.pk, agency_id=education[0], **chosen, **BY)
    by_name = {"because": "The table names nobody", "reasons": [InviteReason.DOMESTIC_ABUSE]}
    invite_guest(slot_id=slot.pk, guest=Guest("Wye service", "wye@example.org"), **by_name, **BY)
    left = {gap.whom for gap in gaps_of(slot, today=TODAY)}
    assert not {"Education", "Domestic abuse: a service"} & left
    assert invited(slot)["City education"] == [InviteReason.CHILD]
    again = Slot(nominal=child, sitting=world.sitting, starts_at=slot.ends_at, ends_at=slot.ends_at)
    assert education[0] in wanted_for(again, today=TODAY).agencies, "who was chosen once is invited again"
    with pytest.raises(Refused, match="no matter of the table"):
        invite_agency(slot_id=slot.pk, agency_id=education[1], because="By hand only", reasons=["by_hand"], **BY)


def test_what_became_known_since_and_who_is_kept_out_are_gaps(world: World) -> None:
    man = world.person()
    exclude(nominal_id=man.pk, reason="Their client", agency_id=world.police.pk, starts_on=TODAY, **BY)
    slot = world.placed(man)
    tagging = world.agency("Monitors", AgencyKind.ELECTRONIC_MONITORING, Duty.I)
    record_process(nominal_id=man.pk, process=ProcessRecord(ProcessKind.TAG, TODAY, agency_id=tagging.pk), **BY)
    gaps = {(gap.whom, gap.mend) for gap in gaps_of(slot, today=TODAY)}
    assert {("Police", Mend.WALL), ("Monitors", Mend.CHOOSE)} <= gaps


def test_taking_part_begins_with_the_invitation_and_ends_with_it(world: World) -> None:
    man, other = world.person(), world.person("Marl")
    slot, second = world.placed(man), world.placed(other, 11)
    part = CaseParticipation.objects.get(content_object=man, group=world.housing.group)
    kept = timedelta(days=28)
    assert (part.source, part.ends_on) == (ParticipationSource.MEETING, slot.held_on + kept)
    assert PersonalGrant.objects.filter(content_object=man, user=world.chair, ends_on=slot.held_on + kept).exists()
    seen = invitations_of(world.by(world.spoc))
    assert {row.slot_id for row in seen} == {slot.pk, second.pk}
    withdraw_invitation(invitation_id=of(slot, world.housing).pk, **BY)
    part.refresh_from_db()
    assert part.ends_on == TODAY
    assert list(invitations_of(world.by(world.spoc)).values_list("slot", flat=True)) == [second.pk]
    again = invite_agency(slot_id=slot.pk, agency_id=world.housing.pk, because="They asked to come", **BY)
    part.refresh_from_db()
    assert of(slot, world.probation).why_in_words == "Leads the case; Responsible Authority"
    assert (again.why, part.ends_on) == (["They asked to come"], slot.held_on + kept)
    with pytest.raises(Refused, match="invited already"):
        invite_agency(slot_id=slot.pk, agency_id=world.housing.pk, because="Once more", **BY)
    with pytest.raises(IntegrityError), transaction.atomic():
        plan.invitation(slot, world.housing)
    cancel_slot(slot_id=slot.pk, reason="No longer needed", **BY)
    assert not slot.invitations.live().exists()
    assert not CaseParticipation.objects.filter(content_object=man, source="meeting", ends_on__gt=TODAY).exists()


def test_one_entry_covers_all_of_ones_own_slots_and_follows_them(world: World, posted: list[Any]) -> None:
    slots = [world.placed(world.person(), 10), world.placed(world.person("Marl"), 12)]
    assert send() == 3, "housing, probation and the chair: one e-mail each, the latest"
    [letter] = [each for each in posted if each.to == [world.spoc.email]]
    entry = calendar_of(letter)
    assert (entry["METHOD"], entry["SEQUENCE"]) == ("REQUEST", "1")
    assert entry["DTSTART;TZID=Europe/London"] == "20261208T100000"
    assert entry["DTEND;TZID=Europe/London"] == "20261208T130000"
    assert any(value == f"mailto:{world.spoc.email}" for name, value in entry.items() if name.startswith("ATTENDEE"))
    posted.clear()
    assert look(world) == 0, "nothing changed, nothing goes out"
    between = world.placed(world.person("Shale"), 11)
    send()
    fuller = calendar_of(next(each for each in posted if each.to == [world.spoc.email]))
    assert (fuller["SEQUENCE"], fuller["DTEND;TZID=Europe/London"]) == ("2", entry["DTEND;TZID=Europe/London"])
    cancel_slot(slot_id=between.pk, reason="No longer needed", **BY)
    send()
    posted.clear()
    move_slot(slot_id=slots[1].pk, sitting_id=world.sitting.pk, starts_at=plan.at(11), reason="An earlier time", **BY)
    send()
    moved = calendar_of(next(each for each in posted if each.to == [world.spoc.email]))
    assert (moved["UID"], moved["SEQUENCE"], moved["METHOD"]) == (entry["UID"], "4", "REQUEST")
    assert moved["DTEND;TZID=Europe/London"] == "20261208T120000"
    posted.clear()
    answer(of(slots[0], world.housing), InvitationAnswer.APOLOGIES)
    send()
    [shorter] = [calendar_of(each) for each in posted if each.to == [world.spoc.email]]
    assert shorter["DTSTART;TZID=Europe/London"] == "20261208T110000"
    posted.clear()
    cancel_sitting(sitting_id=world.sitting.pk, version=1, reason="Chair ill, no substitute", **BY)
    send()
    gone = {each.to[0]: calendar_of(each) for each in posted}
    assert {each["METHOD"] for each in gone.values()} == {"CANCEL"}
    assert (gone[world.spoc.email]["UID"], gone[world.spoc.email]["SEQUENCE"]) == (entry["UID"], "6")
    assert CalendarEntry.objects.filter(sitting=world.sitting).count() == 3


def test_a_death_cancels_nothing_and_whoever_is_invited_is_told_when_the_unit_does(
    world: World, posted: list[Any]
) -> None:
    slot = world.placed(man := world.person())
    send()
    posted.clear()
    record_whereabouts(nominal_id=man.pk, kind=Whereabouts.DEAD, starts_on=TODAY, **BY)
    assert (look(world), slot.invitations.live().count()) == (0, 3)
    assert {row.slot_id for row in invitations_of(world.by(world.spoc))} == {slot.pk}
    cancel_slot(slot_id=slot.pk, reason="The person has died", **BY)
    send()
    assert {each.to[0]: calendar_of(each)["METHOD"] for each in posted} == dict.fromkeys(
        [world.spoc.email, world.lead.email, world.chair.email], "CANCEL"
    )


def test_whose_times_they_are_is_asked_once_for_all_of_a_sitting(world: World) -> None:
    world.placed(world.person())
    with queries() as one:
        own_times(world.sitting, today=TODAY)
    slots = [world.placed(world.person(name), hour) for hour, name in ((11, "Marl"), (12, "Shale"))]
    answer(of(slots[0], world.housing), InvitationAnswer.NOT_NEEDED, by=world.by(world.spoc), why_not="No tenancy")
    with queries() as three:
        found = own_times(world.sitting, today=TODAY)
    assert len(one) == len(three)
    assert {whom: len(own.slots) for whom, own in found.items()} == {
        world.chair.pk: 3, world.lead.pk: 3, world.spoc.pk: 2,
    }  # fmt: skip


def test_what_was_never_sent_is_not_taken_back_and_the_first_letter_says_how_to_join(
    world: World, posted: list[Any]
) -> None:
    """Nobody hears of the cancelling of what they never heard of; the first letter may be of a later change."""
    set_joining_text(area_id=world.area.pk, text="Join five minutes early.", **BY)
    slot = world.placed(world.person())
    cancel_slot(slot_id=slot.pk, reason="Placed by mistake", **BY)
    assert (send(), posted) == (0, [])
    world.placed(world.person("Marl"), 12)
    assert send() == 3
    assert all("five minutes early" in each.body for each in posted)
    posted.clear()
    world.placed(world.person("Shale"), 11)
    send()
    assert not any("five minutes early" in each.body for each in posted)


def look(world: World) -> int:
    return refresh_entries(by=system(), today=TODAY, sitting_id=world.sitting.pk)


def test_a_moved_sitting_asks_everybody_anew_also_over_the_change_of_the_clocks(
    world: World, posted: list[Any]
) -> None:
    slot = world.placed(world.person())
    representative = world.spoc
    answer(of(slot, world.housing), InvitationAnswer.ATTENDING, by=world.by(world.spoc), attends_id=representative.pk)
    assert Booking.objects.filter(user=representative, agency=world.housing).exists()
    day = date(2027, 3, 30)
    move_sitting(
        sitting_id=world.sitting.pk, version=1, starts_at=plan.at(10, on=day), reason="The room floods",
        out_of_time_because="No room before Easter", **BY,
    )  # fmt: skip
    reset = of(slot, world.housing)
    assert (reset.answer, reset.attends_id, reset.answered_on) == (InvitationAnswer.NONE, None, None)
    assert not Booking.objects.filter(user=representative).exists()
    send()
    moved = calendar_of(next(each for each in posted if each.to == [world.spoc.email]))
    assert moved["DTSTART;TZID=Europe/London"] == "20270330T100000", "ten o'clock stays ten o'clock"


def test_nobody_behind_a_wall_is_invited_or_written_to(world: World, posted: list[Any]) -> None:
    man = world.person()
    exclude(nominal_id=man.pk, reason="A neighbour", user_id=world.spoc.pk, starts_on=TODAY, **BY)
    exclude(nominal_id=man.pk, reason="Their client", agency_id=world.police.pk, starts_on=TODAY, **BY)
    slot = world.placed(man)
    assert set(invited(slot)) == {"Probation", "Council"}
    with pytest.raises(Refused, match="cannot be invited"):
        invite_agency(slot_id=slot.pk, agency_id=world.police.pk, because="They asked to come", **BY)
    assert not invitations_of(world.by(world.spoc)).exists()
    assert invitations_of(world.by(world.deputy)).count() == 1
    send()
    assert {each.to[0] for each in posted} == {world.deputy.email, world.lead.email, world.chair.email}
    posted.clear()
    exclude(nominal_id=man.pk, reason="Her cousin", user_id=world.deputy.pk, starts_on=TODAY, **BY)
    assert look(world) == 1, "whoever is kept out since loses the entry"
    send()
    assert [calendar_of(each)["METHOD"] for each in posted] == ["CANCEL"]
    for handling in (Handling.RESTRICTED, Handling.CATEGORY_4):
        closed = world.person(f"Hidden-{handling}", handling=handling)
        hour = 15 if handling == "restricted" else 17
        with pytest.raises(Refused, match="R100"):
            world.placed(closed, hour, plan.sitting(world.area, chair=world.chair, starts_at=plan.at(hour)))
        single = plan.sitting(world.area, starts_at=plan.at(hour))
        assert invited(world.placed(closed, single.starts_at.hour, single)) == {}
        assert not CalendarEntry.objects.filter(sitting=single).exists()


def test_category_4_asks_for_the_division_and_comes_past_nobody_uncleared(world: World) -> None:
    counter = world.agency("Counter terrorism", AgencyKind.COUNTER_TERRORISM, Duty.RESPONSIBLE_AUTHORITY)
    standing = world.agency("Standing", AgencyKind.COUNTER_TERRORISM, Duty.RESPONSIBLE_AUTHORITY)
    for agency in (world.probation, counter, standing):
        user = UserFactory.create(category_4=True)
        MembershipFactory.create(area=world.area, agency=agency, user=user, role=Role.SPOC)
    panel = plan.panel(world.area, "Division's", national_security=True)
    for agency in (standing, world.housing):
        PanelAgency.objects.create(panel=panel, agency=agency, starts_on=LONG_AGO)
    man = world.person("Hidden", handling=Handling.CATEGORY_4)
    slot = world.placed(man, 10, plan.sitting(world.area, panel))
    assert invited(slot) == {"Standing": [InviteReason.STANDING]}, "neither probation nor counter terrorism by its kind"
    gaps = {(gap.whom, gap.mend) for gap in wanted_for(slot, today=TODAY).gaps}
    assert gaps == {
        ("National Security Division", Mend.TABLE), ("Council", Mend.WALL), ("Team", Mend.WALL),
    }  # fmt: skip
    kind, duty = AgencyKind.NATIONAL_SECURITY, Duty.RESPONSIBLE_AUTHORITY
    division = world.agency("Division", kind, duty, part_of=world.probation)
    reader = UserFactory.create()
    MembershipFactory.create(area=world.area, agency=division, user=reader, role=Role.SPOC)
    assert ("Division", Mend.WALL) in {(gap.whom, gap.mend) for gap in wanted_for(slot, today=TODAY).gaps}
    User.objects.filter(pk=reader.pk).update(category_4=True)
    found = wanted_for(slot, today=TODAY)
    assert found.agencies == {standing.pk: [InviteReason.STANDING], division.pk: [InviteReason.CATEGORY_4]}
    assert world.probation.pk not in found.agencies, "the body above the division is another one"


def test_a_patient_asks_for_the_clinician_and_where_a_restriction_may_hold_for_the_ministry(world: World) -> None:
    world.agency("Trust", AgencyKind.HEALTH_TRUST, Duty.H)
    ward = WhereaboutsRecord(Whereabouts.HOSPITAL, LONG_AGO, place="Heron Ward")
    people = {name: world.person(name, whereabouts=(ward,)) for name in ("Chert", "Flint", "Marl")}
    for name, section in (("Chert", HospitalSection.HOSPITAL_RESTRICTED), ("Flint", HospitalSection.HOSPITAL)):
        HospitalOrder.objects.create(nominal=people[name], section=section)
    slots = {name: plan.slot(man, world.sitting, hour) for hour, (name, man) in enumerate(people.items())}
    casework = AgencyKind.MENTAL_HEALTH_CASEWORK
    asked = {name: wanted_for(slot, today=TODAY) for name, slot in slots.items()}
    patient = (InviteReason.PATIENT,)
    missing = {name: [gap.reasons for gap in found.gaps if gap.whom == casework.label] for name, found in asked.items()}
    assert missing == {"Chert": [patient], "Flint": [], "Marl": [patient]}
    ministry = world.agency("Casework", casework, Duty.NONE)
    comes = {name: wanted_for(slot, today=TODAY).agencies for name, slot in slots.items()}
    assert {name: found.get(ministry.pk) for name, found in comes.items()} == {
        "Chert": [*patient], "Flint": None, "Marl": [*patient],
    }  # fmt: skip
    health = [AgencyKind.HEALTH_TRUST]
    set_invite_rule(area_id=world.area.pk, reason=InviteReason.PATIENT, kinds=health, agency_ids=[], **BY)
    left_out = {name: [gap.mend for gap in wanted_for(slot, today=TODAY).gaps] for name, slot in slots.items()}
    assert [name for name, mends in left_out.items() if Mend.TABLE in mends] == ["Chert"]


def test_the_deputy_is_told_while_the_contact_is_away(world: World) -> None:
    world.placed(world.person())
    assert CalendarEntry.objects.filter(user=world.spoc).exists()
    Absence.objects.create(user=world.spoc, starts_on=TODAY, ends_on=plan.SOON)
    assert look(world) == 2
    last = {row.user_id: row.issues.last() for row in CalendarEntry.objects.filter(user__isnull=False)}
    methods = {user: issue.method for user, issue in last.items() if issue is not None}
    assert (methods[world.spoc.pk], methods[world.deputy.pk]) == ("cancel", "request")


def methods(world: World) -> dict[int | None, str]:
    rows = CalendarEntry.objects.filter(sitting=world.sitting)
    last = {row.user_id: row.issues.last() for row in rows}
    return {user: str(issue.method) for user, issue in last.items() if issue is not None}


def test_open_invitations_follow_the_agency_s_successor(world: World) -> None:
    slots = [world.placed(world.person()), world.placed(world.person("Marl"), 11)]
    answer(of(slots[0], world.housing), InvitationAnswer.REPORT)
    new = world.agency("New council", AgencyKind.HOUSING_AUTHORITY, Duty.D)
    speaker = world.contact(new)
    invite_agency(slot_id=slots[1].pk, agency_id=new.pk, because="They take over soon", **BY)
    set_invite_rule(
        area_id=world.area.pk, reason=InviteReason.DOMESTIC_ABUSE, kinds=[], agency_ids=[world.housing.pk], **BY
    )
    assert {line.label: line.count for line in open_work([world.housing], on=TODAY) if "meeting" in line.label} == {
        "invitations to meetings ahead": 2
    }
    plan_succession(
        area_id=world.area.pk, predecessor_ids=[world.housing.pk], successor_id=new.pk, happens_on=TODAY,
        reason="An order", **BY,
    )  # fmt: skip
    assert [of(slot, new).answer for slot in slots] == ["report", "none"], "its answer came along"
    assert of(slots[1], new).reasons == [InviteReason.BY_HAND, InviteReason.STANDING], "one invitation, all reasons"
    assert not Invitation.objects.live().filter(agency=world.housing).exists()
    assert list(PanelAgency.objects.filter(ends_on=None).values_list("agency", flat=True)) == [new.pk]
    assert table_of(world.area.pk).agencies[InviteReason.DOMESTIC_ABUSE] == {new.pk}
    told = methods(world)
    assert (told[speaker.pk], told[world.spoc.pk]) == ("request", "cancel")
    assert not open_work([world.housing], on=TODAY)


@pytest.mark.parametrize("wait", [0, 3])
def test_whoever_takes_over_attends_and_has_it_in_their_calendar(world: World, wait: int) -> None:
    slot = world.placed(world.person())
    answer(of(slot, world.housing), InvitationAnswer.ATTENDING, by=world.by(world.spoc), attends_id=world.spoc.pk)
    colleague: User = UserFactory.create()
    MembershipFactory.create(area=world.area, agency=world.housing, user=colleague, role=Role.SPOC)
    leaver = world.spoc.memberships.get()
    hand_over(membership_id=leaver.pk, to_user_id=colleague.pk, on=TODAY + timedelta(wait), **BY)
    assert of(slot, world.housing).attends_id == colleague.pk
    assert list(Booking.objects.filter(agency=world.housing).values_list("user", flat=True)) == [colleague.pk]
    told = methods(world)
    # Until the day the leaver is the contact still.
    assert (told[colleague.pk], told[world.spoc.pk]) == ("request", "request" if wait else "cancel")


def test_a_colleague_who_sits_elsewhere_takes_over_no_meeting(world: World) -> None:
    one, two = world.placed(world.person()), plan.sitting(world.area, plan.panel(world.area, "Other"))
    elsewhere = plan.slot(world.person("Marl"), two)
    answer(of(one, world.housing), InvitationAnswer.ATTENDING, by=world.by(world.spoc), attends_id=world.spoc.pk)
    Booking.objects.create(
        slot=elsewhere, part="representative", user=world.deputy, agency=world.housing, starts_at=elsewhere.starts_at,
        ends_at=elsewhere.ends_at,
    )  # fmt: skip
    leaver = world.spoc.memberships.get()
    hand_over(membership_id=leaver.pk, to_user_id=world.deputy.pk, on=TODAY, **BY)
    row = of(one, world.housing)
    assert (row.answer, row.attends_id) == (InvitationAnswer.ATTENDING, None), "they come; who is to be settled"
    assert not one.bookings.filter(part="representative").exists()


def test_letters_and_files_name_nobody_and_guests_get_no_link(world: World, posted: list[Any]) -> None:
    set_joining_text(area_id=world.area.pk, text="Join five minutes early; be alone in the room.", **BY)
    slot = world.placed(world.person(CANARY, given_names=CANARY))
    invite_guest(slot_id=slot.pk, guest=Guest("Dr Alder", "Alder@example.org"), because=f"{CANARY} asked for it", **BY)
    with pytest.raises(Refused, match="account"):
        invite_guest(slot_id=slot.pk, guest=Guest("A spy", world.spoc.email), because="To see what comes", **BY)
    send()
    assert "alder@example.org" in {each.to[0] for each in posted}
    for each in posted:
        text = each.message().as_string() + each.subject + each.body + "".join(part for part, _ in each.alternatives)
        assert CANARY.casefold() not in text.casefold()
        assert "five minutes early" in each.body
        assert ("/meetings/answers/" in text) is (each.to != ["alder@example.org"])
        assert plain(calendar_of(each)["SUMMARY"]) == f"MAPPA meeting {world.sitting.pk}"


def test_agencies_answer_for_themselves_and_the_unit_writes_down_what_it_was_told(world: World) -> None:
    slots = [world.placed(world.person()), world.placed(world.person("Marl"), 11)]
    own, spoc = [of(slot, world.housing) for slot in slots], world.by(world.spoc)
    given = {
        own[0].pk: AnswerRecord(InvitationAnswer.DEPUTY, deputy="Mo Pipit"),
        own[1].pk: AnswerRecord(InvitationAnswer.NOT_NEEDED, why_not="No tenancy"),
    }
    answer_invitations(by=spoc, today=TODAY, answers=given)
    assert [(row.answer, row.deputy, row.why_not, row.answered_by_id) for row in own_again(own)] == [
        ("deputy", "Mo Pipit", "", world.spoc.pk),
        ("not_needed", "", "No tenancy", world.spoc.pk),
    ]
    with pytest.raises(Refused, match="R59"):
        answer(of(slots[0], world.police), InvitationAnswer.ATTENDING, by=spoc)
    bad = {own[0].pk: AnswerRecord(InvitationAnswer.ATTENDING), own[1].pk: AnswerRecord(InvitationAnswer.DEPUTY)}
    with pytest.raises(Refused, match="who comes as deputy"):
        answer_invitations(by=spoc, today=TODAY, answers=bad)
    assert own_again(own)[0].answer == InvitationAnswer.DEPUTY, "all or none"
    with pytest.raises(Refused, match="Say who gave the answer"):
        answer(of(slots[0], world.police), InvitationAnswer.ATTENDING, received_from="")
    told = answer(of(slots[0], world.police), InvitationAnswer.REPORT, received_on=TODAY - timedelta(days=1))
    assert (told.received_from, told.received_how, told.answered_on) == ("Ms Rowan", "phone", date(2026, 11, 22))


def own_again(rows: list[Invitation]) -> list[Invitation]:
    return list(Invitation.objects.filter(pk__in=[row.pk for row in rows]).order_by("slot__starts_at"))


def test_a_representative_is_in_one_meeting_at_a_time(world: World) -> None:
    other = plan.panel(world.area, "Other")
    elsewhere = plan.sitting(world.area, other, starts_at=plan.at(10, 30))
    PanelAgency.objects.create(panel=other, agency=world.housing, starts_on=LONG_AGO)
    one = world.placed(world.person())
    placing = Placing(plan.at(10, 30), MeetingKind.REVIEW)
    two = place_person(nominal_id=world.person("Marl").pk, sitting_id=elsewhere.pk, placing=placing, **BY)
    attending = {"by": world.by(world.spoc), "attends_id": world.spoc.pk}
    answer(of(one, world.housing), InvitationAnswer.ATTENDING, **attending)
    with pytest.raises(Refused, match=f"cannot come at that time: {world.deputy.name} is the deputy"):
        answer(of(two, world.housing), InvitationAnswer.ATTENDING, **attending)
    answer(of(two, world.housing), InvitationAnswer.ATTENDING, by=world.by(world.spoc), attends_id=world.deputy.pk)
    stranger = UserFactory.create()
    with pytest.raises(Refused, match="works for the agency"):
        answer(of(two, world.housing), InvitationAnswer.ATTENDING, by=world.by(world.spoc), attends_id=stranger.pk)


def test_whoever_has_not_answered_is_asked_once_a_stage(
    world: World, posted: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = [world.placed(world.person()), world.placed(world.person("Marl"), 11)]
    answer(of(slots[0], world.probation), InvitationAnswer.ATTENDING)
    answer(of(slots[1], world.probation), InvitationAnswer.ATTENDING)
    send()
    posted.clear()
    assert chase_invitations(sitting_id=world.sitting.pk, **BY) == 1
    chase_invitations(sitting_id=world.sitting.pk, **BY)
    assert send() == 1, "once a day by hand, however many slots"
    assert posted[0].to == [world.spoc.email]
    for before, expected in ((8, 1), (7, 2), (6, 2), (2, 3), (1, 3)):
        monkeypatch.setattr("mappa.clock.today", lambda before=before: plan.SOON - timedelta(days=before))
        look_after_invitations_task()
        assert Message.objects.filter(kind=CHASER).count() == expected
    answer(of(slots[0], world.housing), InvitationAnswer.ATTENDING)
    answer(of(slots[1], world.housing), InvitationAnswer.ATTENDING)
    send()
    states = Message.objects.filter(kind=CHASER).order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.SENT, State.WITHDRAWN, State.WITHDRAWN]
    assert CalendarIssue.objects.filter(sequence=0).count() == CalendarEntry.objects.count()


def test_an_agency_answers_for_all_its_meetings_on_one_page(world: World, client: Client) -> None:
    """Under the day of the machine, as a page does."""
    day = working_day_on_or_after(clock.today() + timedelta(9))
    sitting = plan.sitting(world.area, world.panel, starts_at=plan.at(10, on=day))
    rows = [
        plan.invitation(plan.slot(world.person(name, participations=part), sitting, place, why="Moving"), world.housing)
        for place, (name, part) in enumerate(
            [("Feldspar", (ParticipationRecord(world.housing.pk, LONG_AGO),)),
             ("Marl", (ParticipationRecord(world.housing.pk, LONG_AGO),)), ("Hidden", ())]
        )
    ]  # fmt: skip
    sign_in(client, world.spoc, acting=world.spoc.memberships.get())
    page = client.get(ADDRESS).content.decode()
    assert ("Feldspar" in page, "Marl" in page, "Hidden" in page) == (True, True, False)
    assert (page.count("Held for: Moving."), page.count(f'href="/slots/{rows[0].slot_id}/"')) == (2, 1)
    first = text_of(client.get("/"))
    assert "2 invitations to answer 1 sittings of yours to come" in first
    assert first.index("invitations to answer") < first.index("Level 2 and 3 reviews"), "what is asked of them first"
    one, two, hidden = (row.pk for row in rows)
    asked = client.post(ADDRESS, {f"answer_{one}": "deputy", f"answer_{two}": "attending"})
    assert asked.status_code == 422
    assert "Say who comes as deputy." in asked.content.decode()
    assert not Invitation.objects.exclude(answer=InvitationAnswer.NONE).exists(), "all or none"
    given = {f"answer_{one}": "deputy", f"deputy_{one}": "Mo Pipit", f"answer_{two}": "attending"}
    saved = client.post(ADDRESS, {**given, f"answer_{hidden}": "attending", f"attends_{two}": world.spoc.pk})
    assert saved.status_code == 302
    answers = Invitation.objects.order_by("pk").values_list("answer", "deputy", "attends")
    assert list(answers) == [("deputy", "Mo Pipit", None), ("attending", "", world.spoc.pk), ("none", "", None)]
    assert client.post(ADDRESS, {**given, f"attends_{two}": world.spoc.pk}).status_code == 422, "nothing new"


def test_who_chairs_reads_every_answer_and_an_agency_its_own(world: World) -> None:
    clock.pretend(TODAY)
    slot = world.placed(world.person(participations=(ParticipationRecord(world.housing.pk, LONG_AGO),)))
    answer(of(slot, world.housing), InvitationAnswer.DEPUTY, deputy="Mo Pipit")

    def read_by(user: User) -> str:
        reader = Client()
        sign_in(reader, user, acting=user.memberships.get())
        return text_of(reader.get(f"/slots/{slot.pk}/"))

    chair, contact = read_by(world.chair), read_by(world.spoc)
    assert "Who is invited Who is invited, and what they answered" in chair
    assert ("Police" in chair, "Sending a deputy: Mo Pipit" in chair, "Write down an answer" in chair) == (
        True, True, False,
    )  # fmt: skip
    assert "Your agency's invitation" in contact
    assert "Who is invited" not in contact, "one row of several is not who is invited"
    assert ("Mo Pipit" in contact, "Police" in contact) == (True, False)


def test_the_unit_sees_who_has_not_answered_and_writes_down_what_it_hears(world: World, client: Client) -> None:
    today = clock.today()
    day = working_day_on_or_after(today + timedelta(9))
    sitting = plan.sitting(world.area, world.panel, starts_at=plan.at(10, on=day))
    slot = plan.slot(world.person(), sitting)
    plan.slot(hidden := world.person("Hidden", handling=Handling.CATEGORY_4), sitting, 1)
    rows = [plan.invitation(slot, each) for each in (world.housing, world.police, None)]
    plan.invitation(hidden.slots.get(), world.police)
    jo = MembershipFactory.create(area=world.area, role=Role.ADMINISTRATOR)
    sign_in(client, jo.user, acting=jo)
    board = client.get(f"/meetings/invitations/?sitting={sitting.pk}").content.decode()
    assert ("Hidden" in board, board.count("No reply"), "Dr Alder (guest)" in board) == (False, 3 + 1, True)
    assert "Ask those who have not answered" in board
    assert board.count("Invite somebody else") == 1, "once a meeting, not once a row"
    address = f"/meetings/invitations/{rows[2].pk}/"
    given: dict[str, Any] = {
        "answer": "report", "received_from": "Dr Alder", "received_how": "phone",
        **day_of("received_on", today.isoformat()),
    }  # fmt: skip
    assert client.post(address, given | {"received_from": ""}).status_code == 422
    assert client.post(address, given).status_code == 302
    rows[2].refresh_from_db()
    assert (rows[2].answer, rows[2].received_from, rows[2].answered_by_id) == ("report", "Dr Alder", jo.user_id)
    left = client.get(f"/meetings/invitations/?sitting={sitting.pk}&answer=none").content.decode()
    assert "Dr Alder" not in left
    whom = {"whom": "guest", "guest_name": "Ms Elm", "guest_email": "elm@example.org", "because": "His landlord now"}
    assert client.post(f"/slots/{slot.pk}/invite/", whom).status_code == 302
    assert client.post(f"/meetings/invitations/{rows[0].pk}/withdraw/").status_code == 302
    assert set(invited(slot)) == {"Police", "Dr Alder", "Ms Elm"}
    assert client.post("/meetings/invited/child/", {"kinds": ["education"], "confirmed": "on"}).status_code == 302
    history = client.get(f"/nominals/{slot.nominal_id}/history/").content.decode()
    assert "Standing member of the panel" in history
    table = client.get("/meetings/invited/").content.decode()
    assert "Education" in table
    assert client.get("/meetings/invited/standing/").status_code == 404
