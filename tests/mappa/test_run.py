"""The parent of all processes: what it starts it ends, and what goes wrong is a sentence."""

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

from mappa import run
from mappa.env import BASE_DIR, Fault

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def started(code: str, log: Path) -> run.Child:
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=log.open("wb"), stderr=subprocess.STDOUT, start_new_session=True
    )
    return run.Child("worker", process, log)


def test_a_wanted_port_in_use_is_a_sentence_that_says_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Fault, match=f"make run PORT={port + 1}"):
            run.choose_port(port)


def test_without_a_wish_a_port_in_use_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setattr(run, "FIRST_PORT", port)
        monkeypatch.setattr(run, "LAST_PORT", port + 5)
        assert run.choose_port(None) in range(port + 1, port + 6)


def test_a_child_that_ends_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    child = started("raise SystemExit('no such queue')", tmp_path / "worker.log")
    child.process.wait()
    assert "The worker ended by itself" in run.died(child)
    assert "no such queue" in run.died(child)


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "STOP_SECONDS", 0.5)
    log = tmp_path / "worker.log"
    child = started(STUBBORN, log)
    while "up" not in log.read_text(encoding="utf-8"):
        time.sleep(0.02)
    run.end([child])
    assert child.process.returncode == -signal.SIGKILL


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A copy of everything but what is installed, in a folder with a space in its name."""
    folder = tmp_path / "two words"
    left_out = shutil.ignore_patterns(".git", ".venv", ".data", "node_modules", "__pycache__", "build")
    shutil.copytree(BASE_DIR, folder, ignore=left_out)
    for name in (".venv", "node_modules"):
        (folder / name).symlink_to(BASE_DIR / name)
    yield folder
    subprocess.run([sys.executable, "-m", "mappa.devstack", "clean"], cwd=folder, check=True)


def processes_of(folder: Path) -> list[str]:
    """Command lines of running processes that work in this folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if (entry / "cwd").resolve() == folder and int(entry.name) != os.getpid():
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
    return found


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_whole_system_starts_twice_and_leaves_no_process(checkout: Path, number: int) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAPPA_", "DATABASE_"))}
    log = checkout.parent / "run.log"
    for attempt in range(2):
        began = time.monotonic()
        with log.open("wb") as stream:
            parent = subprocess.Popen(
                [sys.executable, "-m", "mappa.run", "serve"],
                cwd=checkout,
                env=environment,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while "Ctrl-C" not in log.read_text(encoding="utf-8"):
            assert parent.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() - began < 300, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        # The second time everything stands already.
        assert ("Filling the demonstration" in log.read_text(encoding="utf-8")) is (attempt == 0)
        assert "http://localhost:" in log.read_text(encoding="utf-8")
        parent.send_signal(number)
        parent.wait(timeout=30)
        deadline = time.monotonic() + 15
        while processes_of(checkout) and time.monotonic() < deadline:
            time.sleep(0.1)
        left = [line for line in processes_of(checkout) if "valkey-server" not in line or number != signal.SIGKILL]
        assert not left
