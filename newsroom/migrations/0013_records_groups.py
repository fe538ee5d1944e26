"""What the ad desk and the publisher may do with the records of the desk. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

DESK = [
    "view_contact",
    "add_contact",
    "change_contact",
    "delete_contact",
    "view_advertisernote",
    "add_advertisernote",
    "view_nextaction",
    "add_nextaction",
    "change_nextaction",
]
GROUPS = {"Ad manager": DESK, "Publisher": [*DESK, "merge_advertiser", "export_desk"]}


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("ads"), verbosity=0, apps=apps)
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        found = permission_model.objects.filter(content_type__app_label="ads", codename__in=codenames)
        group_model.objects.get(name=name).permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0012_mail_groups"), ("ads", "0012_records")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
