"""The access log as commands and tasks write it, and as it is read."""

import pytest
from django.db import transaction

from audit.context import EvidenceNotWritten
from audit.reads import AccessKind, access_by_user, access_of_nominal, denied, reading, searched, showed

from .conftest import Actor, Query
from .test_boundary import make


def test_a_command_leaves_one_row_and_its_writes_carry_its_request(own_database: object, owner_sql: Query) -> None:
    system = Actor(kind="system", user_id=None, membership_id=None, role="system", name="check_deadlines")
    with reading(system, "reconcile") as run:
        showed(AccessKind.LIST, [4, 2])
        make(by=system, name="a")
        make(by=system, name="b")
    assert owner_sql("SELECT kind, route, agent, purpose, outcome, root_ids, user_id FROM audit_access") == [
        ("command", "check_deadlines", "check_deadlines", "reconcile", "ok", [2, 4], None)
    ]
    requests = owner_sql("SELECT request_id::text FROM audit_event UNION ALL SELECT request_id::text FROM audit_access")
    assert requests == [(run.request_id,)] * 3


def test_a_command_that_fails_leaves_a_row_that_says_so(own_database: object, actor: Actor, owner_sql: Query) -> None:
    def fail() -> None:
        with reading(actor, kind=AccessKind.TASK):
            showed(AccessKind.VIEW, [1])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert owner_sql("SELECT kind, outcome, root_ids FROM audit_access") == [("task", "failed", [1])]


def test_a_command_whose_row_cannot_be_written_fails(own_database: object, actor: Actor, owner_sql: Query) -> None:
    owner_sql(
        "REVOKE EXECUTE ON FUNCTION audit_log_access"
        "(text, text, text, integer, text, bigint[], bytea[], integer, text) FROM mappa_app"
    )
    with pytest.raises(EvidenceNotWritten), reading(actor):
        pass


@pytest.mark.parametrize(
    "say",
    [
        pytest.param(lambda: showed(AccessKind.VIEW, [1]), id="showed"),
        pytest.param(lambda: searched(["x"], 1), id="searched"),
        pytest.param(lambda: denied([1]), id="denied"),
    ],
)
def test_nothing_can_be_shown_where_nothing_records_it(say: object) -> None:
    assert callable(say)
    with pytest.raises(EvidenceNotWritten):
        say()


@pytest.mark.django_db
def test_the_log_answers_for_one_nominal_or_one_user(actor: Actor, other: Actor) -> None:
    for who, shown in ((actor, [1, 2]), (other, [2]), (actor, [3])):
        with reading(who, kind=AccessKind.EXPORT):
            showed(AccessKind.EXPORT, shown)
    assert [row.user_id for row in access_of_nominal(actor, 2)] == [8, 7]
    assert [row.root_ids for row in access_by_user(other, 7)] == [[3], [1, 2]]
    assert access_of_nominal(actor, 99) == []


@pytest.mark.django_db
def test_the_log_is_read_page_by_page(actor: Actor) -> None:
    for number in range(3):
        with reading(actor):
            showed(AccessKind.VIEW, [number, 50])
    newest, second = access_of_nominal(actor, 50, size=2)
    (oldest,) = access_of_nominal(actor, 50, before=second.pk)
    assert newest.pk > second.pk > oldest.pk


@pytest.mark.django_db
def test_the_strongest_kind_names_the_row(actor: Actor) -> None:
    with reading(actor, kind=AccessKind.PAGE) as run:
        showed(AccessKind.VIEW, [1])
        showed(AccessKind.LIST, [2])
    assert run.kind is AccessKind.VIEW
    with transaction.atomic():
        assert access_of_nominal(actor, 2)[0].kind == "view"
