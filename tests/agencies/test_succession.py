"""Agencies that follow one another: planned, called off, carried out on the day; people, contacts and homes move."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from agencies.kinds import AgencyKind, Duty
from agencies.models import (
    Agency,
    Area,
    Contact,
    FormerHomes,
    LocalHousingAuthority,
    Membership,
    PanelArea,
    Succession,
)
from agencies.models.accounts import SignInProvider
from agencies.principal import Principal
from agencies.providers import demands_provider
from agencies.queries import agencies_of, panel_areas_of
from agencies.roles import Role
from agencies.services.contacts import name_contact
from agencies.services.partners import link_homes
from agencies.services.succession import (
    cancel_succession,
    carry_out_succession,
    may_plan_succession,
    plan_succession,
)
from agencies.services.succession_contacts import contacts_on_the_day, losing_ids
from agencies.succession import Going, lineage_of, participants, planned_going, preview, waiting_successions
from agencies.tasks import carry_out_successions_task
from letters.kinds import letter_kind
from letters.models import Message
from mappa import clock
from rules.core import Refused
from rules.vocabulary import ContactPart
from tests.factories.agencies import (
    AgencyFactory,
    AreaFactory,
    ContactFactory,
    LocalHousingAuthorityFactory,
    MembershipFactory,
    PanelAreaFactory,
    principal_for,
    sign_in,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
THEN = TODAY + 30 * DAY


@pytest.fixture
def administrator() -> Membership:
    return MembershipFactory.create(role=Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def by(administrator: Membership) -> Principal:
    return principal_for(administrator, on=TODAY)


@pytest.fixture
def area(administrator: Membership) -> Area:
    return administrator.area


def housing(area: Area, name: str) -> Agency:
    council = LocalHousingAuthorityFactory.create(area=area, name=name)
    PanelAreaFactory.create(area=area, name=name, housing_authority=council)
    return AgencyFactory.create(
        area=area, name=f"{name} Council", kind=AgencyKind.HOUSING_AUTHORITY, duty=Duty.D, housing_authority=council
    )


@pytest.fixture
def councils(area: Area) -> list[Agency]:
    return [housing(area, "Northvale"), housing(area, "Southvale")]


def plan(
    by: Principal, councils: list[Agency], happens_on: date = THEN, today: date = TODAY, **contacts: int
) -> Succession:
    return plan_succession(
        by=by, today=today, area_id=councils[0].area_id, predecessor_ids=[each.pk for each in councils],
        happens_on=happens_on, name="Twovales Council", council="Twovales", reason="An order of Parliament",
        **contacts,
    )  # fmt: skip


def everything() -> list[list[tuple[object, ...]]]:
    """All rows of this app that a succession may touch."""
    models = (Agency, LocalHousingAuthority, PanelArea, Membership, Contact, FormerHomes)
    return [sorted(model._default_manager.values_list(), key=str) for model in models]


def test_a_plan_changes_nothing_and_can_be_called_off(by: Principal, councils: list[Agency]) -> None:
    before = everything()
    row = plan(by, councils)
    assert everything() == before
    assert list(waiting_successions()) == [row]
    with pytest.raises(Refused, match="Its day has not come"):
        carry_out_succession(by=by, today=THEN - DAY, succession_id=row.pk)
    cancel_succession(by=by, today=TODAY, succession_id=row.pk)
    assert everything() == before
    assert not waiting_successions()
    with pytest.raises(Refused, match="called off"):
        carry_out_succession(by=by, today=THEN, succession_id=row.pk)


def test_on_the_day_two_councils_become_one(by: Principal, area: Area, councils: list[Agency]) -> None:
    row = carry_out_succession(by=by, today=THEN, succession_id=plan(by, councils).pk)
    new = row.successor
    assert new is not None
    assert (new.name, new.kind, new.duty, new.starts_on, new.ends_on) == (
        "Twovales Council", "housing_authority", "d", THEN, None,
    )  # fmt: skip
    assert set(Agency.objects.filter(pk__in=[each.pk for each in councils]).values_list("ends_on", flat=True)) == {
        THEN - DAY
    }
    council = LocalHousingAuthority.objects.get(name="Twovales")
    assert set(LocalHousingAuthority.objects.exclude(pk=council.pk).values_list("replaced_on", "successor")) == {
        (THEN, council.pk)
    }
    late = principal_for(Membership.objects.get(agency__area=area, role=Role.SYSTEM_ADMINISTRATOR), on=THEN)
    assert [each.name for each in panel_areas_of(late)] == ["Twovales"]
    assert {each.name for each in panel_areas_of(by)} >= {"Northvale", "Southvale"}
    assert new in agencies_of(late)
    assert new not in agencies_of(by)
    assert set(lineage_of(new)) == {new.pk, *(each.pk for each in councils)}
    with pytest.raises(Refused, match="It is done"):
        cancel_succession(by=by, today=THEN, succession_id=row.pk)


def test_own_sign_in_ends_with_its_agency_and_moves_to_nobody(
    client: Client, by: Principal, administrator: Membership, councils: list[Agency]
) -> None:
    """Who vouches for the merged council's people is for two persons to say, not for a merger."""
    worker = MembershipFactory.create(area=administrator.area, agency=councils[0])
    provider = SignInProvider.objects.create(
        agency=councils[0], issuer="https://login.example.org", client_id="mappa", client_secret="x", demanded=True
    )
    row = plan(by, councils)
    sign_in(client, administrator.user, acting=administrator)
    page = client.get(reverse("succession", args=[row.pk])).text
    assert "The own sign-in of Northvale Council ends with it and moves to nobody." in page
    assert "Southvale Council ends" not in page
    new = carry_out_succession(by=by, today=THEN, succession_id=row.pk).successor
    assert new is not None
    provider.refresh_from_db()
    assert (provider.agency, provider.is_active, provider.demanded) == (councils[0], False, False)
    assert not SignInProvider.objects.filter(agency=new).exists()
    assert worker.user.memberships.on(THEN).get().agency == new
    assert not demands_provider(worker.user, on=THEN)


