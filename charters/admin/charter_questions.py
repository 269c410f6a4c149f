"""What a charter's page asks its reader: who a name is, which value stays, what the calendar is to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charters.admin.charter_answers import facts_in_words
from charters.admin.provenance import fact_in_words
from charters.calendars.copies import occurrence_of
from charters.calendars.corrections import CORRECTABLE
from charters.calendars.lint import NO_CAPTAIN, lint
from charters.calendars.reading import name_asked_about, open_questions
from charters.calendars.same_fact import same_fact
from charters.calendars.text.description import read_description
from charters.crew.names import Guesses, guesses
from charters.models import Charter, Correction, CrewAssignment, CrewMember, Override
from charters.overrides import asks_which
from charters.pages import words

LABELS = {"captain": "Captain", "crew": "Crew", "starts_at": "Start", "ends_at": "End"}


@dataclass(frozen=True, slots=True)
class NameAsked:
    """A name on the crew list that leads to no crew member; `sentence` quotes the line that names it."""

    name: str
    sentence: str
    guesses: Guesses
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """How far the overrides are on their way into the calendar.

    `sendable` are names of `CORRECTABLE`; `differing` holds (label, ours, the calendar's) of those that wait.
    """

    sendable: Sequence[str] = ()
    sendable_words: str = ""
    waiting: str = ""
    reason: str = ""
    differing: Sequence[tuple[str, str, str]] = ()
    sent: str = ""


def names_asked(charter: Charter) -> list[NameAsked]:
    """The names to ask about, in one query when there are any; needs `with_relations()`."""
    unsettled = {each.name: each for each in charter.crew_assignments.all() if each.member_id is None}
    if charter.has_departed or not charter.is_charter or not unsettled:
        return []
    members = list(CrewMember.objects.filter(active=True))
    sentences = {name: open_questions(charter.questions, [name]) for name in unsettled}
    settled = set(open_questions(charter.questions, []))
    return [
        NameAsked(
            name,
            next(each for each in sentences[name] if each not in settled),
            guesses(name, row.role, members),
            _by_hand(row),
        )
        for name, row in unsettled.items()
    ]


def _by_hand(row: CrewAssignment) -> bool:
    return row.source == "override"


def without_names(sentences: Sequence[str], asked: Sequence[NameAsked]) -> list[str]:
    """Conflicts without the questions about these names, which have buttons of their own."""
    names, said = {each.name for each in asked}, {each.sentence for each in asked}
    return [each for each in sentences if each not in said and name_asked_about(each) not in names]


def not_understood(charter: Charter) -> Sequence[str]:
    """What the reader could not make of the calendar's text, of a trip to come; one query.

    That nobody is named as captain is a conflict, and stands among them.
    """
    if charter.has_departed or charter.status == Charter.Status.CANCELLED or charter.calendar is None:
        return ()
    occurrence = occurrence_of(charter)
    if occurrence is None:
        return ()
    found = lint(read_description(occurrence.description), charter.event_type)
    return [each for each in found if each != NO_CAPTAIN]


def which(charter: Charter, override: Override | None) -> dict[str, str] | None:
    """Both values of a fact that the calendar changed after it was set by hand; None when nothing is to be asked."""
    if override is None or charter.has_departed or not asks_which(override, charter.calendar_facts):
        return None
    theirs = charter.calendar_facts.get(override.field)
    return {
        "ours": fact_in_words(charter, override.field, override.value),
        "calendar": fact_in_words(charter, override.field, theirs),
    }


def sending(charter: Charter, overrides: Mapping[str, Override]) -> Sending | None:
    """What can be sent, what waits and what was sent; None when there is nothing to say. One query."""
    if charter.calendar is None or not charter.is_charter:
        return None
    correction = Correction.objects.filter(charter=charter).first()
    waits = correction is not None and correction.sent_at is None
    said = charter.calendar_facts
    differing = [
        name for name in CORRECTABLE if name in overrides and not same_fact(name, overrides[name].value, said.get(name))
    ]
    asked = set(correction.facts) if correction and waits else set()
    sendable = [name for name in differing if name not in asked] if not charter.has_departed else []
    if correction is None and not sendable:
        return None
    return Sending(
        sendable=sendable,
        sendable_words=facts_in_words(sendable),
        waiting=facts_in_words(correction.facts) if correction and waits else "",
        reason=correction.reason if correction and waits else "",
        differing=[_both(charter, overrides[name]) for name in differing if name in asked],
        sent=_sent(charter, correction) if correction and not waits and not sendable else "",
    )


def _both(charter: Charter, override: Override) -> tuple[str, str, str]:
    ours = fact_in_words(charter, override.field, override.value)
    theirs: Any = charter.calendar_facts.get(override.field)
    return LABELS[override.field], ours, fact_in_words(charter, override.field, theirs)


def _sent(charter: Charter, correction: Correction) -> str:
    if correction.sent_at is None:
        return ""
    at = correction.sent_at.astimezone(charter.zone)
    return f"{facts_in_words(correction.facts)}, {words.day(at.date())}, {words.clock(at)}, for {correction.by}"
