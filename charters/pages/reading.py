"""A guest page as it is read: its facts, out of whatever lies at its address.

A page is read by its marks and its structure, as a guest reads it: what she sees counts, and the hours that machines
read (`<time datetime>`) are read beside it. What is rights (codes, links) and what is long is kept as a digest.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from charters.pages.markup import Element, parse
from charters.pages.render import digest_in, moved_digest

MOST_LABELS = 30
_HEADINGS = frozenset({"h1", "h2", "h3", "summary"})
_CANCELLED = re.compile(r"\bcancell?ed\b", re.IGNORECASE)
_GREETING = re.compile(r"(?:hello|hi|dear),? (?P<guest>.+)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CODE = re.compile(r"\b\w{4}(?:-\w{4}){3}\b", re.ASCII)
# What stands before an hour says which it is; of those without such words, their order does.
_BEFORE = {
    "arrive_by": re.compile(r"\b(?:arriv\w*|be (?:here|there|at the dock))(?: by)?\W*$", re.IGNORECASE),
    "start": re.compile(r"\b(?:sails?|starts?|leaves?|departs?|departure)\W*$", re.IGNORECASE),
    "end": re.compile(r"\b(?:back|returns?|ends?|until|to)\b[^.]{0,20}$", re.IGNORECASE),
    "published": re.compile(r"\b(?:updated|changed)\b[^.]{0,20}$", re.IGNORECASE),
}
_FAR_ENOUGH = 60  # characters
# HTML Living Standard, 4.2.5.3 (refresh), as people write it; without an address it is the page itself again.
_REFRESH = re.compile(r"\s*\d+[\s;,]+url\s*=\s*(?P<quote>['\"]?)(?P<address>.+?)(?P=quote)\s*", re.IGNORECASE)
_LONGEST_ADDRESS = 2_000
_LONGEST_NUMBER = 40
# Links by their words and their address, the first that fits.
_LINKS = {
    "waiver": re.compile(r"/w/|\bwaiver\b", re.IGNORECASE),
    "calendar": re.compile(r"\.ics\b|\bcalendar\b", re.IGNORECASE),
    "photos": re.compile(r"/p/|\byour photos\b", re.IGNORECASE),
    "map": re.compile(r"\bmaps?\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Hour:
    """A moment as machines read it (ISO 8601 on a page of ours) and as a guest reads it."""

    mark: str
    said: str


@dataclass(frozen=True, slots=True)
class Live:
    """What a page states; '' and None are what it does not state. Any text may be a stranger's."""

    digest: str | None = None
    published: str = ""
    fingerprint: str = ""  # SHA-256 of the bytes
    leads_to: str = field(default="", repr=False)  # the address to which it sends whoever opens it
    cancelled: bool = False
    guest: str = ""
    trip: str = ""
    date: Hour | None = None
    arrive_by: Hour | None = None
    start: Hour | None = None
    end: Hour | None = None
    captain: str = ""
    crew: dict[str, str] = field(default_factory=dict)  # role, singular and small: names
    told: dict[str, str] = field(default_factory=dict)  # further labels, and what stands beside them
    dock: str = ""
    signed: str = ""
    phones: tuple[str, ...] = ()
    photo_code: str = field(default="", repr=False)
    qr: str = ""  # a digest of the drawing
    links: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)  # waiver, calendar, photos, map
    sections: dict[str, str] = field(default_factory=dict)  # heading: a digest of what is written below it

    @property
    def moved(self) -> bool:
        """Whether it is a page of ours that leads to where a trip moved."""
        return bool(self.leads_to) and self.digest == moved_digest(self.leads_to)

    @property
    def ours(self) -> bool:
        """Whether it is a guest page of ours, be it another trip's or one that lost its marks."""
        return self.digest is not None or bool(self.published) or (self.date is not None and self.start is not None)


def read(html: bytes) -> Live:
    """What a page states, whoever wrote it. Never raises; of a long one only the beginning is read."""
    root = parse(html)
    elements = list(root.elements())
    metas = {
        each.attributes.get("name", ""): each.attributes.get("content", "") for each in elements if each.tag == "meta"
    }
    cancelled = _cancelled(elements)
    aboard, told = _labelled(elements)
    sections = _sections(root)
    code = _CODE.search(" ".join(sections.values()))
    return Live(
        digest=digest_in(html),
        published=metas.get("jada:published", ""),
        fingerprint=hashlib.sha256(html).hexdigest(),
        leads_to=_leads_to(elements),
        cancelled=cancelled,
        guest=_guest(elements),
        trip=_text(each for each in elements if each.has_class("what")),
        captain=aboard.pop("captain", ""),
        crew=aboard,
        told=told,
        dock=_text(root.elements("address")),
        signed=_text(each for each in elements if each.has_class("count")),
        phones=_phones(elements),
        photo_code=code[0].upper() if code else "",
        qr=_qr(elements),
        links=_links(elements),
        sections={heading: _digest(text) for heading, text in sections.items()},
        **_hours(root, cancelled=cancelled),
    )


