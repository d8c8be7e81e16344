"""A person with a word in every field that stands nowhere else: no letter, queue, log or address may ever hold it."""

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from agencies.principal import Principal
from agencies.roles import Role
from cases.models import Nominal
from cases.records import AddressRecord, AliasRecord, IdentifierRecord
from cases.services.participation import grant_to_person, name_officer
from letters.models import Message
from letters.states import State
from letters.tasks import send_letters_task
from mappa import clock
from rules.vocabulary import IdentifierKind, Level
from tests.conftest import OwnDatabase
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory
from tests.factories.cases import LONG_AGO, TODAY, at_level, nominal, notification
from tests.factories.visits import day, visitor

from .mailbox import Mailbox, mailbox, send_to
from .reading import pages_of

SECONDS = 20
CANARY = "Qzimvexite"
# Of each field its own word, so that a leak says where it came from.
WORDS = {name: f"{CANARY}{name}" for name in ("family", "given", "alias", "street", "offence", "reason")}
CRN = "X987321"


@pytest.fixture
def server(settings: Any) -> Iterator[Mailbox]:
    with mailbox() as box:
        send_to(settings, box.port)
        yield box


@pytest.fixture
def valkey(queue: str) -> Iterator[Any]:
    """The queue that the pages tell, empty before and after."""
    client = redis.Redis.from_url(queue)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


def canary() -> Nominal:
    return nominal(
        AreaFactory.create(),
        family_name=WORDS["family"],
        given_names=WORDS["given"],
        aliases=(AliasRecord(WORDS["alias"]),),
        identifiers=(IdentifierRecord(IdentifierKind.CRN, CRN),),
        addresses=(AddressRecord(LONG_AGO, lines=WORDS["street"], postcode="ZZ99 3VZ"),),
        grounds=(notification(offence_text=WORDS["offence"]),),
        levels=(at_level(Level.ONE),),
    )


def content_of(client: Any) -> str:
    """Everything that the queue server holds."""
    found = []
    for key in client.scan_iter():
        kind = client.type(key).decode()
        read = {"list": lambda k: client.lrange(k, 0, -1), "set": client.smembers, "hash": client.hgetall}
        found.append(f"{key!r} {read.get(kind, client.dump)(key)!r}")
    return "\n".join(found)


def test_no_letter_queue_log_or_address_holds_a_word_of_the_person(
    own_database: OwnDatabase, server: Mailbox, valkey: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    clock.pretend(TODAY)
    person = canary()
    agency = AgencyFactory.create(area=person.area)
    client, coordinator = visitor(person.area)
    officer = MembershipFactory.create(area=person.area, agency=agency, role=Role.PRACTITIONER)
    reader = MembershipFactory.create(area=person.area, agency=agency, role=Role.PRACTITIONER)
    by = Principal.for_membership(coordinator, on=TODAY)

    name_officer(
        by=by, today=TODAY, nominal_id=person.pk, officer_id=officer.user_id, agency_id=agency.pk, starts_on=TODAY
    )
    grant_to_person(
        by=by, today=TODAY, nominal_id=person.pk, user_id=reader.user_id, starts_on=TODAY, reason=WORDS["reason"]
    )
    deadline = time.monotonic() + SECONDS
    while valkey.llen("celery") < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    queued = content_of(valkey)
    assert "letters.tasks.send_letters_task" in queued, "the worker was told"

    send_letters_task()
    printed: Any = client.post(f"/nominals/{person.pk}/summary/", {**day("on", TODAY.isoformat()), "kind": "pdf"})
    assert WORDS["family"] in "".join(pages_of(printed.content)), "the summary itself is about the person"

    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}
    assert len(server.raw) == 2
    letters = "\n".join(part for message in server.messages for part in _everything(message))
    assert f"/nominals/{person.pk}/" in letters
    headers = "\n".join(f"{name}: {value}" for name, value in printed.items())
    logs = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
    rows = "\n".join(str(row) for row in Message.objects.values_list())
    for where, text in {"letters": letters, "queue": queued, "log": logs, "headers": headers, "outbox": rows}.items():
        for word in (CANARY, CRN, "ZZ99"):
            assert word.casefold() not in text.casefold(), f"{word} stands in the {where}"


def _everything(message: Any) -> Iterator[str]:
    yield from (f"{name}: {value}" for name, value in message.items())
    for part in message.walk():
        if not part.is_multipart():
            yield part.get_content()
