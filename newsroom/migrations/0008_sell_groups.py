"""Who sells sees and keeps the waiting list. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("ads"), verbosity=0, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="ads",
        codename__in=["view_waitingentry", "add_waitingentry", "change_waitingentry"],
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=["Ad manager", "Publisher"]):
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0007_quote_groups"), ("ads", "0006_sell")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
