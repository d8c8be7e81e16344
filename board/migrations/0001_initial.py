import django.db.models.deletion
from django.db import migrations, models

from audit.triggers import AuditTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [("agencies", "0001_initial"), ("audit", "0002_evidence")]

    operations = [
        migrations.CreateModel(
            name="PopulationEstimate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.CharField(help_text="As 2022-23.", max_length=7, verbose_name="report year")),
                ("aged_10_and_over", models.PositiveIntegerField(verbose_name="people aged 10 and over")),
                (
                    "source",
                    models.CharField(
                        help_text="Which estimate: publisher, and the year it is for.",
                        max_length=200,
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="population_estimates",
                        to="agencies.area",
                    ),
                ),
            ],
            options={
                "ordering": ["area", "year"],
                "constraints": [
                    models.UniqueConstraint(fields=("area", "year"), name="population_once_a_year"),
                    models.CheckConstraint(condition=models.Q(("aged_10_and_over__gt", 0)), name="population_some"),
                    models.CheckConstraint(
                        condition=models.Q(("year__regex", "^[0-9]{4}-[0-9]{2}$")), name="population_year_form"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="population_with_source"
                    ),
                ],
            },
        ),
        AuditTable("board_populationestimate"),
    ]
