"""The pages of agencies: read by the unit, kept by the system administrator, another area's for nobody."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from agencies.contacts import standing_of
from agencies.kinds import AgencyKind, Duty
from agencies.models import Absence, Agency, Agreement, Area, Contact, FormerHomes, Membership, Succession
from agencies.roles import Role
from cases.models import NamedOfficerSpan
from cases.records import NamedOfficerRecord
from mappa import clock
from pages.dates import british_date
from rules.vocabulary import AgreementKind, ContactPart
from tests.factories import cases as make
from tests.factories.agencies import (
    AgencyFactory,
    AgreementFactory,
    AreaFactory,
    ContactFactory,
    LocalHousingAuthorityFactory,
    MembershipFactory,
    PanelAreaFactory,
)
from tests.factories.cases import LONG_AGO
from tests.factories.visits import day, hidden, text_of, visitor

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def area() -> Area:
    return AreaFactory.create()


@pytest.fixture
def kit(area: Area) -> Client:
    return visitor(area, Role.SYSTEM_ADMINISTRATOR)[0]


@pytest.fixture
def trust(area: Area) -> Agency:
    return AgencyFactory.create(area=area, name="Peak Trust", kind=AgencyKind.HEALTH_TRUST, duty=Duty.H)


def days(name: str, on: date) -> dict[str, str]:
    return day(name, on.isoformat())


def test_the_unit_reads_and_changes_nothing(area: Area, trust: Agency) -> None:
    helen, _ = visitor(area, Role.COORDINATOR)
    page = text_of(helen.get(reverse("agency", args=[trust.pk])))
    assert "(h) NHS trust" in page
    assert "No single point of contact is named. No deputy is named" in page
    assert "Never signed" in page
    assert "Hand over" not in page
    assert helen.get(reverse("agency-change", args=[trust.pk])).status_code == 403
    assert helen.get(reverse("hand-over", args=[Membership.objects.latest("pk").pk])).status_code == 403


def test_another_area_s_agency_does_not_exist(kit: Client) -> None:
    elsewhere = AgencyFactory.create()
    for name in ("agency", "agency-change", "contact-name", "agreement-record"):
        assert kit.get(reverse(name, args=[elsewhere.pk])).status_code == 404, name


def test_the_list_says_what_each_lacks(kit: Client, area: Area, trust: Agency) -> None:
    guest = AgencyFactory.create(area=area, name="A Surgery", kind=AgencyKind.OTHER, duty=Duty.NONE)
    former = AgencyFactory.create(area=area, name="Gone Trust", ends_on=clock.today() - DAY)
    AgreementFactory.create(agency=trust, kind=AgreementKind.MEMORANDUM)
    everybody = text_of(kit.get(reverse("agencies")))
    assert trust.name in everybody
    assert guest.name in everybody
    assert former.name not in everybody
    assert former.name in text_of(kit.get(reverse("agencies"), {"status": "former"}))

    def listed(code: str) -> bool:
        return trust.name in text_of(kit.get(reverse("agencies"), {"lacks": code}))

    assert [listed(code) for code in ("no_spoc", "not_reached", "isa:never_signed", "memorandum:never_signed")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert guest.name not in text_of(kit.get(reverse("agencies"), {"lacks": "isa:never_signed"}))
    assert trust.name in text_of(kit.get(reverse("agencies"), {"duty": "h"}))
    assert trust.name not in text_of(kit.get(reverse("agencies"), {"duty": "none"}))


def test_add_change_and_end(kit: Client, area: Area) -> None:
    asked = {"name": "New Trust", "kind": "health_trust", "duty": "h", **days("starts_on", clock.today())}
    wrong = kit.post(reverse("agency-add"), asked | {"duty": "d"})
    assert wrong.status_code == 422
    assert "does not come under that duty" in text_of(wrong)
    assert kit.post(reverse("agency-add"), asked).status_code == 302
    agency = Agency.objects.get(name="New Trust")
    assert kit.post(reverse("agency-change", args=[agency.pk]), asked | {"name": "Newer Trust"}).status_code == 302
    MembershipFactory.create(area=area, agency=agency)
    refused = kit.post(reverse("agency-end", args=[agency.pk]), days("ends_on", clock.today()))
    assert "open work" in text_of(refused)
    Membership.objects.filter(agency=agency).update(ends_on=clock.today())
    assert kit.post(reverse("agency-end", args=[agency.pk]), days("ends_on", clock.today())).status_code == 302
    agency.refresh_from_db()
    assert (agency.name, agency.ends_on) == ("Newer Trust", clock.today())


def test_contact_records_their_own_days_away(area: Area, trust: Agency) -> None:
    """No administrator is needed, nobody else's days are ended, and who is no contact has nothing to record."""
    client, post = visitor(area, Role.SPOC)
    assert "Contact for" not in text_of(client.get(reverse("account")))
    assert "contact or deputy of no agency" in text_of(client.get(reverse("own-absence")))
    away = {**days("starts_on", clock.today()), **days("ends_on", clock.today() + DAY)}
    page = client.post(reverse("own-absence"), away)
    assert page.status_code == 422
    assert "contact or deputy of no agency" in text_of(page)
    deputy = MembershipFactory.create(area=area, agency=post.agency, role=Role.SPOC).user
    ContactFactory.create(agency=post.agency, user=post.user, part=ContactPart.SPOC)
    ContactFactory.create(agency=post.agency, user=deputy, part=ContactPart.DEPUTY)
    assert "Contact for" in text_of(client.get(reverse("account")))
    assert f"{deputy.name} takes over while you are away" in text_of(client.get(reverse("own-absence")))
    assert client.post(reverse("own-absence"), away).status_code == 302
    assert standing_of(post.agency, on=clock.today()).reached == deputy
    page = client.post(reverse("own-absence"), away)
    assert "Some of these days are recorded already." in text_of(page)
    theirs = Absence.objects.create(user=deputy, starts_on=clock.today() + 9 * DAY, ends_on=clock.today() + 9 * DAY)
    assert client.post(reverse("own-absence-end", args=[theirs.pk])).status_code == 404
    mine = Absence.objects.get(user=post.user)
    assert client.post(reverse("own-absence-end", args=[mine.pk])).status_code == 302
    assert standing_of(post.agency, on=clock.today()).reached == post.user


