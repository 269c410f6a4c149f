"""What the pipeline did, run by run, who may log in, and which programs may use the API."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin import EmptyFieldListFilter, SimpleListFilter
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from jada.core import tokens
from jada.core.clock import now
from jada.core.models import ApiAccess, ApiToken, Run
from jada.core.reconcile import APPLIED, PLANNED, layers
from jada.core.runs import changes_of, seconds

if TYPE_CHECKING:
    UserAdminBase = DjangoUserAdmin[User]
else:
    UserAdminBase = DjangoUserAdmin


_STATES = {PLANNED: "to do", APPLIED: "done"}


class _ReadOnly:
    """What a machine wrote is not edited."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class WhenFilter(SimpleListFilter):
    """Today's and this week's runs: what one looks for after something went wrong."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices beside “All”."""
        return [("today", "Today"), ("week", "The last 7 days")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Run]") -> "QuerySet[Run]":
        """Since midnight here, today's or that of six days before."""
        days = {"today": 0, "week": 6}.get(self.value() or "")
        if days is None:
            return queryset
        midnight = timezone.localtime(now()).replace(hour=0, minute=0, second=0, microsecond=0)
        return queryset.filter(started_at__gte=midnight - timedelta(days=days))


@admin.register(Run)
class RunAdmin(_ReadOnly, ModelAdmin):
    """Each look at the pipeline that found something, newest first. Its page shows the changes by layer, in words."""

    list_display = ["when", "what", "outcome", "counts", "took"]
    list_filter = ["failed", "depth", WhenFilter]
    list_select_related = ["asked_by"]
    list_per_page = 50
    ordering = ["-started_at"]
    fieldsets = [(None, {"fields": ["when", "what", "how_it_went", "took"]})]
    readonly_fields = ["when", "what", "how_it_went", "took"]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *arguments: Any, **options: Any) -> Any:
        """With its changes, which the template lays out."""
        run = context["original"]
        context |= {
            "title": f"{self.what(run)}, {self.when(run)}",
            "subtitle": None,
            "run": run,
            "changes": changes_of(run),
        }
        return super().render_change_form(request, context, *arguments, **options)

    @display(description="When", ordering="started_at")
    def when(self, run: Run) -> str:
        """“Fri 29 May, 17:10:22”: with seconds, for the log is read beside it; and until when it found the same."""
        first = f"{timezone.localtime(run.started_at):%a %-d %b, %H:%M:%S}"
        if run.again_at is None:
            return first
        last, day = timezone.localtime(run.again_at), timezone.localtime(run.started_at).date()
        return f"{first} to {last:%H:%M:%S}" if last.date() == day else f"{first} to {last:%a %-d %b, %H:%M:%S}"

    @display(description="What", ordering="depth")
    def what(self, run: Run) -> str:
        """“Audit”, “Repair of quinn-saturday-2026-05-30, by Ana”."""
        if run.asked_by is None:
            return str(Run.Depth(run.depth).label).capitalize()
        by = run.asked_by.get_short_name() or run.asked_by.get_username()
        return f"Repair of {run.about or 'everything'}, by {by}"

    @display(description="Outcome", ordering="failed", label={"well": "success", "failed": "danger"})
    def outcome(self, run: Run) -> tuple[str, str]:
        """Whether a layer failed."""
        return ("failed", "Failed") if run.failed else ("well", "Well")

    @display(description="Outcome")
    def how_it_went(self, run: Run) -> str:
        """As `outcome`, for the run's own page."""
        return str(self.outcome(run)[1])

    @display(description="What was done")
    def counts(self, run: Run) -> str:
        """“page 3 done; message 1 held”, top to bottom of the pipeline."""
        order = [layer.name for layer in layers()]  # Postgres' JSON forgets it
        done = {
            layer: ", ".join(f"{number:,} {_STATES.get(state, state)}" for state, number in counts.items() if number)
            for layer, counts in run.summary.items()
            if layer != "failures"
        }
        names = [name for name in dict.fromkeys([*order, *done]) if done.get(name)]
        return "; ".join(f"{name.replace('_', ' ')} {done[name]}" for name in names) or "nothing to do"

    @display(description="Took")
    def took(self, run: Run) -> str:
        """In seconds."""
        return f"{seconds(run):.1f} s"


admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(UserAdminBase, ModelAdmin):
    """People who may log in."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "first_name", "last_name", "email", "is_staff", "is_active", "last_login"]


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """What they may do."""


class AccessInline(_ReadOnly, TabularInline):
    """What a program changed, newest first; never what was in it."""

    model = ApiAccess
    fields = ["at", "method", "path", "status"]
    readonly_fields = fields
    per_page = 50
    extra = 0
    verbose_name_plural = "Writing requests"
    hide_title = True


@admin.register(ApiToken)
class ApiTokenAdmin(_ReadOnly, ModelAdmin):
    """The programs that may use the API. Tokens are made by `manage.py tokens create`, which shows them once."""

    list_display = ["name", "may", "in_force", "last_used_at", "created_at"]
    list_filter = [("revoked_at", EmptyFieldListFilter)]
    search_fields = ["name"]
    fields = ["name", "may", "created_at", "last_used_at", "revoked_at"]
    readonly_fields = fields
    inlines = [AccessInline]
    actions = ["take_back"]

    @display(description="May")
    def may(self, token: ApiToken) -> str:
        """Its scopes in words."""
        return ", ".join(str(ApiToken.Scope(scope).label) for scope in token.scopes)

    @display(description="In force", ordering="revoked_at", label={"Yes": "success", "Revoked": "danger"})
    def in_force(self, token: ApiToken) -> str:
        """Whether it opens anything."""
        return "Revoked" if token.revoked_at else "Yes"

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Who may change tokens may take them back."""
        return bool(request.user.has_perm("core.change_apitoken"))

    @admin.action(description="Take back", permissions=["revoke"])
    def take_back(self, request: HttpRequest, chosen: "QuerySet[ApiToken]") -> None:
        """From now on they open nothing."""
        taken = sum(tokens.revoke(name) for name in chosen.values_list("name", flat=True))
        count = "1 token opens" if taken == 1 else f"{taken} tokens open"
        self.message_user(request, f"{count} nothing any more.", messages.SUCCESS)
