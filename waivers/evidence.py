"""The evidence of a signed waiver: one canonical record, hashed, in a chain with all records before it.

The record is JSON with sorted keys and without spaces, in UTF-8; `Waiver.record` keeps it byte for byte as
hashed. It holds everything the signers saw and gave. Each record names the digest of the one before it, so
that none can be changed, taken out or put in between without the next ones saying so (docs/architecture.md,
rule 9).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import connection

from charters.models import Charter
from charters.pages import words
from jada.core.clock import now
from waivers.models import Waiver

FORMAT = 1
# Any constant does, as long as nothing else in the database locks the same one.
_CHAIN_LOCK = 0x7A1FE2C0DE
_CHUNK = 200

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a signature came from, as the caller of the web saw it."""

    ip: str = ""
    user_agent: str = ""


def hold_chain() -> None:
    """Let no other signature in until this transaction ends: records chain one after another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])


def shown_facts(charter: Charter) -> Json:
    """What the form tells its reader about the trip. The calendar's title is for staff and not among it."""
    starts_at, ends_at = (moment.astimezone(charter.zone) for moment in (charter.starts_at, charter.ends_at))
    dock = charter.boarding_dock
    return {
        "brand": charter.brand.name,
        "vessel": charter.vessel.name,
        "when": words.day_and_hours(starts_at, ends_at),
        "date": charter.date.isoformat(),
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "place": f"{dock.name}, {dock.address}" if dock else charter.place,
    }


def participation(*, saw: Json, link: str, origin: Origin) -> Json:
    """How one person signed: what they saw, when, from where, by what kind of link (never its token)."""
    return {
        "saw": saw,
        "link": link,
        "signed_at": now().astimezone(UTC).isoformat(),
        "ip": origin.ip,
        "user_agent": origin.user_agent,
    }


def seal(waiver: Waiver, *, guardian: Json | None) -> None:
    """Give the waiver its record and its place in the chain; the caller saves it. Needs `hold_chain`.

    `guardian` is the guardian's `participation` when one signed.
    """
    last = Waiver.objects.filter(chain_position__isnull=False).order_by("-chain_position").first()
    waiver.chain_position = (last.chain_position or 0) + 1 if last else 1
    waiver.previous_digest = last.record_digest if last else ""
    waiver.signed_at = now()
    waiver.record = canonical(compose(waiver, guardian=guardian))
    waiver.record_digest = digest(waiver.record)


def compose(waiver: Waiver, *, guardian: Json | None) -> Json:
    """The record's content, from the row."""
    return {
        "format": FORMAT,
        "waiver_id": str(waiver.public_id),
        "charter": waiver.charter.reference,
        "text": {"version": waiver.text.version, "digest": waiver.text.digest},
        "participant": {
            **waiver.participation,
            "name": waiver.name,
            "email": waiver.email,
            "phone": waiver.phone,
            "date_of_birth": waiver.date_of_birth.isoformat(),
            "signature": waiver.signature,
            "agreed": True,
        },
        "minors": waiver.minors,
        "guardian": {
            **(guardian or {}),
            "name": waiver.guardian_name,
            "relationship": waiver.guardian_relationship,
            "email": waiver.guardian_email,
            "phone": waiver.guardian_phone,
            "signature": waiver.guardian_signature,
            "agreed": guardian is not None,
        },
        "signed_at": waiver.signed_at.astimezone(UTC).isoformat() if waiver.signed_at else None,
        "chain": {"position": waiver.chain_position, "previous_digest": waiver.previous_digest},
    }


def canonical(content: Json) -> str:
    """The one way this content is written."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def verify(waiver: Waiver) -> list[str]:
    """What is wrong with a sealed waiver's evidence, in words; empty when all is as it was signed."""
    before = Waiver.objects.filter(chain_position=(waiver.chain_position or 0) - 1).first()
    return _problems(waiver, before=before.record_digest if before else None)


def verify_all() -> Iterator[tuple[Waiver, list[str]]]:
    """Every waiver that is or was signed, along the chain, with what is wrong with it."""
    sealed = Waiver.objects.select_related("text", "charter").order_by("chain_position", "pk")
    before: tuple[int, str] | None = None
    for waiver in sealed.exclude(record="", status__in=["PENDING_GUARDIAN", "VOID"]).iterator(chunk_size=_CHUNK):
        position = waiver.chain_position or 0
        known = before[1] if before and before[0] == position - 1 else None
        yield waiver, _problems(waiver, before=known)
        before = (position, waiver.record_digest)


def _problems(waiver: Waiver, *, before: str | None) -> list[str]:
    """`before` is the digest of the record before this one, None when there is none."""
    problems = []
    if digest(waiver.record) != waiver.record_digest:
        problems.append("the record does not match its digest")
    if digest(waiver.text.body) != waiver.text.digest:
        problems.append("the text that was signed has been changed")
    if waiver.chain_position == 1:
        if waiver.previous_digest:
            problems.append("it is the first record and names one before it")
    elif before is None:
        problems.append("the record before it is missing")
    elif before != waiver.previous_digest:
        problems.append("the record before it is not the one it was signed after")
    problems += [f"{part} differs from the record" for part in _differences(waiver)]
    return problems


def _differences(waiver: Waiver) -> list[str]:
    """The parts of the row that are not as the record has them."""
    try:
        record = json.loads(waiver.record)
        guardian = record["guardian"] if record["guardian"]["agreed"] else None
    except (ValueError, KeyError, TypeError):
        return ["everything"]
    row = compose(waiver, guardian=guardian)
    return [part.replace("_", " ") for part in sorted({*row, *record}) if row.get(part) != record.get(part)]
