"""What keeps us from asking Google about something again."""

from django.db import models


class AskedOfGoogle(models.Model):
    """Columns of what is read through Google; `charters.calendars.google.patience` knows what they mean.

    Nobody asks before `not_before`: Google's own wish when `failures` is 0, else our pause after as many failures in a
    row. `refused_login` is the fingerprint of the login that Google refused here.
    """

    not_before = models.DateTimeField(null=True, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    refused_login = models.CharField(max_length=32, blank=True, db_default="", editable=False)

    class Meta:
        abstract = True
