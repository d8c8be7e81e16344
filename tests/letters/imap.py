"""A mailbox of the tests: a real IMAP server on this machine, over TLS, with a certificate made for the test."""

import asyncio
import ssl
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4_SSL
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Login
from pymap.imap import IMAPServer
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import BuiltinHash

from mappa.env import ReplyMailbox

USER, PASSWORD, ADDRESS = "replies", "a long password", "replies@example.org"


class _WithoutMove(Config):
    """A server that moves nothing itself, as older ones."""

    @property
    def login_capability(self) -> Sequence[bytes]:
        return [each for each in super().login_capability if each != b"MOVE"]


@dataclass
class Post:
    """The mailbox as its owner sees it."""

    where: ReplyMailbox

    def put(self, *messages: bytes) -> None:
        with self._open() as box:
            for each in messages:
                box.append("INBOX", "", datetime.now(UTC), each)

    def count(self, folder: str = "INBOX") -> int:
        with self._open() as box:
            answer, found = box.select(folder)
            return int(found[0] or 0) if answer == "OK" else -1

    def _open(self) -> IMAP4_SSL:
        box = IMAP4_SSL(self.where.host, self.where.port, ssl_context=ssl.create_default_context(), timeout=5)
        box.login(USER, PASSWORD)
        return box


@contextmanager
def post(folder: Path, monkeypatch: Any, *, moves: bool = True) -> Iterator[Post]:
    """An empty mailbox for the length of the block; its certificate is the only one that this process trusts."""
    certificate, key = _certificate(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    up, down, port = Event(), asyncio.Event(), [0]
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        kind = Config if moves else _WithoutMove
        config = kind(
            Namespace(passlib_cfg=None, proxy_protocol=None, debug=False), host="127.0.0.1", port=0, demo_data=False,
            hash_context=BuiltinHash(rounds=1), demo_user=USER, demo_password=PASSWORD, tls_enabled=False,
            invalid_user_sleep=0.0,
        )  # fmt: skip
        config.apply_context()
        backend = DictBackend(Login(config), config)
        secret = await Passwords(config).hash_password(PASSWORD)
        await backend.login.demo_user_identity.set(UserMetadata(config, USER, password=secret))
        talk = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        server = await asyncio.start_server(talk, host="127.0.0.1", port=0, ssl=context)
        port[0] = server.sockets[0].getsockname()[1]
        up.set()
        async with server:
            await down.wait()

    thread = Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    if not up.wait(10):
        raise RuntimeError("The IMAP server of the tests did not start.")
    try:
        yield Post(ReplyMailbox(ADDRESS, "127.0.0.1", port[0], USER, PASSWORD, "INBOX"))
    finally:
        loop.call_soon_threadsafe(down.set)
        thread.join(10)
        loop.close()


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "mail.crt", folder / "mail.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths
