import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_api_tokens"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="run",
            options={
                "ordering": ["-started_at"],
                "permissions": [("repair", "Can repair: have every layer put right what the plan shows")],
            },
        ),
        migrations.AddField(
            model_name="run",
            name="about",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="run",
            name="asked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="durations",
            field=models.JSONField(db_default={}, default=dict, help_text="{layer: seconds}, in the pipeline's order."),
        ),
        migrations.AddField(
            model_name="run",
            name="again_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="AskedLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lease_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("fence", models.BigIntegerField(db_default=0, default=0, editable=False)),
                ("look_again", models.BooleanField(db_default=False, default=False, editable=False)),
                ("kind", models.CharField(choices=[("plan", "plan"), ("repair", "repair")], max_length=6)),
                ("charter", models.CharField(blank=True, max_length=80)),
                ("charter_key", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "progress",
                    models.JSONField(default=dict, help_text="{layer, done, total}, while a worker is at it."),
                ),
                ("report", models.JSONField(default=dict, help_text="What a plan found.")),
                ("trouble", models.TextField(blank=True, help_text="Why there is no result, in words.")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="core.run"
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("charter",), name="one_open_look_each"
                    )
                ],
            },
        ),
    ]
