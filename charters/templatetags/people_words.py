"""`charters.pages.words` in templates: `{% load people_words %}`, then `{{ charter|when }}`."""

from datetime import date, datetime

from django import template

from charters.models import Charter
from charters.pages import words

register = template.Library()

register.filter("duration", words.duration)
register.filter("people", words.people)
register.filter("phone", words.phone)


@register.filter(expects_localtime=True)
def day(on: date) -> str:
    """“Sat 30 May” of a date, or of a moment in the current time zone."""
    return words.day(on)


@register.filter(expects_localtime=True)
def long_day(on: date) -> str:
    """“Saturday, 30 May 2026” of a date, or of a moment in the current time zone."""
    return words.long_day(on)


@register.filter(expects_localtime=True)
def clock(at: datetime) -> str:
    """“2:45 PM” of a moment in the current time zone."""
    return words.clock(at)


@register.filter
def when(charter: Charter) -> str:
    """“Sat 30 May, 3–7 PM”, where the charter sails."""
    return words.day_and_hours(charter.starts_at.astimezone(charter.zone), charter.ends_at.astimezone(charter.zone))


@register.filter
def arrival(charter: Charter) -> str:
    """“2:45 PM”: when its guests are to be at the dock, where the charter sails."""
    return words.clock(charter.arrive_by.astimezone(charter.zone))
