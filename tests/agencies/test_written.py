"""What is written once answers as the query itself, whoever asks and with whatever values."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Membership, User
from agencies.roles import Role
from agencies.rows_of import RowsOf, ValuesOf
from agencies.written import NotWrittenOnce, Text, Written, keep, one_of
from tests.factories.agencies import MembershipFactory, principal_for

DAY = date(2026, 3, 27)

pytestmark = pytest.mark.django_db


def test_each_asks_with_their_own_values() -> None:
    """The second to ask is given the text of the first, and none of their values."""
    members = [MembershipFactory.create(role=role) for role in (Role.COORDINATOR, Role.COORDINATOR, Role.SPOC)]
    written = Written(lambda by, on: Membership.objects.on(on).filter(user=by.user_id, area=by.area_id))
    for member in members:
        by = principal_for(member, on=DAY)
        assert written(by, DAY) == [member]
        assert written.count(by, DAY) == 1
        assert written(by, date(1999, 1, 1)) == []
    ids = [member.pk for member in members]
    listed = Written(
        lambda pks, role: Membership.objects.filter(one_of("pk", pks), role=role).select_related("user").order_by("pk")
    )
    assert listed(ids[:2], Role.COORDINATOR) == members[:2]
    assert listed([ids[2]], Role.SPOC) == members[2:]
    assert listed([], Role.SPOC) == []
    assert listed(ids, Role.SPOC)[0].user == members[2].user
    called = Written(lambda name: User.objects.filter(family_name=name))
    for member in members:
        member.user.family_name = f"Wren {member.pk}"
        member.user.save(update_fields=["family_name"])
        assert called(Text(member.user.family_name)) == [member.user]
    nobody = Written(lambda on: Membership.objects.on(on).filter(pk__in=[]))
    assert (nobody(DAY), nobody.count(DAY), nobody.text(DAY)) == ([], 0, None)


def test_rows_are_told_apart_by_whom_they_belong_to(django_assert_num_queries: Callable[..., Any]) -> None:
    one, other = MembershipFactory.create_batch(2)
    more = MembershipFactory.create(user=one.user)
    nobody, memberships = User(pk=0), RowsOf(Membership, "user")
    with django_assert_num_queries(1):
        found = memberships([other.user, nobody, one.user])
    assert found == {other.user_id: [other], 0: [], one.user_id: [one, more]}
    roles = ValuesOf(Membership, "user", "pk", "role")
    with django_assert_num_queries(1):
        named = roles([one.user, nobody])
    assert named == {one.user_id: [(one.pk, one.role), (more.pk, more.role)], 0: []}
    with django_assert_num_queries(0):
        assert memberships([]) == roles([]) == {}


def test_a_moment_stays_a_moment() -> None:
    user = MembershipFactory.create().user
    at = datetime(2026, 3, 27, 12, tzinfo=UTC)
    User.objects.filter(pk=user.pk).update(last_login=at)
    since = Written(lambda moment: User.objects.filter(last_login__gte=moment))
    assert since(at) == [user]
    assert since(at + timedelta(seconds=1)) == []


def test_rows_are_kept_as_prefetching_keeps_them() -> None:
    member, other = (MembershipFactory.create() for _ in range(2))
    for user in (member.user, other.user):
        keep(user, "memberships", Written(lambda key: Membership.objects.filter(user=key))(user.pk))
    with CaptureQueriesContext(connection) as asked:
        assert list(member.user.memberships.all()) == [member]
        assert list(other.user.memberships.all()) == [other]
        assert member.user.memberships.all()[0].user is member.user
    assert not asked.captured_queries
    assert list(member.user.memberships.exclude(pk=member.pk)) == [], "asked anew, it is asked about this one"


def midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("worked_out", "value"),
    [
        pytest.param(lambda on: Membership.objects.filter(starts_on=on + timedelta(days=28)), DAY, id="a later day"),
        pytest.param(lambda on: User.objects.filter(last_login=midnight(on)), DAY, id="the beginning of the day"),
        pytest.param(lambda pk: Membership.objects.filter(pk=pk + 1), 7, id="another number"),
        pytest.param(lambda pk: Membership.objects.filter(pk__in=[pk, pk - 1]), 7, id="another number among others"),
        pytest.param(lambda pk: User.objects.filter(family_name=f"Wren {pk}"), 7, id="a number in words"),
        pytest.param(lambda on: User.objects.filter(email__contains=on.isoformat()), DAY, id="a day in words"),
        pytest.param(lambda name: User.objects.filter(family_name=name.lower()), Text("Wren"), id="words changed"),
        pytest.param(lambda name: User.objects.filter(email__contains=name), Text("wren"), id="a part of other words"),
        pytest.param(lambda on: Membership.objects.filter(starts_on__year=on.year), DAY, id="the year of the day"),
    ],
)
def test_what_is_worked_out_from_a_value_is_refused(worked_out: Callable[[Any], Any], value: date | int | str) -> None:
    """It would be kept for everybody who asks later."""
    with pytest.raises(NotWrittenOnce):
        Written(worked_out)(value)
