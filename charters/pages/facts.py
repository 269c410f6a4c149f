"""What a guest page says: a charter's public facts, their digest, and their words for the plan.

Facts are public by construction (docs/domain.md): the occasion, the title, other guests' names, contact
details of guests and health notes are never read here. They are plain JSON and hold nothing volatile, so that
the same charter always has the same digest.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from charters.models import Charter, Dock
from charters.models.page import address
from charters.pages import words
from charters.pages.bringing import BRING
from charters.pages.placeholders import is_undecided, placeholder_in
from charters.public_links import waiver_url

Facts = dict[str, Any]

_COURTESIES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "capt", "prof"})
_NO_NOTES = dict.fromkeys(Dock.NOTES, "")


def page_facts(charter: Charter) -> Facts:
    """A charter's public facts, as JSON; hours are ISO 8601 with the offset of its zone, '' when unknown.

    `charter` comes from `Charter.objects.with_relations().with_waiver_counts()` and has its page: no query is
    made here.
    """
    page, brand, zone = charter.page, charter.brand, charter.zone
    link = waiver_url(charter, page)
    # A captain “TBD” is no captain yet, unless it is one of ours who is called so.
    listed = charter.crew_assignments.all()
    crew = [each for each in listed if each.member or not is_undecided(each.display_name)]
    cancelled = not charter.is_charter or charter.status == Charter.Status.CANCELLED
    has_hours = not charter.all_day
    has_end = has_hours and charter.ends_at > charter.starts_at
    start, end, arrive_by = (
        moment.astimezone(zone) for moment in (charter.starts_at, charter.ends_at, charter.arrive_by)
    )
    length = charter.ends_at.astimezone(UTC) - charter.starts_at.astimezone(UTC)
    return {
        # Where it lies; what is left at its addresses of before leads there.
        "page_url": address(page.path_on(start.date())),
        "brand": {"name": brand.name, "phone": brand.phone, "email": brand.email},
        "guest": _greeted(charter, cancelled=cancelled),
        # An event that was renamed to a hold or to maintenance is no trip any more; whoever kept the link is told so.
        "status": "cancelled" if cancelled else "confirmed",
        "event_type": str(Charter.EventType(charter.event_type).label) if charter.is_charter else "trip",
        "timezone": zone.key,
        "date": start.date().isoformat(),
        "arrive_by": arrive_by.isoformat(timespec="seconds") if has_hours else "",
        "start": start.isoformat(timespec="seconds") if has_hours else "",
        "end": end.isoformat(timespec="seconds") if has_end else "",
        "duration": words.duration(length) if has_end else "",
        "vessel": charter.vessel.name,
        "dock": _dock(place(charter)),
        "captain": next((each.display_name for each in crew if each.role == "captain"), ""),
        "crew": [{"role": each.role, "name": each.display_name} for each in crew if each.role != "captain"],
        "waiver_url": link,
        "waivers": waiver_counts(charter),
        "photo_code": page.photo_code,
        "photo_url": f"{settings.BASE_URL}/p/{page.photo_code}/",
        "ics_url": f"{settings.BASE_URL}/g/{_token_in(link)}.ics",
        "bring": BRING.get(charter.event_type, []),
    }


def first_name(name: str) -> str:
    """The name to greet somebody by: “Quinn” of “Ms. Quinn Alvarez” and of “Alvarez, Quinn”; else ''."""
    _, comma, given = name.partition(",")
    for word in (given if comma and given.strip() else name).split():
        letters = word.rstrip(".,")
        if len(letters) > 1 and letters.casefold() not in _COURTESIES:
            return letters
    return ""


def digest(facts: Facts) -> str:
    """SHA-256, in hex, of the facts as canonical JSON and of the template that shows them."""
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{canonical}\n{TEMPLATE_VERSION}".encode()).hexdigest()


def refusal(facts: Facts) -> str:
    """Why these facts make no page, in words; else ''. A cancelled trip needs neither hours nor a place."""
    if facts["status"] == "cancelled":
        return ""
    if not facts["start"]:
        return "no hours: the calendar has it as an all-day event"
    if not facts["end"]:
        return "no hours: it ends at the moment it starts"
    if not facts["arrive_by"]:
        return "no arrival time"
    if not facts["dock"]["address"]:
        return "no place: the calendar names none and the vessel has no dock"
    return _unfilled(facts)


def in_words(facts: Facts) -> str:
    """One line for the plan: “Sat 30 May, 3–7 PM, arrive by 2:45 PM, captain Gene, 1 of 12 signed”."""
    parts = [_day(facts), _hours(facts)]
    if facts["status"] == "cancelled":
        return ", ".join(filter(None, [*parts, "cancelled"]))
    arrive_by, captain = _clock(facts, "arrive_by"), facts["captain"]
    parts += [f"arrive by {arrive_by}" if arrive_by else "no hours yet"]
    parts += [f"captain {captain}" if captain else "no captain yet", f"{_signed(facts)} signed"]
    return ", ".join(filter(None, parts))


def differences(old_facts: Facts, new_facts: Facts) -> str:
    """What differs, with both values: “arrive by 1:45 PM → 2:45 PM; captain none → Gene”; else ''.

    Links and codes are rights, and long texts are no news: of those only the fact that they changed is told.
    Facts that were never published are told whole.
    """
    if not old_facts:
        return in_words(new_facts)
    told = []
    for label, say in _TOLD:
        old, new = say(old_facts) or "none", say(new_facts) or "none"
        if old != new:
            told.append(f"{label} {old} → {new}".strip())
    told += [f"{label} changed" for label, key in _CHANGED if old_facts.get(key) != new_facts.get(key)]
    if old_facts.get("date") == new_facts["date"] and old_facts.get("page_url") != new_facts["page_url"]:
        told.append("address of the page changed")  # of all pages, to another domain
    old_dock = old_facts.get("dock", {})
    told += [f"{label} changed" for name, label in _DOCK_NOTES if old_dock.get(name, "") != new_facts["dock"][name]]
    return "; ".join(told)


def moment(facts: Facts, key: str) -> datetime | None:
    """A fact's moment with its offset; None when it is unknown."""
    text = facts.get(key)
    return datetime.fromisoformat(text) if text else None


