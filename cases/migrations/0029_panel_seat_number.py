"""Seats of the referral panel get a number, by which whoever has one after somebody else has the same seat.

What is recorded so far says nothing of that: each row is a seat of its own.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.constraints
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F, OuterRef, Subquery

# A vote's number is that of its seat.
VOTES_SEAT = """
ALTER TABLE cases_panelvote ADD CONSTRAINT panel_vote_number_of_its_seat
    FOREIGN KEY (seat_id, seat_number) REFERENCES cases_panelseat (id, number)
"""


def _number(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    seats, votes = apps.get_model("cases", "PanelSeat"), apps.get_model("cases", "PanelVote")
    last: dict[int, int] = {}
    for seat in seats.objects.order_by("area", "starts_on", "id"):
        last[seat.area_id] = seat.number = last.get(seat.area_id, 0) + 1
        seat.save(update_fields=["number"])
    numbers = seats.objects.filter(pk=OuterRef("seat")).values("number")
    votes.objects.update(seat_number=Subquery(numbers))
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _forget(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Backwards the columns go."""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0028_address_tenure"),
    ]

    operations = [
        migrations.AddField(
            model_name="panelseat",
            name="number",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="number of the seat"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="panelvote",
            name="seat_number",
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunPython(_number, _forget),
        migrations.RemoveConstraint(model_name="panelvote", name="panel_vote_one_a_seat"),
        migrations.AddConstraint(
            model_name="panelseat",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                name="panel_seat_one_member_at_a_time",
                expressions=[
                    ("area", "="),
                    ("number", "="),
                    (
                        models.Func(
                            F("starts_on"),
                            F("ends_on"),
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_lower=True, inclusive_upper=True
                            ),
                            function="DATERANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
            ),
        ),
        migrations.AddConstraint(
            model_name="panelseat",
            constraint=models.UniqueConstraint(fields=("id", "number"), name="panel_seat_with_its_number"),
        ),
        migrations.AddConstraint(
            model_name="panelvote",
            constraint=models.UniqueConstraint(
                fields=("referral", "round", "seat_number"), name="panel_vote_one_a_seat"
            ),
        ),
        migrations.RunSQL(VOTES_SEAT, "ALTER TABLE cases_panelvote DROP CONSTRAINT panel_vote_number_of_its_seat"),
    ]
