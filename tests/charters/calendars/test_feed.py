"""A feed's bytes, cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charters.calendars.feed import FeedError, components, cut, digest, text

EVENT = b"BEGIN:VEVENT\r\nUID:%s\r\nSUMMARY:%s\r\nEND:VEVENT\r\n"


def feed(*events: bytes, before: bytes = b"") -> bytes:
    return b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + before + b"".join(events) + b"END:VCALENDAR\r\n"


def refusal(content: bytes) -> str:
    with pytest.raises(FeedError) as raised:
        cut(content)
    return str(raised.value)


def test_each_event_is_a_piece_under_its_uid() -> None:
    assert cut(feed(EVENT % (b"a", b"One"), EVENT % (b"b", b"Two"))).pieces == {
        "a": b"\nUID:a\nSUMMARY:One\n",
        "b": b"\nUID:b\nSUMMARY:Two\n",
    }


def test_a_feed_without_events_has_no_pieces() -> None:
    assert cut(feed()).pieces == {}


def test_line_ends_of_either_kind_are_the_same_feed() -> None:
    content = feed(EVENT % (b"a", b"One"))
    assert cut(content.replace(b"\r\n", b"\n")) == cut(content)


def test_a_byte_order_mark_is_passed_over() -> None:
    content = feed(EVENT % (b"a", b"One"))
    assert cut(b"\xef\xbb\xbf" + content) == cut(content)


def test_blank_lines_around_the_feed_are_passed_over() -> None:
    content = feed(EVENT % (b"a", b"One"))
    assert cut(b"\r\n\r\n" + content + b"\r\n \r\n") == cut(content)


def test_names_in_small_letters_are_names() -> None:
    content = (
        feed(EVENT % (b"a", b"One")).replace(b"BEGIN:VEVENT", b"begin:vevent").replace(b"END:VEVENT", b"end:vevent")
    )
    assert list(cut(content).pieces) == ["a"]


def test_a_uid_with_parameters_and_folds_is_one_uid() -> None:
    event = b"BEGIN:VEVENT\r\nSUMMARY:x\r\nUID;X-KIND=g:abc\r\n def\r\n\tghi\r\nEND:VEVENT\r\n"
    assert list(cut(feed(event)).pieces) == ["abcdefghi"]


def test_components_of_one_uid_are_one_piece() -> None:
    pieces = cut(feed(EVENT % (b"a", b"One"), EVENT % (b"b", b"Two"), EVENT % (b"a", b"Three"))).pieces
    assert components(pieces["a"].decode()) == ["\nUID:a\nSUMMARY:One\n", "\nUID:a\nSUMMARY:Three\n"]


def test_thousands_of_components_of_one_uid_are_cut_at_once() -> None:
    large = EVENT % (b"a", b"x" * 800)
    assert len(cut(feed(*[large] * 20_000)).pieces["a"]) > 16_000_000


def test_an_event_without_uid_stays_itself_when_another_comes_before_it() -> None:
    ours = b"BEGIN:VEVENT\r\nDTSTART:20260530T210000Z\r\nSUMMARY:Danika\r\nEND:VEVENT\r\n"
    other = b"BEGIN:VEVENT\r\nDTSTART:20260529T210000Z\r\nSUMMARY:Kim\r\nEND:VEVENT\r\n"
    assert cut(feed(other, ours)).pieces.items() > cut(feed(ours)).pieces.items()


def test_an_event_with_an_empty_uid_is_one_without() -> None:
    assert [uid[:12] for uid in cut(feed(EVENT % (b"", b"One"))).pieces] == ["without-uid-"]


def test_a_uid_too_long_for_an_index_is_shortened_and_stays_unique() -> None:
    pieces = cut(feed(EVENT % (b"a" * 5_000, b"One"), EVENT % (b"a" * 5_001, b"Two"))).pieces
    assert [len(uid) for uid in pieces] == [41, 41]


def test_an_alarm_inside_an_event_is_part_of_it() -> None:
    event = b"BEGIN:VEVENT\r\nUID:a\r\nBEGIN:VALARM\r\nUID:b\r\nEND:VALARM\r\nSUMMARY:One\r\nEND:VEVENT\r\n"
    assert cut(feed(event)).pieces == {"a": b"\nUID:a\nBEGIN:VALARM\nUID:b\nEND:VALARM\nSUMMARY:One\n"}


def test_a_description_that_quotes_a_feed_is_only_text() -> None:
    event = b"BEGIN:VEVENT\r\nUID:a\r\nDESCRIPTION:x\\n\r\n BEGIN:VEVENT\r\n \r\n END:VEVENT\r\nEND:VEVENT\r\n"
    assert list(cut(feed(event)).pieces) == ["a"]


ZONE = b"BEGIN:VTIMEZONE\r\nTZID:Mars\r\nEND:VTIMEZONE\r\n"


def test_zones_are_kept() -> None:
    assert cut(feed(EVENT % (b"a", b"One"), before=ZONE)).zones == b"BEGIN:VTIMEZONE\nTZID:Mars\nEND:VTIMEZONE"


def test_zones_after_the_events_are_kept_too() -> None:
    assert cut(feed(EVENT % (b"a", b"One"), ZONE, ZONE)).zones == b"\n".join(
        [b"BEGIN:VTIMEZONE\nTZID:Mars\nEND:VTIMEZONE"] * 2
    )


# -- what cannot be believed -----------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"\r\n", b"\xef\xbb\xbf", b" \n\n "])
def test_an_empty_answer(content: bytes) -> None:
    assert refusal(content) == "The feed is empty."


def test_a_web_page() -> None:
    page = b"<!DOCTYPE html><html><body>Sign in</body></html>"
    assert refusal(page) == "The address answered with a web page, not with an iCal feed."


@pytest.mark.parametrize(
    "content", [b'{"error": "denied"}', b"\x00" * 100, b"BEGIN:VCARD\r\nEND:VCARD\r\n", b"\x1f\x8b"]
)
def test_something_else(content: bytes) -> None:
    assert refusal(content) == "The address answered with no calendar, not with an iCal feed."


def test_a_feed_cut_off_between_events() -> None:
    assert refusal(feed(EVENT % (b"a", b"One"))[:-16]) == "The feed is cut off: it does not end with END:VCALENDAR."


def test_a_feed_cut_off_in_a_text_that_names_the_end() -> None:
    content = feed()[:-15] + b"BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:END:VCALENDAR"
    assert refusal(content) == "The feed is cut off: it does not end with END:VCALENDAR."


def test_an_event_that_does_not_end() -> None:
    assert refusal(feed(b"BEGIN:VEVENT\r\nUID:a\r\n")) == "The feed is cut off: an event does not end."


def test_an_event_inside_an_event() -> None:
    event = b"BEGIN:VEVENT\r\nUID:a\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VEVENT\r\n"
    assert refusal(feed(event)) == "The feed is cut off: an event does not end."


def test_more_than_20_mb() -> None:
    assert refusal(feed(b" " * 20_000_000)) == "The feed is larger than 20 MB."


def test_more_than_20_000_events() -> None:
    assert refusal(feed(*[EVENT % (b"a", b"")] * 20_001)) == "The feed holds more than 20,000 events."


@given(st.binary(max_size=200))
def test_any_bytes_are_cut_or_refused(content: bytes) -> None:
    for wrapped in (content, feed(content), feed(b"BEGIN:VEVENT\r\n" + content + b"\r\nEND:VEVENT\r\n")):
        try:
            cut(wrapped)
        except FeedError:
            continue


# -- digests and text --------------------------------------------------------------------------------------------


def test_a_digest_leaves_the_download_stamp_out() -> None:
    assert digest(b"\nDTSTAMP:20260101T000000Z\nUID:a\n") == digest(b"\nDTSTAMP;X=1:20270101T000000Z\nUID:a\n")


def test_a_digest_leaves_the_stamp_out_wherever_it_stands() -> None:
    assert digest(b"\nUID:a\nDTSTAMP:2\n") == digest(b"\nUID:a\n") == digest(b"\nDTSTAMP:1\nUID:a\nDTSTAMP:2\n")


@pytest.mark.parametrize(
    "other",
    [b"\nUID:a\nSUMMARY:two\n", b"\nUID:a\nSUMMARY:one\nSTATUS:CANCELLED\n", b"\nUID:a\nDESCRIPTION:DTSTAMP:1\n"],
)
def test_a_digest_tells_everything_else(other: bytes) -> None:
    assert digest(other) != digest(b"\nUID:a\nSUMMARY:one\n")


def test_utf_8_is_read() -> None:
    assert text("Muñoz ⛵".encode()) == "Muñoz ⛵"


def test_latin_1_is_read_when_it_is_no_utf_8() -> None:
    assert text("Muñoz – O’Brien".encode("cp1252")) == "Muñoz – O’Brien"


def test_a_fold_inside_a_letter_does_not_break_the_letter() -> None:
    assert text(b"SUMMARY:Mu\xc3\n \xb1oz") == "SUMMARY:Muñoz"


def test_nul_bytes_are_dropped() -> None:
    assert text(b"Qui\x00nn") == "Quinn"


def test_components_are_unfolded() -> None:
    assert components("\nSUMMARY:Qui\n nn\n\t Sail\n") == ["\nSUMMARY:Quinn Sail\n"]
