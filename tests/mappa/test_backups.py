"""A backup is sealed, whole or refused; restored into an empty server it is the same register, evidence and all."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agencies.models import Area
from cases.models import Nominal
from mappa.backups import key_of
from mappa.env import BASE_DIR, Fault, read
from mappa.sealed import opened, seal
from rules.vocabulary import Level
from tests.conftest import OwnDatabase
from tests.factories.agencies import AreaFactory
from tests.factories.cases import TODAY, at_level, meeting, nominal

KEY = "k" * 40
CHUNK = 1 << 20
LEFT_OUT = (".venv", ".data", ".git", "node_modules", "build", "__pycache__", "images", "e2e", ".hypothesis")


def sealed(plain: bytes, key: str = KEY) -> bytes:
    target = io.BytesIO()
    assert seal(io.BytesIO(plain), target, key) == len(plain)
    return target.getvalue()


def read_back(data: bytes, key: str = KEY) -> bytes:
    return b"".join(opened(io.BytesIO(data), key))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_what_was_sealed_comes_back(size: int) -> None:
    plain = os.urandom(size)
    assert read_back(sealed(plain)) == plain
    # A single byte stands somewhere in any text: only a longer piece would tell.
    assert len(plain) < 64 or plain[:64] not in sealed(plain)


def test_two_seals_of_the_same_have_nothing_in_common() -> None:
    assert sealed(b"the same")[15:] != sealed(b"the same")[15:]


DATA = sealed(os.urandom(2 * CHUNK + 100))
HEAD, WHOLE = 15 + 16, CHUNK + 16


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(DATA[:-5] + bytes([DATA[-5] ^ 1]) + DATA[-4:], id="one bit"),
        pytest.param(DATA[:-1], id="cut in a chunk"),
        pytest.param(DATA[: HEAD + WHOLE], id="cut between chunks"),
        pytest.param(
            DATA[:HEAD] + DATA[HEAD + WHOLE : HEAD + 2 * WHOLE] + DATA[HEAD : HEAD + WHOLE] + DATA[HEAD + 2 * WHOLE :],
            id="two chunks swapped",
        ),
        pytest.param(DATA + b"x", id="something added"),
        pytest.param(DATA[:16] + bytes([DATA[16] ^ 1]) + DATA[17:], id="another salt"),
        pytest.param(b"x" + DATA, id="another kind of file"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_was_changed_is_refused(changed: bytes) -> None:
    with pytest.raises(Fault):
        read_back(changed)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Fault, match="another key"):
        read_back(DATA, "x" * 40)


def test_an_installation_brings_its_own_key() -> None:
    production = {"DATABASE_URL": "postgres://mappa_app@db/mappa", "MAPPA_TESTING": "0", "MAPPA_DEMO": "0"}
    with pytest.raises(Fault, match="MAPPA_BACKUP_KEY_FILE"):
        key_of(read(production))
    assert key_of(read({**production, "MAPPA_BACKUP_KEY": KEY})) == KEY


class Place:
    """A checkout with a server of its own, and the database it works in."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "MAPPA_"))}
        self.environment = {**kept, "MAPPA_EMBEDDED_DATABASE": database, "MAPPA_BACKUP_KEY": KEY}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def manage(self, *arguments: str) -> str:
        finished = self.run("manage.py", *arguments)
        assert finished.returncode == 0, f"{arguments}: {finished.stdout}{finished.stderr}"
        return finished.stdout

    def counts(self) -> str:
        """Every table with its number of rows, as the owner sees them."""
        return self.run("-c", _COUNTS).stdout


_COUNTS = """
import os
from mappa.devstack import postgres
postgres.hold()
connection = postgres.connect("mappa_migrator", os.environ["MAPPA_EMBEDDED_DATABASE"])
cursor = connection.cursor()
cursor.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")
for name in sorted(row[0] for row in cursor.fetchall()):
    cursor.execute(f'SELECT count(*) FROM "{name}"')
    print(name, cursor.fetchone()[0])
"""


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "another machine"
    shutil.copytree(BASE_DIR, folder, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    place = Place(folder, "mappa")
    assert place.run("-c", "from mappa.devstack import postgres; postgres.hold()").returncode == 0
    yield place
    place.run("-c", "from mappa import devstack; devstack.clean()")


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="backs up a database of the embedded server")
def test_restored_into_an_empty_server(own_database: OwnDatabase, empty_server: Place, tmp_path: Path) -> None:
    area: Area = AreaFactory.create()
    nominal(area, levels=(at_level(Level.TWO),), meetings=(meeting(TODAY),))
    assert Nominal.objects.count() == 1
    here = Place(BASE_DIR, own_database.name)
    file = tmp_path / "register.backup"
    here.manage("backup", str(file))
    assert file.stat().st_mode & 0o077 == 0, "readable by its owner only"
    refused = here.run("manage.py", "backup", str(file))
    assert refused.returncode == 1
    assert "is there already" in refused.stderr
    assert "holds tables already" in here.run("manage.py", "restore", str(file)).stderr

    half = tmp_path / "cut.backup"
    half.write_bytes(file.read_bytes()[:-9])
    assert "Nothing of it was used" in empty_server.run("manage.py", "restore", str(half)).stderr
    assert empty_server.counts() == "", "a broken file left something behind"

    assert "1 nominals are back" in empty_server.manage("restore", str(file))
    assert empty_server.counts() == here.counts()
    empty_server.manage("migrate", "--check")
    assert "The evidence is whole." in empty_server.manage("verify_audit")
    empty_server.manage("verify_register")
    empty_server.manage("check_deadlines")
