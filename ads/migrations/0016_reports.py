from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ads", "0015_forecast")]

    operations = [
        migrations.AddField(
            model_name="adrequest",
            name="weekly_stopped_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
