from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What a list is taken out for, as whoever takes it says; empty when it was not said."""

    dependencies = [("exchange", "0008_calendar_feeds")]

    operations = [
        migrations.AddField(
            model_name="export",
            name="purpose",
            field=models.CharField(
                "what for",
                blank=True,
                choices=[
                    ("meeting", "For a MAPPA meeting"),
                    ("managing", "For managing the person"),
                    ("court", "For a court, a tribunal or the Parole Board"),
                    ("own_data", "For a person who asks for their own data"),
                    ("review", "For a review, an audit or an inspection"),
                    ("other", "For something else"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=Q(purpose__in=["", "meeting", "managing", "court", "own_data", "review", "other"]),
                name="export_purpose_known",
            ),
        ),
    ]
