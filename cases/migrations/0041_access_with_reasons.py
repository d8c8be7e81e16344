import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.triggers import AuditTable

HANDLINGS = [("ordinary", "Ordinary"), ("restricted", "Restricted"), ("category_4", "Category 4")]


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0040_hidden_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name=name,
                name="end_reason",
                field=models.CharField(blank=True, max_length=300, verbose_name="why it ends"),
            )
            for name in ("caseparticipation", "exclusion", "personalgrant")
        ),
        migrations.CreateModel(
            name="HandlingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "handling",
                    models.CharField(choices=HANDLINGS, max_length=12, verbose_name="handled from then on as"),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="why it is handled so")),
                ("changed_on", models.DateField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "nominal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="handling_changes",
                        to="cases.nominal",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(handling__in=["ordinary", "restricted", "category_4"]),
                        name="handling_change_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="handling_change_with_reason"
                    ),
                ],
            },
        ),
        AuditTable("cases_handlingchange", root="nominal_id", compartment="access"),
    ]
