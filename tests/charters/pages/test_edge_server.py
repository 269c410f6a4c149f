"""The fakes of the edge and of AWS, checked by boto3 and by a phone: what they promise, other tests build on."""

import gzip
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.fakes import aws_server as aws_troubles
from tests.fakes import cloudfront_api
from tests.fakes.aws_server import Aws, aws_server
from tests.fakes.edge_server import DISTRIBUTION, Answer, BucketOrigin, Edge, edge_server, folder_origin

PAGE = "/2026-05-30/danika-token.html"
KEY = "guests/2026-05-30/danika-token.html"
HERE, THERE = "SFO53-C1", "LAX50-P2"
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Aws]:
    """S3 and CloudFront behind the one AWS_ENDPOINT_URL."""
    with aws_server() as server, pytest.MonkeyPatch.context() as environment:
        for name, value in server.environment().items():
            environment.setenv(name, value)
        yield server


@pytest.fixture(scope="module")
def clients(endpoint: Aws) -> Iterator[tuple[Any, Any]]:
    """The vendor's own, for S3 and for CloudFront; neither tries twice."""
    session: Any = boto3.Session()
    both = session.client("s3", config=ONCE), session.client("cloudfront", config=ONCE)
    yield both
    for client in both:
        client.close()


@pytest.fixture
def aws(endpoint: Aws) -> Aws:
    """As new."""
    endpoint.reset()
    return endpoint


@pytest.fixture
def edge(aws: Aws) -> Iterator[Edge]:
    """An edge before the folder “guests” of the bucket “pages”."""
    bucket = aws.make_bucket("pages")
    with edge_server(BucketOrigin(aws.address, bucket, "guests")) as server:
        aws.cloudfront = server.api
        yield server


@pytest.fixture
def s3(clients: tuple[Any, Any]) -> Any:
    return clients[0]


@pytest.fixture
def cloudfront(edge: Edge, clients: tuple[Any, Any]) -> Any:
    return clients[1]


@pytest.fixture
def phone() -> Iterator[urllib3.PoolManager]:
    pool = urllib3.PoolManager(retries=False)
    yield pool
    pool.clear()


def put(s3: Any, body: bytes, key: str = KEY) -> None:
    s3.put_object(
        Bucket="pages",
        Key=key,
        Body=body,
        ContentType="text/html; charset=utf-8",
        CacheControl="no-cache",
        Metadata={"facts": "digest"},
    )


def ask(phone: urllib3.PoolManager, edge: Edge, path: str = PAGE, at: str = HERE, **headers: str) -> Any:
    return phone.request("GET", edge.address + path, headers={"X-Edge-Location": at, **headers})


def invalidate(cloudfront: Any, *paths: str, reference: str = "1", distribution: str = DISTRIBUTION) -> dict[str, Any]:
    batch = {"Paths": {"Quantity": len(paths), "Items": list(paths)}, "CallerReference": reference}
    made = cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)
    return dict(made["Invalidation"])


def refusal(cloudfront: Any, *paths: str, reference: str = "1", distribution: str = DISTRIBUTION) -> tuple[str, int]:
    with pytest.raises(ClientError) as refused:
        invalidate(cloudfront, *paths, reference=reference, distribution=distribution)
    answer = refused.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


# -- what a phone is served -------------------------------------------------------------------------------------------


def test_a_copy_is_served_for_ever_whatever_cache_control_says(edge: Edge, s3: Any, phone: Any) -> None:
    put(s3, b"2-6 PM")
    ask(phone, edge)
    put(s3, b"3-7 PM")
    assert [ask(phone, edge).data, ask(phone, edge, **{"Cache-Control": "no-cache"}).data] == [b"2-6 PM", b"2-6 PM"]
    assert edge.fetched == [PAGE]


def test_a_query_string_is_no_way_around_the_cache(edge: Edge, s3: Any, phone: Any) -> None:
    put(s3, b"2-6 PM")
    ask(phone, edge)
    put(s3, b"3-7 PM")
    assert ask(phone, edge, f"{PAGE}?now=1").data == b"2-6 PM"