@pytest.mark.parametrize("role", [Role.PANEL_MEMBER, Role.CHAIR], ids=str)
def test_who_votes_or_chairs_records_their_own_days_away(area: Area, role: Role) -> None:
    """Though no agency's contact: the panel counts without them, and the unit sees it before it names a chair."""
    client, post = visitor(area, role)
    assert "When you are away" in text_of(client.get(reverse("account")))
    page = text_of(client.get(reverse("own-absence")))
    assert f"{role.label}: " in page
    away = {**days("starts_on", clock.today()), **days("ends_on", clock.today() + DAY)}
    assert client.post(reverse("own-absence"), away).status_code == 302
    assert Absence.objects.filter(user=post.user, ends_on=clock.today() + DAY).exists()


def test_contact_deputy_and_who_is_away(kit: Client, trust: Agency) -> None:
    first, second = (MembershipFactory.create(area=trust.area, agency=trust, role=Role.SPOC).user for _ in range(2))
    for user, part in ((first, "spoc"), (second, "deputy")):
        said = {"part": part, "user": user.pk, **days("starts_on", clock.today())}
        assert kit.post(reverse("contact-name", args=[trust.pk]), said).status_code == 302
    page = reverse("agency", args=[trust.pk])
    assert f"Reached today {first.name}" in text_of(kit.get(page))
    away = {"user": first.pk, **days("starts_on", clock.today()), **days("ends_on", clock.today() + DAY)}
    assert kit.post(reverse("absence-record", args=[trust.pk]), away).status_code == 302
    assert f"Reached today {second.name} (deputy)" in text_of(kit.get(page))
    assert kit.post(reverse("absence-end", args=[Absence.objects.get().pk])).status_code == 302
    assert f"Reached today {first.name}" in text_of(kit.get(page))
    contact = Contact.objects.get(part="spoc")
    assert kit.post(reverse("contact-end", args=[contact.pk]), days("ends_on", clock.today())).status_code == 302
    contact.refresh_from_db()
    assert contact.ends_on == clock.today()


