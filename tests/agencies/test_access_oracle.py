"""The oracle and the engine agree on random worlds: ``visible``, ``can``, ``presence``, ``cards`` and ``who_can``."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from agencies.access import Presence, Ways, can, cards, presence, users_who_can, visible, ways_to, who_can
from agencies.models import Agency, Area, Membership, User
from agencies.principal import Principal
from agencies.roles import MEMBERSHIP_ROLES, Perm
from cases.models import Address, CaseParticipation, Exclusion, Nominal, PersonalGrant
from rules.vocabulary import Handling, ParticipationSource

from .oracle import Grant, KeptOut, Member, Participation, Record, Span, World, decide

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 27)
AREAS, AGENCIES, USERS = 2, 3, 4
SOURCE = next(iter(ParticipationSource))

PERMS = (
    Perm.NOMINAL_VIEW,
    Perm.NOMINAL_EDIT,
    Perm.WHEREABOUTS_RECORD,
    Perm.FIGURES_VIEW,
    Perm.LOGS_VIEW,
    Perm.SETTINGS_VIEW,
)

days = st.integers(-3, 3).map(lambda shift: DAY + timedelta(days=shift))
spans = st.builds(
    lambda start, length: Span(start, None if length is None else start + timedelta(days=length)),
    days,
    st.none() | st.integers(0, 4),
)
users, agencies, areas = (st.integers(0, count - 1) for count in (USERS, AGENCIES, AREAS))
members = st.builds(Member, users, agencies, areas, st.sampled_from(MEMBERSHIP_ROLES), spans)
records = st.builds(
    Record,
    areas,
    st.sampled_from([str(handling) for handling in Handling]),
    st.lists(st.builds(Participation, agencies, spans), max_size=2, unique_by=lambda row: row.agency).map(tuple),
    st.lists(st.builds(Grant, users, st.booleans(), spans), max_size=3, unique_by=lambda row: row.user).map(tuple),
    st.lists(
        st.builds(lambda user, span: KeptOut(user, None, span), users, spans)
        | st.builds(lambda agency, span: KeptOut(None, agency, span), agencies, spans),
        max_size=2,
        unique_by=lambda row: (row.user, row.agency),
    ).map(tuple),
)
worlds = st.builds(
    World,
    st.lists(members, min_size=1, max_size=5, unique_by=lambda row: (row.user, row.agency, row.area, row.role)).map(
        tuple
    ),
    st.lists(records, min_size=1, max_size=5).map(tuple),
    st.frozensets(users),
    st.frozensets(users, max_size=1),
)


class Stored:
    """A world in the database."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.areas = Area.objects.bulk_create(
            Area(slug=f"w{n}", name=f"World {n}", starts_on=DAY) for n in range(AREAS)
        )
        groups = Group.objects.bulk_create(Group(name=f"w{n}") for n in range(AGENCIES))
        self.agencies = Agency.objects.bulk_create(
            Agency(area=self.areas[0], name=f"Agency {n}", slug=f"w{n}", kind="police", group=group)
            for n, group in enumerate(groups)
        )
        self.users = User.objects.bulk_create(
            User(
                email=f"w{n}@example.org",
                family_name=f"Wren {n}",
                category_4=n in world.cleared,
                is_active=n not in world.disabled,
            )
            for n in range(USERS)
        )
        self.members = Membership.objects.bulk_create(
            Membership(
                user=self.users[row.user],
                agency=self.agencies[row.agency],
                area=self.areas[row.area],
                role=row.role,
                starts_on=row.span.starts_on,
                ends_on=row.span.ends_on,
            )
            for row in world.members
        )
        self.nominals = Nominal.objects.bulk_create(
            Nominal(area=self.areas[row.area], family_name=f"Galena {n}", handling=row.handling)
            for n, row in enumerate(world.records)
        )
        self.addresses = Address.objects.bulk_create(
            Address(nominal=nominal, lines="1 Toadstone Terrace", starts_on=DAY) for nominal in self.nominals
        )
        self._grants()

    def _grants(self) -> None:
        permission = Permission.objects.get(codename="take_part")
        for nominal, row in zip(self.nominals, self.world.records, strict=True):
            CaseParticipation.objects.bulk_create(
                CaseParticipation(
                    group=self.agencies[held.agency].group,
                    permission=permission,
                    content_object=nominal,
                    source=SOURCE,
                    starts_on=held.span.starts_on,
                    ends_on=held.span.ends_on,
                )
                for held in row.participations
            )
            PersonalGrant.objects.bulk_create(
                PersonalGrant(
                    user=self.users[held.user],
                    permission=permission,
                    content_object=nominal,
                    source=SOURCE,
                    named_reader=held.named_reader,
                    starts_on=held.span.starts_on,
                    ends_on=held.span.ends_on,
                )
                for held in row.grants
            )
            Exclusion.objects.bulk_create(
                Exclusion(
                    nominal=nominal,
                    user=None if held.user is None else self.users[held.user],
                    agency=None if held.agency is None else self.agencies[held.agency],
                    reason="neighbour",
                    starts_on=held.span.starts_on,
                    ends_on=held.span.ends_on,
                )
                for held in row.exclusions
            )

    def principal(self, place: int) -> Principal | None:
        """Nobody acts in a role that does not hold, or with a disabled account."""
        membership = self.members[place]
        if not membership.holds_on(DAY) or not membership.user.is_active:
            return None
        return Principal.for_membership(membership, on=DAY)

    def expected(self, place: int, perm: Perm) -> list[Presence]:
        member = self.world.members[place]
        return [decide(self.world, member, record, perm, DAY) for record in self.world.records]


