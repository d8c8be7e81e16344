import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.triggers import AuditTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("audit", "0002_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Copy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.SlugField(max_length=40, verbose_name="what was copied")),
                ("taken_at", models.DateTimeField(verbose_name="taken at")),
                ("role", models.CharField(blank=True, max_length=40, verbose_name="role")),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "copies",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("what", ""), _negated=True), name="copy_says_what")
                ],
            },
        ),
        AuditTable("letters_copy"),
    ]
