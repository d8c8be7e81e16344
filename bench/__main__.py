"""`make bench`: the pages people open most, on the demonstration and on an invented register of the whole country.

Makes the national register in a database of its own on the embedded server, once (some minutes); later runs use it
again while the tables are the same. Ratios of one run are what counts: machines differ, and are noisy.

python -m bench             measure and print
python -m bench --write     write docs/bench.md as well
python -m bench --memory    ask for 10,000 pages in one process, and say whether its memory grows
python -m bench --plans     only the plans of eight weeks; with --write their section of docs/bench.md
python -m bench --anew      make the national register anew first
"""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from mappa import env
from mappa.devstack import postgres
from mappa.env import BASE_DIR, DatabaseRole
from mappa.run import PACKAGES

from . import plans

NATIONAL = "mappa_national"
PROCESSES = 9
FILLED_BY = (("exchange", "national"), ("exchange", "demo"))
MOST_TO_BARE, MOST_TO_DEMO, MOST_GROWTH_MB = 1.5, 1.2, 10.0
DOCUMENT = BASE_DIR / "docs" / "bench.md"
TITLES = {"register": "Register", "search": "Search by sound", "person": "A person's page", "today": "Today"}
INTRODUCTION = """\
# How fast the pages are

Made by `python -m bench --write`. The pages run through the whole stack in one process, evidence on: the demonstration
(one area) beside an invented register of the whole country, both as the same area's coordinator. Ratios of one run are
what counts: machines differ, and are noisy. Two processes with the same code differ by a twentieth, so that each
register is measured by nine, in turn, and each number is the median of theirs.

- *Bare page*: what one would write for this data without roles, evidence, rules and components: session, sign-in, one
  query (for a person Django's own prefetching, one query a table), a plain template that writes the same rows in the
  same markup. It derives nothing (no category by precedence, no due date with its reasons), counts nothing beside the
  rows and offers no buttons that depend on who asks; the list has no filters.
- *Raw SQL*: what the bare page asks of the database, through the driver alone.
- *List by guardian*: the bare list over guardian's own lookup for a group, which knows no dates, exclusions, restricted
  records or Category 4. *Register, asked by guardian*: our own page of the register, everything on it, with that lookup
  in the place of our access condition: what the way of asking alone amounts to.

"""
AIMS = (
    "Processor time of the process; the last three columns by the clock. *Least* is what the bare page comes to within "
    "our empty page: the same rows by the same means, after our sign-in, in our frame, with evidence. *Drawn as ours* "
    "is that with what our page draws beyond the bare one, as if deriving, judging and counting took no time. Aims: "
    f"at most {MOST_TO_BARE} times the bare page, at most {MOST_TO_DEMO} times its own time on the demonstration."
)
WHY = """\
## Why the distance to the bare page is what it is

The aim of 1.5 times a bare page is one of the house; where the table says "no", these are the reasons.

- Before a page begins, a request reads the session, the person and the roles they hold, says to the database who acts
  on which day, and opens a transaction with a savepoint; after it, the row of the access log is written. The bare page
  reads session and person. So an empty page of ours takes two to three times an empty bare page. With the bare page's
  own rows in it that is *least*; rows drawn by our own means can come to less (ADR 0025), which *drawn as ours* says.
  For Today both lie above 1.5: the aim cannot be met with evidence on, as its bare page has next to nothing on it.
- Search asks for names that look alike and names that sound alike, their other names, and whoever may be
  seen among them, weighs how well each fits, counts whoever may only be told of, then reads category and level, numbers
  and other names of those found; the bare page asks for one sound. All of them are asked for within the area (ADR
  0024). *Least* and *drawn as ours* leave nothing for all this: the aim is out of reach for a search that finds people
  by what they are called elsewhere.
- Today counts some thirty numbers, each as the list behind it would; the bare page groups six. Whoever the reader may
  see is gathered once, and each table is walked once for all that is counted by its rows; contacts and agreements
  of every agency are read and judged one by one.
- The register also counts its rows, fills its filters from the area's agencies and panel areas, and sorts by derived
  columns that the bare page does not have; a person's page says each derived fact with its reasons and sources. How
  they come near their bare pages all the same, ADR 0025 says.
- The bare list by guardian is no page of ours: it has no frame, count, filters or components.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/bench.md")
    parser.add_argument("--memory", action="store_true", help="ask for 10,000 pages as well: some ten minutes")
    parser.add_argument("--plans", action="store_true", help="only the plans of eight weeks")
    parser.add_argument("--anew", action="store_true", help="make the national register anew")
    options = parser.parse_args()
    postgres.hold()
    if options.anew or remembered() != tables_digest():
        make_national()
    more = {"MAPPA_EMBEDDED_DATABASE": NATIONAL}
    compared = measured("plans", more, of="bench.plans")
    planning = plans.section(compared)
    if options.plans:
        text = planning
    else:
        turns = [(measured("demonstration", {}), measured("whole country", more)) for _ in range(PROCESSES)]
        demo, national = (middle(found) for found in zip(*turns, strict=True))
        text = report(demo, national) + planning
        if options.memory:
            text += memory(measured("memory", more, "--memory"))
    say(text)
    if options.write:
        known = DOCUMENT.read_text(encoding="utf-8") if options.plans else INTRODUCTION + text + WHY
        DOCUMENT.write_text(with_section(known, planning), encoding="utf-8")
    if any(row["worse"] for row in compared):
        sys.exit("A plan is worse than first come, first placed.")


def with_section(document: str, section: str) -> str:
    """The document with this section in the place of the one with its title, or before the reasons."""
    title = section.splitlines()[0]
    before, found, after = document.partition(f"{title}\n")
    if not found:
        before, found, after = document.partition("## Why")
        return before + section + found + after
    return before + section + "## " + after.partition("\n## ")[2]


def make_national() -> None:
    say("Making the national register, once: this takes some minutes")
    postgres.make_database_anew(NATIONAL)
    for command in (["migrate", "--verbosity=0", "--no-input"], ["createcachetable"], ["load_national"]):
        program([sys.executable, "manage.py", *command], {"MAPPA_EMBEDDED_DATABASE": NATIONAL})
    with postgres.connect(DatabaseRole.MIGRATOR.value, NATIONAL) as connection, connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON DATABASE {NATIONAL} IS %s", [tables_digest()])


def tables_digest() -> str:
    """A digest of what the national register is made of: the tables and triggers, and the code that fills them."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path in sorted((BASE_DIR / package).rglob("*")):
            place = path.relative_to(BASE_DIR)
            made_by = "migrations" in place.parts or place.parts[:2] in FILLED_BY
            if path.suffix in (".py", ".sql", ".json") and (made_by or path.suffix != ".py"):
                digest.update(str(place).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def remembered() -> str:
    """The digest of the code that the national register was made with; nothing when there is none."""
    role = DatabaseRole.MIGRATOR.value
    with postgres.connect(role, env.EMBEDDED_DATABASE) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [NATIONAL])
        row = cursor.fetchone()
    return str(row[0] or "") if row else ""