def test_headers_tell_where_an_answer_comes_from(edge: Edge, s3: Any, phone: Any) -> None:
    put(s3, b"page")
    edge.api.now = lambda: 1_000.0
    first, second = ask(phone, edge).headers, ask(phone, edge).headers
    assert [first.get("X-Cache"), first.get("Age")] == ["Miss from cloudfront", None]
    assert [second.get("X-Cache"), second.get("Age")] == ["Hit from cloudfront", "0"]
    passed_on = ("Content-Type", "Cache-Control", "ETag", "x-amz-meta-facts", "X-Amz-Cf-Pop")
    assert [second.get(name) for name in passed_on] == [
        "text/html; charset=utf-8",
        "no-cache",
        '"71860c77c6745379b0d44304d66b6a13"',
        "digest",
        HERE,
    ]
    assert second["Via"] == "1.1 fake.cloudfront.net (CloudFront)"


def test_a_copy_grows_old(edge: Edge, s3: Any, phone: Any) -> None:
    put(s3, b"page")
    edge.api.now = lambda: 1_000.0
    ask(phone, edge)
    edge.api.now = lambda: 1_090.0
    assert ask(phone, edge).headers["Age"] == "90"


def test_locations_have_caches_of_their_own(edge: Edge, s3: Any, phone: Any) -> None:
    put(s3, b"2-6 PM")
    ask(phone, edge, at=HERE)
    put(s3, b"3-7 PM")
    assert [ask(phone, edge, at=place).data for place in (HERE, THERE)] == [b"2-6 PM", b"3-7 PM"]


def test_who_names_no_location_meets_them_in_turn(edge: Edge, s3: Any, phone: Any) -> None:
    put(s3, b"page")
    met = [phone.request("GET", edge.address + PAGE).headers["X-Amz-Cf-Pop"] for _ in range(4)]
    assert met == [THERE, HERE, THERE, HERE]


def test_head_answers_as_get_does_without_the_page(edge: Edge, s3: Any, phone: Any) -> None:
    put(s3, b"page")
    answer = phone.request("HEAD", edge.address + PAGE, headers={"X-Edge-Location": HERE})
    assert (answer.status, answer.headers["Content-Length"], answer.data) == (200, "4", b"")
    assert ask(phone, edge).headers["X-Cache"] == "Hit from cloudfront"


def test_a_phone_that_has_the_copy_is_told_so(edge: Edge, s3: Any, phone: Any) -> None:
    put(s3, b"page")
    etag = ask(phone, edge).headers["ETag"]
    answer = ask(phone, edge, **{"If-None-Match": etag})
    assert (answer.status, answer.data, answer.headers["X-Cache"]) == (304, b"", "Hit from cloudfront")


def test_a_page_is_compressed_for_who_can_read_it(edge: Edge, s3: Any, phone: Any) -> None:
    put(s3, b"page " * 400)
    answer = phone.request(
        "GET",
        edge.address + PAGE,
        headers={"X-Edge-Location": HERE, "Accept-Encoding": "gzip"},
        decode_content=False,
    )
    assert (gzip.decompress(answer.data), answer.headers["ETag"][:2]) == (b"page " * 400, "W/")
    assert ask(phone, edge, **{"Accept-Encoding": "identity"}).data == b"page " * 400


def test_only_reading_is_allowed(edge: Edge, phone: Any) -> None:
    assert phone.request("PUT", edge.address + PAGE, body=b"mine").status == 403


def test_an_absent_page_stays_absent_for_a_while(edge: Edge, s3: Any, phone: Any) -> None:
    edge.api.now = lambda: 1_000.0
    answer = ask(phone, edge)
    put(s3, b"page")
    edge.api.now = lambda: 1_009.9
    assert [answer.status, answer.headers["X-Cache"], ask(phone, edge).status] == [404, "Error from cloudfront", 404]
    edge.api.now = lambda: 1_010.0
    assert [ask(phone, edge).status, ask(phone, edge).headers["X-Cache"]] == [200, "Hit from cloudfront"]


def test_an_invalidation_ends_a_cached_absence(edge: Edge, s3: Any, phone: Any, cloudfront: Any) -> None:
    ask(phone, edge)
    put(s3, b"page")
    invalidate(cloudfront, PAGE)
    assert ask(phone, edge).data == b"page"


