from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="mediaasset",
            name="sha256",
            field=models.CharField(editable=False, max_length=64),
        ),
    ]
