"""`charters.change_words` in templates: `{% load change_words %}{% grouped_changes changes summary as groups %}`."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from charters.change_words import Group, Told, grouped, in_order, layer_in_words

register = template.Library()


@register.simple_tag
def grouped_changes(
    changes: Iterable[Told], summary: Mapping[str, Any], durations: Mapping[str, float] | None = None
) -> list[Group]:
    """The changes by layer, in words. One query."""
    return grouped(changes, summary, durations)


@register.simple_tag
def layers_took(durations: Mapping[str, float]) -> list[tuple[str, float]]:
    """Each layer as people call it, with its seconds."""
    return [(layer_in_words(name), durations[name]) for name in in_order(durations)]


@register.filter
def seconds(length: float) -> str:
    """“under 0.1 s”, “0.4 s”, “12 s”, “3 min 5 s”."""
    if length < 0.1:
        return "under 0.1\N{NO-BREAK SPACE}s"
    if length < 10:
        return f"{length:.1f}\N{NO-BREAK SPACE}s"
    minutes, rest = divmod(round(length), 60)
    return f"{minutes}\N{NO-BREAK SPACE}min {rest}\N{NO-BREAK SPACE}s" if minutes else f"{rest}\N{NO-BREAK SPACE}s"
