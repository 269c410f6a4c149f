"""The embedded servers, as real processes that are really killed. Nothing here reads the settings."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from jada.core.embedded import EmbeddedError, Membership, PageServing, addresses, join, nothing_runs
from jada.core.servers import binary

ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs it")

MEMBER = """
import sys
from pathlib import Path
from jada.core.embedded import EmbeddedError, join
try:
    membership = join(Path(sys.argv[1]), durable=False)
except EmbeddedError as error:
    sys.exit(str(error))
print("joined", flush=True)
sys.stdin.read()
"""

# A process that may not make user namespaces, as in a container whose seccomp profile forbids it: unshare(2)
# and clone(2) with CLONE_NEWUSER are refused with EPERM from here on (seccomp(2), classic BPF over
# seccomp_data).
WITHOUT_NAMESPACES = """
import ctypes, os, struct, sys
unshare = {"x86_64": 272, "aarch64": 97}[os.uname().machine]
step = lambda code, yes, no, k: struct.pack("HBBI", code, yes, no, k)
program = b"".join([step(0x20, 0, 0, 0), step(0x15, 0, 1, unshare), step(0x06, 0, 0, 0x00050001),
                    step(0x06, 0, 0, 0x7FFF0000)])
steps = ctypes.create_string_buffer(program)
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]
filter = Program(4, ctypes.cast(steps, ctypes.c_void_p).value)
if ctypes.CDLL(None).prctl(22, 2, ctypes.byref(filter), 0, 0) != 0:
    sys.exit("no seccomp here")
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