def test_a_folder_serves_as_origin_too(tmp_path: Path, phone: Any) -> None:
    page = tmp_path / PAGE.removeprefix("/")
    page.parent.mkdir()
    page.write_bytes(b"2-6 PM")
    with edge_server(folder_origin(tmp_path)) as edge:
        ask(phone, edge)
        page.write_bytes(b"3-7 PM")
        assert [ask(phone, edge, at=HERE).data, ask(phone, edge, at=THERE).data] == [b"2-6 PM", b"3-7 PM"]
        assert [ask(phone, edge).headers["Content-Type"], ask(phone, edge, "/none.html").status] == ["text/html", 404]


# -- invalidations ----------------------------------------------------------------------------------------------------


def test_after_an_invalidation_every_location_serves_what_the_bucket_holds(
    edge: Edge, s3: Any, phone: Any, cloudfront: Any
) -> None:
    put(s3, b"2-6 PM")
    before = [ask(phone, edge, at=place).data for place in (HERE, THERE)]
    put(s3, b"3-7 PM")
    made = invalidate(cloudfront, PAGE)
    assert (before, made["Status"], made["InvalidationBatch"]["Paths"]["Items"]) == (
        [b"2-6 PM", b"2-6 PM"],
        "Completed",
        [PAGE],
    )
    assert [ask(phone, edge, at=place).data for place in (HERE, THERE)] == [b"3-7 PM", b"3-7 PM"]
    assert (len(edge.api.invalidations), edge.api.paths) == (1, [PAGE])


@pytest.mark.parametrize(
    ("asked", "forgotten"),
    [
        (PAGE, [True, False, False]),
        ("/2026-05-30/*", [True, True, False]),
        ("/2026-05-30/danika*", [True, False, False]),
        ("/*", [True, True, True]),
        (PAGE + "*", [True, False, False]),
        ("/2026-05-30/Danika-token.html", [False, False, False]),
        ("/2026-05-30/danika-*.html", [False, False, False]),
        ("/guests" + PAGE, [False, False, False]),
        ("/2026-05-30/%64anika-token.html", [False, False, False]),
        (PAGE + "/", [False, False, False]),
    ],
)
def test_a_path_means_itself_and_a_star_at_its_end_all_that_begin_so(
    edge: Edge, s3: Any, phone: Any, cloudfront: Any, asked: str, forgotten: list[bool]
) -> None:
    pages = [PAGE, "/2026-05-30/quinn-token.html", "/2026-05-31/jonathan-token.html"]
    for page in pages:
        put(s3, b"page", f"guests{page}")
        ask(phone, edge, page)
    invalidate(cloudfront, asked)
    caches = [ask(phone, edge, page).headers["X-Cache"] for page in pages]
    assert [each == "Miss from cloudfront" for each in caches] == forgotten


def test_the_same_reference_again_gives_the_old_invalidation_and_forgets_nothing(
    edge: Edge, s3: Any, phone: Any, cloudfront: Any
) -> None:
    first = invalidate(cloudfront, PAGE, reference="danika 1")
    put(s3, b"2-6 PM")
    ask(phone, edge)
    put(s3, b"3-7 PM")
    again = invalidate(cloudfront, PAGE, reference="danika 1")
    assert (again, ask(phone, edge).data) == (first, b"2-6 PM")
    assert (edge.api.repeats, edge.api.paths) == (1, [PAGE])


@pytest.mark.parametrize("code", ["InvalidationBatchAlreadyExists", "InvalidArgument"])
def test_the_same_reference_with_other_paths_is_refused(edge: Edge, cloudfront: Any, code: str) -> None:
    edge.api.code_of_a_used_reference = code
    invalidate(cloudfront, PAGE, reference="danika 1")
    assert refusal(cloudfront, "/2026-05-30/quinn.html", reference="danika 1") == (code, 400)
    assert edge.api.paths == [PAGE]


def test_copies_stay_until_the_invalidation_completes(edge: Edge, s3: Any, phone: Any, cloudfront: Any) -> None:
    edge.api.completes_after = None
    put(s3, b"2-6 PM")
    ask(phone, edge)
    put(s3, b"3-7 PM")
    made = invalidate(cloudfront, PAGE)
    during = (made["Status"], ask(phone, edge).data)
    edge.api.complete()
    after = cloudfront.get_invalidation(DistributionId=DISTRIBUTION, Id=made["Id"])["Invalidation"]["Status"]
    assert (during, after, ask(phone, edge).data) == (("InProgress", b"2-6 PM"), "Completed", b"3-7 PM")


