"""What the engine remembers of its own work, and who may ask it: runs, changes, asked looks, API tokens, their use."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from jada.core.locks import Leased


class Run(models.Model):
    """One walk through the layers, by hand, by the clock or after a bell. Written by `jada.core.reconcile`."""

    class Depth(models.TextChoices):
        QUICK = "quick", "quick look"
        AUDIT = "audit", "audit"

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    depth = models.CharField(max_length=8, choices=Depth)
    summary = models.JSONField(default=dict)
    failed = models.BooleanField(default=False)
    durations = models.JSONField(default=dict, db_default={}, help_text="{layer: seconds}, in the pipeline's order.")
    # When a quick look last found just the same and could do nothing: it is this run still, and no new one.
    again_at = models.DateTimeField(null=True, blank=True)
    # Of a repair in the admin: what it was about (a charter's reference, else everything), and who asked for it.
    about = models.CharField(max_length=80, blank=True, default="", db_default="")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-started_at"]
        permissions = [("repair", "Can repair: have every layer put right what the plan shows")]
        # The admin's list of runs, newest first.
        indexes = [models.Index(fields=["-started_at"], name="core_run_newest")]

    def __str__(self) -> str:
        return f"{self.get_depth_display()} of {timezone.localtime(self.started_at):%-d %b %Y, %H:%M}"


class StoredChange(models.Model):
    """One difference a run found and what became of it: a charter's timeline is these, read by its reference."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="changes")
    layer = models.CharField(max_length=20)
    charter = models.CharField(max_length=80, blank=True)
    field = models.CharField(max_length=40)
    expected = models.JSONField(null=True)
    actual = models.JSONField(null=True)
    action = models.CharField(max_length=8)
    state = models.CharField(max_length=8)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        # The timeline on a charter's page.
        indexes = [models.Index(fields=["charter", "-id"], name="core_change_timeline")]

    def __str__(self) -> str:
        return f"{self.layer}: {self.charter} {self.field}"


class AskedLook(Leased):
    """A look that somebody asked for in the admin: a plan to read, or a repair. Written by `jada.core.asking` alone.

    It waits until a worker leases it, and is open until `ended_at`. What a plan found lives here for some minutes only,
    for it goes out of date; what a repair did is its `run`.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", "plan"
        REPAIR = "repair", "repair"

    kind = models.CharField(max_length=6, choices=Kind)
    # What is looked at: a charter's reference and primary key, or "" and None for everything.
    charter = models.CharField(max_length=80, blank=True)
    charter_key = models.BigIntegerField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    progress = models.JSONField(default=dict, help_text="{layer, done, total}, while a worker is at it.")
    report = models.JSONField(default=dict, help_text="What a plan found.")
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="+")
    trouble = models.TextField(blank=True, help_text="Why there is no result, in words.")

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            # A second tap finds the look that is under way.
            models.UniqueConstraint(fields=["charter"], condition=Q(ended_at=None), name="one_open_look_each")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.charter or 'everything'}"

    @property
    def begun(self) -> bool:
        """Whether a worker has taken it up."""
        return self.fence > 0


class ApiToken(models.Model):
    """A program's right to use the API. The token itself is shown once; made and found by `jada.core.tokens` alone."""

    class Scope(models.TextChoices):
        READ = "calendar:read", "read the calendar"
        WRITE = "calendar:write", "change the calendar"

    name = models.CharField(max_length=80, unique=True)
    hash = models.BinaryField(max_length=32, unique=True, editable=False, help_text="SHA-256 of the token.")
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return self.name


class ApiAccess(models.Model):
    """One writing request of a program and how it was answered; never what was in it. Written by `jada.api`."""

    token = models.ForeignKey(ApiToken, on_delete=models.PROTECT, related_name="accesses")
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=200, help_text="Without its query.")
    status = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name = "API request"
        # The admin's list of a token's requests, newest first.
        indexes = [models.Index(fields=["token", "-id"], name="core_access_newest")]

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.status}"
