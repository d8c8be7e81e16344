from collections.abc import Callable

import pytest

from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Role
from tests.factories.agencies import AreaFactory, MembershipFactory, principal_for
from tests.factories.cases import TODAY


@pytest.fixture
def area(db: None) -> Area:
    return AreaFactory()


@pytest.fixture
def acting(area: Area) -> Callable[..., Principal]:
    """Somebody in a role in the area, on the tests' day."""

    def make(role: Role = Role.COORDINATOR, **more: object) -> Principal:
        return principal_for(MembershipFactory(area=area, role=role, **more), on=TODAY)

    return make


@pytest.fixture
def coordinator(acting: Callable[..., Principal]) -> Principal:
    return acting()