def test_what_was_fetched_while_it_was_in_progress_is_forgotten_as_well(
    edge: Edge, s3: Any, phone: Any, cloudfront: Any
) -> None:
    edge.api.completes_after = None
    put(s3, b"2-6 PM")
    invalidate(cloudfront, PAGE)
    ask(phone, edge)
    put(s3, b"3-7 PM")
    edge.api.complete()
    assert ask(phone, edge).data == b"3-7 PM"


def test_an_invalidation_forgets_once(edge: Edge, s3: Any, phone: Any, cloudfront: Any) -> None:
    put(s3, b"2-6 PM")
    invalidate(cloudfront, PAGE)
    ask(phone, edge)
    put(s3, b"3-7 PM")
    edge.api.complete()
    assert ask(phone, edge).data == b"2-6 PM"


def test_an_invalidation_completes_after_its_time(edge: Edge, s3: Any, phone: Any, cloudfront: Any) -> None:
    edge.api.completes_after = 60.0
    edge.api.now = lambda: 1_000.0
    put(s3, b"2-6 PM")
    ask(phone, edge)
    put(s3, b"3-7 PM")
    made = invalidate(cloudfront, PAGE)
    edge.api.now = lambda: 1_059.9
    during = (made["Status"], ask(phone, edge).data)
    edge.api.now = lambda: 1_060.0
    assert (during, ask(phone, edge).data) == (("InProgress", b"2-6 PM"), b"3-7 PM")


def test_an_answer_on_its_way_when_the_purge_comes_is_not_kept(tmp_path: Path, phone: Any) -> None:
    held, go_on, content = threading.Event(), threading.Event(), [b"2-6 PM"]

    def origin(path: str) -> Answer:
        found = content[0]
        held.set()
        go_on.wait(5)
        return Answer(200, {}, found)

    with edge_server(origin, completes_after=None) as edge:
        asking = threading.Thread(target=ask, args=(phone, edge))
        asking.start()
        held.wait(5)
        content[0] = b"3-7 PM"
        edge.api.invalidations.append(cloudfront_api.Invalidation("1", [PAGE], None))
        edge.api.complete()
        go_on.set()
        asking.join()
        assert ask(phone, edge).data == b"3-7 PM"


def test_no_phone_is_served_an_old_copy_after_completion_however_many_ask(edge: Edge, s3: Any, cloudfront: Any) -> None:
    over, newest, stale = threading.Event(), [0], []

    def asking(place: str) -> None:
        pool = urllib3.PoolManager(retries=False)
        while not over.is_set():
            least = newest[0]
            seen = int(ask(pool, edge, at=place).data)
            stale.extend([(least, seen)] if seen < least else [])
        pool.clear()

    put(s3, b"0")
    phones = [threading.Thread(target=asking, args=(place,)) for place in (HERE, THERE) * 3]
    for each in phones:
        each.start()
    for number in range(1, 21):
        put(s3, str(number).encode())
        invalidate(cloudfront, PAGE, reference=str(number))
        newest[0] = number
    over.set()
    for each in phones:
        each.join()
    assert (stale, len(edge.fetched) > 20) == ([], True)


def test_a_deaf_location_keeps_its_copy(edge: Edge, s3: Any, phone: Any, cloudfront: Any) -> None:
    edge.locations[THERE].deaf = True
    put(s3, b"2-6 PM")
    for place in (HERE, THERE):
        ask(phone, edge, at=place)
    put(s3, b"3-7 PM")
    invalidate(cloudfront, PAGE)
    assert [ask(phone, edge, at=place).data for place in (HERE, THERE)] == [b"3-7 PM", b"2-6 PM"]


@pytest.mark.parametrize(
    "path",
    ["page.html", "", "/a b", "/ä", "/a%2", "/a%zz", "/a<b", "/a#b", "/[a]", "/~quinn", "/%7Equinn", "/" + "a" * 4_000],
)
def test_a_path_that_is_not_encoded_rightly_is_refused(edge: Edge, cloudfront: Any, path: str) -> None:
    assert refusal(cloudfront, path) == ("InvalidArgument", 400)


@pytest.mark.parametrize("path", ["/a%20b", "/%C3%A4", "/a'b", "/a(1)!,$&=@:;+", "/" + "a" * 3_999])
def test_a_path_that_is_encoded_rightly_is_taken(edge: Edge, cloudfront: Any, path: str) -> None:
    assert invalidate(cloudfront, path)["InvalidationBatch"]["Paths"]["Items"] == [path]


