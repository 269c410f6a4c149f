"""Contacts in memory: whoever is met is found in them, filled in or added, and the difference is written at once.

One set of rules (docs/domain.md: the same person found twice is one contact), whether one person is met or the ten
thousand of a calendar's first reading: a handful of statements. `charters.contacts` is the door.
"""

from bisect import insort
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection

from charters.models import Contact, ContactMerge
from charters.models.people import plain_name
from jada.core import bulk
from jada.core.clock import now

# Guests met through these are no marketing contacts unless they opt in directly (docs/domain.md).
MARKETPLACES = frozenset({"boatsetter", "getmyboat"})
FILLED = ("name", "email", "phone", "origin")
KEPT = (*FILLED, "marketplace")
_KEPT = attrgetter(*KEPT)
SAME_TELEPHONE = "the same telephone"


class Met(NamedTuple):
    """A person as met; `email` and `phone` in their one form, at least one of them not ''."""

    name: str
    email: str
    phone: str
    origin: str

    @property
    def marketplace(self) -> bool:
        """Whether it was a marketplace that brought us together."""
        return self.origin in MARKETPLACES


@dataclass(eq=False, slots=True)
class Entry:
    """A contact in the book; `key` is that of its row, None until it has one. Of several the elder is meant."""

    key: int | None
    name: str
    email: str
    phone: str
    origin: str
    marketplace: bool = False
    new: int = 0  # counted; those in the book already are older

    @property
    def age(self) -> tuple[int, int]:
        """In the order in which they were first met."""
        return self.new, self.key or 0


class AddressBook:
    """The contacts that some people may be, and what became of addresses that were merged away."""

    def __init__(self) -> None:
        self._by_email: dict[str, Entry] = {}
        self._by_phone: dict[str, list[Entry]] = {}
        # Whose a merged address is now; None when that contact is gone.
        self._moved: dict[str, Entry | None] = {}
        self._new: list[Entry] = []
        self._filled: set[Entry] = set()
        self._merged: list[tuple[Entry, Met]] = []

    @classmethod
    def about(cls, people: Collection[Met]) -> "AddressBook":
        """All that is known of these people's addresses; two queries, two more a link of a chain of merges."""
        book = cls()
        emails = sorted({each.email for each in people} - {""})
        phones = sorted({each.phone for each in people} - {""})
        known = {entry.key: entry for entry in _listed("email = ANY(%s) OR phone = ANY(%s)", emails, phones)}
        heads = _merged_away(emails)
        bearers = _bearers(set(heads.values()), known)
        for entry in [*known.values(), *bearers.values()]:
            book._list(entry)
        book._moved = {email: bearers.get(key) for email, key in heads.items()}
        return book

    def keep(self, met: Met) -> Entry:
        """The contact of this person, added when nobody is.

        Blanks of a known contact are filled. Known by telephone alone under another e-mail and the same name, the new
        e-mail is kept as a merge that can be undone; under another name it is another person with the same telephone.
        """
        known = self._known_by_email(met.email) or self._known_by_phone(met)
        if known is None:
            known = Entry(None, *met, marketplace=met.marketplace, new=len(self._new) + 1)
            self._new.append(known)
            self._list(known)
            return known
        if met.email and known.email and known.email != met.email and met.email not in self._moved:
            self._merged.append((known, met))
            self._moved[met.email] = known
        self._fill(known, met)
        return known

    def write(self) -> None:
        """Store the difference.

        A new contact whose address another transaction has stored at this moment stays without a key: whoever it was
        made for is to be looked for again.
        """
        if self._new:
            _insert(self._new)
        if self._filled:
            _fill_blanks(list(self._filled))
        ContactMerge.objects.bulk_create(
            ContactMerge(
                winner_key=winner.key,
                lost={name: getattr(met, name) for name in KEPT},
                filled=[],
                by=SAME_TELEPHONE,
                at=now(),
            )
            for winner, met in self._merged
            if winner.key is not None
        )

    def _list(self, entry: Entry) -> None:
        if entry.email:
            self._by_email[entry.email] = entry
        if entry.phone and entry not in (sharing := self._by_phone.setdefault(entry.phone, [])):
            insort(sharing, entry, key=lambda each: each.age)

    def _known_by_email(self, email: str) -> Entry | None:
        return (self._by_email.get(email) or self._moved.get(email)) if email else None

    def _known_by_phone(self, met: Met) -> Entry | None:
        found = self._by_phone.get(met.phone, ())
        same_name = [entry for entry in found if _may_be_one(entry.name, met.name)]
        if met.email:
            # Another e-mail: one person only when nothing else speaks against it.
            return next((entry for entry in same_name if not entry.email), None) or next(iter(same_name), None)
        return next(iter(same_name or found), None)

    def _fill(self, entry: Entry, met: Met) -> None:
        blank = [name for name in FILLED if getattr(met, name) and not getattr(entry, name)]
        if "email" in blank and met.email in self._by_email:
            blank.remove("email")
        for name in blank:
            setattr(entry, name, getattr(met, name))
        if blank:
            self._list(entry)
            if entry.key is not None:
                self._filled.add(entry)


