"""What rests encrypted in the database, with keys derived from the secret key: one for each purpose."""

import base64
from enum import Enum

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Purpose(Enum):
    """What a key is for. The words are part of the key: changing them loses what they sealed."""

    SECOND_FACTOR = b"mappa second factor"
    PROVIDER = b"mappa sign-in provider"
    EXPORT = b"mappa export"


def seal(purpose: Purpose, text: str) -> str:
    """Encrypt with the newest secret key."""
    return seal_bytes(purpose, text.encode()).decode()


def unseal(purpose: Purpose, sealed: str) -> str:
    """Decrypt with the secret key or one of its forerunners (SECRET_KEY_FALLBACKS).

    Raises ``ValueError`` when no key that this installation knows can open it.
    """
    return unseal_bytes(purpose, sealed.encode()).decode()


def seal_bytes(purpose: Purpose, content: bytes) -> bytes:
    """As :func:`seal`, for what is no text."""
    return _cipher(purpose).encrypt(content)


def unseal_bytes(purpose: Purpose, sealed: bytes) -> bytes:
    """As :func:`unseal`, for what is no text. Raises ``ValueError``."""
    try:
        return _cipher(purpose).decrypt(sealed)
    except InvalidToken:
        raise ValueError("This was sealed with another secret key.") from None


def _cipher(purpose: Purpose) -> MultiFernet:
    return MultiFernet([_key(purpose, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(purpose: Purpose, secret: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.value).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
