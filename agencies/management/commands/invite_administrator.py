"""Invite the first system administrators of an area; after two there are pages for it."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify

from agencies.kinds import AgencyKind, Duty
from agencies.models import Agency, Area, Membership
from agencies.principal import Principal
from agencies.queries import area_named
from agencies.roles import Role
from agencies.services import create_agency
from agencies.services.invitations import invite_user
from audit.reads import reading
from mappa import clock
from rules.core import Refused

ENOUGH = 2
_AUTHORITIES = {"police": AgencyKind.POLICE, "probation": AgencyKind.PROBATION, "prison": AgencyKind.PRISON}
_HELP = f"""\
Invite a system administrator of an area that has none, or only one: what needs two persons needs two of them. From
{ENOUGH} on, administrators are made on the pages, by two persons.

The invited person gets an e-mail with a link that works once and sets the password; a second factor must be set up
before anything else opens. The agency is one of the Responsible Authority, added to the area if it is not there.

  manage.py invite_administrator "Derbyshire" police "Derbyshire Constabulary" k.swift@example.org Kit Swift
"""


class Command(BaseCommand):
    """``manage.py invite_administrator AREA KIND AGENCY EMAIL GIVEN_NAME FAMILY_NAME``"""

    help = _HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("area", help="name or slug of the MAPPA area")
        parser.add_argument("kind", choices=sorted(_AUTHORITIES), help="which Responsible Authority the agency is")
        parser.add_argument("agency", help="its name")
        parser.add_argument("email", help="where the invitation goes")
        parser.add_argument("given_name")
        parser.add_argument("family_name")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        today = clock.today()
        by = Principal.system("invite_administrator", on=today)
        area = area_named(options["area"])
        if area is None:
            raise CommandError("No MAPPA area has this name. `manage.py load_reference` adds the 42 areas.")
        try:
            validate_email(options["email"])
        except ValidationError:
            raise CommandError("This is no e-mail address.") from None
        administrators = Membership.objects.on(today).filter(area=area, role=Role.SYSTEM_ADMINISTRATOR)
        if administrators.count() >= ENOUGH:
            raise CommandError(
                f"{area} has {ENOUGH} system administrators: they make further ones, on the page People."
            )
        try:
            with reading(by), transaction.atomic():
                agency = self._agency(area, options, by)
                invite_user(
                    by=by,
                    email=options["email"],
                    given_name=options["given_name"],
                    family_name=options["family_name"],
                    agency=agency,
                    role=Role.SYSTEM_ADMINISTRATOR,
                    starts_on=today,
                    link=lambda key: settings.MAPPA_ADDRESS + reverse("invitation-open", args=[key]),
                )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write("The invitation is on its way by e-mail.")

    def _agency(self, area: Area, options: dict[str, Any], by: Principal) -> Agency:
        known = Agency.objects.filter(area=area, name__iexact=options["agency"]).first()
        return known or create_agency(
            by=by,
            area=area,
            name=options["agency"],
            slug=slugify(options["agency"])[:60],
            kind=_AUTHORITIES[options["kind"]],
            duty=Duty.RESPONSIBLE_AUTHORITY,
            starts_on=by.on,
        )
