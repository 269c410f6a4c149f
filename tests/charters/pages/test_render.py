"""The guest page as bytes: what it carries, what it lets in, and what it never says."""

import html
import re
from typing import Any

import pytest
from django.test import override_settings

from charters.pages.facts import digest, page_facts
from charters.pages.render import digest_in, moved_digest, render, render_moved
from jada.core.errors import AdapterError
from tests.charters.pages.samples import CODE, at, charter, jada

QUINN: dict[str, Any] = {
    "title": "Quinn Proposal Sunset Sail",
    "party": "Quinn",
    "guest_name": "Quinn Alvarez",
    "guest_email": "quinn@example.com",
    "guest_phone": "+16195550001",
    "event_type": "sunset_sail",
    "starts_at": at("2026-05-30 18:30"),
    "ends_at": at("2026-05-30 20:30"),
    "arrive_by": at("2026-05-30 18:15"),
    "guest_count": 4,
    "crew": [("captain", "Darrell"), ("crew", "Gene"), ("crew", "Sarah")],
}


def rendered(**facts: Any) -> str:
    of = page_facts(charter(**facts))
    return render(of, digest=digest(of), published_at=at("2026-05-30 14:10")).decode()


def words_of(page: str) -> str:
    """What a person reads: no tags, no style, single spaces."""
    body = page[page.index("<body") :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_three_times_are_machine_readable():
    times = re.findall(r'<time datetime="([^"]+)">(.*?)</time>', rendered(**QUINN))

    assert times == [
        ("2026-05-30", "Saturday, 30 May 2026"),
        ("2026-05-30T18:15:00-07:00", "6:15<small> PM</small>"),
        ("2026-05-30T18:30:00-07:00", "6:30 PM"),
        ("2026-05-30T20:30:00-07:00", "8:30 PM"),
        ("2026-05-30T14:10:00-07:00", "Sat 30 May, 2:10 PM"),
    ]


def test_a_guest_reads_what_she_needs_in_its_order():
    read = words_of(rendered(**QUINN, named=4, signed=2, pending_guardian=1))
    said = [
        "Hello, Quinn",
        "Sunset sail on JADA",
        "Saturday, 30 May 2026",
        "Arrive by 6:15 PM",
        "We sail 6:30 PM",
        "We are back 8:30 PM",
        "On board 2 hours",
        "Harbor Island West 1880 Harbor Island Dr, San Diego, CA 92101",
        "Open the map",
        "Call us",
        "Running late?",
        "Captain Darrell",
        "Crew Gene and Sarah",
        "2 of 4 have signed; 1 waits for a guardian.",
        "A jacket: it cools down fast after sunset",
        CODE,
        "Add to calendar",
        "The JADA office (619) 555-0100 office@sailjada.com",
        "Updated Sat 30 May, 2:10 PM",
    ]

    places = [read.find(each) for each in said]
    assert -1 not in places
    assert places == sorted(places)


@override_settings(BASE_URL="https://sail.example.com")
def test_links_lead_where_they_say():
    of = page_facts(charter(**QUINN))
    page = render(of, digest=digest(of), published_at=at("2026-05-30 14:10")).decode()

    assert html.unescape(" ".join(re.findall(r'<a [^>]*?href="([^"]+)"', page))).split() == [
        of["dock"]["map_url"],
        "tel:+16195550100",
        "sms:+16195550100?&body=Hello%2C%20this%20is%20Quinn%20%28sunset%20sail%2C%20Sat%2030%20May%29."
        "%20We%20are%20running%20late%3A%20",
        of["waiver_url"],
        f"https://sail.example.com/p/{CODE}/",
        of["ics_url"],
        "tel:+16195550100",
        "mailto:office@sailjada.com",
    ]
    assert re.findall(r"<iframe [^>]+>", page) == [f'<iframe src="{of["waiver_url"]}" title="Waiver" loading="lazy">']


def test_secrets_are_not_on_the_page():
    page = rendered(**QUINN, questions=["Quinn Jr. has asthma"])

    leaks = [
        "Proposal",
        "Alvarez",
        "quinn@example.com",
        "555-0001",
        "5550001",
        "asthma",
        "Jr.",
        "danika-saturday",
    ]
    assert [leak for leak in leaks if leak in page] == []
    assert re.search(r"<title>(.*)</title>", page)[1] == "Quinn · Sunset sail on JADA, Sat 30 May"  # type: ignore[index]


def test_names_are_text_and_never_markup():
    page = rendered(party='<script>alert("x")</script>', crew=[("captain", "<b>Gene</b>")], place="<i>Pier</i>")

    assert [tag for tag in ("<script", "<b>", "<i>") if tag in page] == []


@override_settings(BASE_URL="https://sail.example.com")
def test_the_page_lets_nothing_in_but_the_waivers_frame():
    page = rendered(**QUINN)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)

    assert policy is not None
    assert re.sub(r"sha256-[\w+/=]+", "sha256-…", policy[1]) == (
        "default-src 'none'; style-src 'sha256-…'; img-src data:; frame-src https://sail.example.com; "
        "base-uri 'none'; form-action 'none'"
    )
    assert re.findall(r'(?:src|srcset)="(?!https://sail\.example\.com/w/)|url\(|@import|<script| style="', page) == []
    assert '<meta name="robots" content="noindex">' in page
    assert '<meta name="referrer" content="no-referrer">' in page


