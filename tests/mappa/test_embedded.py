"""The embedded servers: started when needed, stopped by the last, and clear about what is wrong.

The tests work in a copy of the few files they need, in a folder with a space in its name; unpacking takes a second or
two, so they share it and each finds it stopped.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mappa.embedded import files
from mappa.embedded.lifetime import Server
from mappa.env import BASE_DIR, Fault

STAY = "import sys; print('up', flush=True); sys.stdin.readline()"
HOLD = "from mappa.devstack import postgres; postgres.hold();"


class Checkout:
    """A copy of this package, alone in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, code: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code], cwd=self.folder, capture_output=True, text=True, timeout=120, check=False
        )

    def begin(self, code: str) -> subprocess.Popen[str]:
        """Start a process that stays until its input ends; returns when it has said `up`."""
        process = subprocess.Popen(
            [sys.executable, "-c", code + STAY],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        return process

    def recall(self) -> dict[str, str]:
        remembered: dict[str, str] = json.loads((self.folder / ".data" / "postgres.json").read_text(encoding="utf-8"))
        return remembered

    def server_pid(self) -> int | None:
        """The server's process, or None when it does not run."""
        pid_file = Path(self.recall()["cluster"]) / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="utf-8").splitlines()[0])
            os.kill(pid, 0)
        except (OSError, ValueError, IndexError):
            return None
        return pid


def copied(folder: Path) -> Checkout:
    shutil.copytree(BASE_DIR / "mappa", folder / "mappa", ignore=shutil.ignore_patterns("__pycache__"))
    return Checkout(folder)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    copy = copied(tmp_path_factory.mktemp("checkout") / "two words")
    assert copy.run(HOLD).returncode == 0
    yield copy
    copy.run("from mappa import devstack; devstack.clean()")


@pytest.fixture
def checkout(shared: Checkout) -> Checkout:
    assert gone(shared)
    return shared


@pytest.fixture
def untouched(tmp_path: Path) -> Iterator[Checkout]:
    """A copy in which nothing has ever run."""
    copy = copied(tmp_path / "two words")
    yield copy
    copy.run("from mappa import devstack; devstack.clean()")


def gone(copy: Checkout) -> bool:
    deadline = time.monotonic() + 10
    while copy.server_pid() is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    return copy.server_pid() is None


def finish(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=60)


def test_a_command_starts_the_database_and_leaves_none_behind(checkout: Checkout) -> None:
    asked = checkout.run(
        HOLD + "c = postgres.connect('mappa_app', 'mappa').cursor(); c.execute('SELECT current_user');"
        "print(c.fetchone()[0])"
    )
    assert asked.stdout == "mappa_app\n", asked.stderr
    assert gone(checkout)


def test_the_last_one_out_stops_it_and_no_other(checkout: Checkout) -> None:
    first, second = checkout.begin(HOLD), checkout.begin(HOLD)
    pid = checkout.server_pid()
    finish(first)
    assert checkout.server_pid() == pid
    finish(second)
    assert gone(checkout)


def test_a_killed_process_leaves_no_lock_behind(checkout: Checkout) -> None:
    killed = checkout.begin(HOLD)
    killed.kill()
    killed.communicate()
    pid = checkout.server_pid()
    assert pid is not None, "the server goes on without the process that started it"
    finish(checkout.begin(HOLD))
    assert gone(checkout), "and is stopped by the next who uses it"


def test_a_killed_server_is_started_again(checkout: Checkout) -> None:
    holding = checkout.begin(HOLD)
    pid = checkout.server_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    finish(holding)
    asked = checkout.run(HOLD + "print(postgres.alive())")
    assert asked.stdout == "True\n", asked.stderr


def test_a_pid_file_that_names_another_program_is_not_believed(checkout: Checkout) -> None:
    cluster = Path(checkout.recall()["cluster"])
    port = checkout.recall()["port"]
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n0\n{port}\n\n127.0.0.1\n", encoding="utf-8")
    asked = checkout.run(HOLD + "print(postgres.alive())")
    assert asked.stdout == "True\n", asked.stderr


def test_a_taken_port_is_left_to_its_owner(checkout: Checkout) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(checkout.recall()["port"])))
        other.listen()
        asked = checkout.run(HOLD + "print(postgres.alive())")
    assert asked.stdout == "True\n", asked.stderr
    assert gone(checkout)


