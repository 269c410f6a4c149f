"""Danika's page as it should lie at its address, for those who find another one there."""

from typing import Any

from charters.pages import live
from charters.pages.facts import Facts, digest, page_facts
from charters.pages.render import render
from tests.charters.pages.samples import at, charter

CREW = [("captain", "Gene"), ("deckhand", "Sam"), ("deckhand", "Ann")]
PUBLISHED = at("2026-05-30 14:10")


def facts_of(**given: Any) -> Facts:
    """Hers, unless told otherwise."""
    return page_facts(charter(**{"crew": CREW} | given))


def page_of(facts: Facts) -> bytes:
    """The page of these facts."""
    return render(facts, digest=digest(facts), published_at=PUBLISHED)


DANIKA = facts_of()


def found(page: bytes, facts: Facts = DANIKA) -> list[str]:
    """What is wrong with a page that should show these facts."""
    return live.findings(live.read(page), facts)
