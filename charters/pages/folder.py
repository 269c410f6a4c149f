"""Pages in a folder, for development: `STORAGES["pages"]` when no bucket is named."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from jada.core.errors import AdapterError

SERVICE = "folder"
_md5 = partial(hashlib.md5, usedforsecurity=False)


class PageFolder(FileSystemStorage):
    """A folder in which a page is there whole or not at all: a phone never reads half of one."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        self.write(name, content.read())
        return name

    def write(self, name: str, content: bytes) -> None:
        """Put the bytes under the name, in the place of what was there."""
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".page-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(draft, 0o644)
            os.replace(draft, target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: a page replaces the one before."""
        return name


def put(folder: PageFolder, path: str, content: bytes) -> str:
    """Store a page; its ETag. Raises AdapterError."""
    with _translated():
        folder.write(path, content)
    return etag_of(content)


def read(folder: PageFolder, path: str, *, most: int) -> bytes | None:
    """The first `most` bytes of a page, None when there is none. Raises AdapterError."""
    with _translated():
        try:
            with Path(folder.path(path)).open("rb") as file:
                return file.read(most)
        except FileNotFoundError:
            return None


def listing(folder: PageFolder) -> Iterator[tuple[str, str]]:
    """(path, ETag) of each file; names that begin with a dot are drafts, and left out. Raises AdapterError."""
    root = Path(folder.location)
    with _translated():
        if not root.is_dir():
            return
        for at, folders, files in os.walk(root, onerror=_raise):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in files:
                if name.startswith("."):
                    continue
                with suppress(FileNotFoundError):  # gone meanwhile
                    file = Path(at, name)
                    with file.open("rb") as content:  # whoever put it, of whatever size
                        etag = hashlib.file_digest(content, _md5).hexdigest()
                    yield file.relative_to(root).as_posix(), etag


def remove(folder: PageFolder, paths: Sequence[str]) -> dict[str, str]:
    """Delete pages; {path: why it was refused, in words}. Absent ones are fine."""
    refused: dict[str, str] = {}
    for path in paths:
        try:
            with _translated(), suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(folder.path(path))
        except AdapterError as error:
            refused[path] = str(error)
    return refused


def etag_of(content: bytes) -> str:
    """As S3 makes it of an object that was put in one part: MD5, in hex."""
    return _md5(content).hexdigest()


def _raise(error: OSError) -> None:
    raise error


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AdapterError(f"The pages' folder refused ({error.strerror or error}).", service=SERVICE) from error
