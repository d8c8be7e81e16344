"""The environment, typed: every variable the system reads, read once, here.

A variable may also be given as a file: `NAME_FILE` holds the path of a file whose content is the value (secrets mounted
by an operator). With nothing set at all, the system is a demonstration on this machine only, with an embedded database.
"""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = BASE_DIR / ".data"

EMBEDDED_DATABASE = "mappa"
PROCESS_KINDS = ("page", "task", "command")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class Fault(Exception):
    """Something outside the program is not as it must be. The text says what to do."""


class EnvironmentFault(Fault):
    """A variable that cannot be used; the text says which one and what would be right, never its value."""


class DatabaseRole(StrEnum):
    """The roles that sign in to the database. The third, mappa_audit, owns the evidence and cannot sign in."""

    APP = "mappa_app"
    MIGRATOR = "mappa_migrator"


# The commands that change the shape of the database, or fill it in ways the application's role may not.
# Every other command, the web server and the workers connect as the application.
COMMAND_ROLES: Mapping[str, DatabaseRole] = {
    "migrate": DatabaseRole.MIGRATOR,
    "makemigrations": DatabaseRole.MIGRATOR,
    "showmigrations": DatabaseRole.MIGRATOR,
    "sqlmigrate": DatabaseRole.MIGRATOR,
    "squashmigrations": DatabaseRole.MIGRATOR,
    "optimizemigration": DatabaseRole.MIGRATOR,
    "createcachetable": DatabaseRole.MIGRATOR,
    "sqlflush": DatabaseRole.MIGRATOR,
    "load_national": DatabaseRole.MIGRATOR,
    "backup": DatabaseRole.MIGRATOR,
    "restore": DatabaseRole.MIGRATOR,
}


def database_role(argv: Sequence[str]) -> DatabaseRole:
    """The database role for a process started with these arguments."""
    if len(argv) > 1 and Path(argv[0]).name in ("manage.py", "django-admin"):
        return COMMAND_ROLES.get(argv[1], DatabaseRole.APP)
    return DatabaseRole.APP


@dataclass(frozen=True)
class DatabaseAddress:
    """Where the database is and as whom to connect; `password` never appears in messages."""

    host: str
    port: int
    name: str
    user: str
    password: str
    options: Mapping[str, str]


def database_address(url: str, *, variable: str = "DATABASE_URL") -> DatabaseAddress:
    """Read `postgres://user:password@host:port/name?sslmode=verify-full`.

    Raises EnvironmentFault when it is not an address of a PostgreSQL database.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise EnvironmentFault(f"{variable} must begin with postgres://; PostgreSQL is the only database used here.")
    try:
        port = parts.port or 5432
    except ValueError:
        raise EnvironmentFault(f"{variable} has a port that is not a number.") from None
    name = unquote(parts.path.lstrip("/"))
    if not parts.hostname or not name:
        raise EnvironmentFault(f"{variable} must name a host and a database: postgres://user:password@host:5432/name.")
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return DatabaseAddress(
        host=parts.hostname,
        port=port,
        name=name,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        options={key: unquote(value) for key, value in options.items()},
    )


def embedded_name(name: str) -> str:
    """Which of the databases of the embedded server: one beside the usual one is measured, and thrown away."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise EnvironmentFault("MAPPA_EMBEDDED_DATABASE must be a short name of small letters, figures and _.")
    return name


def process_kind() -> str:
    """What this process does: it answers pages, runs tasks, or is a command. Decides how long a statement may take."""
    kind = os.environ.get("MAPPA_PROCESS", "command")
    if kind not in PROCESS_KINDS:
        raise EnvironmentFault("MAPPA_PROCESS must be page, task or command.")
    return kind


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    user: str
    password: str
    tls: bool


