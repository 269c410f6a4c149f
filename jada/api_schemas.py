"""What the API takes and gives, as the contract names it; everything that comes in is read strictly here."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from ninja import Field, Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, StrictInt, WithJsonSchema, model_validator

from charters.bookings.platform_push import Platform
from charters.calendars.text.party_size import LARGEST_PARTY
from charters.models.people import plain_name

EARLIEST, LATEST = 1990, 2100
LONGEST_EVENT = timedelta(days=60)
MOST_BOOKINGS = 500
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# An unencoded “+” of an offset arrives in a query as a space.
_LOST_PLUS = re.compile(r"(?<=\d) (?=\d\d:?\d\d$)", re.ASCII)


def _kept(text: str) -> str:
    """Text that a database can hold and a person can read; a description may have lines."""
    if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\r\t" for sign in text):
        raise ValueError("There is a character in this that we cannot keep.")
    return text


def _line(text: str) -> str:
    return " ".join(_kept(text).split())


def _some(text: str) -> str:
    if not text:
        raise ValueError("Please say something here.")
    return text


def _moment(given: Any) -> datetime:
    """In UTC. A time without an offset is refused: whoever writes it may live by another clock than we."""
    moment = _time(given)
    if moment.tzinfo is None:
        raise ValueError("Please say the time's offset from UTC too, as in 2026-05-30T15:00:00-07:00.")
    return moment.astimezone(UTC)


def _time(given: Any) -> datetime:
    """A date and time as it is written, with an offset or without."""
    text = given.strip().upper() if isinstance(given, str) else ""
    try:
        moment = None if len(text) < len("2026-05-30T15:00") else datetime.fromisoformat(_LOST_PLUS.sub("+", text))
    except ValueError:
        moment = None
    if moment is None:
        raise ValueError("Please give a date and time such as 2026-05-30T15:00:00-07:00.")
    if not EARLIEST <= moment.year <= LATEST:
        raise ValueError(f"Please give a year between {EARLIEST} and {LATEST}.")
    return moment


def _day_or_moment(given: Any) -> date | datetime | None:
    """None for an empty text, as if nothing was given. A time without an offset is one of the operator's clock."""
    if given in (None, ""):
        return None
    if not (isinstance(given, str) and _DATE.fullmatch(given.strip())):
        try:
            moment = _time(given)
            return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))).astimezone(UTC)
        except ValueError as error:
            words = str(error) if "year" in str(error) else "Please give a date such as 2026-05-30, or an ISO time."
            raise ValueError(words) from error
    try:
        day = date.fromisoformat(given.strip())
    except ValueError as error:
        raise ValueError("There is no such day.") from error
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError(f"Please give a year between {EARLIEST} and {LATEST}.")
    return day


def _email(text: str) -> str:
    try:
        if text:
            validate_email(text)
    except ValidationError as error:
        raise ValueError("This is not an e-mail address we can write to.") from error
    return text


def _phone(text: str) -> str:
    """E.164; without a country code it is one of ours."""
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException as error:
        raise ValueError("This is not a phone number we can call.") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("This is not a phone number we can call.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def start_of(given: date | datetime) -> datetime:
    """A date means its whole day in the operator's zone."""
    return given if isinstance(given, datetime) else _midnight(given)


def end_of(given: date | datetime) -> datetime:
    """The last moment that is meant."""
    if isinstance(given, datetime):
        return given
    return _midnight(given + timedelta(days=1)) - timedelta(microseconds=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def _optional(given: Any) -> Any:
    return "" if given is None else given


Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"}, mode="validation")
]
DayOrMoment = Annotated[
    date | datetime | None,
    BeforeValidator(_day_or_moment),
    WithJsonSchema({"type": "string", "examples": ["2026-05-30", "2026-05-30T15:00:00-07:00"]}, mode="validation"),
]
Line80 = Annotated[str, Field(max_length=80), AfterValidator(_line)]
Name = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_line), AfterValidator(_some)]
Title = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_line), AfterValidator(_some)]
Words = Annotated[str, Field(max_length=200), AfterValidator(_line)]
Text = Annotated[str, Field(max_length=20_000), AfterValidator(_kept)]
Count = Annotated[StrictInt, Field(ge=1, le=LARGEST_PARTY)]
Code = Annotated[
    str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$"), AfterValidator(str.upper)
]
GuestName = Annotated[str, BeforeValidator(_optional), Field(max_length=120), AfterValidator(_line)]
Email = Annotated[str, BeforeValidator(_optional), Field(max_length=254), AfterValidator(_line), AfterValidator(_email)]
Phone = Annotated[str, BeforeValidator(_optional), Field(max_length=40), AfterValidator(_line), AfterValidator(_phone)]
EventType = Literal[
    "sunset_sail",
    "afternoon_sail",
    "whale_watching",
    "concert_sail",
    "private",
    "maintenance",
    "crew",
    "hold",
    "unavailable",
]
Source = Literal["calendar", "override", "booking", "staff"]


