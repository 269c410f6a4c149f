"""Where pages are put and seen, on the Thursday before the reference weekend: a folder, or a bucket behind an edge."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from charters.pages import cloudfront
from jada.core import clock
from jada.settings import pages_bucket
from tests.charters.pages.sailing import THURSDAY
from tests.fakes.aws_server import Aws, aws_server
from tests.fakes.edge_server import DISTRIBUTION, BucketOrigin, Edge, edge_server
from tests.fakes.page_server import PageServer, page_server

BUCKET, PREFIX = "guest-pages", "guests"


@pytest.fixture
def thursday() -> Iterator[None]:
    clock.stop_at(THURSDAY)
    yield
    clock.stop_at(None)


@pytest.fixture
def site(thursday: None, tmp_path: Path, settings: pytest.FixtureRequest) -> Iterator[PageServer]:
    """Where the pages are put, and where a phone finds them."""
    with page_server(tmp_path) as server:
        options = {"location": tmp_path, "base_url": f"{server.address}/"}
        settings.STORAGES = {  # type: ignore[attr-defined]
            **settings.STORAGES,  # type: ignore[attr-defined]
            "pages": {"BACKEND": "charters.pages.store.PageFolder", "OPTIONS": options},
        }
        settings.GUEST_PAGES_FOLDER = tmp_path  # type: ignore[attr-defined]
        settings.GUEST_PAGES_URL = server.address  # type: ignore[attr-defined]
        yield server


@dataclass
class Behind:
    """A versioned bucket and the caching edge before it, at one AWS endpoint."""

    aws: Aws
    edge: Edge

    def put(self, path: str, content: bytes) -> None:
        """Somebody puts a file beside us, with the vendor's tool."""
        client = self.aws.client()
        client.put_object(Bucket=BUCKET, Key=f"{PREFIX}/{path}", Body=content, ContentType="text/html; charset=utf-8")
        client.close()

    def delete(self, path: str) -> None:
        """Somebody deletes a file."""
        client = self.aws.client()
        client.delete_object(Bucket=BUCKET, Key=f"{PREFIX}/{path}")
        client.close()

    def stored(self) -> dict[str, bytes]:
        """All that lies in the bucket."""
        client = self.aws.client()
        keys = [each["Key"] for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        found = {
            key.removeprefix(f"{PREFIX}/"): client.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys
        }
        client.close()
        return found

    def versions(self, path: str) -> int:
        """How many versions and delete markers of it are kept."""
        client = self.aws.client()
        found = client.list_object_versions(Bucket=BUCKET, Prefix=f"{PREFIX}/{path}")
        client.close()
        return len(found.get("Versions", [])) + len(found.get("DeleteMarkers", []))


@pytest.fixture(scope="session")
def aws_endpoint() -> Iterator[Aws]:
    with aws_server() as server:
        yield server


@pytest.fixture
def behind(
    thursday: None, aws_endpoint: Aws, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Behind]:
    """Pages in a bucket, with CloudFront's stand-in before it."""
    aws_endpoint.reset()
    for name, value in aws_endpoint.environment().items():
        monkeypatch.setenv(name, value)
    aws_endpoint.make_bucket(BUCKET, versioned=True)
    with edge_server(BucketOrigin(aws_endpoint.address, BUCKET, PREFIX)) as edge:
        aws_endpoint.cloudfront = edge.api
        settings.STORAGES = {**settings.STORAGES, "pages": pages_bucket(BUCKET, PREFIX)}  # type: ignore[attr-defined]
        settings.GUEST_PAGES_URL = edge.address  # type: ignore[attr-defined]
        settings.CLOUDFRONT_DISTRIBUTION_ID = DISTRIBUTION  # type: ignore[attr-defined]
        cloudfront.forget_client()
        yield Behind(aws_endpoint, edge)
        cloudfront.forget_client()
