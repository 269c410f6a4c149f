"""Brands, docks and vessels: what a charter sails under, from and on."""

from typing import ClassVar
from urllib.parse import quote

from django.core.validators import MinValueValidator, URLValidator
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
    directions = models.TextField("walking directions", blank=True, help_text="The last hundred yards, for guests.")
    parking = models.TextField(blank=True, help_text="Where, what it costs, and how long before boarding.")
    gate = models.TextField(blank=True, help_text="How guests get in: where it is, who opens it.")
    accessibility = models.TextField(blank=True, help_text="Steps, ramps, the way aboard, the nearest toilet.")
    late_policy = models.TextField(blank=True, help_text="What happens to guests who come late.")
    aboard = models.TextField("what may come aboard", blank=True, help_text="Food, drinks, pets, bags: yes and no.")
    # A link and not a picture: the page stays one small request (docs/style.md).
    photo_url = models.CharField(
        "photo",
        max_length=300,
        blank=True,
        validators=[URLValidator(schemes=["https"])],
        help_text="An https:// address of a picture of the gate; guests open it from their page.",
    )

    # What a guest page says of a dock beside its name and address.
    NOTES: ClassVar[tuple[str, ...]] = (
        "directions",
        "parking",
        "gate",
        "accessibility",
        "late_policy",
        "aboard",
        "photo_url",
    )

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
