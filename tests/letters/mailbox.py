"""A mail server of the tests: a real socket that speaks as much SMTP as a message needs, and keeps what it is given."""

import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Lock, Thread
from typing import Any, cast


@dataclass
class Mailbox:
    """What arrived. ``answers`` are replies by command instead of "250 OK"; ``on_message`` runs before the reply."""

    port: int = 0
    raw: list[bytes] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    on_message: Callable[[], None] = lambda: None
    lock: Lock = field(default_factory=Lock)

    @property
    def messages(self) -> list[EmailMessage]:
        return [cast("EmailMessage", message_from_bytes(each, policy=policy.default)) for each in self.raw]

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.messages]


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Mailbox = cast("Any", self.server).box
        self._say("220 mailbox.example.org")
        while line := self.rfile.readline():
            command = line.decode(errors="replace").split(":")[0].split()[0].upper()
            if command == "DATA" and "DATA" not in box.answers:
                self._say("354 Go on")
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
                if not line:
                    return
                answer = box.answers.get("MESSAGE", "250 OK")
                if answer.startswith("2") or not answer:
                    with box.lock:
                        box.raw.append(b"".join(lines))
                box.on_message()
                if not answer:
                    return  # the line goes dead after the message was taken
                self._say(answer)
            else:
                self._say(box.answers.get(command, "221 Bye" if command == "QUIT" else "250 OK"))
                if command == "QUIT":
                    return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    box: Mailbox


@contextmanager
def mailbox(port: int = 0) -> Iterator[Mailbox]:
    """A mail server on this machine for the length of the block; on the given port, or a free one."""
    with _Server(("127.0.0.1", port), _Conversation) as server:
        server.box = Mailbox(port=server.server_address[1])
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.box
        finally:
            server.shutdown()
            thread.join()


SMTP = "django.core.mail.backends.smtp.EmailBackend"


def send_to(settings: Any, port: int) -> None:
    """Let mail of this process go to the server on this port."""
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", port
    settings.EMAIL_TIMEOUT, settings.EMAIL_USE_TLS = 5, False
