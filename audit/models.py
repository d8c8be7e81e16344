"""The three logs. Rows hold ids, never foreign keys: evidence outlives what it is about.

The application's database role has no right on these tables. It writes through triggers and
functions, and reads through functions that answer for one nominal or one user. The columns of
`Evidence` are filled by a trigger, whatever an INSERT says.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models


class Evidence(models.Model):
    """What every row of evidence says: when, in which transaction, by whom, and its seal.

    `xact` with `at` names the transaction; `ordinal` is the row's place among all evidence rows of
    it, from 1 without gap, so that a row taken out leaves a hole. `row_mac` is an HMAC over all
    other columns.
    """

    access_root: ClassVar[str] = "global"  # but the application can only read through functions

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("when")
    xact = models.BigIntegerField("transaction")
    ordinal = models.IntegerField("place in the transaction")
    principal_kind = models.CharField("acting as", max_length=20)
    user_id = models.BigIntegerField("user", null=True)
    membership_id = models.BigIntegerField("membership", null=True)
    role = models.CharField("role", max_length=40, blank=True)
    agent = models.CharField("task, command or machine", max_length=100, blank=True)
    request_id = models.UUIDField("request", null=True)
    mac_key = models.SmallIntegerField("number of the key")
    row_mac = models.BinaryField("seal of the row")

    class Meta:
        abstract = True


class Change(Evidence):
    """One row of one table that was inserted, updated or deleted.

    `values`: of an insert or a delete the whole row; of an update `{column: [old, new]}` for the
    changed columns; a secret column says "changed". Their digest is kept apart, so that the values
    can be erased by law and the row still be verified.
    """

    table_name = models.CharField("table", max_length=63)
    row_id = models.CharField("row", max_length=64)
    operation = models.CharField("operation", max_length=6)
    root_id = models.BigIntegerField("nominal", null=True)
    compartment = models.CharField("compartment", max_length=40)
    values = models.JSONField("values", null=True)
    values_digest = models.BinaryField("digest of the values")

    class Meta:
        indexes = [
            models.Index(fields=["root_id", "-at"], name="audit_change_root"),
            models.Index(fields=["table_name", "row_id"], name="audit_change_row"),
            models.Index(fields=["user_id", "-id"], name="audit_change_user"),
            BrinIndex(fields=["at"], name="audit_change_at", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.operation} of {self.table_name} {self.row_id}"


class Event(Evidence):
    """What a service did, in the words of the domain."""

    name = models.CharField("event", max_length=60)
    subject_table = models.CharField("table", max_length=63, blank=True)
    subject_id = models.CharField("row", max_length=64, blank=True)
    root_id = models.BigIntegerField("nominal", null=True)
    compartment = models.CharField("compartment", max_length=40)
    facts = models.JSONField("facts")

    class Meta:
        indexes = [
            models.Index(fields=["root_id", "-at"], name="audit_event_root"),
            BrinIndex(fields=["at"], name="audit_event_at", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_id}"


class Access(Evidence):
    """One page, command or task: who was shown whom, or was refused.

    `route` is the name of the page, never its address. `terms` are keyed digests of what was
    searched for. `root_ids` are the nominals shown or refused.
    """

    kind = models.CharField("kind", max_length=20)
    method = models.CharField("method", max_length=10, blank=True)
    route = models.CharField("page or command", max_length=200, blank=True)
    status = models.SmallIntegerField("answer", null=True)
    outcome = models.CharField("outcome", max_length=10)
    purpose = models.CharField("purpose", max_length=100, blank=True)
    reason = models.CharField("rule or reason", max_length=100, blank=True)
    root_ids = ArrayField(models.BigIntegerField(), verbose_name="nominals")
    terms = ArrayField(models.BinaryField(), verbose_name="digests of the search terms")
    hits = models.IntegerField("hits", null=True)

    class Meta:
        indexes = [
            GinIndex(fields=["root_ids"], name="audit_access_roots"),
            models.Index(fields=["user_id", "-id"], name="audit_access_user"),
            BrinIndex(fields=["at"], name="audit_access_at", autosummarize=True),
        ]
        verbose_name_plural = "accesses"

    def __str__(self) -> str:
        return f"{self.kind} {self.route}"
