from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("charters", "0008_google_both_ways"),
    ]

    operations = [
        migrations.AddField(
            model_name="calendar",
            name="push_error",
            field=models.TextField(blank=True, db_default="", editable=False),
        ),
    ]
