"""``verify_register``: do levels and status hold together?"""

from typing import Any

from django.core.management.base import BaseCommand

from agencies.principal import Principal
from audit.reads import reading
from cases.verification import verify_register
from mappa import clock


class Command(BaseCommand):
    help = (
        "On each day of open status there is exactly one level, and one that the grounds allow (R25, R31, R32). Says "
        "which records break that, by number. Exit code 0: none; 1: some."
    )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        with reading(Principal.system("verify_register", on=clock.today()), purpose="verify the register"):
            findings = verify_register()
        for finding in findings:
            self.stdout.write(f"nominal {finding.nominal_id}: {finding.text} ({finding.rule})")
        if findings:
            raise SystemExit(1)
        self.stdout.write("The register holds together.")
