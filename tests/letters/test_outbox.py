"""The outbox: posted with what it tells, sent once, whatever dies in between."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connections, transaction
from django.db.models.functions import Now

from agencies.models import Area, Membership, User
from agencies.principal import Principal
from agencies.roles import Role
from audit.boundary import EvidenceNotWritten
from cases.letters import ACCESS_GIVEN
from cases.models import Nominal
from cases.records import PersonalGrantRecord
from cases.services.participation import close_personal_grant, exclude, grant_to_person, name_officer, set_handling
from letters.delivery import LEASE, NotDue, claim, deliver, hand_over, put_back, send_what_is_due, settle
from letters.kinds import LetterKind
from letters.mail import message_id
from letters.models import Message
from letters.outbox import post
from letters.settling import leave, may_settle, resend
from letters.states import State
from mappa import clock, env
from rules.core import Refused
from rules.vocabulary import Handling, ParticipationSource
from tests.conftest import OwnDatabase
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory, UserFactory
from tests.factories.cases import LONG_AGO, TODAY, nominal

from .mailbox import Mailbox, mailbox, send_to

SYSTEM = Principal.system("send_letters", on=TODAY)
ADDRESS = "http://localhost:8000"


def send() -> int:
    return send_what_is_due(by=SYSTEM, today=TODAY)


def stored(message: Message) -> Message:
    return Message.objects.select_related("recipient").get(pk=message.pk)


def make_due(**state: Any) -> None:
    """The pause of every message is over."""
    Message.objects.filter(**state).update(due_at=Now() - timedelta(seconds=1))


def let_leases_run_out() -> None:
    Message.objects.filter(state=State.CLAIMED).update(lease_ends_at=Now() - timedelta(seconds=1))


class World:
    """An area with a coordinator, an officer of its agency, and a record."""

    def __init__(self) -> None:
        self.area: Area = AreaFactory.create()
        self.agency = AgencyFactory.create(area=self.area)
        self.coordinator = self.member(Role.COORDINATOR)
        self.officer = self.member(Role.PRACTITIONER)
        self.nominal: Nominal = nominal(self.area)
        grant = PersonalGrantRecord(self.officer.user_id, LONG_AGO)
        self.opened: Nominal = nominal(self.area, personal_grants=(grant,))
        self.by = Principal.for_membership(self.coordinator, on=TODAY)

    def member(self, role: Role, **more: Any) -> Membership:
        return MembershipFactory.create(area=self.area, agency=self.agency, role=role, **more)

    def give_access(self, user: User | None = None, **more: Any) -> Message | None:
        grant_to_person(
            by=self.by, today=TODAY, nominal_id=self.nominal.pk, user_id=(user or self.officer.user).pk,
            **{"starts_on": TODAY} | more,
        )  # fmt: skip
        return Message.objects.order_by("pk").last()

    def posted(self, number: int = 0) -> Message:
        """A letter to the officer about a record that is open to them."""
        return post(
            by=self.by, kind=ACCESS_GIVEN, recipient=self.officer.user, event_key=f"tests:{number}",
            subject=self.opened, root=self.opened.pk,
        )  # fmt: skip


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.django_db
class TestWhoIsTold:
    def test_the_person_who_got_access(self, world: World) -> None:
        message = world.give_access()
        assert message is not None
        assert (message.recipient, message.subject_id, message.state) == (
            world.officer.user, world.nominal.pk, State.WAITING,
        )  # fmt: skip

    def test_the_officer_who_was_named(self, world: World) -> None:
        name_officer(
            by=world.by, today=TODAY, nominal_id=world.nominal.pk, officer_id=world.officer.user_id,
            agency_id=world.agency.pk, starts_on=TODAY,
        )  # fmt: skip
        assert Message.objects.get().recipient == world.officer.user

    def test_the_named_reader_of_a_restricted_record(self, world: World) -> None:
        world.give_access(world.coordinator.user, source=ParticipationSource.NAMED_READER)
        set_handling(
            by=world.by, today=TODAY, nominal_id=world.nominal.pk, handling=Handling.RESTRICTED, reason="Leaked"
        )
        assert not Message.objects.exists()  # not oneself
        world.give_access(source=ParticipationSource.NAMED_READER)
        assert Message.objects.get().recipient == world.officer.user

    def test_nobody_who_cannot_open_the_record_even_so(self, world: World) -> None:
        """A letter would betray that there is a record (R100)."""
        Nominal.objects.filter(pk=world.nominal.pk).update(handling=Handling.RESTRICTED)
        world.by = SYSTEM
        assert world.give_access() is None

    def test_nobody_who_is_not_cleared(self, world: World) -> None:
        """The grant itself is refused (R99)."""
        Nominal.objects.filter(pk=world.nominal.pk).update(handling=Handling.CATEGORY_4)
        world.by = SYSTEM
        with pytest.raises(Refused, match="cannot be given access"):
            world.give_access()
        assert not Message.objects.exists()

    def test_nobody_whose_agency_is_kept_out(self, world: World) -> None:
        other = AgencyFactory.create(area=world.area)
        officer = MembershipFactory.create(area=world.area, agency=other, role=Role.PRACTITIONER)
        exclude(
            by=world.by, today=TODAY, nominal_id=world.nominal.pk, reason="Their client", starts_on=TODAY,
            agency_id=other.pk,
        )  # fmt: skip
        assert world.give_access(officer.user) is None

    def test_nobody_who_is_kept_out(self, world: World) -> None:
        exclude(
            by=world.by, today=TODAY, nominal_id=world.nominal.pk, reason="A neighbour", starts_on=TODAY,
            user_id=world.officer.user_id,
        )  # fmt: skip
        with pytest.raises(Refused, match="cannot be given access"):
            world.give_access()
        assert not Message.objects.exists()

    def test_nobody_for_days_that_are_over(self, world: World) -> None:
        assert world.give_access(starts_on=LONG_AGO, ends_on=TODAY - timedelta(days=1)) is None

    def test_not_before_the_day(self, world: World) -> None:
        tomorrow = clock.today() + timedelta(days=1)
        message = world.give_access(starts_on=max(tomorrow, TODAY + timedelta(days=1)))
        assert message is not None
        assert send() == 0

    def test_an_event_is_told_once(self, world: World) -> None:
        first, second = world.posted(), world.posted()
        assert first == second

    def test_it_stands_or_falls_with_what_it_tells(self, world: World) -> None:
        with transaction.atomic():
            world.give_access()
            transaction.set_rollback(True)
        assert not Message.objects.exists()

    def test_who_may_not_give_access_may_not_post(self, world: World) -> None:
        world.by = Principal.for_membership(world.officer, on=TODAY)
        with pytest.raises(Refused):
            world.posted()


@pytest.mark.django_db
class TestTheLetter:
    def test_says_a_reference_and_a_link(self, world: World) -> None:
        message = world.give_access()
        assert message is not None
        assert send() == 1
        (sent,) = mail.outbox
        assert sent.to == [world.officer.user.email]
        assert sent.subject == "You have been given access to a MAPPA record"
        link = f"{ADDRESS}/nominals/{world.nominal.pk}/"
        assert f"record {world.nominal.pk}" in sent.body
        assert link in sent.body
        ((html, kind),) = sent.alternatives  # type: ignore[attr-defined]
        assert kind == "text/html"
        assert f'<a href="{link}">Open record {world.nominal.pk}</a>' in html
        assert "<img" not in html
        assert stored(message).state == State.SENT

    def test_is_the_same_message_at_every_attempt(self, world: World) -> None:
        message = world.posted()
        send()
        leave_it_open(message)
        resend(by=Principal.system("tests", on=TODAY), message_id=message.pk)
        send()
        ids = {sent.message()["Message-ID"] for sent in mail.outbox}
        assert len(mail.outbox) == 2
        assert ids == {message_id(message)}

    def test_a_subject_line_is_the_same_for_everybody(self) -> None:
        with pytest.raises(ValueError, match="subject line"):
            LetterKind("name", "Name", "About {name}", "record {id}", "nominal", (), lambda *_: True)


def leave_it_open(message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(state=State.MAYBE_SENT)


@pytest.mark.django_db
class TestNotSent:
    def test_when_access_has_ended_since(self, world: World) -> None:
        message = world.give_access()
        assert message is not None
        grant = world.nominal.personal_grants.get()
        grant.starts_on = TODAY - timedelta(days=2)
        grant.save()
        close_personal_grant(by=world.by, today=TODAY, grant_id=grant.pk, ends_on=TODAY - timedelta(days=1))
        assert send() == 0
        assert stored(message).state == State.WITHDRAWN
        assert not mail.outbox

    def test_when_the_record_has_gone_behind_the_wall_since(self, world: World) -> None:
        message = world.posted()
        Nominal.objects.filter(pk=world.opened.pk).update(handling=Handling.CATEGORY_4)
        send()
        assert stored(message).state == State.WITHDRAWN

    def test_to_a_person_who_is_disabled(self, world: World) -> None:
        world.give_access()
        User.objects.filter(pk=world.officer.user_id).update(is_active=False)
        send()
        assert Message.objects.get().state == State.WITHDRAWN

    def test_by_anybody_but_a_task(self, world: World) -> None:
        message = world.posted()
        with pytest.raises(Refused):
            claim(by=world.by, message_id=message.pk)


@pytest.mark.django_db
class TestTurns:
    """Whose turn it is with a row."""

    def test_a_claimed_message_is_nobody_elses(self, world: World) -> None:
        message = world.posted()
        claim(by=SYSTEM, message_id=message.pk)
        with pytest.raises(NotDue):
            claim(by=SYSTEM, message_id=message.pk)
        assert send() == 0

    def test_before_it_was_handed_over_it_waits_again(self, world: World) -> None:
        message = world.posted()
        claim(by=SYSTEM, message_id=message.pk)
        let_leases_run_out()
        send()
        assert stored(message).state == State.WAITING
        make_due()
        assert send() == 1

    def test_after_it_was_handed_over_nobody_knows(self, world: World) -> None:
        message = world.posted()
        claim(by=SYSTEM, message_id=message.pk)
        hand_over(by=SYSTEM, message_id=message.pk, attempt=1)
        let_leases_run_out()
        assert send() == 0
        assert stored(message).state == State.MAYBE_SENT
        make_due()
        assert send() == 0, "a person decides"

    def test_a_slow_worker_may_still_say_that_it_sent(self, world: World) -> None:
        message = world.posted()
        claim(by=SYSTEM, message_id=message.pk)
        hand_over(by=SYSTEM, message_id=message.pk, attempt=1)
        let_leases_run_out()
        send()
        settle(by=SYSTEM, message_id=message.pk, attempt=1, state=State.SENT)
        assert stored(message).state == State.SENT

    def test_a_slow_worker_hands_nothing_over_after_its_lease(self, world: World) -> None:
        message = world.posted()
        claim(by=SYSTEM, message_id=message.pk)
        let_leases_run_out()
        for late in (
            lambda: hand_over(by=SYSTEM, message_id=message.pk, attempt=1),
            lambda: settle(by=SYSTEM, message_id=message.pk, attempt=2, state=State.SENT),
            lambda: put_back(by=SYSTEM, message_id=message.pk, attempt=2, fault="x"),
        ):
            with pytest.raises(NotDue):
                late()

    def test_each_pause_is_longer_and_none_is_long(self, world: World) -> None:
        message, pauses = world.posted(), []
        for attempt in range(1, 8):
            make_due()
            claim(by=SYSTEM, message_id=message.pk)
            put_back(by=SYSTEM, message_id=message.pk, attempt=attempt, fault="x")
            row = Message.objects.annotate(now=Now()).get(pk=message.pk)
            pauses.append(round((row.due_at - row.now).total_seconds() / 60))
        assert pauses == [1, 2, 4, 8, 15, 15, 15]

    def test_after_many_attempts_a_person_is_asked(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("letters.delivery.MOST_ATTEMPTS", 1)
        message = world.posted()
        claim(by=SYSTEM, message_id=message.pk)
        put_back(by=SYSTEM, message_id=message.pk, attempt=1, fault="x")
        assert stored(message).state == State.FAILED

    def test_a_lease_lasts_longer_than_a_task_may_run(self, settings: Any) -> None:
        assert LEASE.total_seconds() > settings.CELERY_TASK_TIME_LIMIT

    @pytest.mark.parametrize(
        "wrong",
        [{"state": State.CLAIMED}, {"state": State.SENT}, {"state": "gone"}, {"event_key": ""}],
        ids=["claimed without lease", "settled without time", "unknown state", "no event"],
    )
    def test_the_database_holds_rows_to_their_shape(self, world: World, wrong: dict[str, str]) -> None:
        message = world.posted()
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**wrong)


@pytest.mark.django_db
class TestSettling:
    @pytest.fixture
    def by(self) -> Principal:
        return Principal.for_membership(MembershipFactory.create(role=Role.SYSTEM_ADMINISTRATOR), on=TODAY)

    def test_what_may_have_been_sent_is_sent_again_or_left(self, world: World, by: Principal) -> None:
        for number, (decide, state) in enumerate(((resend, State.WAITING), (leave, State.LEFT))):
            message = world.posted(number)
            Message.objects.filter(pk=message.pk).update(state=State.MAYBE_SENT, settled_at=Now())
            assert may_settle(stored(message), by=by)
            decide(by=by, message_id=message.pk)
            assert stored(message).state == state

    @pytest.mark.parametrize("state", [State.WAITING, State.SENT, State.LEFT, State.WITHDRAWN])
    def test_nothing_else_waits_for_a_person(self, world: World, by: Principal, state: State) -> None:
        message = world.posted()
        Message.objects.filter(pk=message.pk).update(state=state, settled_at=None if state is State.WAITING else Now())
        with pytest.raises(Refused):
            resend(by=by, message_id=message.pk)

    def test_a_coordinator_does_not_decide(self, world: World) -> None:
        assert not may_settle(by=world.by)


# --- in earnest -------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(settings: Any) -> Iterator[Mailbox]:
    with mailbox() as box:
        send_to(settings, box.port)
        yield box


def in_threads(number: int) -> None:
    """That many workers look at the same moment, each by its own connection."""
    start = Barrier(number)

    def work() -> None:
        start.wait()
        try:
            send()
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class TestOverARealLine:
    def test_a_message_arrives_whole(self, own_database: OwnDatabase, world: World, server: Mailbox) -> None:
        message = world.posted()
        assert send() == 1
        (arrived,) = server.messages
        assert arrived["To"] == world.officer.user.email
        assert arrived["Message-ID"] == message_id(message)
        assert arrived["Auto-Submitted"] == "auto-generated"
        assert [part.get_content_type() for part in arrived.iter_parts()] == ["text/plain", "text/html"]

    def test_eight_workers_send_once(self, own_database: OwnDatabase, world: World, server: Mailbox) -> None:
        for number in range(20):
            world.posted(number)
        in_threads(8)
        assert len(server.ids) == 20
        assert len(set(server.ids)) == 20
        assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}

    def test_a_server_that_is_down_loses_nothing(self, own_database: OwnDatabase, world: World, settings: Any) -> None:
        """It is tried for an hour of minutes, then comes back on the same port."""
        with mailbox() as box:
            port = box.port
        send_to(settings, port)
        for number in range(3):
            world.posted(number)
        for _minute in range(60):
            make_due()
            assert send() == 0
        assert set(Message.objects.values_list("state", flat=True)) == {State.WAITING}
        assert set(Message.objects.exclude(fault="").values_list("fault", flat=True)) == {"ConnectionRefusedError"}
        make_due()
        with mailbox(port) as box:
            assert send() == 3
            assert len(set(box.ids)) == 3

    @pytest.mark.parametrize(
        ("answers", "state"),
        [
            pytest.param({"RCPT": "550 No such person"}, State.FAILED, id="no such person"),
            pytest.param({"RCPT": "450 Later"}, State.WAITING, id="later"),
            pytest.param({"MAIL": "501 Not from you"}, State.FAILED, id="sender refused"),
            pytest.param({"DATA": "554 No"}, State.FAILED, id="data refused"),
            pytest.param({"MESSAGE": "451 Out of room"}, State.WAITING, id="message refused for now"),
            pytest.param({"MESSAGE": "552 Too big"}, State.FAILED, id="message refused"),
            pytest.param({"MESSAGE": ""}, State.MAYBE_SENT, id="the line went dead after the message"),
        ],
    )
    def test_what_the_server_says_decides(
        self, own_database: OwnDatabase, world: World, server: Mailbox, answers: dict[str, str], state: State
    ) -> None:
        message = world.posted()
        server.answers = answers
        assert deliver(by=SYSTEM, today=TODAY, message_id=message.pk) is state
        row = stored(message)
        assert row.state == state
        assert row.recipient.email not in row.fault
        assert row.fault

    def test_killed_between_handing_over_and_marking(
        self, own_database: OwnDatabase, world: World, server: Mailbox
    ) -> None:
        """The worker dies in the moment the server has the message: nobody sends it again by itself."""
        clock.pretend(TODAY)
        message = world.posted()
        worker = subprocess.Popen(
            [sys.executable, "-c", _WORKER, str(server.port)],
            cwd=env.BASE_DIR,
            env={**os.environ, **own_database.environment(), "DJANGO_SETTINGS_MODULE": "mappa.settings"},
        )
        server.on_message = lambda: os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(timeout=60) == -signal.SIGKILL
        assert server.ids == [message_id(message)]
        row = stored(message)
        assert row.state == State.CLAIMED
        assert row.handed_at is not None
        let_leases_run_out()
        server.on_message = lambda: None
        in_threads(3)
        assert stored(message).state == State.MAYBE_SENT
        assert len(server.ids) == 1

    def test_nothing_is_sent_without_its_evidence(
        self, own_database: OwnDatabase, world: World, server: Mailbox, owner_sql: Any
    ) -> None:
        world.posted()
        owner_sql("REVOKE EXECUTE ON FUNCTION audit_record_event(text, text, text, bigint, text, jsonb) FROM mappa_app")
        with pytest.raises(EvidenceNotWritten):
            send()
        assert not server.raw


_WORKER = """
import sys
import django
django.setup()
from django.test import override_settings
from letters.tasks import send_letters_task
with override_settings(
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=int(sys.argv[1])
):
    send_letters_task()
"""


def test_users_of_tests_have_invented_addresses() -> None:
    assert UserFactory.build().email.endswith("@example.org")
    assert date(2026, 11, 23) == TODAY
