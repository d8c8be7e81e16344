"""What every page is compared with: a bare page, and a list filtered by guardian's own lookup."""

from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from guardian.shortcuts import get_objects_for_group

from agencies.models import Agency
from cases.models import Nominal

ROWS = """
    SELECT n.id, n.family_name, n.given_names, n.date_of_birth, l.level, w.kind
    FROM cases_nominal n
    LEFT JOIN cases_levelspan l
      ON l.nominal_id = n.id AND l.starts_on <= %(today)s AND (l.ends_on IS NULL OR l.ends_on >= %(today)s)
    LEFT JOIN cases_whereaboutsspan w
      ON w.nominal_id = n.id AND w.starts_on <= %(today)s AND (w.ends_on IS NULL OR w.ends_on >= %(today)s)
    WHERE n.area_id = %(area)s
    ORDER BY n.family_name, n.given_names, n.id
    LIMIT 25
"""
TEMPLATE = """<!doctype html><html lang="en"><title>Bare</title><table>{% for row in rows %}
<tr><td><a href="/nominals/{{ row.0 }}/">{{ row.1 }}, {{ row.2 }}</a><td>{{ row.3 }}<td>{{ row.4 }}<td>{{ row.5 }}</tr>
{% endfor %}</table></html>"""


def rows(area_id: int, today: object) -> list[tuple[object, ...]]:
    """The rows that the register shows first, straight from the tables."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"area": area_id, "today": today})
        return cursor.fetchall()


def listed_by_guardian(agency_id: int) -> list[tuple[object, ...]]:
    """The first rows that an agency takes part in, by guardian's own lookup: no dates, exclusions, restricted records
    or Category 4. By group, as our accounts have none of the fields that its lookup by user wants."""
    group = Agency.objects.get(pk=agency_id).group
    found = get_objects_for_group(group, "cases.take_part", Nominal, accept_global_perms=False)
    return list(
        found.order_by("family_name", "given_names", "pk").values_list(
            "pk", "family_name", "given_names", "date_of_birth", "sex", "handling"
        )[:25]
    )


@cache
def _template() -> Any:
    return engines["django"].from_string(TEMPLATE)


@login_required
def bare(request: HttpRequest) -> HttpResponse:
    """One query and a loop."""
    bench = request.session["bench"]
    return HttpResponse(_template().render({"rows": rows(bench["area"], bench["today"])}, request))


@login_required
def guardian(request: HttpRequest) -> HttpResponse:
    """The same page over the list that guardian filters."""
    return HttpResponse(_template().render({"rows": listed_by_guardian(request.session["bench"]["agency"])}, request))


urlpatterns = [path("bare/", bare), path("guardian/", guardian), path("", include("mappa.urls"))]
