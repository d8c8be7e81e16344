"""The bare page: one query, session sign-in, a plain template, nothing else. What every page is compared with."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

ROWS = """
    SELECT n.id, n.family_name, n.given_names, n.date_of_birth, l.level, w.kind
    FROM cases_nominal n
    LEFT JOIN cases_levelspan l
      ON l.nominal_id = n.id AND l.starts_on <= %(today)s AND (l.ends_on IS NULL OR l.ends_on >= %(today)s)
    LEFT JOIN cases_whereaboutsspan w
      ON w.nominal_id = n.id AND w.starts_on <= %(today)s AND (w.ends_on IS NULL OR w.ends_on >= %(today)s)
    WHERE n.area_id = %(area)s
    ORDER BY n.family_name, n.given_names, n.id
    LIMIT 50
"""
TEMPLATE = """<!doctype html><html lang="en"><title>Bare</title><table>{% for row in rows %}
<tr><td><a href="/nominals/{{ row.0 }}/">{{ row.1 }}, {{ row.2 }}</a><td>{{ row.3 }}<td>{{ row.4 }}<td>{{ row.5 }}</tr>
{% endfor %}</table></html>"""


def rows(area_id: int, today: object) -> list[tuple[object, ...]]:
    """The same fifty rows that the register shows first, straight from the tables."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"area": area_id, "today": today})
        return cursor.fetchall()


@login_required
def bare(request: HttpRequest) -> HttpResponse:
    """One query and a loop."""
    principal = request.principal  # type: ignore[attr-defined]
    template = engines["django"].from_string(TEMPLATE)
    return HttpResponse(template.render({"rows": rows(principal.area_id, principal.on)}, request))


urlpatterns = [path("bare/", bare), path("", include("mappa.urls"))]
