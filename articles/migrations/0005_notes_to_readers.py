"""What stood in `updated_note` becomes a note to readers with a kind and a date. The column goes in the next migration."""

from django.db import migrations
from django.db.models.functions import Coalesce, Length


def move_notes(apps, schema_editor):
    article_model = apps.get_model("articles", "Article")
    correction_model = apps.get_model("articles", "Correction")
    noted = article_model.objects.annotate(
        letters=Length("updated_note"), moment=Coalesce("updated_at", "publish_at", "created_at")
    ).filter(letters__gt=0, corrections=None)
    found = noted.values_list("pk", "updated_note", "moment", "live_number")
    correction_model.objects.bulk_create(
        correction_model(article_id=pk, kind="update", text=note, place="bottom", at=moment, revision_number=number)
        for pk, note, moment, number in found.iterator()
    )


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_history")]

    operations = [migrations.RunPython(move_notes, migrations.RunPython.noop)]
