"""Secrets kept in rows: encrypted under `FIELD_KEYS`, so that a copy of the database alone opens nothing.

Fernet (cryptography.io/en/latest/fernet: AES-128-CBC with HMAC-SHA256) under a key derived for each purpose with
HKDF (RFC 5869): what was sealed for one purpose does not open for another. The newest of `FIELD_KEYS` seals, each of
them opens, so that a key is changed by putting the new one in front.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from jada.core.errors import JadaError


class SealedError(JadaError):
    """A stored secret opens with none of the keys in use."""


def seal(secret: str, *, purpose: str) -> str:
    """The secret, encrypted: ASCII text, different at each call."""
    return _keys(purpose).encrypt(secret.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """What was sealed for this purpose. Raises SealedError."""
    try:
        return _keys(purpose).decrypt(sealed).decode()
    except (InvalidToken, ValueError):
        raise SealedError("A stored secret cannot be opened: FIELD_KEYS no longer holds the key it needs.") from None


def _keys(purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key, purpose)) for key in settings.FIELD_KEYS])


def _derived(key: str, purpose: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"jada field: {purpose}".encode())
    return base64.urlsafe_b64encode(derived.derive(key.encode()))
