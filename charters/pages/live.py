"""What a page that is live says, and what of it is not as it should be, in words.

It is compared with what the same reader finds in the page that should be there: a person who reads both could not tell
more, and a new layout of the template needs no new comparison. Both values are told; of links, codes and drawings,
which are rights, only that they differ (docs/architecture.md, rule 7).
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from charters.pages import words
from charters.pages.facts import Facts, digest, refusal
from charters.pages.reading import Hour, Live, read
from charters.pages.render import render
from jada.core.errors import AdapterError

__all__ = ["Hour", "Live", "findings", "read"]

NO_PAGE_OF_OURS = "it is no page of ours"
LEADS_ELSEWHERE = "it leads to another address"
MAKES_NO_PAGE = "the trip makes no page now"
OLDER_COPY = "it is an older copy"
EDITED_BY_HAND = "its text was edited by hand"

_YEARS = range(2000, 2100)  # of a publication; what is stated otherwise is no date of ours
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s?(?:(?P<half>[ap])\.?\s?m\.?)?", re.IGNORECASE)
_NAMED_CLOCKS = {"noon": time(12), "midnight": time(0)}
_HOURS = {"arrive_by": ("arrive by", "no arrival time"), "start": ("start", "no start"), "end": ("end", "no end")}
# Addresses, photo codes (ABCD-2345-EFGH-6789), and what has the length and a digit of a token (jada.core.links).
_RIGHT = re.compile(r"[^\s“”]*(?:://|/[wpg]/)[^\s“”]*[^\s“”,;]|\b\w{4}(?:-\w{4}){3}\b|(?=[\w-]*\d)[\w-]{20,}", re.ASCII)
_LINKS = {
    "waiver": "the waiver link",
    "photos": "the photo link",
    "calendar": "the calendar link",
    "map": "the map link",
}


def findings(live: Live, facts: Facts) -> list[str]:
    """What is wrong with a page that should show these facts (`page_facts`), in words; nothing when it is the page.

    “arrive by 2:00 PM, should be 2:45 PM”; “captain Darrell, should be Gene”; “it says cancelled, the trip sails”.
    """
    return [_RIGHT.sub("…", each) for each in _differences(live, facts)]


def _differences(live: Live, facts: Facts) -> list[str]:
    if live.leads_to:
        return [LEADS_ELSEWHERE]
    if not live.ours:
        return [NO_PAGE_OF_OURS]
    right = digest(facts)
    try:
        page = render(facts, digest=right, published_at=_published(live))
    except KeyError:  # facts that an earlier release stored lack what a page shows today
        return [OLDER_COPY]
    except AdapterError as error:
        return [f"{MAKES_NO_PAGE}: {refusal(facts) or error}"]
    if hashlib.sha256(page).hexdigest() == live.fingerprint:
        return []
    should = read(page)
    return [*_when(live, should), *_who(live, should), *_rights(live, should)] or [_by_hand(live, should, right)]


def _published(live: Live) -> datetime:
    """When the page says it was published: the page that should be there is told apart by nothing else."""
    try:
        moment = datetime.fromisoformat(live.published)
    except ValueError:
        return _LONG_AGO
    return moment if moment.tzinfo and moment.year in _YEARS else _LONG_AGO


def _by_hand(live: Live, should: Live, right: str) -> str:
    """What to say when every fact agrees: somebody edited the text, or it was put when the text was another."""
    headings = dict.fromkeys([*should.sections, *live.sections])
    under = next((each for each in headings if each and live.sections.get(each) != should.sections.get(each)), "")
    if live.digest in {None, right}:
        return f"{EDITED_BY_HAND}, under “{under}”" if under else EDITED_BY_HAND
    return f"{OLDER_COPY}, with other words under “{under}”" if under else OLDER_COPY


# -- when ---------------------------------------------------------------------------------------------------


def _when(live: Live, should: Live) -> Iterator[str]:
    if live.cancelled != should.cancelled:
        says, is_so = ("cancelled", "the trip sails") if live.cancelled else ("the trip sails", "it is cancelled")
        yield f"it says {says}, {is_so}"
    yield from _date(live.date, should.date)
    for name in _HOURS:
        # A page of a cancelled trip names no arrival: that it says so is told already.
        if name != "arrive_by" or live.cancelled == should.cancelled:
            yield from _hour(name, live, should)


def _date(live: Hour | None, should: Hour | None) -> Iterator[str]:
    if should is None or live == should:
        return
    right = _day(should)
    if live is None:
        yield f"no date, should be {right}"
        return
    said = _day(live)
    if said == right:  # another year, or what machines read is not what people read
        said, right = live.mark if live.said == should.said else f"“{live.said}”", should.said
    yield f"date {said}, should be {right}"


def _day(hour: Hour) -> str:
    """“Sat 30 May”, when people and machines read the same; else what people read."""
    on = _date_in(hour.mark)
    return words.day(on) if on and words.long_day(on) == hour.said else f"“{hour.said}”"


def _hour(name: str, live: Live, should: Live) -> Iterator[str]:
    stated: Hour | None = getattr(live, name)
    right: Hour | None = getattr(should, name)
    if right is None or stated == right:
        return
    label, missing = _HOURS[name]
    if stated is None:
        yield f"{missing}, should be {right.said}"
        return
    clock = _clock_said(right.said)
    said, marked = _clock_said(stated.said), _clock_in(stated.mark)
    if said is None or said != clock:
        actual, expected = _told_apart(said, clock) if said and clock else (f"“{stated.said}”", right.said)
        yield f"{label} {actual}, should be {expected}"
    elif marked != clock:
        actual, expected = _told_apart(marked, clock) if marked and clock else ("no hour", right.said)
        yield f"{label} {actual} where machines read it, should be {expected}"
    elif (there := _days_in(stated, live.date)) != (here := _days_in(right, should.date)) and here is not None:
        expected, actual = (f"{right.said}, {_later(days)}" for days in (here, there))
        yield f"{label} {actual}, should be {expected}"
    elif _offset_in(stated.mark) != _offset_in(right.mark):
        yield f"{label} {right.said} in another zone where machines read it, should be {right.said}"


def _told_apart(one: time, other: time) -> tuple[str, str]:
    """“2:00 PM” and “2:45 PM”, but “2 PM” and “3 PM”: both as exact as the more exact one."""
    said = words.clock(one), words.clock(other)
    if not any(":" in each for each in said):
        return said
    first, second = (each if ":" in each else each.replace(" ", ":00 ") for each in said)
    return first, second


def _clock_said(said: str) -> time | None:
    """The hour a person wrote: “2:45 PM”, “2 p.m.”, “14:45”, “noon”; None for anything else."""
    if said.casefold() in _NAMED_CLOCKS:
        return _NAMED_CLOCKS[said.casefold()]
    found = _CLOCK.fullmatch(said)
    if not found or not (found["half"] or found["minute"]):
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"].casefold() == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _clock_in(mark: str) -> time | None:
    try:
        return datetime.fromisoformat(mark).time()
    except ValueError:
        return None


def _offset_in(mark: str) -> timedelta | None:
    try:
        return datetime.fromisoformat(mark).utcoffset()
    except ValueError:
        return None


def _date_in(mark: str) -> date | None:
    try:
        return datetime.fromisoformat(mark).date()
    except ValueError:
        return None


def _days_in(hour: Hour, first: Hour | None) -> int | None:
    """How many days after the page's own date."""
    on, since = _date_in(hour.mark), _date_in(first.mark) if first else None
    return (on - since).days if on and since else None


