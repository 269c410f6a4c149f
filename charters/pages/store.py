"""Where pages are put: a bucket, or a folder for development, through Django's storage API (`STORAGES["pages"]`)."""

import os
import tempfile
from pathlib import Path
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, storages

from jada.core.errors import AdapterError

CONTENT_TYPE = "text/html; charset=utf-8"
MOST_BYTES = 1_000_000


class PageFolder(FileSystemStorage):
    """A folder in which a page is there whole or not at all: a phone never reads half of one."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".page-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content.read())
            os.chmod(draft, 0o644)
            os.replace(draft, target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: a page replaces the one before."""
        return name


def put(path: str, content: bytes) -> None:
    """Store a page. Raises AdapterError."""
    file: Any = ContentFile(content, name=path)
    file.content_type = CONTENT_TYPE
    try:
        storages["pages"].save(path, file)
    except (OSError, ClientError, BotoCoreError) as error:
        raise _translated(error) from error


def read(path: str) -> bytes | None:
    """The stored page, None when there is none. Raises AdapterError."""
    try:
        with storages["pages"].open(path) as file:
            opened: IO[bytes] = file
            return opened.read(MOST_BYTES)
    except FileNotFoundError:
        return None
    except (OSError, ClientError, BotoCoreError) as error:
        raise _translated(error) from error


def _translated(error: Exception) -> AdapterError:
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        permanent = code in {"AccessDenied", "NoSuchBucket", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
        return AdapterError(
            f"The bucket refused the page ({code or 'no reason given'}).", service="s3", permanent=permanent
        )
    if isinstance(error, BotoCoreError):
        return AdapterError("The bucket cannot be reached.", service="s3")
    return AdapterError(f"The pages' folder refused ({getattr(error, 'strerror', None) or error}).", service="folder")
