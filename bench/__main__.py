"""`make bench`: the pages people open most, on the demonstration and on an invented register of the whole country.

Makes the national register in a database of its own on the embedded server, once (some minutes); later runs use it
again while the tables are the same. Ratios of one run are what counts: machines differ, and are noisy.

python -m bench             measure and print
python -m bench --write     write docs/bench.md as well
python -m bench --anew      make the national register anew first
"""

import argparse
import json
import os
import subprocess
import sys
from typing import Any

from mappa import env
from mappa.devstack import postgres
from mappa.env import BASE_DIR, DatabaseRole
from mappa.run import code_digest

NATIONAL = "mappa_national"
BARE = "bare page"
INTRODUCTION = """\
# How fast the pages are

Made by `python -m bench --write`. The pages run through the whole stack in one process, evidence on: the demonstration
(one area) beside an invented register of the whole country, both with the same area's coordinator. *Bare* is a page
of session sign-in, one query for the same 25 rows and a plain template, nothing else; ratios to it are those of one
run. *Raw SQL* is that query alone through the driver. The list by guardian has the bare page's template over
guardian's own lookup for a group, which knows no dates, exclusions, restricted records or Category 4.

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/bench.md")
    parser.add_argument("--anew", action="store_true", help="make the national register anew")
    options = parser.parse_args()
    postgres.hold()
    if options.anew or remembered() != code_digest():
        make_national()
    text = table(measured("demonstration", {}), measured("whole country", {"MAPPA_EMBEDDED_DATABASE": NATIONAL}))
    say(text)
    if options.write:
        (BASE_DIR / "docs" / "bench.md").write_text(INTRODUCTION + text + "\n", encoding="utf-8")


def make_national() -> None:
    say("Making the national register, once: this takes some minutes")
    postgres.make_database_anew(NATIONAL)
    for command in (["migrate", "--verbosity=0", "--no-input"], ["createcachetable"], ["load_national"]):
        program([sys.executable, "manage.py", *command], {"MAPPA_EMBEDDED_DATABASE": NATIONAL})
    with postgres.connect(DatabaseRole.MIGRATOR.value, NATIONAL) as connection, connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON DATABASE {NATIONAL} IS %s", [code_digest()])


def remembered() -> str:
    """The digest of the code that the national register was made with; nothing when there is none."""
    role = DatabaseRole.MIGRATOR.value
    with postgres.connect(role, env.EMBEDDED_DATABASE) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [NATIONAL])
        row = cursor.fetchone()
    return str(row[0] or "") if row else ""


def measured(name: str, more: dict[str, str]) -> dict[str, Any]:
    """What `bench.pages` finds in one database."""
    say(f"Measuring: {name}")
    found: dict[str, Any] = json.loads(program([sys.executable, "-m", "bench.pages"], more).splitlines()[-1])
    return found


def program(arguments: list[str], more: dict[str, str]) -> str:
    finished = subprocess.run(
        arguments, cwd=BASE_DIR, env={**os.environ, **more}, stdout=subprocess.PIPE, text=True, check=False
    )
    if finished.returncode:
        sys.exit(f"{' '.join(arguments[1:3])} failed; the reason stands above.")
    return finished.stdout


def table(demo: dict[str, Any], national: dict[str, Any]) -> str:
    """One line a page: milliseconds, ratio to the bare page, queries, time in SQL, national beside demonstration."""
    lines = [
        f"Medians in milliseconds; {demo['people']:,} and {national['people']:,} people.",
        "",
        "| Page | Demonstration | to bare | queries | of it SQL | Whole country | to bare | to demonstration |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, own in demo["pages"].items():
        other = national["pages"][name]
        lines.append(
            f"| {name} | {own['ms']:.1f} | {own['ms'] / demo['pages'][BARE]['ms']:.1f} | {own['queries']} "
            f"| {own['sql_ms']:.0f} | {other['ms']:.1f} | {other['ms'] / national['pages'][BARE]['ms']:.1f} "
            f"| {other['ms'] / own['ms']:.2f} |"
        )
    return "\n".join(lines)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
