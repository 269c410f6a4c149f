"""Push channels: Google says at `/hooks/google/` that a calendar changed, and a look follows at once.

A channel is good for a time and is renewed before it ends (developers.google.com/calendar/api/guides/push): the new
one is opened, then the old one stopped. Claim, commit, call, settle: the row with the digest of its token is there
before Google is asked, so that two workers do not open two, and the first announcement, which may come before the
answer to our request, is recognised. Nothing here is needed for a calendar to be read: the clock reads it anyway.
"""

import hashlib
import hmac
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from charters.calendars.google import calendar_api, patience
from charters.models import Calendar, PushChannel
from jada.core.clock import now
from jada.core.errors import AdapterError

HOOK = "/hooks/google/"
GOOGLE = "https://www.googleapis.com"
LIFE = timedelta(days=7)  # what we ask for; Google gives no calendar longer
RENEWED_AHEAD = timedelta(days=1)  # or in half its life, if that is shorter
# So long a worker that opens a channel is waited for: longer than an answer of Google may take.
OPENING = timedelta(minutes=2)
UNREACHABLE = (
    "Google announces changes to a public https address only, and BASE_URL is {address}. "
    "The clock finds changes without it."
)
NOT_TAKEN = "Google does not take {address} as an address to announce changes at: it must be reached over https."
NEVER_ANNOUNCED = "Google announces no changes of this calendar; it is one of those (holidays, say) that it never does."
BEING_OPENED = "It is being opened by another worker just now."
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOBODY = hashlib.sha256(secrets.token_bytes(32)).digest()  # no token has this digest
_CLAIMS = 0x6A616461_70757368  # the advisory lock of whoever decides what to open: “jada push”


@dataclass(frozen=True, slots=True)
class Watched:
    """How it stands with a calendar's announcements; `open_until` is None when there are none, and `error` says why."""

    calendar: Calendar
    open_until: datetime | None
    error: str = ""


def open_or_renew(*, by_hand: bool = False) -> list[Watched]:
    """Open a channel for each Google calendar that needs one, stop those that nobody needs; how each calendar stands.

    By itself (not `by_hand`) it leaves alone what Google would refuse: an address that it cannot reach, a calendar that
    waits for somebody to log in. What Google does not want to be asked about now is left alone by hand too. Never
    raises over what Google says. No transaction may be open: it calls Google.
    """
    tried = {channel.pk: _open(channel, token) for channel, token in _claim(by_hand=by_hand)}
    PushChannel.objects.filter(expires_at__lt=now()).delete()
    for channel in _superfluous():
        _stop(channel)
    return [_standing(calendar, tried) for calendar in _calendars()]


def hook_address() -> str:
    """Where Google is asked to announce changes."""
    return f"{settings.BASE_URL}{HOOK}"


def why_unreachable() -> str:
    """In words why Google cannot reach `hook_address`; '' when it may."""
    parts = urlsplit(settings.BASE_URL)
    if settings.GOOGLE_API_ENDPOINT != GOOGLE or (parts.scheme == "https" and not _is_loopback(parts.hostname or "")):
        return ""
    return UNREACHABLE.format(address=settings.BASE_URL)


def standing(calendar: Calendar) -> Watched:
    """How it stands with this calendar's announcements, as last recorded. One query."""
    ends = [_ends(channel) for channel in calendar.push_channels.all() if _is_open(channel)]
    return Watched(calendar, max(ends, default=None), calendar.push_error)


def let_go(calendar: Calendar) -> None:
    """The calendar is another one of Google's from now on, none, or read no more.

    Its channels are stopped at the next renewal.
    """
    calendar.push_channels.update(calendar=None)
    Calendar.objects.filter(pk=calendar.pk).update(push_error="")


def recognise(*, channel_id: str, token: str, resource_id: str = "") -> PushChannel | None:
    """The channel that an announcement came on; None when the id or the token is wrong.

    Takes as long for an unknown channel as for a wrong token. A channel whose opening was never answered (the
    connection broke) learns its `resource_id` here, without which it could not be stopped.
    """
    known = _ID.fullmatch(channel_id) is not None
    channel = PushChannel.objects.filter(channel_id=channel_id if known else "").first()
    expected = bytes(channel.token_digest) if channel else _NOBODY
    right = hmac.compare_digest(expected, _digest(token))
    if channel is None or not right:
        return None
    if not channel.resource_id and _ID.fullmatch(resource_id):
        PushChannel.objects.filter(pk=channel.pk, resource_id="").update(resource_id=resource_id)
    return channel


