"""Reading the environment: unset has a default, malformed stops the start and names the variable."""

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from jada.core import env

NAME = "JADA_TEST_VALUE"
KEY = "k" * 32


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    monkeypatch.delenv(f"{NAME}_FILE", raising=False)
    monkeypatch.delenv(NAME, raising=False)
    return lambda value: monkeypatch.setenv(NAME, value)


Put = Callable[[str], None]

READERS: dict[str, Callable[[], Any]] = {
    "text": lambda: env.text(NAME),
    "flag": lambda: env.flag(NAME, default=False),
    "number": lambda: env.number(NAME, default=3, least=1, most=9),
    "zone": lambda: env.zone(NAME, "America/Los_Angeles"),
    "web_address": lambda: env.web_address(NAME, "http://127.0.0.1:8000"),
    "database": lambda: env.database(NAME),
    "broker": lambda: env.broker(NAME),
    "mail": lambda: env.mail(NAME),
    "header": lambda: env.header(NAME, "no-cache"),
    "distribution": lambda: env.distribution(NAME),
    "secret": lambda: env.secret(NAME, folder=None),
    "secret_list": lambda: env.secret_list(NAME, folder=None),
}


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        ("text", "two\nlines"),
        ("flag", "maybe"),
        ("flag", "2"),
        ("flag", "truely"),
        ("number", "0"),
        ("number", "10"),
        ("number", "-3"),
        ("number", "3.5"),
        ("number", "three"),
        ("number", "0_3"),
        ("number", "٣"),
        ("zone", "Los Angeles"),
        ("zone", "America"),
        ("zone", "../etc/passwd"),
        ("web_address", "sail.example.com"),
        ("web_address", "ftp://sail.example.com"),
        ("web_address", "https://"),
        ("web_address", "https://sail.example.com?x=1"),
        ("web_address", "https://sail.example.com#x"),
        ("web_address", "https://sail.example.com:0"),
        ("web_address", "https://sail.example.com:99999"),
        ("web_address", "https://sail example.com"),
        ("web_address", "https://sail\texample.com"),
        ("web_address", "https://[::1"),
        ("database", ""),
        ("database", "sqlite:///x.db"),
        ("database", "mysql://u:p@host/jada"),
        ("database", "postgres://u:p@host"),
        ("database", "postgres://u:p@host/"),
        ("database", "postgres://u:p@host:port/jada"),
        ("database", "postgres://u:p@host:99999/jada"),
        ("broker", ""),
        ("broker", "localhost:6379"),
        ("broker", "http://localhost:6379"),
        ("broker", "redis://"),
        ("broker", "redis://host:99999/0"),
        ("broker", "redis://host:6379/first"),
        ("broker", "unix://relative"),
        ("mail", "smtp.example.com"),
        ("mail", "https://smtp.example.com"),
        ("mail", "smtp+tls://"),
        ("mail", "smtp://user:password@host:port"),
        ("header", "no-cache\x01"),
        ("header", "für-immer"),
        ("distribution", "d111111abcdef8.cloudfront.net"),
        ("distribution", "arn:aws:cloudfront::111122223333:distribution/E2QWRUHAPOMQZL"),
        ("distribution", "E2QWRUHAPOMQZL E3"),
        ("secret", ""),
        ("secret", "short"),
        ("secret_list", f"{KEY},short"),
        ("secret_list", "," * 40),
    ],
)
def test_a_malformed_value_is_refused_and_the_variable_named(put: Put, reader: str, value: str) -> None:
    put(value)
    with pytest.raises(ImproperlyConfigured, match=rf"^{NAME}: "):
        READERS[reader]()


@pytest.mark.parametrize(
    ("reader", "value", "read"),
    [
        ("text", " jada ", "jada"),
        ("flag", "Yes", True),
        ("flag", "off", False),
        ("flag", "", False),
        ("number", "9", 9),
        ("number", " 1 ", 1),
        ("number", "", 3),
        ("zone", "Europe/Berlin", "Europe/Berlin"),
        ("zone", "", "America/Los_Angeles"),
        ("web_address", "https://sail.example.com:8443/pages/", "https://sail.example.com:8443/pages"),
        ("web_address", "http://[::1]:8000", "http://[::1]:8000"),
        ("web_address", "", "http://127.0.0.1:8000"),
        ("broker", "redis://:secret@host:6379/1", "redis://:secret@host:6379/1"),
        ("broker", "rediss://host", "rediss://host"),
        ("broker", "unix:///run/valkey.sock", "unix:///run/valkey.sock"),
        ("mail", "", None),
        ("header", "public, max-age=60", "public, max-age=60"),
        ("distribution", "", ""),
        ("distribution", "E2QWRUHAPOMQZL", "E2QWRUHAPOMQZL"),
        ("secret", KEY, KEY),
        ("secret_list", f"{KEY}, {KEY}2,", [KEY, f"{KEY}2"]),
    ],
)
def test_a_good_value_is_read(put: Put, reader: str, value: str, read: object) -> None:
    put(value)
    assert READERS[reader]() == read


