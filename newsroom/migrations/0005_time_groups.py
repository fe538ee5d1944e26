"""The ad desk sees what is due for the stories that were paid for. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("articles"), verbosity=0, apps=apps)
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="articles", codename="view_dueaction"
    )
    apps.get_model("auth", "Group").objects.get(name="Ad manager").permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0004_front_page_groups"), ("articles", "0003_time")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