def _calendars() -> list[Calendar]:
    return list(Calendar.objects.filter(stopped_at=None).exclude(google_id="").prefetch_related("push_channels"))


def _claim(*, by_hand: bool) -> list[tuple[PushChannel, str]]:
    """Rows of the channels that we shall open, and their tokens, for the calendars that nobody else is at."""
    if not by_hand and why_unreachable():
        return []
    claimed = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIMS])
        being_opened = set(
            PushChannel.objects.filter(resource_id="", opened_at__gt=Now() - OPENING).values_list("calendar", flat=True)
        )
        for calendar in _calendars():
            waits = (calendar.needs_login and not by_hand) or patience.why_not_now(calendar, by_hand=by_hand)
            fresh = any(_is_open(each) and _renewed_at(each) > now() for each in calendar.push_channels.all())
            if waits or fresh or calendar.pk in being_opened:
                continue
            token = secrets.token_urlsafe(32)
            channel = PushChannel.objects.create(
                calendar=calendar,
                channel_id=str(uuid.uuid4()),
                token_digest=_digest(token),
                opened_at=Now(),
                expires_at=now() + LIFE,
            )
            claimed.append((channel, token))
    return claimed


def _open(channel: PushChannel, token: str) -> str:
    """Ask Google for the channel and settle what it said; '' when it is open, else the reason in words."""
    assert channel.calendar is not None
    error, row = "", PushChannel.objects.filter(pk=channel.pk)
    try:
        opened = calendar_api.watch(
            channel.calendar.google_id,
            channel_id=channel.channel_id,
            token=token,
            address=hook_address(),
            seconds=int(LIFE.total_seconds()),
        )
    except AdapterError as failure:
        error = _words(failure)
        if failure.retry_after:
            patience.note(channel.calendar.pk, failure)
        if _was_not_opened(failure):
            row.delete()
        else:
            row.update(opened_at=Now() - OPENING)  # it may be open: the row stays, and nobody waits for it
    else:
        row.update(resource_id=opened.resource_id, expires_at=opened.expires_at)
    same = Calendar.objects.filter(pk=channel.calendar.pk, google_id=channel.calendar.google_id, stopped_at=None)
    if not same.update(push_error=error):
        row.update(calendar=None)  # somebody made it another calendar meanwhile, or has it read no more
    return error


def _words(failure: AdapterError) -> str:
    """Of 400 Google's codes tell more than the number."""
    if isinstance(failure, calendar_api.Refused) and failure.status == 400:
        never = "pushNotSupportedForRequestedResource" in failure.reasons
        return NEVER_ANNOUNCED if never else NOT_TAKEN.format(address=hook_address())
    return str(failure)


def _was_not_opened(failure: AdapterError) -> bool:
    """Google said no. “Not unique” is of a try whose answer we never saw: that one is open."""
    if isinstance(failure, calendar_api.Refused):
        return "channelIdNotUnique" not in failure.reasons
    return failure.permanent


def _superfluous() -> list[PushChannel]:
    """Open channels but the latest of each Google calendar."""
    kept, found = set(), []
    for channel in PushChannel.objects.exclude(resource_id="").select_related("calendar"):
        if channel.calendar is None or not channel.calendar.google_id or channel.calendar_id in kept:
            found.append(channel)
        else:
            kept.add(channel.calendar_id)
    return found


def _stop(channel: PushChannel) -> None:
    try:
        calendar_api.stop_channel(channel.channel_id, channel.resource_id)
    except AdapterError:
        return  # the row stays until Google was told, or the channel has ended by itself
    channel.delete()


def _standing(calendar: Calendar, tried: dict[int, str]) -> Watched:
    found = standing(calendar)
    if found.open_until is not None or found.error:
        return found
    opening = any(channel.pk not in tried for channel in calendar.push_channels.all())
    waiting = patience.why_not_now(calendar)
    return Watched(calendar, None, BEING_OPENED if opening else why_unreachable() or str(waiting or ""))


def _is_open(channel: PushChannel) -> bool:
    return bool(channel.resource_id) and _ends(channel) > now()


def _ends(channel: PushChannel) -> datetime:
    return channel.expires_at or channel.opened_at + LIFE


def _renewed_at(channel: PushChannel) -> datetime:
    ends = _ends(channel)
    return ends - min(RENEWED_AHEAD, (ends - channel.opened_at) / 2)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
