from django.db import migrations

# The day that a demonstration or a test pretends it is: one row, or none. Read by mappa.clock there and nowhere else;
# a system check refuses an installation with real records in which it has a row.
FORWARD = """
CREATE TABLE public.mappa_clock (
    id smallint PRIMARY KEY CHECK (id = 1),
    today date NOT NULL
);
COMMENT ON TABLE public.mappa_clock IS 'The pretended day of a demonstration or a test. Empty everywhere else.';
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_evidence")]

    operations = [migrations.RunSQL(FORWARD, "DROP TABLE public.mappa_clock")]