def test_agreements_and_homes(kit: Client, area: Area, trust: Agency) -> None:
    said = {"kind": "isa", **days("signed_on", LONG_AGO)}
    assert kit.post(reverse("agreement-record", args=[trust.pk]), said).status_code == 302
    row = Agreement.objects.get()
    put_right = {**days("signed_on", LONG_AGO), **days("expires_on", clock.today() - DAY)}
    assert kit.post(reverse("agreement-correct", args=[row.pk]), put_right).status_code == 302
    assert "Expired" in text_of(kit.get(reverse("agency", args=[trust.pk])))
    landlord = AgencyFactory.create(area=area, kind=AgencyKind.SOCIAL_LANDLORD, duty=Duty.E)
    council = LocalHousingAuthorityFactory.create(area=area)
    homes = {"authority": council.pk, **days("starts_on", LONG_AGO)}
    assert kit.post(reverse("homes-link", args=[landlord.pk]), homes).status_code == 302
    link = FormerHomes.objects.get()
    assert council.name in text_of(kit.get(reverse("agency", args=[landlord.pk])))
    assert kit.post(reverse("homes-end", args=[link.pk]), days("ends_on", clock.today())).status_code == 302


def housing(area: Area, name: str) -> Agency:
    council = LocalHousingAuthorityFactory.create(area=area, name=name)
    PanelAreaFactory.create(area=area, name=name, housing_authority=council)
    return AgencyFactory.create(
        area=area, name=f"{name} Council", kind=AgencyKind.HOUSING_AUTHORITY, duty=Duty.D, housing_authority=council
    )


def test_a_merger_is_shown_confirmed_and_called_off(kit: Client, area: Area) -> None:
    councils = [housing(area, "Northvale"), housing(area, "Southvale")]
    MembershipFactory.create(area=area, agency=councils[0], role=Role.SPOC)
    url = reverse("succession-plan")
    said = {
        "predecessors": [each.pk for each in councils],
        "follows": "new",
        "name": "Twovales Council",
        "council": "Twovales",
        "reason": "An order",
        **days("happens_on", clock.today() + 30 * DAY),
    }
    refused = kit.post(url, said | {"council": ""})
    assert (refused.status_code, "Name the new council" in text_of(refused)) == (422, True)
    shown = kit.post(url, said)
    assert (shown.status_code, Succession.objects.exists()) == (200, False)
    assert "Roles of people 1" in text_of(shown)
    assert "Which agencies are replaced? Northvale Council, Southvale Council" in text_of(shown)
    assert f"Merge the councils on {british_date(clock.today() + 30 * DAY)} Cancel" in text_of(shown)
    assert "Continue" not in text_of(shown)
    done = kit.post(url, hidden(shown) | said)
    row = Succession.objects.get()
    assert done.headers["Location"] == reverse("succession", args=[row.pk])
    assert kit.post(url, hidden(shown) | said).headers["Location"] == done.headers["Location"]
    page = text_of(kit.get(done.headers["Location"]))
    assert "Planned" in page
    assert "Roles of people 1" in page
    assert "Twovales Council" in text_of(kit.get(reverse("agencies")))
    assert kit.post(reverse("succession-cancel", args=[row.pk])).status_code == 302
    assert "Called off" in text_of(kit.get(done.headers["Location"]))
    again = kit.post(reverse("succession-cancel", args=[row.pk]))
    assert (again.status_code, "called off already" in text_of(again)) == (422, True)


