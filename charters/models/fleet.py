"""Brands, docks and vessels: what a charter sails under, from and on."""

from urllib.parse import quote

from django.core.validators import MinValueValidator
from django.db import models


class Brand(models.Model):
    """A name the operator trades under, with the people a guest may call."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    phone = models.CharField("office phone", max_length=20, blank=True, help_text="Who a guest calls: +16195550100.")
    email = models.EmailField("office e-mail", blank=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class Dock(models.Model):
    """Where guests board. The calendar's location line names it or is carried as written."""

    name = models.CharField(max_length=80)
    address = models.CharField(max_length=200, unique=True, help_text="As the calendar writes it in “Where”.")
    directions = models.TextField(blank=True, help_text="Parking, gate and the last hundred yards, for guests.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def map_url(self) -> str:
        """An address any phone opens in its maps."""
        return f"https://maps.google.com/?q={quote(self.address)}"


class Vessel(models.Model):
    """A yacht. Its passenger limit comes from its inspection; exceeding it is a red conflict (docs/domain.md)."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="vessels")
    passenger_limit = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="From the certificate of inspection.",
    )
    certificate_expires = models.DateField(
        null=True, blank=True, help_text="The last day on which the certificate of inspection is good."
    )
    turnaround_minutes = models.PositiveSmallIntegerField(
        default=15, help_text="Between one charter's end and the next one's boarding."
    )
    dock = models.ForeignKey(
        Dock,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        help_text="Where guests board unless a charter says.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
