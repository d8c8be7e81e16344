"""The embedded servers of this checkout, for settings, tests and `make`.

python -m mappa.devstack clean     stop them and remove what they keep
python -m mappa.devstack status    say whether they run
"""

import shutil
import sys

from mappa.embedded import files
from mappa.embedded.postgres import Postgres
from mappa.embedded.valkey import Valkey
from mappa.env import DATA_DIR, Fault

__all__ = ["clean", "postgres", "secret_key", "valkey", "valkey_url"]

postgres = Postgres()
valkey = Valkey()

secret_key = files.secret_key
valkey_url = valkey.url


def clean() -> None:
    """Stop the embedded servers and remove what they keep. Raises Fault while another process uses them."""
    for server in (postgres, valkey):
        server.stay()
        if not server.alone():
            raise Fault(f"The embedded {server.name} is in use by another process of this checkout. End it first.")
        server.leave()
    if files.runs_as_root():
        shutil.rmtree(files.state_folder(), ignore_errors=True)
    shutil.rmtree(DATA_DIR, ignore_errors=True)


def status() -> str:
    return "\n".join(f"{server.name} {'runs' if server.alive() else 'does not run'}" for server in (postgres, valkey))


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["clean"]:
            clean()
        elif sys.argv[1:] == ["status"]:
            print(status())
        else:
            sys.exit(__doc__)
    except Fault as fault:
        sys.exit(str(fault))
