import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.contrib.postgres.operations import (
    BtreeGistExtension,
    CreateExtension,
    CryptoExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations, models

# The application reads and writes rows of every table that the migrator makes, now and later, and
# nothing else: no TRUNCATE, no triggers, no references. The evidence takes these rights back.
PRIVILEGES = """
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO mappa_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO mappa_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mappa_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO mappa_app;
"""

NO_PRIVILEGES = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM mappa_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM mappa_app;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM mappa_app;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM mappa_app;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CryptoExtension(),
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        CreateExtension("fuzzystrmatch"),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
        migrations.CreateModel(
            name="Access",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("xact", models.BigIntegerField(verbose_name="transaction")),
                ("ordinal", models.IntegerField(verbose_name="place in the transaction")),
                ("principal_kind", models.CharField(max_length=20, verbose_name="acting as")),
                ("user_id", models.BigIntegerField(null=True, verbose_name="user")),
                ("membership_id", models.BigIntegerField(null=True, verbose_name="membership")),
                ("role", models.CharField(blank=True, max_length=40, verbose_name="role")),
                ("agent", models.CharField(blank=True, max_length=100, verbose_name="task, command or machine")),
                ("request_id", models.UUIDField(null=True, verbose_name="request")),
                ("mac_key", models.SmallIntegerField(verbose_name="number of the key")),
                ("row_mac", models.BinaryField(verbose_name="seal of the row")),
                ("kind", models.CharField(max_length=20, verbose_name="kind")),
                ("method", models.CharField(blank=True, max_length=10, verbose_name="method")),
                ("route", models.CharField(blank=True, max_length=200, verbose_name="page or command")),
                ("status", models.SmallIntegerField(null=True, verbose_name="answer")),
                ("outcome", models.CharField(max_length=10, verbose_name="outcome")),
                ("purpose", models.CharField(blank=True, max_length=100, verbose_name="purpose")),
                ("reason", models.CharField(blank=True, max_length=100, verbose_name="rule or reason")),
                (
                    "root_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="nominals"
                    ),
                ),
                (
                    "terms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BinaryField(), size=None, verbose_name="digests of the search terms"
                    ),
                ),
                ("hits", models.IntegerField(null=True, verbose_name="hits")),
            ],
            options={
                "verbose_name_plural": "accesses",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["root_ids"], name="audit_access_roots"),
                    models.Index(fields=["user_id", "-id"], name="audit_access_user"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("xact", models.BigIntegerField(verbose_name="transaction")),
                ("ordinal", models.IntegerField(verbose_name="place in the transaction")),
                ("principal_kind", models.CharField(max_length=20, verbose_name="acting as")),
                ("user_id", models.BigIntegerField(null=True, verbose_name="user")),
                ("membership_id", models.BigIntegerField(null=True, verbose_name="membership")),
                ("role", models.CharField(blank=True, max_length=40, verbose_name="role")),
                ("agent", models.CharField(blank=True, max_length=100, verbose_name="task, command or machine")),
                ("request_id", models.UUIDField(null=True, verbose_name="request")),
                ("mac_key", models.SmallIntegerField(verbose_name="number of the key")),
                ("row_mac", models.BinaryField(verbose_name="seal of the row")),
                ("table_name", models.CharField(max_length=63, verbose_name="table")),
                ("row_id", models.CharField(max_length=64, verbose_name="row")),
                ("operation", models.CharField(max_length=6, verbose_name="operation")),
                ("root_id", models.BigIntegerField(null=True, verbose_name="nominal")),
                ("compartment", models.CharField(max_length=40, verbose_name="compartment")),
                ("values", models.JSONField(null=True, verbose_name="values")),
                ("values_digest", models.BinaryField(verbose_name="digest of the values")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["root_id", "-at"], name="audit_change_root"),
                    models.Index(fields=["table_name", "row_id"], name="audit_change_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("xact", models.BigIntegerField(verbose_name="transaction")),
                ("ordinal", models.IntegerField(verbose_name="place in the transaction")),
                ("principal_kind", models.CharField(max_length=20, verbose_name="acting as")),
                ("user_id", models.BigIntegerField(null=True, verbose_name="user")),
                ("membership_id", models.BigIntegerField(null=True, verbose_name="membership")),
                ("role", models.CharField(blank=True, max_length=40, verbose_name="role")),
                ("agent", models.CharField(blank=True, max_length=100, verbose_name="task, command or machine")),
                ("request_id", models.UUIDField(null=True, verbose_name="request")),
                ("mac_key", models.SmallIntegerField(verbose_name="number of the key")),
                ("row_mac", models.BinaryField(verbose_name="seal of the row")),
                ("name", models.CharField(max_length=60, verbose_name="event")),
                ("subject_table", models.CharField(blank=True, max_length=63, verbose_name="table")),
                ("subject_id", models.CharField(blank=True, max_length=64, verbose_name="row")),
                ("root_id", models.BigIntegerField(null=True, verbose_name="nominal")),
                ("compartment", models.CharField(max_length=40, verbose_name="compartment")),
                ("facts", models.JSONField(verbose_name="facts")),
            ],
            options={
                "indexes": [models.Index(fields=["root_id", "-at"], name="audit_event_root")],
            },
        ),
    ]
