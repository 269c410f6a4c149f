"""As whom we speak to Google: the stored grant, else what `GOOGLE_CREDENTIALS` names.

Access tokens live in this process's memory and are renewed at the credentials' own `token_uri`
(developers.google.com/identity/protocols/oauth2/web-server#offline). google-auth's `from_authorized_user_info`
overrides that address, so the credentials are built here.
"""

import json
import threading
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from django.conf import settings
from google.auth.credentials import Credentials as AnyCredentials
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.oauth2.credentials import Credentials as UserCredentials
from google.oauth2.service_account import Credentials as ServiceCredentials

from charters.models.grant import GoogleGrant
from jada.core.clock import now
from jada.core.errors import AdapterError
from jada.core.secrets_at_rest import SealedError

SERVICE = "google"
CALENDAR_SCOPES = (
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/calendar.readonly",
)
MAIL_SCOPES = ("https://www.googleapis.com/auth/gmail.readonly",)

RECONNECT = "Reconnect in the admin, Calendars › Connect Google, or with `manage.py google login`."
NO_LOGIN = "No Google account is connected: run `manage.py google login`, or set GOOGLE_CREDENTIALS."
LOGIN_GONE = f"Google no longer accepts our login: it was revoked or has expired. {RECONNECT}"
NOT_BELIEVED = f"Google does not accept our login, though it was renewed. {RECONNECT}"
CLIENT_UNKNOWN = (
    "Google does not know the application that our login belongs to: check the client in GOOGLE_CREDENTIALS."
)
NOT_GRANTED = "Our Google login does not include what is asked for: connect it again with `manage.py google login`."
NO_TOKEN = "Google's login server did not answer as it should."  # noqa: S105 words, not a secret
# RFC 6749, section 5.2; invalid_grant is also what Google says of a deleted account or a clock that is wrong.
REFUSALS = {
    "invalid_grant": LOGIN_GONE,
    "invalid_client": CLIENT_UNKNOWN,
    "unauthorized_client": CLIENT_UNKNOWN,
    "deleted_client": CLIENT_UNKNOWN,
    "invalid_scope": NOT_GRANTED,
    "access_denied": NOT_GRANTED,
}

# A login that Google refused is not tried again for so long; a new one is another `Access`.
REFUSAL_SECONDS = 60.0

# google-auth's transport: called with url, method, body and headers, it answers with status, headers and data.
Ask = Callable[..., Any]


class ReconnectNeeded(AdapterError):  # noqa: N818 it names what is to be done
    """Only a person can help: somebody must log in again. Trying again cannot."""

    def __init__(self, words: str = LOGIN_GONE) -> None:
        super().__init__(words, service=SERVICE, permanent=True)