def test_the_task_carries_out_what_is_due_however_late(by: Principal, councils: list[Agency]) -> None:
    plan(by, councils)
    clock.pretend(THEN - DAY)
    carry_out_successions_task()
    assert waiting_successions().count() == 1
    clock.pretend(THEN + 7 * DAY)
    carry_out_successions_task()
    carry_out_successions_task()
    row = Succession.objects.get()
    assert (row.happens_on, row.done_on) == (THEN, THEN + 7 * DAY)
    assert Agency.objects.get(name="Twovales Council").starts_on == THEN


def test_people_contacts_and_homes_move_and_nothing_is_doubled(
    by: Principal, area: Area, councils: list[Agency]
) -> None:
    first, second = councils
    contact = MembershipFactory.create(area=area, agency=first, role=Role.SPOC, starts_on=TODAY - 9 * DAY)
    other = MembershipFactory.create(area=area, agency=second, role=Role.SPOC)
    both = MembershipFactory.create(area=area, agency=second, role=Role.SPOC, user=contact.user)
    over = MembershipFactory.create(area=area, agency=first, ends_on=TODAY)
    elsewhere = MembershipFactory.create(area=area)
    for agency, member in ((first, contact), (second, other)):
        name_contact(
            by=by, today=TODAY, agency_id=agency.pk, user_id=member.user_id, part=ContactPart.SPOC, starts_on=TODAY
        )
    name_contact(
        by=by, today=TODAY, agency_id=second.pk, user_id=both.user_id, part=ContactPart.DEPUTY, starts_on=TODAY
    )
    landlord = AgencyFactory.create(area=area, kind=AgencyKind.SOCIAL_LANDLORD, duty=Duty.E)
    assert first.housing_authority is not None
    link_homes(by=by, today=TODAY, landlord_id=landlord.pk, authority=first.housing_authority, starts_on=TODAY)
    row = plan(by, councils)
    assert [(line.label, line.count) for line in preview(planned_going(row))] == [
        ("roles of people", 3), ("contacts and deputies", 1), ("former council homes held by landlords", 1),
    ]  # fmt: skip
    new = carry_out_succession(by=by, today=THEN, succession_id=row.pk).successor
    moved = Membership.objects.filter(agency=new).order_by("pk")
    assert list(moved.values_list("user", "role", "starts_on", "ends_on")) == [
        (contact.user_id, "spoc", THEN, None), (other.user_id, "spoc", THEN, None),
    ]  # fmt: skip
    for member in (contact, other, both):
        member.refresh_from_db()
        assert member.ends_on == THEN - DAY
    assert Membership.objects.get(pk=over.pk).ends_on == TODAY
    assert Membership.objects.get(pk=elsewhere.pk).ends_on is None
    assert list(Contact.objects.filter(agency=new).values_list("user", "part")) == [(contact.user_id, "spoc")]
    homes = FormerHomes.objects.order_by("starts_on").values_list("authority__name", "starts_on", "ends_on")
    assert list(homes) == [("Northvale", TODAY, THEN - DAY), ("Twovales", THEN, None)]
    assert not preview(planned_going(Succession.objects.get()))