def test_a_list_is_parted_at_commas(put: Put) -> None:
    put("a.example, b.example,")
    assert env.names(NAME, []) == ["a.example", "b.example"]


def test_a_postgres_address_is_taken_apart(put: Put) -> None:
    put("postgresql://jada:s%40crt@db.example.com:5433/sail")
    parts = env.database(NAME)
    assert {name: parts[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "sail",
        "USER": "jada",
        "PASSWORD": "s@crt",
        "HOST": "db.example.com",
        "PORT": 5433,
    }


def test_a_mail_address_is_taken_apart(put: Put) -> None:
    put("smtp+tls://office:pw@mail.example.com:587")
    parts = env.mail(NAME) or {}
    assert (parts["EMAIL_HOST"], parts["EMAIL_PORT"], parts["EMAIL_USE_TLS"]) == ("mail.example.com", 587, True)


# -- from a file -----------------------------------------------------------------------------------------------


def test_a_value_may_come_from_a_file(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text(f"{KEY}\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    assert (env.secret(NAME, folder=None), env.is_set(NAME)) == (KEY, True)


def test_a_value_and_a_file_at_once_are_refused(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(KEY)
    (tmp_path / "secret").write_text(KEY)
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    with pytest.raises(ImproperlyConfigured, match=f"^{NAME}: set either {NAME} or {NAME}_FILE, not both"):
        env.text(NAME)


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe\x00"])
def test_a_file_that_holds_nothing_readable_is_refused(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    (tmp_path / "there").write_bytes(content or b"")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / ("there" if content is not None else "missing")))
    with pytest.raises(ImproperlyConfigured, match=f"^{NAME}_FILE: the file "):
        env.text(NAME)


def test_a_refusal_does_not_repeat_an_address_with_its_password(put: Put) -> None:
    put("postgres://jada:hunter2@host:port/jada")
    with pytest.raises(ImproperlyConfigured) as raised:
        env.database(NAME)
    assert "hunter2" not in str(raised.value)


# -- generated once ----------------------------------------------------------------------------------------------


def test_a_secret_is_generated_once(put: Put, tmp_path: Path) -> None:
    first = env.secret(NAME, folder=tmp_path / "secrets")
    assert (len(first), env.secret(NAME, folder=tmp_path / "secrets")) == (64, first)


def test_a_generated_secret_is_its_owners_alone(put: Put, tmp_path: Path) -> None:
    env.secret(NAME, folder=tmp_path / "secrets")
    kept = tmp_path / "secrets" / NAME.lower()
    assert [stat.S_IMODE(each.stat().st_mode) for each in (kept.parent, kept)] == [0o700, 0o600]


def test_processes_that_start_at_once_agree_on_a_secret(put: Put, tmp_path: Path) -> None:
    found: set[str] = set()
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        found.add(env.secret(NAME, folder=tmp_path / "secrets"))

    workers = [threading.Thread(target=start) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(found) == 1
    assert os.listdir(tmp_path / "secrets") == [NAME.lower()]


def test_a_secret_that_cannot_be_kept_is_a_refusal(put: Put, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=f"^{NAME}: it is unset, and none can be kept in "):
        env.secret(NAME, folder=tmp_path / "file")


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: env.sender("SAID", "JADA <a@example.com>"), "notanaddress"),
        (lambda: env.hosts("SAID", []), "http://a b"),
        (lambda: env.bucket("SAID"), "Bad Bucket"),
        (lambda: env.prefix("SAID"), "../../x"),
    ],
)
def test_a_value_that_would_only_fail_later_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], object], value: str
) -> None:
    monkeypatch.setenv("SAID", value)
    with pytest.raises(ImproperlyConfigured, match=r"^SAID: "):
        read()


def test_what_a_bucket_a_prefix_a_sender_and_hosts_look_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAID", "guests.sailjada.com")
    assert (env.bucket("SAID"), env.prefix("SAID"), env.hosts("SAID", [])) == (
        "guests.sailjada.com",
        "guests.sailjada.com",
        ["guests.sailjada.com"],
    )
    monkeypatch.setenv("SAID", "Queen <office@sailjada.com>")
    assert env.sender("SAID", "") == "Queen <office@sailjada.com>"
