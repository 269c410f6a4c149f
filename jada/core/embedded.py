"""Postgres and Valkey as child processes, for when DATABASE_URL or REDIS_URL is unset.

A *keeper* (jada/core/keeper.py) runs the servers of one var folder. Whoever needs them joins: starts the
keeper when there is none, and holds a connection to it until it ends. The kernel closes that connection
however a process ends, and with the last one the keeper stops the servers and goes. So several programs share
them, and none leaves them behind. One lock, var/embedded.lock, is held by the keeper *and* its servers: free
means that everything is gone.

Standard library only: the settings import this file for the addresses.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jada.core.processes import last_lines, open_log

READY_SECONDS = 60  # a server that has not answered by then is not going to
_JOIN_SECONDS = 150  # one keeper's end and two servers' starts
_SOCKET_BYTES = 107  # unix(7): sun_path has 108 bytes, the last of them zero
_LONGEST_NAME = ".s.PGSQL.5432"


class EmbeddedError(Exception):
    """The servers cannot be had; the text is one plain sentence for the person at the terminal."""


@dataclass(frozen=True)
class Addresses:
    """Where the servers of one var folder answer; `sockets` is a folder that only its owner may enter."""

    sockets: Path
    database_name: str = "jada"
    database_user: str = "jada"

    @property
    def database_host(self) -> Path:
        """The folder of Postgres' socket, which libpq takes for a host."""
        return self.sockets

    @property
    def database_url(self) -> str:
        """The form that django-environ and libpq both read."""
        return f"postgres://{self.database_user}@/{self.database_name}?host={quote(str(self.sockets))}"

    @property
    def redis_socket(self) -> Path:
        """Valkey's socket; Celery writes `redis+socket://` before it, Django's cache `unix://`."""
        return self.sockets / "valkey.sock"

    @property
    def control_socket(self) -> Path:
        """The keeper's own socket."""
        return self.sockets / "keeper.sock"


@dataclass(frozen=True)
class PageServing:
    """A folder of pages that shall answer at `url` (loopback http only) while we are there."""

    folder: Path
    url: str
    cache_control: str = "no-cache"


def addresses(var: Path) -> Addresses:
    """The addresses that belong to a var folder, whether anything runs there or not. Touches nothing.

    A path that is too long for a socket, or that some URL would have to quote (not every client unquotes), is
    replaced by a folder of our own under /tmp; it is not TMPDIR, for two terminals may differ in that.
    """
    real = Path(os.path.realpath(var))
    folder = real / "sockets"
    if len(os.fsencode(folder / _LONGEST_NAME)) <= _SOCKET_BYTES and re.fullmatch(r"[\w/.-]+", str(folder), re.A):
        return Addresses(folder)
    shared = Path("/tmp")  # noqa: S108 - the folder in it is private and checked before use
    if not os.access(shared, os.W_OK | os.X_OK):
        shared = Path(tempfile.gettempdir())
    name = f"jada-{os.geteuid()}-{hashlib.sha256(os.fsencode(real)).hexdigest()[:16]}"
    return Addresses(shared / name)


class Membership:
    """Our place among those who use the servers. Keep it until the process ends, or `leave`."""

    def __init__(
        self,
        var: Path,
        connection: socket.socket,
        keeper: subprocess.Popen[bytes] | None,
        warnings: list[str],
    ) -> None:
        self.warnings = warnings
        self._var = var
        self._connection = connection
        self._keeper = keeper
        self._joined = _identity(addresses(var).control_socket)

    def is_kept(self) -> bool:
        """Whether the keeper is still there; when not, the servers are gone and it is time to join again."""
        try:
            return self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def leave(self) -> bool:
        """Give our place up. True when we were the last and the servers are about to stop (`wait_gone`)."""
        last = False
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            self._connection.settimeout(5)
            answer = _read_line(self._connection)
            last = bool(answer and json.loads(answer).get("last"))
        if not last:
            self._connection.close()
        return last

    def wait_gone(self, timeout: float) -> bool:
        """Wait until the servers that we were the last to use have ended; False after `timeout` seconds.

        Whoever came in the meantime has a keeper of its own, which waited for the same.
        """
        until = time.monotonic() + timeout
        with contextlib.suppress(OSError), self._connection as connection:
            connection.settimeout(timeout)
            while connection.recv(1024):  # a keeper that ends lets go of its last client as the last thing
                pass
        control = addresses(self._var).control_socket
        while not nothing_runs(self._var) and _identity(control) in (None, self._joined):
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        if self._keeper is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._keeper.wait(1)
        return True


