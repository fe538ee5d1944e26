"""Publishers say which channels there are; who publishes shares. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

CHANNELS = [f"{action}_channel" for action in ("view", "add", "change", "delete")]
SHARES = ["view_share", "change_share"]
GROUPS = {"Publisher": CHANNELS + SHARES, "Editor": SHARES, "Ad manager": SHARES}


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("articles"), verbosity=0, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="articles")
    for name, codenames in GROUPS.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0018_newsletter_groups"), ("articles", "0015_channels")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
