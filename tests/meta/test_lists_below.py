"""Pages that show several people and are no list of their own: as many queries for three of them as for one."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Membership, PanelArea, User
from agencies.roles import Role
from cases.models import Nominal
from cases.records import BackgroundRecord, ConnectedPersonRecord, LeadAgencyRecord, WhereaboutsRecord
from cases.services.obligations import bring_in_line
from mappa import clock
from meetings.models import Panel, PanelAgency, Sitting
from rules.vocabulary import Level, Whereabouts
from tests.factories import meetings as plan
from tests.factories.agencies import (
    AgencyFactory,
    LocalHousingAuthorityFactory,
    MembershipFactory,
    PanelAreaFactory,
    UserFactory,
    sign_in,
)
from tests.factories.cases import LONG_AGO, at_level, meeting, nominal
from tests.factories.referrals import seat

from .test_lists import SURNAMES, cost

pytestmark = pytest.mark.django_db


class Heard:
    """One sitting, to which people come one by one, each with whoever answers for them and gaps of their own."""

    def __init__(self, member: Membership) -> None:
        self.member, self.area, self.today = member, member.area, clock.today()
        self.on = self.today + timedelta(days=14)
        self.panel: Panel = plan.panel(self.area)
        PanelAgency.objects.create(panel=self.panel, agency=member.agency, starts_on=LONG_AGO)
        self.sitting: Sitting = plan.sitting(self.area, self.panel, starts_at=plan.at(10, on=self.on), capacity=6)
        self.first = self.place(0)

    def place(self, number: int) -> int:
        """Somebody in the sitting, invited with the member's agency and two more; a seat and a sitting besides."""
        slot = plan.slot(self.person(number), self.sitting, place=number)
        plan.invitation(slot, self.member.agency)
        for name in ("Told", "Untold"):
            plan.invitation(slot, self.agency(f"{name} {number}"))
        seat(self.area, member=UserFactory.create(family_name=SURNAMES[number]), substitute=UserFactory.create())
        plan.sitting(self.area, plan.panel(self.area, f"Panel {SURNAMES[number]}"), starts_at=plan.at(10, on=self.on))
        self.wait(number)
        return slot.pk

    def person(self, number: int, where: Whereabouts = Whereabouts.CUSTODY) -> Nominal:
        """Of whom much is known that asks for somebody: each with a lead agency and a district of their own."""
        district: PanelArea = PanelAreaFactory.create(
            area=self.area, housing_authority=LocalHousingAuthorityFactory.create(area=self.area)
        )
        return nominal(
            self.area,
            today=self.today,
            family_name=SURNAMES[number],
            panel_area_id=district.pk,
            date_of_birth=self.today - timedelta(days=16 * 365),
            levels=(at_level(Level.TWO, self.today - timedelta(days=290)),),
            meetings=(meeting(self.today - timedelta(days=90)),),
            lead_agencies=(
                LeadAgencyRecord(self.agency(f"Leads {SURNAMES[number]} {Nominal.objects.count()}").pk, LONG_AGO),
            ),
            whereabouts=(WhereaboutsRecord(where, LONG_AGO, place="HMP Birch Lane"),),
            backgrounds=(BackgroundRecord(abuse="Waits at her work", abuse_known_on=LONG_AGO),),
            connected_people=(ConnectedPersonRecord("Ash Rowan", "Son", child=True),),
        )

    def wait(self, number: int) -> None:
        """Somebody who is due and has no place: custody would stop the clock."""
        bring_in_line([self.person(number, Whereabouts.COMMUNITY).pk], today=self.today)

    def agency(self, name: str) -> Agency:
        made: Agency = AgencyFactory.create(area=self.area, name=name)
        user: User = UserFactory.create()
        MembershipFactory.create(area=self.area, agency=made, user=user, role=Role.SPOC)
        return made

    def pages(self) -> Mapping[str, str]:
        """Their addresses by name of route."""
        day = {"day": self.on.isoformat()}
        return {
            "sitting": reverse("sitting", args=[self.sitting.pk]),
            "my-invitations": reverse("my-invitations"),
            "plan": reverse("plan"),
            "panel-seats": reverse("panel-seats"),
            "calendar": f"{reverse('calendar')}?month={self.on:%Y-%m}",
            "calendar-week": reverse("calendar-week", kwargs=day),
            "calendar-day": reverse("calendar-day", kwargs=day),
        }


def test_a_page_below_something_costs_the_same_for_one_person_and_for_three(client: Client) -> None:
    member = MembershipFactory.create(role=Role.COORDINATOR)
    sign_in(client, member.user, acting=member)
    heard = Heard(member)
    one = {name: cost(client, "get", address) for name, address in heard.pages().items()}
    for number in (1, 2):
        heard.place(number)
    for name, address in heard.pages().items():
        three, text = cost(client, "get", address)
        assert SURNAMES[0] in one[name][1], name
        assert all(surname in text for surname in SURNAMES), name
        assert three == one[name][0], f"{name}: {one[name][0]} queries for one person, {three} for three"


def test_a_meeting_costs_the_same_for_three_invited_as_for_one(client: Client) -> None:
    member = MembershipFactory.create(role=Role.COORDINATOR)
    sign_in(client, member.user, acting=member)
    heard = Heard(member)
    address = reverse("slot", args=[heard.first])
    one, _ = cost(client, "get", address)
    for number in (1, 2):
        plan.invitation(heard.sitting.slots.get(), heard.agency(f"More {number}"))
    three, text = cost(client, "get", address)
    assert all(f"More {number}" in text for number in (1, 2))
    assert three == one
