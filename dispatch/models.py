"""What people are told: one row a message, kept whether or not it left the house."""

from django.db import models
from django.utils import timezone

from charters.models import Charter
from jada.core.locks import Leased


class Delivery(Leased):
    """One message to one person. States move in `dispatch.outbox` alone (docs/architecture.md, rules 2 and 3)."""

    class State(models.TextChoices):
        PENDING = "pending", "to be sent"
        SENDING = "sending", "being sent"
        SENT = "sent", "sent"
        UNKNOWN = "unknown", "perhaps sent"
        FAILED = "failed", "refused"
        SET_ASIDE = "set_aside", "set aside after too many tries"
        OVERTAKEN = "overtaken", "not sent: no longer true"

    class Kind(models.TextChoices):
        BOARDING = "boarding", "boarding message"
        GUARDIAN = "guardian", "guardian's signature"

    kind = models.CharField(max_length=12, choices=Kind)
    charter = models.ForeignKey(Charter, on_delete=models.CASCADE, related_name="deliveries")
    recipient = models.EmailField()
    # The first, second, … of this kind to this person about this charter, each for another version of the facts.
    number = models.PositiveSmallIntegerField(default=1)
    facts_digest = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "message"
        constraints = [
            models.UniqueConstraint(fields=["charter", "kind", "recipient", "number"], name="delivery_once_a_version")
        ]
        indexes = [
            # The outbox's question: what is to be sent by now? Few rows, so the index is small.
            models.Index(
                fields=["not_before"],
                condition=models.Q(state__in=["pending", "sending", "unknown"]),
                name="delivery_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}.{self.number}"
