"""Editors make newsletters and send them; publishers also decide which there are, and look after the people on the list;
the ad desk sees what stands in an issue. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

EDITING = ["view_newsletter", "view_issue", "add_issue", "change_issue", "delete_issue", "send_issue", "view_delivery"]
PUBLISHING = [
    "add_newsletter",
    "change_newsletter",
    "delete_newsletter",
    "view_subscriber",
    "add_subscriber",
    "change_subscriber",
    "delete_subscriber",
    "export_subscriber",
    "view_consent",
    "view_suppression",
    "delete_suppression",
]
SELLING = ["view_newsletter", "view_issue", "view_delivery"]


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("audience"), verbosity=0, apps=apps)
    named = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="audience")
    groups = apps.get_model("auth", "Group").objects
    for group, codenames in {
        "Editor": EDITING,
        "Publisher": EDITING + PUBLISHING,
        "Ad manager": SELLING,
    }.items():
        groups.get(name=group).permissions.add(*named.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0017_brand_groups"), ("audience", "0002_newsletters")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