def test_the_page_is_small():
    crew = [("captain", "Gene"), *[("deckhand", f"Deckhand {number}") for number in range(8)]]

    assert len(rendered(guest_count=36, event_type="whale_watching", crew=crew).encode()) < 30_000


def test_the_digest_is_found_in_the_page_and_nowhere_else():
    of = page_facts(charter())
    page = render(of, digest=digest(of), published_at=at("2026-05-30 14:10"))

    assert digest_in(page) == digest(of)
    assert digest_in(b"<html>We are sorry, this page is gone.</html>") is None
    assert digest_in(b" " * 2000 + page) is None
    assert '<meta name="jada:published" content="2026-05-30T14:10:00-07:00">' in page.decode()


def test_a_cancelled_trip_says_so_and_keeps_the_date_and_whom_to_call():
    page = rendered(**QUINN, status="cancelled")

    assert words_of(page) == (
        "JADA Hello, Quinn Sunset sail on JADA This trip is cancelled "
        "We are sorry that we will not sail with you this time. There is no need to come to the dock. "
        "Please get in touch: we would be glad to find you another day. "
        "It was planned for Saturday, 30 May 2026 , 6:30 PM to 8:30 PM . "
        "Who to call The JADA office (619) 555-0100 office@sailjada.com Updated Sat 30 May, 2:10 PM"
    )
    assert [gone for gone in ("iframe src", CODE, "/w/", "/g/", "Arrive by") if gone in page] == []


def test_a_cancelled_trip_without_hours_keeps_its_day():
    assert "It was planned for Saturday, 30 May 2026 ." in words_of(rendered(all_day=True, status="cancelled"))


def test_a_trip_past_midnight_names_the_day_of_its_end():
    read = words_of(rendered(ends_at=at("2026-05-31 00:30")))

    assert "We are back 12:30 AM Sun 31 May On board 9 hours 30 minutes" in read


def test_nobody_is_greeted_by_nothing():
    assert "Welcome aboard Whale watching on JADA" in words_of(rendered(party="", event_type="whale_watching"))


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"guest_count": 12}, "None of the 12 have signed yet."),
        ({"guest_count": 12, "signed": 1}, "1 of 12 has signed."),
        (
            {"guest_count": 4, "signed": 2, "pending_guardian": 1},
            "2 of 4 have signed; 1 waits for a guardian.",
        ),
        ({"guest_count": 4, "pending_guardian": 2}, "None of the 4 have signed yet; 2 wait for a guardian."),
        ({"guest_count": 4, "signed": 4}, "All 4 have signed. Thank you!"),
        (
            {"guest_count": 4, "signed": 4, "pending_guardian": 1},
            "4 of 4 have signed; 1 waits for a guardian.",
        ),
        ({"guest_count": 1}, "Not signed yet."),
        ({"guest_count": 1, "signed": 1}, "Signed. Thank you!"),
        ({"guest_count": 1, "pending_guardian": 1}, "Signed; a guardian's signature is still missing."),
    ],
)
def test_who_has_signed_is_told_in_counts(counts: dict[str, int], said: str):
    assert f"Waiver {said} " in words_of(rendered(**counts))


def test_with_everybody_signed_the_form_steps_back():
    page = rendered(guest_count=2, signed=2)

    assert "<details>" in page
    assert "<iframe" in page


