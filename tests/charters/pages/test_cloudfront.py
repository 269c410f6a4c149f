"""CloudFront's invalidations, asked for through boto3 of an edge on a real socket."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from charters.pages import cloudfront
from charters.pages.cloudfront import Invalidation, completed, create, public_path
from jada.core.errors import AdapterError
from tests.fakes import cloudfront_api as troubles
from tests.fakes.aws_server import Aws, aws_server
from tests.fakes.edge_server import DISTRIBUTION, Answer, Edge, edge_server
from tests.fakes.loopback import answering, dropped, lost, serving

PAGE = "/2026-05-30/danika-token.html"
QUINN = "/2026-05-30/quinn-token.html"


def empty(path: str) -> Answer:
    """An origin without pages."""
    return Answer(404, {}, path.encode())


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Test credentials, no region and no endpoint yet; the client is made anew."""
    for name in ("AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CLOUDFRONT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    cloudfront.forget_client()
    yield monkeypatch
    cloudfront.forget_client()


@pytest.fixture
def edge(credentials: pytest.MonkeyPatch) -> Iterator[Edge]:
    """The edge, where AWS_ENDPOINT_URL points."""
    with edge_server(empty) as server:
        credentials.setenv("AWS_ENDPOINT_URL", server.address)
        yield server


def ask(*paths: str, reference: str = "danika 1", distribution: str = DISTRIBUTION) -> Invalidation:
    return create(distribution=distribution, paths=paths or (PAGE,), reference=reference)


def refused(*paths: str, reference: str = "danika 1", distribution: str = DISTRIBUTION) -> AdapterError:
    with pytest.raises(AdapterError) as error:
        ask(*paths, reference=reference, distribution=distribution)
    assert error.value.service == "cloudfront"
    return error.value


# -- paths ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (f"https://guests.sailjada.com{PAGE}", PAGE),
        ("https://guests.sailjada.com/2026-05-30/*", "/2026-05-30/*"),
        ("https://guests.sailjada.com", "/"),
        ("https://sailjada.com/trips/2026-05-30/zoë o'brien.html", "/trips/2026-05-30/zo%C3%AB%20o'brien.html"),
        ("https://guests.sailjada.com/a%20b.html?now=1#map", "/a%20b.html"),
        ('https://guests.sailjada.com/a"<>{}|\\^`b', "/a%22%3C%3E%7B%7D%7C%5C%5E%60b"),
        ("https://guests.sailjada.com/$-_.+!*'(),;:@=&", "/$-_.+!*'(),;:@=&"),
    ],
)
def test_a_path_is_the_public_addresss_encoded_as_cloudfront_wants_it(edge: Edge, address: str, path: str) -> None:
    ask(public_path(address))
    assert edge.api.paths == [path]


# -- asking -----------------------------------------------------------------------------------------------------------


def test_an_invalidation_names_its_paths_and_its_reference(edge: Edge) -> None:
    made = ask(PAGE, QUINN, reference="pages 7")
    kept = edge.api.invalidations
    assert [(each.id, each.paths, each.reference) for each in kept] == [(made.id, [PAGE, QUINN], "pages 7")]
    assert made.done


def test_an_invalidation_is_done_when_the_edge_says_so(edge: Edge) -> None:
    edge.api.completes_after = None
    made = ask()
    before = completed(distribution=DISTRIBUTION, invalidation_id=made.id)
    edge.api.complete()
    after = completed(distribution=DISTRIBUTION, invalidation_id=made.id)
    assert (made.done, before, after) == (False, False, True)


def test_the_same_request_again_is_the_same_invalidation(edge: Edge) -> None:
    first, again = ask(), ask()
    assert (again, edge.api.repeats) == (first, 1)


def test_a_lost_answer_is_asked_for_again_and_nothing_is_paid_twice(edge: Edge) -> None:
    edge.api.trouble("CreateInvalidation", lost)
    made = ask()
    assert (made.id, edge.api.paths) == (edge.api.invalidations[0].id, [PAGE])


