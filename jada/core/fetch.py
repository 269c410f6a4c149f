"""The one way out to an address that somebody typed.

Guarded on every hop (OWASP, “Server-Side Request Forgery Prevention”): https alone, the name resolved once and the
connection made to that very address, no private network, three redirects, a limit of size after inflation and of
time over all. Vendors' own endpoints, which we configure, do not come through here.
"""

import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import parse_url
from urllib3.util.ssl_match_hostname import CertificateError

from jada.core.errors import AdapterError

SECONDS = 10.0
MOST_BYTES = 20_000_000
REDIRECTS = 3
# A gateway behind these (NAT64, RFC 6052; IPv4-compatible, RFC 4291) takes the last 32 bits for an IPv4 address.
CARRYING_IPV4 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))
AGENT = "JADA-calendar/1"


class FetchError(AdapterError):
    """The address did not give what was asked for; the text says why, without naming the address (it may be secret)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `content` is None when the server said that nothing changed (304)."""

    content: bytes | None
    etag: str
    last_modified: str


def fetch(
    address: str, *, private: bool = False, etag: str = "", last_modified: str = "", seconds: float = SECONDS
) -> Answer:
    """GET `address`, conditionally when validators are given. `private` allows a private network, and http.

    `seconds` is the limit over all, redirects included. Raises FetchError, in words for the office.
    """
    validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {name: value for name, value in validators.items() if value}
    conditional = bool(headers)
    headers |= {"User-Agent": AGENT, "Accept-Encoding": "gzip", "Accept": "text/calendar, */*;q=0.5"}
    deadline = _Deadline(seconds)
    try:
        for _ in range(REDIRECTS + 1):
            connection, target = _reach(address, private, deadline)
            try:
                host = {"Host": urlsplit(address).netloc}
                connection.request("GET", target, headers=headers | host, preload_content=False)
                response = connection.getresponse()
                if response.status not in {301, 302, 303, 307, 308}:
                    return _answer(response, deadline, conditional=conditional)
                address = urljoin(address, response.headers.get("Location", ""))
            finally:
                connection.close()
    except FetchError:
        raise
    except (urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError) as error:
        raise _translated(error, deadline) from error
    finally:
        deadline.stop()
    raise FetchError("The address redirects too often.", permanent=True)


class _Deadline:
    """Shuts the connection when the time is over, so that a server that drips bytes cannot hold us."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds
        self.passed = False
        self._connection: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def left(self) -> float:
        """Seconds until the end, a moment at least: what a connection may take to stand."""
        return max(0.05, self._ends - time.monotonic())

    def watch(self, connection: socket.socket | None) -> None:
        """Guard this connection from now on; TimeoutError when the time was over before it stood."""
        self._connection = connection
        if self.passed:
            raise TimeoutError

    def stop(self) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.passed = True
        if self._connection is not None:
            try:
                self._connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _reach(address: str, private: bool, deadline: _Deadline) -> tuple[HTTPConnection, str]:
    """A connection to the address's host, under the deadline's guard, and the target to ask it for.

    No pool: it would quietly connect anew, out of the deadline's sight, when a server hangs up at once.
    """
    host, port, secure = named(address, private=private)
    number = _resolve(host, port, private)
    connection: HTTPConnection
    if secure:
        connection = HTTPSConnection(
            number,
            port,
            timeout=deadline.left(),
            server_hostname=host,
            assert_hostname=host,
        )
    else:
        connection = HTTPConnection(number, port, timeout=deadline.left())
    try:
        connection.connect()
        deadline.watch(connection.sock)
    except BaseException:
        connection.close()
        raise
    return connection, parse_url(address).request_uri


def named(address: str, *, private: bool = False) -> tuple[str, int, bool]:
    """The host that an address names, its port, and whether it is spoken to under TLS; no network.

    Raises FetchError when `fetch` would refuse it whatever the host's name stands for, a host written as a number
    included; ValueError for no address at all.
    """
    parts = urlsplit(address)
    if parts.scheme not in ({"http", "https"} if private else {"https"}):
        raise FetchError("The address must begin with https://.", permanent=True)
    if not parts.hostname or parts.username is not None:
        raise FetchError("The address names no host, or carries a login.", permanent=True)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        _numbers(parts.hostname, port, private, flags=socket.AI_NUMERICHOST)
    except FetchError as error:
        if error.permanent:
            raise
    return parts.hostname, port, parts.scheme == "https"


def check_host(address: str, *, private: bool = False) -> None:
    """Look up where the host is. Raises FetchError: `permanent` when it is where `fetch` never goes."""
    host, port, _ = named(address, private=private)
    _resolve(host, port, private)


def _resolve(host: str, port: int, private: bool) -> str:
    return _numbers(host, port, private)[0]


def _numbers(host: str, port: int, private: bool, *, flags: int = 0) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, UnicodeError) as error:
        raise FetchError("The host's name cannot be found.") from error
    numbers = [str(entry[4][0]) for entry in found]
    if not private and not all(_public(number) for number in numbers):
        raise FetchError("The address lies on a private network.", permanent=True)
    return numbers


def _public(number: str) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    inner = None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if any(address in network for network in CARRYING_IPV4):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    unique = address.is_global and not address.is_multicast and not getattr(address, "is_site_local", False)
    return unique and (inner is None or inner.is_global)


def _answer(response: urllib3.BaseHTTPResponse, deadline: _Deadline, *, conditional: bool) -> Answer:
    etag, changed = _validator(response, "ETag", 200), _validator(response, "Last-Modified", 80)
    if response.status == 304 and conditional:
        return Answer(None, etag, changed)
    if response.status in {404, 410}:
        raise FetchError("The feed is gone from its address (the server says it does not exist).")
    if response.status in {401, 403}:
        raise FetchError("The server refuses to show the feed; its secret address may have been renewed.")
    if response.status != 200:
        raise FetchError(f"The server answered with an error ({response.status}).")
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in {"gzip", "x-gzip", "identity", ""}:
        raise FetchError("The feed's compression is not one we asked for.")
    chunks, size = [], 0
    for chunk in response.stream(65_536, decode_content=True):
        size += len(chunk)
        if size > MOST_BYTES:
            raise FetchError("The feed is larger than 20 MB.")
        chunks.append(chunk)
    if deadline.passed:
        raise TimeoutError
    return Answer(b"".join(chunks), etag, changed)


def _validator(response: urllib3.BaseHTTPResponse, name: str, longest: int) -> str:
    """A header to be sent back as it came, or '' when it is not fit to be kept."""
    value = response.headers.get(name, "")
    return value if value.isascii() and value.isprintable() and len(value) <= longest else ""


def _translated(error: Exception, deadline: _Deadline) -> FetchError:
    refused = isinstance(error, urllib3.exceptions.NewConnectionError)  # a kind of time-out, to urllib3
    if deadline.passed or (isinstance(error, urllib3.exceptions.TimeoutError | TimeoutError) and not refused):
        return FetchError(f"The feed took longer than {deadline.seconds:g} seconds.")
    if isinstance(error, urllib3.exceptions.SSLError | ssl.SSLError | CertificateError):
        return FetchError("The server's certificate is not to be trusted.")
    if isinstance(error, urllib3.exceptions.DecodeError):
        return FetchError("The feed's compression is broken.")
    if isinstance(error, urllib3.exceptions.ProtocolError | HTTPException | ConnectionResetError | BrokenPipeError):
        return FetchError("The connection broke off before the feed was whole.")
    return FetchError("The server cannot be reached.")
