"""API tokens: random, shown once, kept as a hash alone (docs/architecture.md, rule 8)."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q

from jada.core.clock import now
from jada.core.errors import JadaError
from jada.core.models import ApiToken

RANDOM_BYTES = 32
# A use is written down at most this often.
USE_NOTED_EVERY = timedelta(minutes=1)
SCOPES: tuple[str, ...] = tuple(ApiToken.Scope.values)


class TokenRefused(JadaError):  # noqa: N818 reads as what happened
    """There can be no such token; the text says why."""


def create(name: str, scopes: Iterable[str] = SCOPES) -> str:
    """Make a token; what comes back is shown to a person once and stored nowhere. Raises TokenRefused."""
    name, wanted = " ".join(name.split()), set(scopes)
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise TokenRefused("A token's name has between 1 and 80 characters.")
    if unknown := wanted - set(SCOPES):
        raise TokenRefused(f"There is no scope {', '.join(sorted(unknown))}; there is {', '.join(SCOPES)}.")
    text = f"jada_{secrets.token_urlsafe(RANDOM_BYTES)}"
    _, made = ApiToken.objects.get_or_create(
        name=name, defaults={"hash": _hash(text), "scopes": [each for each in SCOPES if each in wanted]}
    )
    if not made:
        raise TokenRefused(f"There is a token “{name}” already; a revoked one keeps its name.")
    return text


def find(text: str) -> ApiToken | None:
    """The token of this text, its use noted; None for one that is unknown or revoked."""
    token = ApiToken.objects.filter(hash=_hash(text), revoked_at=None).first()
    if token is not None:
        _note_use(token)
    return token


def revoke(name: str) -> bool:
    """Whether there was a token of this name in force; from now on it opens nothing."""
    return bool(ApiToken.objects.filter(name=name, revoked_at=None).update(revoked_at=now()))


def _note_use(token: ApiToken) -> None:
    moment = now()
    long_ago = moment - USE_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at < long_ago:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=long_ago)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=moment)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
