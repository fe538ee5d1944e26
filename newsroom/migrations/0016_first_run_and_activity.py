"""That the first steps were put away; and who may read what was done in the admin. Safe to run again."""

import django.db.models.deletion
from django.apps import apps as installed
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("admin"), verbosity=0, apps=apps)
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="admin", codename="view_logentry"
    )
    apps.get_model("auth", "Group").objects.get(name="Publisher").permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("newsroom", "0015_search_groups"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FirstRunDone",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "first steps put away",
                "verbose_name_plural": "first steps put away",
                "default_permissions": (),
            },
        ),
        migrations.RunPython(extend_groups, migrations.RunPython.noop),
    ]
