"""The lights of one charter on the board: how far each layer of the pipeline is, in a colour, an icon and words.

What each light is about is docs/domain.md, "The pipeline"; colour is never alone.
"""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse

from charters.calendars.stopping import since
from charters.models import Charter, GuestPage
from charters.pages.words import listed
from dispatch.messages import Light as Message
from jada.core.clock import now

# Waivers are the guests' affair until the day before.
SIGNED_BY = timedelta(hours=24)
# Without an address nobody can be written to; the office is asked for it in the trip's last week.
ADDRESS_WANTED = timedelta(days=7)

GOOD, QUIET, WAIT, ASK, BAD = "good", "quiet", "wait", "ask", "bad"
"""`quiet` is in order and not done yet; `wait` mends itself; `ask` needs a person; `bad` is broken."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """One light: `about` names its column, `why` is the whole reason, `href` where it is mended or seen."""

    about: str
    tone: str
    icon: str
    text: str
    why: str
    href: str


def lamps(charter: Charter, message: Message) -> list[Lamp]:
    """The lights of a charter loaded with `with_relations().with_waiver_counts()`; makes no query."""
    return [
        _calendar(charter),
        _captain(charter),
        _page(charter),
        _edge(charter),
        _waivers(charter),
        _message(charter, message),
    ]


def change_address(charter: Charter, part: str = "") -> str:
    """The charter's own page in the admin."""
    address = reverse("admin:charters_charter_change", args=[charter.pk])
    return f"{address}#{part}" if part else address


def _calendar(charter: Charter) -> Lamp:
    about, calendar = "Calendar", charter.calendar
    if charter.status == Charter.Status.CANCELLING:
        why = "It is gone from the calendar and waits for your word. Until then it sails."
        return Lamp(about, ASK, "event_busy", "Gone?", why, change_address(charter))
    if calendar is None:
        return Lamp(about, GOOD, "edit", "By hand", "Entered by hand, in no calendar.", change_address(charter))
    address = reverse("admin:charters_calendar_change", args=[calendar.pk])
    if calendar.stopped_at:
        why = f"{calendar.name} is read no more, since {since(calendar)}. The trip stays as it was read then."
        return Lamp(about, QUIET, "sync_disabled", "Read no more", why, address)
    if calendar.error:
        return Lamp(about, WAIT, "sync_problem", "Not read", f"{calendar.name}: {calendar.error}", address)
    by_hand = sorted(name for name, source in charter.sources.items() if source == "override")
    if by_hand:
        why = f"In {calendar.name}; set by hand: {listed([name.replace('_', ' ') for name in by_hand])}."
        return Lamp(about, GOOD, "edit_calendar", f"{len(by_hand)} by hand", why, change_address(charter))
    return Lamp(about, GOOD, "check", "In step", f"As {calendar.name} has it.", change_address(charter))


def _captain(charter: Charter) -> Lamp:
    about, captain, address = "Captain", charter.captain, change_address(charter, "crew")
    if captain is None:
        by_hand = charter.sources.get("captain") == "override"
        why = "Nobody is captain; it was set by hand." if by_hand else "Nobody is named as captain."
        return Lamp(about, ASK, "person_alert", "No captain", why, address)
    strangers = [each.name for each in charter.crew_assignments.all() if each.member_id is None]
    if strangers:
        why = f"{listed(strangers)}: no crew member has that name."
        text = f"{captain.name}?" if captain.member_id is None else f"{captain.display_name} +?"
        return Lamp(about, ASK, "person_search", text, why, address)
    names = [each.display_name for each in charter.crew_assignments.all() if each.role != "captain"]
    why = f"Captain {captain.display_name}" + (f", with {listed(names)}" if names else "")
    return Lamp(about, GOOD, "check", captain.display_name, f"{why}.", address)