def contacts_of(area: Area, councils: list[Agency]) -> list[Membership]:
    """Contact and deputy of the first council, then of the second."""
    held = []
    for agency in councils:
        for part in (ContactPart.SPOC, ContactPart.DEPUTY):
            held.append(MembershipFactory.create(area=area, agency=agency, role=Role.SPOC))
            ContactFactory.create(agency=agency, user=held[-1].user, part=part, starts_on=TODAY)
    return held


def parts_at(agency: Agency | None) -> list[tuple[int, str]]:
    return list(Contact.objects.filter(agency=agency, starts_on=THEN).order_by("-part").values_list("user", "part"))


@pytest.mark.parametrize(
    ("chosen", "then", "told"),
    [
        pytest.param({}, [0, 1], {2, 3}, id="without a choice the first named stay"),
        pytest.param({"spoc_id": 2, "deputy_id": 3}, [2, 3], {0, 1}, id="the second council's"),
        pytest.param({"spoc_id": 0, "deputy_id": 2}, [0, 2], {1, 2, 3}, id="a contact who becomes deputy is told too"),
        pytest.param({"deputy_id": 0}, [2, 0], {0, 1, 3}, id="one chosen, the other part goes by the order"),
    ],
)
def test_one_contact_and_one_deputy_stay_and_the_others_are_told(
    by: Principal, area: Area, councils: list[Agency], chosen: dict[str, int], then: list[int], told: set[int]
) -> None:
    """R96: an agency has one of each; who has them is chosen, and nobody loses the part without a letter."""
    people = [member.user_id for member in contacts_of(area, councils)]
    row = plan(by, councils, **{name: people[index] for name, index in chosen.items()})
    going = planned_going(row)
    assert set(losing_ids(going)) == {people[index] for index in told}
    assert {part.value: user.pk for part, user in contacts_on_the_day(going).items()} == {
        "spoc": people[then[0]], "deputy": people[then[1]],
    }  # fmt: skip
    new = carry_out_succession(by=by, today=THEN, succession_id=row.pk).successor
    assert parts_at(new) == [(people[then[0]], "spoc"), (people[then[1]], "deputy")]
    assert not Contact.objects.filter(agency__in=councils, ends_on=None).exists()
    letters = Message.objects.filter(kind="contact_changed")
    assert {letter.recipient_id for letter in letters} == {people[index] for index in told}
    assert {letter.subject_id for letter in letters} == {new.pk if new else None}
    assert letter_kind("contact_changed").still_wanted(new.pk if new else 0, letters[0].recipient, THEN)


def test_a_known_successor_keeps_its_contacts_unless_others_are_chosen(by: Principal, area: Area) -> None:
    old, new = AgencyFactory.create(area=area), AgencyFactory.create(area=area)
    people = [member.user_id for member in contacts_of(area, [old, new])]
    going = Going(THEN, (old,), to=new)
    assert set(losing_ids(going)) == set(people[:2])
    row = plan_succession(
        by=by, today=TODAY, area_id=area.pk, predecessor_ids=[old.pk], successor_id=new.pk, happens_on=THEN,
        reason="A new contract", spoc_id=people[0], deputy_id=people[3],
    )  # fmt: skip
    untouched = Contact.objects.get(user=people[3])
    carry_out_succession(by=by, today=THEN, succession_id=row.pk)
    assert parts_at(new) == [(people[0], "spoc")]
    assert Contact.objects.get(agency=new, part="deputy") == untouched
    assert Contact.objects.get(user=people[2]).ends_on == THEN - DAY


def test_a_chosen_contact_who_has_left_by_the_day_makes_room(by: Principal, area: Area, councils: list[Agency]) -> None:
    people = contacts_of(area, councils)
    row = plan(by, councils, spoc_id=people[2].user_id)
    Contact.objects.filter(user=people[2].user_id).update(ends_on=TODAY + DAY)
    carry_out_succession(by=by, today=THEN, succession_id=row.pk)
    row.refresh_from_db()
    assert parts_at(row.successor) == [(people[0].user_id, "spoc"), (people[1].user_id, "deputy")]


