"""The ad desk looks after sponsored posts and promises; a publisher also stands in for orders made elsewhere. Safe to
run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

DESK = [
    "view_sponsoredpost",
    "add_sponsoredpost",
    "change_sponsoredpost",
    "view_promise",
    "keep_promise",
]
WANTED = {"Ad manager": DESK, "Publisher": [*DESK, "vouch_for_order"]}


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("ads"), verbosity=0, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="ads")
    for name, wanted in WANTED.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        group.permissions.add(*permissions.filter(codename__in=wanted))


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0010_art_groups"), ("ads", "0010_post")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
