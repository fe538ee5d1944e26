"""Publishers say who publishes. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

CODENAMES = ["view_brand", "change_brand"]


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("articles"), verbosity=0, apps=apps)
    found = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles", codename__in=CODENAMES
    )
    apps.get_model("auth", "Group").objects.get(name="Publisher").permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0016_first_run_and_activity"), ("articles", "0014_brand")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
