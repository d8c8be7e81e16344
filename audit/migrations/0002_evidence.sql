-- The functions by which evidence is written and read. All belong to the audit owner, who cannot
-- sign in; the application may call some of them and has no right on the tables.

CREATE TABLE public.audit_key (
    id smallint PRIMARY KEY,
    key bytea NOT NULL CHECK (length(key) >= 32)
);
COMMENT ON TABLE public.audit_key IS 'Keys of the seals on evidence rows. The highest id is in use.';
INSERT INTO public.audit_key VALUES (1, public.gen_random_bytes(32));


-- What a seal covers. Times as microseconds: their text depends on the session's settings.

CREATE FUNCTION public.audit_body(c public.audit_change) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ROW(c.id, (extract(epoch FROM c.at) * 1000000)::bigint, c.xact, c.ordinal, c.principal_kind, c.user_id,
        c.membership_id, c.role, c.agent, c.request_id, c.mac_key, c.table_name, c.row_id, c.operation, c.root_id,
        c.compartment, encode(c.values_digest, 'hex'))::text
$$;

CREATE FUNCTION public.audit_body(e public.audit_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ROW(e.id, (extract(epoch FROM e.at) * 1000000)::bigint, e.xact, e.ordinal, e.principal_kind, e.user_id,
        e.membership_id, e.role, e.agent, e.request_id, e.mac_key, e.name, e.subject_table, e.subject_id, e.root_id,
        e.compartment, e.facts)::text
$$;

CREATE FUNCTION public.audit_body(a public.audit_access) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ROW(a.id, (extract(epoch FROM a.at) * 1000000)::bigint, a.xact, a.ordinal, a.principal_kind, a.user_id,
        a.membership_id, a.role, a.agent, a.request_id, a.mac_key, a.kind, a.method, a.route, a.status, a.outcome,
        a.purpose, a.reason, a.root_ids, (SELECT array_agg(encode(t.term, 'hex') ORDER BY t.place)
        FROM unnest(a.terms) WITH ORDINALITY AS t (term, place)), a.hits)::text
$$;

CREATE FUNCTION public.audit_setting(name text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('mappa.' || name, true), '')
$$;


-- When, in which transaction and at which place of it, by whom.

CREATE TYPE public.audit_context AS (
    at timestamptz, xact bigint, ordinal integer, principal_kind text, user_id bigint, membership_id bigint, role text,
    agent text, request_id uuid
);

CREATE FUNCTION public.audit_context() RETURNS public.audit_context LANGUAGE plpgsql AS $$
DECLARE
    context public.audit_context;
BEGIN
    context.at := transaction_timestamp();
    context.xact := pg_current_xact_id()::text::bigint;
    context.ordinal := coalesce(public.audit_setting('ordinal')::integer, 0) + 1;
    context.principal_kind := coalesce(public.audit_setting('principal_kind'), 'none');
    context.user_id := public.audit_setting('user_id')::bigint;
    context.membership_id := public.audit_setting('membership_id')::bigint;
    context.role := coalesce(public.audit_setting('role'), '');
    context.agent := coalesce(public.audit_setting('agent'), '');
    context.request_id := public.audit_setting('request_id')::uuid;
    RETURN context;
END
$$;


-- Fills in the context, whatever the INSERT says, and seals the row.

CREATE FUNCTION public.audit_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seal public.audit_key;
    context public.audit_context := public.audit_context();
BEGIN
    SELECT * INTO STRICT seal FROM public.audit_key ORDER BY id DESC LIMIT 1;
    NEW.at := context.at;
    NEW.xact := context.xact;
    NEW.ordinal := context.ordinal;
    NEW.principal_kind := context.principal_kind;
    NEW.user_id := context.user_id;
    NEW.membership_id := context.membership_id;
    NEW.role := context.role;
    NEW.agent := context.agent;
    NEW.request_id := context.request_id;
    NEW.mac_key := seal.id;
    IF TG_TABLE_NAME = 'audit_change' THEN
        NEW.values_digest := public.hmac(convert_to(NEW.values::text, 'UTF8'), seal.key, 'sha256');
    END IF;
    NEW.row_mac := public.hmac(convert_to(public.audit_body(NEW), 'UTF8'), seal.key, 'sha256');
    PERFORM set_config('mappa.ordinal', NEW.ordinal::text, true);
    RETURN NEW;
END
$$;

-- Many rows at once bring their seals (audit_record_change): a row trigger would take twice as long for them.
CREATE TRIGGER audit_stamp BEFORE INSERT ON public.audit_change FOR EACH ROW WHEN (NEW.row_mac IS NULL)
    EXECUTE FUNCTION public.audit_stamp();
CREATE TRIGGER audit_stamp BEFORE INSERT ON public.audit_event FOR EACH ROW EXECUTE FUNCTION public.audit_stamp();
CREATE TRIGGER audit_stamp BEFORE INSERT ON public.audit_access FOR EACH ROW EXECUTE FUNCTION public.audit_stamp();
ALTER TABLE public.audit_change ENABLE ALWAYS TRIGGER audit_stamp;
ALTER TABLE public.audit_event ENABLE ALWAYS TRIGGER audit_stamp;
ALTER TABLE public.audit_access ENABLE ALWAYS TRIGGER audit_stamp;


-- The nominal to whom a row belongs: a column of the row, then up through its parents.

CREATE FUNCTION public.audit_root(image jsonb, path text[]) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    found bigint := (image ->> path[1])::bigint;
    step text;
BEGIN
    FOREACH step IN ARRAY path[2:] LOOP
        EXIT WHEN found IS NULL;
        EXECUTE format('SELECT %I FROM public.%I WHERE id = $1', split_part(step, '.', 2), split_part(step, '.', 1))
            INTO found USING found;
    END LOOP;
    RETURN found;
END
$$;


-- The change log. Arguments: key column, path to the root, compartment, secret columns, exempt columns.

CREATE FUNCTION public.audit_record_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    key_column text := TG_ARGV[0];
    path text[] := TG_ARGV[1];
    compartment_name text := TG_ARGV[2];
    secret text[] := TG_ARGV[3];
    exempt text[] := TG_ARGV[4];
    masks jsonb;
    context public.audit_context;
    seal public.audit_key;
    written integer;
    root bigint;
    old_root bigint;
    old_image jsonb;
    new_image jsonb;
    difference jsonb;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'TRUNCATE of % is refused: its changes are evidence', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;

    IF TG_OP = 'UPDATE' THEN
        old_image := to_jsonb(OLD);
        new_image := to_jsonb(NEW);
        SELECT jsonb_object_agg(n.key, CASE WHEN n.key = ANY (secret) THEN '"changed"'::jsonb
                                            ELSE jsonb_build_array(old_image -> n.key, n.value) END)
        INTO difference
        FROM jsonb_each(new_image) n
        WHERE n.value IS DISTINCT FROM old_image -> n.key AND n.key <> ALL (exempt);
        IF difference IS NOT NULL THEN
            root := public.audit_root(new_image, path);
            old_root := public.audit_root(old_image, path);
            INSERT INTO public.audit_change (table_name, row_id, operation, root_id, compartment, values)
            VALUES (TG_TABLE_NAME, old_image ->> key_column, 'update', root, compartment_name, difference);
            -- A row that moves from one nominal to another is in the history of both.
            IF old_root IS NOT NULL AND old_root IS DISTINCT FROM root THEN
                INSERT INTO public.audit_change (table_name, row_id, operation, root_id, compartment, values)
                VALUES (TG_TABLE_NAME, old_image ->> key_column, 'update', old_root, compartment_name, difference);
            END IF;
        END IF;
        RETURN NULL;
    END IF;

    SELECT * INTO STRICT seal FROM public.audit_key ORDER BY id DESC LIMIT 1;
    SELECT coalesce(jsonb_object_agg(name, 'changed'), '{}') INTO masks FROM unnest(secret) AS name;
    context := public.audit_context();
    WITH images AS MATERIALIZED (
        SELECT to_jsonb(r) AS image FROM changed_rows r
    ), facts AS MATERIALIZED (
        SELECT nextval('public.audit_change_id_seq') AS id,
               context.ordinal - 1 + (row_number() OVER ())::integer AS ordinal, image ->> key_column AS row_id, public.audit_root(image, path) AS root_id,
               (image - exempt) || masks AS values
        FROM images
    ), changes AS MATERIALIZED (
        SELECT ROW(id, context.at, context.xact, ordinal, context.principal_kind, context.user_id,
                   context.membership_id, context.role, context.agent, context.request_id, seal.id, NULL, TG_TABLE_NAME, row_id, lower(TG_OP),
                   root_id, compartment_name, values,
                   public.hmac(convert_to(values::text, 'UTF8'), seal.key, 'sha256'))::public.audit_change AS c
        FROM facts
    )
    INSERT INTO public.audit_change (
        id, at, xact, ordinal, principal_kind, user_id, membership_id, role, agent, request_id, mac_key, row_mac,
        table_name, row_id, operation, root_id, compartment, values, values_digest
    )
    SELECT (c).id, (c).at, (c).xact, (c).ordinal, (c).principal_kind, (c).user_id, (c).membership_id, (c).role,
           (c).agent, (c).request_id, (c).mac_key,
           public.hmac(convert_to(public.audit_body(c), 'UTF8'), seal.key, 'sha256'),
           (c).table_name, (c).row_id, (c).operation, (c).root_id, (c).compartment, (c).values, (c).values_digest
    FROM changes;
    GET DIAGNOSTICS written = ROW_COUNT;
    PERFORM set_config('mappa.ordinal', (context.ordinal - 1 + written)::text, true);
    RETURN NULL;
END
$$;


-- Written by the application.

CREATE FUNCTION public.audit_record_event(
    event_name text, subject_table text, subject_id text, root_id bigint, compartment text, facts jsonb
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO public.audit_event (name, subject_table, subject_id, root_id, compartment, facts)
    VALUES ($1, $2, $3, $4, $5, $6)
$$;

CREATE FUNCTION public.audit_log_access(
    kind text, method text, route text, status integer, outcome text, root_ids bigint[], terms bytea[], hits integer,
    reason text
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO public.audit_access (kind, method, route, status, outcome, root_ids, terms, hits, reason, purpose)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce(public.audit_setting('purpose'), ''))
$$;


-- Read by the application: one nominal or one user at a time, and only for somebody.

CREATE FUNCTION public.audit_demand_principal() RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF coalesce(public.audit_setting('principal_kind'), 'anonymous') = 'anonymous' THEN
        RAISE EXCEPTION 'evidence is read in the name of a principal' USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

CREATE FUNCTION public.audit_transactions_of_nominal(
    nominal_id bigint, compartments text[], before timestamptz, size integer
) RETURNS TABLE (at timestamptz, xact bigint) LANGUAGE sql STABLE AS $$
    SELECT c.at, c.xact FROM public.audit_change c
    WHERE c.root_id = $1 AND c.compartment = ANY ($2) AND ($3 IS NULL OR c.at < $3)
    UNION
    SELECT e.at, e.xact FROM public.audit_event e
    WHERE e.root_id = $1 AND e.compartment = ANY ($2) AND ($3 IS NULL OR e.at < $3)
    ORDER BY 1 DESC, 2 DESC
    LIMIT least($4, 1000)
$$;

CREATE FUNCTION public.audit_changes_of_nominal(
    nominal_id bigint, compartments text[], before timestamptz, size integer
) RETURNS SETOF public.audit_change LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.audit_demand_principal();
    RETURN QUERY
    SELECT c.* FROM public.audit_change c
    JOIN public.audit_transactions_of_nominal($1, $2, $3, $4) t ON t.at = c.at AND t.xact = c.xact
    WHERE c.root_id = $1 AND c.compartment = ANY ($2)
    ORDER BY c.id DESC;
END
$$;

CREATE FUNCTION public.audit_events_of_nominal(
    nominal_id bigint, compartments text[], before timestamptz, size integer
) RETURNS SETOF public.audit_event LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.audit_demand_principal();
    RETURN QUERY
    SELECT e.* FROM public.audit_event e
    JOIN public.audit_transactions_of_nominal($1, $2, $3, $4) t ON t.at = e.at AND t.xact = e.xact
    WHERE e.root_id = $1 AND e.compartment = ANY ($2)
    ORDER BY e.id DESC;
END
$$;

CREATE FUNCTION public.audit_access_of_nominal(nominal_id bigint, before bigint, size integer)
RETURNS SETOF public.audit_access LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.audit_demand_principal();
    RETURN QUERY
    SELECT a.* FROM public.audit_access a
    WHERE a.root_ids @> ARRAY[$1] AND ($2 IS NULL OR a.id < $2)
    ORDER BY a.id DESC
    LIMIT least($3, 1000);
END
$$;

CREATE FUNCTION public.audit_access_by_user(who bigint, before bigint, size integer)
RETURNS SETOF public.audit_access LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.audit_demand_principal();
    RETURN QUERY
    SELECT a.* FROM public.audit_access a
    WHERE a.user_id = $1 AND ($2 IS NULL OR a.id < $2)
    ORDER BY a.id DESC
    LIMIT least($3, 1000);
END
$$;


-- Verification: says where, never what.

CREATE FUNCTION public.audit_extent() RETURNS TABLE (log text, first_id bigint, last_id bigint, row_count bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT 'change', min(id), max(id), count(*) FROM public.audit_change
    UNION ALL SELECT 'event', min(id), max(id), count(*) FROM public.audit_event
    UNION ALL SELECT 'access', min(id), max(id), count(*) FROM public.audit_access
$$;

CREATE FUNCTION public.audit_faults_of_rows(first_id bigint, last_id bigint)
RETURNS TABLE (log text, id bigint, fault text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT 'change', c.id,
           CASE WHEN c.row_mac IS DISTINCT FROM
                     public.hmac(convert_to(public.audit_body(c), 'UTF8'), k.key, 'sha256') THEN 'edited or forged'
                WHEN c.values IS NULL THEN 'values removed'
                ELSE 'values edited' END
    FROM public.audit_change c LEFT JOIN public.audit_key k ON k.id = c.mac_key
    WHERE c.id BETWEEN $1 AND $2
      AND (c.row_mac IS DISTINCT FROM public.hmac(convert_to(public.audit_body(c), 'UTF8'), k.key, 'sha256')
           OR c.values_digest IS DISTINCT FROM public.hmac(convert_to(c.values::text, 'UTF8'), k.key, 'sha256'))
    UNION ALL
    SELECT 'event', e.id, 'edited or forged'
    FROM public.audit_event e LEFT JOIN public.audit_key k ON k.id = e.mac_key
    WHERE e.id BETWEEN $1 AND $2
      AND e.row_mac IS DISTINCT FROM public.hmac(convert_to(public.audit_body(e), 'UTF8'), k.key, 'sha256')
    UNION ALL
    SELECT 'access', a.id, 'edited or forged'
    FROM public.audit_access a LEFT JOIN public.audit_key k ON k.id = a.mac_key
    WHERE a.id BETWEEN $1 AND $2
      AND a.row_mac IS DISTINCT FROM public.hmac(convert_to(public.audit_body(a), 'UTF8'), k.key, 'sha256')
$$;

CREATE FUNCTION public.audit_faults_of_transactions()
RETURNS TABLE (at timestamptz, xact bigint, missing bigint, doubled bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT r.at, r.xact, max(r.ordinal) - count(DISTINCT r.ordinal), count(*) - count(DISTINCT r.ordinal)
    FROM (
        SELECT c.at, c.xact, c.ordinal FROM public.audit_change c
        UNION ALL SELECT e.at, e.xact, e.ordinal FROM public.audit_event e
        UNION ALL SELECT a.at, a.xact, a.ordinal FROM public.audit_access a
    ) r
    GROUP BY r.at, r.xact
    HAVING count(*) <> max(r.ordinal) OR count(DISTINCT r.ordinal) <> count(*)
    ORDER BY r.at, r.xact
$$;


-- Owner and rights. The schema's CREATE is lent to the audit owner for as long as it takes.

GRANT CREATE ON SCHEMA public TO mappa_audit;
DO $$
DECLARE
    item text;
BEGIN
    FOREACH item IN ARRAY ARRAY['audit_change', 'audit_event', 'audit_access', 'audit_key'] LOOP
        EXECUTE format('REVOKE ALL ON TABLE public.%I FROM PUBLIC, mappa_app', item);
        EXECUTE format('ALTER TABLE public.%I OWNER TO mappa_audit', item);
    END LOOP;
    FOREACH item IN ARRAY ARRAY['audit_change', 'audit_event', 'audit_access'] LOOP
        EXECUTE format('REVOKE ALL ON SEQUENCE %s FROM PUBLIC, mappa_app',
                       pg_get_serial_sequence('public.' || item, 'id'));
    END LOOP;
    FOR item IN
        SELECT p.oid::regprocedure::text FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'audit\_%'
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, mappa_app', item);
        EXECUTE format('ALTER FUNCTION %s OWNER TO mappa_audit', item);
    END LOOP;
    ALTER TYPE public.audit_context OWNER TO mappa_audit;
    FOREACH item IN ARRAY ARRAY[
        'audit_record_event', 'audit_log_access', 'audit_changes_of_nominal', 'audit_events_of_nominal',
        'audit_access_of_nominal', 'audit_access_by_user', 'audit_extent', 'audit_faults_of_rows',
        'audit_faults_of_transactions'
    ] LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION public.%I TO mappa_app', item);
    END LOOP;
END
$$;
REVOKE CREATE ON SCHEMA public FROM mappa_audit;