def _listed(condition: str, *parameters: list[Any]) -> Iterable[Entry]:
    columns = ("id", *KEPT)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns)} FROM charters_contact WHERE {condition} ORDER BY id",  # noqa: S608 our own words
            list(parameters),
        )
        return [Entry(*row) for row in cursor.fetchall()]


def _merged_away(emails: Sequence[str]) -> dict[str, int]:
    """{address: who won it when it was merged}; of several merges the latest."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT lost ->> 'email', winner_key FROM charters_contactmerge
            WHERE lost -> 'email' = ANY(%s::jsonb[]) AND undone_at IS NULL ORDER BY id
            """,
            [[bulk.as_json(email) for email in emails]],
        )
        return dict(cursor.fetchall())


def _bearers(heads: set[int], known: dict[int | None, Entry]) -> dict[int, Entry]:
    """{key a merge named as its winner: who that is now, however often it was merged since}."""
    entries, onward = dict(known), dict[int, int]()
    asked: set[int] = set()
    while missing := (heads | set(onward.values())) - asked:
        asked |= missing
        if wanted := missing - entries.keys():
            entries |= {entry.key: entry for entry in _listed("id = ANY(%s)", list(wanted))}
        if gone := missing - entries.keys():
            # The model's order has the newest first, which is the one that counts.
            later = ContactMerge.objects.filter(loser_key__in=gone, undone_at=None).reverse()
            onward |= {merged.loser_key: merged.winner_key for merged in later if merged.loser_key is not None}
    found: dict[int, Entry] = {}
    for head in heads:
        key, seen = head, set[int]()
        while key not in entries and key in onward and key not in seen:
            seen.add(key)
            key = onward[key]
        if key in entries:
            found[head] = entries[key]
    return found


def _may_be_one(name: str, other: str) -> bool:
    one, two = plain_name(name).split(), plain_name(other).split()
    return not one or not two or one[0] == two[0]


def _insert(entries: Sequence[Entry]) -> None:
    """Store new contacts; those whose address is taken get no key."""
    keys = bulk.allocate_ids(Contact, len(entries))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO charters_contact (created_at, id, name, email, phone, origin, marketplace)
            SELECT %s, (said ->> 0)::bigint, said ->> 1, said ->> 2, said ->> 3, said ->> 4, (said ->> 5)::boolean
            FROM jsonb_array_elements(%s::jsonb) AS said
            ON CONFLICT DO NOTHING RETURNING id
            """,
            [now(), bulk.as_json([(key, *_KEPT(entry)) for key, entry in zip(keys, entries, strict=True)])],
        )
        stored = {key for (key,) in cursor.fetchall()}
    for entry, key in zip(entries, keys, strict=True):
        if key in stored:
            entry.key = key


def _fill_blanks(entries: Sequence[Entry]) -> None:
    """Only what is still blank: somebody else may have filled it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE charters_contact AS contact SET
                name = coalesce(nullif(contact.name, ''), said.name),
                email = coalesce(nullif(contact.email, ''), said.email),
                phone = coalesce(nullif(contact.phone, ''), said.phone),
                origin = coalesce(nullif(contact.origin, ''), said.origin)
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
                AS said (id, name, email, phone, origin)
            WHERE contact.id = said.id
            """,
            [[each.key for each in entries], *([getattr(each, name) for each in entries] for name in FILLED)],
        )