def test_as_many_as_cloudfront_takes_go_in_one_request(edge: Edge) -> None:
    edge.api.completes_after = None
    ask(*(f"/{number}" for number in range(cloudfront.MOST_PATHS)), reference="paths")
    ask(*(f"/{number}/*" for number in range(cloudfront.MOST_WILDCARDS)), reference="wildcards")
    assert len(edge.api.paths) == 3_015


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_too_many_in_progress_are_worth_waiting_for(edge: Edge) -> None:
    edge.api.completes_after = None
    ask(*(f"/{number}/*" for number in range(15)))
    error = refused("/more/*", reference="more")
    assert (str(error), error.permanent, error.retry_after) == (
        "CloudFront is still busy with earlier invalidations.",
        False,
        30.0,
    )


def test_throttling_asks_for_a_pause(edge: Edge) -> None:
    edge.api.trouble("CreateInvalidation", troubles.throttled, times=2)
    error = refused()
    assert (str(error), error.permanent, error.retry_after) == ("CloudFront asks us to slow down.", False, 5.0)


def test_the_pause_is_the_one_that_was_named(edge: Edge) -> None:
    named = troubles.refusing("429 Too Many Requests", "TooManyRequestsException", headers={"Retry-After": "17"})
    edge.api.trouble("CreateInvalidation", named, times=2)
    assert refused().retry_after == 17.0


@pytest.mark.parametrize("code", ["InvalidationBatchAlreadyExists", "InvalidArgument"])
def test_a_reference_of_other_pages_is_never_accepted(edge: Edge, code: str) -> None:
    edge.api.code_of_a_used_reference = code
    ask(PAGE)
    error = refused(QUINN)
    assert (str(error), error.permanent, error.retry_after) == (
        "CloudFront has seen this reference with other addresses.",
        True,
        None,
    )


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (troubles.access_denied, "AWS does not allow us to invalidate pages at the edge."),
        (troubles.refusing("403 Forbidden", "SignatureDoesNotMatch"), "AWS does not accept our credentials."),
        (troubles.refusing("413 Too Large", "BatchTooLarge"), "CloudFront does not accept as many addresses at once."),
    ],
)
def test_a_refusal_that_asking_again_cannot_help_is_permanent(edge: Edge, trouble: Any, words: str) -> None:
    edge.api.trouble("CreateInvalidation", trouble)
    error = refused()
    assert (str(error), error.permanent, edge.api.calls) == (words, True, ["CreateInvalidation"])


def test_an_unknown_distribution_is_permanent(edge: Edge) -> None:
    error = refused(distribution="EOTHER")
    assert (str(error), error.permanent) == (
        "CloudFront knows no such distribution; see CLOUDFRONT_DISTRIBUTION_ID.",
        True,
    )


def test_a_path_that_cloudfront_does_not_take_is_permanent(edge: Edge) -> None:
    error = refused("/~danika.html")
    assert (str(error), error.permanent) == ("CloudFront does not accept the addresses to be invalidated.", True)


def test_an_unknown_invalidation_is_permanent(edge: Edge) -> None:
    with pytest.raises(AdapterError, match=r"^CloudFront knows no such invalidation\.$") as error:
        completed(distribution=DISTRIBUTION, invalidation_id="INONE")
    assert (error.value.permanent, error.value.service) == (True, "cloudfront")


# -- failures ---------------------------------------------------------------------------------------------------------


def test_one_failure_is_got_over(edge: Edge) -> None:
    edge.api.trouble("CreateInvalidation", troubles.unavailable)
    assert (ask().done, edge.api.calls) == (True, ["CreateInvalidation"] * 2)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (troubles.unavailable, "CloudFront failed (ServiceUnavailable)."),
        (answering("502 Bad Gateway", "<html>"), "CloudFront failed (502)."),
        (dropped, "CloudFront cannot be reached."),
    ],
)
def test_failures_are_told_after_two_tries_and_may_be_tried_later(edge: Edge, trouble: Any, words: str) -> None:
    edge.api.trouble("CreateInvalidation", trouble, times=9)
    error = refused()
    assert (str(error), error.permanent, error.retry_after) == (words, False, None)
    assert edge.api.calls == ["CreateInvalidation"] * 2


