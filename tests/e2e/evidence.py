"""Takes from the application, for a while, the right to write down who looked at what."""

from collections.abc import Iterator
from contextlib import contextmanager

from mappa.env import DatabaseRole
from tests.audit.conftest import migrator

_WRITING = "audit_log_access(text, text, text, integer, text, bigint[], bytea[], integer, text)"


@contextmanager
def no_evidence() -> Iterator[None]:
    with migrator() as owner, owner.cursor() as cursor:
        cursor.execute(f"REVOKE EXECUTE ON FUNCTION {_WRITING} FROM {DatabaseRole.APP}")
        yield
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {_WRITING} TO {DatabaseRole.APP}")
