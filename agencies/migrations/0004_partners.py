import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from audit.triggers import AuditTable

# The arrangements began with the Criminal Justice and Court Services Act 2000, sections 67 and 68, on this day.
BEGAN_ON = datetime.date(2001, 4, 1)


def _begin(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Who took part so far has done so from the first day of the arrangements; nothing nearer was recorded."""
    apps.get_model("agencies", "Agency").objects.filter(is_active=True).update(starts_on=BEGAN_ON)


def _keep(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Backwards everybody takes part again, as the column says unless told otherwise."""


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0003_accounts"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="to")),
            ],
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("memorandum", "Memorandum of understanding"),
                            ("isa", "Information sharing agreement"),
                        ],
                        max_length=12,
                    ),
                ),
                ("signed_on", models.DateField()),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="last day")),
            ],
            options={
                "ordering": ["kind", "signed_on"],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(choices=[("spoc", "Single point of contact"), ("deputy", "Deputy")], max_length=6),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
            ],
        ),
        migrations.CreateModel(
            name="FormerHomes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
            ],
            options={
                "verbose_name_plural": "former homes",
            },
        ),
        migrations.CreateModel(
            name="Succession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("happens_on", models.DateField(verbose_name="day")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="new agency")),
                ("council", models.CharField(blank=True, max_length=100, verbose_name="new council")),
                ("reason", models.CharField(max_length=300)),
                ("done_on", models.DateField(blank=True, null=True)),
                ("cancelled_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["happens_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="SuccessionPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("predecessor", "Is replaced"),
                            ("beside", "Follows beside it, and takes over no open work"),
                        ],
                        max_length=12,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="agency",
            name="ends_on",
            field=models.DateField(blank=True, null=True, verbose_name="to"),
        ),
        migrations.AddField(
            model_name="agency",
            name="starts_on",
            field=models.DateField(blank=True, null=True, verbose_name="takes part from"),
        ),
        migrations.RunPython(_begin, _keep),
        migrations.RemoveField(
            model_name="agency",
            name="is_active",
        ),
        migrations.AddField(
            model_name="area",
            name="person_word",
            field=models.CharField(
                choices=[
                    ("nominal", "nominal"),
                    ("offender", "offender"),
                    ("person", "person"),
                    ("subject", "subject"),
                    ("child", "child"),
                ],
                default="nominal",
                max_length=10,
                verbose_name="word for a managed person",
            ),
        ),
        migrations.AddField(
            model_name="panelarea",
            name="replaced_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="panelarea",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="agencies.panelarea",
            ),
        ),
        migrations.AddConstraint(
            model_name="agency",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="agency_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="agency",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("starts_on__isnull", False), _connector="OR"),
                name="agency_ends_if_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(("person_word__in", ["nominal", "offender", "person", "subject"])),
                name="area_person_word_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="panelarea",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replaced_on__isnull", True), ("successor__isnull", True)),
                    models.Q(("replaced_on__isnull", False), ("successor__isnull", False)),
                    _connector="OR",
                ),
                name="panel_area_successor_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="panelarea",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor__isnull", True), models.Q(("successor", models.F("id")), _negated=True), _connector="OR"
                ),
                name="panel_area_not_own_successor",
            ),
        ),
        migrations.AddField(
            model_name="absence",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="absences", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="agencies.agency"
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="agencies.agency"
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="contact_for", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="formerhomes",
            name="authority",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="homes_held_by_others",
                to="agencies.localhousingauthority",
            ),
        ),
        migrations.AddField(
            model_name="formerhomes",
            name="landlord",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="former_homes", to="agencies.agency"
            ),
        ),
        migrations.AddField(
            model_name="succession",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="successions", to="agencies.area"
            ),
        ),
        migrations.AddField(
            model_name="succession",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successions",
                to="agencies.agency",
            ),
        ),
        migrations.AddField(
            model_name="successionpart",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="succession_parts", to="agencies.agency"
            ),
        ),
        migrations.AddField(
            model_name="successionpart",
            name="succession",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="agencies.succession"
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="absence_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("user", "="),
                    (
                        models.Func(
                            models.F("starts_on"),
                            models.F("ends_on"),
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_lower=True, inclusive_upper=True
                            ),
                            function="DATERANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="absence_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                fields=("agency", "kind", "signed_on"), name="agreement_signed_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_on__isnull", True), ("expires_on__gte", models.F("signed_on")), _connector="OR"
                ),
                name="agreement_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["memorandum", "isa"])), name="agreement_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="contact_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("agency", "="),
                    ("part", "="),
                    (
                        models.Func(
                            models.F("starts_on"),
                            models.F("ends_on"),
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_lower=True, inclusive_upper=True
                            ),
                            function="DATERANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="contact_one_a_part",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("agency", "="),
                    ("user", "="),
                    (
                        models.Func(
                            models.F("starts_on"),
                            models.F("ends_on"),
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_lower=True, inclusive_upper=True
                            ),
                            function="DATERANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="contact_one_part_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("part__in", ["spoc", "deputy"])), name="contact_part_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="formerhomes",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="former_homes_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="formerhomes",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("landlord", "="),
                    ("authority", "="),
                    (
                        models.Func(
                            models.F("starts_on"),
                            models.F("ends_on"),
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_lower=True, inclusive_upper=True
                            ),
                            function="DATERANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="former_homes_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="succession_with_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True), ("successor__isnull", False), _connector="OR"
                ),
                name="succession_has_successor",
            ),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_on__isnull", True), ("successor__isnull", False), _connector="OR"),
                name="succession_done_with_successor",
            ),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_on__isnull", True), ("cancelled_on__isnull", True), _connector="OR"),
                name="succession_done_or_cancelled",
            ),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("done_on__isnull", True), ("done_on__gte", models.F("happens_on")), _connector="OR"
                ),
                name="succession_not_done_early",
            ),
        ),
        migrations.AddConstraint(
            model_name="successionpart",
            constraint=models.UniqueConstraint(fields=("succession", "agency"), name="succession_part_once"),
        ),
        migrations.AddConstraint(
            model_name="successionpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["predecessor", "beside"])), name="succession_part_known"
            ),
        ),
        *(
            AuditTable(f"agencies_{name}")
            for name in ("absence", "agreement", "contact", "formerhomes", "succession", "successionpart")
        ),
    ]
