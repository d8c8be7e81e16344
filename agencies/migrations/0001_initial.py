import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        # Extensions, and the rights of the application on every table made from here on.
        ("audit", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail address")),
                ("given_name", models.CharField(blank=True, max_length=100)),
                ("family_name", models.CharField(max_length=100)),
                ("is_active", models.BooleanField(default=True, verbose_name="can sign in")),
                ("category_4", models.BooleanField(default=False, verbose_name="cleared for Category 4")),
            ],
            options={
                "ordering": ["family_name", "given_name", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", django.db.models.functions.text.Lower("email")),
                            models.Q(("email", ""), _negated=True),
                        ),
                        name="user_email_in_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("family_name", ""), _negated=True), name="user_has_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Area",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=100, unique=True)),
                (
                    "starts_on",
                    models.DateField(
                        help_text="From this day the area works with this system. What was triggered before is brought forward (R106).",
                        verbose_name="start date",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True), models.Q(("slug", ""), _negated=True)
                        ),
                        name="area_has_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LocalHousingAuthority",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("replaced_on", models.DateField(blank=True, null=True, verbose_name="to be replaced on")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="housing_authorities",
                        to="agencies.area",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="agencies.localhousingauthority",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "local housing authorities",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Agency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("slug", models.SlugField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("police", "Police"),
                            ("probation", "Probation"),
                            ("prison", "Prison"),
                            ("youth_justice", "Youth justice"),
                            ("dwp", "Work and pensions"),
                            ("nhs_england", "NHS England"),
                            ("children_services", "Children's services"),
                            ("adult_care", "Adult social care"),
                            ("education", "Education"),
                            ("public_health", "Public health"),
                            ("housing_authority", "Housing authority"),
                            ("social_landlord", "Social landlord"),
                            ("health_board", "Integrated care board or Local Health Board"),
                            ("health_trust", "NHS trust"),
                            ("electronic_monitoring", "Electronic monitoring provider"),
                            ("immigration", "Immigration"),
                            ("counter_terrorism", "Counter terrorism"),
                            ("armed_forces", "Armed forces"),
                            ("inspectorate", "Inspectorate"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "duty",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ra", "Responsible Authority"),
                            ("a", "(a) youth offending team"),
                            ("b", "(b) social security, child support, war pensions, employment and training"),
                            ("ba", "(ba) NHS England"),
                            ("c", "(c) local authority: education and social services"),
                            ("d", "(d) local housing authority"),
                            ("da", "(da) local authority: public health"),
                            ("e", "(e) private registered provider of social housing or registered social landlord"),
                            ("f", "(f) health authority"),
                            ("g", "(g) integrated care board or Local Health Board"),
                            ("h", "(h) NHS trust"),
                            ("i", "(i) electronic monitoring provider"),
                            ("j", "(j) immigration and border functions"),
                            ("", "No duty to co-operate"),
                        ],
                        max_length=2,
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="takes part")),
                (
                    "group",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agency", to="auth.group"
                    ),
                ),
                (
                    "part_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="teams",
                        to="agencies.agency",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agencies", to="agencies.area"
                    ),
                ),
                (
                    "housing_authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agencies",
                        to="agencies.localhousingauthority",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "agencies",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("coordinator", "MAPPA coordinator"),
                            ("administrator", "MAPPA unit administrator"),
                            ("panel_member", "Referral panel member"),
                            ("chair", "Chair"),
                            ("practitioner", "Practitioner"),
                            ("spoc", "Single point of contact"),
                            ("vlo", "Victim liaison officer"),
                            ("smb_member", "Strategic management board member"),
                            ("lay_adviser", "Lay adviser"),
                            ("information_governance", "Information governance"),
                            ("reviewer", "Reviewer"),
                            ("system_administrator", "System administrator"),
                        ],
                        max_length=24,
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="agencies.agency"
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="agencies.area"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PanelArea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("slug", models.SlugField(max_length=60)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="panel_areas", to="agencies.area"
                    ),
                ),
                (
                    "housing_authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="panel_areas",
                        to="agencies.localhousingauthority",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ParameterOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60)),
                ("value", models.JSONField()),
                ("holds_from", models.DateField()),
                ("reason", models.CharField(max_length=300)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parameters", to="agencies.area"
                    ),
                ),
            ],
            options={
                "ordering": ["key", "holds_from"],
            },
        ),
        migrations.AddConstraint(
            model_name="localhousingauthority",
            constraint=models.UniqueConstraint(fields=("area", "name"), name="housing_authority_once_an_area"),
        ),
        migrations.AddConstraint(
            model_name="localhousingauthority",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="housing_authority_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="localhousingauthority",
            constraint=models.CheckConstraint(
                condition=models.Q(("successor__isnull", True), ("replaced_on__isnull", False), _connector="OR"),
                name="housing_authority_successor_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="localhousingauthority",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor__isnull", True), models.Q(("successor", models.F("id")), _negated=True), _connector="OR"
                ),
                name="housing_authority_not_own_successor",
            ),
        ),
        migrations.AddConstraint(
            model_name="agency",
            constraint=models.UniqueConstraint(fields=("area", "name"), name="agency_name_once_an_area"),
        ),
        migrations.AddConstraint(
            model_name="agency",
            constraint=models.UniqueConstraint(fields=("area", "slug"), name="agency_slug_once_an_area"),
        ),
        migrations.AddConstraint(
            model_name="agency",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("slug", ""), _negated=True)),
                name="agency_has_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="agency",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "police",
                            "probation",
                            "prison",
                            "youth_justice",
                            "dwp",
                            "nhs_england",
                            "children_services",
                            "adult_care",
                            "education",
                            "public_health",
                            "housing_authority",
                            "social_landlord",
                            "health_board",
                            "health_trust",
                            "electronic_monitoring",
                            "immigration",
                            "counter_terrorism",
                            "armed_forces",
                            "inspectorate",
                            "other",
                        ],
                    )
                ),
                name="agency_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="agency",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("duty__in", ["ra", "a", "b", "ba", "c", "d", "da", "e", "f", "g", "h", "i", "j", ""])
                ),
                name="agency_duty_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="agency",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("part_of__isnull", True), models.Q(("part_of", models.F("id")), _negated=True), _connector="OR"
                ),
                name="agency_not_part_of_itself",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["user", "starts_on"], name="membership_user"),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["area", "role"], name="membership_area_role"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="membership_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("user", "="),
                    ("agency", "="),
                    ("role", "="),
                    ("area", "="),
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
                name="membership_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "coordinator",
                            "administrator",
                            "panel_member",
                            "chair",
                            "practitioner",
                            "spoc",
                            "vlo",
                            "smb_member",
                            "lay_adviser",
                            "information_governance",
                            "reviewer",
                            "system_administrator",
                        ],
                    )
                ),
                name="membership_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="panelarea",
            constraint=models.UniqueConstraint(fields=("area", "name"), name="panel_area_name_once_an_area"),
        ),
        migrations.AddConstraint(
            model_name="panelarea",
            constraint=models.UniqueConstraint(fields=("area", "slug"), name="panel_area_slug_once_an_area"),
        ),
        migrations.AddConstraint(
            model_name="panelarea",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("slug", ""), _negated=True)),
                name="panel_area_has_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="parameteroverride",
            constraint=models.UniqueConstraint(fields=("area", "key", "holds_from"), name="parameter_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="parameteroverride",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("reason", ""), _negated=True), models.Q(("key", ""), _negated=True)),
                name="parameter_with_reason",
            ),
        ),
    ]
