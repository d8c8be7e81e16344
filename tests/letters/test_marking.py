"""Copy numbers: each is taken once, by somebody who may, in the transaction of what it marks (R102)."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from agencies.principal import Principal
from agencies.roles import MEMBERSHIP_ROLES, Role
from letters.marking import marking_for, may_take_copy
from letters.models import Copy
from rules.core import Refused
from tests.factories.agencies import MembershipFactory
from tests.factories.cases import TODAY

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 29, 12, 30, tzinfo=UTC)


def principal(role: Role) -> Principal:
    return Principal.for_membership(MembershipFactory.create(role=role), on=TODAY)


def test_names_the_person_the_role_the_moment_in_london_and_the_copy() -> None:
    by = principal(Role.COORDINATOR)
    marking = marking_for(by, at=AT, what="register")
    copy = Copy.objects.get()
    assert (copy.what, copy.taken_by_id, copy.role, copy.taken_at) == ("register", by.user_id, "coordinator", AT)
    assert marking.origin == f"{by.name}, MAPPA coordinator. 29 March 2026 at 1:30pm. Copy {copy.pk}."
    assert marking.classification == "OFFICIAL-SENSITIVE"


def test_no_number_is_given_twice() -> None:
    by = principal(Role.ADMINISTRATOR)
    assert len({marking_for(by, at=AT).copy_number for _ in range(3)}) == 3


def test_a_copy_that_was_not_made_leaves_no_row() -> None:
    with transaction.atomic():
        marking_for(principal(Role.COORDINATOR), at=AT)
        transaction.set_rollback(True)
    assert not Copy.objects.exists()


@pytest.mark.parametrize("role", MEMBERSHIP_ROLES)
def test_whoever_reads_may_take_a_copy_but_not_an_observer(role: Role) -> None:
    assert bool(may_take_copy(by=principal(role))) is (role is not Role.LAY_ADVISER)


def test_an_observer_is_refused() -> None:
    with pytest.raises(Refused):
        marking_for(principal(Role.LAY_ADVISER), at=AT)


def test_the_system_marks_by_the_name_of_its_task() -> None:
    marking = marking_for(Principal.system("annual_report", on=TODAY), at=AT)
    assert marking.who == "annual_report"
