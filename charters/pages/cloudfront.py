"""CloudFront's invalidations, asked for and looked up; nothing is decided here.

docs.aws.amazon.com/cloudfront/latest/APIReference (CreateInvalidation, GetInvalidation). No call belongs inside a
transaction.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from jada.core.errors import AdapterError

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

SERVICE = "cloudfront"
# In progress at one time, for a distribution; the two are counted apart
# (docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html).
MOST_PATHS = 3_000
MOST_WILDCARDS = 15

CONNECT_SECONDS, ANSWER_SECONDS = 3, 10
TRIES = 2  # a repeated reference changes nothing, so that a lost answer may be asked for again
# When CloudFront names no time itself: an invalidation takes it a minute or so, and it throttles by the second.
BUSY_SECONDS, THROTTLED_SECONDS = 30.0, 5.0
GLOBAL_REGION = "us-east-1"

BUSY = frozenset({"TooManyInvalidationsInProgress"})
THROTTLED = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "429"})
# The documentation's code and the one that is met (github.com/aws/aws-cdk/issues/3878), there with these words.
USED, USED_WORDS = "InvalidationBatchAlreadyExists", "caller reference"
PERMANENT = {
    "AccessDenied": "AWS does not allow us to invalidate pages at the edge.",
    "NoSuchDistribution": "CloudFront knows no such distribution; see CLOUDFRONT_DISTRIBUTION_ID.",
    **dict.fromkeys(
        ("InvalidClientTokenId", "MissingAuthenticationToken", "SignatureDoesNotMatch", "UnrecognizedClientException"),
        "AWS does not accept our credentials.",
    ),
}
UNKNOWN = {"NoSuchInvalidation": "CloudFront knows no such invalidation."}
NEVER_ACCEPTED = {
    "InvalidArgument": "CloudFront does not accept the addresses to be invalidated.",
    "BatchTooLarge": "CloudFront does not accept as many addresses at once.",
    USED: "CloudFront has seen this reference with other addresses.",
}


class NeverAcceptedError(AdapterError):
    """What was asked for is refused however often it is asked."""


class NotKnownError(AdapterError):
    """CloudFront knows of no such invalidation (any more)."""


@dataclass(frozen=True, slots=True)
class Invalidation:
    """What CloudFront made of a request: its id, and whether every place of the edge has already done it."""

    id: str
    done: bool


def public_path(address: str) -> str:
    """The path of a public address as an invalidation names it, `*` at its end for all that begin so.

    What RFC 1738 calls unsafe is percent-encoded, and nothing else, or CloudFront would not find the page
    (DeveloperGuide/invalidation-specifying-objects.html). It takes no tilde in any form.
    """
    return quote(urlsplit(address).path or "/", safe="/%$+!*'(),;:@=&")


def create(*, distribution: str, paths: Sequence[str], reference: str) -> Invalidation:
    """Ask that the public paths (of `public_path`) be forgotten at the edge.

    The same reference with the same paths gives the invalidation that was made before, and forgets nothing again; with
    other paths it is refused. Raises AdapterError, with `retry_after` when CloudFront is busy or throttles.
    """
    with _translated():
        answer = client().create_invalidation(
            DistributionId=distribution,
            InvalidationBatch={
                "Paths": {"Quantity": len(paths), "Items": list(paths)},
                "CallerReference": reference,
            },
        )
        made = answer["Invalidation"]
        return Invalidation(made["Id"], _done(made["Status"]))


def completed(*, distribution: str, invalidation_id: str) -> bool:
    """Whether every place of the edge has forgotten the invalidation's paths. Raises AdapterError."""
    with _translated():
        answer = client().get_invalidation(DistributionId=distribution, Id=invalidation_id)
        return _done(answer["Invalidation"]["Status"])


def _done(status: str) -> bool:
    """CloudFront says “Completed”, some that speak its language “COMPLETED”."""
    return status.casefold() == "completed"


# -- the way there ----------------------------------------------------------------------------------------------------

_making = threading.Lock()


def client() -> "CloudFrontClient":
    """The process's one client, made when it is first wanted, from the usual AWS variables."""
    with _making:
        return _made()


@cache
def _made() -> "CloudFrontClient":
    import boto3  # slow to import, and of no use without a distribution
    from botocore.config import Config

    session = boto3.Session()
    return session.client(
        "cloudfront",
        region_name=session.region_name or GLOBAL_REGION,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"mode": "standard", "total_max_attempts": TRIES},
        ),
    )


def forget_client() -> None:
    """Close the client; the next call makes another, from the environment as it is then."""
    with _making:
        if _made.cache_info().currsize:
            _made().close()
        _made.cache_clear()


@contextmanager
def _translated() -> Iterator[None]:
    """Botocore's errors in our words, once; what was asked and answered is not repeated in them."""
    try:
        yield
    except ClientError as error:
        raise _refusal(error) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise AdapterError("There are no AWS credentials for CloudFront.", service=SERVICE, permanent=True) from error
    except (ConnectTimeoutError, ReadTimeoutError) as error:
        raise AdapterError("CloudFront takes too long to answer.", service=SERVICE) from error
    except BotoCoreError as error:
        raise AdapterError("CloudFront cannot be reached.", service=SERVICE) from error
    except (ResponseParserError, KeyError) as error:
        raise AdapterError("CloudFront's answer is not what its documentation promises.", service=SERVICE) from error


def _refusal(error: ClientError) -> AdapterError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code == "InvalidArgument" and USED_WORDS in str(error.response["Error"].get("Message", "")):
        code = USED
    if code in BUSY:
        words, wait = "CloudFront is still busy with earlier invalidations.", BUSY_SECONDS
    elif code in THROTTLED:
        words, wait = "CloudFront asks us to slow down.", THROTTLED_SECONDS
    elif code in UNKNOWN:
        return NotKnownError(UNKNOWN[code], service=SERVICE, permanent=True)
    elif code in NEVER_ACCEPTED:
        return NeverAcceptedError(NEVER_ACCEPTED[code], service=SERVICE, permanent=True)
    elif code in PERMANENT:
        return AdapterError(PERMANENT[code], service=SERVICE, permanent=True)
    else:
        return AdapterError(f"CloudFront failed ({code or 'no reason given'}).", service=SERVICE)
    return AdapterError(words, service=SERVICE, retry_after=_named_by(error) or wait)


def _named_by(error: ClientError) -> float | None:
    """The Retry-After of the answer in seconds, if it has one (RFC 9110, 10.2.3; CloudFront's would be a number)."""
    named = str(error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", ""))
    return float(named) if named.isdecimal() else None
