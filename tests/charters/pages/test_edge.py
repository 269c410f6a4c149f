"""What a phone is served, in words, whatever a server does."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from charters.pages.edge import Served, served
from jada.core.errors import AdapterError
from tests.fakes import page_server as fake
from tests.fakes.page_server import PageServer, Respond

DIGEST = "a1" * 32
PAGE = f'<!doctype html><meta charset="utf-8"><meta name="jada:digest" content="{DIGEST}"><p>3 PM'.encode()
NO_ANSWER = "The public address of the pages does not answer."


def asked(site: PageServer, answer: Respond) -> Served:
    site.answer = answer
    return served(f"{site.address}/2026-05-30/danika-token.html")


def test_a_page_of_ours_is_known_by_its_digest(site: PageServer) -> None:
    assert asked(site, fake.copy(PAGE)) == Served(DIGEST)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (fake.status(404), "The public address says that there is no such page."),
        (fake.status(500), "The public address answers with an error (500)."),
        (fake.status(302), "The public address answers with an error (302)."),
        (
            fake.copy(b"<!doctype html><title>This domain is parked</title>"),
            "The public address serves something that is no page of ours.",
        ),
        (fake.copy(b""), "The public address serves something that is no page of ours."),
        (fake.copy(b" " * 2_000 + PAGE), "The public address serves something that is no page of ours."),
    ],
    ids=["not found", "broken", "moved", "foreign", "empty", "ours inside another's"],
)
def test_anything_else_is_told_in_words(site: PageServer, answer: Respond, words: str) -> None:
    assert asked(site, answer) == Served(None, words)


@pytest.mark.parametrize("answer", [fake.drop, fake.cut_off(PAGE * 100)], ids=["dropped", "cut off"])
def test_a_broken_connection_proves_nothing(site: PageServer, answer: Respond) -> None:
    with pytest.raises(AdapterError, match=f"^{NO_ANSWER}$"):
        asked(site, answer)


def test_nobody_at_the_address_proves_nothing() -> None:
    with pytest.raises(AdapterError, match=f"^{NO_ANSWER}$"):
        served("http://127.0.0.1:9/2026-05-30/danika-token.html")


def test_after_a_broken_connection_the_next_is_good(site: PageServer) -> None:
    with pytest.raises(AdapterError):
        asked(site, fake.drop)
    assert asked(site, fake.copy(PAGE)) == Served(DIGEST)


def test_who_hangs_and_who_drips_is_given_up_in_seconds(site: PageServer) -> None:
    site.answer = fake.only_for("hang", fake.hang, fake.drip)

    def outcome(name: str) -> str:
        try:
            return str(served(f"{site.address}/{name}"))
        except AdapterError as error:
            return str(error)

    started = time.monotonic()
    with ThreadPoolExecutor() as pool:
        assert list(pool.map(outcome, ["hang", "drip"])) == [NO_ANSWER, NO_ANSWER]
    assert time.monotonic() - started < 8


def test_a_page_without_end_is_given_up(site: PageServer) -> None:
    with pytest.raises(AdapterError, match=f"^{NO_ANSWER}$"):
        asked(site, fake.copy(PAGE + b" " * 2_000_000))
