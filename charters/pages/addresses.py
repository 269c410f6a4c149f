"""A page's address and codes, made once: `/<date>/<first name or party>-<token>.html` (docs/domain.md)."""

import re
import unicodedata
from itertools import islice

from django.db.models import QuerySet

from charters.models import Charter, GuestPage
from charters.pages.facts import first_name
from jada.core import links

BATCH = 1_000
LONGEST_NAME = 40


def make_pages(charters: "QuerySet[Charter]") -> int:
    """Rows for charters that have none yet, in a few statements; two workers at once make them once."""
    made = 0
    rows = charters.select_related("calendar").order_by("pk").iterator(chunk_size=BATCH)
    while batch := [_page(charter) for charter in islice(rows, BATCH)]:
        GuestPage.objects.bulk_create(batch, ignore_conflicts=True)
        made += len(batch)
    return made


def _page(charter: Charter) -> GuestPage:
    name = _plain(first_name(charter.guest_name) or charter.party) or "your-trip"
    code = links.code("photos", charter.pk)
    return GuestPage(
        charter=charter,
        path=f"{charter.date:%Y-%m-%d}/{name}-{links.token('page', charter.pk)}.html",
        photo_code=code,
        photo_lookup=links.lookup(code),
        waiver_lookup=links.lookup(links.token("waiver-charter", charter.pk)),
    )


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded.replace("'", "")).strip("-")[:LONGEST_NAME].strip("-")
