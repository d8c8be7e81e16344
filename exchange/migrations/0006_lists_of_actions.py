from django.db import migrations, models
from django.db.models import Q

KINDS = [("people", "People under MAPPA"), ("meetings", "Last meetings held"), ("actions", "Open actions")]


class Migration(migrations.Migration):
    """A list may be one of open actions."""

    dependencies = [("exchange", "0005_kept_days")]

    operations = [
        migrations.RemoveConstraint(model_name="extract", name="extract_kind_known"),
        migrations.AlterField(model_name="extract", name="kind", field=models.CharField(max_length=8, choices=KINDS)),
        migrations.AlterField(model_name="heading", name="kind", field=models.CharField(max_length=8, choices=KINDS)),
        migrations.AddConstraint(
            model_name="extract",
            constraint=models.CheckConstraint(
                name="extract_kind_known", condition=Q(kind__in=[code for code, _ in KINDS])
            ),
        ),
    ]
