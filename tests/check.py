"""Everything that can be checked without running a test: `python -m tests.check [--format | --write-docs]`."""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Check:
    """A program that ends with 0 when all is well."""

    name: str
    module: Sequence[str]
    hint: str = ""


TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("templates/**/*.html"))
CHECKS = (
    Check("format", ["ruff", "format", "--check", "--quiet", "."], "make format"),
    Check("lint", ["ruff", "check", "--quiet", "."], "make format mends some of it"),
    Check("types", ["mypy", "--no-error-summary"]),
    Check("layers", ["lint-imports"]),
    Check("migrations", ["manage", "makemigrations", "--check", "--dry-run"], "manage.py makemigrations"),
    Check("templates, format", ["djade", "--target-version", "5.2", "--check", *TEMPLATES], "make format"),
    Check("templates, lint", ["djlint", "--lint", "--quiet", "templates"]),
    Check("system checks", ["manage", "check", "--fail-level", "WARNING"]),
)
FORMATTERS = (
    ["ruff", "check", "--quiet", "--fix", "."],
    ["ruff", "format", "--quiet", "."],
    ["djade", "--target-version", "5.2", *TEMPLATES],
)
DOCUMENTS = (
    Check("docs/rules.md", ["rules.document"]),
    Check("docs/access.md", ["manage", "write_docs"]),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write-docs", action="store_true", help="write the generated documents instead")
    parser.add_argument("--format", action="store_true", help="put Python and templates in form instead")
    options = parser.parse_args()
    if options.format:
        # A formatter that has changed something may end with 1: whether all is in form now is what the checks say.
        for module in FORMATTERS:
            subprocess.run(program(module), cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        failed = []
    elif options.write_docs:
        failed = [check.name for check in DOCUMENTS if not passes(check, ())]
    else:
        failed = [check.name for check in CHECKS if not passes(check, ())]
        failed += [check.name for check in DOCUMENTS if not passes(check, ("--check",))]
    if failed:
        sys.exit(f"\nNot right: {', '.join(failed)}")


def passes(check: Check, more: Sequence[str]) -> bool:
    began = time.monotonic()
    finished = subprocess.run(
        [*program(check.module), *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    well = finished.returncode == 0
    say(f"{'right' if well else 'NOT RIGHT':<10}{check.name} ({time.monotonic() - began:.0f} s)")
    if not well:
        say(finished.stdout)
        if check.hint:
            say(f"Try: {check.hint}")
    return well


def program(module: Sequence[str]) -> list[str]:
    """How to run it: as a module of this Python; some are only programs of their own beside it."""
    if module[0] in ("djade", "lint-imports"):
        return [str(Path(sys.executable).with_name(module[0])), *module[1:]]
    return [sys.executable, "-m", *module]


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
