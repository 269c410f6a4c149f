"""When Google may be asked again, and when a held correction is tried again; the events' kinds are read anew."""

from typing import Any

from django.db import migrations, models


def read_whole(apps: Any, schema_editor: Any) -> None:
    """The stored events do not say their kind (`eventType`): the next read of each calendar is a full one."""
    apps.get_model("charters", "Calendar").objects.exclude(sync_token="").update(sync_token="")


class Migration(migrations.Migration):
    dependencies = [("charters", "0012_dock_for_guests")]
    operations = [
        *(
            migrations.AddField(model_name=model, name=name, field=field)
            for model in ("calendar", "mailbox")
            for name, field in (
                ("not_before", models.DateTimeField(blank=True, editable=False, null=True)),
                ("failures", models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
                ("refused_login", models.CharField(blank=True, db_default="", editable=False, max_length=32)),
            )
        ),
        migrations.AddField(
            "correction", "tried_as", models.CharField(blank=True, db_default="", editable=False, max_length=32)
        ),
        migrations.AddField(
            "correction", "tries", models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)
        ),
        migrations.AddField("correction", "not_before", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.RunPython(read_whole, migrations.RunPython.noop),
    ]