class EventsWanted(Schema):
    """Which events."""

    from_: DayOrMoment = Field(None, alias="from", description="Unset: today.")
    to: DayOrMoment = Field(None, description="Inclusive. Unset: 90 days after `from`.")
    q: Words = Field("", description="Words of the title, guest, reference, crew or confirmation code.")


class _Hours(Schema):
    """What starts and ends."""

    starts_at: Moment
    ends_at: Moment

    @model_validator(mode="after")
    def _in_order(self) -> "_Hours":
        if self.ends_at <= self.starts_at:
            how = "before it starts" if self.ends_at < self.starts_at else "at the moment it starts"
            raise ValueError(f"ends_at: The event would end {how}.")
        if self.ends_at - self.starts_at > LONGEST_EVENT:
            raise ValueError(f"ends_at: An event takes {LONGEST_EVENT.days} days at most.")
        return self


class NewEvent(_Hours):
    """An event to enter."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    description: Text = ""
    event_type: EventType | None = Field(None, description="Unset: as the title says.")
    vessel: Line80 | None = Field(None, description="A vessel's slug; unset: the first one.")


class CrewEntry(Schema):
    """One of the crew, never the captain."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    role: Literal["mate", "deckhand", "crew"] = "crew"


class EventChange(Schema):
    """Facts to set by hand; null believes the calendar again. What is not named stays."""

    model_config = ConfigDict(extra="forbid")

    captain: Line80 | None = Field(None, description="'' for nobody.")
    crew: Annotated[list[CrewEntry], Field(max_length=20)] | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    arrive_by: Moment | None = None
    guest_count: Count | None = None

    @model_validator(mode="after")
    def _each_once(self) -> "EventChange":
        names = [plain_name(each.name) for each in self.crew or ()]
        if len(set(names)) < len(names):
            raise ValueError("crew: A name is on the list twice.")
        return self


class PlatformGuest(Schema):
    """Who booked, as far as the platform says."""

    name: GuestName = ""
    email: Email = ""
    phone: Phone = ""


class PlatformBooking(_Hours):
    """One booking of a platform; further fields are not read."""

    confirmation_code: Code
    title: Title
    guest: PlatformGuest = Field(default_factory=PlatformGuest)
    guest_count: Count | None = None


class PlatformPush(Schema):
    """A platform's bookings."""

    platform: Platform
    events: Annotated[list[PlatformBooking], Field(max_length=MOST_BOOKINGS)]


class PlatformCounts(Schema):
    """What became of them."""

    created: int
    updated: int
    unchanged: int


class Guest(Schema):
    """The primary guest, as far as known."""

    name: str | None
    email: str | None
    phone: str | None


class CrewOnEvent(Schema):
    """One of the crew."""

    name: str
    role: str
    source: Source


class WaiverCounts(Schema):
    """How far the party has signed."""

    required: int
    signed: int
    pending: int
    pending_guardian: int


class Event(Schema):
    """An event of the calendar; `id` is its reference, times are ISO 8601 with offset."""

    id: str
    title: str
    event_type: EventType
    status: Literal["confirmed", "cancelling", "cancelled"]
    date: Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
    starts_at: Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
    ends_at: Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
    duration_minutes: int
    arrive_by: Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
    vessel: str
    captain: str | None
    crew: list[CrewOnEvent]
    guest: Guest
    guest_count: int | None
    sources: dict[str, Source]
    waivers: WaiverCounts
    page_url: str | None
    page_state: Literal["none", "stale", "published", "verified", "failed", "withdrawn"]
    conflicts: list[str]
    updated_at: Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class Events(Schema):
    """Events by their start."""

    events: list[Event]


class Refusal(Schema):
    """Why not, in words."""

    detail: str


class FieldRefusal(Schema):
    """What is wrong with one field; `field` is its path, such as `events.0.guest.email`."""

    field: str
    message: str


class FieldRefusals(Schema):
    """Each field that is wrong."""

    detail: list[FieldRefusal]
