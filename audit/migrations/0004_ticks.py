from django.db import migrations

# When each of the works that go on by themselves last came to its end: one row a work, overwritten. It is no evidence
# of what happened to anybody, so nothing logs its changes.
FORWARD = """
CREATE TABLE public.audit_tick (
    name text PRIMARY KEY,
    at timestamptz NOT NULL,
    well boolean NOT NULL,
    figures jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON public.audit_tick TO mappa_app;
COMMENT ON TABLE public.audit_tick IS 'When the works that go on by themselves last ended, and how. Numbers only.';
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_clock")]

    operations = [migrations.RunSQL(FORWARD, "DROP TABLE public.audit_tick")]
