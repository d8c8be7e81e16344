"""Loads reference data. It may be run at every start: what is there already is left alone."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from agencies.principal import Principal
from agencies.reference import load_all
from audit.reads import reading
from mappa import clock


class Command(BaseCommand):
    help = "Loads the areas of England and Wales and the other reference tables; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        today = clock.today()
        by = Principal.system("load_reference", on=today)
        with reading(by), transaction.atomic():
            written = load_all(by, today)
        for name, count in written.items():
            self.stdout.write(f"{name}: {count} written")
