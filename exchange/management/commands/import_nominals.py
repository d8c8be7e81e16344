"""``import_nominals FILE.csv``: bring in a register."""

import sys
from argparse import ArgumentParser
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from django.core.management.base import BaseCommand, CommandError

from agencies.access import can_in_area
from agencies.models import Area, User
from agencies.principal import Principal
from agencies.queries import area_named, memberships_of
from agencies.roles import Perm
from audit.reads import reading
from exchange.nominals import Outcome, bring_in
from exchange.problems import Problem
from mappa import clock

_BAR = 40
_FEW = 5


class Command(BaseCommand):
    help = (
        "Bring in people, grounds, levels, whereabouts and meetings from a CSV file, as a whole or not at all. "
        "Every bad row is told with line, column, reason and what would be right. The same file twice changes nothing. "
        "The columns are described in docs/import_nominals.md; docs/examples/import_nominals.csv is an example."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file, in UTF-8")
        parser.add_argument(
            "--area",
            help="name or slug of the MAPPA area, such as derbyshire; may be left out only where no other is loaded",
        )
        parser.add_argument("--dry-run", action="store_true", help="check and count everything, and keep nothing")
        parser.add_argument(
            "--as",
            dest="email",
            metavar="E-MAIL",
            help="act as this person: recognise what they may edit, bring in Category 4 if they are cleared",
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        day = clock.today()
        area = _area(options["area"])
        by = _principal(options["email"], area, day)
        try:
            opened = file.open("rb")
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        notes = _Notes()
        with opened, reading(by, purpose=f"import into {area.slug}"):
            bar = _Bar(sys.stderr, opened, file.stat().st_size)
            outcome = bring_in(
                opened,
                by=by,
                area=area,
                today=day,
                dry_run=options["dry_run"],
                report=self._tell,
                note=notes.take,
                progress=bar.show,
            )
            bar.end()
        for line in notes.lines():
            self.stdout.write(line)
        self.stdout.write(_sum(outcome))
        if outcome.problems:
            raise CommandError("Nothing was changed. Correct the rows above and bring the file in again.")
        if options["dry_run"]:
            self.stdout.write("Nothing was changed: this was a dry run.")

    def _tell(self, problem: Problem) -> None:
        self.stdout.write(str(problem))


def _area(name: str | None) -> Area:
    if name:
        found = area_named(name)
        if found is None:
            raise CommandError(f"There is no area called {name}.")
        return found
    areas = list(Area.objects.all()[:2])
    if len(areas) != 1:
        raise CommandError("Say with --area into which area the file goes.")
    return areas[0]


def _principal(email: str | None, area: Area, day: date) -> Principal:
    """The system, or a person in the role in which they may bring in a file."""
    if email is None:
        return Principal.system("import_nominals", on=day)
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise CommandError("Nobody signs in with this e-mail address.")
    able = [
        principal
        for principal in (Principal.for_membership(one, on=day) for one in memberships_of(user, on=day))
        if can_in_area(principal, Perm.REGISTER_IMPORT, area.pk)
    ]
    if not able:
        raise CommandError(f"This person holds no role in which they may bring in a file for {area}.")
    return able[0]


class _Notes:
    """What should be looked at and stands in nobody's way: the first few of each rule, and how many there are."""

    def __init__(self) -> None:
        self._first: dict[str, list[str]] = {}
        self._count: Counter[str] = Counter()

    def take(self, note: Problem) -> None:
        self._count[note.rule] += 1
        first = self._first.setdefault(note.rule, [])
        if len(first) < _FEW:
            first.append(str(note))

    def lines(self) -> list[str]:
        result = []
        for rule, first in sorted(self._first.items()):
            result += [f"To look at, {line}" for line in first]
            if (more := self._count[rule] - len(first)) > 0:
                result.append(f"To look at: {more:,} more of this kind ({rule})")
        return result


class _Bar:
    """How much of the file has been read, on the terminal's error channel; silent when nobody looks at it."""

    def __init__(self, out: TextIO, file: BinaryIO, size: int) -> None:
        self._out, self._file, self._size = out, file, size
        self._shown = out.isatty() and size > 0

    def show(self) -> None:
        if self._shown:
            part = min(1.0, self._file.tell() / self._size)
            self._out.write(f"\r[{'#' * int(part * _BAR):<{_BAR}}] {part:4.0%}")
            self._out.flush()

    def end(self) -> None:
        if self._shown:
            self.show()
            self._out.write("\n")


def _sum(outcome: Outcome) -> str:
    if outcome.problems:
        found = f"{outcome.problems:,} problem{'s' if outcome.problems != 1 else ''}"
        return f"{outcome.people:,} people read; {found}."
    parts = f"{outcome.added:,} new, {outcome.changed:,} changed, {outcome.unchanged:,} unchanged"
    return f"{outcome.people:,} people: {parts}."
