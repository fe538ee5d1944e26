"""Who uses which picture, what the library searches, and which pictures are copies, for what is there already.

Safe to run again.
"""

import re
import unicodedata

from django.db import migrations

MEDIA_ID = re.compile(r'data-media-id="(\d{1,18})"')
ALIKE = str.maketrans("أإآٱىة", "اااايه", "ـ")
BATCH = 500


def folded(text):
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.translate(ALIKE)) if not unicodedata.combining(c))
    return plain.casefold()


def fill_uses(apps, schema_editor):
    use_model = apps.get_model("articles", "MediaUse")
    revision_model = apps.get_model("articles", "Revision")
    known = set(apps.get_model("articles", "MediaAsset").objects.values_list("pk", flat=True))

    def noted(pk, version, hero, body):
        wanted = {(number, "body") for number in map(int, MEDIA_ID.findall(body or ""))}
        wanted |= {(hero, "hero")} if hero else set()
        return [
            use_model(article_id=pk, asset_id=number, place=place, version=version)
            for number, place in sorted(wanted)
            if number in known
        ]

    def keep(rows):
        use_model.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)

    batch = []
    articles = apps.get_model("articles", "Article").objects.order_by("pk")
    for pk, head, hero, body in articles.values_list("pk", "head_number", "hero", "body").iterator(BATCH):
        batch += noted(pk, "row", hero, body)
        revision = revision_model.objects.filter(article=pk, number=head).values_list("content", flat=True).first()
        content = revision if isinstance(revision, dict) else {"hero_id": hero, "body": body}
        batch += noted(pk, "draft", content.get("hero_id"), content.get("body"))
        if len(batch) >= BATCH:
            keep(batch)
            batch = []
    keep(batch)


def fill_assets(apps, schema_editor):
    """What is searched, and, of those with the same content, all but the first as copies."""
    model = apps.get_model("articles", "MediaAsset")
    seen = set()
    batch = []
    for asset in model.objects.order_by("pk").iterator(BATCH):
        said = (asset.title, asset.alt, asset.alt_ar, asset.caption, asset.caption_ar, asset.credit, asset.licence)
        asset.search_text = folded("\n".join(filter(None, said)))
        asset.is_copy = asset.sha256 in seen
        seen.add(asset.sha256)
        batch.append(asset)
        if len(batch) >= BATCH:
            model.objects.bulk_update(batch, ["search_text", "is_copy"])
            batch = []
    model.objects.bulk_update(batch, ["search_text", "is_copy"])


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_media_uses")]

    operations = [
        migrations.RunPython(fill_uses, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(fill_assets, migrations.RunPython.noop, elidable=True),
    ]
