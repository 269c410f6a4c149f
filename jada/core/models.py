"""What the engine remembers of its own work: each run and each change it saw."""

from django.db import models


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
