"""A feed's events as the API writes them (developers.google.com/calendar/api/v3/reference/events#resource)."""

from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

Item = dict[str, Any]


def items_from_feed(content: bytes) -> list[Item]:
    """All its VEVENTs, exceptions included."""
    calendar = icalendar.Calendar.from_ical(content)
    timezone = str(calendar.get("X-WR-TIMEZONE", "America/Los_Angeles"))
    return [_item(event, timezone) for event in calendar.events]


def _item(event: icalendar.Event, timezone: str) -> Item:
    uid = str(event["UID"])
    key = uid.removesuffix("@google.com")
    if set(key) - set("0123456789abcdefghijklmnopqrstuv") or len(key) < 5:
        key = blake2b(uid.encode(), digest_size=16).hexdigest()
    lines = event.to_ical().decode().replace("\r\n ", "").split("\r\n")
    recurrence = [line for line in lines if line.startswith(("RRULE", "EXDATE", "RDATE"))]
    item: Item = {
        "id": key,
        "iCalUID": uid,
        "status": str(event.get("STATUS", "CONFIRMED")).lower(),
        "start": _time(event["DTSTART"].dt, timezone),
        "end": _time(event.end, timezone),
    }
    for name in ("SUMMARY", "DESCRIPTION", "LOCATION"):
        if event.get(name):
            item[name.lower()] = str(event[name])
    if recurrence:
        item["recurrence"] = recurrence
    if event.get("RECURRENCE-ID"):
        original = _time(event["RECURRENCE-ID"].dt, timezone)
        item |= {"id": f"{key}_{plain_stamp(original)}", "recurringEventId": key, "originalStartTime": original}
    return item


def _time(moment: date | datetime, timezone: str) -> Item:
    if not isinstance(moment, datetime):
        return {"date": moment.isoformat()}
    zone = getattr(moment.tzinfo, "key", None)
    named = zone if zone and zone != "UTC" else timezone
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(named))
    return {"dateTime": moment.astimezone(ZoneInfo(named)).isoformat(), "timeZone": named}


def plain_stamp(said: Item) -> str:
    """A start as it stands in the id of an occasion."""
    if "date" in said:
        return str(said["date"]).replace("-", "")
    return f"{datetime.fromisoformat(said['dateTime']).astimezone(UTC):%Y%m%dT%H%M%SZ}"