def measured(name: str, more: dict[str, str], *options: str, of: str = "bench.pages") -> Any:
    """What this program finds in one database."""
    say(f"Measuring: {name}")
    return json.loads(program([sys.executable, "-m", of, *options], more).splitlines()[-1])


def middle(found: Sequence[Any]) -> Any:
    """The medians of several measurements, number by number."""
    first = found[0]
    if isinstance(first, dict):
        return {name: middle([each[name] for each in found]) for name in first}
    return statistics.median(found)


def program(arguments: list[str], more: dict[str, str]) -> str:
    finished = subprocess.run(
        arguments, cwd=BASE_DIR, env={**os.environ, **more}, stdout=subprocess.PIPE, text=True, check=False
    )
    if finished.returncode:
        sys.exit(f"{' '.join(arguments[1:3])} failed; the reason stands above.")
    return finished.stdout


def report(demo: dict[str, Any], national: dict[str, Any]) -> str:
    """Ratios first, then the times behind them, then where the time goes."""
    return "\n".join([*_ratios(demo, national), "", *_times(demo, national), "", *_where(national), "", ""])


def _ratios(demo: dict[str, Any], national: dict[str, Any]) -> list[str]:
    lines = [
        f"## Ratios, whole country ({national['people']:,} people; the demonstration has {demo['people']:,})",
        "",
        AIMS,
        "",
        "| Page | to its bare page | aim met | least | drawn as ours | by the clock | to the demonstration | aim met |",
        "|---|--:|---|--:|--:|--:|--:|---|",
    ]
    for name, title in TITLES.items():
        page = national["pages"][name]
        to_bare = page["ours"]["cpu"] / page["bare"]["cpu"]
        least = 1 + (national["our_empty"]["cpu"] - national["empty"]["cpu"]) / page["bare"]["cpu"]
        drawn = least + page["drawn"] / page["bare"]["cpu"]
        to_demo = page["ours"]["ms"] / demo["pages"][name]["ours"]["ms"]
        by_clock = page["ours"]["ms"] / page["bare"]["ms"]
        lines.append(
            f"| {title} | {to_bare:.1f} | {_said(to_bare <= MOST_TO_BARE)} | {least:.1f} | {drawn:.1f} "
            f"| {by_clock:.1f} | {to_demo:.2f} | {_said(to_demo <= MOST_TO_DEMO)} |"
        )
    register, guardian, by_guardian = (
        national["pages"]["register"]["ours"],
        national["guardian"],
        national["by_guardian"],
    )
    same = all(national["pages"][name]["queries"] == demo["pages"][name]["queries"] for name in TITLES)
    against = (
        f"Register to the list by guardian: {register['ms'] / guardian['ms']:.2f} by the clock "
        f"(faster: {_said(register['ms'] < guardian['ms'])}). To the same page of ours with guardian's lookup as "
        f"its access condition: {register['ms'] / by_guardian['ms']:.2f} (faster: "
        f"{_said(register['ms'] < by_guardian['ms'])}). "
        f"The same number of queries on the demonstration and the country: {_said(same)}."
    )
    return [*lines, "", against]


