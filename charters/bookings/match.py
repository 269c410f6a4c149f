"""Which trip a booking mail is about, and what becomes of it: the one owner of `BookingMessage.state`.

By confirmation code, then by time (two hours, the same day), vessel and guest's first name; whatever is not plain
waits for a person, with suggestions. A cancellation never cancels: it is shown (`conflicts_from_bookings`) until
somebody decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from charters import contacts
from charters.bookings.mail import BY_SLUG
from charters.calendars.merge import reapply
from charters.calendars.reading import Directory
from charters.models import BookingMessage, Charter, Vessel
from charters.models.people import plain_name
from charters.pages import words
from jada.core.bell import ring
from jada.core.clock import now
from jada.core.errors import JadaError
from jada.core.reconcile import Change

NEAR = timedelta(hours=2)
SUGGESTED = 3
SUGGESTION_DAYS = timedelta(days=3)
LEAST_SCORE = 20
MOST_CANDIDATES = 500
GUESTS_OWN = ("guest_name", "guest_email", "guest_phone", "guest_count")
State, Kind = BookingMessage.State, BookingMessage.Kind


class AnswerRefused(JadaError):  # noqa: N818 reads as what happened
    """The mail cannot be given to that trip; the text says why."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A trip that a waiting mail may be about; `why` in words, best first by `score`."""

    charter: Charter
    score: int
    why: str


# -- what a booking says becomes the charter's ---------------------------------------------------------


def apply_booking(*, charter: Charter, facts: Mapping[str, Any], platform: str, code: str) -> list[Change]:
    """Store what a platform's booking says of a charter and bring its facts in line; the bell rings after the commit.

    `facts` have the names of `Charter.calendar_facts`, moments aware or as ISO text; what is left out stays as it was
    said before, as does whatever a newer mail (`as_of`) said. Whose facts are in force is decided by precedence, so
    the hours stay the calendar's. The guest becomes a contact met at that marketplace. Returns the changes; none for
    a trip that has departed.
    """
    said = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in facts.items()
        if value not in (None, "", [])
    }
    with transaction.atomic():
        locked = Charter.objects.select_for_update(of=("self",)).select_related("vessel__brand").get(pk=charter.pk)
        said = _without_our_own(said, locked)
        contacts.keep(
            name=said.get("guest_name", ""),
            email=said.get("guest_email", ""),
            phone=said.get("guest_phone", ""),
            origin=platform,
        )
        if locked.is_charter and locked.has_departed:
            return []
        stored = _together(locked.booking_facts, said, platform=platform, code=code)
        if stored == locked.booking_facts:
            return []
        Charter.objects.filter(pk=locked.pk).update(booking_facts=stored)
        changes = reapply(locked, directory=Directory.load())
        ring(charters=[locked.pk])
    return changes


def _without_our_own(said: dict[str, Any], charter: Charter) -> dict[str, Any]:
    """A signature under a forwarded mail holds the office's number, which is no guest's."""
    ours = {"guest_phone": contacts.normal_phone(charter.brand.phone), "guest_email": charter.brand.email.lower()}
    return {name: value for name, value in said.items() if not (name in ours and value == ours[name])}


def _together(before: Mapping[str, Any], said: Mapping[str, Any], *, platform: str, code: str) -> dict[str, Any]:
    """The newer mail over the older, in whichever order they were read."""
    kept = dict(before)
    if code and before.get("confirmation_code") and not same_code(code, before["confirmation_code"]):
        # Another booking altogether: its guest is another, too.
        kept = {name: value for name, value in kept.items() if name not in (*GUESTS_OWN, "as_of")}
    older = bool(said.get("as_of")) and str(kept.get("as_of", "")) > _utc(said["as_of"])
    said = dict(said) | ({"as_of": _utc(said["as_of"])} if said.get("as_of") else {})
    if not older and "starts_at" in said and "ends_at" not in said and {"starts_at", "ends_at"} <= set(kept):
        length = _moment(kept["ends_at"]) - _moment(kept["starts_at"])
        said["ends_at"] = (_moment(said["starts_at"]) + length).isoformat()
    together = said | kept if older else kept | said
    return together | {"platform": platform} | ({"confirmation_code": code} if code else {})


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _utc(written: str) -> str:
    """Comparable as text."""
    return _moment(written).astimezone(ZoneInfo("UTC")).isoformat()


# -- which trip ------------------------------------------------------------------------------------------