def mail_server(url: str) -> MailServer:
    """Read `smtp://user:password@host:25` or, with TLS, `smtps://user:password@host:587`."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise EnvironmentFault("EMAIL_URL must be smtp://host:port or, with TLS, smtps://user:password@host:port.")
    tls = parts.scheme == "smtps"
    try:
        port = parts.port or (587 if tls else 25)
    except ValueError:
        raise EnvironmentFault("EMAIL_URL has a port that is not a number.") from None
    return MailServer(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), tls)


@dataclass(frozen=True)
class ReplyMailbox:
    """Where calendar programs answer to, and how it is read: over TLS only; `password` never appears in messages."""

    address: str
    host: str
    port: int
    user: str
    password: str
    folder: str


def reply_mailbox(url: str, address: str) -> ReplyMailbox | None:
    """Read `imaps://user:password@host:993/INBOX` and the e-mail address of that mailbox; neither: there is none."""
    if not url and not address:
        return None
    parts = urlsplit(url)
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    if not (parts.scheme == "imaps" and parts.hostname and parts.username and parts.password):
        raise EnvironmentFault("MAPPA_REPLIES_URL must be imaps://user:password@host:993/INBOX: only TLS is spoken.")
    if not re.fullmatch(r"[^@\s\"]+@[^@\s\"]+", address):
        raise EnvironmentFault("MAPPA_REPLIES_ADDRESS must be the e-mail address of the mailbox in MAPPA_REPLIES_URL.")
    if not re.fullmatch(r"[\w ./-]+", folder, re.ASCII):
        raise EnvironmentFault("The folder of MAPPA_REPLIES_URL has letters, figures, spaces and . / - only.")
    try:
        port = parts.port or 993
    except ValueError:
        raise EnvironmentFault("MAPPA_REPLIES_URL has a port that is not a number.") from None
    return ReplyMailbox(address, parts.hostname, port, unquote(parts.username), unquote(parts.password), folder)


class Variables:
    """Reads variables of a mapping by name, each in the type asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str, default: str = "") -> str:
        """The value, or the content of the file that NAME_FILE names. Both given is a fault: which one holds?"""
        path = self._values.get(f"{name}_FILE", "")
        value = self._values.get(name, "")
        if path and value:
            raise EnvironmentFault(f"{name} and {name}_FILE are both set; set one of them.")
        if path:
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as fault:
                reason = fault.strerror if isinstance(fault, OSError) else "it is not text"
                raise EnvironmentFault(f"{name}_FILE names a file that cannot be read: {reason}.") from None
        return value or default

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name).strip().lower()
        if not value:
            return default
        if value in ("1", "true", "yes", "on"):
            return True
        if value in ("0", "false", "no", "off"):
            return False
        raise EnvironmentFault(f"{name} must be 1 or 0.")

    def number(self, name: str, default: int) -> int:
        value = self.text(name)
        if not value:
            return default
        try:
            return int(value)
        except ValueError:
            raise EnvironmentFault(f"{name} must be a whole number.") from None

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in self.text(name).split(",") if word.strip())


@dataclass(frozen=True)
class Environment:
    """Everything that differs between one installation and another."""

    testing: bool
    demo: bool
    second_factor: bool
    debug: bool
    secret_key: str
    former_secret_keys: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    origin: str
    database: DatabaseAddress | None
    embedded_name: str
    migrator_database: DatabaseAddress | None
    redis_url: str
    backup_key: str
    email: MailServer | None
    email_from: str
    replies: ReplyMailbox | None
    log_format: str
    trusted_proxies: int
    outbox_minutes: int

    @property
    def embedded_database(self) -> bool:
        return self.database is None

    @property
    def production(self) -> bool:
        return not (self.demo or self.testing)


def read(values: Mapping[str, str] | None = None) -> Environment:
    """The environment of this process. Raises EnvironmentFault for a value that cannot be used."""
    variables = Variables(os.environ if values is None else values)
    url = variables.text("DATABASE_URL")
    migrator_url = variables.text("DATABASE_MIGRATOR_URL")
    email_url = variables.text("EMAIL_URL")
    testing = variables.flag("MAPPA_TESTING", default="pytest" in sys.modules)
    # Without a database of its own an installation cannot be more than a demonstration.
    demo = variables.flag("MAPPA_DEMO", default=not url) and not testing
    hosts = variables.words("MAPPA_ALLOWED_HOSTS")
    log_format = variables.text("MAPPA_LOG_FORMAT", "plain" if demo or testing else "json")
    if log_format not in ("plain", "json"):
        raise EnvironmentFault("MAPPA_LOG_FORMAT must be plain or json.")
    return Environment(
        testing=testing,
        demo=demo,
        # Nothing can switch it off but being a demonstration.
        second_factor=not demo or variables.flag("MAPPA_REQUIRE_SECOND_FACTOR", default=False),
        debug=variables.flag("MAPPA_DEBUG", default=False),
        secret_key=variables.text("MAPPA_SECRET_KEY"),
        former_secret_keys=variables.words("MAPPA_FORMER_SECRET_KEYS"),
        # The demonstration lets people in without a second factor, so nobody outside this machine may reach it.
        allowed_hosts=(*LOCAL_HOSTS, "testserver") if testing else LOCAL_HOSTS if demo else hosts,
        origin=variables.text("MAPPA_ORIGIN").rstrip("/"),
        database=database_address(url) if url else None,
        embedded_name=embedded_name(variables.text("MAPPA_EMBEDDED_DATABASE", EMBEDDED_DATABASE)),
        migrator_database=(database_address(migrator_url, variable="DATABASE_MIGRATOR_URL") if migrator_url else None),
        redis_url=variables.text("REDIS_URL"),
        backup_key=variables.text("MAPPA_BACKUP_KEY"),
        email=mail_server(email_url) if email_url else None,
        email_from=variables.text("MAPPA_EMAIL_FROM", "mappa@localhost"),
        replies=reply_mailbox(variables.text("MAPPA_REPLIES_URL"), variables.text("MAPPA_REPLIES_ADDRESS")),
        log_format=log_format,
        trusted_proxies=variables.number("MAPPA_TRUSTED_PROXIES", 0),
        outbox_minutes=variables.number("MAPPA_OUTBOX_MINUTES", 30),
    )
