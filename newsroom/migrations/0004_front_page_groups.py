"""Editors and publishers edit the front page. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("newsroom"), verbosity=0, apps=apps)
    edit = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="newsroom", codename="edit_front_page"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=["Editor", "Publisher"]):
        group.permissions.add(edit)


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0003_front_page")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
