"""People of one area, signed in to the small site of these tests."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from agencies.models import Area, Membership
from agencies.roles import Role
from audit.models import Access
from audit.reads import access_of_nominal
from cases.models import Nominal
from tests.factories.agencies import AreaFactory, MembershipFactory, principal_for, sign_in

SignedIn = Callable[..., Client]


@pytest.fixture
def small_site(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.pages.site"


@pytest.fixture
def area(db: None, small_site: None) -> Area:
    return AreaFactory.create(name="Erewash")


@pytest.fixture
def coordinator(area: Area) -> Membership:
    return MembershipFactory.create(area=area)


@pytest.fixture
def signed_in(area: Area) -> SignedIn:
    """A browser of somebody in this role."""

    def make(role: Role = Role.COORDINATOR, **membership: Any) -> Client:
        member = MembershipFactory.create(area=area, role=role, **membership)
        client = Client(raise_request_exception=False)
        sign_in(client, member.user, acting=member)
        return client

    return make


@pytest.fixture
def visitor(coordinator: Membership) -> Client:
    client = Client(raise_request_exception=False)
    sign_in(client, coordinator.user, acting=coordinator)
    return client


def nominal(area: Area, family_name: str = "Quill", **values: Any) -> Nominal:
    return Nominal.objects.create(area=area, family_name=family_name, **values)


def looks_at(member: Membership, person: Nominal) -> list[Access]:
    """The access rows that name this person, newest first."""
    return access_of_nominal(principal_for(member, on=date(2026, 3, 27)), person.pk)
