"""The migration operation itself."""

import pytest

from audit.triggers import AuditTable

DEEP = AuditTable("probe_offence", root=("ground_id", "probe_ground.person_id"), compartment="victim")


@pytest.mark.parametrize(
    "arguments",
    [
        {"table": "a; b"},
        {"table": "a", "root": "x'"},
        {"table": "a", "root": ("x", "y")},
        {"table": "a", "secret": ["'"]},
    ],
)
def test_operation_takes_plain_names_only(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is not"):
        AuditTable(**arguments)  # type: ignore[arg-type]


def test_operation_survives_being_written_to_a_migration() -> None:
    name, positional, named = DEEP.deconstruct()
    assert (name, AuditTable(*positional, **named).path) == ("AuditTable", DEEP.path)
