"""The mail that asks a minor's guardian to sign (docs/operations.md, POST /waivers)."""

from django.template.loader import render_to_string

from charters.pages import words
from dispatch import outbox
from dispatch.models import Delivery
from waivers.evidence import digest
from waivers.links import guardian_url
from waivers.models import Waiver


def ask(waiver: Waiver) -> Delivery | None:
    """Write to the guardian, in the minor's transaction; None when there is no e-mail address."""
    if not waiver.guardian_email:
        return None
    charter = waiver.charter
    start, end = (moment.astimezone(charter.zone) for moment in (charter.starts_at, charter.ends_at))
    facts = {
        "guardian": waiver.guardian_name,
        "minor": waiver.name,
        "brand": charter.brand,
        "phone": words.phone(charter.brand.phone) if charter.brand.phone else "",
        "vessel": charter.vessel.name,
        "when": words.day_and_hours(start, end),
        "url": guardian_url(waiver),
    }
    return outbox.enqueue(
        kind=Delivery.Kind.GUARDIAN,
        charter=charter,
        recipient=waiver.guardian_email,
        facts_digest=digest(str(waiver.public_id)),
        subject=f"Please sign for {waiver.name}: sailing on {words.day(start)}",
        text=render_to_string("waivers/guardian_mail.txt", facts),
    )
