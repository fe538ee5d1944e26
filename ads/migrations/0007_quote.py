"""Dated prices, services on the rate card (example prices, and the card says so), and who saved a draft last."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ads.models.position

# kind, name, name_ar, description, description_ar, price
SERVICES = [
    (
        "newsletter", "Newsletter mention", "إشارة في النشرة البريدية",
        "A few lines and a link in the mail to our subscribers, marked as paid for.",
        "أسطر قليلة ورابط في الرسالة إلى مشتركينا، مع الإشارة إلى أنها مدفوعة.",
        Decimal("40"),
    ),
    (
        "social", "Social share", "مشاركة على وسائل التواصل",
        "One post on each of our social channels, marked as paid for.",
        "منشور واحد على كل من قنواتنا الاجتماعية، مع الإشارة إلى أنه مدفوع.",
        Decimal("25"),
    ),
    (
        "design", "Design of artwork", "تصميم الإعلان",
        "We draw your artwork at the size of its position. The price depends on the work.",
        "نرسم إعلانكم بمقاس موضعه. السعر بحسب العمل.",
        None,
    ),
]  # fmt: skip


def load(apps, schema_editor):
    service_model = apps.get_model("ads", "Service")
    for order, (kind, name, name_ar, description, description_ar, price) in enumerate(SERVICES):
        service_model.objects.get_or_create(
            kind=kind,
            defaults={
                "name": name,
                "name_ar": name_ar,
                "description": description,
                "description_ar": description_ar,
                "price": price,
                "currency": "USD",
                "is_example_price": price is not None,
                "order": order,
            },
        )


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0006_sell"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="quote",
            name="changed_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="last saved"),
        ),
        migrations.AddField(
            model_name="quote",
            name="changed_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="quote",
            name="edits",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="quote",
            name="reminded_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("newsletter", "Newsletter mention"),
                            ("social", "Social share"),
                            ("design", "Design of artwork"),
                        ],
                        max_length=12,
                        unique=True,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_ar", models.CharField(blank=True, max_length=80, verbose_name="name in Arabic")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("description_ar", models.TextField(blank=True, verbose_name="description in Arabic")),
                (
                    "price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Empty: a quote for each.",
                        max_digits=10,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price",
                    ),
                ),
                (
                    "currency",
                    models.CharField(default=ads.models.position.site_currency, max_length=3, verbose_name="currency"),
                ),
                (
                    "is_example_price",
                    models.BooleanField(
                        default=False,
                        help_text="The rate card says so until you set your own and clear this.",
                        verbose_name="example price",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="on sale")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "service",
                "verbose_name_plural": "services",
                "ordering": ["order", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("price", None), ("price__gte", 0), _connector="OR"),
                        name="service_price_not_negative",
                        violation_error_message="Prices cannot be negative.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["newsletter", "social", "design"])),
                        name="service_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PositionPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_day",
                    models.DateField(help_text="For flights that begin on this day or later.", verbose_name="from"),
                ),
                (
                    "price_per_week",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=10,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price per week",
                    ),
                ),
                (
                    "price_per_thousand",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=10,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price per thousand impressions",
                    ),
                ),
                (
                    "position",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dated_prices",
                        to="ads.position",
                        verbose_name="position",
                    ),
                ),
            ],
            options={
                "verbose_name": "price from a day",
                "verbose_name_plural": "prices from a day",
                "ordering": ["position", "from_day"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("position", "from_day"),
                        name="position_price_once_a_day",
                        violation_error_message="There is a price from this day already. Change that one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_per_thousand__gte", 0), ("price_per_week__gte", 0)),
                        name="position_price_not_negative",
                        violation_error_message="Prices cannot be negative.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_day",
                    models.DateField(help_text="For posts that are offered on this day or later.", verbose_name="from"),
                ),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=10,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price when the client writes it",
                    ),
                ),
                (
                    "newsroom_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Empty: a quote for each.",
                        max_digits=10,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price when the newsroom writes it",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dated_prices",
                        to="ads.postproduct",
                        verbose_name="sponsored-post product",
                    ),
                ),
            ],
            options={
                "verbose_name": "price from a day",
                "verbose_name_plural": "prices from a day",
                "ordering": ["product", "from_day"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("product", "from_day"),
                        name="post_price_once_a_day",
                        violation_error_message="There is a price from this day already. Change that one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("price__gte", 0),
                            models.Q(("newsroom_price", None), ("newsroom_price__gte", 0), _connector="OR"),
                        ),
                        name="post_price_not_negative",
                        violation_error_message="Prices cannot be negative.",
                    ),
                ],
            },
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