def nothing_runs(var: Path) -> bool:
    """Whether neither a keeper nor a server of this var folder is alive."""
    try:
        lock = os.open(var / "embedded.lock", os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def join(
    var: Path,
    *,
    pages: PageServing | None = None,
    owns_port: int | None = None,
    durable: bool = True,
    database: bool = True,
    broker: bool = True,
    progress: Callable[[str], None] = lambda line: None,
) -> Membership:
    """Have the servers run, and return when they answer.

    `pages` asks the keeper to serve a folder meanwhile; `owns_port` tells it that we serve on this port
    ourselves, and on return it has let go of it. `durable=False` trades safety against a power cut for speed
    (tests). `progress` hears one line before something slow. Raises EmbeddedError.
    """
    var = Path(os.path.realpath(var))
    where = addresses(var)
    prepare_folders(var, where)
    wish: dict[str, object] = {
        "database": database,
        "broker": broker,
        "durable": durable,
        "owns_port": owns_port,
        "pages": {**asdict(pages), "folder": str(pages.folder.absolute())} if pages else None,
    }
    if database and not (var / "postgres").exists():
        progress("Making an empty database in " + str(var / "postgres"))
    keeper: subprocess.Popen[bytes] | None = None
    until = time.monotonic() + _JOIN_SECONDS
    while time.monotonic() < until:
        connection = _connect(where.control_socket)
        answer = _ask(connection, wish, until) if connection else None
        if connection and answer:
            membership = Membership(var, connection, keeper, answer.get("warnings", []))
            if "error" not in answer:
                return membership
            if membership.leave():
                membership.wait_gone(READY_SECONDS)
            raise EmbeddedError(str(answer["error"]))
        if connection:
            connection.close()  # a keeper on its way out does not answer: the next one will
        if keeper is None or keeper.poll() is not None:
            if keeper is not None and keeper.returncode != 0:
                raise EmbeddedError(last_lines(var / "log" / "keeper.log", 1) or "The servers' keeper does not start.")
            keeper = _start_keeper(var)
        time.sleep(0.02)
    raise EmbeddedError(f"The embedded servers in {var} did not answer; their logs are in {var / 'log'}.")


def prepare_folders(var: Path, where: Addresses) -> None:
    """Make the folders, the one of the sockets private; raise EmbeddedError where that cannot be."""
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        (var / "log").mkdir(exist_ok=True)
        where.sockets.mkdir(mode=0o700, exist_ok=True)
        found = where.sockets.lstat()
    except OSError as error:
        raise EmbeddedError(f"{error.filename or var} cannot be made: {error.strerror}.") from error
    # A folder under /tmp may have been put there by somebody else, to listen in.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise EmbeddedError(f"{where.sockets} is not a folder of ours alone; remove it and start again.")
    for folder in (var, var / "log", where.sockets):
        if not os.access(folder, os.W_OK | os.X_OK):
            raise EmbeddedError(f"{folder} cannot be written to by this user.")


def _start_keeper(var: Path) -> subprocess.Popen[bytes]:
    """A keeper in a session of its own: Ctrl-C in our terminal is not meant for it."""
    try:
        with open_log(var / "log" / "keeper.log") as log:
            return subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "jada.core.keeper", str(var)],
                cwd=Path(__file__).parents[2],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
    except OSError as error:
        raise EmbeddedError(f"The servers' keeper does not start: {error.strerror} ({error.filename}).") from error


def _identity(control_socket: Path) -> tuple[int, int] | None:
    """What tells one keeper's socket from the next one's at the same path."""
    try:
        found = control_socket.stat()
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns


def _connect(path: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(5)
        connection.connect(str(path))
    except OSError:
        connection.close()
        return None
    return connection


def _ask(connection: socket.socket, wish: dict[str, object], until: float) -> dict[str, Any] | None:
    """The keeper's answer, None when it goes without one."""
    try:
        connection.settimeout(max(1.0, until - time.monotonic()))
        connection.sendall(json.dumps(wish).encode() + b"\n")
        line = _read_line(connection)
        connection.settimeout(None)
    except OSError:
        return None
    answer: dict[str, Any] | None = json.loads(line) if line else None
    return answer


def _read_line(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\n"):
        part = connection.recv(4096)
        if not part:
            return b""
        received += part
    return received
