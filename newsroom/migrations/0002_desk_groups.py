"""What the four groups may do with the desk: series, breaking news, corrections, and what is due. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

READ = ["view"]
ALL = ["view", "add", "change", "delete"]

REPORTER = {"series": READ, "correction": READ}
EDITOR = {"series": ALL, "breakingnews": ALL, "correction": ["view", "add", "change"], "dueaction": READ}
GROUPS = {"Reporter": REPORTER, "Editor": EDITOR, "Publisher": EDITOR}


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("articles"), verbosity=0, apps=apps)
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    for name, by_model in GROUPS.items():
        group = group_model.objects.get(name=name)
        for model, actions in by_model.items():
            codenames = [f"{action}_{model}" for action in actions]
            found = permission_model.objects.filter(content_type__app_label="articles", codename__in=codenames)
            group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0001_groups"), ("articles", "0002_desk")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
