"""Pages in an S3 bucket, over the process's one client; nothing is decided here.

docs.aws.amazon.com/AmazonS3/latest/API (PutObject, GetObject, ListObjectsV2, DeleteObjects, ListObjectVersions). It
needs s3:PutObject, s3:GetObject, s3:ListBucket and s3:DeleteObject; in a bucket that keeps versions also
s3:ListBucketVersions and s3:DeleteObjectVersion. No call belongs inside a transaction.
"""

import base64
import hashlib
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import groupby, islice
from os.path import commonprefix
from typing import TYPE_CHECKING, cast

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
)

from charters.pages.pace import Pace
from jada.core.errors import AdapterError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import DeleteObjectsOutputTypeDef, ObjectIdentifierTypeDef
    from storages.backends.s3 import S3Storage

SERVICE = "s3"
CONTENT_TYPE = "text/html; charset=utf-8"
PAGE = 1_000  # of a listing and of a removal, at most (API reference)
SLOW_DOWN_SECONDS = 5.0
MOST_THREADS = 32
# What was learnt of the bucket's latency is good for so long: for the batches of one walk.
PACE_SECONDS = 60.0
THROTTLED = frozenset({"SlowDown", "ServiceUnavailable", "RequestLimitExceeded", "Throttling", "503", "429"})
PERMANENT = frozenset(
    {
        "AccessDenied",
        "AllAccessDisabled",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidBucketName",
        "NoSuchBucket",
        "PermanentRedirect",
        "SignatureDoesNotMatch",
    }
)


@dataclass(slots=True)
class Bucket:
    """The client, and where in which bucket it keeps pages."""

    storage: "S3Storage"
    client: "S3Client"
    name: str
    prefix: str
    _pace: Pace | None = field(default=None, init=False)
    _paced_since: float = field(default=0.0, init=False)

    @property
    def pace(self) -> Pace:
        """How many puts at once: a thread more than there are connections would open one for each request."""
        if self._pace is None or time.monotonic() - self._paced_since > PACE_SECONDS:
            connections: int = self.client.meta.config.max_pool_connections  # type: ignore[attr-defined]
            self._pace, self._paced_since = Pace(most=min(MOST_THREADS, connections)), time.monotonic()
        return self._pace


_making = threading.Lock()
_made: Bucket | None = None


def bucket_of(storage: "S3Storage") -> Bucket:
    """The process's one, made when it is first wanted: a client is shared by all threads, and slow to make."""
    global _made
    with _making:
        if _made is None or _made.storage is not storage:
            if _made is not None:
                _made.client.close()
            client = cast("S3Client", storage.connection.meta.client)
            location = str(storage.location).strip("/")
            _made = Bucket(storage, client, storage.bucket_name, f"{location}/" if location else "")
        return _made


def put(bucket: Bucket, path: str, content: bytes, *, digest: str) -> tuple[str, bool]:
    """Store a page; its ETag, and whether the bucket wished us slower on the way. Raises AdapterError.

    The MD5 lets S3 refuse what was damaged on its way, and is what a bucket with object lock demands; it costs less
    than the checksum in a trailer that the client would send otherwise. Bytes, unlike a file, go without asking first
    (“Expect: 100-continue”), which spares a round trip.
    """
    with _translated("the page"):
        answer = bucket.client.put_object(
            Bucket=bucket.name,
            Key=f"{bucket.prefix}{path}",
            Body=content,
            ContentType=CONTENT_TYPE,
            ContentMD5=base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode(),
            Metadata={"digest": digest},
            **bucket.storage.get_object_parameters(path),
        )
    return answer["ETag"].strip('"'), answer["ResponseMetadata"]["RetryAttempts"] > 0


def read(bucket: Bucket, path: str, *, most: int) -> bytes | None:
    """The first `most` bytes of a page, None when there is none. Raises AdapterError."""
    with _translated("to hand out the page"):
        try:
            answer = bucket.client.get_object(Bucket=bucket.name, Key=f"{bucket.prefix}{path}")
        except bucket.client.exceptions.NoSuchKey:
            return None
        with closing(answer["Body"]) as body:
            return body.read(most)


