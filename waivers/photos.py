"""The guests' pictures of a trip: found by the code on their page, kept in private, shown to the office alone."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from charters.models import Charter, GuestPage
from jada.core import links
from jada.core.clock import now
from jada.core.errors import AdapterError
from waivers.models import Photo
from waivers.pictures import PictureRefused, made_anew

OPEN_AFTER_TRIP = timedelta(days=30)
MOST_AT_ONCE = 10
MOST_BYTES = 15_000_000  # a file
MOST_A_CHARTER = 200
LONGEST_NAME = 40


@dataclass(slots=True)
class Received:
    """What became of the files that were sent; `problems` name each file that was not kept, and say why."""

    kept: int = 0
    known: int = 0
    problems: list[str] = field(default_factory=list)


def find(code: str) -> GuestPage | None:
    """The page whose photo code this is, however it was typed; unknown, expired and called off look the same."""
    pages = GuestPage.objects.select_related("charter__vessel__brand", "charter__dock", "charter__calendar")
    page = pages.filter(photo_lookup=links.lookup(links.plain_code(code))).first()
    if page is None or page.charter.status == Charter.Status.CANCELLED:
        return None
    return page if page.charter.is_charter and now() <= page.charter.ends_at + OPEN_AFTER_TRIP else None


def receive(charter: Charter, files: "Iterable[UploadedFile[bytes]]") -> Received:
    """Keep what can be kept; each file stands or falls alone."""
    received = Received()
    for number, file in enumerate(files):
        try:
            if number >= MOST_AT_ONCE:
                raise PictureRefused(f"was left out: at most {MOST_AT_ONCE} pictures at a time. Please send it next")
            if _keep(charter, file):
                received.kept += 1
            else:
                received.known += 1
        except (PictureRefused, AdapterError) as error:
            received.problems.append(f"{_shown_name(file)} {error}.")
    return received


def remove(photo: Photo) -> None:
    """The picture and its row, by the office's hand."""
    photo.delete()
    transaction.on_commit(lambda: storages["default"].delete(photo.file))


def _keep(charter: Charter, file: "UploadedFile[bytes]") -> bool:
    """Whether the picture is a new one; the storage is spoken to outside any transaction."""
    if (file.size or 0) > MOST_BYTES:
        raise PictureRefused(f"is larger than {MOST_BYTES // 1_000_000} MB. Please send a smaller copy")
    digest = _digest(file)
    known = Photo.objects.filter(charter=charter)
    if known.filter(digest=digest).exists():
        return False
    if known.count() >= MOST_A_CHARTER:
        raise PictureRefused(f"was not kept: there are {MOST_A_CHARTER} pictures of this trip already. Thank you")
    file.seek(0)
    content = made_anew(file)  # type: ignore[arg-type]  # an UploadedFile reads and seeks as a file does
    name = _put(content)
    try:
        is_new = _record(charter, digest, name, len(content))
    except BaseException:
        storages["default"].delete(name)
        raise
    if not is_new:
        storages["default"].delete(name)
    return is_new


def _digest(file: "UploadedFile[bytes]") -> bytes:
    file.seek(0)
    digest = hashlib.sha256()
    for part in file.chunks():
        digest.update(part)
    return digest.digest()


def _put(content: bytes) -> str:
    try:
        return storages["default"].save(f"photos/{secrets.token_hex(16)}.jpg", ContentFile(content))
    except (OSError, ClientError, BotoCoreError) as error:
        raise AdapterError("could not be kept at this moment. Please send it once more", service="media") from error


def _record(charter: Charter, digest: bytes, name: str, size: int) -> bool:
    """One after another for a charter, so that its limit holds however many send at once."""
    try:
        with transaction.atomic():
            Charter.objects.select_for_update(no_key=True).get(pk=charter.pk)
            if Photo.objects.filter(charter=charter).count() >= MOST_A_CHARTER:
                raise PictureRefused(
                    f"was not kept: there are {MOST_A_CHARTER} pictures of this trip already. Thank you"
                )
            Photo.objects.create(charter=charter, digest=digest, file=name, bytes=size, stored_at=now())
    except IntegrityError:
        return False
    return True


def _shown_name(file: "UploadedFile[bytes]") -> str:
    name = "".join(sign for sign in file.name or "" if sign.isprintable()).strip() or "A picture"
    return f"“{name}”" if len(name) <= LONGEST_NAME else f"“{name[:LONGEST_NAME]}…”"
