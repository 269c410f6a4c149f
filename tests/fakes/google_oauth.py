"""Google's accounts: consent, codes and tokens (RFC 6749; RFC 7523 for service accounts)."""

import base64
import json
import threading
from typing import Any
from urllib.parse import urlencode

from tests.fakes.google_answers import Answer

CLIENT = {"client_id": "client.apps.example.com", "client_secret": "client-secret-never-to-be-seen"}
REFRESH_TOKEN = "refresh-token-never-to-be-seen"


class Accounts:
    """The office's consent and the tokens given under it."""

    address: str
    lock: threading.RLock

    def __init__(self) -> None:
        super().__init__()
        self.refresh_token = REFRESH_TOKEN
        self.scope = ""
        self.revoked = False
        self.token_seconds = 3_600
        self._tokens: set[str] = set()
        self._issued = 0
        self._codes: set[str] = set()

    def credentials(self) -> dict[str, str]:
        """An authorised-user file for this server."""
        return {
            "type": "authorized_user",
            **CLIENT,
            "refresh_token": self.refresh_token,
            "token_uri": f"{self.address}/token",
        }

    def client_file(self) -> dict[str, Any]:
        """A desktop application's client file."""
        addresses = {"auth_uri": f"{self.address}/o/oauth2/auth", "token_uri": f"{self.address}/token"}
        return {"installed": {**CLIENT, **addresses, "redirect_uris": ["http://localhost"]}}

    def expire_tokens(self) -> None:
        """Every access token given so far gets 401 from now on."""
        self._tokens.clear()

    def revoke(self) -> None:
        """The office withdrew its consent: `invalid_grant` at the next refresh, and no token works."""
        self.revoked = True
        self.expire_tokens()

    def authorised(self, header: str) -> bool:
        """Whether a request carries a token that still works."""
        return header.removeprefix("Bearer ") in self._tokens

    def consent(self, query: dict[str, str]) -> str:
        """Where the browser is sent after somebody agreed."""
        self._issued += 1
        code = f"code-{self._issued}"
        self._codes.add(code)
        self.scope = self.scope or query.get("scope", "")
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query.get('state', '')})}"

    def token(self, form: dict[str, str]) -> Answer:
        """An answer of the token endpoint (RFC 6749, section 5; RFC 7523 for service accounts)."""
        kind = form.get("grant_type", "")
        lasting: dict[str, Any] = {}
        if kind == "authorization_code":
            if form.get("code") not in self._codes:
                return 400, {"error": "invalid_grant", "error_description": "Malformed auth code."}
            self._codes.discard(form["code"])
            lasting = {"refresh_token": self.refresh_token}
        elif kind == "refresh_token":
            if form.get("client_secret") != CLIENT["client_secret"]:
                return 401, {"error": "invalid_client", "error_description": "Unauthorized"}
            if self.revoked or form.get("refresh_token") != self.refresh_token:
                return 400, {"error": "invalid_grant", "error_description": "Token of quinn@example.com was revoked."}
        elif kind.endswith(":jwt-bearer"):
            claims = json.loads(base64.urlsafe_b64decode(form["assertion"].split(".")[1] + "=="))
            if not str(claims.get("aud")).endswith("/token") or self.revoked:
                return 400, {"error": "invalid_grant", "error_description": "Invalid JWT."}
        else:
            return 400, {"error": "unsupported_grant_type"}
        with self.lock:
            self._issued += 1
            token = f"access-token-never-to-be-seen-{self._issued}"
            self._tokens.add(token)
        scope = {"scope": self.scope} if self.scope else {}
        return 200, {"access_token": token, "expires_in": self.token_seconds, "token_type": "Bearer"} | lasting | scope