def test_three_thousand_paths_may_be_in_progress_and_no_more(edge: Edge, cloudfront: Any) -> None:
    edge.api.completes_after = None
    invalidate(cloudfront, *(f"/{number}" for number in range(2_999)), reference="most")
    invalidate(cloudfront, "/last", reference="last")
    assert refusal(cloudfront, "/more", reference="more") == ("TooManyInvalidationsInProgress", 400)
    edge.api.complete()
    assert invalidate(cloudfront, "/more", reference="more")["Status"] == "InProgress"


def test_fifteen_wildcards_may_be_in_progress_counted_apart(edge: Edge, cloudfront: Any) -> None:
    edge.api.completes_after = None
    invalidate(cloudfront, *(f"/{number}/*" for number in range(15)), reference="wild")
    assert refusal(cloudfront, "/more/*", reference="more") == ("TooManyInvalidationsInProgress", 400)
    assert invalidate(cloudfront, "/one", reference="one")["Status"] == "InProgress"


def test_one_request_may_not_pass_the_limits_either(edge: Edge, cloudfront: Any) -> None:
    many = [f"/{number}" for number in range(3_001)]
    assert refusal(cloudfront, *many) == ("TooManyInvalidationsInProgress", 400)


def test_an_unknown_distribution_and_an_unknown_invalidation_are_told_apart(edge: Edge, cloudfront: Any) -> None:
    assert refusal(cloudfront, PAGE, distribution="EOTHER") == ("NoSuchDistribution", 404)
    with pytest.raises(ClientError) as refused:
        cloudfront.get_invalidation(DistributionId=DISTRIBUTION, Id="INONE")
    assert refused.value.response["Error"]["Code"] == "NoSuchInvalidation"


def test_quantities_must_agree(edge: Edge, cloudfront: Any) -> None:
    batch = {"Paths": {"Quantity": 2, "Items": [PAGE]}, "CallerReference": "1"}
    with pytest.raises(ClientError) as refused:
        cloudfront.create_invalidation(DistributionId=DISTRIBUTION, InvalidationBatch=batch)
    assert refused.value.response["Error"]["Code"] == "InconsistentQuantities"


def test_invalidations_are_listed_newest_first_page_by_page(edge: Edge, cloudfront: Any) -> None:
    made = [invalidate(cloudfront, PAGE, reference=str(number))["Id"] for number in range(5)]
    pages = cloudfront.get_paginator("list_invalidations").paginate(
        DistributionId=DISTRIBUTION, PaginationConfig={"PageSize": 2}
    )
    listed = [[each["Id"] for each in page["InvalidationList"].get("Items", [])] for page in pages]
    assert listed == [[made[4], made[3]], [made[2], made[1]], [made[0]]]


@pytest.mark.parametrize(
    ("trouble", "refused"),
    [
        (cloudfront_api.throttled, ("Throttling", 400)),
        (cloudfront_api.access_denied, ("AccessDenied", 403)),
        (cloudfront_api.unavailable, ("ServiceUnavailable", 503)),
    ],
)
def test_the_api_fails_when_told_to(edge: Edge, cloudfront: Any, trouble: Any, refused: tuple[str, int]) -> None:
    edge.api.trouble("CreateInvalidation", trouble)
    assert (refusal(cloudfront, PAGE), edge.api.paths) == (refused, [])
    assert invalidate(cloudfront, PAGE)["Status"] == "Completed"


def test_an_answer_may_be_lost_after_the_deed(edge: Edge, cloudfront: Any) -> None:
    edge.api.trouble("CreateInvalidation", aws_troubles.lost)
    with pytest.raises(ConnectionClosedError):
        invalidate(cloudfront, PAGE)
    assert (invalidate(cloudfront, PAGE)["Id"], edge.api.repeats) == (edge.api.invalidations[0].id, 1)


def test_a_call_without_a_signature_is_refused(edge: Edge, phone: Any) -> None:
    address = f"{edge.address}/2020-05-31/distribution/{DISTRIBUTION}/invalidation"
    assert phone.request("POST", address, body=b"<InvalidationBatch/>").status == 403