def _text(elements: Iterable[Element]) -> str:
    """Of the first one."""
    return next((each.text for each in elements), "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _leads_to(elements: list[Element]) -> str:
    """The address of a page that moved (`render.render_moved`), or of another that sends its readers away."""
    for each in elements:
        if each.tag == "meta" and each.attributes.get("http-equiv", "").strip().lower() == "refresh":
            found = _REFRESH.fullmatch(each.attributes.get("content", "")[:_LONGEST_ADDRESS])
            if found:
                return found["address"]
    return ""


def _cancelled(elements: list[Element]) -> bool:
    """The page's own heading says so, or its mark."""
    return any(
        _CANCELLED.search(each.text) if each.tag in {"h1", "h2"} else each.tag == "body" and each.has_class("cancelled")
        for each in elements
    )


def _guest(elements: list[Element]) -> str:
    """Whom the page greets by name."""
    greeting = _GREETING.fullmatch(_text(each for each in elements if each.tag == "h1"))
    return greeting["guest"] if greeting else ""


def _hours(root: Element, *, cancelled: bool) -> dict[str, Hour]:
    """{date, arrive_by, start, end: as stated}. A page of a cancelled trip names no arrival."""
    found: dict[str, Hour] = {}
    unnamed: list[Hour] = []
    before = ""
    for each in root.all():
        if isinstance(each, str):
            before = f"{before}{each}"[-_FAR_ENOUGH:]
        elif each.tag == "time":
            hour = Hour(each.attributes.get("datetime", "")[:40], each.text)
            name = "date" if _DATE.fullmatch(hour.mark) else _named(before)
            if not name:
                unnamed.append(hour)
            elif name != "published":
                found.setdefault(name, hour)
            before = ""
        elif each.tag == "footer":
            break
    order = [
        name for name in ("arrive_by", "start", "end") if name not in found and not (cancelled and name == "arrive_by")
    ]
    return found | dict(zip(order, unnamed, strict=False))


def _named(before: str) -> str:
    words = " ".join(before.split())
    return next((name for name, pattern in _BEFORE.items() if pattern.search(words)), "")


def _labelled(elements: list[Element]) -> tuple[dict[str, str], dict[str, str]]:
    """({role: names}, {label: text}) of the lists of labels; the roles are in the list that names a captain.

    Hours are read elsewhere, and what is marked as open (“will be named soon”) is not stated.
    """
    aboard: dict[str, str] = {}
    told: dict[str, str] = {}
    for listing in (each for each in elements if each.tag == "dl"):
        pairs = dict(islice(_pairs(listing), MOST_LABELS))
        roles = {label.lower().removesuffix("s"): text for label, text in pairs.items()}
        if "captain" in roles and not aboard:
            aboard = {role: names for role, names in roles.items() if names}
        elif len(told) < MOST_LABELS:
            told |= pairs
    return aboard, told


def _pairs(listing: Element) -> Iterator[tuple[str, str]]:
    label = ""
    for each in listing.elements("dt", "dd"):
        if each.tag == "dt":
            label = each.text
        elif label and not any(each.elements("time")):
            yield label, "" if any(inner.has_class("open") for inner in each.elements("span")) else each.text


def _phones(elements: list[Element]) -> tuple[str, ...]:
    """The numbers that the page calls and writes to."""
    addresses = (each.attributes.get("href", "") for each in elements if each.tag == "a")
    numbers = (
        address.partition(":")[2].partition("?")[0] for address in addresses if address.startswith(("tel:", "sms:"))
    )
    return tuple(sorted({number[:_LONGEST_NUMBER] for number in numbers})[:MOST_LABELS])


def _qr(elements: list[Element]) -> str:
    drawings = (each for each in elements if each.tag == "svg" and each.has_class("qr"))
    drawn = "".join(line.attributes.get("d", "") for each in drawings for line in each.elements("path"))
    return _digest(drawn) if drawn else ""


def _links(elements: list[Element]) -> dict[str, tuple[str, ...]]:
    """Where each kind of link leads, the waiver's frame among them."""
    found: dict[str, set[str]] = {kind: set() for kind in _LINKS}
    for each in elements:
        if each.tag == "iframe":
            found["waiver"].add(each.attributes.get("src", ""))
        elif each.tag == "a":
            address = each.attributes.get("href", "")
            said = f"{address} {each.text}"
            kind = next((kind for kind, pattern in _LINKS.items() if pattern.search(said)), "")
            if kind:
                found[kind].add(address)
    return {kind: tuple(sorted(addresses)) for kind, addresses in found.items()}


def _sections(root: Element) -> dict[str, str]:
    """{heading: all that is written below it}."""
    written: dict[str, list[str]] = {"": []}
    heading = ""
    for each in root.all():
        if isinstance(each, str):
            written[heading].append(each)
        elif each.tag in _HEADINGS:
            heading = each.text
            written.setdefault(heading, [])
    return {heading: " ".join("".join(pieces).split()) for heading, pieces in written.items()}
