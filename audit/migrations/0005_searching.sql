-- The logs searched: by person, by user, by time. Everything is asked for a principal, who names the people (`nominals`)
-- that they may know of, and the memberships and users (`members`, `users`) of their area. A row about people is there
-- when it is about one of these people, and then names these only; a row about nobody when one of the members or users
-- made it. What else it says of a search (digests of its terms, the number of its hits) is left out: both count people
-- who may not be known.

CREATE FUNCTION public.audit_found_access(
    nominals bigint[], members bigint[], users bigint[], nominal bigint, who bigint, since timestamptz, until timestamptz
) RETURNS SETOF public.audit_access LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.audit_demand_principal();
    -- Made anew each time, so that it is planned for what is asked.
    RETURN QUERY EXECUTE $sql$
    SELECT a.id, a.at, a.xact, a.ordinal, a.principal_kind, a.user_id, a.membership_id, a.role, a.agent, a.request_id,
           a.mac_key, ''::bytea, a.kind, a.method, a.route, a.status, a.outcome, a.purpose, a.reason, known.ids,
           '{}'::bytea[], NULL::integer
    FROM public.audit_access a
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(r.id ORDER BY r.id), '{}') AS ids FROM unnest(a.root_ids) AS r (id)
        WHERE r.id = ANY ($1)
    ) known
    WHERE ($4 IS NULL OR a.root_ids @> ARRAY[$4] AND $4 = ANY ($1))
      AND ($5 IS NULL OR a.user_id = $5)
      AND ($6 IS NULL OR a.at >= $6)
      AND ($7 IS NULL OR a.at < $7)
      AND CASE WHEN a.root_ids = '{}'
               THEN a.membership_id = ANY ($2) OR a.membership_id IS NULL AND a.user_id = ANY ($3)
               ELSE known.ids <> '{}' END
    $sql$ USING nominals, members, users, nominal, who, since, until;
END
$$;

-- Of the values only the names of the fields are given, as a list.

CREATE FUNCTION public.audit_found_changes(
    nominals bigint[], members bigint[], users bigint[], nominal bigint, who bigint, since timestamptz, until timestamptz
) RETURNS SETOF public.audit_change LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.audit_demand_principal();
    RETURN QUERY EXECUTE $sql$
    SELECT c.id, c.at, c.xact, c.ordinal, c.principal_kind, c.user_id, c.membership_id, c.role, c.agent, c.request_id,
           c.mac_key, ''::bytea, c.table_name, c.row_id, c.operation, c.root_id, c.compartment,
           (SELECT coalesce(jsonb_agg(f.name ORDER BY f.name), '[]') FROM jsonb_object_keys(c.values) AS f (name)),
           ''::bytea
    FROM public.audit_change c
    WHERE ($4 IS NULL OR c.root_id = $4)
      AND ($5 IS NULL OR c.user_id = $5)
      AND ($6 IS NULL OR c.at >= $6)
      AND ($7 IS NULL OR c.at < $7)
      AND CASE WHEN c.root_id IS NULL
               THEN c.membership_id = ANY ($2) OR c.membership_id IS NULL AND c.user_id = ANY ($3)
               ELSE c.root_id = ANY ($1) END
    $sql$ USING nominals, members, users, nominal, who, since, until;
END
$$;

-- What services did, in the words of the domain, in these transactions.

CREATE FUNCTION public.audit_found_events(nominals bigint[], moments timestamptz[], xacts bigint[])
RETURNS TABLE (xact bigint, name text) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.audit_demand_principal();
    RETURN QUERY EXECUTE $sql$
    SELECT DISTINCT e.xact, e.name::text
    FROM public.audit_event e
    WHERE e.at = ANY ($2) AND e.xact = ANY ($3) AND (e.root_id IS NULL OR e.root_id = ANY ($1))
    ORDER BY 1, 2
    $sql$ USING nominals, moments, xacts;
END
$$;

-- What members did, hour by hour as the clocks in London showed: whose records they opened, how often they were
-- refused, what they searched for (digests). Reading a log opens no record.

CREATE FUNCTION public.audit_hours(nominals bigint[], members bigint[], who bigint, since timestamptz, until timestamptz)
RETURNS TABLE (
    user_id bigint, membership_id bigint, hour timestamp, opened bigint[], refused bigint, terms bytea[]
) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.audit_demand_principal();
    RETURN QUERY EXECUTE $sql$
    WITH rows AS MATERIALIZED (
        SELECT a.user_id, a.membership_id, date_trunc('hour', a.at AT TIME ZONE 'Europe/London') AS hour, a.terms,
               a.kind IN ('view', 'print', 'export') AND a.outcome = 'ok' AS opens,
               a.outcome = 'denied' AND (a.root_ids = '{}' OR known.ids <> '{}') AS refused, known.ids
        FROM public.audit_access a
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(r.id), '{}') AS ids FROM unnest(a.root_ids) AS r (id) WHERE r.id = ANY ($1)
        ) known
        WHERE a.membership_id = ANY ($2)
          AND ($3 IS NULL OR a.user_id = $3)
          AND a.at >= $4 AND a.at < $5
          AND (a.kind IN ('view', 'print', 'export', 'search') OR a.outcome = 'denied')
    )
    SELECT r.user_id, r.membership_id, r.hour,
           coalesce(array_agg(DISTINCT o.id) FILTER (WHERE o.id IS NOT NULL), '{}'),
           (SELECT count(*) FROM rows d
            WHERE d.refused AND (d.user_id, d.membership_id, d.hour) = (r.user_id, r.membership_id, r.hour)),
           coalesce((SELECT array_agg(DISTINCT t.term) FROM rows s, unnest(s.terms) AS t (term)
            WHERE (s.user_id, s.membership_id, s.hour) = (r.user_id, r.membership_id, r.hour)), '{}')
    FROM rows r LEFT JOIN LATERAL unnest(CASE WHEN r.opens THEN r.ids ELSE '{}' END) AS o (id) ON true
    GROUP BY r.user_id, r.membership_id, r.hour
    ORDER BY r.hour, r.user_id, r.membership_id
    $sql$ USING nominals, members, who, since, until;
END
$$;

-- Rows come in the order of time, so that this index of a log stays a few pages long.
CREATE INDEX audit_access_at ON public.audit_access USING brin (at) WITH (autosummarize = on);
CREATE INDEX audit_change_at ON public.audit_change USING brin (at) WITH (autosummarize = on);
CREATE INDEX audit_event_at ON public.audit_event USING brin (at) WITH (autosummarize = on);
CREATE INDEX audit_change_user ON public.audit_change (user_id, id DESC);

GRANT CREATE ON SCHEMA public TO mappa_audit;
DO $$
DECLARE
    item text;
BEGIN
    FOR item IN
        SELECT p.oid::regprocedure::text FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
          AND (p.proname LIKE 'audit\_found\_%' OR p.proname = 'audit_hours')
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', item);
        EXECUTE format('ALTER FUNCTION %s OWNER TO mappa_audit', item);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO mappa_app', item);
    END LOOP;
END
$$;
REVOKE CREATE ON SCHEMA public FROM mappa_audit;