def settle(message: BookingMessage) -> list[Change]:
    """Find the trip of a believed mail and give it what the mail says, or leave the mail waiting."""
    with transaction.atomic():
        message = BookingMessage.objects.select_for_update().get(pk=message.pk)
        if message.state != State.WAITING or not message.kind:
            return []
        charter, why = find(message)
        if charter is None:
            _now(message, State.WAITING, why)
            return []
        return _give(message, charter, why)


def look_again() -> list[Change]:
    """Try the waiting mails once more, for their trip may be in the calendar by now; every reconcile calls it."""
    changes: list[Change] = []
    shown = BookingMessage.objects.filter(state=State.CANCELLATION_SHOWN)
    for message in shown.filter(charter__status=Charter.Status.CANCELLED):
        _now(message, State.MATCHED, "The trip is cancelled.")
    recent = now() - timedelta(days=400)
    for message in BookingMessage.objects.filter(state=State.WAITING, received_at__gt=recent).exclude(kind=""):
        changes += settle(message)
    return changes


def answer(*, message: BookingMessage, charter: Charter, by: str) -> list[Change]:
    """A person's word: “it is this trip”. Raises AnswerRefused when the mail no longer waits."""
    with transaction.atomic():
        message = BookingMessage.objects.select_for_update().get(pk=message.pk)
        if message.state != State.WAITING:
            raise AnswerRefused("This mail does not wait for a word any more; nothing was changed.")
        return _give(message, charter, f"{by} said so.")


def believe(*, message: BookingMessage, by: str) -> list[Change]:
    """A person's word that a refused mail is true."""
    with transaction.atomic():
        message = BookingMessage.objects.select_for_update().get(pk=message.pk)
        if message.state != State.REFUSED:
            raise AnswerRefused("This mail is believed already.")
        if not message.kind:
            raise AnswerRefused("Nothing could be read from this mail.")
        _now(message, State.WAITING, f"{by} believes it.")
        return settle(message)


def still_sails(*, message: BookingMessage, by: str) -> None:
    """A person's word that a trip sails although its platform wrote that it is cancelled."""
    with transaction.atomic():
        message = BookingMessage.objects.select_for_update().get(pk=message.pk)
        if message.state != State.CANCELLATION_SHOWN:
            raise AnswerRefused("This mail does not wait for a word any more; nothing was changed.")
        _now(message, State.MATCHED, f"{by} said that the trip sails.")


def _give(message: BookingMessage, charter: Charter, why: str) -> list[Change]:
    message.charter = charter
    if message.kind == Kind.CANCELLATION:
        cancelled = charter.status == Charter.Status.CANCELLED
        _now(message, State.MATCHED if cancelled else State.CANCELLATION_SHOWN, why)
        return []
    _now(message, State.MATCHED, why)
    return apply_booking(charter=charter, facts=message.facts, platform=message.platform, code=message.code)


def _now(message: BookingMessage, state: str, why: str) -> None:
    message.state, message.reason = state, why[:400]
    message.save(update_fields=["state", "reason", "charter"])


def find(message: BookingMessage) -> tuple[Charter | None, str]:
    """The trip of a mail when it is plain, and why; else None, and what is missing."""
    charter, why = _by_code(message)
    if charter is not None or why:
        return charter, why
    return _by_time(message)


def _by_code(message: BookingMessage) -> tuple[Charter | None, str]:
    if not message.code:
        return None, ""
    written = _spellings(message.code)
    found = [
        charter
        for charter in Charter.objects.filter(
            Q(booking_facts__confirmation_code__in=written) | Q(calendar_facts__confirmation_code__in=written)
        ).select_related("vessel__brand", "calendar")
        if _platform_of(charter) in {"", message.platform}
    ]
    if len(found) > 1:
        active = [charter for charter in found if charter.status != Charter.Status.CANCELLED]
        starts_at = _starts_at(message)
        near = [each for each in active if starts_at and abs(each.starts_at - starts_at) <= NEAR]
        found = near if len(near) == 1 else active or found
    if len(found) > 1:
        return None, f"{len(found)} trips bear the code {message.code}."
    return (found[0], f"By the code {message.code}.") if found else (None, "")


