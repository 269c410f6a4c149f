"""Facts to the bytes of a guest page (docs/domain.md: facts the pages must carry), and of the page it moved from.

The page is one file: its style is inline, its QR code is drawn in it, and its Content-Security-Policy lets
nothing in from elsewhere but the waiver's frame. It needs no script.
"""

import base64
import hashlib
import re
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from charters.pages import words
from charters.pages.facts import Facts, moment
from charters.pages.placeholders import unfilled
from charters.pages.qr import qr_svg
from jada.core.errors import AdapterError

_DIGEST_WITHIN = 1024  # bytes: the mark stands at the top of the page
_DIGEST = re.compile(rb'<meta name="jada:digest" content="([0-9a-f]{64})">')
_AROUND_STYLE = re.compile(r"/\*.*?\*/|^\s+", re.DOTALL | re.MULTILINE)
_FOLDED = 240  # a note longer than so many signs is folded away until somebody wants it; paper shows it whole
_NOTES = [
    ("parking", "Parking"),
    ("gate", "The gate"),
    ("accessibility", "Steps and access"),
    ("late_policy", "If you are late"),
]
_ROLES = {"mate": ("Mate", "Mates"), "deckhand": ("Deckhand", "Deckhands"), "crew": ("Crew", "Crew")}


def render(facts: Facts, *, digest: str, published_at: datetime) -> bytes:
    """The page of these facts (`charters.pages.facts.page_facts`), UTF-8.

    `digest` is theirs, found again by `digest_in`; `published_at` is aware and shown in the charter's zone.
    Raises AdapterError, permanent, when a value is missing after all: such a page must not be put.
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
        "notes": _notes(*[facts["dock"][name] for name, _ in _NOTES]),
        "bringing": _bringing(tuple(facts["bring"]), facts["dock"]["aboard"]),
        **_who(facts),
        **_waiver(facts["waivers"]),
        "qr": qr_svg(facts["photo_url"]),
    }
    page = _template("page").render(Context(context)).encode()
    if reason := unfilled(page):
        raise AdapterError(f"The page cannot be published: {reason}.", service="page", permanent=True)
    return page


def render_moved(url: str, *, brand: str) -> bytes:
    """What lies at the old address of a trip that moved to another day: it leads to `url`, UTF-8.

    It says neither whose trip it is nor when. The same address gives the same bytes; `digest_in` finds
    `moved_digest(url)` in them.
    """
    css, fingerprint = _style("moved")
    context = {
        "url": url,
        "brand": brand,
        "digest": moved_digest(url),
        "style": css,
        "policy": f"default-src 'none'; style-src '{fingerprint}'; img-src data:; base-uri 'none'; form-action 'none'",
    }
    return _template("moved").render(Context(context)).encode()


def moved_digest(url: str) -> str:
    """SHA-256, in hex, of where such a page leads and of the template that says so."""
    return hashlib.sha256(f"{url}\n{_MOVED_VERSION}".encode()).hexdigest()


def digest_in(html: bytes) -> str | None:
    """The facts' digest that a fetched page carries; None when it is not a page of ours."""
    found = _DIGEST.search(html, 0, _DIGEST_WITHIN)
    return found[1].decode() if found else None


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


# What many pages share is made once: loops are what a template takes longest over.
@lru_cache(maxsize=256)
def _notes(*texts: str) -> SafeString:
    notes = [
        {"label": label, "text": text, "long": len(text) > _FOLDED}
        for (_, label), text in zip(_NOTES, texts, strict=True)
        if text
    ]
    return _template("notes").render(Context({"notes": notes}))


@lru_cache(maxsize=256)
def _bringing(bring: tuple[str, ...], aboard: str) -> SafeString:
    return _template("bringing").render(Context({"bring": bring, "aboard": aboard}))


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


@cache
def _template(name: str) -> Template:
    template: Template = get_template(f"guest/{name}.html").template  # type: ignore[attr-defined]
    return template


@cache
def _style(name: str) -> tuple[SafeString, str]:
    """A style without its comments and indents, and its hash as a Content-Security-Policy names it."""
    css = _AROUND_STYLE.sub("", get_template(f"guest/{name}.css").render())
    fingerprint = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return mark_safe(css), f"sha256-{fingerprint}"  # noqa: S308 - our own file


def _shell(waiver_url: str) -> dict[str, Any]:
    """The style and what the page may load: that style, the icon in it, and the frame of the waiver."""
    css, fingerprint = _style("page")
    frame = "{0.scheme}://{0.netloc}".format(urlsplit(waiver_url))
    return {
        "style": css,
        "policy": f"default-src 'none'; style-src '{fingerprint}'; img-src data:; frame-src {frame}; "
        "base-uri 'none'; form-action 'none'",
    }


def _moved_version() -> str:
    here, templates = Path(__file__), settings.BASE_DIR / "templates" / "guest"
    sources = [here, templates / "moved.html", templates / "moved.css"]
    return hashlib.sha256(b"\n".join(source.read_bytes() for source in sources)).hexdigest()


_MOVED_VERSION = _moved_version()
