from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0009_fill_media_uses")]

    operations = [
        migrations.AddConstraint(
            model_name="mediaasset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_copy", False)), fields=("sha256",), name="media_content_once"
            ),
        ),
    ]
