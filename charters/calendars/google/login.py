"""Connecting the office's Google account: the consent of its owner, asked for in a browser, becomes a stored login.

`manage.py google login` waits for the answer on loopback, the admin's “Connect Google” at an address of its own
(developers.google.com/identity/protocols/oauth2/web-server); both end in `keep`. Of what Google answers only codes are
looked at, and nothing of it is shown.
"""

import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3
from django.conf import settings

from charters.calendars.google import credentials as google_credentials
from charters.calendars.google.credentials import (
    CALENDAR_SCOPES,
    CLIENT_UNKNOWN,
    LOGIN_GONE,
    MAIL_SCOPES,
    NO_TOKEN,
    REFUSALS,
    SERVICE,
)
from charters.models import Calendar, GoogleGrant, Mailbox
from jada.core.bell import ring, ring_channels
from jada.core.errors import AdapterError
from jada.core.secrets_at_rest import SealedError

SCOPES = [*CALENDAR_SCOPES, *MAIL_SCOPES]
AUTH_URI = "https://accounts.google.com/o/oauth2/auth"
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 an address, not a secret
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
MOST_BYTES = 100_000
NOT_LASTING = "Google gave no lasting login. Remove JADA from the account's connections, and try again."
NOT_AGREED = "Google did not give a login: it was refused, or broke off. Try again."
ADDRESS_UNKNOWN = "Google does not take the address that it would send you back to. It must be listed with the client."
WHAT_FOR = ((CALENDAR_SCOPES[0], "writing in the calendar"), (MAIL_SCOPES[0], "reading booking mail"))


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """The application that asks for the login, as Google's console made it."""

    client_id: str
    client_secret: str
    auth_uri: str = AUTH_URI
    token_uri: str = TOKEN_URI


@dataclass(frozen=True, slots=True)
class Question:
    """What a browser is sent to Google with; `state` and `verifier` are kept until it is back."""

    address: str
    state: str
    verifier: str


def client_in(found: dict[str, Any] | None) -> OAuthClient | None:
    """The client that a client file or credentials hold; None when there is none (a service account has none)."""
    found = found or {}
    if not found.get("client_id") or not found.get("client_secret"):
        return None
    return OAuthClient(
        str(found["client_id"]),
        str(found["client_secret"]),
        str(found.get("auth_uri") or AUTH_URI),
        str(found.get("token_uri") or TOKEN_URI),
    )


def client_in_use() -> OAuthClient | None:
    """The client of GOOGLE_CREDENTIALS, else that of the stored login; None when there is neither. One query."""
    configured = client_in(settings.GOOGLE_CREDENTIALS)
    grant = None if configured else GoogleGrant.objects.first()
    if grant is None:
        return configured
    try:
        return client_in(grant.as_authorised_user())
    except SealedError:
        return None


def question(client: OAuthClient, *, redirect_uri: str) -> Question:
    """Where the browser goes; only a fresh consent (`prompt`) gives a lasting login. PKCE is RFC 7636."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(SCOPES),
        "access_type": "offline",
        "prompt": "consent",
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    separator = "&" if "?" in client.auth_uri else "?"
    return Question(f"{client.auth_uri}{separator}{urlencode(asked)}", state, verifier)


def exchange(client: OAuthClient, *, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
    """The login that a code stands for (RFC 6749, section 4.1.3). Raises AdapterError. No transaction may be open."""
    form = {
        "grant_type": "authorization_code",
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    try:
        status, said = _posted(client.token_uri, form)
    except (urllib3.exceptions.HTTPError, OSError, ValueError, RecursionError):
        raise AdapterError(NO_TOKEN, service=SERVICE) from None
    if status != 200 or not isinstance(said, dict):
        raise _refused(said)
    return said


def keep(token: dict[str, Any], client: OAuthClient) -> list[str]:
    """Store the login and have the calendars read; returns what its owner did not allow, in words.

    Raises AdapterError when Google gave a login that does not last.
    """
    if not isinstance(token.get("refresh_token"), str) or not token["refresh_token"]:
        raise AdapterError(NOT_LASTING, service=SERVICE, permanent=True)
    scope = token.get("scope") or SCOPES
    granted = scope.split() if isinstance(scope, str) else [str(each) for each in scope]
    google_credentials.keep_grant(
        client_id=client.client_id,
        client_secret=client.client_secret,
        refresh_token=token["refresh_token"],
        token_uri=client.token_uri,
        scopes=granted,
    )
    google_credentials.forget_tokens()
    Calendar.objects.filter(needs_login=True).update(needs_login=False, refused_login="")
    Mailbox.objects.exclude(refused_login="").update(refused_login="")
    ring()
    ring_channels()
    return [what for scope, what in WHAT_FOR if scope not in granted]


def _posted(address: str, form: dict[str, str]) -> tuple[int, Any]:
    """Status and JSON of an answer; a slow or endless one is broken off."""
    until = time.monotonic() + CONNECT_SECONDS + ANSWER_SECONDS
    with urllib3.PoolManager(retries=False) as connections:
        response = connections.request(
            "POST",
            address,
            fields=form,
            encode_multipart=False,
            redirect=False,
            preload_content=False,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
        )
        content = b""
        while chunk := response.read1(65_536, decode_content=True):
            content += chunk
            if len(content) > MOST_BYTES or time.monotonic() > until:
                response.close()
                raise ValueError
        return response.status, json.loads(content)


def _refused(said: Any) -> AdapterError:
    """RFC 6749, section 5.2. Here `invalid_grant` is about the code: it was used, or is too old."""
    error = str(said.get("error", "")) if isinstance(said, dict) else ""
    if error == "redirect_uri_mismatch":
        return AdapterError(ADDRESS_UNKNOWN, service=SERVICE, permanent=True)
    words = REFUSALS.get(error, NO_TOKEN)
    if words == CLIENT_UNKNOWN:
        return AdapterError(CLIENT_UNKNOWN, service=SERVICE, permanent=True)
    return AdapterError(NOT_AGREED if words == LOGIN_GONE else words, service=SERVICE)
