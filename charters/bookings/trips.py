"""Which trip a booking is about: by confirmation code, then by time, vessel and guest. Nothing is written here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.db.models.fields.json import KT
from django.db.models.functions import Upper

from charters.models import BookingMessage, Charter, Vessel
from charters.models.charter import CharterQuerySet
from charters.same_trip import bare_words, plain_code, same_code

NEAR = timedelta(hours=2)
# Who may name the code of a trip, by the columns of Charter.
_SAYING = ("booking", "calendar", "staff")


def find(message: BookingMessage) -> tuple[Charter | None, str]:
    """The trip of a mail when it is plain, and why; else None, and what is missing."""
    charter, why = _by_code(message)
    if charter is not None or why:
        return charter, why
    return _by_time(message)


def bearing_code(code: str) -> CharterQuerySet:
    """Those whose booking, calendar or entry by the office names this code, however it is spelled."""
    plain = plain_code(code)
    dashed = f"GMB-{plain[3:]}" if plain.startswith("GMB") else plain
    spelled = {code.strip().upper(), plain, dashed}
    named = {f"{each}_code": Upper(KT(f"{each}_facts__confirmation_code")) for each in _SAYING}
    anywhere = Q(pk__in=[])
    for name in named:
        anywhere |= Q(**{f"{name}__in": spelled})
    return Charter.objects.annotate(**named).filter(anywhere) if plain else Charter.objects.none()


def code_of(charter: Charter) -> str:
    """The confirmation code it bears, '' for none."""
    return _said_of(charter, "confirmation_code")


def platform_of(charter: Charter) -> str:
    """The slug of the platform it was booked through, '' when nobody says."""
    return _said_of(charter, "platform")


def _said_of(charter: Charter, name: str) -> str:
    return next((str(said) for each in _SAYING if (said := getattr(charter, f"{each}_facts").get(name))), "")


def starts_at(message: BookingMessage) -> datetime | None:
    """When the mail's trip starts, if it says so."""
    written = message.facts.get("starts_at")
    return datetime.fromisoformat(written) if written else None


def is_anothers(charter: Charter, message: BookingMessage) -> bool:
    """Booked elsewhere, or under another code."""
    code, platform = code_of(charter), platform_of(charter)
    return bool(
        (code and message.code and not same_code(code, message.code)) or (platform and platform != message.platform)
    )


def vessels_named(message: BookingMessage, vessels: Sequence[Vessel]) -> set[int]:
    """The vessels of ours that the mail's words name; none when it calls them otherwise, or not at all."""
    said = f" {bare_words(message.facts.get('vessel_words', ''))} "
    return {
        vessel.pk
        for vessel in vessels
        if f" {bare_words(vessel.name)} " in said or f" {vessel.slug.replace('-', ' ')} " in said
    }


def name_fits(charter: Charter, message: BookingMessage) -> bool:
    """Whether a word of the guest's name stands in the title, or in the guest's name as we have it."""
    words = bare_words(message.facts.get("guest_name", "")).split()
    return not _name_words(charter).isdisjoint(word for word in words if len(word) > 1)


def same_day(one: datetime, other: datetime) -> bool:
    """Where the operator is."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def _by_code(message: BookingMessage) -> tuple[Charter | None, str]:
    found = [
        charter
        for charter in bearing_code(message.code).select_related("vessel__brand", "calendar")
        if platform_of(charter) in {"", message.platform}
    ]
    if len(found) > 1:
        active = [charter for charter in found if charter.status != Charter.Status.CANCELLED]
        moment = starts_at(message)
        near = [each for each in active if moment and abs(each.starts_at - moment) <= NEAR]
        found = near if len(near) == 1 else active or found
    if len(found) > 1:
        return None, f"{len(found)} trips bear the code {message.code}."
    return (found[0], f"By the code {message.code}.") if found else (None, "")


def _by_time(message: BookingMessage) -> tuple[Charter | None, str]:
    moment = starts_at(message)
    if moment is None:
        return None, f"No trip bears the code {message.code}, and the mail names no time."
    near = Charter.objects.charters().active().filter(starts_at__range=(moment - NEAR, moment + NEAR))
    found = [
        charter
        for charter in near.select_related("vessel__brand", "calendar").order_by("starts_at", "reference")
        if same_day(charter.starts_at, moment) and not is_anothers(charter, message)
    ]
    if not found:
        return None, "No trip starts within two hours of its time."
    vessels = list(Vessel.objects.all())
    named = vessels_named(message, vessels)
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


def _name_words(charter: Charter) -> set[str]:
    return set(bare_words(f"{charter.title} {charter.party} {charter.guest_name}").split())


def _first_name_fits(charter: Charter, message: BookingMessage) -> bool:
    name = bare_words(message.facts.get("guest_name", "")).split()
    return bool(name) and name[0] in _name_words(charter)


def _another_name(charter: Charter, message: BookingMessage) -> bool:
    """Both name somebody, and not a word is the same: the wrong guest must not be written to."""
    return bool(message.facts.get("guest_name") and _whose(charter)) and not name_fits(charter, message)


def _whose(charter: Charter) -> str:
    return charter.guest_name or charter.party