def test_two_processes_that_start_at_once_get_one_server(checkout: Checkout) -> None:
    starting = [
        subprocess.Popen([sys.executable, "-c", HOLD + STAY], cwd=checkout.folder, stdin=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in starting:
        finish(process)
        assert process.returncode == 0
    assert gone(checkout)


def test_a_missing_library_is_named_with_its_package(checkout: Checkout) -> None:
    cluster = Path(checkout.recall()["cluster"])
    programs = next(cluster.parent.glob("postgresql-*"))
    server = programs / "bin" / "postgres"
    server.rename(programs / "bin" / "postgres.real")
    server.write_text(
        "#!/bin/sh\necho 'postgres: error while loading shared libraries: libzstd.so.1: cannot open shared object "
        "file: No such file or directory' >&2\nexit 127\n",
        encoding="utf-8",
    )
    server.chmod(0o755)
    try:
        asked = checkout.run(HOLD)
    finally:
        (programs / "bin" / "postgres.real").replace(server)
    assert "apt-get install libzstd1" in asked.stderr


def test_a_full_disk_is_said_before_anything_is_written(untouched: Checkout) -> None:
    asked = untouched.run(
        "import collections, shutil; usage = collections.namedtuple('usage', 'total used free');"
        "shutil.disk_usage = lambda _: usage(9, 9, 3_000_000);" + HOLD
    )
    assert "The disk is nearly full: 3 MB are free" in asked.stderr
    assert "Make room" in asked.stderr


def test_a_copied_checkout_does_not_use_the_server_of_the_first(checkout: Checkout, tmp_path: Path) -> None:
    holding = checkout.begin(HOLD)
    other = Checkout(tmp_path / "a copy")
    shutil.copytree(checkout.folder, other.folder)
    try:
        asked = other.run(HOLD + "print(postgres.alive())")
        assert asked.stdout == "True\n", asked.stderr
        assert other.recall()["cluster"] != checkout.recall()["cluster"]
        assert checkout.server_pid() is not None
    finally:
        other.run("from mappa import devstack; devstack.clean()")
        finish(holding)


def test_cleaning_is_refused_while_it_is_in_use(checkout: Checkout) -> None:
    holding = checkout.begin(HOLD)
    asked = checkout.run("from mappa import devstack; devstack.clean()")
    assert "is in use by another process" in asked.stderr
    assert checkout.server_pid() is not None
    finish(holding)


def test_the_queue_starts_and_stops_with_its_users(checkout: Checkout) -> None:
    hold = (
        "from mappa.devstack import valkey; url = valkey.url(); valkey.hold();"
        "print(valkey.alive(), url == valkey.url())"
    )
    assert checkout.run(hold).stdout == "True True\n"
    assert checkout.run("from mappa.devstack import valkey; print(valkey.alive())").stdout == "False\n"
    assert checkout.run(hold).stdout == "True True\n"


class Counting(Server):
    """A server that only counts, to see who starts and stops it."""

    name = "counting"

    def __init__(self) -> None:
        super().__init__()
        self.running = False
        self.started = 0

    def alive(self) -> bool:
        return self.running

    def start(self) -> None:
        self.running = True
        self.started += 1

    def stop(self) -> None:
        self.running = False


@pytest.fixture
def counting() -> Iterator[Counting]:
    server = Counting()
    yield server
    server.leave()
    for what in ("users", "turn"):
        with contextlib.suppress(FileNotFoundError):
            (files.data_folder() / f"counting.{what}").unlink()


def test_holding_twice_starts_once(counting: Counting) -> None:
    counting.hold()
    counting.hold()
    assert counting.started == 1
    counting.leave()
    assert not counting.running


def test_staying_starts_nothing_but_stops_what_others_started(counting: Counting) -> None:
    counting.stay()
    assert counting.started == 0
    counting.running = True
    counting.leave()
    assert not counting.running


def test_a_full_disk_in_the_words_of_a_program_becomes_a_sentence() -> None:
    assert "Make room" in files.said_plainly('FATAL: could not write to file "pg_wal": No space left on device')


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be written"):
        files.write_private(tmp_path / "no such folder" / "file", "text")