def _later(days: int | None) -> str:
    if days is None or abs(days) > 1:
        return "another day"
    return ("the day before", "the same day", "the next day")[days + 1]


# -- where, and with whom -----------------------------------------------------------------------------------


def _who(live: Live, should: Live) -> Iterator[str]:
    yield from _text("guest", live.guest, should.guest)
    yield from _text("trip", live.trip, should.trip, _quoted)
    if live.cancelled == should.cancelled:
        yield from _text("captain", live.captain, should.captain)
        yield from _labels(live.crew, should.crew)
        yield from _text("dock", live.dock, should.dock, _quoted)
        yield from _labels(live.told, should.told, _quoted)
        yield from _text("waivers", live.signed, should.signed, _quoted)
    yield from _text("phone", _numbers(live), _numbers(should))


def _numbers(live: Live) -> str:
    return words.listed([words.phone(number) for number in live.phones])


def _quoted(text: str) -> str:
    return f"“{text}”"


def _labels(live: dict[str, str], should: dict[str, str], said: Callable[[str], str] = str) -> Iterator[str]:
    for label in [*should, *(each for each in live if each not in should)]:
        yield from _text(label, live.get(label, ""), should.get(label, ""), said)


def _text(name: str, live: str, should: str, said: Callable[[str], str] = str) -> Iterator[str]:
    """“captain Darrell, should be Gene”; “no captain, should be Gene”; “captain Darrell, should be none”."""
    if live != should:
        label = name.lower()
        expected = said(should) if should else "none"
        yield f"{label} {said(live)}, should be {expected}" if live else f"no {label}, should be {expected}"


# -- rights: that they differ is said, not what they are ----------------------------------------------------


def _rights(live: Live, should: Live) -> Iterator[str]:
    if live.cancelled != should.cancelled:
        return
    for kind, label in _LINKS.items():
        yield from _right(label, "".join(live.links[kind]), "".join(should.links[kind]))
    yield from _right("the photo code", live.photo_code, should.photo_code)
    yield from _right("the QR code", live.qr, should.qr)


def _right(label: str, live: str, should: str) -> Iterator[str]:
    if live == should:
        return
    if not should:
        yield f"{label} should not be there"
    elif not live:
        yield f"{label} is missing"
    else:
        yield f"{label} is not this trip's"
