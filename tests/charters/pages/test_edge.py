"""What a phone is served, in words, whatever a server does."""

import gzip
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from charters.pages.edge import Served, gone, served, spread
from jada.core.errors import AdapterError
from tests.fakes import page_server as fake
from tests.fakes.edge_server import Edge, edge_server, folder_origin
from tests.fakes.page_server import PageServer, Respond

DIGEST = "a1" * 32
PAGE = f'<!doctype html><meta charset="utf-8"><meta name="jada:digest" content="{DIGEST}"><p>3 PM'.encode()
PATH = "/2026-05-30/danika-token.html"
NO_ANSWER = "The public address of the pages does not answer."
NO_PAGE = "The public address says that there is no such page."
NOT_OURS = "The public address serves something that is no page of ours."


def asked(site: PageServer, answer: Respond) -> Served:
    site.answer = answer
    return served(f"{site.address}{PATH}")


def with_headers(body: bytes, *headers: tuple[str, str]) -> Respond:
    """A whole answer with further headers."""

    def respond(request: Any) -> None:
        request.send_response(200)
        for name, value in (("Content-Length", str(len(body))), *headers):
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return respond


# -- what it is ---------------------------------------------------------------------------------------------


def test_a_page_of_ours_is_known_by_its_digest(site: PageServer) -> None:
    assert asked(site, fake.copy(PAGE)) == Served(DIGEST, content=PAGE, status=200)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (404, NO_PAGE),
        (410, NO_PAGE),
        (403, "The public address answers with an error (403)."),
        (500, "The public address answers with an error (500)."),
        (302, "The public address answers with an error (302)."),
    ],
)
def test_another_status_is_told_in_words(site: PageServer, code: int, words: str) -> None:
    assert asked(site, fake.status(code)) == Served(None, words, status=code)


@pytest.mark.parametrize(
    "content",
    [b"<!doctype html><title>This domain is parked</title>", b"", b" " * 2_000 + PAGE],
    ids=["foreign", "empty", "ours inside another's"],
)
def test_a_strangers_page_is_told_in_words_and_kept_to_be_read(site: PageServer, content: bytes) -> None:
    assert asked(site, fake.copy(content)) == Served(None, NOT_OURS, content, status=200)


def test_it_asks_as_a_phone_does_and_leads_around_no_cache(site: PageServer) -> None:
    sent: list[tuple[str, dict[str, str]]] = []

    def respond(request: Any) -> None:
        sent.append((request.requestline, dict(request.headers)))
        fake.send(request, PAGE)

    asked(site, respond)
    host = site.address.removeprefix("http://")
    headers = {"Host": host, "User-Agent": "JADA-verify/1", "Accept-Encoding": "gzip"}
    assert sent == [(f"GET {PATH} HTTP/1.1", headers)]


def test_a_compressed_page_is_read(site: PageServer) -> None:
    answer = with_headers(gzip.compress(PAGE), ("Content-Encoding", "gzip"))
    assert asked(site, answer) == Served(DIGEST, content=PAGE, status=200)


# -- through what -------------------------------------------------------------------------------------------


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Edge]:
    """An edge of one place before a folder with a page."""
    (tmp_path / "page.html").write_bytes(PAGE)
    with edge_server(folder_origin(tmp_path), locations=("SFO53-C1",)) as started:
        yield started


def test_the_edge_tells_how_old_its_copy_is(edge: Edge) -> None:
    moment = 1_000.0
    edge.api.now = lambda: moment
    first = served(f"{edge.address}/page.html").through
    moment += 312.4
    assert (first, served(f"{edge.address}/page.html").through) == (
        "Miss from cloudfront",
        "Hit from cloudfront, 312 s old",
    )


def test_an_absent_page_tells_its_way_too(edge: Edge) -> None:
    assert served(f"{edge.address}/other.html") == Served(None, NO_PAGE, through="Error from cloudfront", status=404)


@pytest.mark.parametrize(
    ("headers", "through"),
    [
        ([], ""),
        ([("Age", "7")], "7 s old"),
        ([("X-Cache", "HIT"), ("Age", "soon")], "HIT"),
        ([("X-Cache", "HIT, HIT"), ("Age", "-1")], "HIT, HIT"),
        ([("X-Cache", "x" * 500), ("Age", "1" * 500)], f"{'x' * 79}…"),
    ],
)
def test_another_edge_is_quoted_with_care(site: PageServer, headers: list[tuple[str, str]], through: str) -> None:
    assert asked(site, with_headers(PAGE, *headers)).through == through


