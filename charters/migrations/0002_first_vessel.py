"""An empty database holds one brand and one vessel, both `jada`, and the dock they sail from."""

from django.db import migrations

ADDRESS = "1880 Harbor Island Dr, San Diego, CA 92101"


def install(apps, schema_editor):
    brand, _ = apps.get_model("charters", "Brand").objects.get_or_create(slug="jada", defaults={"name": "JADA"})
    dock, _ = apps.get_model("charters", "Dock").objects.get_or_create(
        address=ADDRESS, defaults={"name": "Harbor Island dock"}
    )
    apps.get_model("charters", "Vessel").objects.get_or_create(
        slug="jada", defaults={"name": "JADA", "brand": brand, "dock": dock}
    )


class Migration(migrations.Migration):
    dependencies = [("charters", "0001_records")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
