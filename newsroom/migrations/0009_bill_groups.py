"""The ad desk issues invoices and enters payments; credit notes and credit are the publisher's. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

AD_MANAGER = ["view_invoice", "add_invoice", "enter_payment"]
GROUPS = {"Ad manager": AD_MANAGER, "Publisher": [*AD_MANAGER, "credit_invoice", "grant_credit"]}


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("ads"), verbosity=0, apps=apps)
    for name, codenames in GROUPS.items():
        found = apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="ads", codename__in=codenames
        )
        apps.get_model("auth", "Group").objects.get(name=name).permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0008_sell_groups"), ("ads", "0008_bill")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
