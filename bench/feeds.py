"""Feeds in the form Google exports, as large as one likes."""

from datetime import UTC, datetime, timedelta

HEADER = "BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\n"
NAMES = ("Quinn", "Danika", "Jonathan", "Okafor", "Nguyen", "Alvarez", "Taylor", "Smith", "Kim", "Peterson")
TYPES = ("Sunset Sail", "Afternoon Sail", "Private Charter", "Whale Watching")
CREW = ("Gene", "Darrell", "Sarah", "Sam", "Marcus")


def feed(events: int, *, moved: int = 0, stamp: str = "20261120T210801Z") -> bytes:
    """`events` charters from next week on, four a day; the first `moved` an hour later than they were."""
    first = datetime.now(UTC).replace(hour=16, minute=0, second=0, microsecond=0) + timedelta(days=7)
    return (HEADER + "".join(_event(number, first, number < moved, stamp) for number in range(events))).encode() + (
        b"END:VCALENDAR\r\n"
    )


def _event(number: int, first: datetime, moved: bool, stamp: str) -> str:
    start = first + timedelta(hours=6 * number + moved)
    name = NAMES[number % len(NAMES)]
    description = (
        f"Captain: {CREW[number % 5]}\\nMate: {CREW[(number + 1) % 5]}\\nGuests: {4 + number % 20}\\n"
        f"{name} 619-555-{number % 10_000:04d} {name.lower()}{number}@example.com"
    )
    lines = (
        "BEGIN:VEVENT",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{start + timedelta(hours=3):%Y%m%dT%H%M%SZ}",
        f"DTSTAMP:{stamp}",
        f"UID:bench{number:06d}@google.com",
        "CREATED:20260101T000000Z",
        _folded(f"DESCRIPTION:{description}"),
        "LAST-MODIFIED:20260101T000000Z",
        "LOCATION:1880 Harbor Island Dr\\, San Diego\\, CA 92101",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        f"SUMMARY:{name} {TYPES[number % len(TYPES)]}",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "",
    )
    return "\r\n".join(lines)


def _folded(line: str) -> str:
    return "\r\n ".join(line[start : start + 74] for start in range(0, len(line), 74))
