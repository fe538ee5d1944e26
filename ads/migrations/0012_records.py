"""Contacts, notes and next actions of advertisers, and the words that the search of the desk finds."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


def carry_over(apps, schema_editor):
    """What stood in the one field of notes becomes a dated entry; who was named as the contact, a contact."""
    advertiser_model = apps.get_model("ads", "Advertiser")
    note_model, contact_model = apps.get_model("ads", "AdvertiserNote"), apps.get_model("ads", "Contact")
    for advertiser in advertiser_model.objects.iterator():
        if advertiser.notes.strip():
            note_model.objects.create(advertiser=advertiser, text=advertiser.notes, at=advertiser.created_at)
        name = advertiser.contact_name or advertiser.company[:120]
        contact_model.objects.create(advertiser=advertiser, name=name, email=advertiser.email, is_main=True)


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0011_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AdvertiserNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("note", "Note"), ("merged", "Merged")], default="note", max_length=6),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="note")),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "note about an advertiser",
                "verbose_name_plural": "notes about advertisers",
                "ordering": ["advertiser", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                ("role", models.CharField(blank=True, max_length=80, verbose_name="role")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("ar", "Arabic")],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("is_main", models.BooleanField(default=False, verbose_name="main contact")),
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
                "ordering": ["advertiser", "-is_main", "name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="DeskText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("object_id", models.PositiveBigIntegerField()),
                ("words", models.TextField()),
            ],
            options={
                "verbose_name": "words of the desk",
                "verbose_name_plural": "words of the desk",
            },
        ),
        migrations.CreateModel(
            name="NextAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=200, verbose_name="what is to do")),
                ("due_on", models.DateField(verbose_name="due on")),
                ("created_at", models.DateTimeField(editable=False)),
                ("done_at", models.DateTimeField(editable=False, null=True, verbose_name="done")),
            ],
            options={
                "verbose_name": "next action",
                "verbose_name_plural": "next actions",
                "ordering": ["due_on", "pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="advertiser",
            options={
                "ordering": ["company"],
                "permissions": [
                    ("merge_advertiser", "Can merge two advertisers into one"),
                    ("export_desk", "Can export everything of the ad desk"),
                ],
                "verbose_name": "advertiser",
                "verbose_name_plural": "advertisers",
            },
        ),
        migrations.AddField(
            model_name="adrequest",
            name="renewal_offered_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="advertiser",
            name="billing_address",
            field=models.TextField(blank=True, max_length=600, verbose_name="billing address"),
        ),
        migrations.AddField(
            model_name="advertiser",
            name="billing_name",
            field=models.CharField(
                blank=True, help_text="Left empty: the company.", max_length=160, verbose_name="name on invoices"
            ),
        ),
        migrations.AddField(
            model_name="advertiser",
            name="industry",
            field=models.CharField(
                blank=True,
                help_text="In a word or two, such as “banks” or “schools”.",
                max_length=80,
                verbose_name="industry",
            ),
        ),
        migrations.AddField(
            model_name="advertiser",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="ads.advertiser",
                verbose_name="kept as",
            ),
        ),
        migrations.AddField(
            model_name="advertiser",
            name="no_reminders",
            field=models.BooleanField(
                default=False,
                help_text="They asked not to be mailed before a booking ends.",
                verbose_name="no renewal offers",
            ),
        ),
        migrations.AddField(
            model_name="advertiser",
            name="tax_id",
            field=models.CharField(blank=True, max_length=60, verbose_name="tax number"),
        ),
        migrations.AddConstraint(
            model_name="advertiser",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", models.F("pk")), _negated=True),
                name="advertiser_not_merged_into_itself",
            ),
        ),
        migrations.AddField(
            model_name="advertisernote",
            name="advertiser",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="ads.advertiser"
            ),
        ),
        migrations.AddField(
            model_name="advertisernote",
            name="author",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="advertiser",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="contacts",
                to="ads.advertiser",
                verbose_name="advertiser",
            ),
        ),
        migrations.AddField(
            model_name="adrequest",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="requests",
                to="ads.contact",
                verbose_name="contact",
            ),
        ),
        migrations.AddField(
            model_name="desktext",
            name="advertiser",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="ads.advertiser"
            ),
        ),
        migrations.AddField(
            model_name="desktext",
            name="request",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="ads.adrequest"
            ),
        ),
        migrations.AddField(
            model_name="nextaction",
            name="advertiser",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="next_actions",
                to="ads.advertiser",
                verbose_name="advertiser",
            ),
        ),
        migrations.AddField(
            model_name="nextaction",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="nextaction",
            name="done_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="nextaction",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
        migrations.AddField(
            model_name="nextaction",
            name="request",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="next_actions",
                to="ads.adrequest",
                verbose_name="request",
            ),
        ),
        migrations.AddConstraint(
            model_name="advertisernote",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="advertiser_note_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                models.F("advertiser"),
                django.db.models.functions.text.Lower("email"),
                name="contact_once_per_email",
                violation_error_message="This e-mail address is already among the contacts of the advertiser.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_main", True)), fields=("advertiser",), name="contact_one_main"
            ),
        ),
        migrations.AddConstraint(
            model_name="desktext",
            constraint=models.UniqueConstraint(fields=("kind", "object_id"), name="desk_text_once"),
        ),
        migrations.AddIndex(
            model_name="nextaction",
            index=models.Index(
                condition=models.Q(("done_at", None)), fields=["owner", "due_on"], name="next_action_open_of"
            ),
        ),
        migrations.AddIndex(
            model_name="nextaction",
            index=models.Index(condition=models.Q(("done_at", None)), fields=["due_on"], name="next_action_open"),
        ),
        migrations.AddConstraint(
            model_name="nextaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("advertiser", None), ("request__isnull", False)),
                    models.Q(("advertiser__isnull", False), ("request", None)),
                    _connector="OR",
                ),
                name="next_action_is_for_a_deal_or_a_firm",
            ),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="advertiser",
            name="notes",
        ),
    ]
