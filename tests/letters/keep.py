"""Files as they leave the system, kept beside the tests: what changes there is looked at, line by line.

``python -m tests.letters.keep`` writes them anew.
"""

import os
from pathlib import Path

import pytest

KEPT = Path(__file__).parent / "kept"
_RENEW = "MAPPA_KEEP"


def kept(name: str, made: bytes) -> bytes:
    """The file that is kept under this name, empty when none is; written anew when that is asked for."""
    path = KEPT / name
    if os.environ.get(_RENEW):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made)
    return path.read_bytes() if path.exists() else b""


if __name__ == "__main__":
    os.environ[_RENEW] = "1"
    raise SystemExit(pytest.main(["-q", "-n0", str(Path(__file__).parent / "test_kept.py")]))
