"""Where pages are put: a folder, and a bucket that speaks S3."""

import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.client import BaseClient
from moto.server import ThreadedMotoServer

from charters.models import GuestPage
from charters.pages import store
from jada.core.errors import AdapterError
from tests.charters.pages.sailing import danika, is_of, look
from tests.fakes.page_server import PageServer

PAGE = "2026-05-30/danika-token.html"


# -- the folder --------------------------------------------------------------------------------------------------


def test_a_page_is_kept_as_it_was_put(site: PageServer) -> None:
    store.put(PAGE, "<p>Zoë</p>".encode())
    assert store.read(PAGE) == "<p>Zoë</p>".encode()


def test_a_page_replaces_the_one_before(site: PageServer) -> None:
    store.put(PAGE, b"first, and longer")
    store.put(PAGE, b"second")
    assert [file.read_bytes() for file in site.folder.rglob("*") if file.is_file()] == [b"second"]


def test_a_page_that_is_not_there_is_none(site: PageServer) -> None:
    assert store.read(PAGE) is None


def test_a_web_server_may_read_the_page(site: PageServer) -> None:
    store.put(PAGE, b"page")
    assert (site.folder / PAGE).stat().st_mode & 0o777 == 0o644


def test_a_folder_that_refuses_is_told_in_words(site: PageServer) -> None:
    (site.folder / "2026-05-30").write_text("no folder")
    with pytest.raises(AdapterError, match=r"^The pages' folder refused \(File exists\)\.$"):
        store.put(PAGE, b"page")


def test_a_put_that_breaks_leaves_the_old_page_and_no_draft(site: PageServer) -> None:
    (site.folder / PAGE).mkdir(parents=True)
    with pytest.raises(AdapterError):
        store.put(PAGE, b"page")
    assert [file.name for file in (site.folder / "2026-05-30").iterdir()] == ["danika-token.html"]


def test_a_half_written_page_is_never_seen(site: PageServer) -> None:
    versions = {letter * 400_000 for letter in (b"a", b"b", b"c")}
    store.put(PAGE, b"a" * 400_000)
    over, seen = threading.Event(), set()

    def phone() -> None:
        while not over.is_set():
            seen.add((site.folder / PAGE).read_bytes())

    reader = threading.Thread(target=phone)
    reader.start()
    for _ in range(20):
        for version in versions:
            store.put(PAGE, version)
    over.set()
    reader.join()
    assert seen <= versions


# -- the bucket ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """The address of a server that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(aws: str, site: PageServer, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> BaseClient:
    """Pages go to the bucket “pages” below “guests”, as GUEST_PAGES_BUCKET and GUEST_PAGES_PREFIX set it."""
    for name, value in {
        "AWS_ENDPOINT_URL": aws,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-west-2",
    }.items():
        monkeypatch.setenv(name, value)
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "pages": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": "pages",
                "default_acl": None,
                "file_overwrite": True,
                "location": "guests",
                "object_parameters": {"CacheControl": "no-cache"},
                "querystring_auth": False,
            },
        },
    }
    settings.GUEST_PAGES_FOLDER = None  # type: ignore[attr-defined]
    client = boto3.client("s3")
    client.create_bucket(Bucket="pages", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    yield client
    for each in client.list_objects_v2(Bucket="pages").get("Contents", []):
        client.delete_object(Bucket="pages", Key=each["Key"])
    client.delete_bucket(Bucket="pages")
    client.close()


def test_a_page_in_the_bucket_says_what_it_is_and_how_long_it_is_good(bucket: BaseClient) -> None:
    store.put(PAGE, b"page")
    kept = bucket.get_object(Bucket="pages", Key=f"guests/{PAGE}")
    assert (kept["ContentType"], kept["CacheControl"], kept["Body"].read()) == (
        "text/html; charset=utf-8",
        "no-cache",
        b"page",
    )


def test_a_page_in_the_bucket_is_replaced_under_its_name(bucket: BaseClient) -> None:
    store.put(PAGE, b"first")
    store.put(PAGE, b"second")
    assert [each["Key"] for each in bucket.list_objects_v2(Bucket="pages")["Contents"]] == [f"guests/{PAGE}"]
    assert store.read(PAGE) == b"second"


def test_a_page_that_is_not_in_the_bucket_is_none(bucket: BaseClient) -> None:
    assert store.read(PAGE) is None


def test_a_bucket_that_is_not_there_refuses_for_good(bucket: BaseClient) -> None:
    bucket.delete_bucket(Bucket="pages")
    with pytest.raises(AdapterError) as refused:
        store.put(PAGE, b"page")
    assert (str(refused.value), refused.value.permanent) == ("The bucket refused the page (NoSuchBucket).", True)
    bucket.create_bucket(Bucket="pages", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})


@pytest.mark.django_db
def test_charters_are_published_to_the_bucket_below_its_prefix(bucket: BaseClient) -> None:
    charters = [danika(), danika()]
    look(layers=frozenset({"page"}))
    pages = GuestPage.objects.order_by("path")
    kept = {each["Key"] for each in bucket.list_objects_v2(Bucket="pages")["Contents"]}
    assert (len(charters), kept) == (2, {f"guests/{page.path}" for page in pages})
    assert [is_of(page, store.read(page.path) or b"") for page in pages] == [True, True]


@pytest.mark.django_db
def test_an_object_that_somebody_deleted_is_found_by_the_audit_and_put_again(bucket: BaseClient) -> None:
    danika()
    look(layers=frozenset({"page"}))
    page = GuestPage.objects.get()
    bucket.delete_object(Bucket="pages", Key=f"guests/{page.path}")
    report = look(layers=frozenset({"page"}), audit=True)
    assert [(each.actual, each.state) for each in report.changes] == [
        ("It is missing where pages are kept.", "applied")
    ]
    assert store.read(page.path) is not None


def test_the_folder_needs_no_bucket(site: PageServer) -> None:
    store.put(PAGE, b"page")
    assert Path(site.folder / PAGE).is_file()
