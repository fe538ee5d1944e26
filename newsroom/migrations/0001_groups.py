"""The four groups and what each may do. Safe to run again; permissions that somebody added by hand stay."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

READ = ["view"]
WRITE = ["view", "add", "change"]
ALL = ["view", "add", "change", "delete"]

REPORTER = {
    "articles": {
        "article": WRITE,
        "mediaasset": WRITE,
        "tag": ["view", "add"],
        "author": READ,
        "section": READ,
    },
}
EDITOR = {
    "articles": {
        "article": WRITE,
        "mediaasset": ALL,
        "tag": ALL,
        "author": WRITE,
        "section": WRITE,
        "redirect": ALL,
    },
    "audience": {"contactmessage": ["view", "change"]},
}
AD_MANAGER = {
    "articles": {"article": WRITE, "mediaasset": WRITE, "tag": ["view", "add"], "section": READ},
    "ads": {
        "position": READ,
        "postproduct": READ,
        "advertiser": WRITE,
        "adrequest": ["view", "change"],
        "booking": WRITE,
        "creative": READ,
    },
}
PUBLISHER = {
    "articles": {**EDITOR["articles"], "user": WRITE, "author": ALL, "section": ALL},
    "audience": {"contactmessage": ["view", "change", "delete"]},
    "ads": {**AD_MANAGER["ads"], "position": ["view", "change"], "postproduct": ["view", "change"]},
}
GROUPS = {
    "Reporter": (REPORTER, ["articles.write_article"]),
    "Editor": (EDITOR, ["articles.write_article", "articles.publish_article"]),
    "Ad manager": (AD_MANAGER, ["articles.handle_sponsored", "ads.answer_adrequest"]),
    "Publisher": (
        PUBLISHER,
        [
            "articles.write_article",
            "articles.publish_article",
            "articles.handle_sponsored",
            "ads.answer_adrequest",
        ],
    ),
}


def make_groups(apps, schema_editor):
    # Django makes permissions after all migrations; the groups need them now.
    for label in ("articles", "ads", "audience"):
        create_permissions(installed.get_app_config(label), verbosity=0, apps=apps)
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    for name, (models, extra) in GROUPS.items():
        wanted = [
            (app, f"{action}_{model}")
            for app, by_model in models.items()
            for model, actions in by_model.items()
            for action in actions
        ] + [tuple(permission.split(".")) for permission in extra]
        group, _created = group_model.objects.get_or_create(name=name)
        for app, codename in wanted:
            group.permissions.add(permission_model.objects.get(content_type__app_label=app, codename=codename))


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
        ("ads", "0003_rate_card"),
        ("audience", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
