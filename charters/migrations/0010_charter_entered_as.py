from django.db import migrations, models
from django.db.models import F


def entered_before(apps, schema_editor):
    """Records without a calendar bear the identity they were entered under as their UID."""
    charters = apps.get_model("charters", "Charter").objects.filter(calendar=None)
    charters.exclude(uid="").update(entered_as=F("uid"))


class Migration(migrations.Migration):

    dependencies = [
        ("charters", "0009_calendar_push_error"),
    ]

    operations = [
        migrations.AddField(
            model_name="charter",
            name="entered_as",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AddIndex(
            model_name="charter",
            index=models.Index(
                condition=models.Q(("entered_as", ""), _negated=True), fields=["entered_as"], name="charter_entered_as"
            ),
        ),
        migrations.RunPython(entered_before, migrations.RunPython.noop),
    ]