def _by_time(message: BookingMessage) -> tuple[Charter | None, str]:
    starts_at = _starts_at(message)
    if starts_at is None:
        return None, f"No trip bears the code {message.code}, and the mail names no time."
    near = Charter.objects.charters().active().filter(starts_at__range=(starts_at - NEAR, starts_at + NEAR))
    day = starts_at.astimezone(_zone()).date()
    found = [
        charter
        for charter in near.select_related("vessel__brand", "calendar").order_by("starts_at", "reference")
        if charter.starts_at.astimezone(_zone()).date() == day and not _is_anothers(charter, message)
    ]
    if not found:
        return None, "No trip starts within two hours of its time."
    vessels = list(Vessel.objects.all())
    named = _vessels_named(message, vessels)
    if named:
        found = [charter for charter in found if charter.vessel_id in named]
        if not found:
            return None, "Another vessel sails at its time."
    if len(found) > 1 or (not named and len(vessels) > 1):
        found = [charter for charter in found if _first_name_fits(charter, message)]
        if len(found) != 1:
            return None, "Several trips could be meant." if found else "It does not say which of the trips at its time."
    if _another_name(found[0], message):
        return None, f"The trip at its time is {_whose(found[0])}'s, the mail speaks of {message.facts['guest_name']}."
    return found[0], "By its time and vessel."


def same_code(one: str, other: str) -> bool:
    """“GMB-20417” and “gmb20417” are one."""
    return _plain_code(one) == _plain_code(other)


def _plain_code(code: str) -> str:
    return "".join(filter(str.isalnum, code)).upper()


def _spellings(code: str) -> list[str]:
    plain = _plain_code(code)
    dashed = f"GMB-{plain[3:]}" if plain.startswith("GMB") else plain
    return list(dict.fromkeys([code, code.upper(), plain, dashed]))


def _platform_of(charter: Charter) -> str:
    return str(charter.booking_facts.get("platform") or charter.calendar_facts.get("platform") or "")


def _code_of(charter: Charter) -> str:
    said = charter.booking_facts.get("confirmation_code") or charter.calendar_facts.get("confirmation_code")
    return str(said or "")


def _is_anothers(charter: Charter, message: BookingMessage) -> bool:
    """Booked elsewhere, or under another code."""
    code, platform = _code_of(charter), _platform_of(charter)
    return bool(
        (code and message.code and not same_code(code, message.code)) or (platform and platform != message.platform)
    )


def _starts_at(message: BookingMessage) -> datetime | None:
    written = message.facts.get("starts_at")
    return _moment(written) if written else None


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _vessels_named(message: BookingMessage, vessels: Sequence[Vessel]) -> set[int]:
    """The vessels of ours that the mail's words name; none when it calls them otherwise, or not at all."""
    said = f" {_bare(message.facts.get('vessel_words', ''))} "
    return {
        vessel.pk
        for vessel in vessels
        if f" {_bare(vessel.name)} " in said or f" {vessel.slug.replace('-', ' ')} " in said
    }


def _bare(text: str) -> str:
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain_name(text)).split())


def _name_words(charter: Charter) -> set[str]:
    return set(_bare(f"{charter.title} {charter.party} {charter.guest_name}").split())


def _first_name_fits(charter: Charter, message: BookingMessage) -> bool:
    name = _bare(message.facts.get("guest_name", "")).split()
    return bool(name) and name[0] in _name_words(charter)


def _name_fits(charter: Charter, message: BookingMessage) -> bool:
    return bool(
        {word for word in _bare(message.facts.get("guest_name", "")).split() if len(word) > 1} & _name_words(charter)
    )


def _another_name(charter: Charter, message: BookingMessage) -> bool:
    """Both name somebody, and not a word is the same: the wrong guest must not be written to."""
    return bool(message.facts.get("guest_name") and _whose(charter)) and not _name_fits(charter, message)


def _whose(charter: Charter) -> str:
    return charter.guest_name or charter.party


# -- suggestions -----------------------------------------------------------------------------------------


def suggestions(messages: Iterable[BookingMessage]) -> dict[int, list[Suggestion]]:
    """{message's key: up to three trips it may be about}, best first, in two queries however many mails wait."""
    waiting = [message for message in messages if message.state == State.WAITING and message.kind]
    if not waiting:
        return {}
    moments = [moment for message in waiting if (moment := _starts_at(message))]
    wanted = Q(pk__in=[])
    for moment in moments:
        wanted |= Q(starts_at__range=(moment - SUGGESTION_DAYS, moment + SUGGESTION_DAYS))
    if len(moments) < len(waiting):
        wanted |= Q(starts_at__range=(now(), now() + timedelta(days=120)))
    candidates = list(
        Charter.objects.charters()
        .active()
        .filter(wanted)
        .select_related("vessel", "calendar")
        .order_by("starts_at", "reference")[:MOST_CANDIDATES]
    )
    vessels = list(Vessel.objects.all())
    return {message.pk: _suggested(message, candidates, vessels) for message in waiting}


