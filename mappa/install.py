"""Puts the virtual environment in order: `python3.11 -m mappa.install [--dev] [--browser]`.

Runs before anything is installed, so it uses the standard library only. Does nothing when nothing has changed.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="what tests and checks need, too")
    parser.add_argument(
        "--browser", action="store_true", help="make sure that there is a Chromium for the browser tests"
    )
    options = parser.parse_args()
    if sys.version_info[:2] != (3, 11):
        sys.exit("Python 3.11 is needed: install it, or say where it is with `make PYTHON=/path/to/python3.11 …`.")
    folder = ROOT / ".data"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with (folder / "install.turn").open("w", encoding="utf-8") as turn:
            # Two `make` at once: the second waits, and finds it done.
            fcntl.flock(turn, fcntl.LOCK_EX)
            install("requirements-dev.lock" if options.dev else "requirements.lock")
    except PermissionError:
        sys.exit(f"{ROOT} belongs to another user. Run as that user, or work in a checkout of your own.")
    except OSError as fault:
        sys.exit(f"The environment cannot be written: {fault.strerror}. Make room in {ROOT} and run this again.")
    if options.browser:
        find_browser()


def install(lock: str) -> None:
    """Bring .venv to what this lock file says, unless it is there already."""
    digest = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    stamp = VENV / f"installed-{lock}"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest and runs():
        return
    # The lock for tests and checks holds all of the other, in the same versions.
    if lock == "requirements.lock" and (VENV / "installed-requirements-dev.lock").exists() and runs():
        both = hashlib.sha256((ROOT / "requirements-dev.lock").read_bytes()).hexdigest()
        if (VENV / "installed-requirements-dev.lock").read_text(encoding="utf-8") == both:
            return
    if not runs():
        shutil.rmtree(VENV, ignore_errors=True)
        say("Making the virtual environment in .venv")
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
        if made.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            said = (made.stdout + made.stderr).strip()
            if "ensurepip" in said:
                sys.exit("This Python cannot make virtual environments. On Debian: apt-get install python3.11-venv")
            sys.exit(f"The virtual environment could not be made: {last_line(said)}")
    say(f"Installing {lock}, every package checked against its hash")
    finished = subprocess.run(
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        + ["--require-hashes", "--only-binary=:all:", "-r", str(ROOT / lock)],
        cwd=ROOT,
        check=False,
    )
    if finished.returncode:
        sys.exit(
            f"The packages of {lock} could not be installed; the reason stands above. Without a network, or behind a "
            "proxy, tell pip where to find them (pip config, PIP_INDEX_URL) and run this again."
        )
    for former in VENV.glob("installed-*"):
        former.unlink()
    stamp.write_text(digest, encoding="utf-8")


def runs() -> bool:
    """Whether .venv is there and works: a moved or removed Python leaves one that does not."""
    if not PYTHON.exists():
        return False
    asked = [str(PYTHON), "-c", "import sys; raise SystemExit(sys.version_info[:2] != (3, 11))"]
    try:
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def find_browser() -> None:
    """A Chromium of the system; as root on Debian it is installed, else the reader is told how."""
    if os.environ.get("CHROMIUM") or any(shutil.which(name) for name in BROWSERS):
        return
    how = "apt-get install chromium"
    if not shutil.which("apt-get"):
        sys.exit("The browser tests need Chromium: install it, or set CHROMIUM to where it is.")
    if os.geteuid() != 0:
        sys.exit(f"The browser tests need Chromium. Run: sudo {how}, or set CHROMIUM to where it is.")
    say("Installing Chromium for the browser tests")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        finished = subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
    if finished.returncode:
        sys.exit(f"Chromium could not be installed; the reason stands above. Try: {how}")


def last_line(text: str) -> str:
    return text.splitlines()[-1] if text else "it gave no reason"


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
