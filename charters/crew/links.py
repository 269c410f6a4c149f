"""A crew member's own link: `/crew/<token>/`, and the calendar feed beside it (docs/architecture.md, rule 7).

It does not expire after a trip, for the member stays; raising `CrewMember.link_generation` revokes it.
"""

import re

from django.conf import settings
from django.db.models import F

from charters.models import CrewMember
from charters.public_links import is_current, token_as_stored
from jada.core import links

CREW = "crew"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


def crew_url(member: CrewMember) -> str:
    """The address of the member's page; the first time it is written out, its hash is stored so that it opens."""
    token = token_as_stored(CREW, member.pk, member.link_generation, member.link_lookup)
    lookup = links.lookup(token)
    if member.link_lookup is None or bytes(member.link_lookup) != lookup:
        member.link_lookup = lookup
        member.save(update_fields=["link_lookup"])
    return f"{settings.BASE_URL}/crew/{token}/"


def renew(member: CrewMember) -> None:
    """The link that is out opens nothing any more, nor does its calendar feed; `crew_url` gives the new one."""
    CrewMember.objects.filter(pk=member.pk).update(link_generation=F("link_generation") + 1, link_lookup=None)


def feed_url(token: str) -> str:
    """The address of the calendar feed that goes with the page of `token`."""
    return f"{settings.BASE_URL}/crew/{token}.ics"


def find(token: str) -> CrewMember | None:
    """Whose link it is; None when it is unknown or revoked or its member is no longer active: they look the same."""
    if not _TOKEN.fullmatch(token):
        return None
    member = CrewMember.objects.filter(link_lookup=links.lookup(token), active=True).first()
    return member if member and is_current(token, CREW, member.pk, member.link_generation) else None
