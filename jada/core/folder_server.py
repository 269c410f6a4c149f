"""A small web server for a folder of pages, on loopback: they have an address while a command runs alone."""

import ipaddress
import mimetypes
import socket
import socketserver
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def loopback_address(url: str) -> tuple[str, int] | None:
    """Host and port to listen on for an address, None when it is not plain http on this machine alone."""
    parts = urlsplit(url)
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
    try:
        is_ours = parts.scheme == "http" and ipaddress.ip_address(host).is_loopback
        return (host, parts.port or 80) if is_ours else None
    except ValueError:  # a name, or a port that is none
        return None


class FolderServer:
    """Serves a folder under the path of `url` until closed; GET and HEAD of single files, no listings."""

    def __init__(self, folder: Path, url: str, cache_control: str) -> None:
        """Listen at once. Raises OSError for a port that is taken, ValueError for an address elsewhere."""
        address = loopback_address(url)
        if address is None:
            raise ValueError(f"{url} is not an address on this machine alone.")
        handler = type("Handler", (_Handler,), {
            "folder": folder, "prefix": urlsplit(url).path.rstrip("/") + "/", "cache_control": cache_control,
        })  # fmt: skip
        server = _IPv6Server if ":" in address[0] else _Server
        self._server = server(address, handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let go of the port before returning."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def server_bind(self) -> None:
        # HTTPServer would ask the name service for our name, which may take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])


class _IPv6Server(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    folder: Path
    prefix: str
    cache_control: str
    protocol_version = "HTTP/1.1"
    server_version = "jada"
    sys_version = ""
    timeout = 15

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        body = self._wanted()
        status = HTTPStatus.OK if body is not None else HTTPStatus.NOT_FOUND
        kind = self._kind() if body is not None else "text/plain; charset=utf-8"
        body = body if body is not None else b"There is no such page.\n"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", self.cache_control if status == HTTPStatus.OK else "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _wanted(self) -> bytes | None:
        """The file's bytes; None for a folder, what is not there, and any way out of the folder."""
        path = unquote(urlsplit(self.path).path)
        names = path.removeprefix(self.prefix).split("/")
        if not path.startswith(self.prefix) or any(name.startswith(".") or not name for name in names):
            return None
        try:
            file = self.folder.joinpath(*names).resolve(strict=True)
            return file.read_bytes() if file.is_relative_to(self.folder.resolve()) and file.is_file() else None
        except (OSError, ValueError):
            return None

    def _kind(self) -> str:
        suffix = Path(urlsplit(self.path).path).suffix.lower()
        return _TYPES.get(suffix) or mimetypes.guess_type("page" + suffix)[0] or "application/octet-stream"

    def log_message(self, *words: object) -> None:
        """Say nothing: addresses of pages are private."""
