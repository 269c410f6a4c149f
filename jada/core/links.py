"""Public link tokens (docs/architecture.md, rule 8): references are for staff, tokens are for the public.

A token is 128 bits of HMAC-SHA256(key, "purpose:id:generation"): it can be written again on the next page or
reminder without being stored. Whoever keeps a link stores the generation and `lookup(token)`; revoking raises
the generation. With several `LINK_KEYS` (newest first) a link made under an older key stays good.
"""

import base64
import hashlib
import hmac

from django.conf import settings

TOKEN_BYTES = 16
# No 0/O, 1/I/L, U/V: a code is typed by hand on a phone (docs/domain.md). 29 signs.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
CODE_LENGTH = 16


def _mac(purpose: str, identity: int | str, generation: int, key: str) -> bytes:
    return hmac.digest(key.encode(), f"{purpose}:{identity}:{generation}".encode(), "sha256")


def token(purpose: str, identity: int | str, generation: int = 1) -> str:
    """The link's token: 22 characters, safe in an address. The newest key makes it."""
    return tokens(purpose, identity, generation)[0]


def tokens(purpose: str, identity: int | str, generation: int = 1) -> list[str]:
    """The link's token under each key in use, newest first: a link in somebody's mail outlives a new key."""
    macs = (_mac(purpose, identity, generation, key) for key in settings.LINK_KEYS)
    return [base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).rstrip(b"=").decode() for mac in macs]


def code(purpose: str, identity: int | str, generation: int = 1) -> str:
    """A code for human hands, `ABCD-2345-EFGH-6789`: 16 signs without look-alikes, about 77 bits."""
    number = int.from_bytes(_mac(purpose, identity, generation, settings.LINK_KEYS[0]), "big")
    signs = []
    for _ in range(CODE_LENGTH):
        number, rest = divmod(number, len(CODE_ALPHABET))
        signs.append(CODE_ALPHABET[rest])
    return "-".join("".join(signs[start : start + 4]) for start in range(0, CODE_LENGTH, 4))


def plain_code(typed: str) -> str:
    """What somebody typed, as the code is written: capitals, in fours; look-alikes are not guessed at."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())[:CODE_LENGTH]
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))


def lookup(text: str) -> bytes:
    """What a row stores to be found by a token or code: its SHA-256, useless to whoever reads the database."""
    return hashlib.sha256(text.encode()).digest()
