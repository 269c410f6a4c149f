"""What a dispatcher asks of the list of charters on Friday night."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from charters.models import Charter, GuestPage
from jada.core.clock import now

FRIDAY = 4


class WhenFilter(admin.SimpleListFilter):
    """Upcoming unless somebody asks for something else."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The first one is in force when none is chosen."""
        return [("upcoming", "Upcoming"), ("weekend", "This weekend"), ("past", "Past"), ("any", "Any time")]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Without the “All” that Django puts first."""
        for value, label in self.lookup_choices:
            yield {
                "selected": (self.value() or "upcoming") == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Charter]") -> "QuerySet[Charter]":
        """By the operator's own calendar."""
        chosen = self.value() or "upcoming"
        if chosen == "weekend":
            first, last = weekend()
            return queryset.filter(starts_at__lt=last, ends_at__gt=max(first, now()))
        if chosen == "past":
            return queryset.filter(ends_at__lte=now()).order_by("-starts_at", "reference")
        return queryset if chosen == "any" else queryset.filter(ends_at__gt=now())


class PageStateFilter(admin.SimpleListFilter):
    """How far the guest page is."""

    title = "guest page"
    parameter_name = "page"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The states of a page, in words."""
        return [(str(value), str(label)) for value, label in GuestPage.State.choices]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Charter]") -> "QuerySet[Charter]":
        """By the page's state."""
        return queryset.filter(page__state=self.value()) if self.value() else queryset


def weekend() -> tuple[datetime, datetime]:
    """From Friday's first moment to Monday's: the weekend we are in, else the next."""
    today = timezone.localdate(now())
    friday = today + timedelta(days=FRIDAY - today.weekday())
    zone = timezone.get_current_timezone()
    return (
        datetime.combine(friday, time.min, tzinfo=zone),
        datetime.combine(friday + timedelta(days=3), time.min, tzinfo=zone),
    )
