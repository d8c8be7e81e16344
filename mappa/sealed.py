"""A stream sealed with a key: read by nobody else, and a change, a cut or a swap anywhere is found.

Chunks of AES-256-GCM, each bound to its place and to whether it is the last one. The key of a file is derived from the
installation's key and a salt of its own.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mappa.env import Fault

_MARK = b"MAPPA backup 1\n"
_SALT = 16
_CHUNK = 1 << 20
_TAG = 16
_BROKEN = "This backup was cut, changed, or sealed with another key. Nothing of it was used."


def seal(source: BinaryIO, target: BinaryIO, key: str) -> int:
    """Write what ``source`` gives, sealed, to ``target``; returns how many bytes were read."""
    salt = os.urandom(_SALT)
    cipher = AESGCM(_derived(key, salt))
    target.write(_MARK + salt)
    total, number = 0, 0
    chunk = source.read(_CHUNK)
    while True:
        following = source.read(_CHUNK) if chunk else b""
        target.write(cipher.encrypt(_place(number), chunk, _last(not following)))
        total += len(chunk)
        if not following:
            return total
        chunk, number = following, number + 1


def opened(source: BinaryIO, key: str) -> Iterator[bytes]:
    """The chunks of a sealed stream. Raises Fault at the first that is not what was sealed, or when the end is missing.

    What came before a fault has been handed out: use it only in what can be undone.
    """
    if source.read(len(_MARK)) != _MARK:
        raise Fault("This file is no backup of this system.")
    cipher = AESGCM(_derived(key, source.read(_SALT)))
    number, chunk = 0, source.read(_CHUNK + _TAG)
    while True:
        following = source.read(_CHUNK + _TAG)
        try:
            yield cipher.decrypt(_place(number), chunk, _last(not following))
        except InvalidTag:
            raise Fault(_BROKEN) from None
        if not following:
            return
        chunk, number = following, number + 1


def _derived(key: str, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=_MARK).derive(key.encode())


def _place(number: int) -> bytes:
    # The key is used for one file only, so the number of the chunk never repeats under it.
    return number.to_bytes(12, "big")


def _last(end: bool) -> bytes:
    return b"last" if end else b"more"