def test_without_a_phone_nobody_is_told_to_call_it():
    silent = charter()
    silent.vessel.brand.phone = ""
    of = page_facts(silent)
    page = render(of, digest=digest(of), published_at=at("2026-05-30 14:10")).decode()

    assert [kind for kind in ("tel:", "sms:") if kind in page] == []


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ({"captain": "None"}, "a value on the page is “None”"),
        ({"duration": "nan"}, "a value on the page is “nan”"),
        ({"arrive_by": ""}, "a time on the page is empty"),
        ({"event_type": "{{ type }}"}, "an unfilled placeholder: “{{” stands on the page"),
    ],
)
def test_a_page_that_lacks_a_value_after_all_is_not_made(missing: dict[str, str], reason: str):
    with pytest.raises(AdapterError) as raised:
        render(page_facts(charter()) | missing, digest="0" * 64, published_at=at("2026-05-30 14:10"))

    assert (str(raised.value), raised.value.permanent) == (f"The page cannot be published: {reason}.", True)


def at_a_dock(**notes: str) -> str:
    vessel = jada()
    for name, text in notes.items():
        setattr(vessel.dock, name, text)
    return rendered(vessel=vessel)


def test_the_dock_is_told_in_a_calm_order():
    read = words_of(
        at_a_dock(
            aboard="No glass, please.",
            late_policy="We wait ten minutes.",
            accessibility="A ramp, then two steps.",
            gate="Gate B.",
            parking="Free after 5 PM.",
            photo_url="https://example.com/gate.jpg",
        )
    )
    told = read[read.index("Where to board") : read.index("Your crew")]

    assert told == (
        "Where to board Harbor Island West 1880 Harbor Island Dr, San Diego, CA 92101 "
        "Park in the marina's lot. Gate B is opened for you. See a picture of the way in "
        "Open the map Call us Running late? "
        "Parking Free after 5 PM. The gate Gate B. Steps and access A ramp, then two steps. "
        "If you are late We wait ten minutes. "
    )
    assert "What may come aboard No glass, please. Your photos" in read


def test_only_a_long_note_is_folded():
    long = "Park where the path ends. " * 12
    page = at_a_dock(parking=long, gate="Gate B.")

    assert re.findall(r"<details><summary>(.+?)</summary>", page) == ["Parking"]


def test_a_picture_of_the_dock_is_a_link_and_not_loaded():
    page = at_a_dock(photo_url="https://example.com/gate.jpg")

    assert page.count("https://example.com/gate.jpg") == 1
    assert '<a href="https://example.com/gate.jpg">See a picture of the way in</a>' in page


def test_a_dock_of_which_nothing_is_told_has_no_headings_for_it():
    headings = re.findall(r"<(?:h\d|summary)>(.+?)</(?:h\d|summary)>", at_a_dock(directions=""))

    assert headings == [
        *("Hello, Danika", "Where to board", "Your crew", "Waiver", "What to bring", "Your photos", "Who to call")
    ]


NEW_ADDRESS = "https://guests.sailjada.com/2026-06-07/Danika-k3Jd9.html"


def test_the_page_of_a_moved_trip_says_where_to_and_neither_who_nor_when():
    page = render_moved(NEW_ADDRESS, brand="JADA").decode()

    assert words_of(page) == (
        "JADA Your page has moved The trip is on another day now. Everything about it is on your new page. "
        "Open your page"
    )
    assert f'<meta http-equiv="refresh" content="0; url={NEW_ADDRESS}">' in page
    assert f'<a href="{NEW_ADDRESS}">Open your page</a>' in page
    assert [named for named in ("Danika", "2026", "PM") if named in page.replace(NEW_ADDRESS, "")] == []


def test_the_page_of_a_moved_trip_lets_nothing_in_and_is_not_found_by_searching():
    page = render_moved(NEW_ADDRESS, brand="JADA").decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)

    assert policy is not None
    assert re.sub(r"sha256-[\w+/=]+", "sha256-…", policy[1]) == (
        "default-src 'none'; style-src 'sha256-…'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert '<meta name="robots" content="noindex">' in page
    assert '<meta name="referrer" content="no-referrer">' in page


def test_the_page_of_a_moved_trip_carries_the_digest_of_where_it_leads():
    page = render_moved(NEW_ADDRESS, brand="JADA")

    assert page == render_moved(NEW_ADDRESS, brand="JADA")
    assert digest_in(page) == moved_digest(NEW_ADDRESS)
    assert moved_digest(NEW_ADDRESS) != moved_digest(f"{NEW_ADDRESS}?")
