DROP FUNCTION public.audit_hours(bigint[], bigint[], bigint, timestamptz, timestamptz);

-- What members did, hour by hour as the clocks in London showed: whose records they opened, who was in the files that
-- they took out, how often they were refused, what they searched for (digests). Reading a log opens no record, and nor
-- does a list or a file of it.

CREATE FUNCTION public.audit_hours(nominals bigint[], members bigint[], who bigint, since timestamptz, until timestamptz)
RETURNS TABLE (
    user_id bigint, membership_id bigint, hour timestamp, opened bigint[], taken_out bigint[], refused bigint, terms bytea[]
) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.audit_demand_principal();
    RETURN QUERY EXECUTE $sql$
    WITH rows AS MATERIALIZED (
        SELECT a.user_id, a.membership_id, date_trunc('hour', a.at AT TIME ZONE 'Europe/London') AS hour, a.terms,
               a.kind IN ('view', 'print') AND a.outcome = 'ok' AS opens,
               a.kind = 'export' AND a.outcome = 'ok' AS takes_out,
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
           coalesce(array_agg(DISTINCT o.id) FILTER (WHERE r.opens AND o.id IS NOT NULL), '{}'),
           coalesce(array_agg(DISTINCT o.id) FILTER (WHERE r.takes_out AND o.id IS NOT NULL), '{}'),
           (SELECT count(*) FROM rows d
            WHERE d.refused AND (d.user_id, d.membership_id, d.hour) = (r.user_id, r.membership_id, r.hour)),
           coalesce((SELECT array_agg(DISTINCT t.term) FROM rows s, unnest(s.terms) AS t (term)
            WHERE (s.user_id, s.membership_id, s.hour) = (r.user_id, r.membership_id, r.hour)), '{}')
    FROM rows r LEFT JOIN LATERAL unnest(CASE WHEN r.opens OR r.takes_out THEN r.ids ELSE '{}' END) AS o (id) ON true
    GROUP BY r.user_id, r.membership_id, r.hour
    ORDER BY r.hour, r.user_id, r.membership_id
    $sql$ USING nominals, members, who, since, until;
END
$$;

GRANT CREATE ON SCHEMA public TO mappa_audit;
REVOKE ALL ON FUNCTION public.audit_hours FROM PUBLIC;
ALTER FUNCTION public.audit_hours OWNER TO mappa_audit;
GRANT EXECUTE ON FUNCTION public.audit_hours TO mappa_app;
REVOKE CREATE ON SCHEMA public FROM mappa_audit;
