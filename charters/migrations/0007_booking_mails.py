"""The platforms' mails and the reading of the mailbox; contacts know where we met and can be merged and parted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("charters", "0005_bookings"), ("charters", "0006_google_grant")]
    operations = [
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lease_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("fence", models.BigIntegerField(db_default=0, default=0, editable=False)),
                ("look_again", models.BooleanField(db_default=False, default=False, editable=False)),
                ("name", models.CharField(max_length=120, unique=True)),
                ("newest", models.BigIntegerField(default=0)),
                ("seen", models.JSONField(default=dict, help_text="{id: milliseconds}")),
                ("error", models.TextField(blank=True)),
                ("last_read_at", models.DateTimeField(null=True)),
            ],
            options={"abstract": False},
        ),
        migrations.AddField(
            model_name="contact",
            name="marketplace",
            field=models.BooleanField(db_default=False, default=False, verbose_name="met through a marketplace"),
        ),
        migrations.AddField(
            model_name="contact",
            name="origin",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="Where we first met.", max_length=20
            ),
        ),
        migrations.CreateModel(
            name="ContactMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("winner_key", models.BigIntegerField(db_index=True)),
                ("loser_key", models.BigIntegerField(db_index=True, null=True)),
                ("lost", models.JSONField()),
                ("filled", models.JSONField(default=list, help_text="What the winner took over.")),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(
                        models.F("lost__email"),
                        condition=models.Q(("undone_at__isnull", True)),
                        name="merge_by_lost_email",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=255, unique=True)),
                ("platform", models.CharField(blank=True, max_length=20)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirmation", "booking"),
                            ("change", "change"),
                            ("cancellation", "cancellation"),
                        ],
                        max_length=12,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="confirmation code")),
                ("facts", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "which trip is it?"),
                            ("cancellation_shown", "cancelled there: your word?"),
                            ("matched", "known to its trip"),
                            ("refused", "not believed"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "reason",
                    models.CharField(blank=True, help_text="Why it is where it is, in words.", max_length=400),
                ),
                ("received_at", models.DateTimeField()),
                ("body", models.TextField(blank=True)),
                (
                    "charter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="booking_messages",
                        to="charters.charter",
                    ),
                ),
            ],
            options={
                "verbose_name": "booking mail",
                "ordering": ["-received_at", "-id"],
                "indexes": [
                    models.Index(fields=["state", "-received_at"], name="booking_by_state"),
                    models.Index(
                        condition=models.Q(("body", ""), _negated=True),
                        fields=["received_at"],
                        name="booking_with_body",
                    ),
                ],
            },
        ),
    ]
