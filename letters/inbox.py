"""The mailbox to which calendar programs answer, read over IMAP and TLS (RFC 3501, RFC 6851).

A message is looked at without a mark, and moved into a folder of its own once it has been dealt with: what stands in
the mailbox is what is still to be done. Whoever runs the mailbox says how long that folder is kept.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from imaplib import IMAP4, IMAP4_SSL
from typing import Protocol

from django.core.cache import cache

READ_FOLDER = "MAPPA-read"
AT_ONCE = 100  # messages a visit
_LAST_READ = "letters.inbox.last_read"
_TIMEOUT = 20  # seconds for one answer of the server


class Where(Protocol):
    """Host, account and folder of a mailbox."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def folder(self) -> str: ...


class InboxDown(Exception):
    """The mailbox cannot be reached, or does not let us in. The text is the kind of fault, never the server's words."""


@dataclass(frozen=True)
class Inbox:
    """An open mailbox."""

    server: IMAP4
    moves: bool

    def numbers(self) -> list[str]:
        """The messages that stand in it, the oldest first, as many as one visit takes."""
        found = next((each for each in self._ask("SEARCH", "ALL") if isinstance(each, bytes)), b"")
        return [number.decode() for number in found.split()][:AT_ONCE]

    def fetch(self, number: str, most: int) -> bytes:
        """The message, or, of one with more octets than ``most``, one octet more than that; empty when it is gone."""
        found = self._ask("FETCH", number, f"(BODY.PEEK[]<0.{most + 1}>)")
        return next((part[1] for part in found if isinstance(part, tuple)), b"")

    def put_away(self, number: str) -> None:
        """Move the message out of the mailbox, among those that have been dealt with."""
        if self.moves:
            self._ask("MOVE", number, READ_FOLDER)
            return
        self._ask("COPY", number, READ_FOLDER)
        self._ask("STORE", number, "+FLAGS.SILENT", r"(\Deleted)")
        self.server.expunge()

    def _ask(self, command: str, *said: str) -> list[bytes | tuple[bytes, bytes]]:
        answer, found = self.server.uid(command, *said)
        if answer != "OK":
            raise InboxDown(command)
        return found


@contextmanager
def opened(where: Where) -> Iterator[Inbox]:
    """The mailbox, for the length of the block. Raises `InboxDown`; the server's certificate is checked."""
    try:
        with IMAP4_SSL(
            where.host, where.port, ssl_context=ssl.create_default_context(), timeout=_TIMEOUT
        ) as server:  # fmt: skip
            server.login(where.user, where.password)
            with suppress(IMAP4.error):
                server.create(READ_FOLDER)
            if server.select(f'"{where.folder}"')[0] != "OK":
                raise InboxDown("no such folder")
            offered = bytes(server.capability()[1][0] or b"").upper().split()
            yield Inbox(server, b"MOVE" in offered)
    except (OSError, IMAP4.error) as fault:
        raise InboxDown(type(fault).__name__) from None


def note_read(moment: datetime) -> None:
    """Say that the mailbox has been read, for those who wonder whether it is."""
    cache.set(_LAST_READ, moment, timeout=None)


def last_read() -> datetime | None:
    """When the mailbox was last read; None when that is not known."""
    found = cache.get(_LAST_READ)
    return found if isinstance(found, datetime) else None
