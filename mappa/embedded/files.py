"""Where the embedded servers keep their files, and what they remember between two starts."""

import contextlib
import hashlib
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mappa.env import BASE_DIR, DATA_DIR, Fault


def data_folder() -> Path:
    """`.data/` of this checkout, made when it is not there; readable by its owner only."""
    try:
        DATA_DIR.mkdir(mode=0o700, exist_ok=True)
        if not os.access(DATA_DIR, os.W_OK | os.X_OK):
            raise PermissionError
    except PermissionError:
        raise Fault(
            f"{DATA_DIR} cannot be written by this user. Run as the user who made it, or use a checkout of your own."
        ) from None
    except OSError as fault:
        raise Fault(said_plainly(f"{DATA_DIR} cannot be made: {fault.strerror}.")) from None
    return DATA_DIR


def runs_as_root() -> bool:
    return os.geteuid() == 0


def server_user() -> pwd.struct_passwd | None:
    """The user that PostgreSQL runs as: None for ourselves. It refuses root, so root lends it `nobody`."""
    if not runs_as_root():
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise Fault(
            "PostgreSQL refuses to run as root and this machine has no user `nobody` to run it as. "
            "Run as an ordinary user, or set DATABASE_URL."
        ) from None


def state_folder() -> Path:
    """The folder of the PostgreSQL files: `.data/`; for root, one named by the checkout that `nobody` can reach."""
    if not runs_as_root():
        return data_folder()
    name = hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:16]
    folder = Path("/var/lib/mappa-embedded") / name
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    pointer = data_folder() / "state-folder"
    if not pointer.exists() or pointer.read_text(encoding="utf-8") != str(folder):
        pointer.write_text(str(folder), encoding="utf-8")
    return folder


def recall(name: str) -> dict[str, Any]:
    """What a server remembered; empty at the first start, and when the file was cut short by a full disk."""
    try:
        remembered = json.loads((data_folder() / f"{name}.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return remembered if isinstance(remembered, dict) else {}


def remember(name: str, values: Mapping[str, Any]) -> None:
    """Keep these values, whole or not at all: written beside the old file, then put in its place."""
    write_private(data_folder() / f"{name}.json", json.dumps(dict(values), indent=1))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; a reader sees the old text or the new, never half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        draft.replace(path)
    except OSError as fault:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise Fault(said_plainly(f"{path} cannot be written: {fault.strerror}.")) from None


def secret_key() -> str:
    """The signing key of a demonstration: made once for this checkout and kept in `.data/`."""
    path = data_folder() / "secret-key"
    for _attempt in range(2):
        with contextlib.suppress(FileNotFoundError):
            key = path.read_text(encoding="utf-8").strip()
            if key:
                return key
        write_private(path, secrets.token_urlsafe(50))
    return path.read_text(encoding="utf-8").strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def running_program(pid: int) -> str:
    """The command line of a process, or nothing when it has ended, even if nobody has taken note of that yet."""
    try:
        if Path("/proc/self").exists():
            # The state stands behind the name, which is in brackets and may hold anything.
            status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            state = status.rpartition(")")[2].split()[0]
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        else:
            asked = ["ps", "-o", "stat=,command=", "-p", str(pid)]
            shown = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
            state, _, command = shown.strip().partition(" ")
    except OSError:
        return ""
    return "" if state.startswith(("Z", "X")) else command


def demand_room(folder: Path, megabytes: int) -> None:
    """Raise Fault when there is less room than this: half an unpacked server is worse than none."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise Fault(
            f"The disk is nearly full: {free} MB are free in {folder}, and the embedded servers want {megabytes} MB. "
            "Make room and run this again."
        )


def said_plainly(message: str) -> str:
    """The message, with what to do when it is about a full disk."""
    if "No space left on device" in message or "Disk quota exceeded" in message:
        return f"The disk is full, so the embedded servers cannot write to {DATA_DIR}. Make room and run this again."
    return message
