"""Reading the environment, strictly: an unset variable has a default, a malformed one stops the start.

Every reader raises `ImproperlyConfigured("NAME: what is wrong")`. django-environ does the parsing of
addresses; what it would take in silence (any word as a false flag, a negative number) is refused here.
Any variable may come from a file named by `NAME_FILE`, as container secrets do.
"""

import json
import os
import re
import secrets
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
KEY_BYTES = 48
SHORTEST_KEY = 32
MAIL_SCHEMES = frozenset({"smtp", "smtp+tls", "smtps", "smtp+ssl", "consolemail", "filemail", "memorymail"})


def refuse(name: str, problem: str) -> ImproperlyConfigured:
    """The one form of a refusal: the variable first, then what is wrong, in words."""
    return ImproperlyConfigured(f"{name}: {problem}")


def text(name: str, default: str = "") -> str:
    """The variable's text, or that of the file `NAME_FILE` names; `default` when neither is set or it is empty.

    Raises ImproperlyConfigured when both are set or the file cannot be read.
    """
    value, file = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value and file:
        raise refuse(name, f"set either {name} or {name}_FILE, not both.")
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise refuse(f"{name}_FILE", f"the file {file} cannot be read ({error}).") from error
        if not value:
            raise refuse(f"{name}_FILE", f"the file {file} is empty.")
    if "\x00" in value or "\n" in value or "\r" in value:
        raise refuse(name, "a line break inside the value.")
    return value.strip() or default


def is_set(name: str) -> bool:
    """Whether the variable, or its file, carries a value."""
    return bool(text(name))


def flag(name: str, *, default: bool) -> bool:
    """A yes or no."""
    value = text(name).lower()
    if not value:
        return default
    if value in TRUE or value in FALSE:
        return value in TRUE
    raise refuse(name, f"“{value}” is neither true nor false.")


def number(name: str, *, default: int, least: int = 0, most: int = 1_000_000) -> int:
    """A whole number within bounds, both included."""
    value = text(name)
    if not value:
        return default
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
        raise refuse(name, f"“{value}” is not a whole number.")
    parsed = int(value)
    if not least <= parsed <= most:
        raise refuse(name, f"{parsed} is not between {least} and {most}.")
    return parsed


