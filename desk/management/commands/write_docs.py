"""``write_docs``: the pages of ``docs/`` that are made from the code (``rules.md``: ``python -m rules.document``)."""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

import agencies.document
import exchange.document

PAGES: Mapping[str, Callable[[], str]] = {
    "access.md": agencies.document.markdown,
    "import_nominals.md": exchange.document.markdown,
}


class Command(BaseCommand):
    help = "Write the pages of docs/ that are made from the code; with --check only tell which are out of date."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when a page is out of date")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        folder = Path(settings.BASE_DIR) / "docs"
        stale = [name for name, made in PAGES.items() if not _is(folder / name, made())]
        if check and stale:
            raise CommandError(f"Out of date: {', '.join(stale)}. Run `python manage.py write_docs`.")
        for name in stale:
            (folder / name).write_text(PAGES[name](), encoding="utf-8")
            self.stdout.write(f"docs/{name} written")
        if not stale:
            self.stdout.write("The generated pages of docs/ are up to date.")


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
