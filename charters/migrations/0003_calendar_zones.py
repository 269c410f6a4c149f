from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("charters", "0002_first_vessel")]
    operations = [
        migrations.AddField(
            model_name="calendar",
            name="zones",
            field=models.TextField(blank=True, default="", editable=False, help_text="The feed's VTIMEZONEs."),
            preserve_default=False,
        ),
        # The zones are learnt from a whole feed: the next read must not be answered with “unchanged”.
        migrations.RunSQL("UPDATE charters_calendar SET etag = '', last_modified = ''", migrations.RunSQL.noop),
    ]
