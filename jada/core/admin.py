"""What the pipeline did, run by run, who may log in, and which programs may use the API."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin import EmptyFieldListFilter
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from jada.core import tokens
from jada.core.models import ApiAccess, ApiToken, Run, StoredChange

if TYPE_CHECKING:
    UserAdminBase = DjangoUserAdmin[User]
else:
    UserAdminBase = DjangoUserAdmin


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


class ChangeInline(_ReadOnly, TabularInline):
    """The differences a run found."""

    model = StoredChange
    fields = ["layer", "charter", "field", "was", "is_to_be", "state", "reason"]
    readonly_fields = fields
    per_page = 50
    extra = 0
    verbose_name_plural = "Changes"
    hide_title = True

    @display(description="Was")
    def was(self, change: StoredChange) -> str:
        """The value before, shortened."""
        return _short(change.actual)

    @display(description="Should be")
    def is_to_be(self, change: StoredChange) -> str:
        """The value it should have, shortened."""
        return _short(change.expected)


@admin.register(Run)
class RunAdmin(_ReadOnly, ModelAdmin):
    """Each look at the pipeline that found something, newest first."""

    list_display = ["when", "depth", "outcome", "counts", "took"]
    list_filter = ["failed", "depth"]
    list_per_page = 50
    ordering = ["-started_at"]
    inlines = [ChangeInline]
    fieldsets = [(None, {"fields": ["when", "depth", "how_it_went", "counts", "reasons", "took"]})]
    readonly_fields = ["when", "depth", "how_it_went", "counts", "reasons", "took"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Run]":
        """With the number of its changes."""
        queryset: QuerySet[Run] = super().get_queryset(request)
        return queryset.annotate(change_count=Count("changes"))

    @display(description="When", ordering="started_at")
    def when(self, run: Run) -> str:
        """“Fri 29 May, 17:10:22”: with seconds, for the log is read beside it."""
        return f"{timezone.localtime(run.started_at):%a %-d %b, %H:%M:%S}"

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
        """“page 3 applied; message 1 held”."""
        layers = []
        for layer, counts in run.summary.items():
            done = [f"{number} {state}" for state, number in counts.items() if number] if layer != "failures" else []
            if done:
                layers.append(f"{layer} {', '.join(done)}")
        return "; ".join(layers) or "nothing to do"

    @display(description="Why a layer failed")
    def reasons(self, run: Run) -> str:
        """In words, a layer each."""
        return "; ".join(f"{layer}: {why}" for layer, why in run.summary.get("failures", {}).items()) or "–"

    @display(description="Took")
    def took(self, run: Run) -> str:
        """In seconds."""
        return f"{(run.finished_at - run.started_at).total_seconds():.1f} s"


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


def _short(value: Any) -> str:
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, list):
        return ", ".join(_short(each) for each in value)[:160]
    if isinstance(value, dict):
        return ", ".join(_short(each) for each in value.values() if each not in (None, ""))[:160]
    return str(value)[:160]
