"""People who take lists out, and what they get, for the tests of exports."""

import csv
import io
from typing import Any

from django.test import Client
from django.utils import timezone

from agencies.models import Membership
from agencies.principal import Principal
from audit.models import Access
from audit.reads import access_by_user
from cases.models import Nominal
from exchange.models import Export
from mappa import clock
from rules.vocabulary import Level
from tests.factories.agencies import sign_in
from tests.factories.cases import at_level, people, person, qualifying

REGISTER = "/nominals/"
ASK = "/exports/new/"


def browser_of(member: Membership) -> Client:
    client = Client(raise_request_exception=False)
    sign_in(client, member.user, acting=member)
    return client


def stored(member: Membership, *surnames: str, **values: Any) -> list[Nominal]:
    records = [
        person(
            member.area,
            family_name=surname,
            given_names="Ash",
            grounds=(qualifying(),),
            levels=(at_level(Level.TWO),),
            **values,
        )
        for surname in surnames
    ]
    return list(people(*records, today=clock.today()))


def principal(member: Membership, *, proved: bool = True) -> Principal:
    return Principal.for_membership(
        Membership.objects.select_related("user").get(pk=member.pk),
        on=clock.today(),
        stepped_up_at=timezone.now() if proved else None,
    )


def asked(browser: Client, of: str = REGISTER, kind: str = "csv") -> Export:
    response = browser.post(ASK, {"of": of, "file_format": kind})
    assert response.status_code == 302, response.content.decode()[-3000:]
    export = Export.objects.latest("pk")
    assert response.headers["Location"] == f"/exports/{export.pk}/"
    return export


def fetched(browser: Client, export: Export) -> Any:
    return browser.post(f"/exports/{export.pk}/fetch/")


def lines_of(response: Any) -> list[list[str]]:
    assert response.status_code == 200, response.content.decode()[-3000:]
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def row_of(member: Membership, response: Any) -> Access:
    row = access_by_user(principal(member), member.user_id, size=1)[0]
    assert str(row.request_id) == response.headers["X-Request-ID"]
    return row
