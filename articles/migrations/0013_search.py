import django.db.models.deletion
from django.db import migrations, models

import articles.models.search


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0012_archive"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchMiss",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("ar", "Arabic")], max_length=2, verbose_name="language"
                    ),
                ),
                ("words", models.CharField(max_length=80, verbose_name="words")),
                ("times", models.PositiveIntegerField(default=1, verbose_name="times")),
            ],
            options={
                "verbose_name": "search that found nothing",
                "verbose_name_plural": "searched and not found",
                "ordering": ["-day", "-times", "pk"],
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("day", "language", "words"), name="search_miss_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("head", models.TextField()),
                ("lead", models.TextField()),
                ("names", models.TextField()),
                ("words", articles.models.search.Words()),
                ("method", models.PositiveSmallIntegerField(db_index=True)),
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="articles.article"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=2)),
                ("word", models.CharField(max_length=40)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("language", "word"), name="search_word_once_per_language")
                ],
            },
        ),
    ]
