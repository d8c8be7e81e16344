"""``check_deadlines``: the ledger of obligations against the facts, and what is late."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agencies.handover import stands, stuck_handovers
from agencies.principal import Principal
from agencies.queries import area_named
from audit.reads import AccessKind, reading, showed
from cases.models import Obligation
from cases.queries import levels_to_set, obligations
from cases.services.obligations import Corrections, drifting_everywhere, reconcile
from cases.verification import verify_register
from mappa import clock
from rules.vocabulary import DeadlineStatus, ObligationKind

DESCRIPTION = """\
Compare the ledger of obligations with the facts, correct it, and list what is late.

  - reconcile: due dates are worked out anew from meetings, levels and days in custody; rows that
    differ are corrected, each person in a transaction of their own. Twice is once.
  - list: overdue rows, then rows whose clock is paused by custody, then the number of rows that
    were brought forward (their trigger lies before the area's start date). People are named by
    the number of their record only. Then how many people in custody should have a level by now,
    and the hand-overs whose day has come and that cannot be carried out, each with the reason.
  - verify: the days of the levels are the days of the status, one level a day (rules R25, R32).

The pages are right without this command: it is for operations, and for a look from outside.
"""

EPILOG = """\
Exit code 0: nothing is overdue, and the register holds together. Exit code 1: something is
overdue, a hand-over waits for somebody to act, or (with --dry-run) the ledger differs from the
facts. Exit code 2: the register does
not hold together; each line says which record, which rule and what.
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(
            prog_name, subcommand, epilog=EPILOG, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--area", help="name or slug of one area; otherwise all of them are listed")
        parser.add_argument("--dry-run", action="store_true", help="say what differs from the facts, correct nothing")
        parser.add_argument("--limit", type=int, default=50, help="how many overdue rows to list (default 50)")

    def handle(self, *args: Any, area: str | None, dry_run: bool, limit: int, **options: Any) -> None:  # noqa: ARG002
        today = clock.today()
        by = Principal.system("check_deadlines", on=today)
        found = area_named(area) if area else None
        if area and found is None:
            raise CommandError(f"There is no area called {area}.")
        with reading(by, purpose="check deadlines"):
            differing = drifting_everywhere(today=today) if dry_run else []
            corrections = Corrections() if dry_run else reconcile(by=by, today=today)
            rows = obligations(by, on=today)
            if found is not None:
                rows = rows.filter(nominal__area=found)
            late = rows.filter(status=DeadlineStatus.OVERDUE).order_by("due_on", "pk")
            paused = rows.filter(status=DeadlineStatus.PAUSED).order_by("triggered_on", "pk")
            listed = [*late[:limit], *paused[:limit]]
            showed(AccessKind.COMMAND, (row.nominal_id for row in listed))
            counts = {
                status: rows.filter(status=status).count()
                for status in (DeadlineStatus.OVERDUE, DeadlineStatus.PAUSED, DeadlineStatus.BROUGHT_FORWARD)
            }
            waiting = [row for row in levels_to_set(by, on=today) if found is None or row.area_id == found.pk]
            stuck = [
                row
                for row in stuck_handovers(today).filter(happens_on__lte=today)
                if found is None or row.area_id == found.pk
            ]
            findings = verify_register()
        if dry_run:
            self.stdout.write(f"{len(differing)} people whose ledger differs from the facts; nothing corrected")
        else:
            self.stdout.write(
                f"Ledger: {corrections.added} added, {corrections.moved} moved, {corrections.dropped} dropped"
            )
        for status, count in counts.items():
            self.stdout.write(f"{status.label}: {count}")
        self.stdout.write(f"Level to be set before release by now (R38): {len(waiting)}")
        self.stdout.write(f"Hand-overs that cannot be carried out: {len(stuck)}")
        for row in listed:
            self.stdout.write(f"  {_line(row)}")
        for planned in stuck:
            why = " ".join(reason.text for reason in stands(planned).reasons)
            self.stdout.write(f"  hand-over {planned.pk}: since {planned.happens_on:%d.%m.%Y}. {why}")
        for finding in findings:
            self.stderr.write(f"nominal {finding.nominal_id}: {finding.text} ({finding.rule})")
        if findings:
            raise SystemExit(2)
        if counts[DeadlineStatus.OVERDUE] or differing or stuck:
            raise SystemExit(1)


def _line(row: Obligation) -> str:
    what = f"nominal {row.nominal_id}: {ObligationKind(row.kind).label}, since {row.triggered_on:%d.%m.%Y}"
    return f"{what}, due {row.due_on:%d.%m.%Y} ({row.rule})" if row.due_on else f"{what}, paused ({row.rule})"