def place(charter: Charter) -> Dock | None:
    """Where guests board: the charter's dock, else the place as written, else the vessel's dock.

    A place as written is a dock without a name, never saved. None while nobody has decided: “TBD” is on no map.
    """
    dock = charter.boarding_dock or Dock(name="", address=" ".join(charter.place.split()))
    return None if is_undecided(dock.address) else dock


def waiver_counts(charter: Charter) -> dict[str, int]:
    """How many must sign and have (needs `with_waiver_counts`)."""
    required = charter.waivers_required
    signed: int = getattr(charter, "signed")  # noqa: B009 - annotated by with_waiver_counts
    guardian: int = getattr(charter, "pending_guardian")  # noqa: B009
    return {
        "required": required,
        "signed": signed,
        "pending": max(0, required - signed - guardian),
        "pending_guardian": guardian,
    }


def _greeted(charter: Charter, *, cancelled: bool) -> str:
    """Whom the page greets. A name nobody has filled in stands whole, to be refused; a cancellation must go out."""
    full_name = charter.guest_name if charter.is_charter else ""
    name = first_name(full_name) or (charter.party if charter.is_charter else "")
    if _is_open(full_name):
        name = full_name
    return "" if cancelled and _is_open(name) else name


def _dock(dock: Dock | None) -> dict[str, str]:
    """A note that only says “TBD” is none."""
    if dock is None:
        return {"name": "", "address": "", "map_url": "", **_NO_NOTES}
    notes = {name: getattr(dock, name).strip() for name in Dock.NOTES}
    told = {name: "" if is_undecided(text) else text for name, text in notes.items()}
    return {"name": dock.name, "address": dock.address, "map_url": dock.map_url, **told}


