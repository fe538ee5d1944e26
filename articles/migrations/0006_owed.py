"""What readers are owed: notes have a table of their own, and live entries are numbered within their story."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0005_notes_to_readers"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="liveentry",
            options={"ordering": ["-number"], "verbose_name": "live entry", "verbose_name_plural": "live entries"},
        ),
        migrations.RemoveConstraint(
            model_name="breakingnews",
            name="breaking_news_ends_after_it_starts",
        ),
        migrations.RemoveIndex(
            model_name="liveentry",
            name="live_entry_newest",
        ),
        migrations.RemoveIndex(
            model_name="liveentry",
            name="live_entry_changed",
        ),
        migrations.RemoveField(
            model_name="article",
            name="updated_note",
        ),
        migrations.AddField(
            model_name="liveentry",
            name="earlier",
            field=models.JSONField(
                default=list, editable=False, help_text="What it said before each change, and who changed it when."
            ),
        ),
        migrations.AddField(
            model_name="liveentry",
            name="number",
            field=models.PositiveIntegerField(default=0, editable=False),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="breakingnews",
            name="starts_at",
            field=models.DateTimeField(editable=False, verbose_name="from"),
        ),
        migrations.AlterField(
            model_name="liveentry",
            name="changed_at",
            field=models.DateTimeField(editable=False, help_text="When readers last got other words.", null=True),
        ),
        migrations.AlterField(
            model_name="liveentry",
            name="key",
            field=models.UUIDField(
                default=uuid.uuid4,
                editable=False,
                help_text="Of the form it was written in: sent twice, it is one entry.",
            ),
        ),
        migrations.AlterField(
            model_name="liveentry",
            name="version",
            field=models.PositiveIntegerField(editable=False),
        ),
        migrations.AddConstraint(
            model_name="breakingnews",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gte", models.F("starts_at"))),
                name="breaking_news_ends_once_it_started",
                violation_error_message="It can end only after it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="liveentry",
            constraint=models.UniqueConstraint(fields=("article", "number"), name="live_entry_number_once"),
        ),
        migrations.AddConstraint(
            model_name="liveentry",
            constraint=models.UniqueConstraint(fields=("article", "version"), name="live_entry_version_once"),
        ),
        migrations.AddConstraint(
            model_name="liveentry",
            constraint=models.UniqueConstraint(fields=("article", "key"), name="live_entry_key_once"),
        ),
    ]