def test_the_contacts_of_a_merged_council_are_chosen_and_named(kit: Client, area: Area) -> None:
    councils = [housing(area, "Northvale"), housing(area, "Southvale")]
    people = []
    for agency in councils:
        for part in (ContactPart.SPOC, ContactPart.DEPUTY):
            people.append(MembershipFactory.create(area=area, agency=agency, role=Role.SPOC).user)
            ContactFactory.create(agency=agency, user=people[-1], part=part)
    url = reverse("succession-plan")
    said = {
        "predecessors": [each.pk for each in councils],
        "follows": "new",
        "name": "Twovales Council",
        "council": "Twovales",
        "reason": "An order",
        **days("happens_on", clock.today() + 30 * DAY),
    }
    shown = kit.post(url, said)
    page = text_of(shown)
    assert "Contacts and deputies 2" in page
    assert f"{people[2].name}, single point of contact of Southvale Council; {people[3].name}, deputy of" in page
    assert f'value="{people[0].pk}" checked' in shown.text
    sent = hidden(shown) | said
    one = kit.post(url, sent | {"spoc": people[2].pk, "deputy": people[2].pk})
    assert (one.status_code, "Choose another person" in text_of(one), Succession.objects.exists()) == (422, True, False)
    chosen = {"spoc": people[2].pk, "deputy": people[1].pk}
    told = kit.post(url, hidden(one) | said | chosen)
    assert (told.status_code, Succession.objects.exists()) == (422, False), "another choice names other losers first"
    page = text_of(told)
    assert "Look again: what was confirmed is not what would be done" in page
    assert (
        f"lose the part that they have: {people[0].name}, single point of contact of Northvale Council; "
        f"{people[3].name}, deputy of Southvale Council." in page
    )
    assert all(f'value="{pk}" checked' in told.text for pk in chosen.values())
    done = kit.post(url, hidden(told) | said | chosen)
    row = Succession.objects.get()
    assert (row.spoc, row.deputy) == (people[2], people[1])
    plan = text_of(kit.get(done.headers["Location"]))
    assert f"Single point of contact then {people[2].name}" in plan
    assert f"Deputy then {people[1].name}" in plan
    assert f"told by a letter on the day: {people[0].name}, single point of contact of Northvale Council;" in plan


def test_what_was_answered_can_be_changed_before_it_is_confirmed(kit: Client, area: Area) -> None:
    old = AgencyFactory.create(area=area)
    said = {"predecessors": [old.pk], "follows": "new", "name": "Peak Care", "reason": "A contract"}
    said |= days("happens_on", clock.today())
    url = reverse("succession-plan")
    shown = kit.post(url, said)
    assert "Peak Care" in text_of(shown)
    back = kit.post(url, hidden(shown) | said | {"change_answers": "yes"})
    assert (back.status_code, 'value="Peak Care"' in back.text, Succession.objects.exists()) == (200, True, False)
    assert "confirmed" not in hidden(back)


def test_everything_of_a_leaver_to_a_colleague(kit: Client, area: Area, trust: Agency) -> None:
    leaver, colleague, other = (
        MembershipFactory.create(area=area, agency=trust, role=Role.PRACTITIONER) for _ in range(3)
    )
    MembershipFactory.create(area=area, agency=trust, role=Role.SPOC)
    make.nominal(area, named_officers=(NamedOfficerRecord(leaver.user_id, trust.pk, LONG_AGO),))
    url = reverse("hand-over", args=[leaver.pk])
    form = kit.get(url)
    assert f'value="{leaver.user_id}"' not in form.content.decode()
    said = {"to": colleague.user_id, **days("on", clock.today() + DAY)}
    shown = kit.post(url, said)
    assert shown.status_code == 200
    assert "People whose named officer they are 1" in text_of(shown)
    assert f"Who takes over? {colleague.user.name}" in text_of(shown)
    assert f"Hand over 1 case to {colleague.user.name} Cancel" in text_of(shown)
    assert "referrals they wrote" in text_of(shown)
    assert "What comes to the leaver until then goes with it" in text_of(shown)
    assert NamedOfficerSpan.objects.count() == 1
    assert kit.post(url, said | hidden(shown)).status_code == 302
    assert set(NamedOfficerSpan.objects.values_list("officer", "ends_on")) == {
        (leaver.user_id, clock.today()), (colleague.user_id, None),
    }  # fmt: skip
    past = kit.post(reverse("hand-over", args=[other.pk]), said | days("on", clock.today() - DAY))
    assert (past.status_code, "in the past" in text_of(past)) == (422, True)


def test_the_area_chooses_its_word(kit: Client, area: Area) -> None:
    assert kit.post(reverse("person-word-set"), {"word": "offender"}).status_code == 302
    area.refresh_from_db()
    assert area.person_word == "offender"
    assert kit.post(reverse("person-word-set"), {"word": "child"}).status_code == 422
