"""`manage.py google login|logout|status`: the office's Google account, connected by its owner's consent."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from django.core.management.base import BaseCommand, CommandError, CommandParser
from google.auth.exceptions import GoogleAuthError
from google_auth_oauthlib.flow import InstalledAppFlow, WSGITimeoutError  # type: ignore[import-untyped]
from oauthlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]

from charters.calendars.google import credentials
from charters.calendars.google import login as google_login
from charters.calendars.google.login import NOT_AGREED, SCOPES, OAuthClient, client_in
from charters.models import GoogleGrant
from jada.core.errors import AdapterError

MINUTES = 10
PROMPT = (
    "Open this address in a browser on this machine and log in with the office's account:\n\n{url}\n\n"
    "(From elsewhere: ssh -L with the port that follows 127.0.0.1 in it.)"
)
DONE = "JADA is connected. You can close this page."


class Command(BaseCommand):
    help = "Connect the office's Google account, or show whether it is."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        login = commands.add_parser("login", help="Log in through a browser; the answer is awaited on loopback.")
        login.add_argument(
            "--client",
            metavar="FILE",
            help="The client file of a desktop application, from Google's console. "
            "Else the client of GOOGLE_CREDENTIALS, or of the last login.",
        )
        login.add_argument("--port", type=int, default=0, help="To wait on; any free one when it is not given.")
        commands.add_parser("logout", help="Forget the stored login.")
        status = commands.add_parser("status", help="Say which login is in force; Google is not asked.")
        status.add_argument("--json", action="store_true", help="Print JSON.")

    def handle(self, *args: Any, command: str, **options: Any) -> None:
        getattr(self, f"_{command}")(**options)

    def _login(self, *, client: str | None, port: int, **options: Any) -> None:
        asks = _client(client)
        flow = InstalledAppFlow.from_client_config({"installed": asdict(asks)}, SCOPES)
        with _oauthlib_at_ease(asks.token_uri):
            try:
                # Only a fresh consent gives a refresh token (developers.google.com/identity/protocols/oauth2).
                flow.run_local_server(
                    host="127.0.0.1",
                    port=port,
                    open_browser=False,
                    authorization_prompt_message=PROMPT,
                    success_message=DONE,
                    timeout_seconds=MINUTES * 60,
                    access_type="offline",
                    prompt="consent",
                )
            except WSGITimeoutError:
                raise CommandError(f"Nobody logged in within {MINUTES} minutes.") from None
            except (OAuth2Error, GoogleAuthError, requests.RequestException, ValueError):
                raise CommandError(NOT_AGREED) from None
            except OSError as error:
                raise CommandError(f"--port: nothing can be awaited there ({error.strerror}).") from error
        self._keep(flow.oauth2session.token, asks)

    def _keep(self, token: dict[str, Any], client: OAuthClient) -> None:
        try:
            lacking = google_login.keep(token, client)
        except AdapterError as failure:
            raise CommandError(str(failure)) from None
        self.stdout.write("Connected. `manage.py reconcile` reads the calendars now, the clock by itself.")
        for what in lacking:
            self.stdout.write(f"Not allowed: {what}. Log in again and tick its box to change that.")

    def _logout(self, **options: Any) -> None:
        gone = credentials.forget_grant()
        self.stdout.write("The stored login is forgotten." if gone else "There was no stored login.")

    def _status(self, **options: Any) -> None:
        source = credentials.source()
        grant = GoogleGrant.objects.first() if source == "grant" else None
        if options["json"]:
            granted_at = grant.granted_at.isoformat() if grant else None
            self.stdout.write(json.dumps({"source": source or None, "granted_at": granted_at}))
        elif grant:
            self.stdout.write(f"Connected by `google login` on {grant.granted_at:%Y-%m-%d}.")
        else:
            self.stdout.write("Connected by GOOGLE_CREDENTIALS." if source else credentials.NO_LOGIN)


def _client(path: str | None) -> OAuthClient:
    """The application that asks for the login. Raises CommandError."""
    if path:
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            found = client_in(content.get("installed") or content.get("web") or content)
        except (OSError, ValueError, AttributeError):
            raise CommandError("--client: the file cannot be read as a client file from Google's console.") from None
    else:
        found = google_login.client_in_use()
    if found is None:
        raise CommandError("Name the application to log in with: --client FILE, from Google's console (desktop app).")
    return found


@contextmanager
def _oauthlib_at_ease(token_uri: str) -> Iterator[None]:
    """oauthlib would refuse a person who left a box unticked, and a token_uri of http (a test server's)."""
    wanted = {"OAUTHLIB_RELAX_TOKEN_SCOPE": "1"}
    if urlsplit(token_uri).scheme == "http":
        wanted["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