def _times(demo: dict[str, Any], national: dict[str, Any]) -> list[str]:
    lines = [
        "## Medians in milliseconds",
        "",
        "Clock, and in brackets the processor time of the process.",
        "",
        "| Page | Register of | raw SQL | bare page | page | queries | KB, page and bare |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for name, title in TITLES.items():
        for where, found in (("one area", demo), ("the country", national)):
            page = found["pages"][name]
            ours, bare = (f"{page[kind]['ms']:.1f} ({page[kind]['cpu']:.1f})" for kind in ("ours", "bare"))
            lines.append(
                f"| {title} | {where} | {page['raw']['ms']:.1f} | {bare} | {ours} | {page['queries']} "
                f"| {page['bytes'] / 1000:.0f}, {page['bare_bytes'] / 1000:.0f} |"
            )
    guardian, by_guardian = national["guardian"], national["by_guardian"]
    empty, ours = (f"{national[name]['ms']:.1f} ({national[name]['cpu']:.1f})" for name in ("empty", "our_empty"))
    return [
        *lines,
        f"| List by guardian | the country | | {guardian['ms']:.1f} ({guardian['cpu']:.1f}) | | | |",
        f"| Register, asked by guardian | the country | | | {by_guardian['ms']:.1f} ({by_guardian['cpu']:.1f}) | | |",
        f"| Nothing | the country | | {empty} | {ours} | | |",
    ]


def _where(national: dict[str, Any]) -> list[str]:
    parts = list(next(iter(national["pages"].values()))["shares"])
    lines = [
        "## Where the time goes, in hundredths of the page's time, whole country",
        "",
        f"| Page | {' | '.join(parts)} |",
        f"|---|{'--:|' * len(parts)}",
    ]
    for name, title in TITLES.items():
        shares = national["pages"][name]["shares"]
        lines.append(f"| {title} | {' | '.join(f'{shares[part]:.0f}' for part in parts)} |")
    return lines


def memory(found: dict[str, Any]) -> str:
    early, late = found["early_mb"], found["late_mb"]
    return (
        "## Memory\n\nOne process, the four pages in turn, whole country: "
        f"{early:.0f} MB after 1,000 pages, {late:.0f} MB after 10,000 "
        f"(flat: {_said(late - early < MOST_GROWTH_MB)}).\n\n"
    )


def _said(answer: bool) -> str:
    return "yes" if answer else "no"


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