@pytest.mark.parametrize("body", ["<html>Sign in to the Wi-Fi</html>", "not XML", "", "<Invalidation/>"])
def test_an_answer_that_is_none_of_cloudfronts_is_no_invalidation(edge: Edge, body: str) -> None:
    edge.api.trouble("CreateInvalidation", answering("200 OK", body), times=2)
    assert str(refused()) == "CloudFront's answer is not what its documentation promises."


def test_nobody_there_is_told_in_words(credentials: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        credentials.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
        assert str(refused()) == "CloudFront cannot be reached."


def test_silence_is_not_waited_for(credentials: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def silent(environ: Any, start_response: Any) -> list[bytes]:
        over.wait(20)
        raise ConnectionResetError

    credentials.setattr(cloudfront, "ANSWER_SECONDS", 0.2)
    with serving(silent) as address:
        credentials.setenv("AWS_ENDPOINT_URL", address)
        error = refused()
        over.set()
    assert (str(error), error.permanent) == ("CloudFront takes too long to answer.", False)


def test_no_credentials_are_permanent(edge: Edge, credentials: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        credentials.delenv(name)
    error = refused()
    assert (str(error), error.permanent) == ("There are no AWS credentials for CloudFront.", True)


def test_half_of_the_credentials_are_none(edge: Edge, credentials: pytest.MonkeyPatch) -> None:
    credentials.delenv("AWS_SECRET_ACCESS_KEY")
    error = refused()
    assert (str(error), error.permanent) == ("There are no AWS credentials for CloudFront.", True)


def test_no_error_repeats_a_guests_address(edge: Edge) -> None:
    words = [str(refused("/~danika.html"))]
    edge.api.trouble("CreateInvalidation", dropped, times=9)
    words.append(str(refused(PAGE)))
    assert ["danika" in each for each in words] == [False, False]


# -- the client -------------------------------------------------------------------------------------------------------


def test_there_is_one_client_a_process(credentials: pytest.MonkeyPatch) -> None:
    seen, start = [], threading.Barrier(8)

    def first_use() -> None:
        start.wait()
        seen.append(cloudfront.client())

    threads = [threading.Thread(target=first_use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(seen), len({id(each) for each in seen})) == (8, 1)


@pytest.mark.parametrize("region", ["", "us-west-2"])
def test_cloudfront_needs_no_region_and_is_in_one_place(credentials: pytest.MonkeyPatch, region: str) -> None:
    if region:
        credentials.setenv("AWS_DEFAULT_REGION", region)
    meta: Any = cloudfront.client().meta
    assert (meta.endpoint_url, meta.config.connect_timeout, meta.config.read_timeout) == (
        "https://cloudfront.amazonaws.com",
        3,
        10,
    )


def test_one_endpoint_serves_s3_and_cloudfront(edge: Edge, credentials: pytest.MonkeyPatch) -> None:
    with aws_server() as aws:
        aws.cloudfront = edge.api
        credentials.setenv("AWS_ENDPOINT_URL", aws.address)
        assert (ask().id, aws.requests["CLOUDFRONT"]) == (edge.api.invalidations[0].id, 1)


def test_cloudfront_may_have_an_endpoint_of_its_own(edge: Edge, credentials: pytest.MonkeyPatch) -> None:
    credentials.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    credentials.setenv("AWS_ENDPOINT_URL_CLOUDFRONT", edge.address)
    assert ask().id == edge.api.invalidations[0].id


def test_motos_cloudfront_is_understood_too(credentials: pytest.MonkeyPatch) -> None:
    with aws_server() as aws:
        credentials.setenv("AWS_ENDPOINT_URL", aws.address)
        made = ask(distribution=_distribution_of(aws))
        assert (made.done, completed(distribution=_distribution_of(aws), invalidation_id=made.id)) == (True, True)


def _distribution_of(aws: Aws) -> str:
    """The one distribution that moto holds, made when there is none."""
    client: Any = cloudfront.client()
    known = client.list_distributions()["DistributionList"].get("Items", [])
    if known:
        return str(known[0]["Id"])
    config = {
        "CallerReference": "1",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [{"Id": "s3", "DomainName": "pages.s3.amazonaws.com"}]},
        "DefaultCacheBehavior": {"TargetOriginId": "s3", "ViewerProtocolPolicy": "https-only"},
    }
    return str(client.create_distribution(DistributionConfig=config)["Distribution"]["Id"])
