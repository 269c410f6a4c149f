"""What the engine remembers of its own work, and which programs may ask it: runs, changes, API tokens, their use."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


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

    class Meta:
        ordering = ["-started_at"]
        # The admin's list of runs, newest first.
        indexes = [models.Index(fields=["-started_at"], name="core_run_newest")]

    def __str__(self) -> str:
        return f"{self.get_depth_display()} of {self.started_at:%d %b %Y %H:%M}"


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
