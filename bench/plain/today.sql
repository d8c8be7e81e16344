SELECT l.level, count(*),
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM cases_ground g WHERE g.nominal_id = n.id AND g.starts_on <= %(today)s AND (g.ends_on IS NULL OR g.ends_on >= %(today)s)
                                      AND g.ends_on <= %(today)s::date + 28)),
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM cases_ground g WHERE g.nominal_id = n.id AND g.starts_on <= %(today)s AND (g.ends_on IS NULL OR g.ends_on >= %(today)s)
                                      AND g.ends_on <= %(today)s::date + 91)),
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM cases_keydate k WHERE k.nominal_id = n.id
                                      AND k.falls_on BETWEEN %(today)s AND %(today)s::date + 28)),
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM cases_obligation o WHERE o.nominal_id = n.id
                                      AND o.met_on IS NULL AND o.cancelled_on IS NULL AND o.due_on < %(today)s)),
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM cases_obligation o WHERE o.nominal_id = n.id
                                      AND o.met_on IS NULL AND o.cancelled_on IS NULL AND o.due_on IS NULL))
FROM cases_nominal n
LEFT JOIN cases_levelspan l ON l.nominal_id = n.id AND l.starts_on <= %(today)s AND (l.ends_on IS NULL OR l.ends_on >= %(today)s)
WHERE n.area_id = %(area)s
  AND EXISTS (SELECT 1 FROM cases_ground g WHERE g.nominal_id = n.id AND g.starts_on <= %(today)s AND (g.ends_on IS NULL OR g.ends_on >= %(today)s))
GROUP BY l.level ORDER BY l.level
