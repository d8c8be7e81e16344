SELECT n.id, n.family_name, n.given_names, n.date_of_birth, l.level, w.kind, p.name, a.name,
       (SELECT min(g.kind) FROM cases_ground g WHERE g.nominal_id = n.id AND g.starts_on <= %(today)s AND (g.ends_on IS NULL OR g.ends_on >= %(today)s)),
       (SELECT min(g.ends_on) FROM cases_ground g WHERE g.nominal_id = n.id AND g.starts_on <= %(today)s AND (g.ends_on IS NULL OR g.ends_on >= %(today)s))
FROM cases_nominal n
LEFT JOIN agencies_panelarea p ON p.id = n.panel_area_id
LEFT JOIN cases_levelspan l ON l.nominal_id = n.id AND l.starts_on <= %(today)s AND (l.ends_on IS NULL OR l.ends_on >= %(today)s)
LEFT JOIN cases_whereaboutsspan w ON w.nominal_id = n.id AND w.starts_on <= %(today)s AND (w.ends_on IS NULL OR w.ends_on >= %(today)s)
LEFT JOIN cases_leadagencyspan s ON s.nominal_id = n.id AND s.starts_on <= %(today)s AND (s.ends_on IS NULL OR s.ends_on >= %(today)s)
LEFT JOIN agencies_agency a ON a.id = s.agency_id

WHERE n.area_id = %(area)s AND daitch_mokotoff(n.family_name) && daitch_mokotoff(%(name)s)
ORDER BY similarity(n.family_name, %(name)s) DESC, n.id
LIMIT 50
