"""The ad desk reads the mailbox, and sees how fast answers went out. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

CODENAMES = ["view_inboundmail", "change_inboundmail", "view_turn"]


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("ads"), verbosity=0, apps=apps)
    found = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="ads", codename__in=CODENAMES)
    for group in apps.get_model("auth", "Group").objects.filter(name__in=["Ad manager", "Publisher"]):
        group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0011_post_groups"), ("ads", "0011_mail")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