_PAGES = {
    GuestPage.State.NONE: (WAIT, "hourglass_empty", "Not yet", "The page is not published yet."),
    GuestPage.State.STALE: (
        WAIT,
        "update",
        "Out of date",
        "A fact changed; the page is about to be written anew.",
    ),
    GuestPage.State.PUBLISHED: (GOOD, "check", "Published", "The page has the facts."),
    GuestPage.State.VERIFIED: (GOOD, "check", "Published", "The page has the facts."),
    GuestPage.State.FAILED: (BAD, "error", "Failed", "The page could not be written."),
    GuestPage.State.WITHDRAWN: (QUIET, "block", "Withdrawn", "The page was withdrawn."),
}
_EDGES = {
    GuestPage.State.NONE: (WAIT, "hourglass_empty", "Not yet", "There is no page yet."),
    GuestPage.State.STALE: (WAIT, "update", "Old facts", "A guest's phone still shows the facts of before."),
    GuestPage.State.PUBLISHED: (WAIT, "hourglass_top", "Not seen yet", "Not yet seen at its public address."),
    GuestPage.State.VERIFIED: (GOOD, "check", "Seen", "A guest's phone is served these facts."),
    GuestPage.State.FAILED: (BAD, "error", "Not right", "A guest's phone may be served something else."),
    GuestPage.State.WITHDRAWN: (QUIET, "block", "Withdrawn", "The page was withdrawn."),
}


def _page(charter: Charter) -> Lamp:
    page: GuestPage | None = getattr(charter, "page", None)
    tone, icon, text, why = _PAGES[GuestPage.State(page.state) if page else GuestPage.State.NONE]
    return Lamp("Page", tone, icon, text, _because(why, page, tone), _page_address(charter, page, mended=tone != BAD))


def _edge(charter: Charter) -> Lamp:
    page: GuestPage | None = getattr(charter, "page", None)
    tone, icon, text, why = _EDGES[GuestPage.State(page.state) if page else GuestPage.State.NONE]
    return Lamp("Online", tone, icon, text, _because(why, page, tone), _page_address(charter, page, mended=True))


def _because(why: str, page: GuestPage | None, tone: str) -> str:
    return f"{why} {page.reason}" if page and page.reason and tone not in {GOOD, QUIET} else why


def _page_address(charter: Charter, page: GuestPage | None, *, mended: bool) -> str:
    return page.url if mended and page and page.digest else change_address(charter, "page")


def _waivers(charter: Charter) -> Lamp:
    about, address = "Waivers", change_address(charter, "party")
    required = charter.waivers_required
    signed: int = getattr(charter, "signed")  # noqa: B009 - annotated by with_waiver_counts
    guardian: int = getattr(charter, "pending_guardian")  # noqa: B009
    text = f"{signed}/{required}"
    why = f"{signed} of {required} signed" + (f", {guardian} waiting for a guardian" if guardian else "")
    if signed >= required:
        return Lamp(about, GOOD, "check", text, f"{why}.", address)
    if charter.starts_at - now() <= SIGNED_BY:
        return Lamp(about, ASK, "ink_pen", text, f"{why}, and it sails within a day.", address)
    return Lamp(about, QUIET, "ink_pen", text, f"{why}. Guests have until the day before.", address)


_MESSAGES = {
    "due": (QUIET, "schedule"),
    "waiting": (WAIT, "hourglass_top"),
    "sent": (GOOD, "check"),
    "failed": (BAD, "error"),
    "none": (ASK, "mark_email_unread"),
}


def _message(charter: Charter, message: Message) -> Lamp:
    tone, icon = _MESSAGES[message.state]
    if message.state == "none" and (charter.has_departed or charter.starts_at - now() > ADDRESS_WANTED):
        tone, icon = QUIET, "block" if charter.has_departed else "mail_off"
    text = "Not delivered" if message.state == "failed" else message.words.removesuffix(" address")
    why = f"Boarding message: {message.words[:1].lower()}{message.words[1:]}"
    address = change_address(charter, "fact-guest_email")
    if message.state in {"sent", "failed"} or message.words == "Being sent":
        address = f"{reverse('admin:dispatch_delivery_changelist')}?{urlencode({'q': charter.reference})}"
    return Lamp("Message", tone, icon, text, why if why.endswith(".") else f"{why}.", address)
