"""The history tab: events and changes of one nominal, merged by request, in words."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import replace

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from audit.boundary import HasPrincipal, record_event, service
from audit.context import new_request_id
from audit.presenters import FieldChange, RowChange, event_label, history_of
from audit.triggers import AuditEvents, AuditTable

from .conftest import Actor, migrator, run


@pytest.fixture
def recorded(probes: object) -> None:
    """A table that has a model is recorded as well, with the content type standing in for the nominal."""
    operation = AuditTable("auth_permission", root="content_type_id")
    with migrator() as owner, owner.schema_editor(atomic=False) as editor:
        operation.database_backwards("audit", editor, None, None)
        operation.database_forwards("audit", editor, None, None)


@service("permission_renamed")
def rename(*, by: HasPrincipal, permission: Permission, name: str) -> None:
    permission.name = name
    permission.save()
    record_event(permission, root=permission.content_type_id)


@service("permission_moved")
def move(*, by: HasPrincipal, permission: Permission, to: ContentType) -> None:
    permission.content_type = to
    permission.save()
    record_event(permission, root=to.pk)


def names(model: type[models.Model], ids: Collection[int]) -> Mapping[int, str]:
    if model is ContentType:
        return {id_: f"type {id_}" for id_ in ids}
    return {id_: f"Officer {id_}" for id_ in ids}


@pytest.mark.usefixtures("recorded")
def test_one_request_is_one_entry_in_words(actor: Actor) -> None:
    permission = Permission.objects.filter(content_type__model="group").first()
    assert permission is not None
    root = permission.content_type_id
    before = permission.name
    now = replace(actor, request_id=new_request_id())
    with transaction.atomic():
        rename(by=now, permission=permission, name="May look")
        rename(by=now, permission=permission, name="May see")
    rename(by=replace(now, request_id=new_request_id()), permission=permission, name="")

    newest, oldest = history_of(actor, root, names=names)
    assert oldest.titles == ["Permission renamed", "Permission renamed"]
    assert (oldest.who, oldest.role, oldest.user_id, oldest.request_id) == (
        "Officer 7",
        "coordinator",
        7,
        now.request_id,
    )
    assert oldest.changes == [
        RowChange("permission", str(permission.pk), "changed", (FieldChange("name", before, "May look"),)),
        RowChange("permission", str(permission.pk), "changed", (FieldChange("name", "May look", "May see"),)),
    ]
    assert newest.changes[0].fields == (FieldChange("name", "May see", ""),)


@pytest.mark.usefixtures("recorded")
def test_related_rows_are_named_or_numbered(actor: Actor) -> None:
    permission = Permission.objects.filter(content_type__model="group").first()
    assert permission is not None
    old = permission.content_type_id
    new = ContentType.objects.create(app_label="x", model="y")
    move(by=actor, permission=permission, to=new)
    for root in (old, new.pk):
        (entry,) = history_of(actor, root, names=names)
        assert entry.changes[0].fields == (FieldChange("content type", f"type {old}", f"type {new.pk}"),)
    (entry,) = history_of(actor, new.pk)
    assert entry.changes[0].fields == (FieldChange("content type", f"content type {old}", f"content type {new.pk}"),)
    assert entry.who == "user 7"


def test_rows_added_and_removed_and_secrets(probes: object, actor: Actor) -> None:
    run("INSERT INTO probe_person (id, name, password, age) VALUES (3, 'A', 'x', NULL)")
    run("UPDATE probe_person SET password = 'y'")
    run("DELETE FROM probe_person")
    removed, changed, added = history_of(actor, 3)
    assert (added.who, added.titles) == ("outside the application", [])
    assert (added.changes[0].what, added.changes[0].operation) == ("probe_person", "added")
    assert set(added.changes[0].fields) == {
        FieldChange("id", None, "3"),
        FieldChange("name", None, "A"),
        FieldChange("password", None, "changed"),
    }
    assert changed.changes[0].fields == (FieldChange("password", None, "changed"),)
    assert FieldChange("name", "A", None) in removed.changes[0].fields


def test_other_compartments_stay_shut(probes: object, actor: Actor) -> None:
    run("INSERT INTO probe_person (id) VALUES (3)")
    run("INSERT INTO probe_ground (id, person_id) VALUES (1, 3)")
    run("INSERT INTO probe_offence (ground_id, code) VALUES (1, 'x')")
    assert "probe_offence" not in str(history_of(actor, 3))
    (only,) = history_of(actor, 3, compartments=["victim"])
    assert only.changes[0].what == "probe_offence"


def test_another_nominals_rows_of_the_same_request_stay_out(probes: object, actor: Actor) -> None:
    run("INSERT INTO probe_person (id, name) VALUES (3, 'Three'), (4, 'Four')")
    assert "Four" not in str(history_of(actor, 3))


def test_history_is_read_page_by_page(probes: object, actor: Actor) -> None:
    run("INSERT INTO probe_person (id, age) VALUES (3, 0)")
    for age in range(1, 5):
        run("UPDATE probe_person SET age = %s", [age])
    page = history_of(actor, 3, size=2)
    assert [entry.changes[0].fields[0].after for entry in page] == ["4", "3"]
    rest = history_of(actor, 3, before=page[-1].at)
    assert [entry.changes[0].operation for entry in rest] == ["changed", "changed", "added"]
    assert all(isinstance(entry.at, dt.datetime) for entry in rest)


def test_labels_of_events() -> None:
    assert event_label("level_recorded") == "Level recorded"


def test_a_table_that_moves_to_another_compartment_takes_its_past_along(probes: object, actor: Actor) -> None:
    """Rows that were stored for every reader are read as their table is today; none is rewritten."""
    run("INSERT INTO probe_person (id) VALUES (3)")
    run("INSERT INTO probe_ground (id, person_id) VALUES (1, 3)")
    moved = AuditTable("probe_ground", root="person_id", compartment="victim", was="case")
    typed = AuditEvents("probe_offence", compartment="victim")

    def read(*compartments: str) -> list[str]:
        return [row.what for entry in history_of(actor, 3, compartments=compartments) for row in entry.changes]

    assert sorted(read("case")) == ["probe_ground", "probe_person"]
    with migrator() as owner, owner.schema_editor(atomic=False) as editor:
        moved.database_forwards("audit", editor, None, None)
    assert read("case") == ["probe_person"]
    assert read("victim") == []
    assert sorted(read("case", "victim")) == ["probe_ground", "probe_person"]
    run("UPDATE probe_ground SET person_id = person_id + 0")
    run("INSERT INTO probe_ground (id, person_id) VALUES (2, 3)")
    assert read("case") == ["probe_person"]
    with migrator() as owner, owner.schema_editor(atomic=False) as editor:
        moved.database_backwards("audit", editor, None, None)
        assert len(typed.statements()) == 2
    assert sorted(read("case")) == ["probe_ground", "probe_person"]
