"""Pages in a bucket that speaks S3: what is asked of it, what lies in it, what it refuses."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from charters.models import GuestPage
from charters.pages import store
from charters.pages.store import Put
from jada.core.errors import AdapterError
from jada.settings import pages_bucket
from tests.charters.pages.sailing import danika, is_of, look
from tests.fakes.aws_server import Aws, access_denied, aws_server, dropped, lost, no_such_bucket, slow_down

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from pytest_django.fixtures import SettingsWrapper

    from tests.fakes.loopback import Trouble

PAGE = "2026-05-30/danika-token.html"
KEY = f"guests/{PAGE}"


@pytest.fixture(scope="module")
def server() -> Iterator[Aws]:
    with aws_server() as server:
        yield server


@pytest.fixture
def aws(server: Aws, thursday: None, settings: "SettingsWrapper", monkeypatch: pytest.MonkeyPatch) -> Aws:
    """Pages go to the bucket “pages” below “guests”, as GUEST_PAGES_BUCKET and GUEST_PAGES_PREFIX set it."""
    server.reset()
    server.make_bucket("pages")
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    settings.STORAGES = {**settings.STORAGES, "pages": pages_bucket("pages", "guests")}
    settings.GUEST_PAGES_FOLDER = None
    settings.GUEST_PAGES_URL = "http://127.0.0.1:9"
    return server


@pytest.fixture
def client(aws: Aws) -> "Iterator[S3Client]":
    """Somebody else at the same bucket."""
    client = aws.client()
    yield client
    client.close()


def keys(client: "S3Client") -> list[str]:
    return [each["Key"] for each in client.list_objects_v2(Bucket="pages").get("Contents", [])]


def puts(number: int) -> list[Put]:
    return [Put(f"2026-05-30/{each}.html", f"page {each}".encode, "d") for each in range(number)]


def put_all(pages: list[Put], *, seconds: float = 60) -> list[tuple[Put, str | AdapterError]]:
    return list(store.put_many(pages, broken_off=time.monotonic() + seconds, progress=lambda done: None))


# -- putting and reading -------------------------------------------------------------------------------------------


def test_a_page_in_the_bucket_says_what_it_is_how_long_it_is_good_and_of_which_facts(
    aws: Aws, client: "S3Client"
) -> None:
    store.put(PAGE, b"page", digest="of its facts")
    kept = client.get_object(Bucket="pages", Key=KEY)
    assert (kept["ContentType"], kept["CacheControl"], kept["Metadata"], kept.get("ContentEncoding")) == (
        "text/html; charset=utf-8",
        "no-cache",
        {"digest": "of its facts"},
        None,
    )
    assert kept["Body"].read() == b"page"


def test_a_page_in_the_bucket_is_replaced_under_its_name(aws: Aws, client: "S3Client") -> None:
    store.put(PAGE, b"first", digest="d")
    store.put(PAGE, b"second", digest="d")
    assert (keys(client), store.read(PAGE)) == ([KEY], b"second")


def test_a_page_that_is_not_in_the_bucket_is_none(aws: Aws) -> None:
    assert store.read(PAGE) is None


def test_a_put_is_one_request(aws: Aws) -> None:
    store.put(PAGE, b"page", digest="d")
    assert aws.requests == {"PUT": 1}


def test_the_etag_of_a_put_is_the_one_a_listing_shows(aws: Aws) -> None:
    assert store.listing() == {} != {PAGE: store.put(PAGE, b"page", digest="d")} == store.listing()


def test_many_pages_are_put_with_a_request_each(aws: Aws) -> None:
    pages = puts(60)
    outcomes = put_all(pages)
    assert aws.requests == {"PUT": 60}
    assert {page.path: outcome for page, outcome in outcomes} == store.listing()
    assert store.read(pages[59].path) == b"page 59"


def test_waits_overlap_where_the_bucket_is_slow(aws: Aws) -> None:
    put_all(puts(20))  # connections are open, the pace is known
    aws.latency = 0.1
    began = time.monotonic()
    put_all(puts(40))
    assert time.monotonic() - began < 40 * aws.latency / 2


# -- what goes wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [slow_down, dropped, lost])
def test_a_moments_trouble_is_tried_again(aws: Aws, trouble: "Trouble") -> None:
    aws.trouble("PUT", trouble)
    store.put(PAGE, b"page", digest="d")
    assert (store.read(PAGE), aws.requests["PUT"]) == (b"page", 2)


@pytest.mark.parametrize(
    ("trouble", "words", "permanent", "retry_after"),
    [
        (access_denied, "The bucket refused the page (AccessDenied).", True, None),
        (no_such_bucket, "The bucket refused the page (NoSuchBucket).", True, None),
        (slow_down, "The bucket asks us to slow down.", False, 5.0),
        (dropped, "The bucket cannot be reached.", False, None),
    ],
)
def test_a_refusal_is_told_in_words(
    aws: Aws, trouble: "Trouble", words: str, permanent: bool, retry_after: float | None
) -> None:
    aws.trouble("PUT", trouble, times=3)
    with pytest.raises(AdapterError) as refused:
        store.put(PAGE, b"page", digest="d")
    error = refused.value
    assert (str(error), error.permanent, error.retry_after) == (words, permanent, retry_after)


def test_without_credentials_the_bucket_is_not_asked(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(AdapterError, match=r"^There are no AWS credentials for the bucket\.$"):
        store.put(PAGE, b"page", digest="d")
    assert aws.requests == {}


def test_one_page_that_is_refused_keeps_no_other_back(aws: Aws) -> None:
    aws.trouble("PUT", access_denied)
    outcomes = [outcome for _, outcome in put_all(puts(20))]
    assert [str(each) for each in outcomes if isinstance(each, AdapterError)] == [
        "The bucket refused the page (AccessDenied)."
    ]
    assert len(store.listing()) == 19


def test_a_page_that_cannot_be_rendered_keeps_no_other_back(aws: Aws) -> None:
    def refuse() -> bytes:
        raise AdapterError("No arrival time.", service="page")

    outcomes = dict(put_all([Put("one.html", refuse, "d"), Put("two.html", b"two".lower, "d")]))
    assert sorted(str(each) for each in outcomes.values() if isinstance(each, AdapterError)) == ["No arrival time."]
    assert list(store.listing()) == ["two.html"]


def test_after_the_time_for_a_batch_no_more_is_asked(aws: Aws) -> None:
    outcomes = {str(outcome) for _, outcome in put_all(puts(20), seconds=-1)}
    assert (outcomes, aws.requests) == ({"The page was not put: those before it took too long."}, {})


# -- listing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("objects", "requests"), [(3, 1), (10, 1), (11, 2), (25, 3)])
def test_a_listing_asks_once_for_each_page_of_names_and_heads_nothing(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, objects: int, requests: int
) -> None:
    monkeypatch.setattr("charters.pages.bucket.PAGE", 10)  # a thousand, but in good time
    put_all(puts(objects))
    aws.requests.clear()
    assert (len(store.listing()), aws.requests) == (objects, {"LIST": requests})


def test_a_listing_knows_its_prefix_alone_and_no_consoles_folders(aws: Aws, client: "S3Client") -> None:
    for key in ("photos/one.jpg", "guests-of-others/one.html", "guests/", "guests/2026-05-30/", KEY):
        client.put_object(Bucket="pages", Key=key, Body=b"")
    assert list(store.listing()) == [PAGE]


def test_names_that_xml_must_write_otherwise_are_listed_as_they_are(aws: Aws, client: "S3Client") -> None:
    client.put_object(Bucket="pages", Key="guests/zoë & co+1 %41.html", Body=b"")
    assert list(store.listing()) == ["zoë & co+1 %41.html"]


def test_a_bucket_that_may_not_be_listed_says_so(aws: Aws) -> None:
    aws.trouble("LIST", access_denied)
    with pytest.raises(AdapterError, match=r"^The bucket refused to be listed \(AccessDenied\)\.$"):
        store.listing()


# -- removing ------------------------------------------------------------------------------------------------------


def test_pages_are_removed_in_one_request_and_absent_ones_are_fine(aws: Aws, client: "S3Client") -> None:
    pages = puts(30)
    put_all(pages)
    store.put(PAGE, b"stays", digest="d")
    aws.requests.clear()
    store.remove([*(page.path for page in pages), "2026-05-30/nobody.html"])
    assert (aws.requests, keys(client)) == ({"DELETE_MANY": 1, "LIST": 1}, [KEY])  # the list is ours, just now


def test_more_than_a_thousand_are_removed_a_thousand_at_a_time(aws: Aws) -> None:
    store.remove([f"2026-05-30/{name}.html" for name in range(1_001)])
    assert aws.requests == {"DELETE_MANY": 2}


def test_nothing_to_remove_asks_nothing(aws: Aws) -> None:
    store.remove([])
    assert aws.requests == {}


@pytest.fixture
def with_versions(aws: Aws, client: "S3Client") -> "S3Client":
    client.put_bucket_versioning(Bucket="pages", VersioningConfiguration={"Status": "Enabled"})
    for content in (b"first", b"second"):
        store.put(PAGE, content, digest="d")
        store.put(f"{PAGE}.other", content, digest="d")
    aws.requests.clear()
    return client


def versions(client: "S3Client") -> list[str]:
    answer = client.list_object_versions(Bucket="pages")
    return [each["Key"] for each in (*answer.get("Versions", []), *answer.get("DeleteMarkers", []))]


def test_a_bucket_with_versions_forgets_every_version_of_a_page_and_of_no_other(with_versions: "S3Client") -> None:
    store.remove([PAGE])
    assert versions(with_versions) == [f"{KEY}.other"] * 2


def test_what_somebody_deleted_by_hand_is_removed_from_under_its_marker(with_versions: "S3Client") -> None:
    with_versions.delete_object(Bucket="pages", Key=KEY)
    store.remove([PAGE])
    assert versions(with_versions) == [f"{KEY}.other"] * 2


def test_where_versions_may_not_be_seen_the_page_is_gone_and_the_office_hears_of_what_stays(
    aws: Aws, with_versions: "S3Client"
) -> None:
    aws.trouble("LIST", access_denied)
    words = r"^The bucket refused to show earlier versions of pages, which may hold guests' names \(AccessDenied\)\.$"
    with pytest.raises(AdapterError, match=words):
        store.remove([PAGE])
    assert store.read(PAGE) is None


def test_a_bucket_that_refuses_a_removal_says_so(aws: Aws) -> None:
    aws.trouble("DELETE_MANY", access_denied)
    with pytest.raises(AdapterError, match=r"^The bucket refused to remove pages \(AccessDenied\)\.$"):
        store.remove([PAGE])


def test_without_history_earlier_versions_stay(with_versions: "S3Client") -> None:
    before = len(versions(with_versions))
    assert store.remove([PAGE], history=False) == {}
    assert (store.read(PAGE), len(versions(with_versions))) == (None, before + 1)


# -- through the page layer ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_charters_are_published_to_the_bucket_below_its_prefix(aws: Aws, client: "S3Client") -> None:
    charters = [danika(), danika()]
    look(layers=frozenset({"page"}))
    pages = GuestPage.objects.order_by("path")
    assert (len(charters), keys(client)) == (2, [f"guests/{page.path}" for page in pages])
    assert [is_of(page, store.read(page.path) or b"") for page in pages] == [True, True]


@pytest.mark.django_db
def test_a_look_at_what_has_not_changed_asks_the_bucket_nothing(aws: Aws) -> None:
    danika()
    look(layers=frozenset({"page"}))
    aws.requests.clear()
    look(layers=frozenset({"page"}))
    assert aws.requests == {}


@pytest.mark.django_db
def test_an_object_that_somebody_deleted_is_found_by_the_audit_and_put_again(aws: Aws, client: "S3Client") -> None:
    danika()
    look(layers=frozenset({"page"}))
    page = GuestPage.objects.get()
    client.delete_object(Bucket="pages", Key=f"guests/{page.path}")
    report = look(layers=frozenset({"page"}), audit=True)
    assert [(each.actual, each.state) for each in report.changes] == [
        ("It is missing where pages are kept.", "applied")
    ]
    assert store.read(page.path) is not None
