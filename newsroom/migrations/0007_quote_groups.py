"""The ad desk writes and sends quotes; the publisher also sets dated prices and services. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

READ = ["view"]
QUOTES = ["view", "add", "change", "send"]
GROUPS = {
    "Ad manager": {"quote": QUOTES, "positionprice": READ, "postprice": READ, "service": READ},
    "Publisher": {
        "quote": QUOTES,
        "positionprice": ["view", "add", "change", "delete"],
        "postprice": ["view", "add", "change", "delete"],
        "service": ["view", "change"],
    },
}


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("ads"), verbosity=0, apps=apps)
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    for name, by_model in GROUPS.items():
        codenames = [f"{action}_{model}" for model, actions in by_model.items() for action in actions]
        found = permission_model.objects.filter(content_type__app_label="ads", codename__in=codenames)
        group_model.objects.get(name=name).permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0006_deal_groups"), ("ads", "0007_quote")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
