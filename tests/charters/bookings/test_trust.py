"""Which mail is believed: by its one sender's domain, and by what our own mail host found."""

import pytest

from charters.bookings.letters import open_letter
from charters.bookings.trust import Trust, dmarc, judge
from tests.charters.bookings.samples import letter, mail


def judged(**parts: str) -> Trust:
    return judge(open_letter(letter("Hello", **parts)))


def results(*headers: str) -> str:
    return "".join(f"Authentication-Results: {each}\n" for each in headers)


def test_a_platform_is_believed() -> None:
    assert judged().believed


def test_a_platforms_subdomain_is_believed() -> None:
    assert judged(sender="itinerary@mail.boatsetter.com").believed


def test_without_any_result_a_platform_is_believed() -> None:
    assert judged(headers="").believed


def test_what_the_office_forwards_is_believed() -> None:
    assert judge(open_letter(mail("boatsetter-forwarded-jonathan"))) == Trust(True, "Forwarded by the office.")


def test_a_brands_own_address_is_the_offices() -> None:
    raw = letter("Hello", sender="ana@example.com")
    assert not judge(open_letter(raw)).believed
    assert judge(open_letter(raw), office=["Ana@Example.com"]).believed


@pytest.mark.parametrize(
    "sender",
    [
        "Boatsetter <booking@example.net>",
        '"no-reply@boatsetter.com" <booking@example.net>',
        "no-reply@boatsetter.com.example.net",
        "no-reply@notboatsetter.com",
        "no-reply@boatsetter.com, booking@example.net",
        "<no-reply@boatsetter.com> <booking@example.net>",
        "no-reply@boatsetter.com <booking@example.net>",
        "booking@example.net (no-reply@boatsetter.com)",
        "Boatsetter <no-reply@boatsetter.com>\nFrom: booking@example.net",
        "=?utf-8?q?Boatsetter_=3Cno-reply=40boatsetter=2Ecom=3E?= <booking@example.net>",
        "no-reply@bоatsetter.com",
        "@boatsetter.com",
    ],
)
def test_a_sender_that_only_looks_like_a_platform_is_none(sender: str) -> None:
    assert not judged(sender=sender).believed


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        (results("mx.google.com; dmarc=fail (p=NONE) header.from=boatsetter.com"), "fail"),
        (results("mx.google.com; dmarc=fail", "mx.google.com; dmarc=pass"), "fail"),
        (results("mx.google.com; dmarc=pass", "mx.google.com; dmarc=fail"), "pass"),
        (results("evil.example; dmarc=pass", "mx.google.com; dmarc=fail"), "fail"),
        (results("evil.example; dmarc=fail", "mx.google.com; dmarc=pass"), "pass"),
        (results("MX.Google.com 1; DMARC = Fail"), "fail"),
        (results("mx.google.com;\n spf=pass (dmarc=fail; said (nobody));\n dmarc=pass"), "pass"),
        (results('mx.google.com; spf=pass smtp.mailfrom="a; dmarc=pass"; dmarc=fail'), "fail"),
        (results("evil.example; dmarc=fail"), ""),
        (results("mx.google.com; none"), ""),
        ("", ""),
    ],
)
def test_only_the_topmost_result_of_our_own_host_counts(headers: str, found: str) -> None:
    assert dmarc(open_letter(letter("Hello", headers=headers))) == found


def test_a_forged_pass_below_the_topmost_does_not_help() -> None:
    trust = judge(open_letter(mail("forged-dmarc")))
    assert not trust.believed
    assert "our mail host found that forged" in trust.why


def test_a_forged_office_is_not_believed() -> None:
    headers = results("mx.google.com; dmarc=fail header.from=sailjada.com")
    assert not judged(sender="office@sailjada.com", headers=headers).believed