def on_a_way(row: Nominal, ways: Ways | None) -> bool:
    if ways is None or ways == Ways():
        return ways is not None
    own = Nominal.objects.filter(pk=row.pk)
    by_area = ways.area is not None and own.filter(area=ways.area).exists()
    return by_area or (ways.ids is not None and own.filter(pk__in=ways.ids).exists())


@given(worlds, st.sampled_from(PERMS))
def test_engine_agrees_with_oracle(world: World, perm: Perm) -> None:
    with transaction.atomic():
        stored = Stored(world)
        for place in range(len(world.members)):
            expected = stored.expected(place, perm)
            if (by := stored.principal(place)) is None:
                assert set(expected) == {Presence.ABSENT}
                continue
            opened = {row.pk for row, found in zip(stored.nominals, expected, strict=True) if found is Presence.OPEN}
            carded = {row.pk for row, found in zip(stored.nominals, expected, strict=True) if found is Presence.CARD}
            assert set(visible(by, Nominal.objects.all(), perm).values_list("pk", flat=True)) == opened
            assert set(cards(by, Nominal.objects.all(), perm).values_list("pk", flat=True)) == carded
            reached = {row.pk for row in stored.nominals if on_a_way(row, ways_to(by, perm))}
            assert opened | carded <= reached, "a search would not look where somebody is"
            below = visible(by, Address.objects.all(), perm).values_list("nominal", flat=True)
            assert set(below) == opened
            gathered = visible(by, Address.objects.all(), perm, gathered=True).values_list("nominal", flat=True)
            assert set(gathered) == opened
        transaction.set_rollback(True)


@given(worlds, st.sampled_from(PERMS))
def test_can_and_presence_are_membership_of_visible(world: World, perm: Perm) -> None:
    with transaction.atomic():
        stored = Stored(world)
        for place in range(len(world.members)):
            if (by := stored.principal(place)) is None:
                continue
            for nominal, address, found in zip(
                stored.nominals, stored.addresses, stored.expected(place, perm), strict=True
            ):
                assert presence(by, nominal, perm) is found
                assert presence(by, address, perm) is found
                assert bool(can(by, perm, nominal)) is bool(can(by, perm, address)) is (found is Presence.OPEN)
        transaction.set_rollback(True)


@given(worlds, st.sampled_from(PERMS))
def test_who_can_is_the_same_question_turned_round(world: World, perm: Perm) -> None:
    with transaction.atomic():
        stored = Stored(world)
        at_once = users_who_can(perm, stored.nominals, on=DAY)
        for number, (nominal, address) in enumerate(zip(stored.nominals, stored.addresses, strict=True)):
            expected = {
                stored.members[place].pk
                for place in range(len(world.members))
                if stored.expected(place, perm)[number] is Presence.OPEN
            }
            holders = who_can(perm, nominal, on=DAY)
            assert {holder.membership_id for holder in holders} == expected
            assert {holder.user_id for holder in holders} == at_once[nominal.pk]
            assert {holder.membership_id for holder in who_can(perm, address, on=DAY)} == expected
        transaction.set_rollback(True)


@given(worlds)
def test_system_reaches_every_record(world: World) -> None:
    with transaction.atomic():
        stored = Stored(world)
        by = Principal.system("test", on=DAY)
        assert visible(by, Nominal.objects.all(), Perm.NOMINAL_VIEW).count() == len(stored.nominals)
        assert all(can(by, Perm.NOMINAL_EDIT, nominal) for nominal in stored.nominals)
        transaction.set_rollback(True)


@given(worlds)
def test_category_4_changes_nothing_for_those_without_clearance(world: World) -> None:
    """Counts and rows are the same with and without the hidden records (R99)."""
    with transaction.atomic():
        stored = Stored(world)
        hidden = [row.pk for row in stored.nominals if row.handling == Handling.CATEGORY_4]
        for place, member in enumerate(world.members):
            if member.user in world.cleared or (by := stored.principal(place)) is None:
                continue
            for perm in Perm:
                rows = visible(by, Nominal.objects.all(), perm)
                assert not rows.filter(pk__in=hidden).exists()
                assert not cards(by, Nominal.objects.filter(pk__in=hidden), perm).exists()
        transaction.set_rollback(True)
