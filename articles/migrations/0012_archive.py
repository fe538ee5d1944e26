from django.db import migrations, models


class Migration(migrations.Migration):
    """The index of the newest stories grows by what the archive counts with; the old one goes when the new one stands."""

    dependencies = [
        ("articles", "0011_words"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                fields=["language", "-publish_at", "-id", "status", "expire_at"], name="article_newest_of_language"
            ),
        ),
        migrations.RemoveIndex(
            model_name="article",
            name="article_newest",
        ),
    ]
