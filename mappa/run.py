"""The whole system on this machine under one parent: `python -m mappa.run [serve|setup|demo] [--port N]`.

`serve` puts everything in order, then runs web server, worker and scheduler until Ctrl-C, and leaves no process behind.
`setup` only puts everything in order. `demo` empties the demonstration and fills it anew.
"""

import argparse
import contextlib
import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg2
from psycopg2 import sql

from mappa import assets, env
from mappa.devstack import postgres, valkey
from mappa.embedded.files import data_folder, port_is_free
from mappa.env import BASE_DIR, DatabaseRole, Fault

FIRST_PORT, LAST_PORT = 8000, 8019
START_SECONDS = 60
STOP_SECONDS = 10
PR_SET_PDEATHSIG = 1
PACKAGES = (
    "rules",
    "audit",
    "agencies",
    "pages",
    "letters",
    "cases",
    "meetings",
    "disclosures",
    "board",
    "exchange",
    "desk",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", default="serve", choices=("serve", "setup", "demo"))
    parser.add_argument("--port", type=int, default=None, help=f"default: the first free one from {FIRST_PORT}")
    options = parser.parse_args()
    # SIGINT too: a shell starts its background jobs with it ignored, and then nothing would stop them.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop_on_signal)
    try:
        environment = env.read()
        prepare(environment, anew=options.what == "demo")
        if options.what == "serve":
            serve(environment, options.port)
    except Fault as fault:
        sys.exit(f"\n{fault}")
    except KeyboardInterrupt:
        print("\nStopped.", flush=True)


def stop_on_signal(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


# --- Putting everything in order -----------------------------------------------------------------------------------


def prepare(environment: env.Environment, *, anew: bool) -> None:
    """Styles and scripts, database, reference data, a demonstration's people; nothing that is there already."""
    assets.build()
    if environment.embedded_database:
        postgres.hold()
        if anew:
            postgres.make_database_anew(environment.embedded_name)
    elif anew:
        raise Fault("`make demo` empties the database, so it works on the embedded one only. Unset DATABASE_URL.")
    digest = code_digest()
    if not anew and remembered_digest(environment) == digest:
        return
    manage("migrate", "--verbosity=0", "--no-input")
    manage("createcachetable", "--verbosity=0")
    manage("load_reference", quiet=True)
    if environment.demo and is_empty(environment):
        print("Filling the demonstration", flush=True)
        manage("load_demo")
        # Until its tables have been looked at, the planner takes the new register for an empty one.
        with connected(environment, DatabaseRole.MIGRATOR) as cursor:
            cursor.execute("ANALYZE")
    remember_digest(environment, digest)


def manage(*arguments: str, quiet: bool = False) -> None:
    """Run a command of manage.py in a process of its own: commands sign in to the database as different roles."""
    finished = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        stdout=subprocess.DEVNULL if quiet else None,
        check=False,
    )
    if finished.returncode:
        raise Fault(f"`manage.py {arguments[0]}` failed; the reason stands above.")


def code_digest() -> str:
    """A digest of the code that decides what the tables and the reference data look like: all of it, to be sure."""
    digest = hashlib.sha256((BASE_DIR / "requirements.lock").read_bytes())
    for package in PACKAGES:
        for path in sorted((BASE_DIR / package).rglob("*")):
            if path.suffix in (".py", ".sql", ".json"):
                digest.update(str(path.relative_to(BASE_DIR)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


# What was prepared is noted as the comment of the database itself, so that it is forgotten with the database.


def remembered_digest(environment: env.Environment) -> str:
    with connected(environment, DatabaseRole.MIGRATOR) as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        return (cursor.fetchone()[0] or "").removeprefix("prepared by ")


def remember_digest(environment: env.Environment, digest: str) -> None:
    with connected(environment, DatabaseRole.MIGRATOR) as cursor:
        cursor.execute("SELECT current_database()")
        name = sql.Identifier(cursor.fetchone()[0])
        cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(f"prepared by {digest}")))


def is_empty(environment: env.Environment) -> bool:
    """Whether nobody is in the database yet."""
    with connected(environment, DatabaseRole.APP) as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT FROM agencies_user)")
        return bool(cursor.fetchone()[0])


@contextlib.contextmanager
def connected(environment: env.Environment, role: DatabaseRole) -> Iterator[Any]:
    """A cursor in this role. Raises Fault when the database that was given cannot be reached."""
    at = environment.migrator_database if role is DatabaseRole.MIGRATOR else environment.database
    try:
        if environment.embedded_database:
            connection = postgres.connect(role.value, environment.embedded_name)
        elif at is None:
            raise Fault("DATABASE_URL is set, and DATABASE_MIGRATOR_URL is not: tables are made by their owner.")
        else:
            options: dict[str, Any] = dict(at.options)
            connection = psycopg2.connect(
                host=at.host, port=at.port, dbname=at.name, user=at.user, password=at.password, **options
            )
    except psycopg2.OperationalError as fault:
        raise Fault(f"The database cannot be reached: {str(fault).strip()}") from None
    with contextlib.closing(connection):
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