def test_the_edge_answers_for_cloudfront_at_its_own_address(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFRONT", edge.address)
    client: Any = boto3.Session().client("cloudfront", config=ONCE)
    assert invalidate(client, PAGE)["Status"] == "Completed"
    client.close()


# -- S3 ---------------------------------------------------------------------------------------------------------------


def test_requests_are_counted_by_what_they_are_for(aws: Aws, edge: Edge, s3: Any, phone: Any, cloudfront: Any) -> None:
    put(s3, b"page")
    put(s3, b"page")
    s3.head_object(Bucket="pages", Key=KEY)
    s3.get_object(Bucket="pages", Key=KEY)["Body"].close()
    s3.copy_object(Bucket="pages", Key="copy", CopySource=f"pages/{KEY}")
    s3.list_objects_v2(Bucket="pages", Prefix="guests/")
    s3.list_object_versions(Bucket="pages")
    s3.delete_object(Bucket="pages", Key=KEY)
    s3.delete_objects(Bucket="pages", Delete={"Objects": [{"Key": "copy"}]})
    s3.get_bucket_versioning(Bucket="pages")
    invalidate(cloudfront, PAGE)
    ask(phone, edge)
    assert dict(aws.requests) == {
        "PUT": 2,
        "HEAD": 1,
        "GET": 1,
        "COPY": 1,
        "LIST": 2,
        "DELETE": 1,
        "DELETE_MANY": 1,
        "BUCKET": 1,
        "CLOUDFRONT": 1,
    }


def test_a_bucket_keeps_versions_on_request(aws: Aws, s3: Any) -> None:
    aws.make_bucket("pages", versioned=True)
    put(s3, b"first")
    put(s3, b"second")
    assert len(s3.list_object_versions(Bucket="pages")["Versions"]) == 2


def test_each_server_begins_without_buckets(aws: Aws, s3: Any) -> None:
    aws.make_bucket("pages")
    with aws_server():
        assert s3.list_buckets()["Buckets"] == []


def test_requests_take_their_time(aws: Aws, s3: Any) -> None:
    aws.make_bucket("pages")
    aws.latency = 0.2
    begun = time.monotonic()
    put(s3, b"page")
    assert time.monotonic() - begun >= 0.2


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (aws_troubles.slow_down, "SlowDown"),
        (aws_troubles.access_denied, "AccessDenied"),
        (aws_troubles.no_such_bucket, "NoSuchBucket"),
    ],
)
def test_the_bucket_refuses_when_told_to(aws: Aws, s3: Any, trouble: Any, code: str) -> None:
    aws.make_bucket("pages")
    aws.trouble("PUT", trouble)
    with pytest.raises(ClientError) as refused:
        put(s3, b"page" * 10_000)
    assert refused.value.response["Error"]["Code"] == code
    assert s3.list_objects_v2(Bucket="pages")["KeyCount"] == 0
    put(s3, b"page")


@pytest.mark.parametrize(("trouble", "kept"), [(aws_troubles.dropped, 0), (aws_troubles.lost, 1)])
def test_a_connection_drops_before_the_deed_or_after(aws: Aws, s3: Any, trouble: Any, kept: int) -> None:
    aws.make_bucket("pages")
    aws.trouble("PUT", trouble)
    with pytest.raises(ConnectionClosedError):
        put(s3, b"page")
    assert s3.list_objects_v2(Bucket="pages")["KeyCount"] == kept


def test_a_server_in_a_process_of_its_own_counts_too() -> None:
    with aws_troubles.aws_process() as address:
        client: Any = aws_troubles.session().client("s3", endpoint_url=address)
        client.create_bucket(Bucket="pages", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        put(client, b"page")
        counts = [dict(aws_troubles.counted(address)) for _ in range(2)]
        client.close()
    assert counts == [{"BUCKET": 1, "PUT": 1}, {}]
    with pytest.raises(urllib3.exceptions.HTTPError):
        aws_troubles.counted(address)


def test_what_the_edge_fetches_meets_no_trouble(aws: Aws, edge: Edge, s3: Any, phone: Any) -> None:
    put(s3, b"page")
    aws.trouble("GET", aws_troubles.access_denied)
    assert ask(phone, edge).status == 200


def test_a_bucket_that_does_not_answer_is_a_bad_gateway(phone: Any) -> None:
    with aws_server() as gone:
        origin = BucketOrigin(gone.address, "pages")
    with edge_server(origin) as edge:
        assert (ask(phone, edge).status, ask(phone, edge).headers["X-Cache"]) == (502, "Error from cloudfront")