def listing(bucket: Bucket) -> Iterator[tuple[str, str]]:
    """(path, ETag) of each object below the prefix, a thousand a request. Raises AdapterError.

    A name that ends in a slash is a console's folder, and left out.
    """
    pages = bucket.client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket.name, Prefix=bucket.prefix, PaginationConfig={"PageSize": PAGE}
    )
    with _translated("to be listed"):
        for page in pages:
            for each in page.get("Contents", []):
                if not each["Key"].endswith("/"):
                    yield each["Key"].removeprefix(bucket.prefix), each["ETag"].strip('"')


def remove(bucket: Bucket, paths: Sequence[str], *, history: bool) -> dict[str, str]:
    """Delete pages, a thousand a request; {path: why it was refused, in words}. Raises AdapterError.

    With `history` every earlier version goes too. Where a bucket keeps versions, a deletion only lays a marker on top
    of them, and the answer says so: that is how we learn it, without a request and without the right to read the
    bucket's settings. So the page is gone for its readers even where we may not touch what lies under the marker; that
    is a refusal all the same, for it holds names.
    """
    refused: dict[str, str] = {}
    covered: list[str] = []
    for answer in _deleted(bucket, [{"Key": key} for key in sorted({f"{bucket.prefix}{path}" for path in paths})]):
        covered += [each["Key"] for each in answer.get("Deleted", []) if each.get("DeleteMarker")]
        refused |= _refused(bucket, answer)
    for answer in _deleted(bucket, _versions(bucket, sorted(covered))) if history else ():
        refused |= _refused(bucket, answer)
    return refused


def _deleted(bucket: Bucket, objects: "Iterable[ObjectIdentifierTypeDef]") -> "Iterator[DeleteObjectsOutputTypeDef]":
    remaining = iter(objects)
    while batch := list(islice(remaining, PAGE)):
        with _translated("to remove pages"):
            yield bucket.client.delete_objects(Bucket=bucket.name, Delete={"Objects": batch})


def _versions(bucket: Bucket, keys: Sequence[str]) -> "Iterator[ObjectIdentifierTypeDef]":
    """Every version and delete marker of the keys, which are sorted: one listing for each folder of them."""
    paginator = bucket.client.get_paginator("list_object_versions")
    for _, together in groupby(keys, key=lambda key: key.rpartition("/")[0]):
        wanted = set(together)
        prefix = commonprefix(list(wanted))  # noqa: RUF071 - of the letters, as S3 takes it
        with _translated("to show earlier versions of pages, which may hold guests' names"):
            for page in paginator.paginate(Bucket=bucket.name, Prefix=prefix, PaginationConfig={"PageSize": PAGE}):
                for each in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                    if each["Key"] in wanted:
                        yield {"Key": each["Key"], "VersionId": each["VersionId"]}


def _refused(bucket: Bucket, answer: "DeleteObjectsOutputTypeDef") -> dict[str, str]:
    return {
        each["Key"].removeprefix(
            bucket.prefix
        ): f"The bucket refused to remove it ({each.get('Code') or 'no reason given'})."
        for each in answer.get("Errors", [])
    }


@contextmanager
def _translated(what: str) -> Iterator[None]:
    """Botocore's errors in our words, once: “The bucket refused `what`”."""
    try:
        yield
    except ClientError as error:
        raise _refusal(error, what) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise AdapterError("There are no AWS credentials for the bucket.", service=SERVICE, permanent=True) from error
    except (ConnectTimeoutError, ReadTimeoutError) as error:
        raise AdapterError("The bucket takes too long to answer.", service=SERVICE) from error
    except BotoCoreError as error:
        raise AdapterError("The bucket cannot be reached.", service=SERVICE) from error


def _refusal(error: ClientError, what: str) -> AdapterError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in THROTTLED:
        return AdapterError("The bucket asks us to slow down.", service=SERVICE, retry_after=SLOW_DOWN_SECONDS)
    words = f"The bucket refused {what} ({code or 'no reason given'})."
    return AdapterError(words, service=SERVICE, permanent=code in PERMANENT)