# --- Serving -------------------------------------------------------------------------------------------------------


@dataclass
class Child:
    """A process of ours and what it is called in messages."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


def serve(environment: env.Environment, wanted: int | None) -> None:
    """Run web server, worker and scheduler until one of them ends or we are told to stop."""
    port = choose_port(wanted)
    if not environment.redis_url:
        valkey.hold()
    with children(port) as family:
        sign_ins = list_of_sign_ins() if environment.demo else ""
        wait_until_ready(port, family)
        print(f"\nMAPPA is running at http://localhost:{port}\n\n{sign_ins}", flush=True)
        print(f"Logs are in {family[0].log.parent}. Ctrl-C stops everything.", flush=True)
        while True:
            ended = next((child for child in family if child.process.poll() is not None), None)
            if ended is not None:
                raise Fault(died(ended))
            time.sleep(0.3)


def list_of_sign_ins() -> str:
    asked = [sys.executable, "manage.py", "demo_sign_ins"]
    return subprocess.run(asked, cwd=BASE_DIR, stdout=subprocess.PIPE, text=True, check=False).stdout


def choose_port(wanted: int | None) -> int:
    if wanted is not None:
        if not port_is_free(wanted):
            raise Fault(f"Port {wanted} is in use by another program. Choose another: make run PORT={wanted + 1}")
        return wanted
    for port in range(FIRST_PORT, LAST_PORT + 1):
        if port_is_free(port):
            if port != FIRST_PORT:
                print(f"Port {FIRST_PORT} is in use by another program; taking {port}.", flush=True)
            return port
    raise Fault(f"Ports {FIRST_PORT} to {LAST_PORT} are all in use. Choose another: make run PORT=8100")


@contextlib.contextmanager
def children(port: int) -> Iterator[list[Child]]:
    """The three processes; whatever happens, none of them outlives this block."""
    family: list[Child] = []
    celery = ["celery", "--app=mappa.celery"]
    try:
        family.append(
            child(
                "web server",
                "page",
                ["gunicorn", "mappa.wsgi", f"--bind=127.0.0.1:{port}", "--workers=2", "--threads=2"]
                + ["--timeout=60", "--graceful-timeout=5", "--no-control-socket"],
                port=port,
            )
        )
        family.append(
            child(
                "worker",
                "task",
                [*celery, "worker", "--concurrency=1", "--loglevel=INFO", "--hostname=worker@%h"],
                port=port,
            )
        )
        family.append(child("scheduler", "task", [*celery, "beat", "--loglevel=INFO", "--pidfile="], port=port))
        yield family
    finally:
        # From here on a second Ctrl-C changes nothing: the first one is being carried out.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        end(family)


def child(name: str, kind: str, module: Sequence[str], *, port: int) -> Child:
    folder = data_folder() / "logs"
    folder.mkdir(exist_ok=True)
    log = folder / f"{name.replace(' ', '-')}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=BASE_DIR,
            # Links in letters lead to this very server, unless the installation says where it is reached.
            env={
                "MAPPA_ORIGIN": f"http://localhost:{port}",
                **os.environ,
                "MAPPA_PROCESS": kind,
                "PYTHONUNBUFFERED": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches this parent alone, which then ends its children in order.
            start_new_session=True,
            preexec_fn=end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one thread only here
        )
    return Child(name, process, log)


def end_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed and cannot do it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_until_ready(port: int, family: Sequence[Child]) -> None:
    deadline = time.monotonic() + START_SECONDS
    why = "it does not answer"
    while time.monotonic() < deadline:
        for one in family:
            if one.process.poll() is not None:
                raise Fault(died(one))
        try:
            request = urllib.request.Request(f"http://127.0.0.1:{port}/health/ready", headers={"Host": "localhost"})
            with urllib.request.urlopen(request, timeout=5):
                return
        except urllib.error.HTTPError as answer:
            why = f"it answers with {answer.code}"
        except OSError:
            pass
        time.sleep(0.1)
    raise Fault(f"The web server was not ready after {START_SECONDS} seconds: {why}. Its log is {family[0].log}.")


def died(one: Child) -> str:
    lines = [line for line in one.log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    last = "\n".join(f"    {line}" for line in lines[-8:])
    return (
        f"The {one.name} ended by itself, so everything was stopped. Its last words (all of them: {one.log}):\n{last}"
    )


def end(family: Sequence[Child]) -> None:
    """Ask all to end; who has not after a while is killed, with what it started."""
    for one in family:
        with contextlib.suppress(ProcessLookupError):
            one.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for one in family:
        try:
            one.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()
        # Each child leads a session of its own: what it left of it ends with it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(one.process.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
