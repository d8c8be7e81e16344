"""Runs the suites one after the other and says how long each took: `python -m tests.run [--long]`.

All run, even when one fails: a broken page should not hide a broken rule. The last line is the sum.
"""

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / ".data" / "reports"
NOTHING_COLLECTED = 5


@dataclass(frozen=True)
class Suite:
    """One run of pytest."""

    name: str
    arguments: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)


# Rules need no database and no network. The others run side by side in random order. Browsers want processes of their
# own, in which the test's own event loop must not keep Django from its database.
SIDE_BY_SIDE = ("-n", "2", "--dist", "worksteal")
# No process of a run compiles what another has compiled, whatever the machine says about that.
BYTECODE = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(ROOT / ".data" / "bytecode")}
SUITES = (
    Suite("rules", ["tests/rules", "--disable-socket", "-m", "not long"]),
    Suite(
        "apps",
        ["tests", "--ignore=tests/rules", "--ignore=tests/e2e", "-m", "not long", *SIDE_BY_SIDE],
    ),
    Suite("browser", ["tests/e2e", "-m", "not long", *SIDE_BY_SIDE], {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"}),
)
LONG_SUITES = (
    Suite("rules, more examples", ["tests/rules", "--disable-socket", "--hypothesis-profile=long", "-m", ""]),
    Suite("apps, long", ["tests", "--ignore=tests/rules", "--ignore=tests/e2e", "-m", "long"]),
    Suite("browser, long", ["tests/e2e", "-m", "long"], {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"}),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="the suites that take longer")
    options = parser.parse_args()
    REPORTS.mkdir(parents=True, exist_ok=True)
    results: Counter[str] = Counter()
    minutes: list[str] = []
    broken = False
    for number, suite in enumerate(LONG_SUITES if options.long else SUITES):
        say(f"\n=== {suite.name}")
        report = REPORTS / f"{number}.xml"
        report.unlink(missing_ok=True)
        began = time.monotonic()
        code = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *suite.arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": "0", **BYTECODE, **suite.environment},
            check=False,
        ).returncode
        minutes.append(f"{suite.name} {(time.monotonic() - began) / 60:.1f} min")
        found = count(report)
        results += found
        if code not in (0, NOTHING_COLLECTED):
            broken = True
            # A run that broke before its first test has failed, whatever it counted.
            results["failed"] += not found["failed"]
    say(f"\n{'; '.join(minutes)}")
    say(f"{results['passed']} passed, {results['failed']} failed, {results['skipped']} skipped")
    sys.exit(1 if broken else 0)


def count(report: Path) -> Counter[str]:
    """Passed, failed and skipped tests of one report that pytest has just written."""
    results: Counter[str] = Counter()
    if not report.exists():
        return results
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - pytest's own file
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        results.update({"passed": tests - skipped - failed, "failed": failed, "skipped": skipped})
    return results


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
