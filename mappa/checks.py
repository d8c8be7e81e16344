"""System checks that refuse a dangerous installation. They run with every command and before the web server serves.

mappa.E0xx concern the environment; mappa.E1xx ask the database who we are to it.
"""

import importlib
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from mappa.env import LOCAL_HOSTS, DatabaseRole, Environment, database_role

KEY_LENGTH = 50


class Configuration(AppConfig):
    """Puts the checks in force."""

    name = "mappa"

    def ready(self) -> None:
        register(check_environment, Tags.security)
        register(check_database, Tags.database)
        # Every process that may tell the worker to look knows which queue it is.
        importlib.import_module("mappa.celery")


def check_environment(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    return [*faults_everywhere(settings), *(faults_in_production(settings) if is_production(settings) else ())]


def is_production(values: Any) -> bool:
    environment: Environment = values.MAPPA_ENVIRONMENT
    return environment.production


def faults_everywhere(values: Any) -> list[CheckMessage]:
    """What would be wrong in any installation."""
    faults: list[CheckMessage] = []
    environment: Environment = values.MAPPA_ENVIRONMENT
    if find_spec("psycopg") is not None:
        faults.append(
            Error(
                "The package psycopg (version 3) is installed; Django would silently prefer it to psycopg2.",
                hint="Uninstall it: pip uninstall psycopg. Transactions and settings were proved with psycopg2.",
                id="mappa.E001",
            )
        )
    if values.MAPPA_DEMO and not set(values.ALLOWED_HOSTS) <= set(LOCAL_HOSTS):
        faults.append(
            Error(
                "A demonstration lets people in without a second factor and may be reached from this machine only.",
                hint="Set MAPPA_DEMO=0 and configure the installation, or leave ALLOWED_HOSTS alone.",
                id="mappa.E003",
            )
        )
    database = environment.database
    if values.MAPPA_DEMO and database is not None and "demo" not in database.name:
        faults.append(
            Error(
                "MAPPA_DEMO=1 on a database that is not a demonstration's: it would open it without a second factor.",
                hint="Set MAPPA_DEMO=0, or give the demonstration a database with `demo` in its name.",
                id="mappa.E004",
            )
        )
    return faults


def faults_in_production(values: Any) -> list[CheckMessage]:
    """What would be dangerous in an installation with real records."""
    environment: Environment = values.MAPPA_ENVIRONMENT
    faults: list[CheckMessage] = []

    def refuse(number: str, message: str, hint: str) -> None:
        faults.append(Error(message, hint=hint, id=f"mappa.{number}"))

    try:
        key = values.SECRET_KEY
    except ImproperlyConfigured:
        key = ""
    if len(key) < KEY_LENGTH or len(set(key)) < 10:
        refuse(
            "E002",
            f"The signing key is missing or shorter than {KEY_LENGTH} characters.",
            "Set MAPPA_SECRET_KEY_FILE to a file with 50 or more random characters.",
        )
    if values.DEBUG:
        refuse("E005", "Debug pages show records and settings to anybody.", "Unset MAPPA_DEBUG.")
    hosts = values.ALLOWED_HOSTS
    if not hosts or any("*" in host or host.startswith(".") for host in hosts):
        refuse("E006", "The host names are not named one by one.", "Set MAPPA_ALLOWED_HOSTS=mappa.example.gov.uk.")
    origin = urlsplit(environment.origin)
    if origin.scheme != "https" or origin.hostname not in hosts:
        refuse(
            "E007",
            "The public address is not an https address of an allowed host.",
            "Set MAPPA_ORIGIN=https:// and one of MAPPA_ALLOWED_HOSTS.",
        )
    if not (values.SESSION_COOKIE_SECURE and values.CSRF_COOKIE_SECURE and values.SECURE_SSL_REDIRECT):
        refuse("E008", "Cookies or pages would travel unencrypted.", "Do not change these settings.")
    if not values.SECURE_HSTS_SECONDS:
        refuse("E009", "Browsers are not told to keep to https.", "Do not change SECURE_HSTS_SECONDS.")
    if not values.MAPPA_SECOND_FACTOR_REQUIRED or values.MAPPA_PRETENDED_DAY_ALLOWED:
        refuse("E010", "A relaxation of the demonstration is in force.", "Do not change these settings.")
    if environment.embedded_database:
        refuse("E011", "The embedded database is not durable: it may not hold records.", "Set DATABASE_URL.")
    if not environment.redis_url:
        refuse("E012", "The embedded queue is for one machine and one person.", "Set REDIS_URL.")
    if environment.database is not None and environment.database.user == DatabaseRole.MIGRATOR:
        refuse(
            "E013",
            "The application would connect as the owner of its tables, past every wall in them.",
            "Give mappa_app in DATABASE_URL, and mappa_migrator in DATABASE_MIGRATOR_URL for deployments only.",
        )
    return faults


def check_database(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    databases: Sequence[str] | None = None,
    **_: Any,
) -> list[CheckMessage]:
    """Ask the database itself: a role with more rights than it needs makes every wall in it worthless."""
    if not databases or "default" not in databases:
        return []
    connection = connections["default"]
    if database_role(sys.argv) is DatabaseRole.MIGRATOR:
        return []
    faults: list[CheckMessage] = []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.rolsuper, r.rolbypassrls, r.rolcreaterole,
                   pg_has_role(current_user, 'mappa_audit', 'MEMBER'),
                   EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
                           AND c.relkind IN ('r', 'p') AND c.relowner = r.oid)
            FROM pg_roles r WHERE r.rolname = current_user
            """
        )
        powers = cursor.fetchone()
        cursor.execute("SELECT to_regclass('public.mappa_clock') IS NOT NULL")
        has_clock = cursor.fetchone()[0]
        pretended = False
        if has_clock:
            cursor.execute("SELECT EXISTS (SELECT FROM mappa_clock)")
            pretended = cursor.fetchone()[0]
    names = ("superuser", "one that bypasses row security", "one that makes roles", "the evidence's", "the owner's")
    held = [name for name, power in zip(names, powers or (), strict=False) if power]
    if held:
        faults.append(
            Error(
                f"The database role of the application has more rights than it may: {', '.join(held)}.",
                hint="Connect as mappa_app, made by mappa/roles.sql.",
                id="mappa.E101",
            )
        )
    if pretended and not settings.MAPPA_PRETENDED_DAY_ALLOWED:
        faults.append(
            Error(
                "The database pretends that it is another day: it was a demonstration's.",
                hint="Records need a database of their own. Do not delete the row of mappa_clock to get past this.",
                id="mappa.E102",
            )
        )
    return faults


def refuse_what_is_dangerous() -> None:
    """Before serving: raise ImproperlyConfigured with every fault found, so that the server does not start."""
    faults = [message for message in run_checks(databases=["default"]) if message.is_serious()]
    if faults:
        raise ImproperlyConfigured("This installation is not fit to serve.\n" + "\n".join(map(str, faults)))
