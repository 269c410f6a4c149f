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
    ]