def _suggested(message: BookingMessage, candidates: Sequence[Charter], vessels: Sequence[Vessel]) -> list[Suggestion]:
    named = _vessels_named(message, vessels)
    scored = [_scored(message, charter, named) for charter in candidates]
    likely = [each for each in scored if each.score >= LEAST_SCORE]
    return sorted(likely, key=lambda each: (-each.score, each.charter.starts_at))[:SUGGESTED]


def _scored(message: BookingMessage, charter: Charter, named: set[int]) -> Suggestion:
    score, why = _time_score(message, charter)
    if message.code and same_code(_code_of(charter), message.code):
        score, why = score + 100, ["the same code", *why]
    elif _is_anothers(charter, message):
        score, why = score - 50, [*why, "booked otherwise"]
    if charter.vessel_id in named:
        score, why = score + 20, [*why, f"on {charter.vessel.name}"]
    elif named:
        score, why = score - 20, [*why, f"on {charter.vessel.name}, another vessel"]
    if _name_fits(charter, message):
        score, why = score + 30, [*why, "the name fits"]
    if charter.guest_count and charter.guest_count == message.facts.get("guest_count"):
        score, why = score + 10, [*why, f"{words.people(charter.guest_count)} too"]
    return Suggestion(charter, score, ", ".join(why))


def _time_score(message: BookingMessage, charter: Charter) -> tuple[int, list[str]]:
    starts_at = _starts_at(message)
    if starts_at is None:
        return 0, []
    apart = charter.starts_at - starts_at
    later = "later" if apart > timedelta(0) else "earlier"
    same_day = charter.starts_at.astimezone(_zone()).date() == starts_at.astimezone(_zone()).date()
    if not apart:
        return 40, ["at the same hour"]
    if same_day and abs(apart) <= NEAR:
        return 30, [f"{words.duration(abs(apart))} {later}"]
    if same_day:
        return 20, [f"the same day, {words.duration(abs(apart))} {later}"]
    return (8 if abs(apart) <= timedelta(hours=36) else 0), [f"{words.duration(abs(apart))} {later}"]


# -- conflicts -------------------------------------------------------------------------------------------


def conflicts_from_bookings(charters: Sequence[Charter]) -> dict[int, list[str]]:
    """{charter's key: sentences} about bookings that disagree with the calendar or were cancelled; one query.

    The charters need `with_relations()`; none for a cancelled one.
    """
    sailing = [charter for charter in charters if charter.status != Charter.Status.CANCELLED]
    found: dict[int, list[str]] = {}
    shown = BookingMessage.objects.filter(
        charter__in=[charter.pk for charter in sailing], state=State.CANCELLATION_SHOWN
    ).order_by("received_at", "pk")
    zones = {charter.pk: charter.zone for charter in sailing}
    for key, platform, code, at in shown.values_list("charter", "platform", "code", "received_at"):
        if key is not None:
            found.setdefault(key, []).append(_cancelled_sentence(platform, code, at.astimezone(zones[key])))
    for charter in sailing:
        if charter.booking_facts and charter.is_charter:
            for sentence in _disagreements(charter):
                found.setdefault(charter.pk, []).append(sentence)
    return found


def _cancelled_sentence(platform: str, code: str, at: datetime) -> str:
    booking = f"the booking {code}" if code else "this booking"
    return (
        f"{_platform_name(platform)} wrote on {words.day(at)} that {booking} is cancelled; the trip still stands "
        "until somebody cancels it."
    )


def _disagreements(charter: Charter) -> Iterable[str]:
    said = charter.booking_facts
    name = _platform_name(str(said.get("platform", "")))
    if said.get("starts_at") and charter.source_of("starts_at") != "booking" and not charter.all_day:
        starts_at = _moment(said["starts_at"]).astimezone(charter.zone)
        ends_at = _moment(said["ends_at"]).astimezone(charter.zone) if said.get("ends_at") else starts_at
        ours = charter.starts_at.astimezone(charter.zone), charter.ends_at.astimezone(charter.zone)
        if starts_at != ours[0] or (said.get("ends_at") and ends_at != ours[1]):
            same_day = starts_at.date() == ours[0].date()
            write = words.hours if same_day else words.day_and_hours
            source = "calendar's" if charter.source_of("starts_at") == "calendar" else "office's"
            yield f"{name} says {write(starts_at, ends_at)}, the trip is {write(*ours)}: the {source} hours are used."
    count = said.get("guest_count")
    if count and charter.guest_count and charter.guest_count != count:
        yield f"{name} says {words.people(count)}, the trip is for {charter.guest_count}."


def _platform_name(slug: str) -> str:
    return BY_SLUG[slug].name if slug in BY_SLUG else slug.capitalize() or "The booking"
