"""What a platform's booking and the office itself say of a charter, each beside what its calendar says."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("charters", "0004_events_set_aside")]
    operations = [
        migrations.AddField("charter", "booking_facts", models.JSONField(default=dict, editable=False)),
        migrations.AddField("charter", "staff_facts", models.JSONField(default=dict, editable=False)),
    ]
