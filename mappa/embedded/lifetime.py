"""Who uses an embedded server, and when it may stop.

Every process that uses a server holds a shared lock on one file; a second lock serialises starting and stopping.
Who leaves asks for the first lock alone, without waiting, and stops the server only when it gets it. The locks belong
to the operating system and vanish with their process, however it ended, so there is no stale lock to clear away: a
server left behind by a killed process is found and used by the next, and stopped by the last.
"""

import atexit
import contextlib
import fcntl
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from mappa.embedded.files import data_folder
from mappa.env import Fault

TURN_SECONDS = 120


class Server(ABC):
    """One embedded server of this checkout."""

    name: str

    def __init__(self) -> None:
        # The process that holds the lock and the open file it holds it by: after a fork the child has to hold its own.
        self._held_by: tuple[int, int] | None = None
        # The process that has seen it run.
        self._found_by: int | None = None

    @abstractmethod
    def alive(self) -> bool:
        """Whether the server of this checkout answers."""

    @abstractmethod
    def start(self) -> None:
        """Start it and return when it answers. Raises Fault with what to do."""

    @abstractmethod
    def stop(self) -> None:
        """Stop it and return when it has gone."""

    def hold(self) -> None:
        """Use the server until this process ends; starts it when it is not running."""
        if not self._holds() or self._found_by != os.getpid():
            self.revive()

    def revive(self) -> None:
        """Start the server if it does not run: at first use, or after it was killed under us."""
        with self._turn():
            self._join()
            if not self.alive():
                self.start()
            self._found_by = os.getpid()

    def stay(self) -> None:
        """Count as a user without starting anything: for a process whose children may start the server."""
        if not self._holds():
            with self._turn():
                self._join()

    def leave(self) -> None:
        """Stop using the server; the last one out stops it."""
        if not self._holds() or self._held_by is None:
            return
        descriptor = self._held_by[1]
        self._held_by = None
        with self._turn():
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                if self.alive():
                    self.stop()
            finally:
                os.close(descriptor)

    def alone(self) -> bool:
        """Whether no other process uses the server. Ends our own use of it unless we are: leave next."""
        if self._held_by is None:
            return False
        try:
            fcntl.flock(self._held_by[1], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holds(self) -> bool:
        return self._held_by is not None and self._held_by[0] == os.getpid()

    def _join(self) -> None:
        if self._holds():
            return
        descriptor = self._open("users")
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        self._held_by = (os.getpid(), descriptor)
        atexit.register(self.leave)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        descriptor = self._open("turn")
        try:
            deadline = time.monotonic() + TURN_SECONDS
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise Fault(
                            f"Another process has been starting or stopping {self.name} for {TURN_SECONDS} seconds. "
                            f"See which one with: fuser -v '{self._path('turn')}'; end it and run this again."
                        ) from None
                    time.sleep(0.05)
            yield
        finally:
            os.close(descriptor)

    def _path(self, what: str) -> Path:
        return data_folder() / f"{self.name}.{what}"

    def _open(self, what: str) -> int:
        try:
            return os.open(self._path(what), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as fault:
            raise Fault(f"{self._path(what)} cannot be opened: {fault.strerror}.") from None
