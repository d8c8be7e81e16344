"""Print whom one can sign in as in the demonstration."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agencies.models import User
from exchange.demo.load import PASSWORD, seed_of
from exchange.demo.staff import STAFF, Member

_HELP = """\
Print a table of the demonstration's invented people: role, e-mail address, what each one finds, and the seed of
their second factor for an authenticator app. All have the same password. --all prints everybody; without it, one
person for each role.
"""


class Command(BaseCommand):
    """``manage.py demo_sign_ins [--all]``"""

    help = _HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--all", action="store_true", help="everybody, not only one person for each role")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        if not settings.MAPPA_DEMO or not User.objects.filter(email=STAFF[0].email).exists():
            raise CommandError("No demonstration is loaded here. `make demo` makes one.")
        rows = [
            (member.posts[0].role.label, member.email, seed_of(member), member.finds)
            for member in (STAFF if options["all"] else _one_a_role())
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)]
            self.stdout.write("  " + "  ".join([*cells, row[3]]))
        self.stdout.write(f"  Password of everybody: {PASSWORD}")
        if settings.MAPPA_SECOND_FACTOR_REQUIRED:
            self.stdout.write("  A code of the authenticator app is asked for: add the seed (third column) to an app.")
        else:
            self.stdout.write(
                "  No second factor is asked for in this demonstration (MAPPA_REQUIRE_SECOND_FACTOR=1 asks)."
            )


def _one_a_role() -> list[Member]:
    found: dict[object, Member] = {}
    for member in STAFF:
        for post in member.posts:
            found.setdefault(post.role, member)
    return list(dict.fromkeys(found.values()))
