from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    """An open list is counted from the day on which it was brought in; those there are count from today."""

    dependencies = [("exchange", "0004_exports_evidence")]

    operations = [
        migrations.AddField(
            model_name="extract",
            name="added_on",
            field=models.DateField(db_default=Now(), help_text="From this day an open list is counted."),
        ),
        migrations.AlterField(
            model_name="extract",
            name="added_on",
            field=models.DateField(help_text="From this day an open list is counted."),
        ),
        migrations.AlterField(
            model_name="extract",
            name="state",
            field=models.CharField(
                choices=[
                    ("headings", "Waiting for its headings"),
                    ("reading", "Being read"),
                    ("comparing", "Being compared"),
                    ("ready", "Ready to be worked through"),
                    ("closed", "Closed"),
                    ("cancelled", "Cancelled"),
                    ("stopped", "Stopped"),
                ],
                max_length=10,
            ),
        ),
    ]
