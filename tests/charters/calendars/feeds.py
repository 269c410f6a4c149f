"""Feeds as small as a test needs them, and the command that reads them."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection

STAMP = "%Y%m%dT%H%M%SZ"


def event(uid: str = "quinn", title: str = "Quinn Sunset Sail", start: str = "20260531T013000Z", **lines: str) -> str:
    """A VEVENT of two hours, 18:30 on Saturday 30 May on the Pacific coast unless said otherwise; `lines` by name."""
    end = f"{datetime.fromisoformat(start) + timedelta(hours=2):{STAMP}}"
    written = {"DTSTART": start, "DTEND": end, "DTSTAMP": "20261120T210801Z", "SUMMARY": title} | lines
    body = "".join(f"{name.replace('_', '-')}:{value}\r\n" for name, value in written.items())
    return f"BEGIN:VEVENT\r\nUID:{uid}\r\n{body}END:VEVENT\r\n"


def feed(*events: str, before: str = "") -> bytes:
    """A whole calendar."""
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{before}{''.join(events)}END:VCALENDAR\r\n".encode()


@dataclass(frozen=True)
class Look:
    """What `reconcile --json` said."""

    code: int
    changes: list[dict[str, Any]]
    summary: dict[str, dict[str, int]]

    def fields(self) -> list[tuple[str, str, str, str]]:
        """(charter, field, action, state) of each change."""
        return [(each["charter"], each["field"], each["action"], each["state"]) for each in self.changes]


def look(*options: str) -> Look:
    """Run the calendar layer by hand, or what `options` name."""
    chosen = options if "--layer" in options else ("--layer", "calendar", *options)
    printed, code = StringIO(), 0
    try:
        call_command("reconcile", "--json", *chosen, stdout=printed)
    except SystemExit as end:
        code = int(str(end.code))
    return Look(code, **json.loads(printed.getvalue()))


def rows(*tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables (all of ours, when none is named), with the transaction that wrote it."""
    with connection.cursor() as cursor:
        found = {}
        for table in tables or [name for name in connection.introspection.table_names() if "_" in name]:
            cursor.execute(f'SELECT xmin::text, each.* FROM "{table}" AS each ORDER BY 1, 2')
            found[table] = cursor.fetchall()
        return found
