"""The admin site: unfold's, with the board as its home."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, path, reverse
from django_htmx.http import HttpResponseClientRedirect
from unfold.sites import UnfoldAdminSite

from jada import board, plan_page
from jada.sidebar import sidebar

View = Callable[..., HttpResponseBase]

# Deep water: white on 600 and 500 on near-black both pass WCAG AA.
_SEA = {
    "50": "oklch(97.7% .012 236)",
    "100": "oklch(94.8% .026 236)",
    "200": "oklch(89.6% .052 236)",
    "300": "oklch(82% .09 237)",
    "400": "oklch(73.5% .12 238)",
    "500": "oklch(66% .125 239)",
    "600": "oklch(50.5% .115 242)",
    "700": "oklch(44.5% .102 243)",
    "800": "oklch(39% .088 243)",
    "900": "oklch(34.5% .074 244)",
    "950": "oklch(26% .058 245)",
}


class JadaAdminSite(UnfoldAdminSite):
    """The office's place."""

    index_title = "Board"
    index_template = "admin/board.html"

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Every page of the admin under the admin's own policy; htmx is sent to the login as a whole page."""
        inner = super().admin_view(view, cacheable)

        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase = inner(request, *args, **kwargs)
            if isinstance(response, HttpResponseRedirect) and getattr(request, "htmx", False):
                return HttpResponseClientRedirect(redirect_to_login(reverse("admin:index")).url)
            return response

        policed: View = csp_replace(settings.ADMIN_CONTENT_SECURITY_POLICY)(answered)
        return policed

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The plan stands beside the board."""
        plan = path("plan/", self.admin_view(plan_page.view), name="plan")
        return [plan, *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The login page, under the admin's policy too."""
        view: View = csp_replace(settings.ADMIN_CONTENT_SECURITY_POLICY)(super().login)
        return view(request, extra_context)

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The way around (`jada.sidebar`)."""
        return sidebar(request, {f"{model._meta.app_label}_{model._meta.model_name}" for model in self._registry})

    def extra_context(self, context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
        """Our colours and our few styles on every page."""
        colours = {**context["colors"], "primary": _SEA}
        return {
            **context,
            "colors": colours,
            "styles": [*(context["styles"] or []), static("admin/board.css"), static("admin/plan.css")],
        }

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The board. A look by htmx gets its inner part alone, and nothing (204) while nothing has changed."""
        may_see = request.user.has_perm("charters.view_charter")
        seen = board.read(request.GET.get("show", "all")) if may_see else None
        context: dict[str, Any] = {
            "board": seen,
            "may_cancel": request.user.has_perm("charters.change_charter"),
        }
        if getattr(request, "htmx", False):
            if seen is None:
                raise PermissionDenied
            if request.GET.get("seen") == seen.digest:
                return HttpResponse(status=204)
            return TemplateResponse(request, "admin/board_inner.html", context)
        context |= {"title": "Board", "is_fullwidth": "1"} | (extra_context or {})
        request.current_app = self.name
        return TemplateResponse(request, self.index_template, {**self.each_context(request), **context})
