"""What stands above the board, because what is below it cannot be trusted, or should not stay as it is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from charters.calendars.addresses import PUBLIC_FEED
from charters.calendars.google import push
from charters.models import Brand, Calendar, CalendarEvent, GuestPage
from charters.pages import purging, words
from jada.core.clock import now
from jada.core.models import Run
from jada.lights import ASK, BAD, change_address

# Of a month's free invalidation paths: from here on somebody should know.
NEARLY_SPENT = 0.8
# Events that could not be read are named, so many of them.
MOST_SET_ASIDE = 3
# Pages that are not right, likewise.
MOST_PAGES = 3
SUMMARY = re.compile(r"^SUMMARY[^:\n]*:(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Banner:
    """A sentence with the way to where it is mended; `tone` is BAD for what is broken, ASK for what is to be done."""

    icon: str
    words: str
    href: str
    link: str
    tone: str = BAD


def banners(calendars: list[Calendar]) -> Iterable[Banner]:
    """What is broken, then what a person should see to."""
    for calendar in calendars:
        if calendar.needs_login:
            yield _login(calendar)
        elif calendar.error:
            yield _unread(calendar)
    for brand in Brand.objects.filter(phone="", email="", vessels__calendars__isnull=False).distinct():
        lacking = f"{brand.name} has no phone number and no e-mail address: guests are not told whom to call."
        yield Banner("call", lacking, reverse("admin:charters_brand_change", args=[brand.pk]), "Add one")
    yield from _set_aside()
    yield from _pages()
    yield from _runs(calendars)
    yield from _invalidations()
    for calendar in calendars:
        yield from _advice(calendar)


def _set_aside() -> Iterable[Banner]:
    aside = (
        CalendarEvent.objects.filter(calendar__stopped_at=None)
        .exclude(reason="")
        .order_by("uid")
        .values_list("calendar__name", "calendar", "source", "reason")
    )
    for name, calendar_key, source, reason in aside[:MOST_SET_ASIDE]:
        address = reverse("admin:charters_calendar_change", args=[calendar_key])
        yield Banner("event_busy", f"{name}: {_titled(source)} cannot be read. {reason}", address, "See the calendar")


def _pages() -> Iterable[Banner]:
    """Trips to come whose guests may be served something else than the record says."""
    failed = GuestPage.objects.filter(state=GuestPage.State.FAILED, charter__ends_at__gt=now())
    pages = list(failed.select_related("charter__calendar").order_by("charter__starts_at")[: MOST_PAGES + 1])
    for page in pages[:MOST_PAGES]:
        charter = page.charter
        trip = f"{charter.title or charter.reference}, {words.day(charter.date)}"
        said = f"{trip}: its guest page is not right. {page.reason}"
        yield Banner("public_off", said, change_address(charter, "page"), "See the trip")
    if len(pages) > MOST_PAGES:
        yield Banner("public_off", "More guest pages are not right.", reverse("admin:plan"), "See the plan")


def _runs(calendars: list[Calendar]) -> Iterable[Banner]:
    """A run that failed, and a silence in which nobody looked."""
    run = Run.objects.only("finished_at", "again_at", "failed", "summary").first()
    ended = run and (run.again_at or run.finished_at)
    signs = [calendar.last_sync_at for calendar in calendars if calendar.last_sync_at]
    # A look that finds all well leaves no run behind: a read after the failed run says that it went on well.
    if run and ended and run.failed and not any(moment > ended for moment in signs):
        broken = {name for name, counts in run.summary.items() if name != "failures" and counts.get("failed")}
        # What a calendar's own banner says need not be said twice.
        if broken != {"calendar"} or not any(calendar.error for calendar in calendars):
            address = reverse("admin:core_run_change", args=[run.pk])
            yield Banner("report", _failure(run, sorted(broken)), address, "See the run")
    if ended:
        signs.append(ended)
    silence = timedelta(seconds=3 * settings.RECONCILE_INTERVAL)
    if calendars and signs and max(signs) < now() - silence:
        last = timezone.localtime(max(signs))
        yield Banner(
            "notifications_off",
            f"Nothing was looked at since {words.day(last.date())}, {words.clock(last)}: the worker may be down. "
            "What you see may be old.",
            reverse("admin:core_run_changelist"),
            "See the runs",
        )


def _invalidations() -> Iterable[Banner]:
    """What the edge was asked to forget this month, when that is about to cost more than it may."""
    budget = settings.CLOUDFRONT_MONTHLY_PATHS
    if not (budget and settings.CLOUDFRONT_DISTRIBUTION_ID):
        return
    spent = purging.paths_this_month()
    if spent < NEARLY_SPENT * budget:
        return
    said = f"The edge was asked to forget {spent:,} paths this month; the budget is {budget:,}."
    if spent > budget:
        said += " Each further one costs money; pages stay right."
    yield Banner("cloud_sync", said, reverse("admin:core_run_changelist"), "See the runs", ASK)


def _unread(calendar: Calendar) -> Banner:
    said = calendar.error if calendar.error.endswith((".", "!", "?")) else f"{calendar.error}."
    return Banner("sync_problem", f"{calendar.name}: {said} {_since(calendar)}", _page(calendar), "See the calendar")


def _login(calendar: Calendar) -> Banner:
    """Only a person can help. While the feed is read instead, it is a thing to do; else nothing below is sure."""
    instead = bool(calendar.ical_address) and calendar.read_from == Calendar.Source.ICAL
    meanwhile = " Meanwhile its iCal feed is read." if instead else ""
    said = f"{calendar.name}: Google wants somebody to log in.{meanwhile} {_since(calendar)}"
    return Banner("login", said, reverse("admin:charters_calendar_google"), "Connect Google", ASK if instead else BAD)


def _advice(calendar: Calendar) -> Iterable[Banner]:
    """What works, and should not stay as it is."""
    if calendar.anyone_can_read:
        yield Banner("public", f"{calendar.name}: {PUBLIC_FEED}", _page(calendar), "Change the address", ASK)
    quiet = calendar.push_error and not (calendar.needs_login or calendar.error)
    if quiet and push.standing(calendar).open_until is None:
        said = f"{calendar.name}: Google does not announce its changes; the clock finds them. {calendar.push_error}"
        yield Banner("notifications_paused", said, _page(calendar), "See the calendar", ASK)


def _page(calendar: Calendar) -> str:
    return reverse("admin:charters_calendar_change", args=[calendar.pk])


def _since(calendar: Calendar) -> str:
    if calendar.last_sync_at is None:
        return "Never read yet."
    good = timezone.localtime(calendar.last_sync_at)
    return f"Last good read {words.day(good.date())}, {words.clock(good)}."


def _titled(source: str) -> str:
    """“Quinn Sunset Sail”, of an event that could not be read whole."""
    found = SUMMARY.search(source)
    return f"“{found[1].strip()[:80]}”" if found else "an event without a title"


def _failure(run: Run, broken: list[str]) -> str:
    """“The last run, Fri 20 Nov, 5:10 PM, failed in edge and page.”"""
    at = timezone.localtime(run.finished_at)
    where = f" in {words.listed(broken)}" if broken else ""
    reasons = " ".join(dict.fromkeys(run.summary.get("failures", {}).values()))
    return f"The last run, {words.day(at.date())}, {words.clock(at)}, failed{where}. {reasons}".strip()
