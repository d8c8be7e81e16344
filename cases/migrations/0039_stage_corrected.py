from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0038_ground_index_says_all"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderstage",
            name="corrected_on",
            field=models.DateField(blank=True, null=True, verbose_name="corrected on"),
        ),
        migrations.AddField(
            model_name="orderstage",
            name="correction",
            field=models.CharField(blank=True, max_length=300, verbose_name="why it was corrected"),
        ),
        migrations.AddConstraint(
            model_name="orderstage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrected_on__isnull", True), ("correction", "")),
                    models.Q(("corrected_on__isnull", False), models.Q(("correction", ""), _negated=True)),
                    _connector="OR",
                ),
                name="order_stage_corrected_with_reason",
            ),
        ),
    ]
