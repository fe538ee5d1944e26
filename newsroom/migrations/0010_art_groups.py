"""The ad desk and the publisher review artwork. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("ads"), verbosity=0, apps=apps)
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="ads", codename="review_creative"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=["Ad manager", "Publisher"]):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0009_bill_groups"), ("ads", "0009_art")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
