"""From when a calendar is read no more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("charters", "0013_google_patience")]
    operations = [
        migrations.AddField("calendar", "stopped_at", models.DateTimeField(blank=True, editable=False, null=True)),
    ]
