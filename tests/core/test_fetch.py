"""The one way out to an address somebody typed, against a server that misbehaves at the wire."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from jada.core.fetch import Answer, FetchError, fetch
from tests.fakes import feed_server as fake
from tests.fakes.feed_server import FeedServer, feed_server

FEED = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server(FEED) as serving:
        yield serving


def refusal(server: FeedServer, **options: float) -> str:
    with pytest.raises(FetchError) as raised:
        fetch(server.address, private=True, **options)
    return str(raised.value)


# -- the fake itself, read by urllib3 ------------------------------------------------------------------------


def test_the_fake_serves_a_whole_feed(server: FeedServer) -> None:
    with urllib3.PoolManager() as pool:
        assert pool.request("GET", server.address).data == FEED


def test_the_fake_answers_304_to_its_own_validator(server: FeedServer) -> None:
    server.answer = fake.whole(FEED, ETag='"1"')
    with urllib3.PoolManager() as pool:
        assert pool.request("GET", server.address, headers={"If-None-Match": '"1"'}).status == 304


def test_the_fakes_gzip_is_inflated(server: FeedServer) -> None:
    server.answer = fake.zipped(FEED)
    with urllib3.PoolManager() as pool:
        assert pool.request("GET", server.address).data == FEED


def test_the_fakes_bomb_inflates_to_what_was_asked(server: FeedServer) -> None:
    server.answer = fake.bomb(3_000_000)
    with urllib3.PoolManager() as pool:
        assert len(pool.request("GET", server.address).data) == 3_000_000


def test_the_fake_breaks_off_in_the_body(server: FeedServer) -> None:
    server.answer = fake.cut_off(FEED)
    with urllib3.PoolManager() as pool, pytest.raises(urllib3.exceptions.HTTPError):
        pool.request("GET", server.address, retries=False)


def test_the_fake_redirects(server: FeedServer) -> None:
    server.answer = fake.redirect_times(2, fake.whole(FEED))
    with urllib3.PoolManager() as pool:
        assert pool.request("GET", server.address).data == FEED


# -- what comes back -----------------------------------------------------------------------------------------


def test_a_feed_comes_back_with_its_validators(server: FeedServer) -> None:
    server.answer = fake.whole(FEED, **{"ETag": '"7"', "Last-Modified": "Fri, 20 Nov 2026 21:08:01 GMT"})
    assert fetch(server.address, private=True) == Answer(FEED, '"7"', "Fri, 20 Nov 2026 21:08:01 GMT")


def test_validators_are_sent_back_and_an_unchanged_feed_has_no_content(server: FeedServer) -> None:
    server.answer = fake.whole(FEED, ETag='"7"')
    assert fetch(server.address, private=True, etag='"7"') == Answer(None, '"7"', "")


def test_last_modified_alone_is_a_validator_too(server: FeedServer) -> None:
    moment = "Fri, 20 Nov 2026 21:08:01 GMT"
    server.answer = fake.whole(FEED, **{"Last-Modified": moment})
    assert fetch(server.address, private=True, last_modified=moment) == Answer(None, "", moment)


def test_nothing_changed_is_no_answer_to_a_first_question(server: FeedServer) -> None:
    server.answer = fake.status(304)
    assert refusal(server) == "The server answered with an error (304)."


def test_a_validator_that_cannot_be_kept_is_dropped(server: FeedServer) -> None:
    server.answer = fake.whole(FEED, ETag='"7\x007"')
    assert fetch(server.address, private=True) == Answer(FEED, "", "")


def test_a_zipped_feed_is_inflated(server: FeedServer) -> None:
    server.answer = fake.zipped(FEED)
    assert fetch(server.address, private=True).content == FEED


def test_an_empty_answer_is_an_answer(server: FeedServer) -> None:
    server.answer = fake.whole(b"")
    assert fetch(server.address, private=True).content == b""


def test_three_redirects_are_followed(server: FeedServer) -> None:
    server.answer = fake.redirect_times(3, fake.whole(FEED))
    assert fetch(server.address, private=True).content == FEED


def test_the_query_is_sent_and_the_fragment_is_not(server: FeedServer) -> None:
    fetch(f"{server.address}?key=a%20b&c=ü#part", private=True)
    assert server.requests[0]["path"] == "/basic.ics?key=a%20b&c=%C3%BC"


def test_the_host_is_named_as_in_the_address(server: FeedServer) -> None:
    address = server.address.replace("127.0.0.1", "localhost")
    fetch(address, private=True)
    assert server.requests[0]["host"] == address.split("/")[2]


# -- what does not -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [404, 410])
def test_a_feed_that_is_gone(server: FeedServer, code: int) -> None:
    server.answer = fake.status(code)
    assert refusal(server) == "The feed is gone from its address (the server says it does not exist)."


@pytest.mark.parametrize("code", [401, 403])
def test_a_feed_that_is_refused(server: FeedServer, code: int) -> None:
    server.answer = fake.status(code)
    assert refusal(server) == "The server refuses to show the feed; its secret address may have been renewed."


@pytest.mark.parametrize("code", [500, 503, 206, 418])
def test_an_error_of_the_servers(server: FeedServer, code: int) -> None:
    server.answer = fake.status(code)
    assert refusal(server) == f"The server answered with an error ({code})."


def test_a_feed_that_breaks_off(server: FeedServer) -> None:
    server.answer = fake.cut_off(FEED)
    assert refusal(server) == "The connection broke off before the feed was whole."


def test_a_server_that_hangs_up(server: FeedServer) -> None:
    server.answer = fake.hang_up_then(fake.whole(FEED))
    assert refusal(server) == "The connection broke off before the feed was whole."


def test_a_feed_over_20_mb(server: FeedServer) -> None:
    server.answer = fake.whole(bytes(20_000_001))
    assert refusal(server) == "The feed is larger than 20 MB."


def test_a_feed_of_20_mb_is_taken(server: FeedServer) -> None:
    server.answer = fake.whole(bytes(20_000_000))
    content = fetch(server.address, private=True).content
    assert content is not None
    assert len(content) == 20_000_000


def test_a_bomb_of_gzip_is_stopped_at_20_mb(server: FeedServer) -> None:
    server.answer = fake.bomb(60_000_000)
    assert refusal(server) == "The feed is larger than 20 MB."


def test_gzip_that_is_none(server: FeedServer) -> None:
    server.answer = fake.zipped_badly()
    assert refusal(server) == "The feed's compression is broken."


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "deflate"])
def test_compression_nobody_asked_for(server: FeedServer, encoding: str) -> None:
    server.answer = fake.zipped(FEED, encoding)
    assert refusal(server) == "The feed's compression is not one we asked for."


def test_four_redirects_are_too_many(server: FeedServer) -> None:
    server.answer = fake.redirect_times(4, fake.whole(FEED))
    assert refusal(server) == "The address redirects too often."


def test_a_redirect_without_an_address_ends(server: FeedServer) -> None:
    server.answer = fake.redirect("")
    assert refusal(server) == "The address redirects too often."


def test_a_redirect_to_a_file_is_refused(server: FeedServer) -> None:
    server.answer = fake.redirect("file:///etc/passwd")
    assert refusal(server) == "The address must begin with https://."


def test_a_redirect_with_a_login_is_refused(server: FeedServer) -> None:
    server.answer = fake.redirect("https://:@example.com/")
    assert refusal(server) == "The address names no host, or carries a login."


def test_nobody_at_home() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(FetchError, match=r"^The server cannot be reached\.$"):
        fetch(f"http://127.0.0.1:{port}/", private=True)


def test_a_server_without_tls(server: FeedServer) -> None:
    with pytest.raises(FetchError, match=r"^The server's certificate is not to be trusted\.$"):
        fetch(server.address.replace("http:", "https:"), private=True)


@pytest.mark.parametrize("address", ["https://", "https://:443/", "https:///x", "https://me:secret@example.com/"])
def test_an_address_without_a_host_or_with_a_login(address: str) -> None:
    with pytest.raises(FetchError, match=r"^The address names no host, or carries a login\.$"):
        fetch(address)


def test_a_port_that_is_none() -> None:
    with pytest.raises(FetchError, match=r"^The server cannot be reached\.$"):
        fetch("https://example.com:99999/")


def test_a_refusal_never_repeats_the_address(server: FeedServer) -> None:
    server.answer = fake.status(500)
    assert "basic.ics" not in refusal(server)


# -- certificates ----------------------------------------------------------------------------------------------

UNTRUSTED = r"^The server's certificate is not to be trusted\.$"


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[FeedServer]:
    """It has a certificate for localhost that it made itself."""
    with feed_server(FEED, certificate=fake.self_made_certificate(tmp_path, "localhost")) as serving:
        yield serving


def test_a_certificate_that_nobody_vouches_for(secure: FeedServer) -> None:
    with pytest.raises(FetchError, match=UNTRUSTED):
        fetch(secure.address.replace("127.0.0.1", "localhost"), private=True)


def test_a_certificate_that_is_vouched_for(secure: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
    assert fetch(secure.address.replace("127.0.0.1", "localhost"), private=True).content == FEED


def test_a_certificate_of_another_name(secure: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
    with pytest.raises(FetchError, match=UNTRUSTED):
        fetch(secure.address, private=True)
    assert secure.requests == []


# -- the time limit ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slow",
    [fake.drip(FEED * 10), fake.drip_headers(), fake.hang_up_then(fake.drip(FEED * 10))],
    ids=["body", "headers", "second connection"],
)
def test_a_server_that_drips_cannot_hold_us(server: FeedServer, slow: fake.Respond) -> None:
    server.answer = slow
    started = time.monotonic()
    refusal(server, seconds=0.3)
    assert time.monotonic() - started < 1.5


def test_a_drip_is_called_too_slow(server: FeedServer) -> None:
    server.answer = fake.drip(FEED)
    assert refusal(server, seconds=0.2) == "The feed took longer than 0.2 seconds."


def test_redirects_share_one_limit(server: FeedServer) -> None:
    server.answer = fake.redirect_times(2, fake.drip(FEED))
    assert refusal(server, seconds=0.2) == "The feed took longer than 0.2 seconds."


def test_a_server_that_says_nothing_is_too_slow() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(FetchError, match=r"longer than 0\.2 seconds"):
        fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/", private=True, seconds=0.2)


# -- private networks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[2002:7f00:1::]",
        "[64:ff9b::7f00:1]",
        "[::127.0.0.1]",
        "[fec0::1]",
        "[64:ff9b::a9fe:a9fe]",
    ],
)
def test_a_private_address_is_refused(host: str) -> None:
    with pytest.raises(FetchError, match=r"^The address lies on a private network\.$"):
        fetch(f"https://{host}/basic.ics")


def test_plain_http_is_refused_unless_private_hosts_are_allowed(server: FeedServer) -> None:
    with pytest.raises(FetchError, match=r"^The address must begin with https://\.$"):
        fetch(server.address)
    assert server.requests == []


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.com/", "gopher://127.0.0.1/", "//x/", ""])
def test_no_other_scheme_is_spoken(address: str) -> None:
    with pytest.raises(FetchError, match=r"^The address must begin with https://\.$"):
        fetch(address, private=True)


def test_a_name_nobody_knows() -> None:
    with pytest.raises(FetchError, match=r"^The host's name cannot be found\.$"):
        fetch("https://no-such-host.invalid/")
