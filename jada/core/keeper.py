"""The keeper of one var folder's servers: `python -m jada.core.keeper VAR`, started by `embedded.join`.

It runs what its clients ask for as long as one of them is connected. Killed, it takes the servers with it:
they asked the kernel for that (jada/core/processes.py).
"""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jada.core.embedded import (
    READY_SECONDS,
    Addresses,
    EmbeddedError,
    PageServing,
    addresses,
    prepare_folders,
)
from jada.core.folder_server import FolderServer, loopback_address
from jada.core.servers import Postgres, Server, Valkey

_FIRST_CLIENT_SECONDS = 10  # whoever started us connects at once, unless it was killed
_LOOK_AGAIN_SECONDS = 0.5


@dataclass(eq=False)
class Client:
    """What one connected process asked for."""

    database: bool
    broker: bool
    durable: bool
    owns_port: int | None
    pages: PageServing | None

    @classmethod
    def read(cls, line: bytes) -> "Client":
        """From the line that `jada.core.embedded.join` sends."""
        wish: dict[str, Any] = json.loads(line)
        pages = wish.pop("pages")
        return cls(**wish, pages=PageServing(**{**pages, "folder": Path(pages["folder"])}) if pages else None)


class Kept:
    """A server that is started when first needed and again whenever it dies by itself."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._start: asyncio.Task[None] | None = None
        self._revive: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Wait until the server answers; several may wait. Raises EmbeddedError."""
        if self._start is None or (self._start.done() and self._start.exception()):
            self._start = asyncio.create_task(self.server.start())
        await asyncio.shield(self._start)
        if self._revive is None:
            self._revive = asyncio.create_task(self._keep_alive())

    async def stop(self) -> None:
        """End the server, or its start."""
        tasks = [task for task in (self._start, self._revive) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.server.stop()

    async def _keep_alive(self) -> None:
        while True:
            if self.server.process is not None:
                code = await self.server.process.wait()
                say(f"{self.server.name} ended by itself ({code}); starting it again.")
            try:
                await self.server.start()
            except EmbeddedError as error:
                say(str(error))  # a killed Postgres' own children may still be on their way out
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)


class Keeper:
    """Clients in, servers up; the last client out, servers down."""

    def __init__(self, var: Path, where: Addresses, lock: int) -> None:
        self.var = var
        self.where = where
        self.lock = lock
        self.clients: set[Client] = set()
        self.closing = asyncio.Event()
        self.servers: dict[str, Kept] = {}
        self.page_servers: dict[PageServing, FolderServer] = {}
        self._listener: asyncio.Server | None = None
        self._parting: list[asyncio.StreamWriter] = []

    async def run(self) -> None:
        """Serve until the last client has gone, or somebody says SIGTERM."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.close)
        self.where.control_socket.unlink(missing_ok=True)
        self._listener = await asyncio.start_unix_server(self._serve, str(self.where.control_socket))
        loop.call_later(_FIRST_CLIENT_SECONDS, self._close_if_alone)
        while not self.closing.is_set():
            self.arrange_pages()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), _LOOK_AGAIN_SECONDS)
        self.clients.clear()
        self.arrange_pages()
        await asyncio.gather(*(kept.stop() for kept in self.servers.values()))

    def close(self) -> None:
        """Take no more clients; whoever knocks from now on starts the next keeper."""
        if self._listener is not None and not self.closing.is_set():
            self.closing.set()
            self._listener.close()
            self.where.control_socket.unlink(missing_ok=True)

    def _close_if_alone(self) -> None:
        if not self.clients:
            self.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, from its wish to its end."""
        with contextlib.suppress(ConnectionError):
            line = await reader.readline()
            if line and not self.closing.is_set():
                await self._host(Client.read(line), reader, writer)
        if self.closing.is_set():
            self._parting.append(writer)  # the last client shall see us gone when we are (Membership.wait_gone)
        else:
            writer.close()

    async def _host(self, client: Client, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.clients.add(client)
        answer = asyncio.create_task(self._welcome(client))
        left = asyncio.create_task(reader.read())
        try:
            await asyncio.wait({answer, left}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                writer.write(json.dumps(answer.result()).encode() + b"\n")
            await left
        finally:
            answer.cancel()
            self.clients.discard(client)
            self._close_if_alone()
            self.arrange_pages()
        writer.write(json.dumps({"last": not self.clients}).encode() + b"\n")

    async def _welcome(self, client: Client) -> dict[str, object]:
        """Have everything run that a client asked for, and say so, or why not."""
        try:
            if client.database:
                await self._kept("database", client).ready()
            if client.broker:
                await self._kept("broker", client).ready()
        except EmbeddedError as error:
            return {"error": str(error)}
        except OSError as error:  # a full disk, a folder that went away
            return {"error": f"The embedded servers cannot start: {error}."}
        return {"warnings": self.arrange_pages()}

    def _kept(self, name: str, client: Client) -> Kept:
        if name not in self.servers:
            server = (
                Postgres(self.var, self.where, self.lock, durable=client.durable)
                if name == "database"
                else Valkey(self.var, self.where, self.lock)
            )
            self.servers[name] = Kept(server)
        return self.servers[name]

    def arrange_pages(self) -> list[str]:
        """Serve the folders that clients asked for, except on a port that one of them serves itself.

        Asked again and again, because a port may come free. Returns why a folder is not served, in words.
        """
        owned = {client.owns_port for client in self.clients}
        wanted = {}
        for client in self.clients:
            address = loopback_address(client.pages.url) if client.pages else None
            if client.pages and address and address[1] not in owned:
                wanted[client.pages] = address
        for pages in set(self.page_servers) - set(wanted):
            self.page_servers.pop(pages).close()
        warnings = []
        for pages, (_, port) in wanted.items():
            if pages in self.page_servers:
                continue
            try:
                self.page_servers[pages] = FolderServer(pages.folder, pages.url, pages.cache_control)
            except OSError as error:
                warnings.append(
                    f"Port {port} cannot be had ({error.strerror}), so the pages in {pages.folder} "
                    f"do not answer at {pages.url} just now."
                )
        return warnings


def say(line: str) -> None:
    """One line in var/log/keeper.log."""
    print(time.strftime("%Y-%m-%d %H:%M:%S"), line, file=sys.stderr, flush=True)  # noqa: T201


def take_lock(var: Path, where: Addresses) -> int | None:
    """The lock of a var folder, once the last keeper's servers have ended; None when a keeper serves."""
    lock = os.open(var / "embedded.lock", os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with socket.socket(socket.AF_UNIX) as other:
                if other.connect_ex(str(where.control_socket)) == 0:
                    return None
            time.sleep(0.02)
        else:
            return lock
    raise EmbeddedError(f"Servers of an earlier run still hold {var / 'embedded.lock'}: end them and start again.")


async def keep(var: Path, where: Addresses, lock: int) -> None:
    """Run a keeper until its last client has gone."""
    await Keeper(var, where, lock).run()


def main() -> int:
    """Keep the servers of the folder named on the command line; 1 with a sentence when that cannot be."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    var = Path(sys.argv[1])
    where = addresses(var)
    try:
        prepare_folders(var, where)
        lock = take_lock(var, where)
        if lock is not None:
            asyncio.run(keep(var, where, lock))
    except (EmbeddedError, OSError) as error:
        print(f"The embedded servers cannot start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
