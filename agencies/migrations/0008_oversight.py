import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from audit.triggers import AuditTable


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0007_role_offers"),
    ]

    operations = [
        migrations.CreateModel(
            name="LookReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("looked_on", models.DateField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("own_name", "Their own surname"),
                                ("neighbours", "Neighbours"),
                                ("many", "Many records in an hour"),
                                ("out_of_hours", "Out of hours"),
                                ("outside_caseload", "Outside their caseload"),
                                ("refusals", "Refused again and again"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="what stood out",
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("reviewed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.area"
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: a command",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="look_reviews",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["reviewed_at", "pk"],
                "indexes": [models.Index(fields=["area", "looked_on", "user"], name="look_review_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="look_review_with_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kinds__contained_by",
                                ["own_name", "neighbours", "many", "out_of_hours", "outside_caseload", "refusals"],
                            ),
                            ("kinds__len__gt", 0),
                        ),
                        name="look_review_kinds_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by__isnull", True),
                            models.Q(("reviewed_by", models.F("user")), _negated=True),
                            _connector="OR",
                        ),
                        name="look_review_not_of_oneself",
                    ),
                ],
            },
        ),
        AuditTable("agencies_lookreview"),
    ]
