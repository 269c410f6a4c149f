"""“Connect Google”: the office logs in with its Google account, in the browser it has open anyway."""

import hmac
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from charters.admin.saving import KeptAdmin
from charters.calendars.google import credentials
from charters.calendars.google import login as google_login
from charters.models import Calendar, GoogleGrant
from charters.pages import words
from jada.core.errors import AdapterError

_KEPT_AS = "google_login"  # in the session: what the browser must bring back
BEGIN_AGAIN = "This login was not begun here, or was used already. Begin it again."
NO_CLIENT = "No application is set up that may ask Google for a login."
CONNECTED = "Google is connected. The calendars are being read now."


class ConnectsGoogle(KeptAdmin):
    """The page, and the address that Google sends the browser back to; both for people who may change calendars."""

    def get_urls(self) -> list[URLPattern]:
        """Before the calendars' own pages."""
        page = require_http_methods(["GET", "POST"])(self.connect_view)
        back = require_GET(self.connected_view)
        return [
            path("google/", self.admin_site.admin_view(page), name="charters_calendar_google"),
            path("google/back/", self.admin_site.admin_view(back), name="charters_calendar_google_back"),
            *super().get_urls(),
        ]

    def connect_view(self, request: HttpRequest) -> HttpResponse:
        """How it stands with the login; POST begins another one."""
        self._may(request)
        client = google_login.client_in_use()
        if request.method == "POST" and client is not None:
            question = google_login.question(client, redirect_uri=_redirect_uri())
            request.session[_KEPT_AS] = {"state": question.state, "verifier": question.verifier}
            return HttpResponseRedirect(question.address)
        context = {
            **self.admin_site.each_context(request),
            "title": "Connect Google",
            "opts": self.model._meta,
            "client": client is not None,
            "login": _login_in_words(),
            "service_account": _service_account(),
            "waiting": words.listed([f"“{name}”" for name in _waiting()]),
            "redirect_uri": _redirect_uri(),
        }
        response = TemplateResponse(request, "admin/charters/calendar/connect.html", context)
        if client is not None:
            # The form leads away from our own address; browsers hold redirects of a form to this, too.
            asked = urlsplit(client.auth_uri)
            response._csp_update = {"form-action": f"{asked.scheme}://{asked.netloc}"}  # type: ignore[attr-defined]
        return response

    def connected_view(self, request: HttpRequest) -> HttpResponse:
        """The browser is back from Google, with a code or without."""
        self._may(request)
        kept = request.session.pop(_KEPT_AS, None)
        state = request.GET.get("state", "")
        if not kept or not hmac.compare_digest(state.encode(), kept["state"].encode()):
            return self._over(request, BEGIN_AGAIN)
        client = google_login.client_in_use()
        if client is None:
            return self._over(request, NO_CLIENT)
        if not request.GET.get("code"):
            return self._over(request, google_login.NOT_AGREED)
        waiting = list(Calendar.objects.filter(needs_login=True))
        try:
            token = google_login.exchange(
                client, code=request.GET["code"], redirect_uri=_redirect_uri(), verifier=kept["verifier"]
            )
            lacking = google_login.keep(token, client)
        except AdapterError as failure:
            return self._over(request, str(failure))
        for calendar in waiting:
            self.log_change(request, calendar, "Connected Google again.")
        self.message_user(request, CONNECTED, messages.SUCCESS)
        for what in lacking:
            self.message_user(
                request, f"Not allowed: {what}. Connect again and tick its box to change that.", messages.WARNING
            )
        return HttpResponseRedirect(reverse("admin:charters_calendar_changelist"))

    def _may(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied

    def _over(self, request: HttpRequest, said: str) -> HttpResponse:
        self.message_user(request, said, messages.ERROR)
        return HttpResponseRedirect(reverse("admin:charters_calendar_google"))


def _redirect_uri() -> str:
    return f"{settings.BASE_URL}{reverse('admin:charters_calendar_google_back')}"


def _waiting() -> list[str]:
    return list(Calendar.objects.filter(needs_login=True).values_list("name", flat=True))


def _service_account() -> str:
    """The service account that speaks for us, by its address; calendars are shared with it."""
    configured: dict[str, Any] = settings.GOOGLE_CREDENTIALS or {}
    return str(configured.get("client_email", "")) if configured.get("type") == "service_account" else ""


def _login_in_words() -> str:
    source = credentials.source()
    if source == "grant":
        granted_at = GoogleGrant.objects.get().granted_at
        return f"Somebody connected it on {words.day(granted_at.date())}."
    return "It is connected by the server's settings (GOOGLE_CREDENTIALS)." if source else ""


def standing(request: HttpRequest) -> dict[str, Any]:
    """For the list of calendars: which wait for somebody to log in, and whether this person may. One query."""
    return {
        "login_waiting": words.listed([f"“{name}”" for name in _waiting()]),
        "may_connect": request.user.has_perm("charters.change_calendar"),
    }