# -- no answer ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        fake.drop,
        fake.cut_off(PAGE * 100),
        with_headers(PAGE, ("Content-Encoding", "gzip")),
        with_headers(gzip.compress(PAGE)[:-9], ("Content-Encoding", "gzip")),
        with_headers(gzip.compress(PAGE + b" " * 2_000_000), ("Content-Encoding", "gzip")),
        fake.copy(PAGE + b" " * 2_000_000),
    ],
    ids=["dropped", "cut off", "no gzip", "half a gzip", "a bomb", "without end"],
)
def test_a_broken_answer_proves_nothing(site: PageServer, answer: Respond) -> None:
    with pytest.raises(AdapterError, match=f"^{NO_ANSWER}$"):
        asked(site, answer)


@pytest.mark.parametrize("ask", [served, gone])
def test_nobody_at_the_address_proves_nothing(ask: Any) -> None:
    with pytest.raises(AdapterError, match=f"^{NO_ANSWER}$"):
        ask(f"http://127.0.0.1:9{PATH}")


def test_after_a_broken_connection_the_next_is_good(site: PageServer) -> None:
    with pytest.raises(AdapterError):
        asked(site, fake.drop)
    assert asked(site, fake.copy(PAGE)).digest == DIGEST


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


# -- gone ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (fake.status(404), ""),
        (fake.status(410), ""),
        (fake.status(403), ""),
        (fake.copy(PAGE), "The public address still shows the page."),
        (fake.copy(b"<title>This domain is parked</title>"), NOT_OURS),
        (fake.status(302), "The public address answers with an error (302)."),
        (fake.status(503), "The public address answers with an error (503)."),
    ],
    ids=["not found", "gone", "refused", "still there", "foreign", "moved", "broken"],
)
def test_only_a_page_that_is_denied_is_gone(site: PageServer, answer: Respond, reason: str) -> None:
    site.answer = answer
    assert gone(f"{site.address}{PATH}").reason == reason


# -- spread over a window -----------------------------------------------------------------------------------


def test_each_item_comes_with_its_result() -> None:
    found = spread(range(100), per_second=None, act=lambda number: number * number, threads=4)
    assert sorted(found) == [(number, number * number) for number in range(100)]


def test_nothing_to_do_gives_nothing() -> None:
    assert list(spread([], per_second=1, act=str, threads=4)) == []


def test_they_are_begun_at_even_distances() -> None:
    started, begun = time.monotonic(), []
    list(spread(range(11), per_second=50, act=lambda _: begun.append(time.monotonic() - started), threads=4))

    # A thread may be late, never early: the eleventh comes after a fifth of a second.
    assert [turn for turn, at in enumerate(sorted(begun)) if at < turn / 50] == []


def test_slow_answers_do_not_slow_the_rate() -> None:
    started = time.monotonic()
    list(spread(range(10), per_second=50, act=lambda _: time.sleep(0.15), threads=10))
    assert time.monotonic() - started < 1


def test_no_more_are_under_way_than_there_are_threads() -> None:
    lock, under_way, most = threading.Lock(), 0, 0

    def act(_: int) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.01)
        with lock:
            under_way -= 1

    list(spread(range(30), per_second=None, act=act, threads=3))
    assert most == 3


def test_who_looks_no_further_ends_it_at_once() -> None:
    begun: list[int] = []
    found = spread(range(1_000), per_second=0.5, act=begun.append, threads=4)
    started = time.monotonic()
    next(found)
    found.close()  # type: ignore[attr-defined]

    assert time.monotonic() - started < 1
    assert (begun, threads_of_the_edge()) == ([0], [])


def test_an_error_is_raised_where_the_results_are_awaited_and_ends_it() -> None:
    begun: list[int] = []

    def act(number: int) -> int:
        begun.append(number)
        return 1 // (number - 3)

    with pytest.raises(ZeroDivisionError):
        list(spread(range(1_000), per_second=200, act=act, threads=2))
    assert len(begun) < 20
    assert threads_of_the_edge() == []


def threads_of_the_edge() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("edge")]


def test_results_that_nobody_takes_do_not_pile_up() -> None:
    begun: list[int] = []
    found = spread(range(1_000), per_second=None, act=begun.append, threads=2)
    next(found)
    time.sleep(0.1)

    assert len(begun) <= 5
    found.close()  # type: ignore[attr-defined]
