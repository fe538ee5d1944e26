"""What is done to a booking without another status, lines that keep to sections, and own addresses of own artwork."""

from django.db import migrations, models

import ads.click_address


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0016_reports"),
    ]

    operations = [
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
            model_name="targeting",
            name="is_by_section",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AlterField(
            model_name="housecreative",
            name="click_url",
            field=models.CharField(
                max_length=600, validators=[ads.click_address.validate_own], verbose_name="leads to"
            ),
        ),
        migrations.AddConstraint(
            model_name="housecreative",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("click_url__startswith", "https://"), ("click_url__startswith", "http://"), _connector="OR"
                ),
                name="house_leads_to_the_web",
            ),
        ),
    ]
