"""Changes of a plan or a run as the office reads them: by layer, each in a sentence (“Start: Sat 30 May, 2 PM → 3 PM”).

The one place that turns a change's values into words, for the command, the plan's page and a run's page.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.urls import reverse

from charters.models import Charter
from charters.pages.publishing import NEWER_TEMPLATE
from charters.pages.words import clock, day
from jada.core.reconcile import APPLIED, CREATE, DELETE, FAILED, HELD, PLANNED

# {a layer's name: (icon, what people call it)}
LAYERS = {
    "calendar": ("event", "Calendar"),
    "correction": ("edit_calendar", "Corrections to the calendar"),
    "page": ("web", "Guest pages"),
    "edge": ("public", "Pages as phones see them"),
    "message": ("mail", "Messages"),
    "work_order": ("cleaning_services", "Cleaning"),
}
STATES = {PLANNED: "To do", APPLIED: "Done", HELD: "Held", FAILED: "Failed"}
_LABELS = {
    "starts_at": "Start",
    "ends_at": "End",
    "arrive_by": "Arrive by",
    "guest_count": "Guests",
    "event_type": "Type",
    "description": "Text in the calendar",
}
_STATUS = {
    Charter.Status.CONFIRMED.value: "confirmed",
    Charter.Status.CANCELLING.value: "gone from the calendar",
    Charter.Status.CANCELLED.value: "cancelled",
}
# A page's facts in words begin with their day; what an audit found of a page does not.
_FACTS = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d")
_WHOLE_LAYER = "layer"
# Whom a change without a charter is about.
_NOBODY = {"page": "Not ours"}


class Told(Protocol):
    """What a change of a plan and one of a run have in common (`jada.core.reconcile.Change` says what it means)."""

    @property
    def layer(self) -> str: ...
    @property
    def charter(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def expected(self) -> Any: ...
    @property
    def actual(self) -> Any: ...
    @property
    def action(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One change: whom it is about, what differs, what it should be where that is not said yet, what became of it."""

    who: str
    when: str
    href: str
    said: str
    detail: str
    why: str
    state: str
    state_words: str


@dataclass(frozen=True, slots=True)
class Group:
    """A layer with its changes, how many there are besides those shown, how it failed as a whole, how long it took."""

    name: str
    icon: str
    title: str
    lines: tuple[Line, ...]
    more: int
    counts: str
    failure: str
    seconds: float | None


def grouped(
    changes: Iterable[Told], summary: Mapping[str, Any], durations: Mapping[str, float] | None = None
) -> list[Group]:
    """By layer, in the pipeline's order; layers without anything to tell are left out. One query."""
    changes = list(changes)
    known = _charters({change.charter for change in changes if change.charter})
    failures: Mapping[str, str] = summary.get("failures", {})
    told = [change for change in changes if change.field != _WHOLE_LAYER]
    groups = []
    for layer in in_order([*summary, *failures, *(change.layer for change in changes)]):
        lines = tuple(_line(each, known) for each in told if each.layer == layer)
        counts = dict(summary.get(layer, {}))
        if layer == "failures":
            continue
        if layer in failures and counts.get(FAILED):
            counts[FAILED] -= 1  # the failure itself, which has a sentence of its own
        if not (lines or layer in failures or any(counts.values())):
            continue
        groups.append(
            Group(
                name=layer,
                icon=LAYERS.get(layer, ("sync", ""))[0],
                title=layer_in_words(layer),
                lines=lines,
                more=max(0, sum(counts.values()) - len(lines)),
                counts=counts_in_words(counts),
                failure=failures.get(layer, ""),
                seconds=(durations or {}).get(layer),
            )
        )
    return groups


def counts_in_words(counts: Mapping[str, int]) -> str:
    """“3 to do, 1 held”; '' for nothing."""
    return ", ".join(f"{counts[state]:,} {said.lower()}" for state, said in STATES.items() if counts.get(state))


def in_order(layers: Iterable[str]) -> list[str]:
    """Each once, top to bottom of the pipeline: Postgres' JSON forgets the order of its keys."""
    return sorted(set(layers), key=lambda name: (list(LAYERS).index(name) if name in LAYERS else len(LAYERS), name))


