import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_evidence"),
        ("exchange", "0002_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list_name", models.CharField(max_length=100, verbose_name="name of the page")),
                ("list_keys", models.JSONField(blank=True, default=dict, verbose_name="keys in its address")),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="filters and order")),
                ("title", models.CharField(max_length=200, verbose_name="list")),
                ("chosen", models.CharField(blank=True, max_length=1000, verbose_name="filters in words")),
                (
                    "file_format",
                    models.CharField(
                        choices=[
                            ("ods", "Open Document spreadsheet (ODS)"),
                            ("xlsx", "Excel workbook (XLSX)"),
                            ("csv", "Comma-separated values (CSV)"),
                        ],
                        max_length=4,
                        verbose_name="format",
                    ),
                ),
                ("lines", models.PositiveIntegerField(verbose_name="lines")),
                ("asked_on", models.DateField(verbose_name="asked for on")),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="asked for at"
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="times begun")),
                ("begun_at", models.DateTimeField(blank=True, null=True, verbose_name="begun at")),
                ("made_at", models.DateTimeField(blank=True, null=True, verbose_name="made at")),
                ("copy_number", models.BigIntegerField(blank=True, null=True, verbose_name="copy number")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="kept until")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "end",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("fetched", "Fetched"),
                            ("expired", "Not fetched in time"),
                            ("withdrawn", "Withdrawn"),
                            ("failed", "Could not be made"),
                        ],
                        max_length=9,
                        verbose_name="how it ended",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.membership"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExportFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed", models.BinaryField()),
                (
                    "row_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="rows of the list in it"
                    ),
                ),
                (
                    "root_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="nominals in it"
                    ),
                ),
                (
                    "export",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="file", to="exchange.export"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list_name", models.CharField(max_length=100, verbose_name="name of the page")),
                ("list_keys", models.JSONField(blank=True, default=dict, verbose_name="keys in its address")),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="filters and order")),
                ("name", models.CharField(max_length=60)),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.area",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(fields=["asked_by", "-id"], name="export_of_person"),
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(condition=models.Q(("ended_at__isnull", True)), fields=["id"], name="export_open"),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(("file_format__in", ["ods", "xlsx", "csv"])), name="export_format_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__in", ["", "fetched", "expired", "withdrawn", "failed"])),
                name="export_end_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end", ""), ("ended_at__isnull", True)),
                    models.Q(models.Q(("end", ""), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="export_end_with_its_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("copy_number__isnull", True), ("expires_at__isnull", True), ("made_at__isnull", True)),
                    models.Q(
                        ("copy_number__isnull", False),
                        ("expires_at__gt", models.F("made_at")),
                        ("made_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="export_made_with_its_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end", "fetched"), _negated=True), ("made_at__isnull", False), _connector="OR"
                ),
                name="export_fetched_was_made",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("list_name", ""), _negated=True), models.Q(("title", ""), _negated=True)),
                name="export_of_a_list",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                models.F("owner"),
                models.F("list_name"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("area__isnull", True)),
                name="saved_view_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                models.F("area"),
                models.F("list_name"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("area__isnull", False)),
                name="saved_view_once_shared",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("list_name", ""), _negated=True)),
                name="saved_view_has_name",
            ),
        ),
    ]