def test_who_may_be_chosen(by: Principal, area: Area, councils: list[Agency]) -> None:
    people = contacts_of(area, councils)
    stranger = MembershipFactory.create(area=area, agency=councils[0], role=Role.SPOC)
    with pytest.raises(Refused, match="contact or deputy of one of the agencies"):
        plan(by, councils, spoc_id=stranger.user_id)
    with pytest.raises(Refused, match="two people"):
        plan(by, councils, spoc_id=people[0].user_id, deputy_id=people[0].user_id)
    assert not Succession.objects.exists()


def test_a_contract_changes_hands_at_once_when_its_day_has_come(by: Principal, area: Area) -> None:
    old, new = AgencyFactory.create(area=area), AgencyFactory.create(area=area)
    team = AgencyFactory.create(area=area, part_of=old)
    row = plan_succession(
        by=by, today=TODAY, area_id=area.pk, predecessor_ids=[old.pk], successor_id=new.pk,
        happens_on=TODAY - 100 * DAY, reason="A new contract",
    )  # fmt: skip
    assert row.done_on == TODAY
    old.refresh_from_db()
    team.refresh_from_db()
    assert (old.ends_on, team.part_of_id) == (TODAY - 101 * DAY, new.pk)
    assert lineage_of(new) == [new.pk, old.pk]
    assert lineage_of(old) == [old.pk]


def test_a_body_beside_the_successor_inherits_no_series(by: Principal, area: Area) -> None:
    old, new, beside = (AgencyFactory.create(area=area) for _ in range(3))
    plan_succession(
        by=by, today=TODAY, area_id=area.pk, predecessor_ids=[old.pk], successor_id=new.pk, beside_ids=[beside.pk],
        happens_on=TODAY, reason="Split in two",
    )  # fmt: skip
    assert lineage_of(new) == [new.pk, old.pk]
    assert lineage_of(beside) == [beside.pk]


def test_lineage_goes_back_over_several(by: Principal, area: Area) -> None:
    first, second, third = (AgencyFactory.create(area=area) for _ in range(3))
    for day, (old, new) in enumerate(((first, second), (second, third))):
        plan_succession(
            by=by, today=TODAY, area_id=area.pk, predecessor_ids=[old.pk], successor_id=new.pk,
            happens_on=TODAY - (9 - day) * DAY, reason="Renamed",
        )  # fmt: skip
    assert lineage_of(third) == [third.pk, second.pk, first.pk]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"predecessors": ()}, "Choose the agencies"),
        ({"reason": " "}, "Say why"),
        ({"name": "", "council": ""}, "Name a new agency"),
        ({"name": "Northvale Council"}, "has this name"),
        ({"council": "Northvale"}, "A council or panel area has this name"),
        ({"council": ""}, "Name the new council"),
    ],
)
def test_what_a_plan_needs(
    by: Principal, area: Area, councils: list[Agency], change: dict[str, object], why: str
) -> None:
    asked = {"predecessors": councils, "name": "Twovales Council", "council": "Twovales", "reason": "An order"}
    decision = may_plan_succession(area, by=by, today=TODAY, happens_on=THEN, **{**asked, **change})
    assert why in " ".join(reason.text for reason in decision.reasons)
    assert may_plan_succession(area, by=by, today=TODAY, happens_on=THEN, **asked)


def test_nobody_is_replaced_twice_or_by_themselves(by: Principal, area: Area, councils: list[Agency]) -> None:
    plan(by, councils)

    def asked(predecessor: Agency, successor: Agency) -> bool:
        return bool(
            may_plan_succession(
                area,
                by=by,
                today=TODAY,
                predecessors=[predecessor],
                successor=successor,
                happens_on=THEN,
                reason="x y z",
            )
        )

    other = AgencyFactory.create(area=area)
    assert not asked(councils[0], other)
    assert not asked(other, other)
    assert not asked(AgencyFactory.create(area=AreaFactory.create()), other)
    assert not asked(AgencyFactory.create(area=area, starts_on=None), other)
    assert not asked(other, AgencyFactory.create(area=area, kind=AgencyKind.HOUSING_AUTHORITY, duty=Duty.D))
    assert asked(other, AgencyFactory.create(area=area))


def test_who_takes_part_in_a_succession() -> None:
    assert [each.name for each in participants()] == [
        "people",
        "former homes",
        "letter",
        "cases",
        "referrals",
        "actions",
        "meetings",
    ]
