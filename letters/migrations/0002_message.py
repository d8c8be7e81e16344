import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from audit.triggers import AuditTable


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(max_length=40, verbose_name="kind")),
                ("event_key", models.CharField(max_length=80, verbose_name="event")),
                ("subject_id", models.BigIntegerField(verbose_name="about")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("claimed", "Being sent"),
                            ("sent", "Sent"),
                            ("maybe_sent", "Maybe sent"),
                            ("failed", "Not sent"),
                            ("withdrawn", "No longer wanted"),
                            ("left", "Left as it is"),
                        ],
                        default="waiting",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "posted_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="posted at"
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="not before"
                    ),
                ),
                ("lease_ends_at", models.DateTimeField(null=True, verbose_name="claimed until")),
                ("handed_at", models.DateTimeField(null=True, verbose_name="handed to the mail server at")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled at")),
                ("fault", models.CharField(blank=True, max_length=60, verbose_name="last failure")),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "claimed"])), fields=["due_at"], name="message_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("event_key", "recipient"), name="message_once_an_event"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "claimed", "sent", "maybe_sent", "failed", "withdrawn", "left"])
                        ),
                        name="message_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_ends_at__isnull", False), ("state", "claimed")),
                            models.Q(models.Q(("state", "claimed"), _negated=True), ("lease_ends_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="message_claimed_with_lease",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("state__in", ["waiting", "claimed"])),
                            models.Q(
                                models.Q(("state__in", ["waiting", "claimed"]), _negated=True),
                                ("settled_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="message_settled_with_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("event_key", ""), _negated=True), models.Q(("kind", ""), _negated=True)
                        ),
                        name="message_names_its_event",
                    ),
                ],
            },
        ),
        AuditTable("letters_message"),
    ]
