"""The office's login at Google, its tokens sealed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("charters", "0005_bookings")]
    operations = [
        migrations.CreateModel(
            name="GoogleGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_id", models.CharField(max_length=200)),
                ("sealed_client_secret", models.TextField(editable=False)),
                ("sealed_refresh_token", models.TextField(editable=False)),
                ("token_uri", models.URLField(max_length=500)),
                ("scopes", models.JSONField(default=list)),
                ("stands_for", models.CharField(blank=True, editable=False, max_length=32)),
                ("granted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_google_grant")],
            },
        ),
    ]
