"""The two waiver links that rooms below `waivers` write out: the party's, on its page, and a guest's own.

Tokens by `jada.core.links` (docs/architecture.md, rule 8); `waivers.links` finds what they open.
"""

import hmac

from django.conf import settings

from charters.models import Charter, Guest, GuestPage
from jada.core import links

PARTY = "waiver-charter"
GUEST = "waiver-guest"


def link_address(token: str) -> str:
    """The public address of the waiver that `token` opens."""
    return f"{settings.BASE_URL}/w/{token}/"


def waiver_url(charter: Charter, page: GuestPage) -> str:
    """The party's waiver link, as it stands on the page. Makes no query."""
    return link_address(token_as_stored(PARTY, charter.pk, page.link_generation, page.waiver_lookup))


def guest_waiver_url(guest: Guest) -> str:
    """The guest's own waiver link; the first time it is written out, its hash is stored so that it opens."""
    token = token_as_stored(GUEST, guest.pk, guest.link_generation, guest.link_lookup)
    lookup = links.lookup(token)
    if guest.link_lookup is None or bytes(guest.link_lookup) != lookup:
        guest.link_lookup = lookup
        guest.save(update_fields=["link_lookup"])
    return link_address(token)


def is_current(token: str, purpose: str, identity: int, generation: int) -> bool:
    """Whether `token` is of this generation and made under a key still in use: raising it revokes at once."""
    return any(hmac.compare_digest(token, each) for each in links.tokens(purpose, identity, generation))


def token_as_stored(purpose: str, identity: int, generation: int, lookup: "bytes | memoryview[int] | None") -> str:
    """The token whose hash the row holds, so that a mailed link outlives a new key; else the newest."""
    candidates = links.tokens(purpose, identity, generation)
    stored = bytes(lookup) if lookup else b""
    return next((each for each in candidates if links.lookup(each) == stored), candidates[0])
