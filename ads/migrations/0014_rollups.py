"""Where hours and days end is written down with them, and seals cover adjustments.

Counts from before this are made again from their events: no day was sealed by the rules that hold now.
"""

from django.db import migrations, models

from ads import sealing

COUNTS = ("RolledHour", "HourCount", "DayCount", "SealedDay")


def begin_anew(apps, schema_editor):
    sealing.lift(schema_editor.connection.alias)
    for name in COUNTS:
        apps.get_model("ads", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("ads", "0013_counting")]

    operations = [
        migrations.RunPython(begin_anew, begin_anew),
        migrations.AddField("rolledhour", "until", models.DateTimeField(default=None), preserve_default=False),
        migrations.AddField("sealedday", "until", models.DateTimeField(default=None), preserve_default=False),
        migrations.AddField("sealedday", "adjusted_to", models.PositiveBigIntegerField(default=0)),
    ]
