"""Clock times as the office writes them: "arrive by 1:45 PM", "Boarding 2:00p", "2-6pm paid".

The spellings are those of docs/domain.md and of the sample feed. A time here has no date and perhaps no
am or pm; `resolve` gives it both, near the start of its event.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from charters.calendars.text.quoting import quote


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day as written.

    With ``meridiem_known`` the hour is 0 to 23; without it, 1 to 12 and either half of the day.
    """

    hour: int
    minute: int
    meridiem_known: bool


def resolve(clock: ClockTime, near: datetime) -> datetime:
    """Give the aware moment that ``clock`` means for an event that starts at ``near``.

    ``near`` is aware and in the calendar's own zone, for the local day is taken from it. Of the two halves
    of the day the one nearer to the start is meant: the last such time at or before the start, unless that
    is more than six hours ahead of it ("arrive 2:45" of an event moved to 14:00 is a stale 14:45, never
    02:45 at night). A known time is on the event's day, or on the day before for a start after midnight.
    """
    at = near.replace(hour=clock.hour % 24, minute=clock.minute, second=0, microsecond=0)
    step = timedelta(hours=24 if clock.meridiem_known else 12)
    while at - near > step / 2:
        at -= step
    while near - at > step / 2 and not clock.meridiem_known:
        at += step
    # An hour that the clock skips in spring becomes the one that is on people's phones.
    return at.astimezone(UTC).astimezone(near.tzinfo)