def _is_open(name: str) -> bool:
    return bool(name.strip() and (is_undecided(name) or placeholder_in(name)))


def _unfilled(facts: Facts) -> str:
    """Which words of the page wait for somebody to fill them in."""
    if _is_open(facts["guest"]):
        return f"an unfilled placeholder: the guest is “{facts['guest']}”"
    dock, brand = facts["dock"], facts["brand"]
    said = {
        "the captain": facts["captain"],
        **{f"the {each['role']}": each["name"] for each in facts["crew"] if placeholder_in(each["name"])},
        "the vessel": facts["vessel"],
        "the place": f"{dock['name']} {dock['address']}",
        **{f"the dock's {label}": dock[name] for name, label in _DOCK_NOTES},
        "the office": f"{brand['name']} {brand['phone']} {brand['email']}",
    }
    for label, text in said.items():
        if found := placeholder_in(text):
            return f"an unfilled placeholder: {label} says “{found}”"
    return ""


def _token_in(link: str) -> str:
    """One token serves the waiver and the calendar file (charters.views.calendar_file)."""
    return link.rstrip("/").rpartition("/")[2]


def _day(facts: Facts) -> str:
    start = facts.get("date")
    return words.day(datetime.fromisoformat(start).date()) if start else ""


def _hours(facts: Facts) -> str:
    start, end = moment(facts, "start"), moment(facts, "end")
    return words.hours(start, end or start) if start else ""


def _clock(facts: Facts, key: str) -> str:
    at = moment(facts, key)
    return words.clock(at) if at else ""


def _signed(facts: Facts) -> str:
    counts = facts.get("waivers", {})
    return f"{counts.get('signed', 0)} of {counts.get('required', 0)}"


def _where(facts: Facts) -> str:
    dock = facts.get("dock", {})
    return ", ".join(filter(None, [dock.get("name"), dock.get("address")]))


def _crew(facts: Facts) -> str:
    return ", ".join(f"{each['name']} ({each['role']})" for each in facts.get("crew", []))


def _plain(key: str) -> Callable[[Facts], str]:
    return lambda facts: str(facts.get(key, ""))


def _brand(key: str) -> Callable[[Facts], str]:
    return lambda facts: str(facts.get("brand", {}).get(key, ""))


_TOLD: list[tuple[str, Callable[[Facts], str]]] = [
    ("", _plain("status")),
    ("", _day),
    ("", _hours),
    ("arrive by", lambda facts: _clock(facts, "arrive_by")),
    ("captain", _plain("captain")),
    ("crew", _crew),
    ("dock", _where),
    ("vessel", _plain("vessel")),
    ("guest", _plain("guest")),
    ("", _plain("event_type")),
    ("signed", _signed),
    ("waiting for a guardian", lambda facts: str(facts.get("waivers", {}).get("pending_guardian", 0))),
    ("brand", _brand("name")),
    ("office phone", _brand("phone")),
    ("office e-mail", _brand("email")),
    ("time zone", _plain("timezone")),
]
_DOCK_NOTES = [(name, str(Dock._meta.get_field(name).verbose_name)) for name in Dock.NOTES]  # type: ignore[union-attr]
_CHANGED = [
    ("waiver link", "waiver_url"),
    ("calendar link", "ics_url"),
    ("photo code", "photo_code"),
    ("photo link", "photo_url"),
    ("what to bring", "bring"),
]


def _template_version() -> str:
    """A digest of what turns facts into a page: another template or renderer makes every page stale."""
    here, templates = Path(__file__).parent, settings.BASE_DIR / "templates" / "guest"
    names = ["page.html", "notes.html", "bringing.html", "page.css", "moved.html", "moved.css"]
    sources = [here / "render.py", here / "qr.py", here / "words.py", *[templates / name for name in names]]
    return hashlib.sha256(b"\n".join(source.read_bytes() for source in sources)).hexdigest()


TEMPLATE_VERSION = _template_version()
