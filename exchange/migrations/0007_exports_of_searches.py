from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    """What a search found goes out by the keys of its rows: it has no address to be found again by."""

    dependencies = [("exchange", "0006_lists_of_actions")]

    operations = [
        migrations.AddField(
            model_name="export",
            name="found_ids",
            field=ArrayField(
                models.BigIntegerField(),
                null=True,
                blank=True,
                verbose_name="what a search found",
                help_text="Keys, until the export ends; of terms nothing is kept. Empty for a list, which has an address.",
            ),
        )
    ]