def names(name: str, default: list[str]) -> list[str]:
    """A comma-separated list."""
    value = text(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else default


def zone(name: str, default: str) -> str:
    """An IANA time zone's name."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise refuse(name, f"“{value}” is not a time zone, such as America/Los_Angeles.") from error
    return value


def web_address(name: str, default: str) -> str:
    """An http(s) address without query or fragment, and without the closing slash."""
    value = text(name, default)
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or not value.isprintable() or " " in value:
        raise refuse(name, f"“{value}” is not a web address, such as https://sail.example.com.")
    return value.rstrip("/")


def database(name: str) -> dict[str, Any]:
    """Django's parts of a Postgres address."""
    value = text(name)
    if not value.startswith(("postgres://", "postgresql://")):
        raise refuse(name, "it is not a Postgres address, such as postgres://user:password@host/jada.")
    try:
        parts: dict[str, Any] = environ.Env.db_url_config(value)
    except (ValueError, ImproperlyConfigured) as error:
        raise refuse(name, "it is not a Postgres address, such as postgres://user:password@host/jada.") from error
    if not parts.get("NAME"):
        raise refuse(name, "it names no database.")
    return parts


def broker(name: str) -> str:
    """A Redis or Valkey address: redis://, rediss:// or unix:///path."""
    value = text(name)
    try:
        parts = urlsplit(value)
        number = parts.path.removeprefix("/")
        over_tcp = parts.scheme in {"redis", "rediss"} and bool(parts.hostname) and parts.port != 0
        usable = (over_tcp and (not number or number.isdecimal())) or (
            parts.scheme == "unix" and parts.path.startswith("/")
        )
    except ValueError:
        usable = False
    if not usable:
        raise refuse(name, "it is not a Redis address, such as redis://host:6379/0.")
    return value


def mail(name: str) -> dict[str, Any] | None:
    """Django's e-mail parts of an address such as smtp+tls://user:password@host:587; None when unset."""
    value = text(name)
    if not value:
        return None
    scheme = value.partition("://")[0]
    if scheme not in MAIL_SCHEMES:
        raise refuse(name, "it is not a mail address, such as smtp+tls://user:password@host:587.")
    try:
        parts: dict[str, Any] = environ.Env.email_url_config(value)
    except (ValueError, KeyError, ImproperlyConfigured) as error:
        raise refuse(name, "it is not a mail address, such as smtp+tls://user:password@host:587.") from error
    if scheme.startswith("smtp") and not parts.get("EMAIL_HOST"):
        raise refuse(name, "it names no mail host.")
    return parts


def header(name: str, default: str) -> str:
    """A value fit for an HTTP header: printable ASCII."""
    value = text(name, default)
    if not value.isascii() or not value.isprintable():
        raise refuse(name, "only printable ASCII goes into an HTTP header.")
    return value


def generated_once(name: str, folder: Path, make: Callable[[], str]) -> str:
    """What `folder/name` holds, made on the first call: development's stand-in for a real secret.

    Two processes that start at once agree: the file is linked into place, and the loser reads the winner's.
    """
    kept = folder / name.lower()
    try:
        if not kept.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = folder / f".{name.lower()}.{os.getpid()}.{secrets.token_hex(4)}"
            draft.touch(mode=0o600)
            draft.write_text(make(), encoding="utf-8")
            try:
                os.link(draft, kept)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return kept.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise refuse(name, f"it is unset, and none can be kept in {folder} ({error.strerror}).") from error


def secret(name: str, *, folder: Path | None) -> str:
    """A secret of at least 32 characters; unset, it is generated into `folder` (development) or demanded (None)."""
    value = text(name)
    if not value:
        if folder is None:
            raise refuse(name, f"it must be set in production (or {name}_FILE name a file that holds it).")
        return generated_once(name, folder, lambda: secrets.token_urlsafe(KEY_BYTES))
    if len(value) < SHORTEST_KEY:
        raise refuse(name, f"it is too short; use at least {SHORTEST_KEY} random characters.")
    return value


def secret_list(name: str, *, folder: Path | None) -> list[str]:
    """Secrets newest first, comma-separated, each at least 32 characters."""
    keys = [part.strip() for part in secret(name, folder=folder).split(",") if part.strip()]
    if not keys or any(len(key) < SHORTEST_KEY for key in keys):
        raise refuse(name, f"each key needs at least {SHORTEST_KEY} random characters; the newest comes first.")
    return keys


def sender(name: str, default: str) -> str:
    """A sender as mail writes it: `JADA <office@sailjada.com>`, or the address alone."""
    value = text(name, default)
    try:
        validate_email(parseaddr(value)[1])
    except ValidationError as error:
        raise refuse(name, f"“{value}” is no sender, such as JADA <office@sailjada.com>.") from error
    return value


def hosts(name: str, default: list[str]) -> list[str]:
    """Host names as Django's ALLOWED_HOSTS takes them: `app.example.com`, `.example.com`, `*`."""
    found = names(name, default)
    for host in found:
        if not re.fullmatch(r"\*|\[[0-9a-fA-F:.]+\]|\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", host):
            raise refuse(name, f"“{host}” is no host name.")
    return found


def bucket(name: str) -> str:
    """An S3 bucket's name, '' when unset (Amazon S3 user guide, “Bucket naming rules”)."""
    value = text(name)
    if value and not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", value):
        raise refuse(name, f"“{value}” is no bucket's name: small letters, digits, dots and hyphens.")
    return value


def prefix(name: str) -> str:
    """A folder inside a bucket, without slashes around it; '' when unset."""
    value = text(name).strip("/")
    if value and (not re.fullmatch(r"[A-Za-z0-9!_.*'()/-]+", value) or ".." in value or "//" in value):
        raise refuse(name, f"“{value}” is no folder inside a bucket.")
    return value


def distribution(name: str) -> str:
    """A CloudFront distribution's id, '' when unset: the id alone, neither its ARN nor its domain."""
    value = text(name)
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value):
        raise refuse(name, f"“{value}” is no distribution's id, such as E2QWRUHAPOMQZL.")
    return value


GOOGLE_PARTS = {
    "authorized_user": ("client_id", "client_secret", "refresh_token"),
    "service_account": ("client_email", "private_key", "token_uri"),
}


def credentials(name: str) -> dict[str, str] | None:
    """A Google authorised-user or service-account file, by its path or as its JSON; None when unset.

    Its members that are text, with `type` filled in (google-auth's own `to_json` leaves it out). The value itself is
    never part of a refusal. Raises ImproperlyConfigured.
    """
    value, path = os.environ.get(name, "").strip(), os.environ.get(f"{name}_FILE", "").strip()
    if value and path:
        raise refuse(name, f"set either {name} or {name}_FILE, not both.")
    if value and not value.startswith("{"):
        path = value
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise refuse(name, "it is neither JSON nor the path of a file that can be read.") from None
    if not value:
        return None
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        raise refuse(name, "it is not JSON.") from None
    if not isinstance(parsed, dict):
        raise refuse(name, "it is not an authorised-user or service-account file.")
    info = {key: part for key, part in parsed.items() if isinstance(part, str)}
    info.setdefault("type", "authorized_user" if "refresh_token" in info else "")
    missing = [part for part in GOOGLE_PARTS.get(info["type"], ()) if not info.get(part)]
    if info["type"] not in GOOGLE_PARTS:
        raise refuse(name, "it is not an authorised-user or service-account file.")
    if missing:
        raise refuse(name, f"{', '.join(missing)} is missing in it.")
    if not info.setdefault("token_uri", "https://oauth2.googleapis.com/token").startswith(("https://", "http://")):
        raise refuse(name, "its token_uri is not a web address.")
    if info["type"] == "service_account":
        try:
            load_pem_private_key(info["private_key"].encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise refuse(name, "its private_key is not a key in PEM form.") from None
    return info
