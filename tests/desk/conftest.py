import pytest
from django.test import Client

from agencies.models import Area
from mappa import clock
from tests.factories.agencies import AreaFactory
from tests.factories.cases import TODAY
from tests.factories.visits import visitor


@pytest.fixture
def area(db: None) -> Area:
    """An area, on the tests' day."""
    clock.pretend(TODAY)
    return AreaFactory()


@pytest.fixture
def coordinator(area: Area) -> Client:
    return visitor(area)[0]
