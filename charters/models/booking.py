"""Mails of the platforms, as read, and where the reading of the mailbox stands."""

from django.db import models

from charters.models.asking import AskedOfGoogle
from charters.models.charter import Charter
from jada.core.locks import Leased


class BookingMessage(models.Model):
    """One booking mail, known by its Message-ID: the same mail twice changes nothing.

    `charters.bookings.match` owns `state`. `facts` are what the mail says, by the names of `Charter.booking_facts`;
    `body` is its text, emptied after 30 days (`charters.bookings.receive.forget_bodies`).
    """

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", "booking"
        CHANGE = "change", "change"
        CANCELLATION = "cancellation", "cancellation"

    class State(models.TextChoices):
        WAITING = "waiting", "which trip is it?"
        CANCELLATION_SHOWN = "cancellation_shown", "cancelled there: your word?"
        MATCHED = "matched", "known to its trip"
        REFUSED = "refused", "not believed"

    message_id = models.CharField(max_length=255, unique=True)
    platform = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=12, choices=Kind, blank=True)
    code = models.CharField("confirmation code", max_length=40, blank=True)
    facts = models.JSONField(default=dict)
    charter = models.ForeignKey(
        Charter, on_delete=models.SET_NULL, null=True, blank=True, related_name="booking_messages"
    )
    state = models.CharField(max_length=20, choices=State)
    reason = models.CharField(max_length=400, blank=True, help_text="Why it is where it is, in words.")
    received_at = models.DateTimeField()
    body = models.TextField(blank=True)

    class Meta:
        ordering = ["-received_at", "-id"]
        verbose_name = "booking mail"
        indexes = [
            # The queue, and each look's second try at it.
            models.Index(fields=["state", "-received_at"], name="booking_by_state"),
            # Bodies that are due to be forgotten.
            models.Index(fields=["received_at"], condition=~models.Q(body=""), name="booking_with_body"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.code}".strip() or self.message_id


class Mailbox(AskedOfGoogle, Leased):
    """How far a mailbox has been read. `seen` are the ids of the last two days' mails, so that none is read twice."""

    name = models.CharField(max_length=120, unique=True)
    # Of the newest mail read: milliseconds since 1970, as Gmail gives them.
    newest = models.BigIntegerField(default=0)
    seen = models.JSONField(default=dict, help_text="{id: milliseconds}")
    error = models.TextField(blank=True)
    last_read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
