"""What guests are told of a dock, each in a field of its own."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("charters", "0011_pages_and_edge")]
    operations = [
        migrations.AddField(
            model_name="dock",
            name=name,
            field=models.TextField(*verbose, blank=True, default="", help_text=help_text),
            preserve_default=False,
        )
        for name, verbose, help_text in [
            ("parking", [], "Where, what it costs, and how long before boarding."),
            ("gate", [], "How guests get in: where it is, who opens it."),
            ("accessibility", [], "Steps, ramps, the way aboard, the nearest toilet."),
            ("late_policy", [], "What happens to guests who come late."),
            ("aboard", ["what may come aboard"], "Food, drinks, pets, bags: yes and no."),
        ]
    ] + [
        migrations.AddField(
            model_name="dock",
            name="photo_url",
            field=models.CharField(
                "photo",
                blank=True,
                default="",
                help_text="An https:// address of a picture of the gate; guests open it from their page.",
                max_length=300,
                validators=[django.core.validators.URLValidator(schemes=["https"])],
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="dock",
            name="directions",
            field=models.TextField("walking directions", blank=True, help_text="The last hundred yards, for guests."),
        ),
    ]
