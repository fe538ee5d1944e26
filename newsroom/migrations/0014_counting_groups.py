"""Who may do what with delivery and counting. Safe to run again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

READ = ["view_sealedday", "view_daycount", "view_hourcount", "view_adjustment", "view_deliveryalarm", "view_sighting"]
DESK = [
    *READ,
    *(f"{verb}_housecreative" for verb in ("view", "add", "change", "delete")),
    *(f"{verb}_targeting" for verb in ("view", "add", "change", "delete")),
    *(f"{verb}_wordlist" for verb in ("view", "add", "change", "delete")),
    *(f"{verb}_trackedlink" for verb in ("view", "add")),
    "view_makegood",
    "change_makegood",
    "view_reportmail",
    "view_quietstory",
]
EDITORIAL = ["view_quietstory", "quieten_story"]
GROUPS = {
    "Editor": EDITORIAL,
    "Ad manager": DESK,
    "Publisher": [*DESK, *EDITORIAL, "add_adjustment"],
}


def extend_groups(apps, schema_editor):
    create_permissions(installed.get_app_config("ads"), verbosity=0, apps=apps)
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        found = permission_model.objects.filter(content_type__app_label="ads", codename__in=codenames)
        group_model.objects.get(name=name).permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0013_records_groups"), ("ads", "0013_counting")]

    operations = [migrations.RunPython(extend_groups, migrations.RunPython.noop)]
