"""“Stop reading this calendar”, and reading it again: a calendar that has brought charters cannot be deleted."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from charters.admin.saving import KeptAdmin
from charters.calendars.stopping import resume, stop, what_stays
from charters.models import Calendar


class StopsReading(KeptAdmin):
    """Two buttons of a calendar's page."""

    def get_urls(self) -> list[URLPattern]:
        """An address for each."""
        views: dict[str, Callable[[HttpRequest, str], HttpResponse]] = {
            "stop": self.stop_view,
            "resume": self.resume_view,
        }
        own = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"charters_calendar_{name}",
            )
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def stop_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Read it no more."""
        calendar = self._chosen(request, object_id)
        if stop(calendar):
            self.log_change(request, calendar, "Reads it no more")
            self.message_user(request, what_stays(calendar), messages.SUCCESS)
        return _page(calendar)

    def resume_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Read it again, at once."""
        calendar = self._chosen(request, object_id)
        if resume(calendar):
            self.log_change(request, calendar, "Reads it again")
            self.message_user(request, f"“{calendar.name}” is being read again.", messages.SUCCESS)
        return _page(calendar)

    def _chosen(self, request: HttpRequest, object_id: str) -> Calendar:
        calendar: Calendar | None = self.get_object(request, object_id)
        if calendar is None:
            raise Http404
        if not self.has_change_permission(request, calendar):
            raise PermissionDenied
        return calendar


def _page(calendar: Calendar) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:charters_calendar_change", args=[calendar.pk]))