class Access:
    """A login and its access token, shared by the threads of this process."""

    def __init__(self, credentials: AnyCredentials) -> None:
        self._credentials = credentials
        self._lock = threading.Lock()
        self._refused: ReconnectNeeded | None = None
        self._ask_again_at = 0.0

    def headers(self, ask: Ask) -> dict[str, str]:
        """What a request carries. Asks for an access token when there is none, or it is about to expire."""
        with self._lock:
            if not self._credentials.valid:
                self._refresh(ask)
            return self._written()

    def renewed(self, refused: dict[str, str], ask: Ask) -> dict[str, str]:
        """After a 401: headers with another token than `refused` carried (a neighbour may have it already)."""
        with self._lock:
            if self._written() == refused:
                self._refresh(ask)
            return self._written()

    def refused(self, carried: dict[str, str]) -> None:
        """Google does not believe the token that `carried` holds, though it is new: it is not sent again."""
        with self._lock:
            if self._written() == carried:
                self._forget()

    def _forget(self) -> None:
        """The access token goes with the login: it opens nothing, and would be sent with every question."""
        self._credentials.token = None

    def _written(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        if self._credentials.token:
            self._credentials.apply(headers)  # type: ignore[no-untyped-call]
        return headers

    def _refresh(self, ask: Ask) -> None:
        if self._refused is not None and time.monotonic() < self._ask_again_at:
            raise self._refused
        try:
            self._credentials.refresh(ask)  # type: ignore[no-untyped-call]
        except TransportError:
            raise AdapterError(NO_TOKEN, service=SERVICE) from None
        except RefreshError as error:
            refusal = _refused(error)
            if isinstance(refusal, ReconnectNeeded):  # one question a minute, however many calendars there are
                self._forget()
                self._refused, self._ask_again_at = refusal, time.monotonic() + REFUSAL_SECONDS
            raise refusal from None
        except (
            GoogleAuthError,
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
        ):  # it reads any answer as it should be
            raise AdapterError(NO_TOKEN, service=SERVICE) from None


def _refused(error: RefreshError) -> AdapterError:
    """Of the server's words only its error code is looked at: the rest may name the account."""
    said = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    words = REFUSALS.get(str(said.get("error", "")))
    return ReconnectNeeded(words) if words else AdapterError(NO_TOKEN, service=SERVICE)


def access(scopes: Sequence[str]) -> Access:
    """The login in force. One query; no network. Raises ReconnectNeeded when there is none."""
    login = _in_force()
    # A person's login gives what was consented to; only a service account's token is made for scopes.
    asked = tuple(scopes) if login["type"] == "service_account" else ()
    return _access(json.dumps(login, sort_keys=True), asked)


def source() -> str:
    """Which login is in force: `grant`, `environment`, or '' for none. One query."""
    if _grant() is not None:
        return "grant"
    return "environment" if settings.GOOGLE_CREDENTIALS else ""


def login_in_force() -> str:
    """The fingerprint of the login that is used now, '' when there is none. One query; no network."""
    try:
        return _fingerprint(_in_force())
    except ReconnectNeeded:
        return ""


def keep_grant(*, client_id: str, client_secret: str, refresh_token: str, token_uri: str, scopes: list[str]) -> None:
    """Store the login that somebody just gave; it replaces the last one."""
    grant = GoogleGrant(
        pk=1,
        client_id=client_id,
        token_uri=token_uri,
        scopes=scopes,
        stands_for=_fingerprint(settings.GOOGLE_CREDENTIALS),
        granted_at=now(),
    )
    grant.keep(client_secret=client_secret, refresh_token=refresh_token)
    grant.save()


def forget_grant() -> bool:
    """Remove the stored login; False when there was none."""
    return bool(GoogleGrant.objects.all().delete()[0])


def forget_tokens() -> None:
    """Drop the access tokens held in memory."""
    _access.cache_clear()


def _grant() -> GoogleGrant | None:
    grant = GoogleGrant.objects.first()
    configured = settings.GOOGLE_CREDENTIALS
    return grant if grant and (not configured or grant.stands_for == _fingerprint(configured)) else None


def _in_force() -> dict[str, str]:
    grant = _grant()
    if grant is not None:
        try:
            return grant.as_authorised_user()
        except SealedError as error:
            raise ReconnectNeeded(f"{error} {RECONNECT}") from None
    if not settings.GOOGLE_CREDENTIALS:
        raise ReconnectNeeded(NO_LOGIN)
    configured: dict[str, str] = settings.GOOGLE_CREDENTIALS
    return configured


def _fingerprint(info: dict[str, str] | None) -> str:
    return blake2b(json.dumps(info, sort_keys=True).encode(), digest_size=16).hexdigest() if info else ""


@lru_cache(maxsize=8)
def _access(info: str, scopes: tuple[str, ...]) -> Access:
    parts: dict[str, str] = json.loads(info)
    return Access(_service_account(parts, scopes) if parts["type"] == "service_account" else _user(parts))


def _user(parts: dict[str, str]) -> AnyCredentials:
    """No scopes: a refresh then gives what was consented to, and never asks for more."""
    return UserCredentials(  # type: ignore[no-untyped-call]
        token=None,
        refresh_token=parts["refresh_token"],
        token_uri=parts["token_uri"],
        client_id=parts["client_id"],
        client_secret=parts["client_secret"],
        quota_project_id=parts.get("quota_project_id"),
    )


def _service_account(parts: dict[str, str], scopes: tuple[str, ...]) -> AnyCredentials:
    """`subject`, when the file names one, is whom the account speaks for (domain-wide delegation)."""
    try:
        return ServiceCredentials.from_service_account_info(  # type: ignore[no-untyped-call,no-any-return]
            parts, scopes=list(scopes), subject=parts.get("subject")
        )
    except (GoogleAuthError, ValueError):
        raise AdapterError(
            "The service account in GOOGLE_CREDENTIALS cannot be used.", service=SERVICE, permanent=True
        ) from None
