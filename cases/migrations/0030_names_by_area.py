"""Names are looked up within an area, so the area stands in their index; and what is added stands in it at once."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0012_role_offer_manages"),
        ("cases", "0029_panel_seat_number"),
    ]

    operations = [
        BtreeGinExtension(),
        migrations.RemoveIndex(
            model_name="address",
            name="address_lines_trigram",
        ),
        migrations.RemoveIndex(
            model_name="alias",
            name="alias_name_trigram",
        ),
        migrations.RemoveIndex(
            model_name="alias",
            name="alias_family_sound",
        ),
        migrations.RemoveIndex(
            model_name="nominal",
            name="nominal_name_trigram",
        ),
        migrations.RemoveIndex(
            model_name="nominal",
            name="nominal_family_sound",
        ),
        migrations.RemoveIndex(
            model_name="nominal",
            name="nominal_given_sound",
        ),
        migrations.AddIndex(
            model_name="address",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("lines"), name="gin_trgm_ops"
                ),
                fastupdate=False,
                name="address_lines_trigram",
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
                fastupdate=False,
                name="alias_name_trigram",
            ),
        ),
        migrations.AddIndex(
            model_name="alias",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(models.F("family_name"), function="daitch_mokotoff"),
                fastupdate=False,
                name="alias_family_sound",
            ),
        ),
        migrations.AddIndex(
            model_name="nominal",
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
                name="nominal_area_trigram",
            ),
        ),
        migrations.AddIndex(
            model_name="nominal",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(models.F("family_name"), function="daitch_mokotoff"),
                fastupdate=False,
                name="nominal_family_sound",
            ),
        ),
        migrations.AddIndex(
            model_name="nominal",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(models.F("given_names"), function="daitch_mokotoff"),
                fastupdate=False,
                name="nominal_given_sound",
            ),
        ),
    ]