def layer_in_words(name: str) -> str:
    """“Guest pages”."""
    return LAYERS[name][1] if name in LAYERS else name.replace("_", " ").capitalize()


def in_words(value: Any) -> str:
    """A change's value as the office reads it; moments in the zone their offset names, '' for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{in_words(each)}" for each in value.values() if each not in (None, ""))
    if isinstance(value, list):
        return ", ".join(in_words(each.get("name") if isinstance(each, dict) else each) for each in value) or "nobody"
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return f"{day(moment)}, {clock(moment)}"


def _line(change: Told, known: Mapping[str, Charter]) -> Line:
    said, detail = _said(change)
    charter = known.get(change.charter)
    start = charter and charter.starts_at.astimezone(charter.zone)
    why = change.reason if change.state in {HELD, FAILED} and change.reason not in said else ""
    return Line(
        who=charter.title if charter else change.charter or _NOBODY.get(change.layer, layer_in_words(change.layer)),
        when=f"{day(start.date())}, {clock(start)}" if start else "",
        href=reverse("admin:charters_charter_change", args=[charter.pk]) if charter else "",
        said=_sentence(said),
        detail=_sentence(detail),
        why=_sentence(why),
        state=change.state,
        state_words=STATES.get(change.state, change.state),
    )


def _said(change: Told) -> tuple[str, str]:
    """What differs, and what should be where the first does not say it."""
    expected, actual = in_words(change.expected), in_words(change.actual)
    if change.layer in {"page", "edge"}:
        return _of_page(change, expected, actual)
    if change.layer == "message":
        return (expected, f"Before: {actual}" if actual else "")
    if change.state == FAILED and not change.charter:
        return actual, ""  # a calendar that cannot be read says which, and why
    if change.field == "event":
        return _of_event(change, expected, actual)
    if change.field == "status":
        expected, actual = _STATUS.get(expected, expected), _STATUS.get(actual, actual)
    label = _LABELS.get(change.field, change.field.replace("_", " ").capitalize())
    # “Sat 30 May, 2 PM → 3 PM”: a day that stays is said once.
    on, _, hour = expected.rpartition(", ")
    if _FACTS.match(on) and actual.startswith(f"{on}, "):
        expected = hour
    return f"{label}: {actual or 'none'} → {expected or 'none'}", ""


def _of_page(change: Told, expected: str, actual: str) -> tuple[str, str]:
    """A page's values are sentences already: what it said and should say, or what an audit found wrong with it."""
    done = change.state == APPLIED
    if change.layer == "edge" and (done or change.action == DELETE):
        if change.action == DELETE:
            return ("Gone from its public address" if done else actual), ""
        return "Seen as it should be at its public address", expected
    if change.action == DELETE:
        return (
            f"{actual}: it is taken away" if change.charter else f"“{actual}” is no page of ours: it is removed"
        ), ""
    should = f"Should be: {expected}" if expected else ""
    if actual and not _FACTS.match(actual):
        return actual, should
    if done or change.state == PLANNED:
        differs = change.reason if change.reason != NEWER_TEMPLATE else "The same facts, in the page's newer form"
        if actual and differs:
            return differs, should
    if change.layer == "edge":
        return "Not seen at its public address yet", should
    if change.state == HELD:
        return f"Its page would say: {expected}", ""
    return (f"A new page: {expected}" if change.action == CREATE else expected), ""


def _of_event(change: Told, expected: str, actual: str) -> tuple[str, str]:
    if change.action == DELETE:
        return f"{actual} is gone from the calendar", ""
    if change.layer == "correction":
        return f"Entered in the calendar: {expected}", ""
    facts = change.expected if isinstance(change.expected, dict) else {}
    start, end = in_words(facts.get("starts_at")), in_words(facts.get("ends_at"))
    hours = f"{start} – {end}" if start and end else start or expected
    return f"New in the calendar: {hours}", ""


def _charters(references: Collection[str]) -> dict[str, Charter]:
    rows = (
        Charter.objects.filter(reference__in=references)
        .select_related("calendar")
        .only("reference", "title", "starts_at", "calendar__timezone")
    )
    return {charter.reference: charter for charter in rows} if references else {}


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}" if text else ""
