"""Other names, and names that sound alike, are looked up within an area as well: another name has its person's area."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import OuterRef, Subquery

# Another name has the area of its person, also when that person moves to another.
ALIAS_AREA = """
ALTER TABLE cases_alias ADD CONSTRAINT alias_in_the_area_of_its_nominal
    FOREIGN KEY (nominal_id, area_id) REFERENCES cases_nominal (id, area_id) ON UPDATE CASCADE
    DEFERRABLE INITIALLY DEFERRED
"""


def _fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    people = apps.get_model("cases", "Nominal").objects.filter(pk=OuterRef("nominal"))
    apps.get_model("cases", "Alias").objects.update(area=Subquery(people.values("area")))
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _forget(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Backwards the column goes."""


def _sound(column: str) -> models.Func:
    return models.Func(models.F(column), function="daitch_mokotoff")


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0013_planned_hand_over"),
        ("cases", "0033_screening_corrected"),
    ]

    operations = [
        migrations.AddField(
            model_name="alias",
            name="area",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                help_text="The person's, as the database holds it to: names are looked for within an area.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agencies.area",
            ),
        ),
        migrations.RunPython(_fill, _forget),
        migrations.AlterField(
            model_name="alias",
            name="area",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                help_text="The person's, as the database holds it to: names are looked for within an area.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agencies.area",
            ),
        ),
        migrations.AddConstraint(
            model_name="nominal",
            constraint=models.UniqueConstraint(fields=("id", "area"), name="nominal_with_its_area"),
        ),
        migrations.RunSQL(ALIAS_AREA, "ALTER TABLE cases_alias DROP CONSTRAINT alias_in_the_area_of_its_nominal"),
        migrations.RemoveIndex(model_name="alias", name="alias_name_trigram"),
        migrations.RemoveIndex(model_name="alias", name="alias_family_sound"),
        migrations.RemoveIndex(model_name="nominal", name="nominal_family_sound"),
        migrations.RemoveIndex(model_name="nominal", name="nominal_given_sound"),
        migrations.AddIndex(
            model_name="alias",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("area"),
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
                fastupdate=False,
                name="alias_area_trigram",
            ),
        ),
        migrations.AddIndex(
            model_name="alias",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("area"), _sound("family_name"), fastupdate=False, name="alias_area_sound"
            ),
        ),
        migrations.AddIndex(
            model_name="nominal",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("area"), _sound("family_name"), fastupdate=False, name="nominal_area_family_sound"
            ),
        ),
        migrations.AddIndex(
            model_name="nominal",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("area"), _sound("given_names"), fastupdate=False, name="nominal_area_given_sound"
            ),
        ),
    ]