def hours_disagree(hours: tuple[ClockTime, ClockTime], starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether the hours in a text are others than the event's own, both in the calendar's zone.

    A time without am or pm agrees with either half of the day.
    """
    return any(
        (clock.hour - at.hour) % (24 if clock.meridiem_known else 12) != 0 or clock.minute != at.minute
        for clock, at in zip(hours, (starts_at, ends_at), strict=True)
    )


@dataclass(frozen=True, slots=True)
class TimesOfLine:
    """What one line says of times; ``arrive_rank`` is higher for plainer words: "arrive" over "boarding"."""

    arrive_by: ClockTime | None = None
    arrive_rank: int = 0
    hours: tuple[ClockTime, ClockTime] | None = None
    questions: tuple[str, ...] = ()


NO_TIMES = TimesOfLine()

_MERIDIEM = r"(?:[ap]\.?\ ?m\b\.?|[ap]\b)"
# A bare number is a time only when nothing makes it a count, a date, a price or a piece of something longer.
_NOT_A_TIME = (
    r"(?![\d%$/]|[:.]\d|-\d{3}|\ ?-?(?:min|hour|hr|guest|people|pax|passenger|person|kid|adult|minor|day|th\b"
    r"|st\b|nd\b|rd\b))"
)


def _clock(name: str) -> str:
    return (
        rf"(?:(?P<{name}_compact>1?\d[0-5]\d)\ ?(?P<{name}_compact_half>{_MERIDIEM})"
        rf"|(?P<{name}_hour>[01]?\d"
        rf"|2[0-3])(?:[:.h](?P<{name}_minute>[0-5]\d)(?:\ ?h(?:rs|ours)?\b)?)?(?:\ ?(?P<{name}_half>{_MERIDIEM}))?"
        rf"{_NOT_A_TIME}"
        rf"|(?P<{name}_military>(?:[01]\d|2[0-3])[0-5]\d)(?:\ ?h(?:rs|ours)?\b)?(?!\d|-\d(?!\d{{3}}(?!\d)))"
        rf"|(?P<{name}_word>noon|midday|midnight))"
    )


_FILLER = (
    r"(?:\ ?[:@~-]\ ?|\ (?:time|window|is|by|at|before|from|around|about|approx\.?|starts?|begins?"
    r"|no\ later\ than|not\ later\ than|for\ guests)(?=[\ :@-]|\d)){0,5}\ ?"
)
# "arrive at 1880 Harbor Island Dr by 2:45": a place's number is no time.
_PLACE = (
    r"(?:\ (?:at|to|in)\ (?:the\ )?(?:gate|dock|slip|pier|marina|harbou?r|\d{3,5}\ [A-Z])[^,;.|()]{0,40}?"
    r"(?=\ (?:by|before|no\ later)\ ))?"
)
_FORMERLY = r"(?:was\ [\d:.apm\ ]{1,8}[,;]?\ (?:but\ )?(?:is\ )?now\ )?"
_ARRIVE = re.compile(
    r"(?<![\w-])(?:(?P<arrive>arrive|arrival|arriving|arr\.?|show(?:ing)?\ up|be\ (?:there|here)|there(?=\ by)"
    r"|guests?\ call(?:\ time)?"
    r"|(?:be\ )?(?:on|at)\ (?:the\ )?dock|dock(?=\ by))"
    r"|(?P<check>check(?:ing)?[\ -]?in)|(?P<board>board(?:s|ing)?|embark|embarkation))(?![\w'’])"
    rf"{_PLACE}{_FILLER}{_FORMERLY}(?:{_clock('first')}(?:\ ?(?:-|–|—|to\b|and\b)\ ?{_clock('second')})?"
    # "arr 545", typed without its colon: no number of a house, nor of so many guests.
    r"|(?P<bare>(?:[1-9]|1[0-2])[0-5]\d)(?=$|[,;.)!/]|\ ?(?:[-–/&]|sharp\b|or\b|at\ the\ )))",
    re.IGNORECASE,
)
_ARRIVE_AFTER = re.compile(
    rf"(?<![\w:.$/-]){_clock('first')}\ ?[:-]?\ ?(?:guests?'?\ |for\ )?"
    r"(?:(?P<arrive>arrival|arrive)|(?P<check>check[\ -]?in)|(?P<board>boarding|board))(?![\w'’])",
    re.IGNORECASE,
)
_ARRIVE_WORD = re.compile(r"arr|show|board|check|embark|dock|here|call")
_DIGIT = re.compile(r"\d")
_UNTIL = re.compile(r"(?:[-–—]|to|till?) ?[\dnm]")
_RELATIVE = re.compile(
    r"\b(?:arrive|arrival|arriving|board|boarding|check[ -]?in)\b[^,;.]{0,20}"
    r"\b\d{1,3} ?(?:min|hour|hr)[a-z]{0,5}\.? (?:early|before|prior|ahead)",
    re.IGNORECASE,
)
_HOURS = re.compile(
    rf"(?<![\w:.$/(+-])(?:from\ )?{_clock('first')}\ ?(?:-|–|—|to\b|until\b|till\b)\ ?{_clock('second')}"
    r"(?P<paid>\ ?\(?(?:paid|charter|sail|trip|cruise)\b)?",
    re.IGNORECASE,
)
# "Depart 3pm, return 7pm"
_BACK = re.compile(r"ret|back|end")
_THERE_AND_BACK = re.compile(
    r"\b(?:depart(?:s|ure|ing)?|dep\.?|leaves?|leaving|cast(?:ing)?\ off)(?:\ (?:at|time))?\ ?[:@]?\ ?"
    rf"{_clock('first')}"
    r"(?:\ ?[,;/|&+-])?\ (?:and\ )?(?:returns?|returning|ret\.?|back|ends?)(?:\ (?:at|by|time))?"
    rf"\ ?[:@]?\ ?{_clock('second')}",
    re.IGNORECASE,
)
_HOURS_LABEL = re.compile(
    r"\b(?:times?|hours)(?:\ (?:change|changed))?(?:\ (?:is|to|now)){0,2}\ ?[:=-]?\ ?$", re.IGNORECASE
)
# Others than guests arrive too ("Caterer boards 15:30"), and others than the charter have hours.
_SOMEBODY_ELSE = re.compile(
    r"\b(?:cater|vendor|band|dj\b|music|florist|flower|photograph|videograph|bartend|chef|cook|cake|food"
    r"|crew|captain|capt\b|skipper|mate\b|mates\b|deckhand|staff|officiant|av\b|a/v|fuel|clean|diver|deliver"
    r"|planner|coordinator|decorat|rental|equipment|bus\b|shuttle|limo|driver|truck|provision|ice\b)",
    re.IGNORECASE,
)
_FOR_SOMEBODY_ELSE = re.compile(r" ?\(?(?:for )?(?:crew|captain|staff|caterers?|vendors?|band|dj)\b", re.IGNORECASE)
_OTHER_HOURS = re.compile(
    r"\b(?:bar\b|dinner|lunch|brunch|buffet|toast|ceremony|office|parking|open\b|dock\b|setup|set-up|set\ up"
    r"|concert|music|arriv|board|check|was\b|were\b|originally|instead\b|not\b|old\b|moved\ from"
    r"|changed\ from|call\b"
    r"|teardown|break)",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;.!|(]\ |[;|(]|\ /\ ")


def read_times(line: str) -> TimesOfLine:
    """Read when guests are to arrive and which hours the text claims, from one line of a description."""
    small = line.lower()
    if not (_DIGIT.search(line) or "noon" in small or "mid" in small):
        return NO_TIMES
    questions: list[str] = []
    arrive_by, rank = None, 0
    if _ARRIVE_WORD.search(small):
        arrive_by, rank = _read_arrival(line, questions)
    hours = _read_hours(line, questions) if _UNTIL.search(small) or _BACK.search(small) else None
    if arrive_by is None and hours is None and not questions:
        return NO_TIMES
    return TimesOfLine(arrive_by, rank, hours, tuple(questions))


def _read_arrival(line: str, questions: list[str]) -> tuple[ClockTime | None, int]:
    best: ClockTime | None = None
    best_rank = 0
    for pattern in (_ARRIVE, _ARRIVE_AFTER):
        for found in pattern.finditer(line):
            rank = 3 if found["arrive"] else 2 if found["check"] else 1
            if rank <= best_rank or _SOMEBODY_ELSE.search(_clause_before(line, found.start())):
                continue
            if _FOR_SOMEBODY_ELSE.match(line, found.end()):
                continue
            clock = _bare_time(found["bare"]) if pattern is _ARRIVE and found["bare"] else _clock_time(found, "first")
            if pattern is _ARRIVE and (until := _clock_time(found, "second")) and clock:
                clock, _ = _one_half_of_the_day(clock, until)
                questions.append(f"{quote(line)} names two times of arrival; the earlier is used")
            best, best_rank = clock, rank
        if best:
            return best, best_rank
    if _RELATIVE.search(line):
        questions.append(f"{quote(line)} does not say at what time guests are to arrive")
    return None, 0


def _read_hours(line: str, questions: list[str]) -> tuple[ClockTime, ClockTime] | None:
    claims: list[tuple[ClockTime, ClockTime]] = []
    behind = 0
    for found in _HOURS.finditer(line):
        if not (
            found["first_half"]
            or found["second_half"]
            or found["first_word"]
            or found["second_word"]
            or found["paid"]
            or _HOURS_LABEL.search(line, max(0, found.start() - 24), found.start())
            or found["first_compact"]
            or found["second_compact"]
            or (found["first_minute"] and found["second_minute"])
            or (found["first_military"] and _on_the_quarter(found))
        ):
            continue
        before = line[behind : found.start()]
        changed = "→" in before or "->" in before
        before = _clause_before(line, found.start() + len("from ") * (found[0][:5].lower() == "from "), behind)
        behind = found.end()
        if _SOMEBODY_ELSE.search(before) or _OTHER_HOURS.search(before):
            continue
        first, second = _clock_time(found, "first"), _clock_time(found, "second")
        if first and second:
            if changed:
                claims.clear()  # "2-6pm → 3-7pm"
            claims.append(_one_half_of_the_day(first, second))
    if len(set(claims)) > 1:
        questions.append(f"{quote(line)} names different hours; the last are used")
    if not claims and (both := _THERE_AND_BACK.search(line)):
        first, second = _clock_time(both, "first"), _clock_time(both, "second")
        if first and second and not _SOMEBODY_ELSE.search(_clause_before(line, both.start())):
            return _one_half_of_the_day(first, second)
    return claims[-1] if claims else None


def _on_the_quarter(found: re.Match[str]) -> bool:
    """Tell "1500-1900" from numbers that are no hours."""
    written = found["first_military"], found["second_military"]
    return all(each and int(each) % 100 % 15 == 0 for each in written)


def _clause_before(line: str, end: int, start: int = 0) -> str:
    clause = line[max(start, end - 60) : end]
    said, bracket, within = clause.rpartition("(")
    if bracket and ")" not in within:
        # "Crew: Gene (arrive 1pm)": what stands in brackets is about whom stands before them.
        return _CLAUSE_END.split(said)[-1] + _CLAUSE_END.split(within)[-1]
    return _CLAUSE_END.split(clause)[-1]


def _bare_time(digits: str) -> ClockTime:
    return ClockTime(int(digits[:-2]), int(digits[-2:]), meridiem_known=False)


def _clock_time(found: re.Match[str], name: str) -> ClockTime | None:
    if word := found[f"{name}_word"]:
        return ClockTime(0 if word.lower() == "midnight" else 12, 0, meridiem_known=True)
    if compact := found[f"{name}_compact"]:
        hour, half = int(compact[:-2]), found[f"{name}_compact_half"]
        if not 1 <= hour <= 12:
            return None
        return ClockTime(hour % 12 + 12 * (half[0] in "pP"), int(compact[-2:]), meridiem_known=True)
    if military := found[f"{name}_military"]:
        return ClockTime(int(military[:2]), int(military[2:]), meridiem_known=True)
    if not (written := found[f"{name}_hour"]):
        return None
    hour, minute, half = int(written), int(found[f"{name}_minute"] or 0), found[f"{name}_half"]
    if hour == 0 or hour > 12:
        return ClockTime(hour, minute, meridiem_known=True)
    if half:
        return ClockTime(hour % 12 + (12 if half[0] in "pP" else 0), minute, meridiem_known=True)
    return ClockTime(hour, minute, meridiem_known=False)


def _one_half_of_the_day(first: ClockTime, second: ClockTime) -> tuple[ClockTime, ClockTime]:
    """Lend the am or pm of one end to the other: "2-6pm" is 14 to 18, "10-2pm" is 10 to 14."""
    if first.meridiem_known and not second.meridiem_known:
        ahead = (_minutes(second) - _minutes(first)) % 720
        minutes = (_minutes(first) + (ahead or 720)) % 1440
        second = ClockTime(minutes // 60, minutes % 60, meridiem_known=True)
    elif second.meridiem_known and not first.meridiem_known:
        back = (_minutes(second) - _minutes(first)) % 720
        minutes = (_minutes(second) - (back or 720)) % 1440
        first = ClockTime(minutes // 60, minutes % 60, meridiem_known=True)
    return first, second


def _minutes(clock: ClockTime) -> int:
    return clock.hour * 60 + clock.minute
