"""Facts to the bytes of a guest page (docs/domain.md: facts the pages must carry).

The page is one file: its style is inline, its QR code is drawn in it, and its Content-Security-Policy lets
nothing in from elsewhere but the waiver's frame. It needs no script.
"""

import base64
import hashlib
import re
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import segno
from django.template import Context, Template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from charters.pages import words
from charters.pages.facts import Facts, moment

_DIGEST_WITHIN = 1024  # bytes: the mark stands at the top of the page
_DIGEST = re.compile(rb'<meta name="jada:digest" content="([0-9a-f]{64})">')
_AROUND_STYLE = re.compile(r"/\*.*?\*/|^\s+", re.DOTALL | re.MULTILINE)
_DARK = re.compile(rb"\x01+")
_QUIET_ZONE = 4  # modules of white around a QR code (ISO/IEC 18004, 6.3.8)
_QR_MASK = 2  # any of the eight is readable; trying all of them takes five times as long
_ROLES = {"mate": ("Mate", "Mates"), "deckhand": ("Deckhand", "Deckhands"), "crew": ("Crew", "Crew")}


def render(facts: Facts, *, digest: str, published_at: datetime) -> bytes:
    """The page of these facts (`charters.pages.facts.page_facts`), UTF-8.

    `digest` is theirs, found again by `digest_in`; `published_at` is aware and shown in the charter's zone.
    """
    updated = published_at.astimezone(ZoneInfo(facts["timezone"]))
    context = {
        "facts": facts,
        "digest": digest,
        "published": updated.isoformat(timespec="seconds"),
        "updated": f"{words.day(updated)}, {words.clock(updated)}",
        "cancelled": facts["status"] == "cancelled",
        **_shell(facts["waiver_url"]),
        **_when(facts),
        **_who(facts),
        **_waiver(facts["waivers"]),
        "qr": qr_svg(facts["photo_url"]),
    }
    return _template().render(Context(context)).encode()


def digest_in(html: bytes) -> str | None:
    """The facts' digest that a fetched page carries; None when it is not a page of ours."""
    found = _DIGEST.search(html, 0, _DIGEST_WITHIN)
    return found[1].decode() if found else None


@lru_cache(maxsize=4096)
def qr_svg(url: str) -> SafeString:
    """A QR code of an address as an SVG element, one unit a module.

    Scheme, host and photo code are written in capitals, which QR packs tighter than small letters
    (ISO/IEC 18004, 7.4.4); an address means the same in capitals up to its path (RFC 3986, 6.2.2.1), and the
    rest of the path stays as it is.
    """
    parts = urlsplit(url)
    origin, path = f"{parts.scheme}://{parts.netloc}", url[len(f"{parts.scheme}://{parts.netloc}") :]
    before, slash, code = path.rstrip("/").rpartition("/")
    segments: Any = [
        f"{origin}/".upper(),
        before.lstrip("/"),
        f"{slash}{code}/",
    ]  # segno takes a list, unlike its stub
    matrix = segno.make_qr(segments, error="m", mask=_QR_MASK).matrix
    runs = [
        f"M{run.start() + _QUIET_ZONE} {y}h{run.end() - run.start()}v1h-{run.end() - run.start()}z"
        for y, row in enumerate(matrix, _QUIET_ZONE)
        for run in _DARK.finditer(row)
    ]
    size = len(matrix) + 2 * _QUIET_ZONE
    return mark_safe(  # noqa: S308 - numbers only
        f'<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="QR code of the photo page" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path d="{"".join(runs)}"/></svg>'
    )


def _when(facts: Facts) -> dict[str, Any]:
    start, end, arrive_by = moment(facts, "start"), moment(facts, "end"), moment(facts, "arrive_by")
    on = datetime.fromisoformat(facts["date"]).date()
    return {
        "day": words.day(on),
        "long_day": words.long_day(on),
        "hours": words.hours(start, end or start) if start else "",
        "start": words.clock(start) if start else "",
        "end": words.clock(end) if end else "",
        "end_day": words.day(end) if end and end.date() != on else "",
        "arrive_by": words.clock(arrive_by).split() if arrive_by else [],
        "arrive_day": words.day(arrive_by) if arrive_by and arrive_by.date() != on else "",
    }


def _who(facts: Facts) -> dict[str, Any]:
    brand, guest = facts["brand"], facts["guest"]
    by_role: dict[str, list[str]] = {}
    for each in facts["crew"]:
        by_role.setdefault(each["role"], []).append(each["name"])
    on = words.day(datetime.fromisoformat(facts["date"]).date())
    late = f"Hello, this is {guest or 'a guest'} ({facts['event_type']}, {on}). We are running late: "
    return {
        "phone": words.phone(brand["phone"]) if brand["phone"] else "",
        "late_text": quote(late),
        "crew": [
            (_ROLES.get(role, (role.capitalize(), role.capitalize()))[len(names) > 1], words.listed(names))
            for role, names in by_role.items()
        ],
        "trip": f"{facts['event_type'].capitalize()} on {facts['vessel']}",
    }


def _waiver(counts: dict[str, int]) -> dict[str, Any]:
    """How far the party has signed: counts, not names (docs/domain.md)."""
    required, signed, guardian = counts["required"], counts["signed"], counts["pending_guardian"]
    done = signed >= required and not guardian
    if required == 1 and signed + guardian < 2:
        said = (
            "signed; a guardian's signature is still missing" if guardian else "signed" if signed else "not signed yet"
        )
    else:
        if done:
            said = f"all {required} have signed"
        elif signed > required:
            said = f"{signed} have signed, {required} are expected"
        elif signed:
            said = f"{signed} of {required} {'has' if signed == 1 else 'have'} signed"
        else:
            said = f"none of the {required} have signed yet"
        if guardian:
            said += f"; {guardian} {'waits' if guardian == 1 else 'wait'} for a guardian"
    return {
        "waiver_words": f"{said[0].upper()}{said[1:]}{'. Thank you!' if done else '.'}",
        "all_signed": done,
        "signed_percent": min(100, 100 * signed // required),
    }


def _template() -> Template:
    template: Template = get_template("guest/page.html").template  # type: ignore[attr-defined]
    return template


@lru_cache(maxsize=1)
def _style() -> tuple[SafeString, str]:
    """The style without its comments and indents, and its hash as a Content-Security-Policy names it."""
    css = _AROUND_STYLE.sub("", get_template("guest/page.css").render())
    fingerprint = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return mark_safe(css), f"sha256-{fingerprint}"  # noqa: S308 - our own file


def _shell(waiver_url: str) -> dict[str, Any]:
    """The style and what the page may load: that style, the icon in it, and the frame of the waiver."""
    css, fingerprint = _style()
    frame = "{0.scheme}://{0.netloc}".format(urlsplit(waiver_url))
    return {
        "style": css,
        "policy": f"default-src 'none'; style-src '{fingerprint}'; img-src data:; frame-src {frame}; "
        "base-uri 'none'; form-action 'none'",
    }
