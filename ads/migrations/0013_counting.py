"""Events and counts of them, what runs where, alarms, forecasts and reports."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ads.click_address
import ads.models.booking
import ads.models.report_mail
import articles.models.media


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0012_records"),
        ("articles", "0011_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RolledHour",
            fields=[
                ("hour", models.DateTimeField(primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
                ("events", models.PositiveIntegerField(default=0)),
                ("rolled_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "rolled hour",
                "verbose_name_plural": "rolled hours",
            },
        ),
        migrations.CreateModel(
            name="Salt",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("secret", models.BinaryField(max_length=32)),
            ],
            options={
                "verbose_name": "salt",
                "verbose_name_plural": "salts",
            },
        ),
        migrations.CreateModel(
            name="SealedDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
                ("rows", models.PositiveIntegerField()),
                ("events", models.PositiveBigIntegerField()),
                ("method", models.PositiveSmallIntegerField(verbose_name="counting method")),
                ("adjusted_to", models.PositiveBigIntegerField(default=0)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("seal", models.CharField(max_length=64, unique=True, verbose_name="seal")),
                ("sealed_at", models.DateTimeField(verbose_name="sealed")),
            ],
            options={
                "verbose_name": "sealed day",
                "verbose_name_plural": "sealed days",
                "ordering": ["-day"],
            },
        ),
        migrations.CreateModel(
            name="WordList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                (
                    "words",
                    models.TextField(
                        help_text="One word or phrase a line, in English or Arabic.",
                        max_length=10000,
                        verbose_name="words",
                    ),
                ),
                (
                    "is_for_all",
                    models.BooleanField(
                        default=False,
                        help_text="For what decency asks: no box of any advertiser on such a story.",
                        verbose_name="no advertising at all beside them",
                    ),
                ),
            ],
            options={
                "verbose_name": "word list",
                "verbose_name_plural": "word lists",
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="adrequest",
            name="weekly_stopped_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="paused_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="paused"),
        ),
        migrations.AddField(
            model_name="bookingmove",
            name="what",
            field=models.CharField(
                blank=True,
                choices=[
                    ("paused", "Paused"),
                    ("resumed", "Goes on"),
                    ("targeted", "Targeting"),
                    ("weighed", "Weights of the artwork"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="creative",
            name="weight",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="weight"),
        ),
        migrations.AlterField(
            model_name="position",
            name="weekly_impressions",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Your own estimate of how often it is shown, for as long as nothing was counted. May be empty.",
                null=True,
                verbose_name="impressions a week, estimated",
            ),
        ),
        migrations.CreateModel(
            name="DayCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "served"), (2, "shown"), (3, "viewable"), (4, "click"), (5, "read")]
                    ),
                ),
                (
                    "source",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "page"), (2, "sponsored post"), (3, "newsletter")], default=1
                    ),
                ),
                (
                    "reason",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "valid"),
                            (1, "known robot, or no browser named"),
                            (2, "somebody of ours"),
                            (3, "page prepared, not looked at"),
                            (4, "another visitor than the one it was served to"),
                            (5, "too late"),
                            (6, "before it was served, by our clock"),
                            (7, "link followed by a program in advance"),
                            (10, "too many pages from one visitor"),
                            (11, "too many clicks from one visitor"),
                            (12, "click on what was never shown"),
                            (13, "click faster than a person"),
                        ],
                        default=0,
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("line", models.PositiveIntegerField(default=0)),
                ("creative", models.PositiveIntegerField(default=0)),
                ("house", models.PositiveIntegerField(default=0)),
                ("article", models.PositiveIntegerField(default=0)),
                ("section", models.PositiveIntegerField(default=0)),
                ("language", models.PositiveSmallIntegerField(default=0)),
                ("device", models.PositiveSmallIntegerField(default=0)),
                ("link", models.PositiveIntegerField(default=0)),
                ("day", models.DateField()),
                ("number", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "count of a day",
                "verbose_name_plural": "counts of days",
                "indexes": [
                    models.Index(fields=["day"], name="day_count_day"),
                    models.Index(condition=models.Q(("line__gt", 0)), fields=["line", "day"], name="day_count_line"),
                    models.Index(
                        condition=models.Q(("article__gt", 0)), fields=["article", "day"], name="day_count_article"
                    ),
                    models.Index(
                        condition=models.Q(("position__gt", 0)), fields=["position", "day"], name="day_count_position"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "kind",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "served"), (2, "shown"), (3, "viewable"), (4, "click"), (5, "read")]
                    ),
                ),
                (
                    "source",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "page"), (2, "sponsored post"), (3, "newsletter")], default=1
                    ),
                ),
                (
                    "reason",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "valid"),
                            (1, "known robot, or no browser named"),
                            (2, "somebody of ours"),
                            (3, "page prepared, not looked at"),
                            (4, "another visitor than the one it was served to"),
                            (5, "too late"),
                            (6, "before it was served, by our clock"),
                            (7, "link followed by a program in advance"),
                            (10, "too many pages from one visitor"),
                            (11, "too many clicks from one visitor"),
                            (12, "click on what was never shown"),
                            (13, "click faster than a person"),
                        ],
                        default=0,
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("line", models.PositiveIntegerField(default=0)),
                ("creative", models.PositiveIntegerField(default=0)),
                ("house", models.PositiveIntegerField(default=0)),
                ("article", models.PositiveIntegerField(default=0)),
                ("section", models.PositiveIntegerField(default=0)),
                ("language", models.PositiveSmallIntegerField(default=0)),
                ("device", models.PositiveSmallIntegerField(default=0)),
                ("link", models.PositiveIntegerField(default=0)),
                ("key", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("visitor", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "indexes": [models.Index(fields=["at"], name="event_at")],
            },
        ),
        migrations.CreateModel(
            name="HourCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "served"), (2, "shown"), (3, "viewable"), (4, "click"), (5, "read")]
                    ),
                ),
                (
                    "source",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "page"), (2, "sponsored post"), (3, "newsletter")], default=1
                    ),
                ),
                (
                    "reason",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "valid"),
                            (1, "known robot, or no browser named"),
                            (2, "somebody of ours"),
                            (3, "page prepared, not looked at"),
                            (4, "another visitor than the one it was served to"),
                            (5, "too late"),
                            (6, "before it was served, by our clock"),
                            (7, "link followed by a program in advance"),
                            (10, "too many pages from one visitor"),
                            (11, "too many clicks from one visitor"),
                            (12, "click on what was never shown"),
                            (13, "click faster than a person"),
                        ],
                        default=0,
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("line", models.PositiveIntegerField(default=0)),
                ("creative", models.PositiveIntegerField(default=0)),
                ("house", models.PositiveIntegerField(default=0)),
                ("article", models.PositiveIntegerField(default=0)),
                ("section", models.PositiveIntegerField(default=0)),
                ("language", models.PositiveSmallIntegerField(default=0)),
                ("device", models.PositiveSmallIntegerField(default=0)),
                ("link", models.PositiveIntegerField(default=0)),
                ("hour", models.DateTimeField()),
                ("number", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "count of an hour",
                "verbose_name_plural": "counts of hours",
                "indexes": [
                    models.Index(fields=["hour"], name="hour_count_hour"),
                    models.Index(condition=models.Q(("line__gt", 0)), fields=["line", "hour"], name="hour_count_line"),
                    models.Index(
                        condition=models.Q(("article__gt", 0)), fields=["article", "hour"], name="hour_count_article"
                    ),
                    models.Index(
                        condition=models.Q(("position__gt", 0)), fields=["position", "hour"], name="hour_count_position"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuietStory",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="quiet",
                        serialize=False,
                        to="articles.article",
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="why")),
                ("at", models.DateTimeField(editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "story without advertising",
                "verbose_name_plural": "stories without advertising",
                "permissions": [("quieten_story", "Can keep advertising off a story")],
            },
        ),
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "served"), (2, "shown"), (3, "viewable"), (4, "click"), (5, "read")]
                    ),
                ),
                (
                    "source",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "page"), (2, "sponsored post"), (3, "newsletter")], default=1
                    ),
                ),
                (
                    "reason",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "valid"),
                            (1, "known robot, or no browser named"),
                            (2, "somebody of ours"),
                            (3, "page prepared, not looked at"),
                            (4, "another visitor than the one it was served to"),
                            (5, "too late"),
                            (6, "before it was served, by our clock"),
                            (7, "link followed by a program in advance"),
                            (10, "too many pages from one visitor"),
                            (11, "too many clicks from one visitor"),
                            (12, "click on what was never shown"),
                            (13, "click faster than a person"),
                        ],
                        default=0,
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("line", models.PositiveIntegerField(default=0)),
                ("creative", models.PositiveIntegerField(default=0)),
                ("house", models.PositiveIntegerField(default=0)),
                ("article", models.PositiveIntegerField(default=0)),
                ("section", models.PositiveIntegerField(default=0)),
                ("language", models.PositiveSmallIntegerField(default=0)),
                ("device", models.PositiveSmallIntegerField(default=0)),
                ("link", models.PositiveIntegerField(default=0)),
                ("day", models.DateField(verbose_name="day")),
                ("number", models.IntegerField(help_text="Below zero: so many fewer.", verbose_name="more or fewer")),
                ("why", models.CharField(max_length=500, verbose_name="why")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "adjustment",
                "verbose_name_plural": "adjustments",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["day"], name="adjustment_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number", 0), _negated=True),
                        name="adjustment_changes_something",
                        violation_error_message="An adjustment by nothing changes nothing.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("why", ""), _negated=True),
                        name="adjustment_has_a_reason",
                        violation_error_message="Say why.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliveryAlarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("behind", "Behind"),
                            ("ahead", "Ahead"),
                            ("silent", "Nothing shown for half an hour"),
                            ("oversold", "More promised than comes"),
                            ("short", "Will end short of its number"),
                        ],
                        max_length=8,
                        verbose_name="what",
                    ),
                ),
                ("expected", models.PositiveIntegerField(default=0)),
                ("delivered", models.PositiveIntegerField(default=0)),
                ("since", models.DateTimeField(verbose_name="since")),
                ("looked_at", models.DateTimeField()),
                ("over_at", models.DateTimeField(blank=True, null=True, verbose_name="over")),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "booking",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alarms",
                        to="ads.booking",
                    ),
                ),
                (
                    "position",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alarms", to="ads.position"
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery alarm",
                "verbose_name_plural": "delivery alarms",
                "ordering": ["-since", "-pk"],
                "indexes": [models.Index(condition=models.Q(("over_at", None)), fields=["since"], name="alarm_open")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("booking__isnull", False), ("over_at", None)),
                        fields=("kind", "booking"),
                        name="alarm_open_once_a_line",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("booking", None), ("over_at", None)),
                        fields=("kind", "position"),
                        name="alarm_open_once_a_position",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ForecastDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("forecast", models.PositiveIntegerField(null=True)),
                ("actual", models.PositiveIntegerField(null=True)),
                ("hours", models.JSONField(null=True)),
                ("filled", models.PositiveIntegerField(default=0)),
                ("renders", models.PositiveIntegerField(default=0)),
                (
                    "position",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="forecasts", to="ads.position"
                    ),
                ),
            ],
            options={
                "verbose_name": "forecast of a day",
                "verbose_name_plural": "forecasts of days",
                "indexes": [models.Index(fields=["day"], name="forecast_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("position", "day"), name="forecast_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("actual", None), ("hours", None)),
                            models.Q(("actual__isnull", False), ("hours__isnull", False)),
                            _connector="OR",
                        ),
                        name="forecast_came_as_a_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HouseCreative",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("file", models.FileField(editable=False, upload_to=ads.models.booking.creative_path)),
                (
                    "phone_file",
                    models.FileField(blank=True, editable=False, upload_to=ads.models.booking.creative_path),
                ),
                ("alt", models.CharField(max_length=200, verbose_name="alternative text")),
                (
                    "click_url",
                    models.CharField(
                        max_length=600, validators=[ads.click_address.validate_own], verbose_name="leads to"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True, choices=[("en", "English"), ("ar", "Arabic")], max_length=2, verbose_name="language"
                    ),
                ),
                (
                    "weight",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="weight",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="shown")),
                ("created_at", models.DateTimeField(editable=False)),
                (
                    "position",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="house_creatives",
                        to="ads.position",
                        verbose_name="position",
                    ),
                ),
            ],
            options={
                "verbose_name": "own artwork",
                "verbose_name_plural": "own artwork",
                "ordering": ["position", "-weight", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weight__range", (1, 100))), name="house_weight_is_from_1_to_100"
                    ),
                    models.CheckConstraint(condition=models.Q(("alt", ""), _negated=True), name="house_is_described"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("click_url__startswith", "https://"), ("click_url__startswith", "http://"), _connector="OR"
                        ),
                        name="house_leads_to_the_web",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MakeGood",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[("prepared", "Prepared"), ("booked", "Booked"), ("dismissed", "Not needed")],
                        default="prepared",
                        editable=False,
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("impressions", models.PositiveIntegerField(verbose_name="impressions")),
                ("first_day", models.DateField(verbose_name="first day")),
                ("last_day", models.DateField(verbose_name="last day")),
                ("prepared_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="make_goods",
                        to="ads.booking",
                        verbose_name="booking",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="made_good_for",
                        to="ads.booking",
                    ),
                ),
            ],
            options={
                "verbose_name": "make-good",
                "verbose_name_plural": "make-goods",
                "ordering": ["-prepared_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "prepared")),
                        fields=("booking",),
                        name="make_good_prepared_once_a_line",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("made__isnull", False), ("status", "booked")),
                            models.Q(models.Q(("status", "booked"), _negated=True), ("made", None)),
                            _connector="OR",
                        ),
                        name="make_good_booked_has_a_booking",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))), name="make_good_ends_after_start"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("is_final", models.BooleanField(default=False)),
                ("sent_at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="report_mails", to="ads.adrequest"
                    ),
                ),
            ],
            options={
                "verbose_name": "report sent",
                "verbose_name_plural": "reports sent",
                "ordering": ["-sent_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("request", "last_day", "is_final"), name="report_once_a_period")
                ],
            },
        ),
        migrations.CreateModel(
            name="Sighting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_phone", models.BooleanField(default=False)),
                (
                    "file",
                    models.FileField(
                        storage=articles.models.media.private_storage, upload_to=ads.models.report_mail.sighting_path
                    ),
                ),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("taken_at", models.DateTimeField()),
                (
                    "creative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sightings", to="ads.creative"
                    ),
                ),
            ],
            options={
                "verbose_name": "picture in place",
                "verbose_name_plural": "pictures in place",
                "ordering": ["-taken_at", "-pk"],
                "constraints": [models.UniqueConstraint(fields=("creative", "is_phone"), name="sighting_once_a_width")],
            },
        ),
        migrations.CreateModel(
            name="TrackedLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "url",
                    models.URLField(max_length=600, validators=[ads.click_address.validate], verbose_name="leads to"),
                ),
                ("label", models.CharField(blank=True, max_length=120, verbose_name="label")),
                ("created_at", models.DateTimeField(editable=False)),
                (
                    "promise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="ads.promise"
                    ),
                ),
            ],
            options={
                "verbose_name": "counted link",
                "verbose_name_plural": "counted links",
                "ordering": ["-pk"],
                "constraints": [models.UniqueConstraint(fields=("promise", "url"), name="link_once_a_promise")],
            },
        ),
        migrations.CreateModel(
            name="Targeting",
            fields=[
                (
                    "booking",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="targeting",
                        serialize=False,
                        to="ads.booking",
                    ),
                ),
                ("is_by_section", models.BooleanField(default=False, editable=False)),
                (
                    "language",
                    models.CharField(
                        blank=True, choices=[("en", "English"), ("ar", "Arabic")], max_length=2, verbose_name="language"
                    ),
                ),
                (
                    "device",
                    models.CharField(
                        blank=True,
                        choices=[("phone", "Phones"), ("large", "Tablets and computers")],
                        max_length=5,
                        verbose_name="device",
                    ),
                ),
                ("weekdays", models.PositiveSmallIntegerField(default=127, verbose_name="weekdays")),
                (
                    "from_hour",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(23)],
                        verbose_name="from",
                    ),
                ),
                (
                    "to_hour",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(24)],
                        verbose_name="to",
                    ),
                ),
                (
                    "not_sections",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="articles.section", verbose_name="not in these sections"
                    ),
                ),
                (
                    "sections",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="articles.section", verbose_name="only in these sections"
                    ),
                ),
                (
                    "not_words",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="ads.wordlist", verbose_name="not beside these words"
                    ),
                ),
            ],
            options={
                "verbose_name": "targeting",
                "verbose_name_plural": "targeting",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekdays__range", (1, 127))),
                        name="targeting_has_a_weekday",
                        violation_error_message="Choose at least one weekday.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("from_hour", None), ("to_hour", None)),
                            models.Q(
                                ("from_hour__isnull", False),
                                ("to_hour__isnull", False),
                                ("from_hour__range", (0, 23)),
                                ("to_hour__range", (0, 24)),
                                models.Q(("from_hour", models.F("to_hour")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="targeting_hours_are_whole",
                        violation_error_message="Give both hours, one unlike the other, or neither.",
                    ),
                ],
            },
        ),
    ]
