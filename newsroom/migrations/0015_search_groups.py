"""Who may read what readers searched and did not find. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("articles"), verbosity=0, apps=apps)
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="articles", codename="view_searchmiss"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=["Editor", "Publisher"]):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0014_counting_groups"), ("articles", "0013_search")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
