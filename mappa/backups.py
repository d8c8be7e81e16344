"""The whole database into one sealed file, and back into an empty database.

`pg_dump` and `pg_restore` of the locked PostgreSQL do the work, as the owner of the tables; the file is never plain on
a disk. Roles are not in it: they belong to the server (`mappa/roles.sql`).
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.db import connection

from mappa import devstack
from mappa.env import Environment, Fault
from mappa.sealed import opened, seal

LEAST_KEY = 32
_EMPTY = """
    SELECT NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p'))
"""


def key_of(environment: Environment) -> str:
    """The key that backups are sealed with. A demonstration has one of its own; an installation brings one."""
    key = environment.backup_key or (devstack.secret_key() if environment.demo or environment.testing else "")
    if len(key) < LEAST_KEY:
        raise Fault(
            f"Set MAPPA_BACKUP_KEY_FILE to a file with {LEAST_KEY} or more random characters, and keep a copy of it "
            "away from this machine: without it no backup can be read."
        )
    return key


def back_up(path: Path, key: str) -> int:
    """Write the database to ``path``; returns its size before sealing. The file is there whole, or not at all."""
    half = path.with_name(path.name + ".part")
    program, environment, address = _prepared("pg_dump")
    arguments = [program, "--format=custom", "--compress=zstd:3", "--no-password", *address]
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as target,
            subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as dump,
        ):
            assert dump.stdout is not None  # noqa: S101 - a pipe was asked for
            size = seal(cast("BinaryIO", dump.stdout), target, key)
            _finish(dump, "The database could not be dumped")
            target.flush()
            os.fsync(target.fileno())
        half.rename(path)
    finally:
        half.unlink(missing_ok=True)
    return size


def restore(path: Path, key: str) -> None:
    """Fill the empty database from ``path``, in one transaction: all, or nothing when the file is not whole."""
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY)
        if not cursor.fetchone()[0]:
            raise Fault("This database holds tables already. Restore into an empty one, made by its owner.")
        # What the evidence's owner is to own, it must be allowed to have made: for the length of the restore.
        cursor.execute("GRANT CREATE ON SCHEMA public TO mappa_audit")
    try:
        _fill(path, key)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("REVOKE CREATE ON SCHEMA public FROM mappa_audit")


def _fill(path: Path, key: str) -> None:
    program, environment, address = _prepared("pg_restore")
    arguments = [program, "--single-transaction", "--exit-on-error", "--no-password", *address]
    with (
        path.open("rb") as source,
        subprocess.Popen(arguments, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as fill,
    ):
        assert fill.stdin is not None  # noqa: S101 - a pipe was asked for
        try:
            for chunk in opened(source, key):
                fill.stdin.write(chunk)
            fill.stdin.close()
        except Fault:
            # Ended before its input does, so that it cannot commit half of it.
            fill.kill()
            raise
        except BrokenPipeError:
            pass
        _finish(fill, "The database could not be filled")


def _prepared(name: str) -> tuple[str, Mapping[str, str], list[str]]:
    """The program, its environment with the password, and where the database is."""
    params: Mapping[str, Any] = connection.get_connection_params()
    program, environment = devstack.postgres.program(name)
    host, port = str(params["host"]), str(params.get("port") or 5432)
    secure = {"PGSSLMODE": str(params["sslmode"])} if "sslmode" in params else {}
    address = [f"--host={host}", f"--port={port}", f"--username={params['user']}"]
    return (
        program,
        {**environment, **secure, "PGPASSWORD": str(params.get("password") or "")},
        [*address, f"--dbname={params['dbname']}"],
    )


def _finish(process: "subprocess.Popen[bytes]", what: str) -> None:
    said = process.stderr.read().decode(errors="replace").strip() if process.stderr else ""
    if process.wait():
        # The first line names the object; later ones may quote a row.
        raise Fault(f"{what}: {said.splitlines()[0] if said else 'no reason was given'}")
