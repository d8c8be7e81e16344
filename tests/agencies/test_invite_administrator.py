"""The first administrators of an installation come by a command; the others by the pages."""

import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from agencies.models import Agency, Area, Membership, User
from agencies.roles import Role
from tests.factories.agencies import AreaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def area() -> Area:
    return AreaFactory.create()


def invite(area: Area, email: str, family: str = "Swift") -> None:
    call_command("invite_administrator", area.name, "police", "Northdale Constabulary", email, "Kit", family)


def test_two_administrators_and_no_more(area: Area, django_capture_on_commit_callbacks: object, client: Client) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        invite(area, "kit.swift@example.org")
        invite(area, "robin.kite@example.org", "Kite")
    assert Agency.objects.filter(area=area).count() == 1
    roles = Membership.objects.filter(area=area, role=Role.SYSTEM_ADMINISTRATOR)
    assert set(roles.values_list("user__family_name", flat=True)) == {"Swift", "Kite"}
    with pytest.raises(CommandError, match="has 2 system administrators"):
        invite(area, "third.crake@example.org", "Crake")
    assert User.objects.count() == 2
    link = re.search(r"https?://[^/]+(/\S+)", str(mail.outbox[0].body))
    assert link is not None
    assert client.get(link[1], follow=True).status_code == 200
    assert "Swift" not in mail.outbox[0].subject


def test_what_cannot_be_is_said(area: Area) -> None:
    with pytest.raises(CommandError, match="no e-mail address"):
        invite(area, "kit.swift")
    with pytest.raises(CommandError, match="No MAPPA area"):
        call_command("invite_administrator", "Nowhere", "police", "Police", "kit@example.org", "Kit", "Swift")
    invite(area, "kit.swift@example.org")
    with pytest.raises(CommandError, match="account with this e-mail address"):
        invite(area, "kit.swift@example.org")
