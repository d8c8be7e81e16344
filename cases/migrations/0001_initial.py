import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import rules.vocabulary


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0002_evidence"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Nominal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("family_name", models.CharField(max_length=100, verbose_name="surname or only name")),
                ("given_names", models.CharField(blank=True, max_length=100)),
                (
                    "date_of_birth",
                    models.DateField(
                        blank=True, help_text="Empty means unknown (R1).", null=True, verbose_name="date of birth"
                    ),
                ),
                (
                    "sex",
                    models.CharField(
                        choices=[("male", "Male"), ("female", "Female"), ("other", "Other"), ("unknown", "Not known")],
                        default=rules.vocabulary.Sex["UNKNOWN"],
                        max_length=10,
                    ),
                ),
                (
                    "handling",
                    models.CharField(
                        choices=[("ordinary", "Ordinary"), ("restricted", "Restricted"), ("category_4", "Category 4")],
                        default=rules.vocabulary.Handling["ORDINARY"],
                        max_length=12,
                    ),
                ),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, help_text="Rises with every change, so that no edit is lost."
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="nominals", to="agencies.area"
                    ),
                ),
                (
                    "panel_area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nominals",
                        to="agencies.panelarea",
                    ),
                ),
            ],
            options={
                "verbose_name": "nominal",
                "permissions": [("take_part", "Takes part in the case")],
            },
        ),
        migrations.CreateModel(
            name="NamedOfficerSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="named_cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "nominal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="named_officers", to="cases.nominal"
                    ),
                ),
            ],
            options={
                "verbose_name": "named officer",
            },
        ),
        migrations.CreateModel(
            name="LevelSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("not_set", "Level not yet set"),
                            ("1", "Level 1"),
                            ("2", "Level 2"),
                            ("3", "Level 3"),
                        ],
                        max_length=8,
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "decided_by",
                    models.CharField(
                        choices=[
                            ("status_opened", "Status opened, level not yet set"),
                            ("screening", "Screening by the lead agency"),
                            ("referral_panel", "Acceptance of a referral"),
                            ("meeting", "Meeting decision"),
                            ("chair_urgent", "Chair's urgent decision"),
                            ("last_ground_ended", "Last ground ended"),
                            ("death", "Died"),
                            ("transfer", "Accepted transfer"),
                            ("voided", "Ground voided"),
                            ("imported", "Brought in from an earlier register"),
                        ],
                        max_length=18,
                    ),
                ),
                ("decision", models.CharField(blank=True, max_length=60)),
                ("reason", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "nominal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="levels", to="cases.nominal"
                    ),
                ),
            ],
            options={
                "verbose_name": "level",
            },
        ),
        migrations.CreateModel(
            name="LeadAgencySpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="led_cases", to="agencies.agency"
                    ),
                ),
                (
                    "nominal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lead_agencies", to="cases.nominal"
                    ),
                ),
            ],
            options={
                "verbose_name": "lead agency",
                "verbose_name_plural": "lead agencies",
            },
        ),
        migrations.CreateModel(
            name="KeyDate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sentence", "Sentenced"),
                            ("earliest_release", "Earliest release"),
                            ("release", "Release"),
                            ("parole_hearing", "Parole hearing"),
                            ("tribunal", "Mental health tribunal"),
                            ("hospital_discharge", "Discharge from hospital"),
                            ("licence_end", "Licence ends"),
                            ("sentence_end", "Sentence ends"),
                            ("order_end", "Order ends"),
                        ],
                        max_length=18,
                    ),
                ),
                ("falls_on", models.DateField(verbose_name="date")),
                ("certain", models.BooleanField(default=False, verbose_name="confirmed")),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "nominal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="key_dates", to="cases.nominal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Identifier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pnc", "PNC ID"),
                            ("cro", "CRO number"),
                            ("noms", "Prison (NOMS) number"),
                            ("crn", "Probation case reference (CRN)"),
                            ("nhs", "NHS number"),
                            ("visor", "ViSOR reference"),
                        ],
                        max_length=8,
                    ),
                ),
                ("value", models.CharField(help_text="As it was typed.", max_length=40)),
                ("normalised", models.CharField(help_text="Canonical form, by which it is found.", max_length=40)),
                (
                    "valid",
                    models.BooleanField(
                        help_text="Its format and check character are right; otherwise shown as unverified (R2)."
                    ),
                ),
                (
                    "nominal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="identifiers", to="cases.nominal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "user",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="exclusions", to="cases.nominal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseParticipation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("lead", "Leads the case"),
                            ("named_officer", "Named officer"),
                            ("named_reader", "Named reader of a restricted record"),
                            ("sample", "Reviewer's sample"),
                            ("grant", "Opened by the unit"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "granted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group")),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="participations", to="cases.nominal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("alias", "Alias"), ("nickname", "Nickname"), ("former", "Former name")],
                        default=rules.vocabulary.AliasKind["ALIAS"],
                        max_length=10,
                    ),
                ),
                ("family_name", models.CharField(max_length=100, verbose_name="surname or only name")),
                ("given_names", models.CharField(blank=True, max_length=100)),
                (
                    "nominal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="aliases", to="cases.nominal"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "aliases",
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("no_fixed_abode", models.BooleanField(default=False)),
                ("lines", models.CharField(blank=True, max_length=300, verbose_name="address")),
                ("postcode", models.CharField(blank=True, max_length=10)),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "closest_links",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.localhousingauthority",
                        verbose_name="area of closest links",
                    ),
                ),
                (
                    "nominal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="addresses", to="cases.nominal"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "addresses",
            },
        ),
        migrations.CreateModel(
            name="Obligation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("review_2_3", "Level 2 or 3 review")], max_length=30)),
                (
                    "subject",
                    models.CharField(blank=True, help_text="What of the owner it is about, as kind:id.", max_length=60),
                ),
                ("triggered_on", models.DateField()),
                ("due_on", models.DateField(blank=True, null=True)),
                ("works_to", models.DateField(blank=True, null=True)),
                ("met_on", models.DateField(blank=True, null=True)),
                ("cancelled_on", models.DateField(blank=True, null=True)),
                ("rule", models.CharField(max_length=60)),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="agencies.area",
                    ),
                ),
                (
                    "nominal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="obligations",
                        to="cases.nominal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PersonalGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("lead", "Leads the case"),
                            ("named_officer", "Named officer"),
                            ("named_reader", "Named reader of a restricted record"),
                            ("sample", "Reviewer's sample"),
                            ("grant", "Opened by the unit"),
                        ],
                        max_length=16,
                    ),
                ),
                ("named_reader", models.BooleanField(default=False, help_text="Opens a restricted case (R100).")),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="personal_grants", to="cases.nominal"
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="QualifyingMeeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_on", models.DateField()),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("not_set", "Level not yet set"),
                            ("1", "Level 1"),
                            ("2", "Level 2"),
                            ("3", "Level 3"),
                        ],
                        max_length=8,
                    ),
                ),
                ("next_on", models.DateField(blank=True, null=True, verbose_name="next date set by the chair")),
                (
                    "source",
                    models.CharField(
                        blank=True, help_text="Key of the meeting, or where it was brought from.", max_length=60
                    ),
                ),
                (
                    "nominal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="qualifying_meetings",
                        to="cases.nominal",
                    ),
                ),
            ],
            options={
                "ordering": ["held_on"],
            },
        ),
        migrations.CreateModel(
            name="QualifyingOffence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("provision", models.CharField(max_length=120)),
                (
                    "part",
                    models.CharField(help_text="Murder, Schedule 15 Part 1 or 2, or section 327(4A).", max_length=20),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="offence_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Ground",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("notification", "Sexual offence notification requirement"),
                            ("qualifying_disposal", "Specified offence with a qualifying disposal"),
                            ("other_dangerous", "Other dangerous person (a decision)"),
                            ("terrorist_notification", "Terrorist notification requirement"),
                            (
                                "terrorist_disposal",
                                "Terrorist or terrorist-connected offence with a qualifying disposal",
                            ),
                            ("terrorism_risk", "Risk of involvement in terrorism-related activity (a decision)"),
                        ],
                        max_length=22,
                    ),
                ),
                ("offence_text", models.CharField(blank=True, max_length=200, verbose_name="offence in words")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("conviction", "Conviction"),
                            ("caution", "Caution"),
                            ("insanity", "Not guilty by reason of insanity"),
                            ("disability", "Unfit to stand trial, and did the act"),
                            ("reprimand_or_warning", "Reprimand or warning"),
                            ("order", "Civil order only"),
                        ],
                        max_length=22,
                    ),
                ),
                (
                    "outcome_on",
                    models.DateField(
                        blank=True, null=True, verbose_name="date of conviction, caution, finding or order"
                    ),
                ),
                ("service_court", models.BooleanField(default=False, verbose_name="convicted by a service court")),
                (
                    "terrorist_offence",
                    models.BooleanField(default=False, verbose_name="terrorist offence, or found terrorist-connected"),
                ),
                (
                    "order",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No order"),
                            ("shpo", "Sexual harm prevention order"),
                            ("sopo", "Sexual offences prevention order"),
                            ("notification_order", "Notification order"),
                            ("sro_breach", "Breach of a sexual risk order"),
                        ],
                        max_length=20,
                    ),
                ),
                ("order_ends_on", models.DateField(blank=True, null=True, verbose_name="order ends")),
                (
                    "disposal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("imprisonment", "Imprisonment"),
                            ("suspended_imprisonment", "Suspended sentence"),
                            ("yoi_detention", "Detention in a young offender institution"),
                            ("dto", "Detention and training order"),
                            ("detention_250", "Detention under section 250 or 252A"),
                            ("detention_hmp", "Detention at His Majesty's pleasure"),
                            ("extended", "Extended sentence"),
                            ("detention_public_protection", "Detention for public protection"),
                            ("ipp", "Imprisonment for public protection"),
                            ("life", "Life sentence or custody for life"),
                            ("hospital_order", "Hospital order"),
                            ("hospital_order_restricted", "Hospital order with restriction order"),
                            ("guardianship", "Guardianship order"),
                            ("community_order", "Community order"),
                            ("youth_rehabilitation_order", "Youth rehabilitation order"),
                            ("conditional_discharge", "Conditional discharge"),
                            ("fine", "Fine"),
                            ("caution", "Caution"),
                            ("other", "Other"),
                        ],
                        max_length=32,
                    ),
                ),
                ("disposal_on", models.DateField(blank=True, null=True, verbose_name="date of sentence or disposal")),
                (
                    "term_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="length in months"),
                ),
                ("term_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="and days")),
                (
                    "total_of_consecutive_terms",
                    models.BooleanField(
                        default=False, verbose_name="12 months is reached only by adding consecutive shorter terms"
                    ),
                ),
                (
                    "legal_confirmation",
                    models.CharField(
                        blank=True,
                        help_text="Needed for added terms (R16).",
                        max_length=150,
                        verbose_name="confirmed by (name and role)",
                    ),
                ),
                (
                    "finding_capacity",
                    models.TextField(blank=True, verbose_name="why the offence shows a capacity for serious harm"),
                ),
                (
                    "finding_current",
                    models.TextField(
                        blank=True, verbose_name="why they may now cause serious harm that needs several agencies"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                (
                    "ends_on",
                    models.DateField(blank=True, help_text="Empty means indefinite.", null=True, verbose_name="to"),
                ),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("licence_ended", "Licence ended"),
                            ("order_ended", "Order ended"),
                            ("notification_expired", "Notification period ended"),
                            ("notification_revoked", "Notification requirement revoked on review"),
                            ("discharged_hospital", "Discharged from the hospital or guardianship order"),
                            ("level_2_3_ended", "Level 2 or 3 management ended"),
                            ("superseded", "An automatic ground took its place"),
                            ("death", "Died"),
                            ("transferred", "Transferred to another area"),
                            ("other", "Other"),
                        ],
                        max_length=22,
                    ),
                ),
                (
                    "end_confirmed",
                    models.BooleanField(
                        default=False,
                        help_text="A proposed end date is not yet confirmed (R21).",
                        verbose_name="end date confirmed by an officer",
                    ),
                ),
                (
                    "end_superintendent",
                    models.CharField(
                        blank=True,
                        help_text="Needed when indefinite notification is revoked on review (R22).",
                        max_length=150,
                        verbose_name="Superintendent who decided",
                    ),
                ),
                ("voided_on", models.DateField(blank=True, null=True)),
                ("void_reason", models.CharField(blank=True, max_length=300)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "nominal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="grounds", to="cases.nominal"
                    ),
                ),
                (
                    "offence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grounds",
                        to="cases.qualifyingoffence",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WhereaboutsSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("community", "In the community"),
                            ("approved_premises", "Approved premises"),
                            ("custody", "In custody"),
                            ("remand", "Remanded in custody"),
                            ("recalled", "Recalled to custody"),
                            ("hospital", "Detained in hospital"),
                            ("hospital_leave", "On leave from hospital"),
                            ("immigration_detention", "Immigration detention"),
                            ("unlawfully_at_large", "Unlawfully at large"),
                            ("abroad", "Abroad"),
                            ("dead", "Dead"),
                        ],
                        max_length=22,
                    ),
                ),
                ("place", models.CharField(blank=True, help_text="Prison, hospital or hostel.", max_length=200)),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "nominal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="whereabouts", to="cases.nominal"
                    ),
                ),
            ],
            options={
                "verbose_name": "whereabouts",
                "verbose_name_plural": "whereabouts",
            },
        ),
        migrations.AddIndex(
            model_name="nominal",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper(
                        models.Func(
                            models.F("family_name"),
                            models.Value(" "),
                            models.F("given_names"),
                            arg_joiner=" || ",
                            template="(%(expressions)s)",
                        )
                    ),
                    name="gin_trgm_ops",
                ),
                name="nominal_name_trigram",
            ),
        ),
        migrations.AddIndex(
            model_name="nominal",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(models.F("family_name"), function="daitch_mokotoff"), name="nominal_family_sound"
            ),
        ),
        migrations.AddIndex(
            model_name="nominal",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(models.F("given_names"), function="daitch_mokotoff"), name="nominal_given_sound"
            ),
        ),
        migrations.AddIndex(
            model_name="nominal",
            index=models.Index(fields=["area", "family_name", "given_names", "id"], name="nominal_area_name"),
        ),
        migrations.AddIndex(
            model_name="nominal",
            index=models.Index(fields=["date_of_birth"], name="nominal_birth"),
        ),
        migrations.AddIndex(
            model_name="nominal",
            index=models.Index(fields=["panel_area"], name="nominal_panel_area"),
        ),
        migrations.AddConstraint(
            model_name="nominal",
            constraint=models.CheckConstraint(
                condition=models.Q(("family_name", ""), _negated=True), name="nominal_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="nominal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "handling__in",
                        [
                            rules.vocabulary.Handling["ORDINARY"],
                            rules.vocabulary.Handling["RESTRICTED"],
                            rules.vocabulary.Handling["CATEGORY_4"],
                        ],
                    )
                ),
                name="nominal_handling_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="nominal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "sex__in",
                        [
                            rules.vocabulary.Sex["MALE"],
                            rules.vocabulary.Sex["FEMALE"],
                            rules.vocabulary.Sex["OTHER"],
                            rules.vocabulary.Sex["UNKNOWN"],
                        ],
                    )
                ),
                name="nominal_sex_known",
            ),
        ),
        migrations.AddIndex(
            model_name="namedofficerspan",
            index=models.Index(fields=["officer", "starts_on"], name="named_officer_person"),
        ),
        migrations.AddConstraint(
            model_name="namedofficerspan",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="named_officer_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="namedofficerspan",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("nominal", "="),
                    ("agency", "="),
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
                name="named_officer_one_an_agency",
            ),
        ),
        migrations.AddIndex(
            model_name="levelspan",
            index=models.Index(fields=["nominal", "starts_on"], name="level_nominal"),
        ),
        migrations.AddIndex(
            model_name="levelspan",
            index=models.Index(fields=["level", "starts_on"], name="level_level"),
        ),
        migrations.AddConstraint(
            model_name="levelspan",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="level_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="levelspan",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("nominal", "="),
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
                name="level_one_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="levelspan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "level__in",
                        [
                            rules.vocabulary.Level["NOT_SET"],
                            rules.vocabulary.Level["ONE"],
                            rules.vocabulary.Level["TWO"],
                            rules.vocabulary.Level["THREE"],
                        ],
                    )
                ),
                name="level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="levelspan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "decided_by__in",
                        [
                            rules.vocabulary.DecidingBody["STATUS_OPENED"],
                            rules.vocabulary.DecidingBody["SCREENING"],
                            rules.vocabulary.DecidingBody["REFERRAL_PANEL"],
                            rules.vocabulary.DecidingBody["MEETING"],
                            rules.vocabulary.DecidingBody["CHAIR_URGENT"],
                            rules.vocabulary.DecidingBody["LAST_GROUND_ENDED"],
                            rules.vocabulary.DecidingBody["DEATH"],
                            rules.vocabulary.DecidingBody["TRANSFER"],
                            rules.vocabulary.DecidingBody["VOIDED"],
                            rules.vocabulary.DecidingBody["IMPORTED"],
                        ],
                    )
                ),
                name="level_body_known",
            ),
        ),
        migrations.AddIndex(
            model_name="leadagencyspan",
            index=models.Index(fields=["nominal", "starts_on"], name="lead_agency_nominal"),
        ),
        migrations.AddConstraint(
            model_name="leadagencyspan",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="lead_agency_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="leadagencyspan",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("nominal", "="),
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
                name="lead_agency_one_a_day",
            ),
        ),
        migrations.AddIndex(
            model_name="keydate",
            index=models.Index(fields=["falls_on"], name="key_date_falls_on"),
        ),
        migrations.AddConstraint(
            model_name="keydate",
            constraint=models.UniqueConstraint(fields=("nominal", "kind"), name="key_date_one_of_a_kind"),
        ),
        migrations.AddConstraint(
            model_name="keydate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            rules.vocabulary.KeyDateKind["SENTENCE"],
                            rules.vocabulary.KeyDateKind["EARLIEST_RELEASE"],
                            rules.vocabulary.KeyDateKind["RELEASE"],
                            rules.vocabulary.KeyDateKind["PAROLE_HEARING"],
                            rules.vocabulary.KeyDateKind["TRIBUNAL"],
                            rules.vocabulary.KeyDateKind["HOSPITAL_DISCHARGE"],
                            rules.vocabulary.KeyDateKind["LICENCE_END"],
                            rules.vocabulary.KeyDateKind["SENTENCE_END"],
                            rules.vocabulary.KeyDateKind["ORDER_END"],
                        ],
                    )
                ),
                name="key_date_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="identifier",
            index=models.Index(fields=["normalised", "kind"], name="identifier_normalised"),
        ),
        migrations.AddConstraint(
            model_name="identifier",
            constraint=models.UniqueConstraint(
                fields=("nominal", "kind", "normalised"), name="identifier_once_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="identifier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            rules.vocabulary.IdentifierKind["PNC"],
                            rules.vocabulary.IdentifierKind["CRO"],
                            rules.vocabulary.IdentifierKind["NOMS"],
                            rules.vocabulary.IdentifierKind["CRN"],
                            rules.vocabulary.IdentifierKind["NHS"],
                            rules.vocabulary.IdentifierKind["VISOR"],
                        ],
                    )
                ),
                name="identifier_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="identifier",
            constraint=models.CheckConstraint(
                condition=models.Q(("normalised", ""), _negated=True), name="identifier_not_empty"
            ),
        ),
        migrations.AddIndex(
            model_name="exclusion",
            index=models.Index(fields=["user", "nominal"], name="exclusion_user_nominal"),
        ),
        migrations.AddConstraint(
            model_name="exclusion",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="exclusion_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="exclusion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agency__isnull", True), ("user__isnull", False)),
                    models.Q(("agency__isnull", False), ("user__isnull", True)),
                    _connector="OR",
                ),
                name="exclusion_one_holder",
            ),
        ),
        migrations.AddConstraint(
            model_name="exclusion",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="exclusion_with_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="exclusion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("user__isnull", False)),
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("nominal", "="),
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
                name="exclusion_user_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="exclusion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("agency__isnull", False)),
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("nominal", "="),
                    ("agency", "="),
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
                name="exclusion_agency_once",
            ),
        ),
        migrations.AddIndex(
            model_name="caseparticipation",
            index=models.Index(fields=["group", "content_object"], name="participation_group"),
        ),
        migrations.AddConstraint(
            model_name="caseparticipation",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="participation_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseparticipation",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("group", "="),
                    ("permission", "="),
                    ("content_object", "="),
                    ("source", "="),
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
                name="participation_once",
            ),
        ),
        migrations.AddIndex(
            model_name="alias",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper(
                        models.Func(
                            models.F("family_name"),
                            models.Value(" "),
                            models.F("given_names"),
                            arg_joiner=" || ",
                            template="(%(expressions)s)",
                        )
                    ),
                    name="gin_trgm_ops",
                ),
                name="alias_name_trigram",
            ),
        ),
        migrations.AddIndex(
            model_name="alias",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(models.F("family_name"), function="daitch_mokotoff"), name="alias_family_sound"
            ),
        ),
        migrations.AddConstraint(
            model_name="alias",
            constraint=models.UniqueConstraint(
                fields=("nominal", "kind", "family_name", "given_names"), name="alias_once_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="alias",
            constraint=models.CheckConstraint(
                condition=models.Q(("family_name", ""), _negated=True), name="alias_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="alias",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            rules.vocabulary.AliasKind["ALIAS"],
                            rules.vocabulary.AliasKind["NICKNAME"],
                            rules.vocabulary.AliasKind["FORMER_NAME"],
                        ],
                    )
                ),
                name="alias_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="address",
            index=models.Index(fields=["postcode"], name="address_postcode"),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="address_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closest_links__isnull", False), ("lines", ""), ("no_fixed_abode", True)),
                    models.Q(("no_fixed_abode", False), models.Q(("lines", ""), _negated=True)),
                    _connector="OR",
                ),
                name="address_or_no_fixed_abode",
                violation_error_message="Give an address, or no fixed abode with the area of closest links (R6).",
            ),
        ),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(
                condition=models.Q(("cancelled_on__isnull", True), ("met_on__isnull", True)),
                fields=["due_on"],
                name="obligation_open_due",
            ),
        ),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(fields=["nominal", "kind"], name="obligation_nominal"),
        ),
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agency__isnull", True), ("area__isnull", True), ("nominal__isnull", False)),
                    models.Q(("agency__isnull", False), ("area__isnull", True), ("nominal__isnull", True)),
                    models.Q(("agency__isnull", True), ("area__isnull", False), ("nominal__isnull", True)),
                    _connector="OR",
                ),
                name="obligation_one_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.UniqueConstraint(
                fields=("nominal", "agency", "area", "kind", "subject", "triggered_on"),
                name="obligation_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.CheckConstraint(
                condition=models.Q(("met_on__isnull", True), ("cancelled_on__isnull", True), _connector="OR"),
                name="obligation_met_or_cancelled",
            ),
        ),
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_on__isnull", True), ("due_on__gte", models.F("triggered_on")), _connector="OR"
                ),
                name="obligation_due_after_trigger",
            ),
        ),
        migrations.AddIndex(
            model_name="personalgrant",
            index=models.Index(fields=["user", "content_object"], name="personal_grant_user"),
        ),
        migrations.AddConstraint(
            model_name="personalgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="personal_grant_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="personalgrant",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("user", "="),
                    ("permission", "="),
                    ("content_object", "="),
                    ("source", "="),
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
                name="personal_grant_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="qualifyingmeeting",
            constraint=models.UniqueConstraint(fields=("nominal", "held_on"), name="qualifying_meeting_one_a_day"),
        ),
        migrations.AddConstraint(
            model_name="qualifyingmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", [rules.vocabulary.Level["TWO"], rules.vocabulary.Level["THREE"]])),
                name="qualifying_meeting_level_2_or_3",
            ),
        ),
        migrations.AddConstraint(
            model_name="qualifyingmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_on__isnull", True), ("next_on__gt", models.F("held_on")), _connector="OR"),
                name="qualifying_meeting_next_later",
            ),
        ),
        migrations.AddIndex(
            model_name="ground",
            index=models.Index(fields=["nominal", "starts_on"], name="ground_nominal"),
        ),
        migrations.AddIndex(
            model_name="ground",
            index=models.Index(condition=models.Q(("voided_on__isnull", True)), fields=["ends_on"], name="ground_ends"),
        ),
        migrations.AddConstraint(
            model_name="ground",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="ground_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="ground",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            rules.vocabulary.GroundKind["NOTIFICATION"],
                            rules.vocabulary.GroundKind["QUALIFYING_DISPOSAL"],
                            rules.vocabulary.GroundKind["OTHER_DANGEROUS"],
                            rules.vocabulary.GroundKind["TERRORIST_NOTIFICATION"],
                            rules.vocabulary.GroundKind["TERRORIST_DISPOSAL"],
                            rules.vocabulary.GroundKind["TERRORISM_RISK"],
                        ],
                    )
                ),
                name="ground_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ground",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_reason", ""), ("voided_on__isnull", True)),
                    models.Q(("voided_on__isnull", False), models.Q(("void_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="ground_voided_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="ground",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("voided_on__isnull", True)),
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("nominal", "="),
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
                    (
                        models.Case(
                            models.When(kind=rules.vocabulary.GroundKind["OTHER_DANGEROUS"], then=models.Value(1)),
                            default=models.Value(0),
                            output_field=models.IntegerField(),
                        ),
                        "<>",
                    ),
                ],
                name="ground_category_3_stands_alone",
            ),
        ),
        migrations.AddIndex(
            model_name="whereaboutsspan",
            index=models.Index(fields=["nominal", "starts_on"], name="whereabouts_nominal"),
        ),
        migrations.AddConstraint(
            model_name="whereaboutsspan",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="whereabouts_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="whereaboutsspan",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    ("nominal", "="),
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
                name="whereabouts_one_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="whereaboutsspan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            rules.vocabulary.Whereabouts["COMMUNITY"],
                            rules.vocabulary.Whereabouts["APPROVED_PREMISES"],
                            rules.vocabulary.Whereabouts["CUSTODY"],
                            rules.vocabulary.Whereabouts["REMAND"],
                            rules.vocabulary.Whereabouts["RECALLED"],
                            rules.vocabulary.Whereabouts["HOSPITAL"],
                            rules.vocabulary.Whereabouts["HOSPITAL_LEAVE"],
                            rules.vocabulary.Whereabouts["IMMIGRATION_DETENTION"],
                            rules.vocabulary.Whereabouts["UNLAWFULLY_AT_LARGE"],
                            rules.vocabulary.Whereabouts["ABROAD"],
                            rules.vocabulary.Whereabouts["DEAD"],
                        ],
                    )
                ),
                name="whereabouts_kind_known",
            ),
        ),
    ]
