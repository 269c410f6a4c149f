"""The office's consent to use its Google account, as `manage.py google login` received it."""

from django.db import models

from jada.core.secrets_at_rest import seal, unseal

PURPOSE = "google refresh token"
SECRET_PURPOSE = "google client secret"  # noqa: S105 a name, not a secret


class GoogleGrant(models.Model):
    """The one stored login; written by `charters.calendars.google.credentials.keep_grant` alone.

    `stands_for` is the fingerprint of the `GOOGLE_CREDENTIALS` it was made under ('' for none): the grant is in force
    as long as these are what they were, and newer ones in the environment win over it.
    """

    client_id = models.CharField(max_length=200)
    sealed_client_secret = models.TextField(editable=False)
    sealed_refresh_token = models.TextField(editable=False)
    token_uri = models.URLField(max_length=500)
    scopes = models.JSONField(default=list)
    stands_for = models.CharField(max_length=32, blank=True, editable=False)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_google_grant")]

    def __str__(self) -> str:
        return f"Google login of {self.granted_at:%d %b %Y}"

    def keep(self, *, client_secret: str, refresh_token: str) -> None:
        """Seal both secrets into the row; it is not saved."""
        self.sealed_client_secret = seal(client_secret, purpose=SECRET_PURPOSE)
        self.sealed_refresh_token = seal(refresh_token, purpose=PURPOSE)

    def as_authorised_user(self) -> dict[str, str]:
        """The grant in the form of an authorised-user file. Raises SealedError."""
        return {
            "type": "authorized_user",
            "client_id": self.client_id,
            "client_secret": unseal(self.sealed_client_secret, purpose=SECRET_PURPOSE),
            "refresh_token": unseal(self.sealed_refresh_token, purpose=PURPOSE),
            "token_uri": self.token_uri,
        }