class Member:
    """Another program that uses the servers."""

    def __init__(self, var: Path, *before: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *before, "-c", MEMBER, str(var)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_joined(self) -> "Member":
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "joined\n", self.process.communicate()[1]
        return self

    def end(self, sign: signal.Signals) -> None:
        self.process.send_signal(sign)
        self.process.communicate()


@pytest.fixture
def var() -> Iterator[Path]:
    """A var folder with a short path, and no process in it afterwards whatever a test did."""
    folder = Path(tempfile.mkdtemp(prefix="jada-test-"))
    yield folder / "var"
    for process in running(folder):
        process.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def member(var: Path) -> Iterator[Callable[..., Member]]:
    members: list[Member] = []

    def start(folder: Path = var, *before: str) -> Member:
        members.append(Member(folder, *before))
        return members[-1]

    yield start
    for each in members:
        with each.process as process:
            process.kill()


def running(var: Path) -> list[psutil.Process]:
    """Every living process that belongs to a var folder: named on its command line, or at home in it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            ours = str(var) in " ".join(process.cmdline()) or process.cwd().startswith(str(var))
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def keeper(var: Path) -> psutil.Process:
    return next(process for process in running(var) if "jada.core.keeper" in process.cmdline())


def postmaster(var: Path) -> psutil.Process:
    return next(process for process in running(var) if "-D" in process.cmdline())


def soon(condition: Callable[[], bool], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return condition()


def connect(var: Path) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(addresses(var).database_url.replace("postgres://", "postgresql://"))


def ping(var: Path) -> bytes:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(addresses(var).redis_socket))
        client.sendall(b"PING\r\n")
        return client.recv(16)


def end(membership: Membership) -> None:
    membership.leave()
    assert membership.wait_gone(20)


def test_both_servers_answer_and_nothing_listens_on_a_network(var: Path) -> None:
    membership = join(var, durable=False)
    with connect(var) as connection:
        row = connection.execute("SELECT current_database(), current_user, lower('ÑANDÚ')").fetchone()
    assert row == ("jada", "jada", "ñandú")
    assert ping(var) == b"+PONG\r\n"
    assert [found for process in running(var) for found in process.net_connections("inet")] == []
    end(membership)
    assert running(var) == []


def test_two_share_the_servers_and_the_first_to_end_leaves_them_to_the_other(
    var: Path, member: Callable[..., Member]
) -> None:
    first, second = member(), member()
    first.wait_joined()
    second.wait_joined()
    before = postmaster(var).pid
    first.end(signal.SIGTERM)
    time.sleep(0.3)
    with connect(var) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert postmaster(var).pid == before
    second.end(signal.SIGTERM)
    assert soon(lambda: running(var) == [])


def test_a_killed_owner_leaves_no_process_behind(var: Path, member: Callable[..., Member]) -> None:
    owner = member().wait_joined()
    connection = connect(var)
    owner.end(signal.SIGKILL)
    assert soon(lambda: running(var) == [])
    assert nothing_runs(var)
    connection.close()


def test_a_killed_keeper_takes_the_servers_with_it_and_the_next_start_is_clean(var: Path) -> None:
    membership = join(var, durable=False)
    connection = connect(var)
    connection.execute("CREATE TABLE logbook AS SELECT 'calm' AS sea")
    connection.commit()
    keeper(var).kill()
    assert membership.wait_gone(10)
    assert running(var) == []
    assert not membership.is_kept()
    connection.close()
    again = join(var, durable=False)
    with connect(var) as connection:
        assert connection.execute("SELECT sea FROM logbook").fetchone() == ("calm",)
    end(again)


def test_after_everything_was_killed_at_once_the_next_start_is_clean(var: Path, member: Callable[..., Member]) -> None:
    member().wait_joined()
    for process in running(var):
        process.suspend()
    for process in running(var):
        process.kill()
    assert soon(lambda: running(var) == [])
    # The number in the note that Postgres left may be another process's by now.
    note = var / "postgres" / "postmaster.pid"
    note.write_text("\n".join([str(os.getpid()), *note.read_text().splitlines()[1:]]) + "\n")
    again = join(var, durable=False)
    assert ping(var) == b"+PONG\r\n"
    end(again)


@pytest.mark.parametrize("seconds", [0.2, 0.5])
def test_killed_while_the_database_is_made_it_starts_clean(
    var: Path, member: Callable[..., Member], seconds: float
) -> None:
    starting = member()
    time.sleep(seconds)
    for process in running(var):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    starting.process.wait()
    end(join(var, durable=False))
    assert not (var / "postgres.new").exists()


def test_a_killed_postgres_comes_back_while_somebody_needs_it(var: Path) -> None:
    membership = join(var, durable=False)
    before = postmaster(var)
    before.kill()

    def answers() -> bool:
        with contextlib.suppress(psycopg.Error), connect(var) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
        return False

    assert soon(answers)
    end(membership)


def test_who_joins_while_the_last_one_leaves_gets_servers(var: Path) -> None:
    first = join(var, database=False)
    assert first.leave()
    second = join(var, database=False)
    assert ping(var) == b"+PONG\r\n"
    assert first.wait_gone(5)  # of its own servers, not of those that others have since
    end(second)


@pytest.mark.parametrize("name", ["a" * 120, "50% über"])
def test_a_path_that_a_socket_cannot_have_is_replaced(var: Path, name: str) -> None:
    deep = var / name
    assert addresses(deep).sockets.parent == Path("/tmp")
    membership = join(deep, durable=False)
    assert addresses(deep).sockets.stat().st_mode & 0o777 == 0o700
    with connect(deep) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    end(membership)
    shutil.rmtree(addresses(deep).sockets)


def test_a_socket_folder_that_others_may_enter_is_refused(var: Path) -> None:
    where = addresses(var / ("b" * 120)).sockets
    where.mkdir(mode=0o755)
    with pytest.raises(EmbeddedError, match="is not a folder of ours alone"):
        join(var / ("b" * 120), durable=False)
    where.rmdir()


@as_root
def test_root_runs_it_in_a_folder_that_only_root_may_enter_and_owns_every_file(var: Path) -> None:
    var.mkdir(parents=True)
    var.parent.chmod(0o700)
    membership = join(var, durable=False)
    assert {path.stat().st_uid for path in var.rglob("*")} == {0}
    end(membership)


@as_root
def test_where_namespaces_are_refused_postgres_is_nobody(var: Path, member: Callable[..., Member]) -> None:
    var.mkdir(parents=True)
    var.parent.chmod(0o700)
    confined = member(var, "-c", WITHOUT_NAMESPACES).wait_joined()
    assert postmaster(var).username() == "nobody"
    with connect(var) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    keeper(var).kill()
    assert soon(lambda: {process.pid for process in running(var)} <= {confined.process.pid})
    confined.end(signal.SIGKILL)
    end(join(var, durable=False))  # the data change hands with the user
    assert (var / "postgres").stat().st_uid == 0


def test_a_var_that_cannot_be_made_is_said_in_one_sentence(var: Path, member: Callable[..., Member]) -> None:
    var.write_text("not a folder")
    refused = member().process
    said = refused.communicate()[1]
    assert (refused.returncode, said) == (1, f"{var} cannot be made: File exists.\n")


def test_the_servers_are_reached_without_reading_the_settings() -> None:
    malformed = {**os.environ, "PORT": "eighty"}
    imports = [sys.executable, "-c", "import jada.core.keeper, jada.startup"]
    assert subprocess.run(imports, cwd=ROOT, env=malformed, capture_output=True, text=True).stderr == ""


def test_a_wheel_that_is_not_installed_names_the_requirements() -> None:
    with pytest.raises(EmbeddedError, match=r"install requirements-dev\.txt, or set DATABASE_URL"):
        binary("no_such_wheel", "bin/*")


def test_a_server_that_cannot_start_quotes_the_end_of_its_log(var: Path) -> None:
    end(join(var, durable=False))
    (var / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedError, match=r"^Postgres did not start: .*pg_control.*postgres\.log"):
        join(var, durable=False)
    assert soon(lambda: nothing_runs(var))


def test_data_of_another_version_are_left_alone(var: Path) -> None:
    (var / "postgres").mkdir(parents=True)
    (var / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match="was made by Postgres 12 and this is Postgres 18"):
        join(var, durable=False)
    assert soon(lambda: nothing_runs(var))


# -- pages -----------------------------------------------------------------------------------------------


@pytest.fixture
def pages(var: Path) -> PageServing:
    folder = var / "pages"
    (folder / "2026-05-30").mkdir(parents=True)
    (folder / "2026-05-30" / "quinn.html").write_text("<p>Quinn</p>")
    (folder / "2026-05-30" / "quinn.ics").write_text("BEGIN:VCALENDAR")
    (var / "secret.html").write_text("secret")
    (folder / "link.html").symlink_to(var / "secret.html")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return PageServing(folder, f"http://127.0.0.1:{port}/pages", "no-cache, max-age=0")


def port_of(pages: PageServing) -> int:
    return int(pages.url.split(":")[2].split("/")[0])


def fetch(pages: PageServing, path: str, method: str = "GET") -> tuple[int, str | None, str | None, str]:
    client = http.client.HTTPConnection("127.0.0.1", port_of(pages), timeout=5)
    client.request(method, path)
    answer = client.getresponse()
    found = (answer.status, answer.getheader("Content-Type"), answer.getheader("Cache-Control"))
    text = answer.read().decode()
    client.close()
    return (*found, text)


def is_served(pages: PageServing) -> bool:
    with contextlib.suppress(ConnectionRefusedError):
        return fetch(pages, "/pages/2026-05-30/quinn.html")[0] == 200
    return False


def test_pages_answer_at_their_address_while_somebody_asks_for_them(var: Path, pages: PageServing) -> None:
    membership = join(var, pages=pages, database=False, broker=False)
    html = (200, "text/html; charset=utf-8", "no-cache, max-age=0")
    assert fetch(pages, "/pages/2026-05-30/quinn.html") == (*html, "<p>Quinn</p>")
    assert fetch(pages, "/pages/2026-05-30/quinn.html?v=2", "HEAD") == (*html, "")
    assert fetch(pages, "/pages/2026-05-30/quinn.ics")[:2] == (200, "text/calendar; charset=utf-8")
    end(membership)
    with pytest.raises(ConnectionRefusedError):
        fetch(pages, "/pages/2026-05-30/quinn.html")


@pytest.mark.parametrize(
    "path",
    [
        "/pages/", "/pages/2026-05-30", "/pages/2026-05-30/", "/pages/../secret.html", "/pages/%00",
        "/pages/%2e%2e/secret.html", "/pages/..%2fsecret.html", "/pages/link.html", "/pages//etc/passwd",
        "/secret.html",
    ],
)  # fmt: skip
def test_nothing_but_the_pages_is_served(var: Path, pages: PageServing, path: str) -> None:
    membership = join(var, pages=pages, database=False, broker=False)
    assert fetch(pages, path)[0] == 404
    end(membership)


def test_whoever_serves_the_port_itself_finds_it_free_and_gives_it_back(var: Path, pages: PageServing) -> None:
    command = join(var, pages=pages, database=False, broker=False)
    owner = join(var, owns_port=port_of(pages), database=False, broker=False)
    with socket.create_server(("127.0.0.1", port_of(pages))):
        assert owner.warnings == []
    owner.leave()
    assert soon(lambda: is_served(pages))
    end(command)


def test_a_port_that_somebody_else_has_is_a_warning_in_words(var: Path, pages: PageServing) -> None:
    with socket.create_server(("127.0.0.1", port_of(pages))):
        membership = join(var, pages=pages, database=False, broker=False)
    assert membership.warnings == [
        f"Port {port_of(pages)} cannot be had (Address already in use), so the pages in {pages.folder} "
        f"do not answer at {pages.url} just now."
    ]
    end(membership)
