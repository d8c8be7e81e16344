"""`@service`: one transaction, one event, or nothing at all."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, transaction
from django.db.transaction import TransactionManagementError

from audit.boundary import SERVICES, BoundaryError, HasPrincipal, record_event, service
from audit.context import EvidenceNotWritten, set_context, use_principal

from .conftest import Actor, Query, run


def may_make(group: Group, *, by: HasPrincipal, today: dt.date) -> bool:
    return True


@service("group_made", asks=may_make)
def make(*, by: HasPrincipal, name: str, events: int = 1) -> Group:
    """Make a group."""
    group = Group.objects.create(name=name)
    for _ in range(events):
        record_event(group, root=3, level="2", on=dt.date(2026, 1, 2), ids=[1, 2])
    return group


@service("groups_made")
def make_two(*, by: HasPrincipal, inner: HasPrincipal) -> None:
    make(by=inner, name="inner")
    outer = Group.objects.create(name="outer")
    record_event(outer, root=None)


@service("ground_moved")
def break_late(*, by: HasPrincipal) -> None:
    run("INSERT INTO probe_ground (person_id) VALUES (404)")
    record_event(None, root=None)


@service("ground_mended")
def break_and_mend(*, by: HasPrincipal) -> None:
    run("INSERT INTO probe_ground (person_id) VALUES (405)")
    make(by=by, name="between")
    run("INSERT INTO probe_person (id) VALUES (405)")
    record_event(None, root=405)


def test_event_says_what_about_what_by_whom(own_database: object, actor: Actor, owner_sql: Query) -> None:
    group = make(by=actor, name="a")
    assert owner_sql(
        "SELECT name, subject_table, subject_id, root_id, compartment, facts, user_id, role FROM audit_event"
    ) == [
        (
            "group_made",
            "auth_group",
            str(group.pk),
            3,
            "case",
            '{"on": "2026-01-02", "ids": [1, 2], "level": "2"}',
            7,
            "coordinator",
        )
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("events", [0, 2])
def test_not_exactly_one_event_leaves_nothing(actor: Actor, events: int) -> None:
    with pytest.raises(BoundaryError, match=f"recorded {events}"):
        make(by=actor, name="a", events=events)
    assert not Group.objects.exists()


def test_event_that_cannot_be_written_leaves_nothing(own_database: object, actor: Actor, owner_sql: Query) -> None:
    owner_sql("REVOKE EXECUTE ON FUNCTION audit_record_event(text, text, text, bigint, text, jsonb) FROM mappa_app")
    with pytest.raises(EvidenceNotWritten):
        make(by=actor, name="a")
    assert not Group.objects.exists()


def test_nested_services_record_each_their_own_by_each_their_own(
    own_database: object, actor: Actor, other: Actor, owner_sql: Query
) -> None:
    make_two(by=actor, inner=other)
    assert owner_sql("SELECT name, user_id FROM audit_event ORDER BY id") == [("group_made", 8), ("groups_made", 7)]


@pytest.mark.usefixtures("probes")
def test_deferred_constraint_is_looked_at_before_the_service_ends(actor: Actor) -> None:
    with transaction.atomic():
        with pytest.raises(IntegrityError), transaction.atomic():
            break_late(by=actor)
        assert run("SELECT count(*) FROM probe_ground") == [(0,)]


@pytest.mark.usefixtures("probes")
def test_inner_service_does_not_look_at_what_the_outer_has_not_finished(actor: Actor) -> None:
    with transaction.atomic():
        break_and_mend(by=actor)
        # A second one in the same transaction may pass through the same state.
        run("DELETE FROM probe_ground; DELETE FROM probe_person")
        Group.objects.all().delete()
        break_and_mend(by=actor)
    assert run("SELECT count(*) FROM probe_ground") == [(1,)]


@pytest.mark.usefixtures("probes")
def test_after_a_service_nobody_acts_any_more(actor: Actor, owner_sql: Query) -> None:
    with transaction.atomic():
        make(by=actor, name="a")
        run("INSERT INTO probe_person (name) VALUES ('A')")
    assert owner_sql("SELECT principal_kind, user_id FROM audit_change WHERE table_name = 'probe_person'") == [
        ("none", None)
    ]


@pytest.mark.django_db
def test_event_outside_a_service_is_refused() -> None:
    with pytest.raises(BoundaryError, match="inside a service"):
        record_event(None, root=None)


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["Ann Other", "lives at 3, High St", object(), 1.5, {"a": 1}, "x" * 65])
def test_prose_is_no_fact_and_is_not_repeated(actor: Actor, value: Any) -> None:
    @service("prose_recorded")
    def record(*, by: HasPrincipal) -> None:
        record_event(None, root=None, remark=value)

    try:
        with pytest.raises(BoundaryError, match="fact remark") as refused:
            record(by=actor)
        assert str(value) not in str(refused.value)
    finally:
        del SERVICES[record.name]


def positional(by: HasPrincipal) -> None: ...
def nobody(*, name: str) -> None: ...
def sound(*, by: HasPrincipal) -> None: ...


@pytest.mark.parametrize(
    ("function", "event"), [(positional, "thing_done"), (nobody, "thing_done"), (sound, "Thing done")]
)
def test_a_service_of_the_wrong_shape_cannot_be_made(function: Any, event: str) -> None:
    with pytest.raises(TypeError):
        service(event)(function)
    assert f"{__name__}.{function.__name__}" not in SERVICES


def test_a_service_tells_about_itself() -> None:
    assert SERVICES[f"{__name__}.make"] is make
    assert (make.event, make.asks, make.__service__, make.__doc__) == ("group_made", may_make, True, "Make a group.")


def test_who_acts_is_only_said_inside_a_transaction(own_database: object, actor: Actor) -> None:
    for say in (set_context, use_principal):
        with pytest.raises(TransactionManagementError):
            say(actor)


@pytest.mark.django_db
def test_an_exception_undoes_the_service(actor: Actor) -> None:
    make(by=actor, name="same")
    with pytest.raises(DatabaseError):
        make(by=actor, name="same")
    assert Group.objects.count() == 1
